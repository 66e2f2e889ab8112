"""What a sweep may be asked: every refusal has a code, a sentence, and no echo of what was sent."""

import itertools
import json
from datetime import timedelta
from typing import Any

import pytest

from endpoint_sweep.domain.errors import InputRejected
from endpoint_sweep.domain.model import Mode
from endpoint_sweep.rules.scopes import ENABLED, Scope
from endpoint_sweep.settings.sweep_input import MACHINE, SLICE_EVENTS, WAITING_EVENTS, parse
from tests.simulation.hub import cloudformation
from tests.unit.samples import settings

NAME = "2026-11-20T06-00Z-weekly"


def test_nothing_asked_is_a_report_with_what_the_stack_says() -> None:
    """The safe mode is the default."""
    asked = parse(NAME, {}, *settings(PROTECT_TAGS="env=prod"))
    assert (asked.id, asked.mode, asked.scope) == (NAME, Mode.REPORT, Scope(regions=("us-east-1", "eu-west-1")))
    assert (asked.policy.lookback_days, asked.policy.protect_tags) == (14, ("env=prod",))
    assert asked.caps.per_sweep == 25


@pytest.mark.parametrize(
    ("stack", "asked", "offered"),
    [("false", {}, 0), ("true", {}, 5), ("true", {"offer_barely_used": True}, 5),
     ("true", {"offer_barely_used": False}, 0), ("false", {"offer_barely_used": False}, 0)],
)  # fmt: skip
def test_a_sweep_may_offer_less_than_the_stack(stack: str, asked: dict[str, Any], offered: int) -> None:
    """What is barely used, below the stack's threshold; more than the stack is refused, see below."""
    given = settings(OFFER_BARELY_USED=stack, BARELY_USED_BELOW="5")
    assert parse(NAME, asked, *given).policy.offered_below == offered
    assert given.act.rules.offered_below == given.decide.rules.offered_below == (5 if stack == "true" else 0)


@pytest.mark.parametrize("value", ["enabled", ["enabled"]])
def test_each_account_may_say_which_regions_it_has(value: Any) -> None:
    """Instead of a list (D6.2, D6.3)."""
    assert parse(NAME, {"regions": value}, *settings()).scope == Scope(regions=(ENABLED,))


def test_everything_may_be_asked_for() -> None:
    """Each field arrives."""
    data = {"mode": "approve", "accounts": ["222222222222"], "exclude_accounts": ["333333333333"], "max_deletes": 3,
            "regions": ["ap-southeast-2"], "exclude_regions": ["us-east-1"], "lookback_days": 400, "min_age_days": 100,
            "organizational_units": ["ou-ab12-11111111"], "exclude_organizational_units": ["r-ab12"],
            "requested_by": "linus@example.com"}  # fmt: skip
    asked = parse(NAME, data, *settings())
    assert asked.mode is Mode.APPROVE
    assert asked.scope == Scope(
        ("222222222222",), ("333333333333",), ("ou-ab12-11111111",), ("r-ab12",), ("ap-southeast-2",), ("us-east-1",)
    )
    assert asked.caps.per_sweep == 3
    assert (asked.policy.lookback_days, asked.policy.min_age_days) == (400, 100)
    assert asked.requested_by == "linus@example.com"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (None, "E_INPUT_SHAPE"),
        ([], "E_INPUT_SHAPE"),
        ("approve", "E_INPUT_SHAPE"),
        ({"slot": "x" * 300_000}, "E_INPUT_TOO_LARGE"),
        ({"dryrun": True}, "E_INPUT_UNKNOWN_FIELD"),
        ({"region": ["us-east-1"]}, "E_INPUT_UNKNOWN_FIELD"),
        *(({"expires_hours": value}, "E_TTL_RANGE") for value in (-1, 0, 73, 10**9, "24", 1.5, True, None)),
        *(({"mode": value}, "E_MODE") for value in ("APPROVE", "approve ", True, 1, None, ["approve"], "delete")),
        *(({"max_deletes": value}, "E_CAP_RANGE") for value in (-1, 0, 26, 10**9, "10", 1.5, True, None)),
        *(({"lookback_days": value}, "E_LOOKBACK_RANGE") for value in (0, 1, 6, 401, 456, "14", None)),
        ({"min_age_days": 0}, "E_LOOKBACK_RANGE"),
        *(({"offer_barely_used": value}, "E_OFFER") for value in (True, "false", 0, None)),
        *(({"accounts": value}, "E_ACCOUNT_ID") for value in (
            ["12345"], ["*"], [123456789012], ["٠" * 12], ["222222222222", "222222222222"], "222222222222",
            ["222222222222\n"])),
        ({"accounts": [f"{number:012d}" for number in range(2200)]}, "E_INPUT_TOO_LARGE"),
        *(({name: value}, "E_REGION") for name in ("regions", "exclude_regions") for value in (
            "us-east-1", [""], ["x" * 61], [1], [None], {"us-east-1": 1}, ["us-east-1"] * 2)),
        *(({name: value}, "E_UNIT") for name in ("organizational_units", "exclude_organizational_units") for value in (
            ["ou-1"], ["222222222222"], "ou-ab12-11111111", ["ou-ab12-11111111"] * 2, [None])),
        *(({"mode": mode, "requested_by": value}, "E_REQUESTED_BY") for mode in ("approve", "report") for value in (
            None, "", "ada", "Schedule", "a@b@c", "<a@b.c>", "a@b.c\r\nBcc: x@y.z", "ä@example.com", ["a@b.c"], 1)),
        ({"mode": "approve"}, "E_REQUESTED_BY"),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_what_is_refused(data: Any, code: str) -> None:
    """BI-01 to BI-06, BI-08, BI-11, BI-13: each with its code first, and short."""
    with pytest.raises(InputRejected, match=rf"^{code}: ") as refused:
        parse(NAME, data, *settings())
    assert len(str(refused.value)) < 250


