"""Who may decide, what counts as a decision, and for how long."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from endpoint_sweep.domain.model import ResourceId
from endpoint_sweep.rules.approvals import (
    Approval,
    ApprovalStatus,
    Choice,
    Link,
    Refusal,
    RefusalCode,
    Stop,
    StopKind,
    approval_id,
    can_be_kept,
    hash_code,
    hash_secret,
    is_phrase,
    link_of,
    mint_code,
    mint_secret,
    person,
    phrase,
    reminder_times,
    reminders_due,
    select,
    undecided,
    why_closed,
)
from endpoint_sweep.rules.planning import plan_digest
from tests.unit.samples import ACCOUNT, ADA, CAPS, NOW, REGION, approval, decision, finding, plan

PLAN = plan()
SHA = plan_digest(PLAN)
STRANGE = "The selection does not match this plan. Reload the page."
A, B = (ResourceId(ACCOUNT, REGION, name) for name in "ab")


def test_a_secret_is_256_bits_and_never_the_same() -> None:
    """What is stored is its hash."""
    minted = {mint_secret() for _ in range(50)}
    assert len(minted) == 50
    assert all(len(secret) == 43 for secret in minted)
    assert hash_secret("x") != "x"


def test_one_sweep_has_one_approval() -> None:
    """A retry finds the same id; another sweep has another one of 128 bits."""
    assert approval_id("s1") == approval_id("s1") != approval_id("s2")
    assert len(approval_id("s1")) == 32


@given(st.text(max_size=300))
def test_only_the_right_secret_opens(secret: str) -> None:
    """Any other text opens nothing."""
    assert approver_of(approval(PLAN), secret) == (ADA if secret == "right" else None)


def test_half_a_character_opens_nothing() -> None:
    """A surrogate has no bytes in UTF-8; it is a wrong secret and a wrong code, and no error."""
    assert approver_of(approval(PLAN), "right\ud800") is None
    assert len(hash_code("12345\ud800", "secret")) == 64


def approver_of(asked: Approval, secret: str) -> str | None:
    found = link_of(asked, secret)
    return found.approver if found else None


def test_each_secret_names_its_own_approver() -> None:
    """Two approvers, two secrets; a second secret of the same approver works as well."""
    mailed = {"one": ADA, "two": "grace@example.com", "three": ADA}
    links = tuple(Link(hash_secret(secret), approver, NOW) for secret, approver in mailed.items())
    both = replace(approval(PLAN), links=links)
    assert [approver_of(both, word) for word in ("one", "two", "three", "four")] == [
        ADA,
        "grace@example.com",
        ADA,
        None,
    ]


@pytest.mark.parametrize(
    ("typed", "accepted"),
    [
        (f"DELETE 1 {SHA[:8]}", True),
        (f"  DELETE 1 {SHA[:8]} \n", True),
        (f"DELETE 2 {SHA[:8]}", False),
        (f"delete 1 {SHA[:8]}", False),
        (f"DELETE  1 {SHA[:8]}", False),
        (f"DELETE 1 {SHA[:7]}", False),
        (f"DELETE 1 {SHA[:8].upper()}x", False),
        ("", False),
        ("DELETE", False),
        ("ＤＥＬＥＴＥ 1", False),
    ],
)
def test_the_confirmation_is_exact(typed: str, accepted: bool) -> None:
    """It names the count and the plan; only white space around it is forgiven."""
    assert is_phrase(typed, Choice.DELETE, 1, SHA) is accepted


def test_keeping_is_confirmed_too() -> None:
    """With its own phrase; the one for deleting does not do."""
    assert phrase(Choice.KEEP, 0, SHA) == f"KEEP ALL {SHA[:8]}"
    assert is_phrase(f"KEEP ALL {SHA[:8]}", Choice.KEEP, 0, SHA)
    assert not is_phrase(f"DELETE 0 {SHA[:8]}", Choice.KEEP, 0, SHA)


def test_a_code_has_six_digits_and_is_bound_to_the_link(monkeypatch: pytest.MonkeyPatch) -> None:
    """The table alone cannot be searched for it: a million codes would do for any that is hashed alone."""
    assert all(len(mint_code()) == 6 and mint_code().isdigit() for _ in range(50))
    for drawn, code in ((lambda _: 0, "000000"), (lambda most: most - 1, "999999")):
        monkeypatch.setattr("endpoint_sweep.rules.approvals.secrets.randbelow", drawn)
        assert mint_code() == code
    assert hash_code("123456", "one") != hash_code("123456", "two")


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ([], "Nothing is selected for deletion. Select at least one row."),
        ([str(A), str(A)], STRANGE),
        ([str(A), f"{ACCOUNT}/{REGION}/unknown"], STRANGE),
        (["a"], STRANGE),
        ([f"{A} "], STRANGE),
    ],
    ids=["nothing", "twice", "stranger", "a name", "a space"],
)
def test_a_selection_fits_the_plan_or_is_refused(wanted: list[str], message: str) -> None:
    """Whole, never in part."""
    assert select(PLAN, wanted, CAPS) == Refusal(RefusalCode.ITEM_SELECTION, message)


def test_a_selection_over_a_cap_is_refused_whole() -> None:
    """With the figures."""
    many = plan([finding(f"e{number}") for number in range(12)], {ACCOUNT: 100})
    found = select(many, [str(item.id) for item in many.items], CAPS)
    assert isinstance(found, Refusal)
    assert (found.code, "12 in account" in found.message) == (RefusalCode.OVER_CAP, True)
    assert select(PLAN, [str(B), str(A)], CAPS) == (A, B)


CLOSED = {
    RefusalCode.EXPIRED: "This approval expired on 23 November 2026, 06:00 UTC. Nothing was deleted.",
    RefusalCode.ALREADY_DECIDED: "This sweep has already been decided.",
    RefusalCode.CLOSED: "This sweep is no longer running. Nothing more will be deleted.",
    RefusalCode.SUPERSEDED: "A newer sweep, sweep-2, has replaced this one. Please use its email.",
}


@pytest.mark.parametrize(
    ("status", "now", "code"),
    [
        (ApprovalStatus.PENDING, NOW, None),
        (ApprovalStatus.PENDING, NOW + timedelta(hours=72, seconds=-1), None),
        (ApprovalStatus.PENDING, NOW + timedelta(hours=72), RefusalCode.EXPIRED),
        (ApprovalStatus.DECIDED, NOW, None),
        (ApprovalStatus.DECIDED, NOW + timedelta(hours=72), RefusalCode.ALREADY_DECIDED),
        (ApprovalStatus.VERIFIED, NOW, RefusalCode.ALREADY_DECIDED),
        (ApprovalStatus.EXPIRED, NOW, RefusalCode.EXPIRED),
        (ApprovalStatus.CLOSED, NOW, RefusalCode.CLOSED),
        (ApprovalStatus.SUPERSEDED, NOW, RefusalCode.SUPERSEDED),
    ],
)
def test_only_an_approval_that_has_not_expired_is_open(
    status: ApprovalStatus, now: datetime, code: RefusalCode | None
) -> None:
    """To the second; each sentence says what has become of it."""
    found = why_closed(approval(PLAN, status=status, newer="sweep-2"), now)
    assert found == (Refusal(code, CLOSED[code]) if code else None)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("ada@example.com", "Ada@Example.com", True),
        ("ada@example.com", "ada+approver@example.com", True),
        ("ada@example.com", " ada@example.com ", True),
        ("ada@example.com", "grace@example.com", False),
        ("ada@example.com", "ada@example.org", False),
    ],
)
def test_an_alias_is_the_same_person(one: str, other: str, same: bool) -> None:
    """No one is two approvers (BI-10, BI-42)."""
    assert (person(one) == person(other)) is same


def test_reminders_at_half_time_and_six_hours_before_the_end() -> None:
    """Counted, so that a late look sends one mail for both; a short approval has one reminder."""
    asked = approval(PLAN)
    half, last = NOW + timedelta(hours=36), NOW + timedelta(hours=66)
    assert reminder_times(asked) == (half, last)
    moments = (NOW, half - timedelta(seconds=1), half, last, NOW + timedelta(hours=72))
    assert [reminders_due(asked, one) for one in moments] == [0, 0, 1, 2, 2]
    for hours in (10, 12):
        short = replace(asked, expires_at=NOW + timedelta(hours=hours))
        assert reminder_times(short) == (NOW + timedelta(hours=hours / 2),)


def test_who_decided_or_cannot_be_reached_is_not_reminded() -> None:
    """By person, not by address."""
    asked = approval(PLAN, decisions=(decision(PLAN, ADA, A),), unreachable=("grace@example.com",))
    approvers = ("Ada@example.com", "grace@example.com", "linus@example.com")
    assert undecided(asked, approvers) == ("linus@example.com",)


@pytest.mark.parametrize("status", ApprovalStatus)
def test_everything_can_be_kept_until_somebody_kept_it(status: ApprovalStatus) -> None:
    """Whatever else the record says of itself, unless someone stopped the sweep; and not a second time."""
    ended = (ApprovalStatus.SUPERSEDED, ApprovalStatus.CLOSED)
    assert can_be_kept(approval(PLAN, status=status)) is (status not in ended)
    stop = Stop(StopKind.KEPT, NOW, decision=decision(PLAN))
    assert not can_be_kept(approval(PLAN, status=status, stops=(stop,)))
