"""Faults put into the model, or into the product's own functions that it calls: the search has to find each."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any

from endpoint_sweep.domain.model import ResourceId
from endpoint_sweep.resources.endpoint import recheck
from endpoint_sweep.rules import approval_rules, decision_rules
from endpoint_sweep.rules.approvals import Decision
from tests.model.scopes import ONE, SCOPES
from tests.model.state import ORDER, Product, Scope

_BY_NAME = {one.name: one for one in SCOPES}


@dataclass(frozen=True, slots=True)
class Bug:
    """`promise`: the one that the search finds broken, in the scope of this name."""

    name: str
    promise: str
    scope: str
    product: Product
    target: int = 0

    @property
    def seeded(self) -> Scope:
        scope = _BY_NAME[self.scope]
        targets = (self.target,) if scope.targets == ONE else scope.targets
        left = scope.left._replace(writes=min(1, scope.left.writes))  # one is enough for each of them
        return replace(scope, name=self.name, left=left, targets=targets, product=self.product)


def _without(*points: str) -> Product:
    return Product(order=tuple(one for one in ORDER if one not in points))


def _patched(module: Any, name: str, value: Callable[..., Any]) -> Product:
    return Product(patches=((module, name, value),))


def _graceless(value: Callable[..., Any]) -> Product:
    """Another end of the grace period, for who rules and for who waits."""
    return Product(patches=((approval_rules, "grace_ends", value), (decision_rules, "grace_ends", value)))


def _union(decisions: Collection[Decision]) -> tuple[ResourceId, ...]:
    return tuple(sorted(set[ResourceId]().union(*(one.selected for one in decisions))))


_LATE_INTENT = tuple(one for one in ORDER if one != "intent!")
_TELLER = _LATE_INTENT.index("call") + 1

BUGS: tuple[Bug, ...] = (
    Bug("the stops are not read again before the call", "I11", "two runs and a veto", _without("last stops")),
    Bug("the switch is not read again before the call", "I11", "two endpoints and the switch",
        _without("last switch")),
    Bug("the newest version of a stop counts", "I11", "an insider and a veto", Product(history=False)),
    Bug("the endpoint is not looked at again after the intent", "I1", "re-created, called or changed",
        _without("last look")),
    Bug("its traffic is not read", "I1", "re-created, called or changed", _without("traffic")),
    Bug("the intent comes after the call", "I5", "redriven after a crash",
        Product(order=(*_LATE_INTENT[:_TELLER], "intent!", *_LATE_INTENT[_TELLER:]))),
    Bug("a step is repeated blindly after a crash", "I5", "redriven after a crash", Product(looks_first=False)),
    Bug("a void intent is passed", "I5", "redriven after a crash", Product(void=False)),
    Bug("someone looks while the step still runs", "I5", "re-created, called or changed", Product(over=False)),
    Bug("a verified state is believed at acting", "I11", "an insider, one approver", Product(checks=False)),
    Bug("the grace period is not checked at acting", "I11", "an insider, one approver", Product(acting_grace=False)),
    Bug("a MAC is not checked", "I1", "an insider and a veto", Product(authentic=lambda _: True)),
    Bug("a MAC is made over the approver alone", "I1", "an insider and a veto",
        Product(authentic=lambda one: bool(one.mac))),
    Bug("the page overwrites what it has not seen", "I4", "two approvers, no grace", Product(conditional=False)),
    Bug("someone who decides twice counts twice", "I4", "an insider beside the page",
        _patched(approval_rules, "_persons", len)),
    Bug("what any approver selected is deleted", "I1", "two approvers, no grace",
        _patched(approval_rules, "agreed", _union), target=1),
    Bug("a decision is never too old", "I1", "one approver, no grace",
        _patched(approval_rules, "is_stale", lambda *_: False)),
    Bug("no one needs to wait", "I11", "one approver, grace",
        _graceless(lambda decisions, _: max(one.at for one in decisions))),
    Bug("one person alone does without the grace period", "I11", "two approvers, grace or at once",
        _graceless(lambda decisions, rules: max(one.at for one in decisions)
                 + (rules.grace if not any(one.at_once for one in decisions) else rules.grace * 0))),
    Bug("a re-created endpoint counts as the same", "I1", "re-created, called or changed",
        _patched(recheck, "check_fingerprint", lambda *_: None)),
)  # fmt: skip
