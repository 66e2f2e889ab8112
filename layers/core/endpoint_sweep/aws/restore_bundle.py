"""What is written down before a deletion, enough to create the endpoint anew (facts 3, "Undo record")."""

from typing import Any

from endpoint_sweep.aws.faults import translated
from endpoint_sweep.aws.sagemaker import tags_of
from endpoint_sweep.documents import to_data

_SERVICE = "sagemaker"


def collect(sagemaker: Any, autoscaling: Any, name: str, arn: str) -> dict[str, Any]:
    """Plain JSON data: endpoint, configuration, models, tags, scalable targets with policies and schedules.

    Raises CellDenied, CellFailed or EndpointNotFound: without a complete bundle nothing may be deleted.
    """
    with translated("writing the restore bundle"):
        endpoint = _answer(sagemaker.describe_endpoint(EndpointName=name))
        config = _answer(sagemaker.describe_endpoint_config(EndpointConfigName=endpoint["EndpointConfigName"]))
        models = {
            row["ModelName"]: _answer(sagemaker.describe_model(ModelName=row["ModelName"]))
            for row in (*config.get("ProductionVariants", []), *config.get("ShadowProductionVariants", []))
            if row.get("ModelName")
        }
        bundle = {
            "schema": 1,
            "endpoint": endpoint,
            "endpoint_config": config,
            "models": models,
            "tags": tags_of(sagemaker, arn),
            "autoscaling": _autoscaling(autoscaling, endpoint),
        }
    return dict(to_data(bundle))


def _autoscaling(client: Any, endpoint: dict[str, Any]) -> dict[str, Any]:
    name = endpoint["EndpointName"]
    ids = [f"endpoint/{name}/variant/{row['VariantName']}" for row in endpoint.get("ProductionVariants", [])]
    pages = client.get_paginator("describe_scalable_targets").paginate(ServiceNamespace=_SERVICE, ResourceIds=ids)
    targets = list(pages.search("ScalableTargets[]"))
    found: dict[str, Any] = {"targets": targets, "policies": [], "scheduled_actions": []}
    for target in targets:
        of_target = {"ServiceNamespace": _SERVICE, "ResourceId": target["ResourceId"]}
        policies = client.get_paginator("describe_scaling_policies").paginate(**of_target)
        found["policies"] += list(policies.search("ScalingPolicies[]"))
        actions = client.get_paginator("describe_scheduled_actions").paginate(**of_target)
        found["scheduled_actions"] += list(actions.search("ScheduledActions[]"))
    return found


def _answer(response: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in response.items() if key != "ResponseMetadata"}
