"""The rules that a stack sets for decisions, and until when each thing counts. Pure."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from endpoint_sweep.domain.model import Caps
from endpoint_sweep.rules.approvals import Approval, Decision, person
from endpoint_sweep.rules.planning import MOST_OFFERED

CLOCKS_DIFFER = timedelta(minutes=1)
_LOOSEST = Caps(MOST_OFFERED, MOST_OFFERED, 100)  # what the template allows at most


@dataclass(frozen=True, slots=True)
class Rules:
    """Who may decide, when one person is not enough, and what binds every decision whatever a plan says.

    `principals` maps caller ARNs to approvers' addresses. `caps`: the stack's own. `grace`: how long after the last
    decision everything can still be kept before the first deletion. `window`: how long after it the last may start.
    """

    approvers: tuple[str, ...]
    minimum: int = 1
    two_above_endpoints: int = 25
    two_above_usd: int = 10_000
    two_for_accounts: frozenset[str] = frozenset()
    code_required: bool = True
    principals: dict[str, str] = field(default_factory=dict)
    caps: Caps = _LOOSEST
    grace: timedelta = timedelta()
    window: timedelta = timedelta(hours=4)


def keep_ends(approval: Approval, rules: Rules) -> datetime:
    """Until when a keep is taken, whatever the record says of itself: after that no deletion can start any more."""
    return approval.expires_at + rules.grace + rules.window + CLOCKS_DIFFER


def grace_ends(decisions: Collection[Decision], rules: Rules) -> datetime:
    """When the first deletion may start: after the grace period, unless two people or more all chose to do without."""
    last = max(one.at for one in decisions)
    at_once = len({person(one.approver) for one in decisions}) > 1 and all(one.at_once for one in decisions)
    return last if at_once else last + rules.grace


def is_stale(at: datetime, now: datetime, window: timedelta) -> bool:
    """Whether too much time went by since a decision to act on it still.

    A decision from the future counts as stale, too, but for what the clocks of two functions may differ.
    """
    return not at - CLOCKS_DIFFER <= now <= at + window
