"""What is hard to bring about in an installation: states of the stack, a schedule that is gone, lists with slips."""

import json
from typing import Any

import pytest

from endpoint_sweep.doctor import hub
from endpoint_sweep.domain.errors import NotAnswered
from tests.simulation.hub.typed import parse
from tests.unit.doctor.asked import DENIED, HUB, installation, looked, stack


@pytest.mark.parametrize(
    ("status", "state", "fixes"),
    [
        ("UPDATE_COMPLETE", "ok", []),
        ("UPDATE_IN_PROGRESS", "note", ["describe-stack-events"]),
        ("UPDATE_ROLLBACK_COMPLETE", "note", ["describe-stack-events"]),
        ("UPDATE_ROLLBACK_FAILED", "wrong", ["continue-update-rollback"]),
        ("ROLLBACK_COMPLETE", "wrong", ["delete-stack", "make deploy"]),
        ("DELETE_IN_PROGRESS", "wrong", ["make deploy"]),
    ],
)
def test_states_of_the_stack(status: str, state: str, fixes: list[str]) -> None:
    """A rollback that succeeded left a stack that works."""
    [(found, seen, commands)] = looked(hub.stack, installation(cloudformation__DescribeStacks=stack(status)))
    assert (found, status in seen) == (state, True)
    assert len(commands) == len(fixes)
    assert all(word in command for word, command in zip(fixes, commands, strict=True))


def test_a_stack_of_another_version() -> None:
    old = stack()
    old["Stacks"][0]["Parameters"] = [
        row for row in old["Stacks"][0]["Parameters"] if row["ParameterKey"] != "GraceMinutes"
    ]
    [(state, seen, commands)] = looked(hub.stack, installation(cloudformation__DescribeStacks=old))
    assert (state, commands) == ("wrong", ["make deploy"])
    assert "GraceMinutes" in seen
    [(state, seen, _)] = looked(hub.parameters, installation(cloudformation__DescribeStacks=old))
    assert (state, "GraceMinutes" in seen) == ("not known", True)


def parameters_of(**changes: str) -> list[tuple[str, str, list[str]]]:
    accounts = [{"Id": HUB, "State": "ACTIVE"}]
    one = installation(
        cloudformation__DescribeStacks=stack(Mode="approve", **changes), organizations__ListAccounts=accounts
    )
    return looked(hub.parameters, one)


@pytest.mark.parametrize(
    ("changes", "words", "fix"),
    [
        ({"Approvers": ""}, "no Approvers", 'make deploy SET="Approvers=<address>"'),
        (
            {"Approvers": "ada@example.com", "TwoApproversForAccounts": HUB},
            "TwoApproversForAccounts",
            'make deploy SET="Approvers=ada@example.com,<address>"',
        ),
        (
            {"Approvers": "ada@example.com", "TwoApproversAboveEndpoints": "5"},
            "more than 5 endpoints",
            'make deploy SET="Approvers=ada@example.com,<address>"',
        ),
        (
            {"MinApprovers": "3"},
            "MinApprovers is 3 and 2 can approve",
            'make deploy SET="Approvers=ada@example.com,grace@example.com,<address>"',
        ),
        (
            {"GraceMinutes": "10", "DeleteWindowMinutes": "5"},
            "nothing could ever be deleted",
            'make deploy SET="GraceMinutes=4"',
        ),
        (
            {"DenyAccounts": f"{HUB},222222222222"},
            "222222222222, which is not in the Organization",
            f'make deploy SET="DenyAccounts={HUB},<account>"',
        ),
        (
            {"Approvers": "ada@example.com,ada+x@example.com"},
            "belong to one person",
            'make deploy SET="<parameter>=<value>"',
        ),
        ({"ProtectTags": "=x"}, "ProtectTags", 'make deploy SET="<parameter>=<value>"'),
        ({"DenyAccounts": "1"}, "DenyAccounts", 'make deploy SET="<parameter>=<value>"'),
    ],
)
def test_parameters_that_do_not_fit(changes: dict[str, str], words: str, fix: str) -> None:
    """Named with the fix, or in the words of the refusal."""
    *_, (state, seen, [command]) = parameters_of(**changes)
    assert state == "wrong"
    assert words in seen
    assert command == fix


def test_one_approver_is_a_note_while_only_money_needs_two() -> None:
    [(state, seen, _)] = parameters_of(Approvers="ada@example.com", TwoApproversAboveEndpoints="1000")
    assert (state, "$10,000" in seen) == ("note", True)


def test_a_schedule_that_is_gone_is_made_again() -> None:
    """As the template has it."""
    resources: list[dict[str, Any]] = [
        {"LogicalResourceId": name, "ResourceType": "T", "PhysicalResourceId": physical}
        for name, physical in (
            ("StartSweepFunction", "endpoint-sweep-StartSweepFunction-1"),
            ("StartSweepFunctionWeeklyRole", "endpoint-sweep-Weekly-1"),
            ("MissedEvents", "https://sqs.eu-west-1.amazonaws.com/111111111111/missed"),
        )
    ]
    given = stack(RolePath="/finops/")
    one = installation(
        cloudformation__DescribeStacks=given, scheduler__GetSchedule=None, cloudformation__ListStackResources=resources
    )
    [(state, _, [command])] = looked(hub.schedule, one)
    call = parse(command)
    assert (state, call.operation) == ("wrong", "create_schedule")
    target = call.request["Target"]
    assert target["Arn"].endswith(":function:endpoint-sweep-StartSweepFunction-1")
    assert target["RoleArn"] == f"arn:aws:iam::{HUB}:role/finops/endpoint-sweep-Weekly-1"
    assert target["DeadLetterConfig"]["Arn"].endswith(":111111111111:missed")
    assert json.loads(target["Input"])["input"] == {"mode": "report"}


def test_a_schedule_says_when_it_starts_the_next_sweep() -> None:
    """Of the default of template.yaml, which is a Tuesday."""
    asked = {"scheduled_at": "", "input": {"mode": "report"}}
    given = {"State": "ENABLED", "ScheduleExpression": "cron(0 7 ? * TUE *)", "ScheduleExpressionTimezone": "UTC"}
    one = installation(
        cloudformation__DescribeStacks=stack(ScheduleState="ENABLED"),
        scheduler__GetSchedule=given | {"Target": {"Input": json.dumps(asked)}},
        states__ListExecutions={"executions": []},
    )
    [(state, seen, _)] = looked(hub.schedule, one)
    assert (state, seen.endswith("report mode, never started a sweep yet, next at 2026-12-01 07:00 UTC")) == (
        "ok",
        True,
    )


def test_a_switch_that_cannot_be_read_is_not_known() -> None:
    """It is neither on nor off for whoever looks."""
    [(state, seen, _)] = looked(hub.kill_switch, installation(ssm__GetParameter=DENIED))
    assert (state, "ssm:GetParameter" in seen) == ("not known", True)
    broken = NotAnswered("ssm:GetParameter", "Throttling")

    def fail(**_: Any) -> None:
        raise broken

    [(state, seen, _)] = looked(hub.kill_switch, installation(ssm__GetParameter=fail))
    assert (state, "Throttling" in seen) == ("not known", True)


@pytest.mark.parametrize(("region", "states"), [("eu-west-1", ["ok"]), ("us-gov-west-1", ["note"] * 3)])
def test_what_the_partition_does_not_offer(region: str, states: list[str]) -> None:
    """No fault, because the hub does without it."""
    one = installation()
    one.region = region
    assert [state for state, _, _ in looked(hub.services, one)] == states
