"""Whose decisions count, how many it takes, and what a record allows to delete: only what was honestly decided."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from endpoint_sweep.domain.documents import to_json
from endpoint_sweep.domain.model import ResourceId
from endpoint_sweep.domain.why import Cause, Why
from endpoint_sweep.rules.approval_rules import Ruling, admit, can_be_decided
from endpoint_sweep.rules.approvals import Approval, ApprovalStatus, Choice, Decision, Identity, Refusal, Snooze
from endpoint_sweep.rules.approvals import RefusalCode as Code
from endpoint_sweep.rules.decision_rules import Rules, is_stale
from endpoint_sweep.rules.quorum import quorum, reach
from tests.unit.decisions import GRACE, LINUS, PLAN, RULES, TWO, WINDOW, A, B, C, because, decided, mac, ruled, signed
from tests.unit.samples import ACCOUNT, ADA, NOW, REGION, approval, decision, finding, plan


def admitted(asked: Approval, one: Decision, rules: Rules = RULES) -> Approval:
    found = admit(asked, one, PLAN, rules)
    assert isinstance(found, Approval), found
    return found


def refused(asked: Approval, one: Decision, rules: Rules = RULES) -> Code:
    found = admit(asked, one, PLAN, rules)
    assert isinstance(found, Refusal), found
    assert found.message.endswith(".")
    return found.code


# how many


def test_one_is_enough_for_an_ordinary_selection() -> None:
    """Few endpoints, little money, nothing listed."""
    assert quorum(PLAN, (A,), (ADA,), "", RULES).needed == 1


@pytest.mark.parametrize(
    ("rules", "selected", "words"),
    [
        (replace(RULES, two_above_endpoints=1), (A, B), "more than 1 endpoints"),
        (RULES, (A, B), "more than 10,000 USD"),
        (replace(RULES, two_for_accounts=frozenset({ACCOUNT})), (C,), f"account {ACCOUNT} always needs two"),
        (TWO, (C,), ""),
    ],
    ids=["many", "dear", "listed", "always"],
)
def test_when_two_are_needed(rules: Rules, selected: tuple[ResourceId, ...], words: str) -> None:
    """More endpoints, more money, a listed account; each says why (S1.10)."""
    found = quorum(PLAN, selected, (ADA,), "", rules)
    assert found.needed == 2
    assert words in "; ".join(found.reasons)


def test_the_limits_themselves_still_need_one() -> None:
    """Above means above."""
    rules = replace(RULES, two_above_endpoints=2, two_above_usd=11_000)
    assert quorum(PLAN, (A, B), (ADA,), "", rules).needed == 1


@pytest.mark.parametrize(("where", "named"), [("*", ""), (ACCOUNT, f"account {ACCOUNT}: ")])
def test_what_is_flagged_needs_two(where: str, named: str) -> None:
    """The whole plan, or one account of it; the flag's reason is told, and of which account."""
    flagged = replace(PLAN, flagged={where: "60% of the account are newly idle"})
    assert quorum(flagged, (C,), (ADA,), "", RULES).reasons == (f"{named}60% of the account are newly idle",)
    elsewhere = replace(PLAN, flagged={"999999999999": "x"})
    assert quorum(elsewhere, (C,), (ADA,), "", RULES).needed == 1


@pytest.mark.parametrize("requester", [ADA, "Ada@Example.com", "ada+sweeps@example.com"])
def test_who_started_the_sweep_is_never_the_only_one(requester: str) -> None:
    """Whatever alias; together with another person it is fine (BI-42)."""
    asked = approval(PLAN, requester=requester)
    first = admitted(asked, signed(ADA, C))
    assert first.status is ApprovalStatus.PENDING
    assert ruled(decided(signed(ADA, C), requester=requester)).selected == ()
    assert admitted(first, signed(GRACE, C)).status is ApprovalStatus.DECIDED
    assert ruled(decided(signed(ADA, C), signed(GRACE, C), requester=requester)).selected == (C,)
    assert admitted(asked, signed(GRACE, C)).status is ApprovalStatus.DECIDED