@pytest.mark.parametrize(
    ("field", "hint"), [("dryrun", "mode"), ("dry_run", "mode"), ("lookback", "lookback_days"), ("Regions", "regions")]
)
def test_a_misspelt_field_gets_a_hint(field: str, hint: str) -> None:
    """The field that was probably meant."""
    with pytest.raises(InputRejected, match=f'did you mean "{hint}"'):
        parse(NAME, {field: 1}, *settings())


def test_an_unknown_field_is_not_echoed_raw() -> None:
    """Markup and length are gone."""
    with pytest.raises(InputRejected) as refused:
        parse(NAME, {"<script>alert(1)</script>" + "x" * 500: 1}, *settings())
    assert "<" not in str(refused.value)
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize("name", ["", "a:b", "x" * 81, "a/b", "-a", "ä", "a b", "../x"])
def test_a_name_that_aws_would_refuse(name: str) -> None:
    """BI-12: ours, because local engines accept anything."""
    with pytest.raises(InputRejected, match=r"^E_RUN_NAME: "):
        parse(name, {}, *settings())


@pytest.mark.parametrize("missing", ["APPROVERS", "SENDER"])
def test_approve_needs_approvers_and_a_sender(missing: str) -> None:
    """BI-09: report does not."""
    without = settings(**{missing: ""})
    with pytest.raises(InputRejected, match=r"^E_APPROVERS_EMPTY: "):
        parse(NAME, {"mode": "approve"}, *without)
    assert parse(NAME, {"mode": "report"}, *without).mode is Mode.REPORT


def test_nothing_may_be_asked_for_where_nothing_may_be_deleted() -> None:
    """BI-07: an account of the deny list cannot be named for approval; a report may look at it."""
    denying = settings(DENY_ACCOUNTS="222222222222")
    with pytest.raises(InputRejected, match=r"^E_ACCOUNT_NOT_IN_SCOPE: 222222222222 is on the deny list"):
        parse(NAME, {"mode": "approve", "accounts": ["222222222222"]}, *denying)
    assert parse(NAME, {"accounts": ["222222222222"]}, *denying).scope.accounts == ("222222222222",)


def test_a_cap_may_only_be_lowered() -> None:
    """The stack's cap is the highest."""
    assert parse(NAME, {"max_deletes": 25}, *settings()).caps.per_sweep == 25
    with pytest.raises(InputRejected, match="from 1 to 5"):
        parse(NAME, {"max_deletes": 6}, *settings(MAX_DELETES_PER_SWEEP="5"))


def test_without_any_region_there_is_no_sweep() -> None:
    """Neither asked nor deployed."""
    with pytest.raises(InputRejected, match=r"^E_REGION: regions is empty"):
        parse(NAME, {"regions": []}, *settings(REGIONS=""))


@pytest.mark.parametrize(
    "changes",
    [
        {"MIN_APPROVERS": "3"},
        {"APPROVERS": "ada@example.com,ada+2@example.com"},
        {"APPROVERS": "ada@example.com,ADA@example.com"},
        {"APPROVERS": "ada@example.com,<script>@example.com"},
        {"APPROVERS": ",".join(f"p{number}@example.com" for number in range(60))},
        {"APPROVERS": "ada@example.com,ada@ex\u0430mple.com"},
    ],
    ids=["too few", "an alias", "letter case", "markup", "sixty", "a homoglyph"],
)
def test_approvers_who_cannot_approve(changes: dict[str, str]) -> None:
    """Too few, one person twice, or no plain address (BI-10); a report needs none of it."""
    with pytest.raises(InputRejected, match=r"^E_APPROVERS: ") as refused:
        parse(NAME, {"mode": "approve", "requested_by": "schedule"}, *settings(**changes))
    assert "script" not in str(refused.value)
    assert parse(NAME, {"mode": "report"}, *settings(**changes)).requested_by == ""


def test_a_sweep_may_give_less_time_to_answer_but_never_more() -> None:
    """BI-13: within what the stack gives; where that is under an hour, an hour is as good as nothing said."""
    assert parse(NAME, {"expires_hours": 72}, *settings()).expires_hours == 72
    assert parse(NAME, {}, *settings()).expires_hours == 0
    short = settings(APPROVAL_TTL_MINUTES="100")
    with pytest.raises(InputRejected, match=r"^E_TTL_RANGE: expires_hours must be a whole number from 1 to 1$"):
        parse(NAME, {"expires_hours": 2}, *short)
    assert short.decide.link_ttl(1) == timedelta(minutes=45)
    assert settings(APPROVAL_TTL_MINUTES="30").decide.link_ttl(1) == timedelta(minutes=15)


