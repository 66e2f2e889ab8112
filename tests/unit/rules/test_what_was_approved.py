"""What a record says was approved, what is refused, until when it can be kept, and why nothing more is deleted."""

from dataclasses import replace
from datetime import timedelta

import pytest

from endpoint_sweep.domain.documents import to_json
from endpoint_sweep.domain.model import ResourceId
from endpoint_sweep.domain.why import Cause, Why
from endpoint_sweep.rules import approval_rules
from endpoint_sweep.rules.approval_rules import (
    Ruling,
    admit,
    agreed,
    approved,
    can_be_decided,
    effective,
    what_may_be_deleted,
    why_stopped,
)
from endpoint_sweep.rules.approvals import Approval, ApprovalStatus, Refusal, RefusalCode, Stop, StopKind
from endpoint_sweep.rules.decision_rules import CLOCKS_DIFFER, Rules, keep_ends
from endpoint_sweep.rules.quorum import quorum
from tests.unit.decisions import GRACE, LINUS, PLAN, RULES, TWO, WINDOW, A, B, C, decided, is_authentic, ruled, signed
from tests.unit.samples import ACCOUNT, ADA, NOW, approval

VERIFIED, EXPIRED = ApprovalStatus.VERIFIED, ApprovalStatus.EXPIRED
KILLED = "the kill switch is on"
BOTH = (signed(ADA, A, C), signed(GRACE, B, C))


def test_what_all_selected_is_agreed() -> None:
    """In order, and nothing where one of them keeps everything or no one decided."""
    assert agreed(()) == ()
    assert agreed((signed(ADA, C, A, B),)) == (A, B, C)
    assert agreed(BOTH) == (C,)
    assert agreed((*BOTH, signed(LINUS))) == ()


def test_what_was_approved_stays_approved_when_somebody_keeps_the_rest() -> None:
    """Also where the approval itself was taken back: what was sent for deletion was approved at that time."""
    record = decided(*BOTH, status=VERIFIED)
    assert approved(record) == effective(record) == (C,)
    kept = replace(record, decisions=(*BOTH, signed(LINUS)))
    assert approved(kept) == effective(kept) == (C,)
    taken_back = replace(record, decisions=(BOTH[1], signed(ADA)), withdrawn=BOTH[:1])
    assert approved(taken_back) == effective(taken_back) == (C,)


@pytest.mark.parametrize(
    ("status", "note", "expected"),
    [(VERIFIED, "", (C,)), (VERIFIED, "too late", ()), (ApprovalStatus.DECIDED, "", ()), (EXPIRED, "", ())],
    ids=["acted on", "refused", "not looked at yet", "over"],
)
def test_only_what_was_acted_on_outlives_a_keep(
    status: ApprovalStatus, note: str, expected: tuple[ResourceId, ...]
) -> None:
    """Before the record is verified, and where nothing came of it, a keep leaves nothing to delete."""
    assert effective(decided(*BOTH, signed(LINUS), status=status, note=note)) == expected
    assert effective(decided(*BOTH, status=status, note=note)) == (C,)


def test_everything_can_be_kept_until_no_deletion_can_start() -> None:
    """The end of the asking, then the grace period, then the window of the deletions, then what clocks may differ."""
    asked = approval(PLAN)
    rules = Rules((ADA,), grace=timedelta(minutes=15), window=timedelta(hours=4))
    assert keep_ends(asked, rules) == asked.expires_at + timedelta(hours=4, minutes=15) + CLOCKS_DIFFER
    assert timedelta(minutes=1) == CLOCKS_DIFFER


