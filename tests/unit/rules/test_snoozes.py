"""A snooze is of one endpoint, for some days, and ends by itself."""

from datetime import timedelta

from endpoint_sweep.domain.model import ResourceId
from endpoint_sweep.rules.approvals import Snooze
from endpoint_sweep.rules.snoozes import asked_for, mark_snoozed
from tests.unit.samples import ACCOUNT, ADA, NOW, REGION, decision, finding, plan

PLAN = plan()
A, Z = (ResourceId(ACCOUNT, REGION, name) for name in "az")


def test_a_snooze_begins_with_the_decision() -> None:
    """An endpoint that is not in the plan cannot be snoozed."""
    made = decision(PLAN, ADA, snoozes=(Snooze(A, 30), Snooze(Z, 7)))
    [one] = asked_for(made, PLAN.items, "sweep-1")
    assert (one.id, one.until, one.by, one.sweep_id) == (A, NOW + timedelta(days=30), ADA, "sweep-1")


def test_a_snooze_ends_and_does_not_pass_to_a_namesake() -> None:
    """To the second; an endpoint that was made anew under the name is another one (D2.7)."""
    [snoozed] = asked_for(decision(PLAN, ADA, snoozes=(Snooze(A, 7),)), PLAN.items, "sweep-1")
    known = {A: snoozed}
    end = NOW + timedelta(days=7)
    assert mark_snoozed(finding("a"), known, end - timedelta(seconds=1)).snoozed_until == end
    assert mark_snoozed(finding("a"), known, end).snoozed_until is None
    assert mark_snoozed(finding("b"), known, NOW).snoozed_until is None
    assert mark_snoozed(finding("a", created_at=NOW), known, NOW).snoozed_until is None
