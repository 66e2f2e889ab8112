"""What is saved before a deletion: enough to create the endpoint again (D3.19)."""

from collections.abc import Iterable, Mapping
from itertools import batched
from typing import TYPE_CHECKING, Any, Final

from endpoint_sweep.aws.endpoint.sagemaker import tags_of
from endpoint_sweep.aws.endpoint.sagemaker_models import names_of
from endpoint_sweep.aws.endpoint.unknown_fields import UNKNOWN
from endpoint_sweep.aws.error_translation import translated
from endpoint_sweep.aws.paging import to_the_end
from endpoint_sweep.domain.documents import to_data

if TYPE_CHECKING:
    from mypy_boto3_application_autoscaling import ApplicationAutoScalingClient
    from mypy_boto3_application_autoscaling.type_defs import ScalableTargetTypeDef
    from mypy_boto3_sagemaker import SageMakerClient

_SERVICE: Final = "sagemaker"
_TARGETS_A_CALL = 50
Document = dict[str, Any]


def collect(sagemaker: "SageMakerClient", autoscaling: "ApplicationAutoScalingClient", name: str, arn: str) -> Document:
    """Plain JSON data: endpoint, configuration, models, inference components and scalable targets, each with its tags;
    scaling policies with the alarms that start them, scheduled actions.

    Raises CellDenied, CellFailed, ResourceNotFound or ComponentNotFound: without a complete bundle nothing may be
    deleted.
    """
    with translated("writing the restore bundle"):
        endpoint = _answer(sagemaker.describe_endpoint(EndpointName=name))
        config = _answer(sagemaker.describe_endpoint_config(EndpointConfigName=endpoint["EndpointConfigName"]))
        components = _components(sagemaker, name)
        names = names_of(config, components)
        models = {model: _answer(sagemaker.describe_model(ModelName=model)) for model in names}
        bundle = {
            "schema": 3,
            "endpoint": endpoint,
            "endpoint_config": config,
            "endpoint_config_tags": tags_of(sagemaker, config["EndpointConfigArn"]),
            "models": models,
            "model_tags": {model: tags_of(sagemaker, one["ModelArn"]) for model, one in models.items()},
            "tags": tags_of(sagemaker, arn),
            "inference_components": components,
            "autoscaling": _autoscaling(autoscaling, endpoint, components),
        }
    return dict(to_data(bundle))


def _components(client: "SageMakerClient", endpoint: str) -> list[Document]:
    """As described, each with its tags under `Tags`."""
    found = []
    pages = client.get_paginator("list_inference_components").paginate(
        EndpointNameEquals=endpoint, PaginationConfig={"PageSize": 100}
    )
    for page in to_the_end(pages):
        for row in page["InferenceComponents"]:
            one = _answer(client.describe_inference_component(InferenceComponentName=row["InferenceComponentName"]))
            found.append(one | {"Tags": tags_of(client, one["InferenceComponentArn"])})
    return found


def _autoscaling(
    client: "ApplicationAutoScalingClient", endpoint: Document, components: Iterable[Document]
) -> Document:
    name = endpoint["EndpointName"]
    ids = [f"endpoint/{name}/variant/{row['VariantName']}" for row in endpoint.get("ProductionVariants", [])]
    ids += [f"inference-component/{one['InferenceComponentName']}" for one in components]
    targets: list[Document] = []
    for some in batched(ids, _TARGETS_A_CALL, strict=False):
        pages = client.get_paginator("describe_scalable_targets").paginate(
            ServiceNamespace=_SERVICE, ResourceIds=list(some)
        )
        described = [target for page in to_the_end(pages) for target in page["ScalableTargets"]]
        targets += [dict(target) | {"Tags": _target_tags(client, target)} for target in described]
    found: Document = {"targets": targets, "policies": [], "scheduled_actions": []}
    for target in targets:
        resource = target["ResourceId"]
        policies = client.get_paginator("describe_scaling_policies").paginate(
            ServiceNamespace=_SERVICE, ResourceId=resource
        )
        found["policies"] += [row for page in to_the_end(policies) for row in page["ScalingPolicies"]]
        actions = client.get_paginator("describe_scheduled_actions").paginate(
            ServiceNamespace=_SERVICE, ResourceId=resource
        )
        found["scheduled_actions"] += [row for page in to_the_end(actions) for row in page["ScheduledActions"]]
    return found


def _target_tags(client: "ApplicationAutoScalingClient", target: "ScalableTargetTypeDef") -> dict[str, str]:
    arn = target.get("ScalableTargetARN")
    return dict(client.list_tags_for_resource(ResourceARN=arn)["Tags"]) if arn else {}


def _answer(response: Mapping[str, Any]) -> Document:
    return {key: value for key, value in response.items() if key not in ("ResponseMetadata", UNKNOWN)}
