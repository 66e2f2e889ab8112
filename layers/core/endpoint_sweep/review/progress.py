"""How far the approved deletions have come, and so what can still be kept."""

from contextlib import suppress

from endpoint_sweep.domain.resource import noun_of
from endpoint_sweep.reports import Progress
from endpoint_sweep.review.access import Desk
from endpoint_sweep.rules.approval_rules import approved
from endpoint_sweep.rules.approvals import Approval, ApprovalStatus
from endpoint_sweep.rules.decision_rules import grace_ends


def progress_of(approval: Approval, desk: Desk) -> Progress:
    """As the table shows it right now. If Step Functions does not answer, the sweep counts as running."""
    chosen = approved(approval)
    is_ineffective = approval.status is ApprovalStatus.VERIFIED and bool(approval.note)
    if approval.status is ApprovalStatus.PENDING or is_ineffective or not chosen:
        return Progress(0, 0, 0, None, stopped=bool(approval.stops) or is_ineffective)
    sent, left = desk.records.progress(approval.sweep_id, chosen)
    running = True
    with suppress(Exception):
        running = desk.executions.is_running(approval.execution)
    deciders = [one for one in (*approval.decisions, *approval.withdrawn) if one.selected]
    starts = grace_ends(deciders, desk.rules)
    is_ahead = approval.status is ApprovalStatus.DECIDED and starts > desk.now()
    stopped = bool(approval.stops) or not running
    noun = noun_of(one.type for one in chosen)
    return Progress(len(chosen), sent, left, starts if is_ahead else None, stopped=stopped, noun=noun)
