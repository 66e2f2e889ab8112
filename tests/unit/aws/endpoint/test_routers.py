"""Inference routers and endpoint policies, as the adapter reads them (D13.1, D13.31, D13.32)."""

import pytest

from endpoint_sweep.aws.endpoint.routers import destinations, has_policy, names
from endpoint_sweep.domain.errors import CellDenied, CellFailed, ResourceNotFound
from tests.unit.answering import Refusal, client, in_pages

ARN = "arn:aws:sagemaker:eu-west-1:333333333333:endpoint/standby"
NOT_OFFERED = ("UnknownOperationException", "UnknownOperation", "InvalidAction")


def test_names_come_in_pages_of_a_hundred() -> None:
    """All of them."""
    pages = in_pages(*({"InferenceRouters": [{"InferenceRouterName": name}]} for name in "ab"))
    made, asked = client("sagemaker", pages)
    assert list(names(made)) == ["a", "b"]
    assert [one["MaxResults"] for one in asked.of("ListInferenceRouters")] == [100, 100]


def test_a_page_that_fails_hides_none_that_came_before() -> None:
    """What is known keeps its destinations."""
    rows = {"InferenceRouters": [{"InferenceRouterName": "a"}]}
    found = names(client("sagemaker", in_pages(rows, Refusal("InternalFailure")))[0])
    assert next(found) == "a"
    with pytest.raises(CellFailed):
        next(found)


@pytest.mark.parametrize("code", NOT_OFFERED)
def test_a_region_without_the_api_has_none(code: str) -> None:
    """That is known, not unread (D13.32)."""
    assert list(names(client("sagemaker", in_pages(Refusal(code)))[0])) == []


def test_a_refusal_is_no_empty_list() -> None:
    with pytest.raises(CellDenied, match="listing inference routers"):
        list(names(client("sagemaker", in_pages(Refusal("AccessDeniedException")))[0]))


def test_destinations_of_every_target() -> None:
    """Whatever their status, in the order in which they are told."""
    other = ARN.replace("endpoint/standby", "inference-component/llm")
    targets = [
        {"Name": "a", "Destinations": [{"ResourceArn": ARN, "RoutingStatus": "Unroutable"}]},
        {"Name": "b", "Destinations": [{"ResourceArn": other, "RoutingStatus": "Unknown"}, {"ResourceArn": ARN}]},
    ]
    made, asked = client("sagemaker", in_pages({"RoutingTargets": targets}))
    assert destinations(made, "r") == (ARN, other, ARN)
    assert asked.of("DescribeInferenceRouter") == [{"InferenceRouterName": "r"}]


def test_a_router_that_is_gone_is_told_from_one_that_is_hidden() -> None:
    """Only the first has no destinations."""
    with pytest.raises(ResourceNotFound):
        destinations(client("sagemaker", in_pages(Refusal("ResourceNotFound")))[0], "r")
    with pytest.raises(CellDenied, match="describing inference router r"):
        destinations(client("sagemaker", in_pages(Refusal("AccessDeniedException")))[0], "r")


def test_a_policy_is_there_or_not() -> None:
    """An endpoint without one is a ValidationException (D13.31); any other error is no answer."""
    assert has_policy(client("sagemaker", in_pages({"ResourcePolicy": "{}"}))[0], "e")
    for code in ("ValidationException", *NOT_OFFERED):
        assert not has_policy(client("sagemaker", in_pages(Refusal(code)))[0], "e")
    with pytest.raises(CellDenied, match="reading the policy of endpoint e"):
        has_policy(client("sagemaker", in_pages(Refusal("AccessDeniedException")))[0], "e")