def test_a_stop_says_why() -> None:
    """Whoever kept everything and can be proven, else the first reason that was written down, else the status."""
    closed, killed = Stop(StopKind.CLOSED, NOW), Stop(StopKind.KILL_SWITCH, NOW, KILLED)
    ended = decided(status=ApprovalStatus.CLOSED, stops=(closed,))
    assert why_stopped(ended, is_authentic).sentence == "the approval is closed"
    assert why_stopped(replace(ended, stops=(closed, killed)), is_authentic) == Why(Cause.STOPPED, KILLED)
    kept = decided(signed(ADA, A), signed(GRACE), stops=(killed,))
    assert why_stopped(kept, is_authentic).sentence == f"kept by {GRACE}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (ApprovalStatus.PENDING, ApprovalStatus.DECIDED),
        (ApprovalStatus.DECIDED, ApprovalStatus.DECIDED),
        (VERIFIED, VERIFIED),
        (EXPIRED, EXPIRED),
    ],
)
def test_a_keep_leaves_the_rest_of_the_record_as_it_is(before: ApprovalStatus, after: ApprovalStatus) -> None:
    """What the record knew of its end, of those who cannot be reached and of what others chose."""
    asked = decided(signed(ADA, A), status=before, unreachable=(LINUS,), requester=ADA)
    keep = signed(GRACE)
    found = admit(asked, keep, PLAN, RULES)
    assert isinstance(found, Approval)
    assert (found.status, found.unreachable, found.request) == (after, (LINUS,), asked.request)
    assert (found.decisions, found.withdrawn) == ((*asked.decisions, keep), ())
    assert found.stops == (Stop(StopKind.KEPT, keep.at, decision=keep),)


def test_nothing_selected_needs_nobody_else() -> None:
    """A flag is about what is deleted; a requester who keeps everything needs no second person."""
    flagged = replace(PLAN, flagged={"*": "twice as many", ACCOUNT: "most of it"})
    assert quorum(flagged, (), (ADA,), "", RULES).needed == 1
    assert quorum(flagged, (A,), (ADA,), "", RULES).needed == 2
    assert quorum(flagged, (A,), (ADA,), "", replace(RULES, minimum=3)).needed == 3
    assert quorum(PLAN, (C,), (ADA,), "", TWO).reasons == ()


@pytest.mark.parametrize("status", [ApprovalStatus.PENDING, ApprovalStatus.DECIDED])
def test_who_comes_after_a_stop_is_not_told_to_keep_everything(status: ApprovalStatus) -> None:
    """It is kept already, whatever the rest of the record says."""
    stopped = approval(PLAN, status=status, stops=(Stop(StopKind.KEPT, NOW, decision=signed(GRACE)),))
    refusal = Refusal(RefusalCode.ALREADY_DECIDED, "This sweep has already been decided.")
    assert admit(stopped, signed(ADA, C), PLAN, RULES) == refusal


@pytest.mark.parametrize(("room", "fits"), [(0, True), (-1, False)])
def test_a_record_may_be_as_large_as_an_item_of_the_table(
    room: int, fits: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To the byte."""
    size = len(to_json(admit(approval(PLAN), signed(ADA, C), PLAN, RULES)))
    monkeypatch.setattr(approval_rules, "MOST_BYTES", size + room)
    assert isinstance(admit(approval(PLAN), signed(ADA, C), PLAN, RULES), Approval) is fits


def test_what_one_chose_binds_the_others() -> None:
    """Where the rest cannot be reached any more, cheaper endpoints that no one chose do not keep the approval open."""
    chosen = approval(PLAN, unreachable=(GRACE, LINUS), decisions=(signed(ADA, A),))
    dear = replace(RULES, two_above_usd=8_000)
    assert can_be_decided(replace(chosen, decisions=()), PLAN, dear)
    assert not can_be_decided(chosen, PLAN, dear)


def test_another_plan_than_the_one_that_was_offered_deletes_nothing() -> None:
    """Whatever was decided, and it raises an alarm."""
    ruling = what_may_be_deleted(decided(signed(ADA, A)), PLAN, "0" * 64, RULES, is_authentic, NOW, WINDOW)
    assert ruling == Ruling(why=Why(Cause.NOT_OFFERED))
    assert ruling.alarm == "PlanTampered"


def test_too_few_approvers_are_told_with_every_reason() -> None:
    """As a person would list them."""
    listed = replace(RULES, two_for_accounts=frozenset({ACCOUNT}))
    reasons = f"; more than 10,000 USD a month are selected; account {ACCOUNT} always needs two"
    assert ruled(decided(signed(ADA, A, B)), listed).why == Why(
        Cause.TOO_FEW_APPROVERS, f"2 approvers were needed{reasons}"
    )
