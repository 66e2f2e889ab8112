"""What may be offered: what is idle, and what is barely used only as far as the stack says."""

from dataclasses import replace
from decimal import Decimal

import pytest

from endpoint_sweep.domain.kinds import Access
from endpoint_sweep.domain.model import Cell, Finding, Policy, Verdict
from endpoint_sweep.rules.access import with_access
from endpoint_sweep.rules.approval_rules import NO_LONGER_OFFERED, admit
from endpoint_sweep.rules.approvals import Approval, ApprovalStatus, Refusal, RefusalCode
from endpoint_sweep.rules.offers import may_be_offered
from endpoint_sweep.rules.planning import MOST_OFFERED, Coverage, join, make_plan
from tests.unit.decisions import RULES, because, mac, ruled
from tests.unit.samples import ACCOUNT, ADA, CAPS, NOW, REGION, approval, cell, decision, finding, plan

FEW = finding("few", verdict=Verdict.BARELY_USED, invocations=4)


@pytest.mark.parametrize(
    ("one", "below", "offered"),
    [
        (finding(), 0, True),
        (finding(), 5, True),
        (FEW, 5, True),
        (FEW, 4, False),
        (FEW, 0, False),
        (replace(FEW, invocations=None), 5, False),
        (replace(FEW, invocations=0), 5, False),
        (replace(FEW, invocations=1), 5, True),
        *((replace(FEW, verdict=one), 5, False) for one in Verdict if one not in (Verdict.IDLE, Verdict.BARELY_USED)),
    ],
)
def test_what_may_be_offered(one: Finding, below: int, offered: bool) -> None:
    """A threshold that is not known to be kept is not kept; no other verdict ever may."""
    assert may_be_offered(one, below) is offered


def test_a_threshold_alone_offers_nothing() -> None:
    """It takes the parameter that says so."""
    assert Policy(14, 14, barely_used_below=5).offered_below == 0
    assert Policy(14, 14, barely_used_below=5, offer_barely_used=True).offered_below == 5


def all_of(*findings: Finding) -> Coverage:
    return join([Cell(ACCOUNT, REGION)], [cell(*findings)])


def test_a_plan_holds_the_idle_first() -> None:
    """However much more the others cost; without a threshold these are not there, and snoozed ones never are."""
    dear = replace(FEW, name="dear", monthly_usd=Decimal(9000))
    asleep = replace(FEW, name="asleep", snoozed_until=NOW)
    there = all_of(FEW, dear, asleep, finding("idle", monthly_usd=Decimal(1)), finding("unpriced"))
    assert [one.name for one in make_plan("s", there, CAPS, 0, below=5).items] == ["idle", "unpriced", "dear", "few"]
    assert [one.name for one in make_plan("s", there, CAPS, 0).items] == ["idle", "unpriced"]


def test_what_is_barely_used_takes_no_place_of_the_idle() -> None:
    """And is not counted as idle where there is no room."""
    many = [finding(f"e{number:04}") for number in range(MOST_OFFERED - 1)]
    made = make_plan("s", all_of(FEW, replace(FEW, name="more"), *many), CAPS, 0, below=5)
    assert (len(made.items), made.items[-1].name, made.beyond) == (MOST_OFFERED, "few", 0)


def test_its_account_is_asked_as_well() -> None:
    """Where it may be offered; closed, it is not."""
    known = {ACCOUNT: Access.NOT_ENABLED}
    closed = with_access(FEW, known, 5)
    assert closed.access is Access.NOT_ENABLED
    assert with_access(FEW, known).access is None
    assert make_plan("s", all_of(closed), CAPS, 0, below=5).items == ()


PLAN = plan([finding("idle"), FEW])
ON = replace(RULES, offered_below=5)


@pytest.mark.parametrize("below", [0, 4])
def test_a_stack_that_does_not_offer_it_takes_no_decision_on_it(below: int) -> None:
    """As a whole: what is idle has to be chosen without it. The same for a record that says it was decided."""
    rules, both = replace(ON, offered_below=below), decision(PLAN, ADA, *(one.id for one in PLAN.items))
    record = approval(PLAN, status=ApprovalStatus.DECIDED, decisions=(replace(both, mac=mac(both)),))
    assert because(ruled(record, rules, plan=PLAN)) == NO_LONGER_OFFERED
    assert set(ruled(record, ON, plan=PLAN).selected) == set(both.selected)
    refused = admit(approval(PLAN), both, PLAN, rules)
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.message.casefold()) == (RefusalCode.ITEM_SELECTION, f"{NO_LONGER_OFFERED}.")
    assert isinstance(admit(approval(PLAN), both, PLAN, ON), Approval)
    assert isinstance(admit(approval(PLAN), decision(PLAN, ADA, PLAN.items[0].id), PLAN, rules), Approval)