def test_a_requester_who_is_the_only_approver_is_refused() -> None:
    """No one else could join in; keeping everything is possible still (BI-42)."""
    alone, asked = Rules((ADA,)), approval(PLAN, requester=ADA)
    assert refused(asked, signed(ADA, C), alone) is Code.SELF_APPROVAL
    assert admitted(asked, signed(ADA), alone).status is ApprovalStatus.DECIDED


def test_one_person_with_two_addresses_is_one_approver() -> None:
    """Neither on the page nor in the record (BI-10, BI-42)."""
    alias = "ada+second@example.com"
    rules = Rules((ADA, alias, GRACE), minimum=2)
    first = admitted(approval(PLAN), signed(ADA, C), rules)
    assert refused(first, signed(alias, C), rules) is Code.ALREADY_DECIDED
    assert "2 approvers were needed" in because(ruled(decided(signed(ADA, C), signed(alias, C)), rules))


# together


def test_two_approvers_delete_what_both_selected() -> None:
    """The intersection; nothing where they agree on nothing."""
    first = admitted(approval(PLAN), signed(ADA, A, C), TWO)
    assert first.status is ApprovalStatus.PENDING
    both = admitted(first, signed(GRACE, B, C), TWO)
    assert (both.status, ruled(both, TWO).selected) == (ApprovalStatus.DECIDED, (C,))
    apart = ruled(decided(signed(ADA, A), signed(GRACE, B)), TWO)
    assert apart == Ruling(why=Why(Cause.NOTHING_AGREED))


def test_a_rejection_after_an_approval_keeps_everything() -> None:
    """By anybody, also after it was verified; no one approves after it (FI-29)."""
    approved = admitted(approval(PLAN), signed(ADA, C))
    for status in (ApprovalStatus.DECIDED, ApprovalStatus.VERIFIED):
        rejected = admitted(replace(approved, status=status), signed(GRACE))
        assert (rejected.status, ruled(rejected)) == (status, Ruling(why=Why(Cause.KEPT, f"kept by {GRACE}")))
        assert refused(rejected, signed(LINUS, C)) is Code.ALREADY_DECIDED
        assert refused(rejected, signed(LINUS)) is Code.ALREADY_DECIDED
    for over in (ApprovalStatus.SUPERSEDED, ApprovalStatus.CLOSED):
        assert refused(replace(approved, status=over), signed(GRACE)) is Code.ALREADY_DECIDED


def test_an_approval_can_be_taken_back_by_its_author() -> None:
    """It moves to the withdrawn ones and counts no more; a second approval is refused."""
    approved = admitted(approval(PLAN), signed(ADA, C))
    assert refused(approved, signed(ADA, A)) is Code.ALREADY_DECIDED
    back = admitted(approved, signed(ADA))
    assert [one.choice for one in back.decisions] == [Choice.KEEP]
    assert [one.selected for one in back.withdrawn] == [(C,)]
    assert ruled(back).selected == ()


def test_a_decided_record_takes_no_further_approval() -> None:
    """Only a rejection; no one can widen what is about to be verified."""
    assert refused(admitted(approval(PLAN), signed(ADA, C)), signed(GRACE, A)) is Code.ALREADY_DECIDED


@pytest.mark.parametrize(
    ("unreachable", "rules", "requester", "possible"),
    [
        ((), TWO, "", True),
        ((ADA,), TWO, "", True),
        ((ADA, GRACE), TWO, "", False),
        ((ADA, GRACE), RULES, "", True),
        ((ADA, GRACE, LINUS), RULES, "", False),
        ((ADA, GRACE), RULES, LINUS, False),
        ((ADA, GRACE), replace(RULES, two_for_accounts=frozenset({ACCOUNT})), "", False),
    ],
)
def test_whether_anything_can_still_be_approved(
    unreachable: tuple[str, ...], rules: Rules, requester: str, possible: bool
) -> None:
    """By those who can be reached, for any endpoint of the plan (FI-24)."""
    asked = approval(PLAN, unreachable=unreachable, requester=requester)
    assert can_be_decided(asked, PLAN, rules) is possible


