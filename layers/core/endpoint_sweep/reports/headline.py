"""What a summary says first, in its subject and above everything else: how the sweep ended, in numbers."""

from collections import Counter
from decimal import Decimal

from endpoint_sweep.domain.model import OutcomeStatus, Verdict
from endpoint_sweep.domain.why import Cause
from endpoint_sweep.reports.text import plural
from endpoint_sweep.reports.views import Report
from endpoint_sweep.rules.approvals import ApprovalStatus

_DECIDED = (ApprovalStatus.DECIDED, ApprovalStatus.VERIFIED)


def headline(report: Report) -> str:
    if report.failure:
        return "The sweep failed"
    if report.alarm:
        return "Someone changed the records of this sweep"
    if report.outcomes:
        return _acted(report)
    found = _idle(report)
    if not report.offers:
        return f"Report: {found}" if found else f"Report: no {report.noun} is idle"
    return f"{_nobody(report)}{found} kept" if found else f"No {report.noun} is idle"


def _nobody(report: Report) -> str:
    """Who did not decide: empty if someone did."""
    approval = report.approval
    if approval:
        # Decisions that cannot be verified right now are not shown, but how it ended tells of them.
        is_decided = approval.status in _DECIDED or approval.cause not in (None, Cause.NO_ANSWER)
        return "" if approval.decisions or approval.stops or is_decided else "No one responded: "
    if not report.is_approval_known:
        return "The approval cannot be read: "
    needed = _needed(report)
    why = f"{report.coverage.percent}% was scanned and {needed}% is needed; " if needed else ""
    return f"No one was asked: {why}"


def is_partial(report: Report) -> bool:
    """Whether the headline needs to be preceded by how much was scanned."""
    says_so = bool(report.failure or report.alarm or (_needed(report) and _count(report)))
    return not (report.coverage.complete or says_so)


def _needed(report: Report) -> int:
    """The percentage that asking someone takes, if too little was scanned for that; otherwise 0."""
    needed = report.plan.minimum_coverage if report.plan and report.offers and not report.approval else 0
    return needed if report.coverage.percent < needed else 0


def _acted(report: Report) -> str:
    """Of what was approved: how much was deleted, and what became of the rest."""
    totals, wanted, noun = report.totals, len(report.outcomes), report.noun
    kept = Counter(outcome.status for outcome in report.outcomes.values())
    changed, protected = kept[OutcomeStatus.CHANGED], kept[OutcomeStatus.PROTECTED]
    was_stopped = bool(report.approval and report.approval.stops)
    if totals["failed"] == wanted and not was_stopped:
        return f"{wanted:,} of {wanted:,} approved {'deletion' if wanted == 1 else 'deletions'} failed"
    rest = {
        "already gone": totals["already_gone"],
        "kept because it is in use" if totals["spared"] == 1 else "kept because they are in use": totals["spared"],
        "kept because it changed" if changed == 1 else "kept because they changed": changed,
        "kept because it is protected" if protected == 1 else "kept because they are protected": protected,
        "kept because the approval was too old": kept[OutcomeStatus.STALE],
        "not deleted before the sweep was stopped" if was_stopped else "failed": totals["failed"],
        "unknown": totals["unknown"],
    }
    parts = [f"{count:,} {words}" for words, count in rest.items() if count]
    saving, unpriced = report.saving
    saved = f", {_dollars(saving)} a month saved" if saving and not unpriced else ""
    done = totals["deleted"]
    if not parts:
        return f"{plural(done, noun)} deleted{saved}"
    return ", ".join([f"{done:,} of {plural(wanted, f'approved {noun}')} deleted{saved}", *parts])


def _idle(report: Report) -> str:
    """Empty if nothing is."""
    count, money = _count(report), report.idle_money
    if not count:
        return ""
    priced = f", {_dollars(money.monthly)} a month" if money.monthly else ""
    return f"{plural(count, f'idle {report.noun}')}{priced}"


def _count(report: Report) -> int:
    return sum(finding.verdict is Verdict.IDLE for finding in report.findings)


def _dollars(amount: Decimal) -> str:
    """In a subject, cents are noise."""
    return f"${amount:,.0f}" if amount >= 1 else f"${amount:,.2f}"
