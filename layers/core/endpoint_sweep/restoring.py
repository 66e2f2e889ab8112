"""From a restore bundle to the calls that make an endpoint again, and what differs afterwards. Pure (facts 3)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]

_MODEL = (
    *("ModelName", "PrimaryContainer", "Containers", "InferenceExecutionConfig", "ExecutionRoleArn"),
    *("VpcConfig", "EnableNetworkIsolation"),
)
_CONFIG = (
    *("EndpointConfigName", "ProductionVariants", "ShadowProductionVariants", "DataCaptureConfig", "KmsKeyId"),
    *("AsyncInferenceConfig", "ExplainerConfig", "ExecutionRoleArn", "VpcConfig", "EnableNetworkIsolation"),
    "MetricsConfig",
)
_TARGET = ("ServiceNamespace", "ResourceId", "ScalableDimension", "MinCapacity", "MaxCapacity", "SuspendedState")
_POLICY = (
    *("ServiceNamespace", "ResourceId", "ScalableDimension", "PolicyName", "PolicyType"),
    *("StepScalingPolicyConfiguration", "TargetTrackingScalingPolicyConfiguration"),
)
_ACTION = (
    *("ServiceNamespace", "ResourceId", "ScalableDimension", "ScheduledActionName", "Schedule", "Timezone"),
    *("StartTime", "EndTime", "ScalableTargetAction"),
)
_COMPONENT = ("InferenceComponentName", "EndpointName", "VariantName", "Specification", "Specifications")


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a restore. `wait_for`: the endpoint or the inference component that must be in service after it."""

    service: str
    operation: str
    request: dict[str, Any]
    what: str
    wait_for: tuple[str, str] | None = None


def calls(bundle: Document, models_there: Iterable[str], *, config_there: bool) -> list[Call]:
    """In the order that AWS asks for: models and configuration where they are missing, endpoint, inference components
    (bases before adapters), counts and weights, scalable targets, policies, scheduled actions.
    """
    return [*_definitions(bundle, set(models_there), config_there), *_endpoint(bundle), *_scaling(bundle)]


def _definitions(bundle: Document, models_there: set[str], config_there: bool) -> Iterator[Call]:
    for name, model in sorted(bundle["models"].items()):
        if name not in models_there:
            yield Call("sagemaker", "create_model", _only(model, _MODEL), f"model {name}")
    config = bundle["endpoint_config"]
    if not config_there:
        name = config["EndpointConfigName"]
        yield Call("sagemaker", "create_endpoint_config", _only(config, _CONFIG), f"configuration {name}")


def _endpoint(bundle: Document) -> Iterator[Call]:
    endpoint = bundle["endpoint"]
    name = endpoint["EndpointName"]
    request = {"EndpointName": name, "EndpointConfigName": endpoint["EndpointConfigName"], "Tags": _tags(bundle)}
    in_service = ("endpoint", name)
    yield Call("sagemaker", "create_endpoint", request, f"endpoint {name}", in_service)
    ordered = sorted(bundle.get("inference_components", []), key=lambda one: bool(_base(one)))
    for one in ordered:
        part = one["InferenceComponentName"]
        made = _only(one, _COMPONENT)
        if _base(one):
            made.pop("VariantName", None)
        else:
            # One cannot be made with no copies (D3.16).
            made["RuntimeConfig"] = {"CopyCount": max(1, (one.get("RuntimeConfig") or {}).get("DesiredCopyCount") or 1)}
        made["Tags"] = _as_list(one.get("Tags", {}))
        yield Call("sagemaker", "create_inference_component", made, f"inference component {part}", ("component", part))
    for change in _capacities(bundle):
        request = {"EndpointName": name, "DesiredWeightsAndCapacities": [change]}
        what = f"weight and count of variant {change['VariantName']}"
        yield Call("sagemaker", "update_endpoint_weights_and_capacities", request, what, in_service)


