"""The hub's own services: what their errors mean to a sweep."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber

from endpoint_sweep.aws.executions import AwsExecutions
from endpoint_sweep.aws.list_parameters import AwsListParameters
from endpoint_sweep.aws.mailer import AwsMailer
from endpoint_sweep.aws.store import AwsStore
from endpoint_sweep.aws.switch_parameter import AwsKillSwitch
from endpoint_sweep.aws.table import AwsTable
from endpoint_sweep.domain.documents import digest
from endpoint_sweep.domain.errors import (
    AlreadyRecorded,
    DocumentNotFound,
    DocumentNotWritten,
    MailRefused,
    SettingsError,
    SwitchMissing,
    SwitchUnreadable,
    Unavailable,
)
from tests.unit.samples import NOW

MACHINE = "arn:aws:states:us-east-1:111111111111:stateMachine:endpoint-sweep"


def client(service: str) -> Any:
    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    return boto3.client(service, "us-east-1", **keys)  # type: ignore[call-overload] # any service


@pytest.fixture
def states() -> Iterator[tuple[AwsExecutions, Stubber]]:
    made = client("stepfunctions")
    with Stubber(made) as stubber:
        yield AwsExecutions(made, MACHINE), stubber


def test_a_wake_up_carries_no_meaning(states: tuple[AwsExecutions, Stubber]) -> None:
    """Its output says nothing but that it woke."""
    executions, stubber = states
    stubber.add_response("send_task_success", {}, {"taskToken": "t", "output": '{"wake":true}'})
    assert executions.wake("t")


@pytest.mark.parametrize(
    "code", ["TaskTimedOut", "TaskDoesNotExist", "InvalidToken", "ThrottlingException", "AccessDeniedException"]
)
def test_a_wake_up_that_fails_stops_nothing(states: tuple[AwsExecutions, Stubber], code: str) -> None:
    """No one waits, or it did not get through: the next slice looks by itself."""
    executions, stubber = states
    stubber.add_client_error("send_task_success", code)
    assert executions.wake("t") is False


def test_a_wake_up_without_an_answer_stops_nothing(
    states: tuple[AwsExecutions, Stubber], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service cannot be reached."""

    def unreachable(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="x")

    monkeypatch.setattr(states[0]._client, "send_task_success", unreachable)
    assert states[0].wake("t") is False


def test_only_a_running_execution_runs(states: tuple[AwsExecutions, Stubber]) -> None:
    """An ended one does not, nor one that no one knows; any other error is no answer."""
    executions, stubber = states
    for status in ("RUNNING", "ABORTED"):
        shape = {"executionArn": "arn:aws:states:x", "stateMachineArn": MACHINE, "status": status, "startDate": 0}
        stubber.add_response("describe_execution", shape)
        assert executions.is_running("arn:aws:states:x") is (status == "RUNNING")
    stubber.add_client_error("describe_execution", "ExecutionDoesNotExist")
    assert executions.is_running("arn:aws:states:x") is False
    stubber.add_client_error("describe_execution", "AccessDeniedException")
    with pytest.raises(Exception, match="AccessDenied"):
        executions.is_running("arn:aws:states:x")


@pytest.mark.parametrize(
    ("status", "error", "told"),
    [("FAILED", "SweepFailed", "SweepFailed"), ("ABORTED", "SweepFailed", ""), ("RUNNING", None, "")],
)
def test_the_error_of_an_execution_is_that_of_its_failure(
    states: tuple[AwsExecutions, Stubber], status: str, error: str | None, told: str
) -> None:
    """Whoever stops an execution may name any error; a state that fails names its own."""
    executions, stubber = states
    shape = {"executionArn": "arn:aws:states:x", "stateMachineArn": MACHINE, "status": status, "startDate": 0}
    stubber.add_response("describe_execution", shape | ({"error": error} if error else {}))
    assert executions.error_of("arn:aws:states:x") == told
    stubber.add_client_error("describe_execution", "AccessDeniedException")
    assert executions.error_of("arn:aws:states:x") == ""


def test_a_name_that_was_used_is_told(states: tuple[AwsExecutions, Stubber]) -> None:
    """A schedule that fires twice."""
    executions, stubber = states
    stubber.add_client_error("start_execution", "ExecutionAlreadyExists")
    with pytest.raises(AlreadyRecorded):
        executions.start("name", {"mode": "report"})


def test_a_refused_mail_is_told_without_its_content() -> None:
    """The code of the mail service, no address, no link."""
    made = client("sesv2")
    with Stubber(made) as stubber:
        stubber.add_client_error("send_email", "MessageRejected", "Email address is not verified: ada@example.com")
        with pytest.raises(MailRefused) as refused:
            AwsMailer(made, "finops@example.com").send("ada@example.com", "s", "text with a link", "html")
    assert str(refused.value) == "the mail service said MessageRejected"


def test_a_mail_is_tagged_with_its_approval_and_reported_on() -> None:
    """So that a bounce finds its way back (FI-24); without a configuration set nothing is reported."""
    body = {part: {"Data": part, "Charset": "UTF-8"} for part in ("Text", "Html")}
    simple = {"Subject": {"Data": "s", "Charset": "UTF-8"}, "Body": body}
    sent = {"FromEmailAddress": "f@example.com", "Destination": {"ToAddresses": ["ada@example.com"]}}
    sent |= {"Content": {"Simple": simple}}
    tagged = {"EmailTags": [{"Name": "approval", "Value": "a1"}], "ConfigurationSetName": "bounces"}
    made = client("sesv2")
    with Stubber(made) as stubber:
        stubber.add_response("send_email", {"MessageId": "1"}, sent | tagged)
        AwsMailer(made, "f@example.com", "bounces").send("ada@example.com", "s", "Text", "Html", approval="a1")
        stubber.add_response("send_email", {"MessageId": "2"}, sent | {"EmailTags": []})
        AwsMailer(made, "f@example.com").send("ada@example.com", "s", "Text", "Html")
        stubber.assert_no_pending_responses()


