"""One deletion that is never repeated: what a refusal means, and what silence means."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError
from botocore.stub import Stubber

from endpoint_sweep.aws.endpoint.sagemaker import delete
from endpoint_sweep.aws.sessions import _DELETING
from endpoint_sweep.domain.errors import CellDenied, CellFailed, EndpointSweepError, ReplyLost, ResourceNotFound
from tests.unit.samples import NAME


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
