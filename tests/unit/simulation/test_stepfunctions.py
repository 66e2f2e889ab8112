"""Stopped in the midst of a state: moto itself goes on, writes events that are none and ends as failed."""

import json
import time
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest
from moto.stepfunctions.parser.asl.component.common.timeouts.timeout import TimeoutSeconds
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from tests.simulation.member_aws.corrections import ALL
from tests.simulation.member_aws.world import World
from tests.simulation.organization.scenarios import build

ROLE = "arn:aws:iam::111111111111:role/states"
TASK = {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:111111111111:function:f", "TimeoutSeconds": 5}
MACHINE = json.dumps({"StartAt": "One", "States": {"One": TASK | {"Next": "Two"}, "Two": TASK | {"End": True}}})
STOPS = [one.name for one in ALL if one.name.startswith("stop")]


def stopped_within_a_state(without: list[str], monkeypatch: pytest.MonkeyPatch) -> tuple[str, list[Any]]:
    """The status, and the events' types with what moto says is the time limit of a function."""
    with World.in_process(build("empty"), without=without):
        client = boto3.client("stepfunctions", "us-east-1")
        machine = client.create_state_machine(name="m", definition=MACHINE, roleArn=ROLE)["stateMachineArn"]
        evaluate, times = TimeoutSeconds.eval, iter(range(100))
        arn = ""

        def eval_(self: TimeoutSeconds, env: Any) -> None:
            # First it is asked how long to wait, then what to write into the event.
            if next(times) == 1:
                client.stop_execution(executionArn=arn, error="Stopped", cause="by a test")
            evaluate(self, env)

        monkeypatch.setattr(TimeoutSeconds, "eval", eval_)
        arn = machine.replace(":stateMachine:", ":execution:") + ":stopped"
        client.start_execution(stateMachineArn=machine, name="stopped", input='{"a": 1}')
        end = time.monotonic() + 300
        while (status := client.describe_execution(executionArn=arn)["status"]) == "RUNNING" and time.monotonic() < end:
            time.sleep(0.05)
        execution = stepfunctions_parser_backends[machine.split(":")[4]]["us-east-1"].describe_execution(arn)
        events = execution.exec_worker.env.event_manager.get_event_history()
    limits = [event.get("lambdaFunctionScheduledEventDetails", {}).get("timeoutInSeconds") for event in events]
    return status, list(zip([event["type"] for event in events], limits, strict=True))


def test_it_is_aborted_and_nothing_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    status, events = stopped_within_a_state([], monkeypatch)
    assert status == "ABORTED"
    assert events == [("ExecutionStarted", None), ("TaskStateEntered", None), ("ExecutionAborted", None)]


def test_moto_itself_writes_what_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the correction goes when moto is mended."""
    status, events = stopped_within_a_state(STOPS, monkeypatch)
    assert status == "FAILED"
    assert ("LambdaFunctionScheduled", {"a": 1}) in events


def run(definition: dict[str, Any], without: list[str]) -> dict[str, Any]:
    """What is said of an execution of this machine after its end."""
    with World.in_process(build("empty"), without=without):
        client = boto3.client("stepfunctions", "us-east-1")
        machine = client.create_state_machine(name="m", definition=json.dumps(definition), roleArn=ROLE)
        arn = client.start_execution(stateMachineArn=machine["stateMachineArn"], name="one", input="{}")["executionArn"]
        end = time.monotonic() + 300
        while (found := client.describe_execution(executionArn=arn))["status"] == "RUNNING" and time.monotonic() < end:
            time.sleep(0.05)
        return dict(found)


STARTED = {"started.$": "$$.Execution.StartTime"}
STATES = {
    "First": {"Type": "Pass", "Parameters": STARTED, "Next": "Wait"},
    "Wait": {"Type": "Wait", "Seconds": 1, "Next": "Told"},
    "Told": {"Type": "Pass", "Parameters": STARTED | {"first.$": "$.started"}, "End": True},
}


def test_every_state_knows_when_the_execution_began() -> None:
    """`$$.Execution.StartTime` is one time for the whole execution, written as AWS writes it."""
    found = run({"StartAt": "First", "States": STATES}, [])
    output = json.loads(found["output"])
    assert output["started"] == output["first"]
    assert output["started"].endswith("Z")
    assert abs(datetime.fromisoformat(output["started"]) - found["startDate"]) < timedelta(seconds=1)


def test_moto_itself_cannot_tell_when_it_began() -> None:
    """Its time is no text: nothing that holds it can be handed on."""
    with pytest.raises(TypeError, match="datetime is not JSON serializable"):
        run({"StartAt": "First", "States": STATES}, ["start-time"])
