"""Loads what a page, an email or the JSON shows."""

from contextlib import suppress

from endpoint_sweep import reports
from endpoint_sweep.domain.model import Plan
from endpoint_sweep.domain.resource import noun_of
from endpoint_sweep.reports import Progress
from endpoint_sweep.review.access import Desk, Opened
from endpoint_sweep.review.receipts import receipt_of
from endpoint_sweep.review.views import OfferView, RecordedView
from endpoint_sweep.rules.approval_rules import approved
from endpoint_sweep.rules.approvals import Approval, ApprovalStatus, Decision
from endpoint_sweep.rules.decision_rules import grace_ends
from endpoint_sweep.storage.sweep_folder import SweepFolder


def load_offer(opened: Opened, plan: Plan, desk: Desk) -> OfferView:
    """For the list and the confirmation. Raises DocumentNotFound or DocumentTampered."""
    approval = opened.approval
    folder = SweepFolder(desk.store, approval.sweep_id)
    coverage, accounts = folder.coverage(plan.pins), folder.accounts(plan.pins)
    shown = reports.approval_view(approval, plan, coverage, accounts, desk.rules.caps)
    progress = load_progress(approval, desk)
    minutes = int(desk.code_ttl.total_seconds() // 60)
    return OfferView(approval, opened.approver, opened.secret, plan, desk.rules, shown, progress, minutes)


def load_recorded(opened: Opened, plan: Plan, desk: Desk, coming: str = "") -> RecordedView:
    """`coming`: see `receipt_of`. Raises DocumentNotFound or DocumentTampered."""
    mine = opened.mine
    receipt = load_receipt(opened.approval, mine, plan, desk, coming) if mine else None
    progress = receipt.progress if receipt else load_progress(opened.approval, desk)
    return RecordedView(opened.approval, opened.secret, mine, receipt, progress)


def load_receipt(approval: Approval, decision: Decision, plan: Plan, desk: Desk, coming: str) -> reports.Receipt:
    """`coming`: see `receipt_of`. Raises DocumentNotFound or DocumentTampered."""
    accounts = SweepFolder(desk.store, approval.sweep_id).accounts(plan.pins)
    progress = load_progress(approval, desk)
    return receipt_of(approval, decision, plan, desk.rules, accounts, progress=progress, coming=coming)


def load_progress(approval: Approval, desk: Desk) -> Progress:
    """How far the approved deletions have come right now, as the table shows it. If Step Functions does not answer,
    the sweep counts as running.
    """
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
