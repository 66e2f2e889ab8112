"""What a sweep publishes in numbers once it is over."""

from datetime import datetime
from decimal import Decimal

from endpoint_sweep.domain.kinds import Measure
from endpoint_sweep.domain.model import Verdict
from endpoint_sweep.reports.views import Report
from endpoint_sweep.rules.approvals import ApprovalStatus


def figures(report: Report, started: str, now: datetime) -> dict[Measure, Decimal | int]:
    """No name and no id. `started`: when the execution started, as Step Functions writes it; empty if not known."""
    totals = report.totals
    is_expired = report.approval is not None and report.approval.status is ApprovalStatus.EXPIRED
    found: dict[Measure, Decimal | int] = {
        Measure.COVERAGE_PERCENT: report.coverage.percent,
        Measure.IDLE: sum(one.verdict is Verdict.IDLE for one in report.findings),
        Measure.POTENTIAL_USD: report.idle_money.monthly,
        Measure.REALIZED_USD: report.realized.monthly,
        Measure.DELETED: totals["deleted"],
        Measure.FAILED: totals["failed"] + totals["unknown"],
        Measure.APPROVALS_EXPIRED: int(is_expired),
    }
    seconds = _seconds(started, now)
    return found if seconds is None else found | {Measure.SECONDS: seconds}


def _seconds(started: str, now: datetime) -> int | None:
    try:
        return max(0, int((now - datetime.fromisoformat(started)).total_seconds()))
    except (ValueError, TypeError):
        return None
