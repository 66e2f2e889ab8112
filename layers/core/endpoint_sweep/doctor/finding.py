"""What a check found, and how a check is run. No I/O."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from endpoint_sweep.domain.errors import EndpointSweepError, NotAllowed


class State(StrEnum):
    OK = "ok"
    WRONG = "wrong"
    NOTE = "note"
    UNKNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Fix:
    """A command as it is typed. `account`: whose credentials it needs, if not the hub's."""

    command: str
    account: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """`fixes`: all of them, in this order. Of something that is not known: how to find out."""

    state: State
    seen: str
    fixes: tuple[Fix, ...] = ()


@dataclass(frozen=True, slots=True)
class Check[Target]:
    """`look` yields what it finds, and also says when all is well: a check that saw nothing is not known."""

    name: str
    look: Callable[[Target], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Result:
    """One row of the answer."""

    check: str
    finding: Finding


def ok(seen: str) -> Finding:
    return Finding(State.OK, seen)


def wrong(seen: str, *fixes: Fix) -> Finding:
    return Finding(State.WRONG, seen, fixes)


def note(seen: str, *fixes: Fix) -> Finding:
    return Finding(State.NOTE, seen, fixes)


def unknown(seen: str, *fixes: Fix) -> Finding:
    return Finding(State.UNKNOWN, seen, fixes)


def diagnose[Target](check: Check[Target], target: Target) -> tuple[Result, ...]:
    """Trouble of any kind leaves a check unknown. What it saw before that stays, and no other check is stopped."""
    found: list[Result] = []
    try:
        found.extend(Result(check.name, one) for one in check.look(target))
    except NotAllowed as error:
        found.append(Result(check.name, unknown(f"{error}: allow this action to whoever runs the doctor")))
    except EndpointSweepError as error:
        found.append(Result(check.name, unknown(str(error))))
    except Exception as error:  # noqa: BLE001 - an answer of another shape than expected is trouble, too
        found.append(Result(check.name, unknown(f"AWS's answer cannot be read ({type(error).__name__})")))
    return tuple(found) or (Result(check.name, unknown("nothing was seen")),)
