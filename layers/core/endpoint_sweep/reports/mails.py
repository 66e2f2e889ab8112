"""The emails. Subjects contain only constants, sweep names and numbers; bodies are text and HTML."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from endpoint_sweep.domain.model import Finding, OutcomeStatus, Verdict
from endpoint_sweep.reports.coverage import coverage_view
from endpoint_sweep.reports.headline import headline, is_partial
from endpoint_sweep.reports.money import money_view
from endpoint_sweep.reports.offer import ApprovalView
from endpoint_sweep.reports.receipts import Receipt, decision_views
from endpoint_sweep.reports.rendering import render
from endpoint_sweep.reports.text import clip, moment, plural
from endpoint_sweep.reports.views import VERDICT_WORDS, Report, RowView, outcome_words, row_view
from endpoint_sweep.rules.access import closed_in, is_closed, told
from endpoint_sweep.rules.approvals import Choice
from endpoint_sweep.rules.unused import protected_unused, silences

# Per table. Gmail hides everything after the first 102 KB of an email, and no one scrolls that far on a phone.
ROWS_IN_A_MAIL = 25
PLACES_IN_A_MAIL = 6


def approval_subject(view: ApprovalView) -> str:
    are = "is" if len(view.rows) == 1 else "are"
    return f"endpoint-sweep {view.sweep_id}: {view.waiting(view.noun)} {are} waiting for your decision"


def reminder_subject(view: ApprovalView, left: timedelta) -> str:
    return f"endpoint-sweep {view.sweep_id}: {_left(left)} left to decide on {view.waiting(view.noun)}"


def approval_mail(view: ApprovalView, link: str, left: timedelta | None = None) -> tuple[str, str]:
    """Text and HTML. The link is personal. `left`: the time left, if this is a reminder."""
    return _both("approval_mail", view=view, link=link, left=_left(left) if left is not None else "")


def _left(left: timedelta) -> str:
    """Whole hours, or minutes in the last one."""
    minutes = max(0, int(left.total_seconds() // 60))
    return plural(minutes // 60, "hour") if minutes >= 60 else plural(minutes, "minute")


def code_subject(sweep_id: str) -> str:
    return f"endpoint-sweep {sweep_id}: your code"


def code_mail(sweep_id: str, code: str, minutes: int) -> tuple[str, str]:
    """Text and HTML. The code is only in the body, because lock screens show subjects."""
    return _both("code_mail", sweep_id=sweep_id, code=code, minutes=minutes)


def receipt_subject(receipt: Receipt) -> str:
    if receipt.choice == Choice.KEEP:
        return f"endpoint-sweep {receipt.sweep_id}: your decision to keep everything is recorded"
    selected = plural(len(receipt.rows), receipt.noun)
    return f"endpoint-sweep {receipt.sweep_id}: your decision to delete {selected} is recorded"


def receipt_mail(receipt: Receipt) -> tuple[str, str]:
    """Text and HTML: what was recorded, what happens next, who else must decide."""
    return _both("receipt_mail", receipt=receipt)


def summary_subject(report: Report) -> str:
    said = headline(report)
    # No sum without what it leaves out.
    gaps = f"{report.coverage.percent}% scanned; " if is_partial(report) else ""
    return f"endpoint-sweep {report.sweep_id}: {gaps}{said[0].lower()}{said[1:]}"


def summary_mail(report: Report) -> tuple[str, str]:
    """Text and HTML: coverage, then what was deleted, what was not and why, what was kept, the saving."""
    acted = _rows(report, [finding for finding in report.findings if finding.id in report.outcomes])
    idle = [f for f in report.findings if f.verdict is Verdict.IDLE and f.id not in report.outcomes]
    asleep = {str(one.id): one.snoozed_until for one in idle if one.snoozed_until}
    snoozed = [
        replace(row, outcome_words="Not offered", outcome_reason=f"snoozed until {moment(until)}")
        for row in _rows(report, idle)
        if (until := asleep.get(row.id))
    ]
    awake = [one for one in idle if not one.snoozed_until]
    closed = [one for one in awake if _is_apart(one, report)]
    kept = [one for one in awake if not _is_apart(one, report)]
    unused = protected_unused(report.findings)
    return _both(
        "summary_mail",
        report=report,
        headline=headline(report),
        is_partial=is_partial(report),
        coverage=coverage_view(report.coverage, report.accounts, report.scope),
        done=[row for row in acted if row.is_done],
        others=[row for row in acted if not row.is_done],
        closed=_rows(report, closed),
        protected=_explained(report, unused, "Protected"),
        protected_money=money_view(unused),
        barely=_barely_used(report),
        barely_offered=any(one.verdict is Verdict.BARELY_USED for one in report.offered.values()),
        silences=silences(report.findings),
        closed_told=told(closed_in(report.coverage.rows, report.deny_accounts), offers=report.offers),
        kept=_rows(report, kept),
        kept_money=money_view(kept, report.plan.money_note if report.plan else ""),
        snoozed=snoozed,
        beyond=len(report.beyond),
        denied=sum(one.account in report.deny_accounts for one in kept),
        partly=_partly(report, kept),
        saved=report.saved,
        saving=report.saving[0],
        unpriced=report.saving[1],
        totals=report.totals,
        ledger=ledger(report),
        decisions=decision_views(report.approval) if report.approval else (),
    )


def _is_apart(finding: Finding, report: Report) -> bool:
    """Whether it has a list of its own because its account does not let it be deleted. If the sweep offers nothing, a
    sentence with the sum is enough.
    """
    is_whole = finding.id not in report.partly
    return report.offers and is_closed(finding) and is_whole and finding.account not in report.deny_accounts


def _partly(report: Report, kept: Sequence[Finding]) -> int:
    """How many of these were not offered because of half a cell. Nothing of the deny list is offered anyway."""
    open_ones = {one.id for one in kept if one.account not in report.deny_accounts}
    return len(open_ones & report.partly) if report.offers else 0


def _barely_used(report: Report) -> list[RowView]:
    found = [one for one in report.findings if one.verdict is Verdict.BARELY_USED and one.id not in report.outcomes]
    return _explained(report, found, "Kept")


def _explained(report: Report, findings: list[Finding], words: str) -> list[RowView]:
    """Rows with the reason of their verdict."""
    return [replace(row, outcome_words=words, outcome_reason=clip(row.reason, 300)) for row in _rows(report, findings)]


def watchdog_subject(sweep_id: str) -> str:
    return f"endpoint-sweep {sweep_id}: the sweep stopped before it sent its summary"


def watchdog_mail(sweep_id: str, status: str, acted: Mapping[str, OutcomeStatus]) -> tuple[str, str]:
    """`acted`: each action that was started, and its outcome as far as the table shows it."""
    rows = [(target, outcome_words(outcome), outcome is OutcomeStatus.DONE) for target, outcome in acted.items()]
    return _both("watchdog_mail", sweep_id=sweep_id, status=status, rows=rows)


def overdue_subject() -> str:
    return "endpoint-sweep: a scheduled sweep is overdue"


def overdue_mail(missed: datetime, expression: str, zone: str) -> tuple[str, str]:
    """`missed`: when a sweep should have started. The schedule is told as the stack has it."""
    return _both("overdue_mail", missed=missed, expression=expression, zone=zone)


def ledger(report: Report) -> list[tuple[str, int]]:
    """What happened to every resource found. The counts add up to `found` (I10)."""
    actions = {one.id: one.action for one in report.findings}
    outcomes = Counter(outcome_words(one.status, actions.get(id_)) for id_, one in report.outcomes.items())
    rest = Counter(finding.verdict for finding in report.findings if finding.id not in report.outcomes)
    words = VERDICT_WORDS | {Verdict.IDLE: "Idle and kept"}
    told = list(outcomes.items())
    told += [(words[verdict], rest[verdict]) for verdict in Verdict]
    told.append(("Found but not evaluated", report.totals["found"] - sum(count for _, count in told)))
    return [(label, count) for label, count in told if count]


def _both(name: str, **values: object) -> tuple[str, str]:
    values |= {"most": ROWS_IN_A_MAIL, "most_places": PLACES_IN_A_MAIL}
    return render(f"{name}.txt.j2", **values), render(f"{name}.html.j2", **values)


def _rows(report: Report, findings: list[Finding]) -> list[RowView]:
    """The most expensive first, unknown prices last."""
    findings = sorted(findings, key=lambda finding: (-(finding.monthly_usd or 0), finding.id))
    return [row_view(one, report.accounts, one.evidence.end, report.outcomes.get(one.id)) for one in findings]
