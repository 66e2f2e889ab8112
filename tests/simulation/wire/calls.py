"""The one place that every call to the simulated AWS passes: it is logged, and faults are injected by rule.

`Wire.perform(call, protocol, send)` serves calls from botocore in this process and calls over HTTP alike.
The log is append-only and is the oracle of what was really asked of AWS.
"""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from threading import Lock
from typing import Literal

from tests.simulation.member_aws.state import PEOPLE
from tests.simulation.wire.protocols import Reply, error_reply


@dataclass(frozen=True, slots=True)
class Call:
    """One call on the wire. `status` is HTTP's, 0 where no reply reached the caller.

    `decision`: allowed, refused (by an access rule), fault (by an injected one), dropped-before, dropped-after, failed.
    """

    at: str
    caller: str
    account: str
    region: str
    service: str
    operation: str
    resource: str = ""
    decision: str = "allowed"
    status: int = 0
    error: str = ""

    @property
    def name(self) -> str:
        return f"{self.service}:{self.operation}"


class CallLog:
    """Append-only, in memory and, if a path is given, one JSON line a call."""

    def __init__(self, path: Path | None = None) -> None:
        self._calls: list[Call] = []
        self._lock = Lock()
        self._path = path

    def append(self, call: Call) -> None:
        with self._lock:
            self._calls.append(call)
            if self._path is not None:
                with self._path.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(call), sort_keys=True) + "\n")

    @property
    def calls(self) -> tuple[Call, ...]:
        with self._lock:
            return tuple(self._calls)

    def find(self, **patterns: str) -> list[Call]:
        """The calls whose fields match: `find(service="sagemaker", operation="Delete*")`."""
        return [call for call in self.calls if _fits(call, patterns)]

    def __iter__(self) -> Iterator[Call]:
        return iter(self.calls)

    def __len__(self) -> int:
        return len(self.calls)

    @staticmethod
    def read(path: Path) -> list[Call]:
        return [Call(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines() if line]


def _fits(call: Call, patterns: dict[str, str]) -> bool:
    return all(fnmatchcase(str(getattr(call, name)), pattern) for name, pattern in patterns.items())


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong, when. The match fields are shell patterns over the fields of a Call.

    `nth`: only these matching calls, counted from 1; empty means every one. `code`: answer this error instead.
    `drop`: the request is lost before the service saw it, or the reply after the service did its work; or there is no
    connection at all: refused, or a name that does not resolve.
    `hook` may change the world just before the call; `rewrite` may change the reply.
    """

    service: str = "*"
    operation: str = "*"
    account: str = "*"
    region: str = "*"
    resource: str = "*"
    nth: tuple[int, ...] = ()
    code: str = ""
    message: str = "injected fault"
    status: int = 400
    latency: float = 0.0
    drop: Literal["", "before", "after", "refused"] = ""
    hook: Callable[[Call], None] | None = None
    rewrite: Callable[[Reply], Reply] | None = None

    def fits(self, call: Call) -> bool:
        patterns = {name: getattr(self, name) for name in ("service", "operation", "account", "region", "resource")}
        return _fits(call, patterns)


class Faults:
    """The rules in force, with their counters."""

    def __init__(self) -> None:
        self._rules: dict[int, Fault] = {}
        self._seen: dict[int, int] = {}
        self._next = 1
        self._lock = Lock()

    def add(self, fault: Fault) -> int:
        with self._lock:
            number, self._next = self._next, self._next + 1
            self._rules[number], self._seen[number] = fault, 0
            return number

    def remove(self, number: int) -> None:
        with self._lock:
            self._rules.pop(number, None)

    def clear(self) -> None:
        with self._lock:
            self._rules.clear()

    def seen(self, number: int) -> int:
        """How many calls the rule's pattern matched so far."""
        return self._seen.get(number, 0)

    def due(self, call: Call) -> list[Fault]:
        """The faults that strike this call; every match counts, struck or not. They strike programs, not people."""
        struck: list[Fault] = []
        if call.caller.endswith(PEOPLE):
            return struck
        with self._lock:
            for number, fault in self._rules.items():
                if fault.fits(call):
                    self._seen[number] += 1
                    if not fault.nth or self._seen[number] in fault.nth:
                        struck.append(fault)
        return struck


class Dropped(Exception):
    """No reply reaches the caller: close the connection."""


class Unreachable(Dropped):
    """There is no connection to the service."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The world itself says no: a region that is off, a service control policy, a role that may not."""

    code: str
    message: str
    status: int = 400


UNREACHABLE = Refusal("", "no network leads there")


@dataclass
class Wire:
    """Log, faults and the world's own refusals, in that order around every call. `watchers` see it before all that."""

    log: CallLog = field(default_factory=CallLog)
    faults: Faults = field(default_factory=Faults)
    refuse: Callable[[Call], Refusal | None] = lambda call: None
    watchers: list[Callable[[Call], object]] = field(default_factory=list)

    def perform(self, call: Call, protocol: str, send: Callable[[], Reply]) -> Reply:
        """The reply to one call, after everything that may go wrong did. `at` becomes the start of the call."""
        call = replace(call, at=call.at or datetime.now(UTC).isoformat(timespec="milliseconds"))
        for watch in self.watchers:
            watch(call)
        struck = self.faults.due(call)
        for fault in struck:
            if fault.latency:
                time.sleep(fault.latency)
            if fault.hook is not None:
                fault.hook(call)
        for fault in struck:
            if fault.drop in ("before", "refused"):
                self._note(call, "dropped-before", None)
                raise (Dropped if fault.drop == "before" else Unreachable)(call.name)
            if fault.code:
                reply = error_reply(protocol, fault.code, fault.message, fault.status)
                return self._note(call, "fault", reply, fault.code)
        if (refusal := self.refuse(call)) is UNREACHABLE:
            self._note(call, "dropped-before", None)
            raise Unreachable(call.name)
        if refusal is not None:
            reply = error_reply(protocol, refusal.code, refusal.message, refusal.status)
            return self._note(call, "refused", reply, refusal.code)
        return self._deliver(call, struck, send)

    def _deliver(self, call: Call, struck: list[Fault], send: Callable[[], Reply]) -> Reply:
        try:
            reply = send()
        except Exception:
            self._note(call, "failed", None)
            raise
        for fault in struck:
            if fault.rewrite is not None:
                reply = fault.rewrite(reply)
        if any(fault.drop == "after" for fault in struck):
            self._note(call, "dropped-after", None)
            raise Dropped(call.name)
        return self._note(call, "allowed", reply, reply.error_code)

    def _note(self, call: Call, decision: str, reply: Reply | None, error: str = "") -> Reply:
        status = reply.status if reply is not None else 0
        self.log.append(replace(call, decision=decision, status=status, error=error))
        return reply if reply is not None else Reply(0)
