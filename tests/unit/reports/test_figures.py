"""What a sweep publishes in numbers."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from endpoint_sweep.domain.kinds import Measure
from endpoint_sweep.domain.model import CoverageStatus, Mode, Outcome, OutcomeStatus, Verdict
from endpoint_sweep.reports import Report, figures
from endpoint_sweep.rules.approvals import ApprovalStatus
from endpoint_sweep.rules.planning import Coverage
from endpoint_sweep.rules.savings import Realized
from tests.unit.samples import NOW, approval, cell, finding, plan

STARTED = "2026-11-20T05:00:00.000Z"


def report(**changes: object) -> Report:
    """Of four idle endpoints, one is deleted, one failed, and of one no one knows; one more is busy."""
    names = [replace(finding(name), monthly_usd=Decimal(100)) for name in ("a", "b", "c", "d")]
    busy = replace(finding("e"), verdict=Verdict.BUSY)
    statuses = (OutcomeStatus.DONE, OutcomeStatus.FAILED, OutcomeStatus.UNKNOWN)
    outcomes = {one.id: Outcome.of(one.id, status, "", NOW) for one, status in zip(names, statuses, strict=False)}
    rows = (cell(*names, busy), replace(cell(region="eu-west-1"), status=CoverageStatus.DENIED))
    made = Report("s", Mode.APPROVE, Coverage(rows), {}, outcomes=outcomes, realized=Realized(2, monthly=Decimal(70)))
    return replace(made, **changes)  # type: ignore[arg-type]


def test_all_figures_of_a_sweep() -> None:
    """Half the cells, four idle ones with their price, what earlier deletions save, and an hour from start to end."""
    assert figures(report(), STARTED, NOW) == {
        Measure.COVERAGE_PERCENT: 50,
        Measure.IDLE: 4,
        Measure.POTENTIAL_USD: Decimal(400),
        Measure.REALIZED_USD: Decimal(70),
        Measure.DELETED: 1,
        Measure.FAILED: 2,
        Measure.APPROVALS_EXPIRED: 0,
        Measure.SECONDS: 3600,
    }


@pytest.mark.parametrize("status", ApprovalStatus)
def test_only_an_approval_that_no_one_answered_is_expired(status: ApprovalStatus) -> None:
    """Not one that was decided, closed or superseded."""
    asked = replace(approval(plan()), status=status)
    found = figures(report(approval=asked), STARTED, NOW)[Measure.APPROVALS_EXPIRED]
    assert found == (status is ApprovalStatus.EXPIRED)


def test_a_sweep_without_findings_has_figures() -> None:
    """It scanned nothing, and says so."""
    found = figures(Report("s", Mode.REPORT, Coverage(()), {}, failure={"error": "x"}), STARTED, NOW)
    assert (found[Measure.COVERAGE_PERCENT], found[Measure.IDLE], found[Measure.POTENTIAL_USD]) == (0, 0, 0)


@pytest.mark.parametrize("started", ["", "yesterday", "2026-11-20T05:00:00"])
def test_an_unknown_start_is_left_out(started: str) -> None:
    """An execution of an older state machine does not tell it; a time without a zone is no instant."""
    assert Measure.SECONDS not in figures(report(), started, NOW)


def test_a_clock_that_is_behind_makes_no_negative_time() -> None:
    assert figures(report(), STARTED, NOW - timedelta(hours=2))[Measure.SECONDS] == 0