TIMERS = ("APPROVAL_TTL_MINUTES", "DELETE_WINDOW_MINUTES", "WAIT_SLICE_SECONDS", "GONE_CHECK_SECONDS")


def test_no_timers_that_can_be_deployed_contradict_each_other() -> None:
    """Every combination of the least and the greatest that the template lets through starts (S1.5)."""
    parameters = cloudformation.load(cloudformation.ROOT / "template.yaml")["Parameters"]
    names = ["".join(part.title() for part in name.split("_")) for name in TIMERS]
    limits = [(str(parameters[name]["MinValue"]), str(parameters[name]["MaxValue"])) for name in names]
    for values in itertools.product(*limits):
        changes = dict(zip(TIMERS, values, strict=True))
        if changes["WAIT_SLICE_SECONDS"] == "1":
            continue  # no pattern of a template can tell what it fits to; the next test does
        deployed = settings(**changes)
        assert parse(NAME, {"mode": "approve", "requested_by": "schedule"}, *deployed).mode is Mode.APPROVE


@pytest.mark.parametrize(
    ("changes", "accepted"),
    [
        ({"APPROVAL_TTL_MINUTES": "15"}, False),
        ({"APPROVAL_TTL_MINUTES": "16"}, True),
        ({"WAIT_SLICE_SECONDS": "3601"}, False),
        ({"WAIT_SLICE_SECONDS": "0"}, False),
        ({"WAIT_SLICE_SECONDS": "200"}, True),
        ({"WAIT_SLICE_SECONDS": "199"}, False),
        ({"WAIT_SLICE_SECONDS": "1", "APPROVAL_TTL_MINUTES": "16", "DELETE_WINDOW_MINUTES": "20"}, False),
        ({"WAIT_SLICE_SECONDS": "3", "APPROVAL_TTL_MINUTES": "30", "DELETE_WINDOW_MINUTES": "20"}, True),
        ({"WAIT_SLICE_SECONDS": "500", "DELETE_WINDOW_MINUTES": "1200"}, False),
        ({"GONE_CHECK_SECONDS": "60", "DELETE_WINDOW_MINUTES": "1259"}, True),
        ({"GONE_CHECK_SECONDS": "60", "DELETE_WINDOW_MINUTES": "1260"}, False),
        ({"GONE_CHECK_SECONDS": "120", "DELETE_WINDOW_MINUTES": "1200"}, False),
        ({"APPROVAL_TTL_MINUTES": "5700"}, False),
    ],
)
def test_the_timers_fit_into_each_other(changes: dict[str, str], accepted: bool) -> None:
    """What got past the template is refused when the sweep starts: everything fits into its 96 hours (S1.5, BI-13)."""
    asked = {"mode": "approve", "requested_by": "schedule"}
    if accepted:
        assert parse(NAME, asked, *settings(**changes)).mode is Mode.APPROVE
    else:
        with pytest.raises(InputRejected, match=r"^E_TTL: "):
            parse(NAME, asked, *settings(**changes))


def test_a_slice_that_is_too_short_is_named_with_what_it_does_not_fit() -> None:
    """And what to change."""
    with pytest.raises(InputRejected) as refused:
        parse(NAME, {"mode": "approve", "requested_by": "schedule"}, *settings(WAIT_SLICE_SECONDS="134"))
    assert str(refused.value) == (
        "E_TTL: WaitSliceSeconds is too short for ApprovalTtlMinutes, GraceMinutes and DeleteWindowMinutes: the sweep "
        "would check its record 2,175 times, and Step Functions has room for 1,538; raise WaitSliceSeconds, or lower "
        "ApprovalTtlMinutes"
    )


def test_a_slice_has_as_many_events_as_its_states() -> None:
    """A task with a token is entered, scheduled, started, submitted, ended and left; another is not submitted; a choice
    is entered and left (D10.3).
    """
    states = json.loads((cloudformation.ROOT / "statemachine" / "sweep.asl.json").read_text())["States"]
    names = ["Await decision"]
    while "Next" in states[names[-1]]:
        names.append(states[names[-1]]["Next"])
    assert states[names[-1]]["Choices"][0]["Next"] == names[0]
    events = {"Choice": 2, "Task": 5}
    waits = [name for name in names if states[name].get("Resource", "").endswith(".waitForTaskToken")]
    assert sum(events[states[name]["Type"]] for name in names) + len(waits) == SLICE_EVENTS
    assert WAITING_EVENTS <= 25_000 * 0.8


def test_the_state_machine_ends_when_the_timers_say() -> None:
    """96 hours in both places."""
    definition = json.loads((cloudformation.ROOT / "statemachine" / "sweep.asl.json").read_text())
    assert timedelta(seconds=definition["TimeoutSeconds"]) == MACHINE
