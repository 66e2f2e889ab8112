"""Every permission of every role is needed: without it, a named call of a named step is refused.

One stack plays everything that its steps do, with IAM on. The gateway notes each call that a single statement allowed,
which is a call that IAM would refuse without that statement. What cannot be seen here is listed with its reason.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import pytest

from endpoint_sweep.rules.schedule import next_due
from tests.deploy.deployed import APPROVERS, Deployed, deploy, until
from tests.simulation.hub import cloudformation
from tests.simulation.hub.approver import Approver
from tests.simulation.hub.local_aws import STACK
from tests.simulation.organization.specification import ACT_ROLE

type Statement = tuple[str, str]
type Needed = dict[Statement, tuple[str, str]]

SCALED = "210000000002/us-east-1/llm-router-bakeoff"  # idle, and registered for autoscaling
# (role, Sid) -> why the local AWS cannot show that the permission is needed
_MISSING = "it is judged only where an object is missing, which then reads as missing and not as forbidden (D13.18)"
_BY_STEP_FUNCTIONS = "Step Functions itself makes these calls, and the local engine does not"
_BY_THE_SCHEDULER = "EventBridge Scheduler itself makes these calls, and the local AWS does not"
_LATER = "the call comes only when half of the time to answer is over"
_NO_ANSWER = "it is asked only where a region does not answer"
NOT_SHOWN: Mapping[Statement, str] = MappingProxyType(
    {
        ("SweepStateMachine", "FollowTheChildrenOfTheMaps"): _BY_STEP_FUNCTIONS,
        ("SweepStateMachine", "DeliverLogs"): _BY_STEP_FUNCTIONS,
        ("PlanSweepFunction", "AskWhereSageMakerIs"): _NO_ANSWER,
        ("endpoint-sweep-scan-cell", "AskWhereSageMakerIs"): _NO_ANSWER,
        ("RemindApproversFunction", "ReadTheSweepsFolder"): _LATER,
        ("RemindApproversFunction", "MailFromTheSenderOnly"): _LATER,
        ("RequestApprovalFunction", "BeToldWhatIsMissing"): _MISSING,
        ("VerifyDecisionFunction", "BeToldWhatIsMissing"): _MISSING,
        ("RemindApproversFunction", "BeToldWhatIsMissing"): _MISSING,
        ("RecordBounceFunction", "BeToldWhatIsMissing"): _MISSING,
        ("ReviewFunction", "BeToldWhatIsMissing"): _MISSING,
        ("StartSweepFunctionWeeklyRole", "StartThisFunctionOnly"): _BY_THE_SCHEDULER,
        ("StartSweepFunctionWeeklyRole", "KeepWhatFailed"): _BY_THE_SCHEDULER,
        ("CheckScheduleFunctionHourlyRole", "StartThisFunctionOnly"): _BY_THE_SCHEDULER,
        ("CheckScheduleFunctionHourlyRole", "KeepWhatFailed"): _BY_THE_SCHEDULER,
        (ACT_ROLE, "DeregisterTheScalableTarget"): "SageMaker makes this call while it deletes the endpoint (D3.5)",
    }
)

pytestmark = pytest.mark.timeout(900)


def _statements() -> list[Statement]:
    """(role, Sid) of each statement that allows something. The role: its name, or without one its logical id."""
    return [
        (role.replace("${AWS::StackName}", STACK), statement["Sid"])
        for path in (cloudformation.HUB_TEMPLATE, cloudformation.MEMBER_TEMPLATE)
        for role, statement in cloudformation.statements(cloudformation.load(path))
        if statement["Effect"] == "Allow"
    ]


@pytest.fixture(scope="module")
def needed(tmp_path_factory: pytest.TempPathFactory) -> Needed:
    """The statements that were needed, each with the first call that nothing else allowed."""
    given = {"TwoApproversAboveUsd": "1000000000", "ScheduleState": "ENABLED"}
    with deploy(tmp_path_factory.mktemp("statements"), "default", **given) as stack:
        _play(stack)
        named = {name: _logical(name, stack) for name in {one[0] for one in stack.aws.control("decisive")}}
        return {(named[role], sid): (action, where) for role, sid, action, where in stack.aws.control("decisive")}


def _logical(name: str, stack: Deployed) -> str:
    """The function or machine that a role was made for; the role itself, if its name is in the template."""
    for logical in {role for role, _ in _statements()}:
        if name == logical or name.startswith(f"{STACK}-{logical}Role-"):
            return logical
    return name


def _play(stack: Deployed) -> None:
    event = {"scheduled_at": "2026-11-24T07:00:00Z", "label": "scheduled", "input": {"mode": "report"}}
    stack.wait(_invoke(stack, "StartSweepFunction", event)["execution"])
    now = datetime.now(UTC)
    due = next_due("cron(0 7 ? * TUE *)", UTC, now, now + timedelta(days=8))
    assert due
    _invoke(stack, "CheckScheduleFunction", {"scheduled_at": (due + timedelta(hours=8)).isoformat()})
    _a_sweep_that_deletes(stack)
    _mails_come_back(stack)
    _a_sweep_dies(stack)


def _a_sweep_that_deletes(stack: Deployed) -> None:
    """With a reminder, a step that is repeated, and a snooze."""
    execution = stack.start("all-1", "approve")
    link = stack.link("all-1", APPROVERS[0])
    asked = {"sweep_id": "all-1", "execution": execution}
    plan = _entered(stack, execution, "Request approval")["findings"]["plan"]
    _invoke(stack, "RequestApprovalFunction", asked | {"plan": plan})
    approval = link.partition("/a/")[2].partition("?")[0]
    _invoke(stack, "RemindApproversFunction", {"sweep_id": "all-1", "approval_id": approval})
    approver = Approver(link, lambda: stack.texts(APPROVERS[0]))
    *_, last = approver.offered()
    approver.decide(lambda offered: [SCALED, *offered[:2]], snoozed=[last])
    stack.wait(execution)
    started = {"started": "2026-11-24T07:00:00Z", "input": {"mode": "report"}}
    _invoke(stack, "PlanSweepFunction", asked | started)


def _mails_come_back(stack: Deployed) -> None:
    execution = stack.start("bounced-1", "approve")
    approval = stack.link("bounced-1", APPROVERS[0]).partition("/a/")[2].partition("?")[0]
    rows = [{"emailAddress": address} for address in APPROVERS]
    told: dict[str, Any] = {"eventType": "Bounce", "mail": {"tags": {"approval": [approval]}}}
    told["bounce"] = {"bounceType": "Permanent", "bouncedRecipients": rows}
    stack.aws.client("sns").publish(TopicArn=stack.resource("Bounces"), Message=json.dumps(told))
    stack.wait(execution)


def _a_sweep_dies(stack: Deployed) -> None:
    """The watchdog cleans up. Then its rows are put back, as if it had not: the next sweep cleans up."""
    execution = stack.start("dead-1", "approve")
    approval = stack.link("dead-1", APPROVERS[0]).partition("/a/")[2].partition("?")[0]
    left = [item for item in stack.items() if item["pk"]["S"].startswith(("LOCK", "WAIT#"))]
    stack.aws.client("stepfunctions").stop_execution(executionArn=execution)
    until(lambda: any("dead-1: the sweep stopped" in mail.subject for mail in stack.aws.mails()) or None, "the mail")
    for item in left:
        stack.aws.client("dynamodb").put_item(TableName=stack.outputs["TableName"], Item=item)
    _invoke(stack, "AwaitDecisionFunction", {"approval_id": approval, "token": "gone", "seen": "something else"})
    error = {"Error": "States.Timeout", "Cause": "it took too long"}
    _invoke(stack, "RecordFailureFunction", {"sweep_id": "dead-1", "error": error})
    stack.wait(stack.start("after-1", "report"))


def _invoke(stack: Deployed, function: str, event: dict[str, Any]) -> dict[str, Any]:
    answer = stack.aws.client("lambda").invoke(
        FunctionName=stack.resource(function), Payload=json.dumps(event).encode()
    )
    return dict(json.load(answer["Payload"]))


def _entered(stack: Deployed, execution: str, state: str) -> dict[str, Any]:
    """The input of a state of this execution."""
    pages = stack.aws.client("stepfunctions").get_paginator("get_execution_history").paginate(executionArn=execution)
    details = [one.get("stateEnteredEventDetails", {}) for one in pages.search("events[]")]
    [found] = [one["input"] for one in details if one.get("name") == state]
    return dict(json.loads(found))


@pytest.mark.parametrize("statement", _statements(), ids=":".join)
def test_without_a_statement_a_step_is_refused(needed: Needed, statement: Statement) -> None:
    """It alone allowed a call, so that call of that role would fail without it."""
    if statement in NOT_SHOWN:
        assert statement not in needed, f"it is shown by {needed[statement]}: take it off the list"
    else:
        assert statement in needed, "nothing needs it, or another statement allows the same"


def test_nothing_is_excused_that_is_not_there() -> None:
    assert set(NOT_SHOWN) <= set(_statements())
