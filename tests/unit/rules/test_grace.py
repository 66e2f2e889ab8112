"""Between the last decision and the first deletion everybody has time to keep everything; and the stack's caps bind."""

from dataclasses import replace
from datetime import timedelta

import pytest

from endpoint_sweep.domain.model import Caps
from endpoint_sweep.domain.why import Cause, Why
from endpoint_sweep.rules.approvals import ApprovalStatus, Decision, Refusal, select
from endpoint_sweep.rules.decision_rules import CLOCKS_DIFFER, grace_ends
from endpoint_sweep.rules.planning import plan_digest
from tests.unit.decisions import GRACE, LINUS, RULES, C, decided, mac, ruled, signed
from tests.unit.samples import ACCOUNT, ADA, NOW, approval, decision, finding, plan

GRACE_PERIOD = timedelta(minutes=15)
WAITING = replace(RULES, grace=GRACE_PERIOD)
LATER = timedelta(minutes=5)


@pytest.mark.parametrize(
    ("after", "early"),
    [
        (timedelta(), True),
        (GRACE_PERIOD - CLOCKS_DIFFER - timedelta(seconds=1), True),
        (GRACE_PERIOD - CLOCKS_DIFFER, False),
        (GRACE_PERIOD, False),
    ],
)
def test_nothing_is_deleted_before_the_grace_period_ends(after: timedelta, early: bool) -> None:
    """But for the minute that the clocks of two functions may differ."""
    found = ruled(decided(signed(ADA, C)), WAITING, after)
    assert (found.selected, found.why) == (((), Why(Cause.TOO_EARLY)) if early else ((C,), None))
    assert found.alarm == ""


def at_once(approver: str, **changes: object) -> Decision:
    return signed(approver, C, at_once=True, **changes)


@pytest.mark.parametrize(
    ("decisions", "without"),
    [
        ((at_once(ADA),), False),
        ((at_once(ADA), signed(GRACE, C)), False),
        ((signed(ADA, C), at_once(GRACE)), False),
        ((at_once(ADA), at_once("Ada+2@example.com")), False),
        ((at_once(ADA), at_once(GRACE)), True),
        ((at_once(ADA), at_once(GRACE), signed(LINUS, C)), False),
        ((at_once(ADA), at_once(GRACE), at_once(LINUS)), True),
    ],
    ids=["alone", "the other waits", "the first waits", "one person twice", "both", "two of three", "all three"],
)
def test_doing_without_it_takes_two_persons_and_all_of_them(decisions: tuple[Decision, ...], without: bool) -> None:
    """One hasty approver cannot take the others' time."""
    rules = replace(WAITING, approvers=(*RULES.approvers, "Ada+2@example.com"))
    assert ruled(decided(*decisions), rules).selected == ((C,) if without else ())


def test_it_begins_with_the_last_decision() -> None:
    """Whoever that was."""
    both = (signed(ADA, C), signed(GRACE, C, at=NOW + LATER))
    for order in (both, both[::-1]):
        assert grace_ends(order, WAITING) == NOW + LATER + GRACE_PERIOD
    assert grace_ends((at_once(ADA), at_once(GRACE, at=NOW + LATER)), WAITING) == NOW + LATER


@pytest.mark.parametrize(
    ("caps", "words"),
    [
        (Caps(1, 10, 100), "the limit for one decision is 1"),
        (Caps(10, 1, 100), "the limit for an account is 1"),
        (Caps(10, 10, 7), "which is 1"),
    ],
)
def test_the_caps_of_the_stack_bind_whatever_the_plan_says(caps: Caps, words: str) -> None:
    """Where it is chosen, and again where it is acted on: a plan may be stricter, never more generous."""
    generous = plan([finding("a"), finding("b")], {ACCOUNT: 20}, Caps(1000, 1000, 100))
    ids = [one.id for one in generous.items]
    chosen = select(generous, [str(one) for one in ids], caps)
    assert isinstance(chosen, Refusal)
    assert words in chosen.message
    made = decision(generous, ADA, *ids)
    asked = approval(generous, status=ApprovalStatus.DECIDED, decisions=(replace(made, mac=mac(made)),))
    found = ruled(asked, replace(RULES, caps=caps), plan=generous)
    assert (found.selected, found.why is not None and words in found.why.sentence) == ((), True)
    assert ruled(asked, plan=generous).selected == tuple(ids)
    assert asked.plan.sha256 == plan_digest(generous)
