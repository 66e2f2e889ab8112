"""What is offered for a decision, as the approval email and the review page show it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from endpoint_sweep.domain.model import Account, Caps, Plan
from endpoint_sweep.domain.resource import noun_of
from endpoint_sweep.reports.coverage import CoverageView, coverage_view
from endpoint_sweep.reports.grouping import AccountView, by_account
from endpoint_sweep.reports.money import MoneyView, money_view
from endpoint_sweep.reports.text import clip, plural
from endpoint_sweep.reports.views import RowView, row_view
from endpoint_sweep.rules.access import told
from endpoint_sweep.rules.approvals import Approval
from endpoint_sweep.rules.offers import is_idle
from endpoint_sweep.rules.planning import Coverage, not_offered, short_hash
from endpoint_sweep.rules.pricing import total_monthly


@dataclass(frozen=True, slots=True)
class ApprovalView:
    """What the approval email and the review page show.

    `rows`: everything that is offered, in the order of the plan. What is `barely_used` has a sum of its own: accounts
    and amounts without it are those of what is `idle`.
    """

    sweep_id: str
    plan_hash: str
    plan_sha256: str
    expires_at: datetime
    coverage: CoverageView
    accounts: tuple[AccountView, ...]
    rows: tuple[RowView, ...]
    idle: tuple[RowView, ...]
    barely_used: tuple[RowView, ...]
    noun: str
    monthly: Decimal
    unpriced: int
    money: MoneyView
    barely_money: MoneyView
    per_sweep: int
    per_account: int
    percent_of_account: int
    flags: tuple[str, ...] = ()
    not_offered: str = ""

    def waiting(self, noun: str) -> str:
        """What is waiting for a decision: `3 idle and 2 barely used endpoints`."""
        if not self.barely_used:
            return plural(len(self.idle), f"idle {noun}")
        few = plural(len(self.barely_used), f"barely used {noun}")
        return f"{len(self.idle):,} idle and {few}" if self.idle else few

    @property
    def places(self) -> frozenset[str]:
        """The accounts of everything that is offered."""
        return frozenset(one.account for one in self.rows)


def approval_view(
    approval: Approval, plan: Plan, coverage: Coverage, accounts: Mapping[str, Account], stack: Caps
) -> ApprovalView:
    """`stack`: the stack's current caps. The view shows the caps that apply: the stricter of plan and stack."""
    caps = plan.caps.within(stack)
    rows = {finding.id: row_view(finding, accounts, approval.asked_at) for finding in plan.items}
    unused = tuple(finding for finding in plan.items if is_idle(finding))
    barely = tuple(finding for finding in plan.items if not is_idle(finding))
    idle = tuple(rows[finding.id] for finding in unused)
    monthly, unpriced = total_monthly(unused)
    return ApprovalView(
        sweep_id=approval.sweep_id,
        plan_hash=short_hash(approval.plan.sha256),
        plan_sha256=approval.plan.sha256,
        expires_at=approval.expires_at,
        coverage=coverage_view(coverage, accounts, plan.scope),
        accounts=by_account(idle),
        rows=tuple(rows.values()),
        idle=idle,
        barely_used=tuple(rows[finding.id] for finding in barely),
        noun=noun_of(one.type for one in plan.items),
        monthly=monthly,
        unpriced=unpriced,
        money=money_view(unused, plan.money_note),
        barely_money=money_view(barely),
        per_sweep=caps.per_sweep,
        per_account=caps.per_account,
        percent_of_account=caps.percent_of_account,
        flags=tuple(clip(plan.why_flagged(one), 200) for one in sorted(plan.flagged)),
        not_offered=f"{not_offered(plan)} {told(plan.closed)}".strip(),
    )
