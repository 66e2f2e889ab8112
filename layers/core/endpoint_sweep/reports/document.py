"""`report.json`: every resource found and what happened to it."""

from datetime import datetime
from typing import Any

from endpoint_sweep.domain.documents import to_data
from endpoint_sweep.domain.model import Finding, OutcomeStatus, Verdict
from endpoint_sweep.reports.money import money_view
from endpoint_sweep.reports.text import clean, moment
from endpoint_sweep.reports.views import Report
from endpoint_sweep.rules.access import closed_in, why_closed
from endpoint_sweep.rules.needed import why_unknown
from endpoint_sweep.rules.planning import MOST_OFFERED
from endpoint_sweep.rules.unused import protected_unused, silences

SCHEMA = 2  # docs/report.schema.json


def disposition(finding: Finding, report: Report) -> tuple[str, str]:
    """What happened to a resource in this sweep, and why."""
    outcome = report.outcomes.get(finding.id)
    if outcome:
        is_done = outcome.status is OutcomeStatus.DONE
        return finding.action.done if is_done else outcome.status.value, clean(outcome.reason, 400)
    if finding.snoozed_until:
        return "kept", f"snoozed until {moment(finding.snoozed_until)}"
    if finding.verdict is Verdict.IDLE or finding.id in report.offered:
        return "kept", _why_kept(finding, report)
    return "kept", f"{finding.verdict.value}: {clean(finding.reason, 200)}"


def _why_kept(finding: Finding, report: Report) -> str:
    """Of a resource without an outcome that is idle or was offered."""
    if finding.account in report.deny_accounts:
        return "kept: its account is on the deny list"
    if report.offers and finding.id in report.partly:
        return "kept: not offered, because its account-region pair was only partly scanned"
    if why := why_closed(finding):
        return f"kept: not offered, {why}" if report.offers else f"{clean(report.kept_reason, 200)}; {why}"
    if finding.id in report.beyond:
        return f"kept: not offered, because one sweep offers only the {MOST_OFFERED:,} most expensive"
    return clean(report.kept_reason, 200)


def report_data(report: Report, at: datetime) -> dict[str, Any]:
    """`report.json`: coverage, findings with their disposition, totals."""
    rows = []
    for finding in report.findings:
        status, why = disposition(finding, report)
        rows.append(to_data(finding) | {"disposition": status, "disposition_reason": why})
    return {
        "schema": SCHEMA,
        "sweep": {"id": report.sweep_id, "mode": report.mode.value, "reported_at": to_data(at)},
        "ending": report.ending,
        "failure": report.failure,
        "scope": list(report.scope),
        "coverage": [
            {"account": row.account, "region": row.region, "status": row.status.value, "reason": row.reason,
             "resources": row.resources, "routers": why_unknown(row) or "known", "silence": silences(row.findings)}
            for row in report.coverage.rows
        ],
        "totals": report.totals,
        "monthly_saving_usd": str(report.saving[0]),
        "monthly_saving_net_usd": to_data(report.saved.net),
        "monthly_promised_usd": str(report.promised),
        "idle": to_data(report.idle_money),
        "realized": to_data(report.realized),
        "protected_unused": to_data(money_view(protected_unused(report.findings))),
        "silence": silences(report.findings),
        "not_offered": to_data(closed_in(report.coverage.rows, report.deny_accounts)),
        "findings": rows,
    }  # fmt: skip
