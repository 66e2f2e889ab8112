"""Turns a request into a decision that can be recorded: the same for links and AWS credentials."""

from dataclasses import dataclass, field
from enum import Enum

from endpoint_sweep.domain.model import Plan
from endpoint_sweep.review.access import Desk, Opened, plan_of
from endpoint_sweep.review.selection import Wish, drafted, is_same
from endpoint_sweep.rules.approval_rules import admit
from endpoint_sweep.rules.approvals import Choice, Decision, Refusal, RefusalCode, can_be_kept, why_closed
from endpoint_sweep.rules.decision_rules import keep_ends
from endpoint_sweep.rules.planning import plan_digest

# How often a request reads again because another one was faster.
LOOKS = 30
_CHOOSE_AGAIN = (RefusalCode.QUORUM, RefusalCode.OVER_CAP, RefusalCode.ITEM_SELECTION)
_OTHER_PLAN = Refusal(
    RefusalCode.PLAN_CHANGED, "This decision belongs to another plan. Open the link in your email again."
)
_OTHER_VERSION = Refusal(
    RefusalCode.PLAN_CHANGED,
    "The stack was updated after this plan was made, and the new version cannot act on it: nothing in it can be "
    "deleted. You can keep everything; what stays idle is offered again in the next sweep.",
)


class SameDecision(Enum):
    """The person has already decided exactly this, so the recorded answer is returned (BI-31)."""

    RECORDED = "recorded"


@dataclass(frozen=True, slots=True)
class Stop:
    """Why there is nothing to record. `can_choose`: another selection would help. `opened`: set if this person may see
    who decided.
    """

    refusal: Refusal
    opened: Opened | None = None
    can_choose: bool = field(default=False)


@dataclass(frozen=True, slots=True)
class Case:
    """An approval and its plan. `closed`: everything is decided, so only a replay gets a different answer."""

    opened: Opened
    plan: Plan
    closed: Refusal | None


def case_of(opened: Opened | Refusal, plan_sha256: str, desk: Desk) -> Case | Stop:
    """Checks status, expiry and plan, in this order (BI-30, BI-32, BI-33)."""
    if isinstance(opened, Refusal):
        return Stop(opened)
    closed = why_closed(opened.approval, desk.now())
    can_keep = can_be_kept(opened.approval) and desk.now() < keep_ends(opened.approval, desk.rules)
    if closed and closed.code is not RefusalCode.ALREADY_DECIDED and not can_keep:
        return Stop(closed, opened)
    plan = plan_of(opened.approval, desk)
    if isinstance(plan, Refusal):
        return Stop(plan)
    if plan_sha256 != opened.approval.plan.sha256:
        return Stop(_OTHER_PLAN)
    return Case(opened, plan, closed)


def draft_decision(
    case: Case, wish: Wish, *, choice: str, comment: str, nonce: str, desk: Desk
) -> Decision | Stop | SameDecision:
    """The decision without its MAC, if only its confirmation is missing."""
    mine = case.opened.mine
    draft = drafted(
        case.opened,
        case.plan,
        wish,
        choice,
        comment=comment,
        nonce=nonce,
        at=desk.now(),
        caps=desk.rules.caps,
    )
    if mine and isinstance(draft, Decision) and is_same(mine, draft):
        return SameDecision.RECORDED
    keeps = isinstance(draft, Decision) and draft.choice is Choice.KEEP
    # A keep is always recorded: an attacker who wants to block it could have written that it is too late.
    if case.closed and not (keeps and can_be_kept(case.opened.approval)):
        return Stop(case.closed, case.opened)
    if isinstance(draft, Refusal):
        return Stop(draft, can_choose=True)
    # Its bytes are the recorded ones, so another version wrote it with other fields. Each later step would keep it all.
    if not keeps and plan_digest(case.plan) != case.opened.approval.plan.sha256:
        return Stop(_OTHER_VERSION, case.opened, can_choose=True)
    if isinstance(early := admit(case.opened.approval, draft, case.plan, desk.rules), Refusal):
        return Stop(early, case.opened, can_choose=early.code in _CHOOSE_AGAIN)
    return draft
