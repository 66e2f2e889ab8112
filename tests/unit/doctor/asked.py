"""An installation whose questions are answered here, without AWS."""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from functools import cache
from types import SimpleNamespace
from typing import Any

from endpoint_sweep.doctor.finding import Check, Result, diagnose
from endpoint_sweep.doctor.installation import Asked, Caller, Installation
from endpoint_sweep.domain.errors import NotAllowed, NotAnswered
from tests.simulation.hub import cloudformation
from tests.simulation.hub.cloudformation import HUB_TEMPLATE

HUB, REGION, STACK = "111111111111", "eu-west-1", "endpoint-sweep"
NOW = datetime(2026, 11, 28, 7, tzinfo=UTC)
ORGANIZATION = "o-demo123456"
OUTPUTS = {
    "StateMachineArn": f"arn:aws:states:{REGION}:{HUB}:stateMachine:{STACK}",
    "BucketName": "the-bucket",
    "TableName": "the-table",
    "ReviewUrl": "https://review.example.com/v1",
    "MemberRoles": "endpoint-sweep member-roles",
}
GIVEN = {
    "OrganizationId": ORGANIZATION,
    "Sender": "finops@example.com",
    "Approvers": "ada@example.com,grace@example.com",
}
DENIED = NotAllowed("")
assert OUTPUTS.keys() <= cloudformation.load(HUB_TEMPLATE)["Outputs"].keys(), "the template has no such output"


@cache
def _defaults() -> dict[str, str]:
    declared = cloudformation.load(HUB_TEMPLATE)["Parameters"]
    return {name: str(one.get("Default", "")) for name, one in declared.items()}


def stack(status: str = "CREATE_COMPLETE", **parameters: str) -> dict[str, Any]:
    """What DescribeStacks answers."""
    values = _defaults() | GIVEN | parameters
    row = {
        "StackId": f"arn:aws:cloudformation:{REGION}:{HUB}:stack/{STACK}/1",
        "StackStatus": status,
        "Parameters": [{"ParameterKey": name, "ParameterValue": value} for name, value in values.items()],
        "Outputs": [{"OutputKey": name, "OutputValue": value} for name, value in OUTPUTS.items()],
    }
    return {"Stacks": [row]}


class Answers:
    """`Asking` with answers by action: a dictionary, rows, None for what is missing, or an error to raise."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = {"cloudformation:DescribeStacks": stack()} | answers
        self.sessions = SimpleNamespace(hub=lambda service: service)

    def __call__(self, action: str, *, missing: Collection[str] = (), region: str = "", **request: Any) -> Any:
        if action not in self.answers:
            raise NotAnswered(action, "nobody prepared an answer")
        answer = self.answers[action]
        if answer is DENIED:
            raise NotAllowed(action)
        return answer(**request) if callable(answer) else answer

    def sure(self, action: str, *, region: str = "", **request: Any) -> Any:
        return self(action, region=region, **request)

    def rows(self, action: str, key: str, **request: Any) -> Any:
        return self(action, **request)


def installation(**answers: Any) -> Installation:
    """`answers`: by action, with two underscores for the colon."""
    ask: Any = Answers({name.replace("__", ":"): answer for name, answer in answers.items()})
    caller = Caller(HUB, f"arn:aws:sts::{HUB}:assumed-role/Admin/ada")
    return Installation(ask, Asked(STACK), caller, REGION, NOW)


def looked(look: Any, one: Installation) -> list[tuple[str, str, list[str]]]:
    """State, what was seen, and the commands."""

    def whole(target: Installation) -> Iterator[Any]:
        yield from look(target)

    rows: tuple[Result, ...] = diagnose(Check("check", whole), one)
    return [(row.finding.state.value, row.finding.seen, [fix.command for fix in row.finding.fixes]) for row in rows]
