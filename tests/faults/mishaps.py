"""Puts the mishaps of a case into place: struck calls, other people's hands, dying functions."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from endpoint_sweep.rules.acting import Checkpoint
from endpoint_sweep.steps.apply_decision import apply_decision
from tests.faults.case import Case, Crash, Hand, Strike
from tests.judging.acts import Key
from tests.judging.stage import Stage
from tests.simulation.hub.lambda_endpoint import Handler
from tests.simulation.hub.resources import STACK
from tests.simulation.wire.protocols import Reply

TOO_LATE = timedelta(hours=5)  # beyond DeleteWindowMinutes
LATE = 1.0  # seconds
KEEP = {"endpoint-sweep:keep": "not yet"}
Throttled = type("Lambda.TooManyRequestsException", (Exception,), {})


class Killed(BaseException):
    """The process is gone: nothing of the step catches this."""


@dataclass
class Mishaps:
    """Everything that goes wrong in one sweep. `passing` is told each point that the deleting step is about to pass."""

    stage: Stage
    case: Case
    events: list[dict[str, Any]] = field(default_factory=list)
    passing: list[Callable[[Checkpoint, Key], None]] = field(default_factory=list)
    _here: threading.local = field(default_factory=threading.local)
    _order: list[Key] = field(default_factory=list)
    _runs: Counter[str] = field(default_factory=Counter)
    _done: set[Hand | Crash] = field(default_factory=set)

    @contextmanager
    def in_place(self) -> Iterator[None]:
        handlers = self.stage.hub.handlers
        for one in self.case.strikes:
            strike(self.stage, one)
        for name in {crash.function for crash in self.case.crashes} | {"ApplyDecision"}:
            full = f"{STACK}-{name}Function"
            handlers[full] = self._wrapped(name, handlers[full])
        with patch.dict(apply_decision.__kwdefaults__ or {}, {"at": self._at}):
            yield

    def before_the_decision(self, offered: list[Key]) -> None:
        """What other people do while the approvers still think."""
        for hand in self.case.hands:
            if hand.point is None and hand.item < len(offered):
                self._do(hand, offered[hand.item])

    def _wrapped(self, name: str, handler: Handler) -> Handler:
        crashes = [one for one in self.case.crashes if one.function == name and one.how != "killed"]

        def run(event: dict[str, Any], context: Any) -> Any:
            self._runs[name] += 1
            due = [one for one in crashes if one.nth == self._runs[name]]
            if name == "ApplyDecision":
                self._remember(event)
            try:
                return self._run(due, handler, event, context)
            except Killed as error:
                raise RuntimeError("RequestId: 1 Error: Runtime exited with error: signal: killed") from error

        return run

    @staticmethod
    def _run(due: list[Crash], handler: Handler, event: dict[str, Any], context: Any) -> Any:
        if any(one.how == "throttled" for one in due):
            raise Throttled("Rate exceeded")
        if any(one.how == "before" for one in due):
            raise Killed
        if any(one.how == "twice" for one in due):
            handler(event, context)
        done = handler(event, context)
        if any(one.how == "after" for one in due):
            raise Killed
        return done

    def _remember(self, event: dict[str, Any]) -> None:
        if not self.events and any(move.what == "redrive" for move in self.case.moves):
            self.stage.hub.ahead += TOO_LATE
        self.events.append(event)
        key = (event["item"]["account"], event["item"]["region"], event["item"]["name"])
        if key not in self._order:
            self._order.append(key)
        self._here.key = key

    def _at(self, point: Checkpoint) -> None:
        """The deleting step is about to pass a point."""
        key = getattr(self._here, "key", None)
        if key is None:
            return  # someone else called the function
        for hear in self.passing:
            hear(point, key)
        number = self._order.index(key)
        for hand in self.case.hands:
            if hand.point is point and hand.item == number:
                self._do(hand, key)
        for crash in self.case.crashes:
            if crash.point is point and crash.nth == number + 1 and crash not in self._done:
                self._done.add(crash)
                raise Killed

    def _do(self, hand: Hand, key: Key) -> None:
        if hand in self._done:
            return
        self._done.add(hand)
        if hand.what == "switch":
            self.stage.hub.kill()
        elif self.stage.world.exists(*key):
            self.stage.touch(*key)
            HANDS[hand.what](self.stage, key)


def strike(stage: Stage, one: Strike) -> None:
    rule: dict[str, Any] = {"service": one.service, "operation": one.operation, "nth": range(one.first, one.last + 1)}
    rule["resource"] = one.resource
    if one.how == "late":
        stage.world.fault(**rule, latency=LATE)
    elif one.how in ("before", "after"):
        stage.world.fault(**rule, drop=one.how)
    elif one.how == "garbage":
        stage.world.fault(**rule, rewrite=_cut, hook=stage.garbled.append)
    else:
        stage.world.fault(**rule, code=one.how, status=one.status)


def _cut(reply: Reply) -> Reply:
    """Half of an answer."""
    return replace(reply, body=reply.body[: len(reply.body) // 2])


def _update(stage: Stage, key: Key) -> None:
    stage.world.set_status(*key, "Updating")


def _protect(stage: Stage, key: Key) -> None:
    stage.world.set_tags(*key, KEEP)


def _call(stage: Stage, key: Key) -> None:
    """Where traffic of this endpoint counts: at one of its components, else at its first variant. One that is there for
    components and has none cannot be called (D1.15).
    """
    spec = stage.world.organization.endpoint(*key)
    cell = stage.world.state.cell(*key[:2])
    parts = [name for name, row in cell.components.items() if row["EndpointName"] == key[2]]
    if parts or (spec and spec.kind != "components"):
        at = stage.world.state.clock() - 90
        stage.world.invoke(*key, count=5, at=at, component=parts[0] if parts else "")


HANDS: dict[str, Callable[[Stage, Key], None]] = {
    "recreate": lambda stage, key: stage.world.recreate(*key),
    "remove": lambda stage, key: stage.world.remove(*key),
    "update": _update,
    "scale": lambda stage, key: stage.world.scale(*key),
    "protect": _protect,
    "call": _call,
}
