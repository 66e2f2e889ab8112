"""How many people a selection needs, and how many there are. No I/O."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from endpoint_sweep.domain.model import Finding, Plan, ResourceId
from endpoint_sweep.domain.resource import noun_of
from endpoint_sweep.rules.approvals import Approval, person, undecided
from endpoint_sweep.rules.decision_rules import Rules
from endpoint_sweep.rules.net_cost import total_highest
from endpoint_sweep.rules.planning import by_id


@dataclass(frozen=True, slots=True)
class Quorum:
    """How many different people a selection needs, and why more than usual."""

    needed: int
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reach:
    """How many people can decide. `short`: too few to select everything. `beyond`: what they are too few for even if it
    is selected alone.
    """

    persons: int
    short: bool
    beyond: frozenset[ResourceId]


def quorum(
    plan: Plan, selected: Collection[ResourceId], approving: Collection[str], requester: str, rules: Rules
) -> Quorum:
    """How many people must approve this selection (S1.10). `approving`: the addresses of those who did."""
    return quorum_of(plan, by_id(plan.items), selected, approving, requester, rules)


def quorum_of(
    plan: Plan,
    findings: Mapping[ResourceId, Finding],
    selected: Collection[ResourceId],
    approving: Collection[str],
    requester: str,
    rules: Rules,
) -> Quorum:
    """`findings`: those of the plan, which a page asks about once for each row."""
    reasons = []
    if len(selected) > rules.two_above_endpoints:
        reasons.append(f"more than {rules.two_above_endpoints} {noun_of(one.type for one in selected)}s are selected")
    saving = total_highest(findings[one] for one in selected if one in findings)
    if saving > Decimal(rules.two_above_usd):
        reasons.append(f"more than {rules.two_above_usd:,} USD a month are selected")
    accounts = sorted({one.account for one in selected})
    reasons += [f"account {one} always needs two" for one in accounts if one in rules.two_for_accounts]
    reasons += [plan.why_flagged(one) for one in ("*", *accounts) if one in plan.flagged and selected]
    if requester and person(requester) in {person(one) for one in approving}:
        reasons.append("the person who started a sweep cannot be its only approver")
    return Quorum(max(rules.minimum, 2 if reasons else 1), tuple(reasons))


def people_who_can_decide(approval: Approval, rules: Rules, deciding: str = "") -> frozenset[str]:
    """The people who have decided, can still be reached, or are deciding right now, even if their email bounced."""
    addresses = [one.approver for one in approval.decisions]
    addresses += [*undecided(approval, rules.approvers), *([deciding] if deciding else [])]
    return frozenset(person(one) for one in addresses)


def reach(approval: Approval, plan: Plan, rules: Rules, deciding: str) -> Reach:
    """What this approver can select from the plan, given who else can decide or has decided."""
    approving = [*(one.approver for one in approval.decisions), deciding]
    persons = len(people_who_can_decide(approval, rules, deciding))
    findings = by_id(plan.items)

    def is_short(*chosen: ResourceId) -> bool:
        return quorum_of(plan, findings, chosen, approving, approval.requester, rules).needed > persons

    return Reach(persons, is_short(*findings), frozenset(one for one in findings if is_short(one)))
