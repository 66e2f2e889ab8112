"""A sweep that ends while someone decides: the record is the first to say so, and no one is told otherwise."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from endpoint_sweep.rules.approvals import Approval, ApprovalStatus, Stop, StopKind
from endpoint_sweep.storage.records import Records
from tests.simulation.hub.offers import NOW, Offer, put_on_offer
from tests.simulation.hub.review_site import ReviewSite, Sweeps
from tests.unit.review.forms import decide, form, with_code


def stopped(kind: StopKind) -> Callable[[Records, Approval], None]:
    return lambda records, approval: records.stop(approval.sweep_id, Stop(kind, NOW))


def expired(records: Records, approval: Approval) -> None:
    records.save_end(replace(approval, status=ApprovalStatus.EXPIRED), 0)


@pytest.mark.parametrize(
    ("end", "flagged"),
    [(stopped(StopKind.CLOSED), {}), (stopped(StopKind.SUPERSEDED), {}), (expired, {"*": "two must agree"})],
    ids=["closed", "superseded", "expired before another approver agreed"],
)
def test_a_sweep_that_ended_during_the_write(
    site: ReviewSite,
    monkeypatch: pytest.MonkeyPatch,
    end: Callable[[Records, Approval], None],
    flagged: dict[str, str],
) -> None:
    """FI-35: Step Functions still calls it running, and the decision is recorded; it is not told as one that counts."""
    offer = put_on_offer(flagged=flagged)
    fields, real = with_code(site, offer.path, form(offer, "churn-poc")), Records.save_choices

    def save(records: Records, approval: Approval, version: int) -> None:
        real(records, approval, version)
        end(records, approval)

    monkeypatch.setattr(Records, "save_choices", save)
    site.sweeps.waiting = False
    answer = site.post(offer.path, fields)
    assert (answer.status, "nothing will be deleted" in answer.body) == (409, True)
    assert "nothing will be deleted" in site.outbox[-1].text
    assert offer.decision() is not None


def test_only_its_own_sweep_is_asked_whether_it_runs(
    site: ReviewSite, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another one that runs says nothing of what becomes of this decision."""
    site.sweeps.waiting = False
    monkeypatch.setattr(Sweeps, "is_running", lambda _, execution: execution == offer.approval.execution)
    assert decide(site, offer.path, form(offer, "churn-poc")).status == 202