def test_a_missing_document_is_one_error_and_a_denied_one_another() -> None:
    """Only what is not there counts as missing."""
    made = client("s3")
    with Stubber(made) as stubber:
        for code in ("NoSuchKey", "NoSuchVersion"):
            stubber.add_client_error("get_object", code)
            with pytest.raises(DocumentNotFound):
                AwsStore(made, "b").get("k", "v1")
        stubber.add_client_error("get_object", "AccessDenied")
        with pytest.raises(Exception, match="AccessDenied"):
            AwsStore(made, "b").get("k")


def test_a_pointer_names_version_and_hash() -> None:
    """What an approval is bound to later."""
    made = client("s3")
    with Stubber(made) as stubber:
        stubber.add_response("put_object", {"VersionId": "v7"})
        pointer = AwsStore(made, "b").put("k", b"body", count=3)
    assert (pointer.bucket, pointer.key, pointer.version_id, pointer.count) == ("b", "k", "v7", 3)
    assert pointer.sha256 == digest(b"body")


@pytest.mark.parametrize(
    ("code", "expected"), [("PreconditionFailed", AlreadyRecorded), ("AccessDenied", DocumentNotWritten)]
)
def test_a_document_that_is_written_once(code: str, expected: type[Exception]) -> None:
    """The condition is on the wire, and its refusal is told from every other one."""
    s3 = client("s3")
    with Stubber(s3) as stubber:
        wanted = {"Bucket": "b", "Key": "k", "Body": b"x", "ContentType": "application/json", "IfNoneMatch": "*"}
        stubber.add_client_error("put_object", code, expected_params=wanted)
        with pytest.raises(expected):
            AwsStore(s3, "b").put("k", b"x", once=True)


def test_the_switch_is_asked_each_time() -> None:
    """Nothing is remembered; whatever goes wrong is one error, and a switch that does not exist is named."""
    ssm = client("ssm")
    with Stubber(ssm) as stubber:
        for value in ("off", "on"):
            stubber.add_response("get_parameter", {"Parameter": {"Value": value}}, {"Name": "/x/kill"})
        stubber.add_client_error("get_parameter", "ParameterNotFound")
        stubber.add_client_error("get_parameter", "AccessDeniedException")
        switch = AwsKillSwitch(ssm, "/x/kill")
        assert (switch.read(), switch.read()) == ("off", "on")
        with pytest.raises(SwitchMissing, match=r"^/x/kill$"):
            switch.read()
        with pytest.raises(SwitchUnreadable, match=r"^AccessDeniedException$"):
            switch.read()


def test_a_list_is_read_again_after_a_minute() -> None:
    """An update of the stack may change it while the process lives."""
    ssm, times = client("ssm"), iter([NOW, NOW + timedelta(seconds=59), NOW + timedelta(seconds=60), NOW])
    with Stubber(ssm) as stubber:
        for value in (",one", ",two", ",three"):
            stubber.add_response("get_parameter", {"Parameter": {"Value": value}}, {"Name": "/x/approvers"})
        lists = AwsListParameters(ssm, lambda: next(times))
        assert [lists.read("/x/approvers") for _ in range(4)] == [",one", ",one", ",two", ",three"]


def test_a_list_that_cannot_be_read_is_named() -> None:
    """Whatever goes wrong; the next try asks again, and what was read before does not stand in for it."""
    ssm, times = client("ssm"), iter([NOW, NOW + timedelta(minutes=1), NOW + timedelta(minutes=1)])
    with Stubber(ssm) as stubber:
        stubber.add_response("get_parameter", {"Parameter": {"Value": ",one"}}, {"Name": "/x/approvers"})
        stubber.add_client_error("get_parameter", "ThrottlingException")
        stubber.add_client_error("get_parameter", "ParameterNotFound")
        lists = AwsListParameters(ssm, lambda: next(times))
        lists.read("/x/approvers")
        for code in ("ThrottlingException", "ParameterNotFound"):
            with pytest.raises(SettingsError, match=rf"/x/approvers cannot be read: {code}"):
                lists.read("/x/approvers")


class Garbled:
    """A client whose answers are what botocore makes of a body that is no JSON."""

    def get_item(self, **_: Any) -> dict[str, Any]:
        return {"ResponseMetadata": {"HTTPStatusCode": 200}}

    def get_paginator(self, _: str) -> "Garbled":
        return self

    def paginate(self, **_: Any) -> list[dict[str, Any]]:
        return [self.get_item()]


def test_an_answer_that_cannot_be_read_is_not_taken_for_none() -> None:
    """There might be a record: no one may go on as if there were not."""
    garbled: Any = Garbled()
    table = AwsTable(garbled, "t")
    with pytest.raises(Unavailable, match="cannot be read"):
        table.get("LOCK", "LOCK")
    with pytest.raises(Unavailable, match="cannot be read"):
        table.query("SWEEP#x")
