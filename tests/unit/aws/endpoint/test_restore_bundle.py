"""What is written down before a deletion: all of it, also where AWS tells it in many pages."""

from collections.abc import Mapping
from typing import Any

import pytest

from endpoint_sweep.aws.endpoint.components import of_endpoint
from endpoint_sweep.aws.endpoint.restore_bundle import collect
from endpoint_sweep.domain.errors import CellDenied, CellFailed
from tests.unit.answering import Asked, Refusal, client
from tests.unit.samples import ARN, NAME, NOW

PREFIX = ARN.removesuffix(f"endpoint/{NAME}")
VARIANTS = [f"v{number:02d}" for number in range(53)]
PARTS = ["part-a", "part-b", "part-c"]
NAMES = ("one", "two", "three")
RESOURCES = [f"endpoint/{NAME}/variant/{one}" for one in VARIANTS] + [f"inference-component/{one}" for one in PARTS]
COUNT, COPIES = "sagemaker:variant:DesiredInstanceCount", "sagemaker:inference-component:DesiredCopyCount"


def described(name: str) -> dict[str, Any]:
    return {
        "InferenceComponentName": name,
        "InferenceComponentArn": f"{PREFIX}inference-component/{name}",
        "EndpointName": NAME,
        "EndpointArn": ARN,
        "InferenceComponentStatus": "InService",
        "CreationTime": NOW,
        "Specification": {"ModelName": f"{name}-model"},
    }


def sagemaker(operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
    """One row a page, and a tag named after what it is a tag of."""
    match operation:
        case "DescribeEndpoint":
            rows = [{"VariantName": one} for one in VARIANTS]
            return {"EndpointName": NAME, "EndpointConfigName": "c", "ProductionVariants": rows}
        case "DescribeEndpointConfig":
            return {"EndpointConfigName": "c", "EndpointConfigArn": f"{PREFIX}endpoint-config/c"}
        case "DescribeModel":
            return {"ModelName": request["ModelName"], "ModelArn": f"{PREFIX}model/{request['ModelName']}"}
        case "DescribeInferenceComponent":
            return described(request["InferenceComponentName"])
        case "ListInferenceComponents":
            return page("InferenceComponents", [described(one) for one in PARTS], request)
        case _:
            owner = request["ResourceArn"].rpartition("/")[2]
            return page("Tags", [{"Key": f"{owner}-{one}", "Value": one} for one in NAMES], request)


def autoscaling(operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
    """Every variant and component has a target, each of them three policies and three scheduled actions."""
    match operation:
        case "DescribeScalableTargets":
            assert len(request["ResourceIds"]) <= 50
            return page("ScalableTargets", [target(one) for one in request["ResourceIds"]], request)
        case "DescribeScalingPolicies":
            return page("ScalingPolicies", [of(request, "Policy", one) for one in NAMES], request)
        case "DescribeScheduledActions":
            return page("ScheduledActions", [of(request, "ScheduledAction", one) for one in NAMES], request)
        case _:
            return {"Tags": {"of": request["ResourceARN"]}}


def target(resource: str) -> dict[str, Any]:
    return {"ResourceId": resource, "ScalableTargetARN": f"arn:{resource}", "ServiceNamespace": "sagemaker"}


def of(request: Mapping[str, Any], what: str, name: str) -> dict[str, Any]:
    return {"ResourceId": request["ResourceId"], f"{what}Name": name}


def page(field: str, rows: list[dict[str, Any]], request: Mapping[str, Any]) -> dict[str, Any]:
    """One row, with a token to the next one."""
    number = int(request.get("NextToken", "0"))
    return {field: [rows[number]]} | ({"NextToken": str(number + 1)} if number + 1 < len(rows) else {})


def collected() -> tuple[dict[str, Any], Asked]:
    scaling, asked = client("application-autoscaling", autoscaling)
    return collect(client("sagemaker", sagemaker)[0], scaling, NAME, ARN), asked


def test_every_page_of_scaling_is_in_it() -> None:
    """Targets, policies and scheduled actions of every variant and component, fifty ids a call."""
    bundle, asked = collected()
    scaling = bundle["autoscaling"]
    assert scaling["targets"] == [target(one) | {"Tags": {"of": f"arn:{one}"}} for one in RESOURCES]
    for kind, field in (("policies", "PolicyName"), ("scheduled_actions", "ScheduledActionName")):
        assert [(row["ResourceId"], row[field]) for row in scaling[kind]] == [
            (one, name) for one in RESOURCES for name in NAMES
        ]
    assert {request["ServiceNamespace"] for _, request in asked if "ServiceNamespace" in request} == {"sagemaker"}


def test_every_page_of_components_and_tags_is_in_it() -> None:
    """Of endpoint, configuration, models and components."""
    bundle, _ = collected()
    assert [row["InferenceComponentName"] for row in bundle["inference_components"]] == PARTS
    assert bundle["tags"] == tags_of(NAME)
    assert bundle["endpoint_config_tags"] == tags_of("c")
    assert bundle["model_tags"] == {f"{one}-model": tags_of(f"{one}-model") for one in PARTS}
    assert [row["Tags"] for row in bundle["inference_components"]] == [tags_of(one) for one in PARTS]
    assert bundle["models"].keys() == bundle["model_tags"].keys()


def tags_of(owner: str) -> dict[str, str]:
    return {f"{owner}-{one}": one for one in NAMES}


def test_every_page_of_components_is_looked_at_before_a_deletion() -> None:
    """A component on the second page would go with its endpoint, unseen."""
    assert [one.name for one in of_endpoint(client("sagemaker", sagemaker)[0], NAME)] == PARTS


@pytest.mark.parametrize(
    "broken", ["DescribeScalableTargets", "DescribeScalingPolicies", "DescribeScheduledActions", "ListTagsForResource"]
)
@pytest.mark.parametrize(("code", "expected"), [("AccessDeniedException", CellDenied), ("InternalFailure", CellFailed)])
def test_half_a_bundle_is_none(broken: str, code: str, expected: type[Exception]) -> None:
    """Where the last page of a listing is refused, nothing may be deleted."""

    def refusing(operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        is_last = operation == "ListTagsForResource" or request.get("NextToken") == "2"
        if operation == broken and is_last:
            raise Refusal(code)
        return autoscaling(operation, request)

    with pytest.raises(expected):
        collect(client("sagemaker", sagemaker)[0], client("application-autoscaling", refusing)[0], NAME, ARN)
