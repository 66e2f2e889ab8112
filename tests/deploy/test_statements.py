"""Every permission of every role is needed: without it, a named call of a named step is refused.

One stack plays everything that its steps do, with IAM on. The gateway notes each call that a single statement allowed,
which is a call that IAM would refuse without that statement. What cannot be seen here is listed with its reason.
"""

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType

import pytest

from tests.deploy.deployed import APPROVERS, Deployed, deploy, until
from tests.simulation.hub import cloudformation
from tests.simulation.hub.approver import Approver
from tests.simulation.organization.specification import ACT_ROLE, SCAN_ROLE

Needed = dict[tuple[str, str], tuple[str, str]]
TEMPLATES = (cloudformation.HUB_TEMPLATE, cloudformation.MEMBER_TEMPLATE)
MEMBER_ROLES = {"ScanRole": SCAN_ROLE, "ActRole": ACT_ROLE}
# (role, Sid) -> why the local AWS cannot show that the permission is needed
NOT_SHOWN: Mapping[tuple[str, str], str] = MappingProxyType({})

pytestmark = pytest.mark.timeout(900)


def _statements() -> list[tuple[str, str]]:
    """(role, Sid) of each statement that allows something."""
    found = []
    for path in TEMPLATES:
        for role, statement in cloudformation.statements(cloudformation.load(path)):
            if statement["Effect"] == "Allow":
                found.append((role, statement["Sid"]))
    return found


@pytest.fixture(scope="module")
def needed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Needed]:
    """(role, Sid) as the templates name them -> the first call that nothing else allowed."""
    with deploy(tmp_path_factory.mktemp("statements"), "default", TwoApproversAboveUsd="1000000000") as stack:
        _play(stack)
        print(json.dumps(stack.aws.control("decisive"), indent=0))
        yield {}


def _play(stack: Deployed) -> None:
    _start_as_the_schedule_does(stack)
    execution = stack.start("all-1", "approve")
    link = stack.link("all-1", APPROVERS[0])
    Approver(link, lambda: stack.texts(APPROVERS[0])).decide(lambda offered: offered[:3])
    stack.wait(execution)
    execution = stack.start("aborted-1", "approve")
    stack.link("aborted-1", APPROVERS[0])
    stack.aws.client("stepfunctions").stop_execution(executionArn=execution)
    until(lambda: True if any("aborted-1: the sweep" in m.subject for m in stack.aws.mails()) else None, "mail")


def _start_as_the_schedule_does(stack: Deployed) -> None:
    event = {"scheduled_at": "2026-11-24T07:00:00Z", "label": "scheduled", "input": {"mode": "report"}}
    function = stack.resource("StartSweepFunction")
    answer = stack.aws.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event).encode())
    stack.wait(json.load(answer["Payload"])["execution"])


def test_x(needed: Needed) -> None:
    print(_statements())
