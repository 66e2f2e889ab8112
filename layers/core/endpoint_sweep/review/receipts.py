"""What a decision means: who else must decide, and why. For pages, emails and JSON."""

from endpoint_sweep import reports
from endpoint_sweep.domain.model import Plan
from endpoint_sweep.review.access import Desk
from endpoint_sweep.review.progress import progress_of
from endpoint_sweep.rules.approval_rules import Quorum, agreed, quorum
from endpoint_sweep.rules.approvals import Approval, ApprovalStatus, Choice, Decision, person
from endpoint_sweep.storage.sweep_folder import SweepFolder

# What a receipt says if the decision is read later.
_COMING = {ApprovalStatus.PENDING: "awaiting", ApprovalStatus.VERIFIED: "acting"}


def quorum_with(approval: Approval, decision: Decision, plan: Plan, desk: Desk) -> Quorum:
    """How many people it takes, counting this decision."""
    decisions = (*others(approval, decision.approver), decision)
    approving = [one.approver for one in decisions]
    return quorum(plan, agreed(decisions), approving, approval.requester, desk.rules)


def others(approval: Approval, approver: str) -> tuple[Decision, ...]:
    """The decisions of other people."""
    return tuple(one for one in approval.decisions if person(one.approver) != person(approver))


def receipt_of(approval: Approval, decision: Decision, plan: Plan, desk: Desk, coming: str) -> reports.Receipt:
    """`coming` is a value of `recording.Next`, or empty if the decision is read later."""
    asked = quorum_with(approval, decision, plan, desk)
    everybody = (*others(approval, decision.approver), decision)
    is_keep = decision.choice is Choice.KEEP
    return reports.receipt(
        approval,
        decision,
        plan,
        SweepFolder(desk.store, approval.sweep_id).accounts(plan.pins),
        coming=coming or _COMING.get(approval.status, "later"),
        needed=1 if is_keep else asked.needed,
        given=len({person(one.approver) for one in everybody}),
        reasons=() if is_keep else asked.reasons,
        progress=progress_of(approval, desk),
    )
