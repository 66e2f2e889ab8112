"""What a decision means: who else must decide, and why. For pages, emails and JSON."""

from collections.abc import Mapping

from endpoint_sweep import reports
from endpoint_sweep.domain.model import Account, Plan
from endpoint_sweep.rules.approval_rules import agreed
from endpoint_sweep.rules.approvals import Approval, ApprovalStatus, Choice, Decision, person
from endpoint_sweep.rules.decision_rules import Rules
from endpoint_sweep.rules.quorum import Quorum, quorum

# What a receipt says if the decision is read later.
_COMING = {ApprovalStatus.PENDING: "awaiting", ApprovalStatus.VERIFIED: "acting"}


def quorum_with(approval: Approval, decision: Decision, plan: Plan, rules: Rules) -> Quorum:
    """How many people it takes, counting this decision."""
    decisions = (*others(approval, decision.approver), decision)
    approving = [one.approver for one in decisions]
    return quorum(plan, agreed(decisions), approving, approval.requester, rules)


def others(approval: Approval, approver: str) -> tuple[Decision, ...]:
    """The decisions of other people."""
    return tuple(one for one in approval.decisions if person(one.approver) != person(approver))


def receipt_of(
    approval: Approval,
    decision: Decision,
    plan: Plan,
    rules: Rules,
    accounts: Mapping[str, Account],
    *,
    progress: reports.Progress,
    coming: str,
) -> reports.Receipt:
    """`coming` is a value of `recording.Next`, or empty if the decision is read later."""
    asked = quorum_with(approval, decision, plan, rules)
    everybody = (*others(approval, decision.approver), decision)
    is_keep = decision.choice is Choice.KEEP
    return reports.receipt(
        approval,
        decision,
        plan,
        accounts,
        coming=coming or _COMING.get(approval.status, "later"),
        needed=1 if is_keep else asked.needed,
        given=len({person(one.approver) for one in everybody}),
        reasons=() if is_keep else asked.reasons,
        progress=progress,
    )
