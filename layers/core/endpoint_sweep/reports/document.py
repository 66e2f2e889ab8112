"""`report.json`: every resource found and what happened to it."""

from datetime import datetime
from typing import Any

from endpoint_sweep.domain.documents import to_data
from endpoint_sweep.domain.model import Finding, OutcomeStatus, Verdict
from endpoint_sweep.reports.text import clean, moment
from endpoint_sweep.reports.views import Report
from endpoint_sweep.rules.planning import MOST_OFFERED


def disposition(finding: Finding, report: Report) -> tuple[str, str]:
    """What happened to a resource in this sweep, and why."""
    outcome = report.outcomes.get(finding.id)
    if outcome:
        is_done = outcome.status is OutcomeStatus.DONE
        return finding.action.done if is_done else outcome.status.value, clean(outcome.reason, 400)
    if finding.snoozed_until:
        return "kept", f"snoozed until {moment(finding.snoozed_until)}"
    if finding.verdict is Verdict.IDLE and finding.account in report.deny_accounts:
        return "kept", "kept: its account is on the deny list"
    if finding.id in report.beyond:
        return "kept", f"kept: not offered, because one sweep offers only the {MOST_OFFERED:,} most expensive"
    if finding.verdict is Verdict.IDLE:
        return "kept", clean(report.kept_reason, 200)
    return "kept", f"{finding.verdict.value}: {clean(finding.reason, 200)}"


def report_data(report: Report, at: datetime) -> dict[str, Any]:
    """`report.json`: coverage, findings with their disposition, totals."""
    rows = []
    for finding in report.findings:
        status, why = disposition(finding, report)
        rows.append(to_data(finding) | {"disposition": status, "disposition_reason": why})
    return {
        "schema": 2,
        "sweep": {"id": report.sweep_id, "mode": report.mode.value, "reported_at": to_data(at)},
        "ending": report.ending,
        "failure": report.failure,
        "coverage": [
            {"account": row.account, "region": row.region, "status": row.status.value, "reason": row.reason,
             "resources": row.resources}
            for row in report.coverage.rows
        ],
        "totals": report.totals,
        "monthly_saving_usd": str(report.saving[0]),
        "monthly_promised_usd": str(report.promised),
        "realized": to_data(report.realized),
        "findings": rows,
    }  # fmt: skip
