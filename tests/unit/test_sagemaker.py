"""SageMaker's answers in the product's words: kinds, instances, errors, and one deletion that is never repeated."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError
from botocore.stub import Stubber

from endpoint_sweep.aws.faults import translated
from endpoint_sweep.aws.sagemaker import _kind, delete, describe, endpoints
from endpoint_sweep.aws.sessions import _DELETING, act_policy, session_name
from endpoint_sweep.errors import (
    CellDenied,
    CellFailed,
    EndpointNotFound,
    EndpointSweepError,
    RegionDenied,
    RegionOff,
    ReplyLost,
)
from endpoint_sweep.model import Variant
from tests.unit.samples import ARN, NAME, NOW, finding

VARIANT = {"VariantName": "AllTraffic", "ModelName": "m", "InstanceType": "ml.g5.xlarge", "InitialInstanceCount": 1}
CURRENT = {"VariantName": "AllTraffic", "CurrentInstanceCount": 3}
ENDPOINT: dict[str, Any] = {
    "EndpointName": NAME, "EndpointArn": ARN, "EndpointConfigName": "c", "EndpointStatus": "InService",
    "CreationTime": NOW, "LastModifiedTime": NOW, "ProductionVariants": [CURRENT],
}  # fmt: skip
CONFIG: dict[str, Any] = {
    "EndpointConfigName": "c", "EndpointConfigArn": "arn:aws:sagemaker:us-east-1:222222222222:endpoint-config/c",
    "CreationTime": NOW, "ProductionVariants": [VARIANT],
}  # fmt: skip


@pytest.fixture
def stubbed() -> Iterator[tuple[Any, Stubber]]:
    client = boto3.client(
        "sagemaker", "us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing", config=_DELETING
    )
    with Stubber(client) as stubber:
        yield client, stubber


@pytest.mark.parametrize(
    ("endpoint", "config", "kind"),
    [
        ({}, {}, "real-time"),
        ({"ProductionVariants": [CURRENT | {"CurrentServerlessConfig": {"MemorySizeInMB": 1}}]}, {}, "serverless"),
        ({}, {"ProductionVariants": [VARIANT | {"ServerlessConfig": {"MaxConcurrency": 1}}]}, "serverless"),
        ({"AsyncInferenceConfig": {"OutputConfig": {}}}, {}, "asynchronous"),
        ({}, {"AsyncInferenceConfig": {"OutputConfig": {}}}, "asynchronous"),
        ({}, {"ExecutionRoleArn": "arn:aws:iam::222222222222:role/x"}, "inference components"),
        ({}, {"ProductionVariants": [{"VariantName": "v"}]}, "inference components"),
        ({"ShadowProductionVariants": [CURRENT]}, {}, "shadow variants"),
        ({}, {"ShadowProductionVariants": [VARIANT]}, "shadow variants"),
        ({"ProductionVariants": [CURRENT | {"InstancePools": [{}]}]}, {}, "instance pools"),
        ({}, {"ProductionVariants": [VARIANT | {"InstancePools": [{}]}]}, "instance pools"),
        ({"PendingDeploymentSummary": {"EndpointConfigName": "d"}}, {}, "unknown, it is being deployed"),
    ],
)
def test_kinds(endpoint: dict[str, Any], config: dict[str, Any], kind: str) -> None:
    """Whatever is not surely an ordinary real-time endpoint is named, and so not judged."""
    assert _kind(ENDPOINT | endpoint, CONFIG | config) == kind


def test_without_its_configuration_the_kind_is_unknown() -> None:
    """Somebody deleted the configuration of a live endpoint."""
    assert _kind(ENDPOINT, {}) == "unknown, its configuration is gone"


def test_a_description_joins_endpoint_and_configuration(stubbed: tuple[Any, Stubber]) -> None:
    """Running instances from the one, their type from the other."""
    client, stubber = stubbed
    stubber.add_response("describe_endpoint", ENDPOINT, {"EndpointName": NAME})
    stubber.add_response("describe_endpoint_config", CONFIG, {"EndpointConfigName": "c"})
    found = describe(client, NAME)
    assert (found.status, found.kind, found.config) == ("InService", "real-time", "c")
    assert found.variants == (Variant("AllTraffic", "ml.g5.xlarge", 3),)


def test_a_deleted_configuration_leaves_type_and_kind_open(stubbed: tuple[Any, Stubber]) -> None:
    """It is described all the same."""
    client, stubber = stubbed
    stubber.add_response("describe_endpoint", ENDPOINT)
    stubber.add_client_error("describe_endpoint_config", "ValidationException", "Could not find endpoint configuration")
    found = describe(client, NAME)
    assert (found.variants[0].type, found.kind) == (None, "unknown, its configuration is gone")


def test_the_list_is_asked_in_pages_of_a_hundred(stubbed: tuple[Any, Stubber]) -> None:
    """Oldest first; an endpoint that comes twice, at the edge of a page, is one."""
    client, stubber = stubbed
    row = {key: ENDPOINT[key] for key in
           ("EndpointName", "EndpointArn", "EndpointStatus", "CreationTime", "LastModifiedTime")}  # fmt: skip
    asked = {"SortBy": "CreationTime", "SortOrder": "Ascending", "MaxResults": 100}
    stubber.add_response("list_endpoints", {"Endpoints": [row], "NextToken": "t"}, asked)
    stubber.add_response("list_endpoints", {"Endpoints": [row]}, asked | {"NextToken": "t"})
    assert [one.name for one in endpoints(client)] == [NAME]


def test_a_page_that_leads_back_to_itself_fails(stubbed: tuple[Any, Stubber]) -> None:
    """The same token for ever is noticed, not followed."""
    client, stubber = stubbed
    for _ in range(2):
        stubber.add_response("list_endpoints", {"Endpoints": [], "NextToken": "t"})
    with pytest.raises(CellFailed, match="PaginationError"):
        endpoints(client)


@pytest.mark.parametrize(
    ("code", "message", "status", "expected"),
    [
        ("ValidationException", 'Could not find endpoint "arn".', 400, EndpointNotFound),
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


@pytest.mark.parametrize(
    ("code", "message", "expected"),
    [
        ("AccessDeniedException", "explicit deny in a service control policy", RegionDenied),
        ("AccessDenied", "no identity-based policy allows it", CellDenied),
        ("UnrecognizedClientException", "The security token is invalid", RegionOff),
        ("InvalidClientTokenId", "", RegionOff),
        ("InternalFailure", "", CellFailed),
    ],
)
def test_how_errors_are_told(
    stubbed: tuple[Any, Stubber], code: str, message: str, expected: type[EndpointSweepError]
) -> None:
    """Region off, region denied, denied and failed are four different things."""
    client, stubber = stubbed
    stubber.add_client_error("list_endpoints", code, message)
    with pytest.raises(expected, match="listing"), translated("listing"):
        client.list_endpoints()


def test_an_act_session_can_delete_one_endpoint_only() -> None:
    """The policy's one deletion is an exact ARN; nothing in it creates, updates or tags."""
    statements = act_policy(finding().id, ARN)["Statement"]
    allowed = [(action, one["Resource"]) for one in statements
               for action in ([one["Action"]] if isinstance(one["Action"], str) else one["Action"])]  # fmt: skip
    assert [resource for action, resource in allowed if "Delete" in action] == [ARN]
    verbs = {action.partition(":")[2] for action, _ in allowed}
    assert not [verb for verb in verbs if verb.startswith(("Create", "Update", "Add", "Put", "Invoke", "*"))]


@pytest.mark.parametrize("sweep", ["2026-11-20T06-00Z-weekly", "x" * 80, "a:b/c d", "ü"])
def test_a_session_name_is_one_that_sts_takes(sweep: str) -> None:
    """At most 64 of its characters."""
    import re

    assert re.fullmatch(r"[\w+=,.@-]{2,64}", session_name(sweep), re.ASCII)
