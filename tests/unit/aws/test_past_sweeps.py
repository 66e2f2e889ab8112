"""What Step Functions and EventBridge Scheduler say of the past: which sweep finished, when the schedule changed."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from moto import mock_aws

from endpoint_sweep.aws.executions import AwsExecutions
from endpoint_sweep.aws.schedules import AwsSchedules

MACHINE = "arn:aws:states:us-east-1:111111111111:stateMachine:endpoint-sweep"
FINISHED, SKIPPED = {"sweep": {}, "summary": {"ending": "gaps"}}, {"sweep": {"lock": "held"}}


def at(day: int) -> datetime:
    return datetime(2026, 11, day, 9, 0, tzinfo=UTC)


def client(service: str) -> Any:
    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    return boto3.client(service, region_name="us-east-1", **keys)  # type: ignore[call-overload]


def execution(day: int, status: str = "SUCCEEDED") -> dict[str, Any]:
    arn = MACHINE.replace("stateMachine", "execution") + f":2026-11-{day}"
    one = {"executionArn": arn, "stateMachineArn": MACHINE, "name": str(day), "status": status, "startDate": at(day)}
    return one if status == "RUNNING" else one | {"stopDate": at(day)}


@pytest.fixture
def states() -> Iterator[tuple[AwsExecutions, Stubber]]:
    made = client("stepfunctions")
    with Stubber(made) as stub:
        yield AwsExecutions(made, MACHINE), stub
        stub.assert_no_pending_responses()


def listed(stub: Stubber, *executions: dict[str, Any], token: str = "", page: str = "") -> None:
    """One page of sweeps that succeeded; `token` leads to the next one, `page` to this one."""
    asked = {"stateMachineArn": MACHINE, "statusFilter": "SUCCEEDED"} | ({"nextToken": page} if page else {})
    answer = {"executions": list(executions)} | ({"nextToken": token} if token else {})
    stub.add_response("list_executions", answer, asked)


def described(stub: Stubber, day: int, output: dict[str, Any] | None) -> None:
    one = execution(day) | ({"output": json.dumps(output)} if output is not None else {})
    stub.add_response("describe_execution", one, {"executionArn": one["executionArn"]})


def test_the_last_sweep_that_finished(states: tuple[AwsExecutions, Stubber]) -> None:
    """The newest one; older ones are not looked at."""
    executions, stub = states
    listed(stub, execution(24), execution(17))
    described(stub, 24, FINISHED)
    assert executions.last_finished() == at(24)


def test_a_sweep_that_found_another_one_running_did_not_finish(states: tuple[AwsExecutions, Stubber]) -> None:
    """It succeeds, too, and did nothing; the search goes on, over pages."""
    executions, stub = states
    listed(stub, execution(26), execution(25), token="more")
    described(stub, 26, SKIPPED)
    described(stub, 25, None)
    listed(stub, execution(24), page="more")
    described(stub, 24, FINISHED)
    assert executions.last_finished() == at(24)


def test_where_nothing_finished_there_is_no_time(states: tuple[AwsExecutions, Stubber]) -> None:
    executions, stub = states
    listed(stub)
    assert executions.last_finished() is None


@pytest.mark.parametrize("running", [True, False])
def test_whether_a_sweep_runs(states: tuple[AwsExecutions, Stubber], *, running: bool) -> None:
    executions, stub = states
    answer = {"executions": [execution(24, "RUNNING")] if running else []}
    asked = {"stateMachineArn": MACHINE, "statusFilter": "RUNNING", "maxResults": 1}
    stub.add_response("list_executions", answer, asked)
    assert executions.is_one_running() is running


def test_when_the_schedule_was_changed() -> None:
    """None where there is none."""
    target = {"Arn": "arn:aws:lambda:us-east-1:111111111111:function:x", "RoleArn": "arn:aws:iam::111111111111:role/x"}
    with mock_aws():
        made, before = client("scheduler"), datetime.now(UTC)
        assert AwsSchedules(made).changed_at("sweep") is None
        made.create_schedule(
            Name="sweep", ScheduleExpression="rate(1 day)", FlexibleTimeWindow={"Mode": "OFF"}, Target=target
        )
        changed = AwsSchedules(made).changed_at("sweep")
    assert changed
    assert abs((changed - before).total_seconds()) < 60


def test_a_scheduler_that_does_not_answer_is_no_schedule_that_is_missing() -> None:
    """The check fails, and so does its figure."""
    made = client("scheduler")
    with Stubber(made) as stub:
        stub.add_client_error("get_schedule", "ThrottlingException")
        with pytest.raises(ClientError):
            AwsSchedules(made).changed_at("sweep")