def test_who_decided_before_the_mail_came_back_counts() -> None:
    """An unreachable approver who has already approved is one of two."""
    asked = approval(PLAN, unreachable=(ADA, GRACE), decisions=(signed(ADA, C),))
    assert can_be_decided(asked, PLAN, TWO)


@pytest.mark.parametrize(
    ("rules", "changes", "selected", "words"),
    [
        (
            Rules((ADA,)),
            {},
            (A, B),
            "needs 2 approvers (more than 10,000 USD a month are selected), but you are the only",
        ),
        (Rules((ADA, "Ada+2@example.com"), minimum=2), {}, (C,), "needs 2 approvers, but you are the only approver"),
        (RULES, {"unreachable": (GRACE, LINUS)}, (A, B), "you are the only approver who can decide"),
        (RULES, {"unreachable": (GRACE, LINUS), "requester": ADA}, (C,), "who started a sweep cannot be its only"),
        (replace(RULES, minimum=4), {}, (C,), "needs 4 approvers, but only 3 approvers can decide"),
    ],
    ids=["one is configured", "one person twice", "one is reachable", "only the requester", "three of four"],
)
def test_what_too_few_could_complete_is_refused(
    rules: Rules, changes: dict[str, Any], selected: tuple[ResourceId, ...], words: str
) -> None:
    """A decision that would wait in vain is none: the sentence says what is missing and what helps (S1.10)."""
    found = admit(approval(PLAN, **changes), signed(ADA, *selected), PLAN, rules)
    assert isinstance(found, Refusal)
    assert found.code is Code.QUORUM
    assert words in found.message
    ways = "Select fewer or different rows, or ask the team that deployed the stack to add an approver."
    assert ways in found.message
    assert admitted(approval(PLAN, **changes), signed(ADA), rules).status is ApprovalStatus.DECIDED


def test_who_decides_counts_although_the_mail_came_back() -> None:
    """Whoever opened the link can decide; and who decided before is one of two, reachable or not."""
    lost = approval(PLAN, unreachable=(ADA, LINUS))
    first = admitted(lost, signed(ADA, A, B))
    assert first.status is ApprovalStatus.PENDING
    both = admitted(replace(first, unreachable=(ADA, LINUS, GRACE)), signed(GRACE, A, B))
    assert (both.status, ruled(both).selected) == (ApprovalStatus.DECIDED, (A, B))


def test_what_the_record_cannot_hold_is_refused() -> None:
    """An item of the table has a limit. Fewer are possible at any time, and so is keeping everything."""
    asleep = tuple(Snooze(ResourceId(ACCOUNT, REGION, f"{number:063}"), 7) for number in range(3_000))
    found = admit(approval(PLAN), signed(ADA, A, snoozes=asleep), PLAN, RULES)
    assert isinstance(found, Refusal)
    assert (found.code, found.message.endswith("Select or snooze fewer rows.")) == (
        Code.OVER_CAP,
        True,
    )
    assert refused(approval(PLAN), signed(ADA, snoozes=asleep)) is Code.OVER_CAP
    half = admitted(approval(PLAN), signed(ADA, A, snoozes=asleep[:1_500]), TWO)
    assert refused(half, signed(GRACE, A, snoozes=asleep[:1_500]), TWO) is Code.OVER_CAP
    assert len(to_json(admitted(half, signed(GRACE)))) < 400_000


def test_what_an_approver_alone_can_choose() -> None:
    """Too much of everything, nothing of a listed account, all where another can join in."""
    alone, listed = Rules((ADA,)), replace(RULES, two_for_accounts=frozenset({ACCOUNT}))
    found = reach(approval(PLAN), PLAN, alone, ADA)
    assert (found.persons, found.short, found.beyond) == (1, True, frozenset())
    assert not reach(approval(PLAN), PLAN, replace(alone, two_above_usd=20_000), ADA).short
    assert not reach(approval(PLAN), PLAN, listed, ADA).short
    asked = approval(PLAN, unreachable=(GRACE, LINUS))
    assert reach(asked, PLAN, listed, ADA).beyond == {one.id for one in PLAN.items}
    assert reach(approval(PLAN, requester=ADA), PLAN, alone, ADA).beyond == {one.id for one in PLAN.items}


