"""The mails: subjects of constants, names of sweeps and numbers only; bodies as text and HTML."""

from endpoint_sweep.model import Verdict
from endpoint_sweep.reports.rendering import render
from endpoint_sweep.reports.text import plural
from endpoint_sweep.reports.views import ApprovalView, Report, coverage_view, group, row_view

ROWS_IN_A_MAIL = 50


def approval_subject(view: ApprovalView) -> str:
    return f"endpoint-sweep {view.sweep_id}: {plural(len(view.rows), 'idle endpoint')} wait for your decision"


def approval_mail(view: ApprovalView, link: str) -> tuple[str, str]:
    """Text and HTML. The link is the addressee's own."""
    values = {"view": view, "link": link, "shown": view.rows[:ROWS_IN_A_MAIL]}
    return render("approval_mail.txt.j2", **values), render("approval_mail.html.j2", **values)


def summary_subject(report: Report) -> str:
    if report.failure:
        return f"endpoint-sweep {report.sweep_id}: the sweep failed"
    totals = report.totals
    gaps = "" if report.coverage.complete else f", {report.coverage.percent} % covered"
    return f"endpoint-sweep {report.sweep_id}: {totals['deleted']} deleted, {_idle(report)} idle{gaps}"


def summary_mail(report: Report) -> tuple[str, str]:
    """Text and HTML: coverage, then what was deleted, what was kept and why, what failed, the saving."""
    acted = [finding for finding in report.findings if finding.id in report.outcomes]
    kept = [f for f in report.findings if f.verdict is Verdict.IDLE and f.id not in report.outcomes]
    at = report.findings[0].evidence.end if report.findings else None
    rows = [
        row_view(finding, report.accounts, at or finding.created_at, report.outcomes[finding.id]) for finding in acted
    ]
    kept_rows = [row_view(finding, report.accounts, at or finding.created_at) for finding in kept]
    values = {
        "report": report,
        "coverage": coverage_view(report.coverage, report.accounts),
        "deleted": [row for row in rows if row.outcome == "deleted"],
        "others": [row for row in rows if row.outcome != "deleted"],
        "kept": kept_rows[:ROWS_IN_A_MAIL],
        "kept_count": len(kept_rows),
        "kept_groups": group(kept_rows),
        "refused": _refused(report),
        "saving": report.saving[0],
        "unpriced": report.saving[1],
        "totals": report.totals,
    }
    return render("summary_mail.txt.j2", **values), render("summary_mail.html.j2", **values)


def watchdog_subject(sweep_id: str) -> str:
    return f"endpoint-sweep {sweep_id}: the sweep stopped before its summary"


def watchdog_mail(sweep_id: str, status: str, intents: int) -> tuple[str, str]:
    values = {"sweep_id": sweep_id, "status": status, "intents": intents}
    return render("watchdog_mail.txt.j2", **values), render("watchdog_mail.html.j2", **values)


def _idle(report: Report) -> int:
    return sum(finding.verdict is Verdict.IDLE for finding in report.findings)


def _refused(report: Report) -> list[tuple[str, int]]:
    """How many endpoints were not offered, by verdict."""
    verdicts = [finding.verdict for finding in report.findings]
    return [
        (verdict.value, count)
        for verdict in Verdict
        if verdict is not Verdict.IDLE and (count := verdicts.count(verdict))
    ]
