"""Decisions with their MACs over one small plan, and what the rules make of them."""

import hmac
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from endpoint_sweep.domain.model import Plan, ResourceId
from endpoint_sweep.rules.approval_rules import Ruling, what_may_be_deleted
from endpoint_sweep.rules.approvals import Approval, ApprovalStatus, Decision
from endpoint_sweep.rules.decision_rules import Rules
from endpoint_sweep.rules.planning import plan_digest
from tests.unit.samples import ACCOUNT, ADA, NOW, REGION, approval, decision, finding, plan

GRACE, LINUS = "grace@example.com", "linus@example.com"
RULES = Rules((ADA, GRACE, LINUS))
TWO = replace(RULES, minimum=2)
PLAN = plan([finding("a", monthly_usd=Decimal(9000)), finding("b", monthly_usd=Decimal(2000)), finding("c")])
SHA = plan_digest(PLAN)
A, B, C = (ResourceId(ACCOUNT, REGION, name) for name in "abc")
WINDOW = timedelta(hours=4)
KEY = b"only the review page can use this key"


def mac(one: Decision) -> str:
    return hmac.new(KEY, one.digest, "sha256").hexdigest()


def is_authentic(one: Decision) -> bool:
    return hmac.compare_digest(one.mac.encode(), mac(one).encode())


def signed(approver: str, *selected: ResourceId, **changes: Any) -> Decision:
    made = decision(PLAN, approver, *selected, **changes)
    return replace(made, mac=mac(made))


def decided(*decisions: Decision, **changes: Any) -> Approval:
    return replace(approval(PLAN, status=ApprovalStatus.DECIDED, decisions=decisions), **changes)


def ruled(asked: Approval, rules: Rules = RULES, after: timedelta = timedelta(), plan: Plan = PLAN) -> Ruling:
    return what_may_be_deleted(asked, plan, plan_digest(plan), rules, is_authentic, NOW + after, WINDOW)


def because(ruling: Ruling) -> str:
    """The sentence that says why nothing is deleted."""
    assert ruling.why
    return ruling.why.sentence
