"""The stack's rules for decisions, and their deadlines. No I/O."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from endpoint_sweep.domain.model import Caps
from endpoint_sweep.rules.approvals import Approval, Decision, person
from endpoint_sweep.rules.planning import MOST_OFFERED

CLOCKS_DIFFER = timedelta(minutes=1)
_LOOSEST = Caps(MOST_OFFERED, MOST_OFFERED, 100)  # the most the template allows


@dataclass(frozen=True, slots=True)
class Rules:
    """Who may decide, when one person is not enough, and the limits for every decision.

    `caps`: the stack's own. `grace`: how long the first deletion waits after the last decision. `window`: how long
    after that decision a deletion may still start. `offered_below`: barely used resources with fewer calls than
    these may be chosen, too; 0: none may.
    """

    approvers: tuple[str, ...]
    minimum: int = 1
    two_above_endpoints: int = 25
    two_above_usd: int = 10_000
    two_for_accounts: frozenset[str] = frozenset()
    code_required: bool = True
    caps: Caps = _LOOSEST
    grace: timedelta = timedelta()
    window: timedelta = timedelta(hours=4)
    offered_below: int = 0


def keep_ends(approval: Approval, rules: Rules) -> datetime:
    """The deadline for a keep, regardless of what the record says. No deletion can start after that."""
    return approval.expires_at + rules.grace + rules.window + CLOCKS_DIFFER


def grace_ends(decisions: Collection[Decision], rules: Rules) -> datetime:
    """When the first deletion may start: after the grace period, unless two or more people all chose to skip it."""
    last = max(one.at for one in decisions)
    at_once = len({person(one.approver) for one in decisions}) > 1 and all(one.at_once for one in decisions)
    return last if at_once else last + rules.grace


def is_stale(at: datetime, now: datetime, window: timedelta) -> bool:
    """Whether a decision is too old to act on.

    A decision from the future is stale too, except for a small clock difference between functions.
    """
    return not at - CLOCKS_DIFFER <= now <= at + window
