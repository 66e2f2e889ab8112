"""From a restore bundle to the calls that restore an endpoint, and what differs afterwards. Pure (D3.19)."""

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
    "PredictiveScalingPolicyConfiguration",
)
_ACTION = (
    *("ServiceNamespace", "ResourceId", "ScalableDimension", "ScheduledActionName", "Schedule", "Timezone"),
    *("StartTime", "EndTime", "ScalableTargetAction"),
)
_DESIRED = ("DesiredInstanceCount", "DesiredWeight", "DesiredServerlessConfig")
_AT_FIRST = ("InitialInstanceCount", "InitialVariantWeight", "ServerlessConfig")
_UNLESS_TOLD = {"InitialVariantWeight": 1.0}  # AWS's default if a configuration has none.
_CONCURRENCY = ("MaxConcurrency", "ProvisionedConcurrency")
_COMPONENT = ("InferenceComponentName", "EndpointName", "VariantName", "Specification", "Specifications")


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a restore. `wait_for`: the endpoint or inference component that must then become InService."""

    service: str
    operation: str
    request: dict[str, Any]
    what: str
    wait_for: tuple[str, str] | None = None


def all_calls(bundle: Document, models_there: Iterable[str], *, config_there: bool) -> list[Call]:
    """All calls in the order that AWS requires: missing models and configuration, endpoint, inference components (bases
    before adapters), counts and weights, scalable targets, policies, scheduled actions.
    """
    return [
        *_definitions(bundle, set(models_there), config_there),
        *_endpoint(bundle),
        *_scaling(bundle["autoscaling"]),
    ]


def missing_parts(bundle: Document, there: Document) -> list[Call]:
    """The calls if the endpoint itself still exists: inference components that were deleted before their sweep stopped,
    with their scaling. `there`: a bundle of what exists now.
    """
    parts = _missing_components(bundle, there)
    ids = {f"inference-component/{one['InferenceComponentName']}" for one in parts}
    scaling = {kind: [row for row in rows if row["ResourceId"] in ids] for kind, rows in bundle["autoscaling"].items()}
    return [*_components(parts), *_scaling(scaling)]


def remaining_calls(bundle: Document, there: Document) -> list[Call]:
    """The remaining calls of a restore that stopped. `there`: a bundle of what exists now."""
    scaling = {
        kind: [row for row in rows if _scaled_by(row) not in map(_scaled_by, there["autoscaling"][kind])]
        for kind, rows in bundle["autoscaling"].items()
    }
    made = {row["VariantName"]: row for row in there["endpoint"].get("ProductionVariants", [])}
    changes = _capacities(bundle, made, _DESIRED)
    return [*_components(_missing_components(bundle, there)), *changes, *_scaling(scaling)]


def why_another(bundle: Document, there: Document) -> str:
    """Why the existing endpoint is not the result of restoring this bundle, or empty.

    An endpoint that is being created shows no variants yet.
    """
    then, now = bundle["endpoint"], there["endpoint"]
    if now["EndpointConfigName"] != then["EndpointConfigName"]:
        return f"its configuration is {now['EndpointConfigName']}, not {then['EndpointConfigName']}"
    names, wanted = ({row["VariantName"] for row in one.get("ProductionVariants", [])} for one in (now, then))
    if names and names != wanted:
        return f"its variants are {', '.join(sorted(names))}, not {', '.join(sorted(wanted))}"
    return ""


def _missing_components(bundle: Document, there: Document) -> list[Document]:
    standing = {one["InferenceComponentName"] for one in there.get("inference_components", [])}
    return [one for one in bundle.get("inference_components", []) if one["InferenceComponentName"] not in standing]


def _scaled_by(row: Document) -> tuple[str, ...]:
    """The identity of a scalable target, a policy or a scheduled action."""
    return row["ResourceId"], row["ScalableDimension"], row.get("PolicyName", row.get("ScheduledActionName", ""))


def _definitions(bundle: Document, models_there: set[str], config_there: bool) -> Iterator[Call]:
    for name, model in sorted(bundle["models"].items()):
        if name not in models_there:
            tags = _tagged(bundle.get("model_tags", {}).get(name, {}))
            yield Call("sagemaker", "create_model", _only(model, _MODEL) | tags, f"model {name}")
    config = bundle["endpoint_config"]
    if not config_there:
        name = config["EndpointConfigName"]
        request = _only(config, _CONFIG) | _tagged(bundle.get("endpoint_config_tags", {}))
        yield Call("sagemaker", "create_endpoint_config", request, f"configuration {name}")


def _endpoint(bundle: Document) -> Iterator[Call]:
    endpoint = bundle["endpoint"]
    name = endpoint["EndpointName"]
    request = {"EndpointName": name, "EndpointConfigName": endpoint["EndpointConfigName"], "Tags": _tags(bundle)}
    if endpoint.get("LastDeploymentConfig"):
        request["DeploymentConfig"] = endpoint["LastDeploymentConfig"]
    yield Call("sagemaker", "create_endpoint", request, f"endpoint {name}", ("endpoint", name))
    yield from _components(bundle.get("inference_components", []))
    rows = bundle["endpoint_config"].get("ProductionVariants", [])
    configured = {row["VariantName"]: _UNLESS_TOLD | row for row in rows}
    yield from _capacities(bundle, configured, _AT_FIRST)


def _components(parts: Iterable[Document]) -> Iterator[Call]:
    """Bases before their adapters."""
    for one in sorted(parts, key=lambda one: bool(_base(one))):
        part = one["InferenceComponentName"]
        made = _component(one)
        if _base(one):
            made.pop("VariantName", None)
        else:
            # A component cannot be created with zero copies (D3.16).
            made["RuntimeConfig"] = {"CopyCount": max(1, (one.get("RuntimeConfig") or {}).get("DesiredCopyCount") or 1)}
        made["Tags"] = _as_list(one.get("Tags", {}))
        yield Call("sagemaker", "create_inference_component", made, f"inference component {part}", ("component", part))


def _capacities(bundle: Document, given: Mapping[str, Document], fields: tuple[str, str, str]) -> Iterator[Call]:
    """Calls for the counts, weights and concurrency that differ from `given`: one variant per call (D4.1).

    `given`: rows by variant. `fields`: the names of their count, weight and serverless settings.
    """
    name, (count_is, weight_is, serverless_is) = bundle["endpoint"]["EndpointName"], fields
    for row in bundle["endpoint"].get("ProductionVariants", []):
        variant = row["VariantName"]
        has = given.get(variant, {})
        count, weight = row.get("DesiredInstanceCount"), row.get("DesiredWeight")
        change: dict[str, Any] = {}
        if count and has.get(count_is) not in (None, count):
            change["DesiredInstanceCount"] = count
        if weight is not None and has.get(weight_is, weight) != weight:
            change["DesiredWeight"] = weight
        serverless, has_serverless = row.get("DesiredServerlessConfig") or {}, has.get(serverless_is) or {}
        if any(serverless.get(field) != has_serverless.get(field) for field in _CONCURRENCY):
            change["ServerlessUpdateConfig"] = _only(serverless, _CONCURRENCY)
        if change:
            request = {"EndpointName": name, "DesiredWeightsAndCapacities": [{"VariantName": variant} | change]}
            what, wait_for = f"weight and count of variant {variant}", ("endpoint", name)
            yield Call("sagemaker", "update_endpoint_weights_and_capacities", request, what, wait_for)


def _scaling(scaling: Document) -> Iterator[Call]:
    service = "application-autoscaling"
    for one in scaling["targets"]:
        request = _only(one, _TARGET) | ({"Tags": tags} if (tags := _own(one.get("Tags", {}))) else {})
        yield Call(service, "register_scalable_target", request, f"scalable target {one['ResourceId']}")
    for one in scaling["policies"]:
        yield Call(service, "put_scaling_policy", _only(one, _POLICY), f"scaling policy {one['PolicyName']}")
    for one in scaling["scheduled_actions"]:
        name = one["ScheduledActionName"]
        yield Call(service, "put_scheduled_action", _only(one, _ACTION), f"scheduled action {name}")


def stale_alarms(bundle: Document, now: Document) -> list[str]:
    """Alarms that still call the old ARN of a step scaling policy. Their owners must update them.

    AWS owns the alarms of target tracking and created them again with the policy (D3.19).
    """
    arns = {(one["ResourceId"], one["PolicyName"]): one["PolicyARN"] for one in now["autoscaling"]["policies"]}
    return [
        f"point alarm {alarm['AlarmName']} to {arns[one['ResourceId'], one['PolicyName']]}, not {one['PolicyARN']}"
        for one in bundle["autoscaling"]["policies"]
        if one["PolicyType"] == "StepScaling" and arns.get((one["ResourceId"], one["PolicyName"])) != one["PolicyARN"]
        for alarm in one.get("Alarms", [])
        if (one["ResourceId"], one["PolicyName"]) in arns
    ]


def differences(bundle: Document, now: Document) -> list[str]:
    """One line per difference; empty if the endpoint matches the bundle. `now`: a bundle of what exists now."""
    then_, now_ = dict(_comparable(bundle)), dict(_comparable(now))
    lines = []
    for what in sorted(then_.keys() | now_.keys()):
        if what not in now_:
            lines.append(f"{what} is missing")
        elif what not in then_:
            lines.append(f"{what} is new")
        elif then_[what] != now_[what]:
            lines.append(f"{what} was {then_[what]}, is now {now_[what]}")
    return lines


def _comparable(bundle: Document) -> Iterator[tuple[str, Any]]:
    """Everything that a restore should bring back, by a readable name."""
    yield "the name of the configuration", bundle["endpoint"]["EndpointConfigName"]
    for field, value in _only(bundle["endpoint_config"], _CONFIG).items():
        yield f"{field} of the configuration", value
    yield "tags of the configuration", _as_list(bundle.get("endpoint_config_tags", {}))
    for name, model in bundle["models"].items():
        yield f"model {name}", _only(model, _MODEL)
        yield f"tags of model {name}", _as_list(bundle.get("model_tags", {}).get(name, {}))
    yield "LastDeploymentConfig", bundle["endpoint"].get("LastDeploymentConfig")
    for tag in _tags(bundle):
        yield f"tag {tag['Key']}", tag["Value"]
    for row in bundle["endpoint"].get("ProductionVariants", []):
        yield f"variant {row['VariantName']}", _only(row, _DESIRED)
    for one in bundle.get("inference_components", []):
        copies = (one.get("RuntimeConfig") or {}).get("DesiredCopyCount")
        yield f"inference component {one['InferenceComponentName']}", _component(one) | {"copies": copies}
        yield f"tags of inference component {one['InferenceComponentName']}", _as_list(one.get("Tags", {}))
    yield from _comparable_scaling(bundle["autoscaling"])


def _comparable_scaling(scaling: Document) -> Iterator[tuple[str, Any]]:
    for one in scaling["targets"]:
        name = f"scalable target {one['ResourceId']} {one['ScalableDimension']}"
        yield name, _only(one, _TARGET)
        yield f"tags of {name}", _own(one.get("Tags", {}))
    for one in scaling["policies"]:
        yield f"scaling policy {one['PolicyName']} of {one['ResourceId']}", _only(one, _POLICY)
    for one in scaling["scheduled_actions"]:
        yield f"scheduled action {one['ScheduledActionName']} of {one['ResourceId']}", _only(one, _ACTION)


def _component(described: Document) -> dict[str, Any]:
    """The input of CreateInferenceComponent. A description names a container's image as its deployed image."""
    made = _only(described, _COMPONENT)
    if "Specification" in made:
        made["Specification"] = _specification(made["Specification"])
    if "Specifications" in made:
        made["Specifications"] = [_specification(one) for one in made["Specifications"]]
    return made


def _specification(described: Document) -> dict[str, Any]:
    container = described.get("Container")
    if not container or "DeployedImage" not in container:
        return dict(described)
    rest = {key: value for key, value in container.items() if key != "DeployedImage"}
    image = container["DeployedImage"].get("SpecifiedImage")
    return {**described, "Container": rest | ({"Image": image} if image else {})}


def _only(document: Document, fields: Iterable[str]) -> dict[str, Any]:
    return {name: document[name] for name in fields if document.get(name) not in (None, "", [], {})}


def _tags(bundle: Document) -> list[dict[str, str]]:
    return _as_list(bundle["tags"])


def _tagged(tags: Mapping[str, str]) -> dict[str, Any]:
    return {"Tags": listed} if (listed := _as_list(tags)) else {}


def _as_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in _own(tags).items()]


def _own(tags: Mapping[str, str]) -> dict[str, str]:
    """Drops AWS's own tags, which no one else can set."""
    return {key: value for key, value in sorted(tags.items()) if not key.lower().startswith("aws:")}


def _base(component: Document) -> str:
    return str((component.get("Specification") or {}).get("BaseInferenceComponentName", ""))
