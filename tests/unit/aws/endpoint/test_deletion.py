"""One deletion that is never repeated: what a refusal means, what silence means, and how narrow its session is."""

import re
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError
from botocore.stub import Stubber

from endpoint_sweep.aws.endpoint.sagemaker import delete
from endpoint_sweep.aws.sessions import _DELETING, session_name
from endpoint_sweep.domain.errors import CellDenied, CellFailed, EndpointSweepError, ReplyLost, ResourceNotFound
from endpoint_sweep.domain.model import ResourceId
from endpoint_sweep.resources.endpoint.permissions import act_policy
from tests.unit.samples import ARN, NAME, finding


@pytest.fixture
def stubbed() -> Iterator[tuple[Any, Stubber]]:
    client = boto3.client(
        "sagemaker", "us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing", config=_DELETING
    )
    with Stubber(client) as stubber:
        yield client, stubber


@pytest.mark.parametrize(
    ("code", "message", "status", "expected"),
    [
        ("ValidationException", 'Could not find endpoint "arn".', 400, ResourceNotFound),
        ("ValidationException", "Cannot update in-progress endpoint", 400, CellFailed),
        ("AccessDeniedException", "no", 400, CellDenied),
        ("InternalFailure", "", 500, ReplyLost),
        ("ServiceUnavailable", "", 503, ReplyLost),
        ("ThrottlingException", "Rate exceeded", 400, CellFailed),
    ],
)
def test_what_a_refused_deletion_means(
    stubbed: tuple[Any, Stubber], code: str, message: str, status: int, expected: type[EndpointSweepError]
) -> None:
    """A server error may have deleted; a refusal has not; neither is repeated."""
    client, stubber = stubbed
    stubber.add_client_error("delete_endpoint", code, message, status)
    with pytest.raises(expected):
        delete(client, NAME)
    stubber.assert_no_pending_responses()


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (ReadTimeoutError(endpoint_url="x"), ReplyLost),
        (ConnectTimeoutError(endpoint_url="x"), CellFailed),
        (EndpointConnectionError(endpoint_url="x"), CellFailed),
    ],
)
def test_what_silence_means(
    stubbed: tuple[Any, Stubber], raised: Exception, expected: type[EndpointSweepError], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reply that does not come may hide a deletion; a connection that never was cannot."""

    def refuse(**_: Any) -> None:
        raise raised

    monkeypatch.setattr(stubbed[0], "delete_endpoint", refuse)
    with pytest.raises(expected):
        delete(stubbed[0], NAME)


def test_a_deletion_tells_its_request_id(stubbed: tuple[Any, Stubber]) -> None:
    """For the audit."""
    client, stubber = stubbed
    stubber.add_response("delete_endpoint", {"ResponseMetadata": {"RequestId": "req-1"}}, {"EndpointName": NAME})
    assert delete(client, NAME) == "req-1"
    assert client.meta.config.retries["total_max_attempts"] == 1


def test_an_act_session_can_delete_one_endpoint_only() -> None:
    """The policy's one deletion is an exact ARN; nothing in it creates, updates or tags."""
    allowed = resources(act_policy("aws", finding().id, [ARN]))
    assert [resource for action, resource in allowed.items() if "Delete" in action] == [[ARN], [ARN]]
    verbs = {action.partition(":")[2] for action in allowed}
    assert not [verb for verb in verbs if verb.startswith(("Create", "Update", "Add", "Put", "Invoke", "*"))]


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_an_act_session_reaches_one_region_of_one_account(partition: str) -> None:
    """Every resource of its policy, word for word; `*` only for reads that know no resource."""
    target, arns = ResourceId("222222222222", "eu-west-1", NAME), [f"arn:{partition}:b", f"arn:{partition}:a"]
    reads = {
        "cloudwatch:GetMetricData",
        "application-autoscaling:Describe*",
        "application-autoscaling:ListTagsForResource",
        "sagemaker:ListInferenceComponents",
    }
    assert resources(act_policy(partition, target, arns)) == {
        "sagemaker:DeleteEndpoint": sorted(arns),
        "sagemaker:DeleteInferenceComponent": sorted(arns),
        "sagemaker:Describe*": f"arn:{partition}:sagemaker:eu-west-1:222222222222:*",
        "sagemaker:ListTags": f"arn:{partition}:sagemaker:eu-west-1:222222222222:*",
        "application-autoscaling:DeregisterScalableTarget": (
            f"arn:{partition}:application-autoscaling:eu-west-1:222222222222:scalable-target/*"
        ),
        **dict.fromkeys(reads, "*"),
    }
    conditions = [one["Condition"] for one in act_policy(partition, target, arns)["Statement"] if "Condition" in one]
    assert conditions == [{"StringEquals": {"application-autoscaling:service-namespace": "sagemaker"}}]


def resources(policy: dict[str, Any]) -> dict[str, Any]:
    """By action; an action that stands in two statements would hide one of them."""
    rows = [
        (action, one["Resource"])
        for one in policy["Statement"]
        for action in ([one["Action"]] if isinstance(one["Action"], str) else one["Action"])
    ]
    assert len(dict(rows)) == len(rows)
    assert {one["Effect"] for one in policy["Statement"]} == {"Allow"}
    return dict(rows)


@pytest.mark.parametrize("sweep", ["2026-11-20T06-00Z-weekly", "x" * 80, "a:b/c d", "ü"])
def test_a_session_name_is_one_that_sts_takes(sweep: str) -> None:
    """At most 64 of its characters."""
    assert re.fullmatch(r"[\w+=,.@-]{2,64}", session_name(sweep), re.ASCII)