def _capacities(bundle: Document) -> Iterator[dict[str, Any]]:
    """What was changed after the endpoint was made from its configuration: one variant a call (D4.1)."""
    configured = {row["VariantName"]: row for row in bundle["endpoint_config"].get("ProductionVariants", [])}
    for row in bundle["endpoint"].get("ProductionVariants", []):
        given = configured.get(row["VariantName"], {})
        count, weight = row.get("DesiredInstanceCount"), row.get("DesiredWeight")
        change: dict[str, Any] = {}
        if count and given.get("InitialInstanceCount") not in (None, count):
            change["DesiredInstanceCount"] = count
        if weight is not None and given.get("InitialVariantWeight", weight) != weight:
            change["DesiredWeight"] = weight
        if change:
            yield {"VariantName": row["VariantName"]} | change


def _scaling(bundle: Document) -> Iterator[Call]:
    scaling, service = bundle["autoscaling"], "application-autoscaling"
    for one in scaling["targets"]:
        yield Call(service, "register_scalable_target", _only(one, _TARGET), f"scalable target {one['ResourceId']}")
    for one in scaling["policies"]:
        yield Call(service, "put_scaling_policy", _only(one, _POLICY), f"scaling policy {one['PolicyName']}")
    for one in scaling["scheduled_actions"]:
        name = one["ScheduledActionName"]
        yield Call(service, "put_scheduled_action", _only(one, _ACTION), f"scheduled action {name}")


def differences(bundle: Document, now: Document) -> list[str]:
    """What is not as it was, each in a line; empty where the endpoint is what the bundle says. `now`: a bundle, too."""
    then_, now_ = dict(_comparable(bundle)), dict(_comparable(now))
    lines = []
    for what in sorted(then_.keys() | now_.keys()):
        if what not in now_:
            lines.append(f"{what} is missing")
        elif what not in then_:
            lines.append(f"{what} was not there before")
        elif then_[what] != now_[what]:
            lines.append(f"{what} was {then_[what]}, is {now_[what]}")
    return lines


def _comparable(bundle: Document) -> Iterator[tuple[str, Any]]:
    """Everything that a restore should bring back, by a name that a person understands."""
    yield "the name of the configuration", bundle["endpoint"]["EndpointConfigName"]
    for field, value in _only(bundle["endpoint_config"], _CONFIG).items():
        yield f"{field} of the configuration", value
    for name, model in bundle["models"].items():
        yield f"model {name}", _only(model, _MODEL)
    for tag in _tags(bundle):
        yield f"tag {tag['Key']}", tag["Value"]
    for row in bundle["endpoint"].get("ProductionVariants", []):
        yield f"variant {row['VariantName']}", _only(row, ("DesiredInstanceCount", "DesiredWeight"))
    for one in bundle.get("inference_components", []):
        copies = (one.get("RuntimeConfig") or {}).get("DesiredCopyCount")
        yield f"inference component {one['InferenceComponentName']}", _only(one, _COMPONENT) | {"copies": copies}
        yield f"tags of inference component {one['InferenceComponentName']}", _as_list(one.get("Tags", {}))
    scaling = bundle["autoscaling"]
    for one in scaling["targets"]:
        yield f"scalable target {one['ResourceId']} {one['ScalableDimension']}", _only(one, _TARGET)
    for one in scaling["policies"]:
        yield f"scaling policy {one['PolicyName']} of {one['ResourceId']}", _only(one, _POLICY)
    for one in scaling["scheduled_actions"]:
        yield f"scheduled action {one['ScheduledActionName']} of {one['ResourceId']}", _only(one, _ACTION)


def _only(document: Document, fields: Iterable[str]) -> dict[str, Any]:
    return {name: document[name] for name in fields if document.get(name) not in (None, "", [], {})}


def _tags(bundle: Document) -> list[dict[str, str]]:
    return _as_list(bundle["tags"])


def _as_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """AWS's own tags cannot be set by anybody else."""
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items()) if not key.lower().startswith("aws:")]


def _base(component: Document) -> str:
    return str((component.get("Specification") or {}).get("BaseInferenceComponentName", ""))
