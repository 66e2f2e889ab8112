"""What pages and JSON show, loaded before, and their HTTP status. Nothing here can read or write."""

from dataclasses import dataclass

from endpoint_sweep.domain.model import Plan
from endpoint_sweep.reports import ApprovalView, Progress, Receipt
from endpoint_sweep.rules.approvals import Approval, Decision, RefusalCode
from endpoint_sweep.rules.decision_rules import Rules

HTTP = {
    RefusalCode.LINK_INVALID: 404,
    RefusalCode.EXPIRED: 410,
    RefusalCode.ALREADY_DECIDED: 409,
    RefusalCode.SUPERSEDED: 409,
    RefusalCode.CLOSED: 409,
    RefusalCode.PLAN_CHANGED: 409,
    RefusalCode.CONFIRM_PHRASE: 400,
    RefusalCode.CODE: 400,
    RefusalCode.ITEM_SELECTION: 400,
    RefusalCode.OVER_CAP: 400,
    RefusalCode.QUORUM: 400,
    RefusalCode.SELF_APPROVAL: 403,
    RefusalCode.NOT_AN_APPROVER: 403,
    RefusalCode.FORGED: 409,
}


@dataclass(frozen=True, slots=True)
class OfferView:
    """An approval and its plan, as one approver is asked about it. `shown`: the plan in words. `code_minutes`: how long
    an emailed code is valid.
    """

    approval: Approval
    approver: str
    secret: str
    plan: Plan
    rules: Rules
    shown: ApprovalView
    progress: Progress
    code_minutes: int


@dataclass(frozen=True, slots=True)
class RecordedView:
    """What is recorded of an approval. `mine` and `receipt`: the decision of the person who looks."""

    approval: Approval
    secret: str
    mine: Decision | None
    receipt: Receipt | None
    progress: Progress