# what a record allows


@pytest.mark.parametrize(
    ("asked", "why"),  # a cause whose sentence says all, or a part of the sentence
    [
        (decided(), "no one responded in time"),
        (decided(signed(ADA, C, at=NOW + timedelta(hours=72))), "after the approval had expired"),
        (decided(signed("mallory@example.com", C)), "is not an approver"),
        (decided(signed(ADA, C, identity=Identity.LINK)), "without the emailed code"),
        (decided(signed(ADA, ResourceId(ACCOUNT, REGION, "z"))), "not in the plan"),
        (decided(signed(ADA, C, C)), "not in the plan"),
        (decided(decision(PLAN, ADA, C)), Cause.FORGED),
        (decided(signed(ADA, C, approval="another")), Cause.FORGED),
        (decided(signed(ADA, C, plan_sha256="0" * 64)), Cause.FORGED),
        (decided(signed(ADA, C, plan_version="v2")), Cause.FORGED),
        (decided(signed(ADA, C), expires_at=NOW + timedelta(hours=90)), Cause.FORGED),
        (decided(signed(ADA, C), decision(PLAN, GRACE, C)), Cause.FORGED),
    ],
)
def test_a_recorded_decision_is_checked_anew(asked: Approval, why: str) -> None:
    """Whatever was checked on the page is checked again, and one bad decision spoils all (FI-33)."""
    found = ruled(asked)
    assert found.selected == ()
    assert found.why
    assert found.why.cause in (Cause.NO_ANSWER, Cause.INVALID_DECISION, Cause.FORGED)
    is_forged = found.why == Why(Cause.FORGED)
    assert is_forged if why is Cause.FORGED else why in because(found)
    assert found.alarm == ("DecisionForged" if is_forged else "")


def test_without_the_code_only_where_none_is_asked_for() -> None:
    """The stack's parameter says so; AWS's own word needs none."""
    lax = replace(RULES, code_required=False)
    assert ruled(decided(signed(ADA, C, identity=Identity.LINK)), lax).selected == (C,)
    assert ruled(decided(signed(ADA, C, identity=Identity.IAM))).selected == (C,)


def test_a_recorded_selection_over_the_cap_is_not_effective() -> None:
    """Although each of its endpoints is in the plan."""
    many = plan([finding(f"e{number:02}") for number in range(12)], {ACCOUNT: 100})
    made = decision(many, ADA, *(item.id for item in many.items))
    asked = approval(many, status=ApprovalStatus.DECIDED, decisions=(replace(made, mac=mac(made)),))
    assert "the limit for an account is 10" in because(ruled(asked, plan=many))


@pytest.mark.parametrize(
    ("later", "stale"),
    [
        (timedelta(), False),
        (timedelta(hours=4), False),
        (timedelta(hours=4, seconds=1), True),
        (timedelta(minutes=-1), False),
        (timedelta(hours=-1), True),
    ],
)
def test_a_decision_is_acted_on_within_its_window(later: timedelta, stale: bool) -> None:
    """Neither later nor, by a clock gone wrong, earlier (FI-39)."""
    assert is_stale(NOW, NOW + later, WINDOW) is stale
    assert ruled(decided(signed(ADA, C)), after=later).why == (Why(Cause.TOO_OLD) if stale else None)


def test_the_window_begins_with_the_last_decision_that_was_needed() -> None:
    """Two days between the first approver and the second are no reason to refuse."""
    late = signed(GRACE, C, at=NOW + timedelta(hours=48))
    asked = decided(signed(ADA, C), late)
    assert ruled(asked, TWO, timedelta(hours=50)).selected == (C,)
    assert ruled(asked, TWO, timedelta(hours=53)).why == Why(Cause.TOO_OLD)
