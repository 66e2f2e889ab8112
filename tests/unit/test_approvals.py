"""Who may decide, what counts as a decision, and for how long."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from endpoint_sweep.approvals import (
    ApprovalStatus,
    Choice,
    Decision,
    Refusal,
    RefusalCode,
    approval_id,
    approver_of,
    decide,
    hash_secret,
    is_stale,
    mint_secret,
    phrase,
    select,
    why_closed,
    why_not_effective,
)
from endpoint_sweep.model import EndpointId
from endpoint_sweep.planning import plan_digest
from tests.unit.samples import ACCOUNT, ADA, NOW, REGION, approval, finding, plan

PLAN = plan()
SHA = plan_digest(PLAN)
A, B = (EndpointId(ACCOUNT, REGION, name) for name in "ab")


def decision(**changes: object) -> Decision:
    return replace(Decision(ADA, Choice.DELETE, (A,), SHA, NOW), **changes)  # type: ignore[arg-type]


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
    """Any other text, surrogates and all, opens nothing."""
    assert approver_of(approval(PLAN), secret) == (ADA if secret == "right" else None)


def test_each_secret_names_its_own_approver() -> None:
    """Two approvers, two secrets; a second secret of the same approver works as well."""
    secrets = {hash_secret("one"): ADA, hash_secret("two"): "grace@example.com", hash_secret("three"): ADA}
    both = replace(approval(PLAN), secrets=secrets)
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
    found = decide(ADA, Choice.DELETE, (A,), typed, SHA, "why not", NOW)
    assert found == decision(comment="why not") if accepted else isinstance(found, Refusal)


def test_keeping_is_confirmed_too() -> None:
    """With its own phrase; the one for deleting does not do."""
    assert phrase(Choice.KEEP, 0, SHA) == f"KEEP ALL {SHA[:8]}"
    assert isinstance(decide(ADA, Choice.KEEP, (), f"KEEP ALL {SHA[:8]}", SHA, "", NOW), Decision)
    assert isinstance(decide(ADA, Choice.KEEP, (), f"DELETE 0 {SHA[:8]}", SHA, "", NOW), Refusal)


def test_a_comment_is_capped() -> None:
    """500 characters."""
    found = decide(ADA, Choice.KEEP, (), phrase(Choice.KEEP, 0, SHA), SHA, "x" * 10_000, NOW)
    assert isinstance(found, Decision)
    assert len(found.comment) == 500


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ([], RefusalCode.ITEM_SELECTION),
        ([str(A), str(A)], RefusalCode.ITEM_SELECTION),
        ([str(A), f"{ACCOUNT}/{REGION}/unknown"], RefusalCode.ITEM_SELECTION),
        (["a"], RefusalCode.ITEM_SELECTION),
        ([f"{A} "], RefusalCode.ITEM_SELECTION),
    ],
    ids=["nothing", "twice", "stranger", "a name", "a space"],
)
def test_a_selection_fits_the_plan_or_is_refused(wanted: list[str], code: RefusalCode) -> None:
    """Whole, never in part."""
    found = select(PLAN, wanted)
    assert isinstance(found, Refusal)
    assert found.code is code


def test_a_selection_over_a_cap_is_refused_whole() -> None:
    """With the figures."""
    many = plan([finding(f"e{number}") for number in range(12)], {ACCOUNT: 100})
    found = select(many, [str(item.id) for item in many.items])
    assert isinstance(found, Refusal)
    assert (found.code, "12 of account" in found.message) == (RefusalCode.OVER_CAP, True)
    assert select(PLAN, [str(B), str(A)]) == (A, B)


@pytest.mark.parametrize(
    ("status", "now", "code"),
    [
        (ApprovalStatus.PENDING, NOW, None),
        (ApprovalStatus.PENDING, NOW + timedelta(hours=72, seconds=-1), None),
        (ApprovalStatus.PENDING, NOW + timedelta(hours=72), RefusalCode.EXPIRED),
        (ApprovalStatus.DECIDED, NOW, RefusalCode.ALREADY_DECIDED),
        (ApprovalStatus.VERIFIED, NOW, RefusalCode.ALREADY_DECIDED),
        (ApprovalStatus.EXPIRED, NOW, RefusalCode.EXPIRED),
        (ApprovalStatus.CLOSED, NOW, RefusalCode.CLOSED),
    ],
)
def test_only_a_pending_approval_that_has_not_expired_is_open(
    status: ApprovalStatus, now: datetime, code: RefusalCode | None
) -> None:
    """To the second."""
    found = why_closed(approval(PLAN, status=status), now)
    assert (found.code if found else None) is code


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, None),
        ({"decision": None}, "no decision"),
        ({"decision": decision(plan_sha256="0" * 64)}, "not the one that was approved"),
        ({"decision": decision(at=NOW + timedelta(hours=72))}, "after the approval had expired"),
        ({"decision": decision(approver="mallory@example.com")}, "not an approver"),
        ({"decision": decision(selected=(A, EndpointId(ACCOUNT, REGION, "z")))}, "not in the plan"),
        ({"decision": decision(selected=(A, A))}, "not in the plan"),
    ],
)
def test_a_recorded_decision_is_checked_anew(change: dict[str, object], words: str | None) -> None:
    """Plan, expiry, approver, selection: whatever was checked on the page is checked again."""
    found = why_not_effective(replace(approval(PLAN), **{"decision": decision()} | change), SHA, PLAN, [ADA])  # type: ignore[arg-type]
    assert (found is None) == (words is None)
    assert (words or "") in (found or "")


def test_a_recorded_selection_over_the_cap_is_not_effective() -> None:
    """Although it is in the plan."""
    many = plan([finding(f"e{number}") for number in range(12)], {ACCOUNT: 100})
    all_of_it = decision(selected=tuple(item.id for item in many.items), plan_sha256=plan_digest(many))
    found = why_not_effective(approval(many, decision=all_of_it), plan_digest(many), many, [ADA])
    assert "the limit for an account is 10" in (found or "")


def test_a_plan_that_is_not_the_approved_one_is_not_effective() -> None:
    """The digest of what lies there counts, not what the record says of itself."""
    assert why_not_effective(approval(PLAN, decision=decision()), "0" * 64, PLAN, [ADA]) is not None


@pytest.mark.parametrize(
    ("later", "stale"),
    [
        (timedelta(), False),
        (timedelta(hours=4), False),
        (timedelta(hours=4, seconds=1), True),
        (timedelta(hours=-1), True),
    ],
)
def test_a_decision_is_acted_on_within_its_window(later: timedelta, stale: bool) -> None:
    """Neither later nor, by a clock gone wrong, earlier."""
    assert is_stale(decision(), NOW + later, timedelta(hours=4)) is stale
