"""Breadth-first search over every interleaving of a scope: each state once, the shortest way to a broken promise."""

import gc
import time
from collections.abc import Iterator
from dataclasses import dataclass

from tests.model import deciding, deleting, somebody
from tests.model.deciding import Label, Transition
from tests.model.promises import why_broken
from tests.model.state import Scope, State
from tests.model.words import PEOPLE, product


@dataclass(frozen=True, slots=True)
class Found:
    """What a search saw. `broken` and `steps`: the first broken promise and the shortest way there.

    `deleted`: in how many states an endpoint was gone by our call, so that a model in which nothing ever happens shows.
    """

    scope: str
    states: int
    transitions: int
    depth: int
    seconds: float
    deleted: int
    broken: str = ""
    steps: tuple[Label, ...] = ()

    @property
    def told(self) -> str:
        """The way as a numbered list."""
        lines = [f"{number:3}. {sentence(one)}" for number, one in enumerate(self.steps, 1)]
        return "\n".join([f"{self.scope}: {self.broken}", *lines])


def successors(state: State, scope: Scope) -> Iterator[Transition]:
    """All that may happen next."""
    for who in (0, 1):
        yield from deciding.page(state, who, scope)
    yield from deciding.verify(state, scope)
    for which in range(len(state.acts)):
        yield from deleting.act(state, which, scope)
    yield from deleting.look(state, scope)
    yield from somebody.starts(state, scope)
    yield from somebody.happens(state, scope)
    yield from somebody.insider(state, scope)


def search(scope: Scope, most: int = 0) -> Found:
    """Ends at the first broken promise, or after the level in which `most` states were passed (0: never)."""
    started = time.monotonic()
    gc.disable()  # nothing here refers to itself, and there is much of it
    try:
        with product(scope.product.patches):
            return _searched(scope, most, started)
    finally:
        gc.enable()


def _searched(scope: Scope, most: int, started: float) -> Found:
    first = scope.first
    came: dict[State, tuple[State, Label] | None] = {first: None}
    level, transitions, depth, deleted = [first], 0, 0, 0
    while level and not (most and len(came) > most):
        after: list[State] = []
        for state in level:
            for label, one in successors(state, scope):
                transitions += 1
                if one in came:
                    continue
                came[one] = (state, label)
                after.append(one)
                deleted += one.world[0] == "gone" or one.world[1] == "gone"
                if broken := why_broken(one):
                    took = time.monotonic() - started
                    way = _way(one, came)
                    return Found(scope.name, len(came), transitions, depth + 1, took, deleted, broken, way)
        level, depth = after, depth + bool(after)
    return Found(scope.name, len(came), transitions, depth, time.monotonic() - started, deleted)


def _way(state: State, came: dict[State, tuple[State, Label] | None]) -> tuple[Label, ...]:
    steps = []
    while found := came[state]:
        state, label = found
        steps.append(label)
    return tuple(reversed(steps))


def sentence(label: Label) -> str:
    """A step as a person reads it."""
    match label:
        case ("page", int(who), *said):
            return f"{PEOPLE[who].partition('@')[0].capitalize()}'s page {' '.join(map(str, said))}"
        case ("act" | "confirm" | "summary" as kind, int(target), point):
            return f"the step {kind} of endpoint {'ab'[target]} passes “{point}”"
        case ("call", int(target), said):
            return f"the call for endpoint {'ab'[target]} {said}"
        case ("time", tick):
            return f"it is hour {tick}"
        case ("member", int(target), event):
            return f"someone else: endpoint {'ab'[target]} is {event}"
        case _:
            return " ".join(str(one) for one in label)
