"""What calls a function without waiting for it: neither a lost event nor a function that fails is forgotten."""

import json
from typing import Any

import pytest

from tests.simulation.hub import cloudformation
from tests.simulation.hub.cloudformation import Template
from tests.unit.repository.transformed import created, transformed

QUEUE = {"Fn::GetAtt": ["MissedEvents", "Arn"]}
SEND = "sqs:SendMessage"


@pytest.fixture(scope="module")
def stack() -> Template:
    return transformed()


def sources(stack: Template) -> list[tuple[str, str, Any]]:
    """Function, type and dead-letter queue of everything that calls a function asynchronously (D15.1)."""
    found = []
    for resource in stack["Resources"].values():
        given = resource.get("Properties", {})
        match resource["Type"]:
            case "AWS::Scheduler::Schedule":
                targets = [(given["Target"]["Arn"], given["Target"].get("DeadLetterConfig", {}).get("Arn"))]
            case "AWS::Events::Rule":
                targets = [(one["Arn"], one.get("DeadLetterConfig", {}).get("Arn")) for one in given["Targets"]]
            case "AWS::SNS::Subscription":
                targets = [(given["Endpoint"], given.get("RedrivePolicy", {}).get("deadLetterTargetArn"))]
            case _:
                targets = []
        found += [(arn["Fn::GetAtt"][0], resource["Type"], queue) for arn, queue in targets]
    return found


def sends(document: dict[str, Any]) -> list[Any]:
    """Where a policy lets messages be sent to."""
    return [one["Resource"] for one in document["Statement"] if SEND in cloudformation.actions(one)]


def test_every_asynchronous_call_is_known(stack: Template) -> None:
    """A new one has to be thought about."""
    assert sorted((function, kind) for function, kind, _ in sources(stack)) == [
        ("CheckScheduleFunction", "AWS::Scheduler::Schedule"),
        ("RecordBounceFunction", "AWS::SNS::Subscription"),
        ("StartSweepFunction", "AWS::Scheduler::Schedule"),
        ("WatchdogFunction", "AWS::Events::Rule"),
    ]


def test_what_a_function_could_not_process_is_kept(stack: Template) -> None:
    """After Lambda's own retries, the event goes to the queue, and the function's role may send it there (D15.1)."""
    configured = {
        one["FunctionName"]["Ref"]: one["DestinationConfig"]["OnFailure"]["Destination"]
        for one in cloudformation.resources(stack, "AWS::Lambda::EventInvokeConfig").values()
    }
    called = {function for function, _, _ in sources(stack)}
    assert configured == dict.fromkeys(called, QUEUE)
    for function in called:
        role = stack["Resources"][f"{function}Role"]["Properties"]
        granted = [arn for document in cloudformation.role_policies(role) for arn in sends(document)]
        assert granted == [QUEUE], function


def test_what_did_not_reach_a_function_is_kept(stack: Template) -> None:
    """A schedule, a rule and a topic try again, and then put the event into the queue."""
    assert [function for function, _, queue in sources(stack) if queue != QUEUE] == []


def test_who_sends_to_the_queue_may_do_so(stack: Template) -> None:
    """The schedule by its role, the others by the queue's policy: for this account, for the one topic (D15.2)."""
    schedules = cloudformation.resources(stack, "AWS::Scheduler::Schedule").values()
    roles = {one["Target"]["RoleArn"]["Fn::GetAtt"][0] for one in schedules}
    assert roles
    for role in roles:
        documents = cloudformation.role_policies(stack["Resources"][role]["Properties"])
        assert [arn for document in documents for arn in sends(document)] == [QUEUE]
    [policy] = cloudformation.resources(stack, "AWS::SQS::QueuePolicy").values()
    allowed = {one["Principal"]["Service"]: one for one in policy["PolicyDocument"]["Statement"]}
    assert set(allowed) == {"events.amazonaws.com", "sns.amazonaws.com"}
    for one in allowed.values():
        assert one["Resource"] == QUEUE
        assert one["Condition"] in (
            {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
            {"ArnEquals": {"aws:SourceArn": {"Ref": "Bounces"}}},
        )


def test_no_one_reads_the_queue(stack: Template) -> None:
    """Messages wait for people, for as long as SQS keeps them, encrypted."""
    assert "sqs:ReceiveMessage" not in json.dumps(stack)
    assert "sqs:DeleteMessage" not in json.dumps(stack)
    [queue] = [one["Properties"] for one in created(stack).values() if one["Type"] == "AWS::SQS::Queue"]
    assert (queue["MessageRetentionPeriod"], queue["SqsManagedSseEnabled"]) == (14 * 86_400, True)
