"""What may happen at any moment beside the functions: time, crashes, the kill switch, other people, an insider."""

from collections.abc import Iterator
from itertools import combinations

from tests.model.deciding import Transition
from tests.model.state import Act, End, Look, Page, Row, Scope, State, Verify, put
from tests.model.words import LAST, Chosen

_EVENTS = ("changed", "called", "re-created", "removed")


def starts(state: State, scope: Scope) -> Iterator[Transition]:
    """The state machine starts steps: the Map two at a time, again after a redrive; a look at any time at all."""
    if state.left.acts and len(state.acts) < 2:
        left = state.left._replace(acts=state.left.acts - 1)
        for target in scope.targets:
            if state.map & 1 << target or "acts" in scope.insider:
                acts = tuple(sorted((*state.acts, Act(target, scope.product.order[0]))))
                yield ("starts", "act", target), state._replace(left=left, acts=acts)
    if state.left.looks and state.look is None:
        left = state.left._replace(looks=state.left.looks - 1)
        for target in scope.targets:
            for kind in ("confirm", "summary"):
                yield ("starts", kind, target), state._replace(left=left, look=Look(kind, target))


def happens(state: State, scope: Scope) -> Iterator[Transition]:
    """An hour goes by, a function dies, someone flips the switch, someone else works in the member account."""
    left = state.left
    if state.clock < min(scope.ticks, LAST):
        yield ("time", state.clock + 1), state._replace(clock=state.clock + 1)
    if left.crashes:
        yield from _crashes(state._replace(left=left._replace(crashes=left.crashes - 1)))
    if left.flips:
        after = state._replace(left=left._replace(flips=left.flips - 1), switch=not state.switch)
        if state.switch:
            after = after._replace(acts=tuple(sorted(one._replace(switched=False) for one in state.acts)))
        yield ("switch", "off" if state.switch else "on"), after
    if left.events:
        after = state._replace(left=left._replace(events=left.events - 1))
        for target in scope.targets:
            here = state.world[target]
            for event in _EVENTS if here == "there" else ("re-created",) if here in ("gone", "removed") else ():
                yield ("member", target, event), after._replace(world=put(state.world, target, event))


def _crashes(state: State) -> Iterator[Transition]:
    for which, one in enumerate(state.acts):
        if which and state.acts[which - 1] == one:
            continue
        acts = state.acts[:which] + state.acts[which + 1 :]
        yield ("crash", "act", one.target, one.point), state._replace(acts=acts)
    if state.look:
        yield ("crash", state.look.kind, state.look.target, state.look.point), state._replace(look=None)
    if state.verify.point != "idle":
        yield ("crash", "verify", state.verify.point), state._replace(verify=Verify())
    for who, page in enumerate(state.pages):
        if page.point != "idle":
            yield ("crash", "page", who, page.point), state._replace(pages=put(state.pages, who, Page()))


def insider(state: State, scope: Scope) -> Iterator[Transition]:  # noqa: C901 - one branch a kind of row
    """Writes what no key protects. Where it helps, with the version that stood there, so that no writer notices."""
    if not state.left.writes:
        return
    after = state._replace(left=state.left._replace(writes=state.left.writes - 1), tampered=True)
    if "rows" in scope.insider:
        for choices in _rows(state):
            if choices != state.row.choices or not state.row.decided:
                row = Row(state.row.version if choices else 0, choices, bool(choices))
                yield ("insider", "decisions", *map(str, choices)), after._replace(row=row)
    if "end" in scope.insider:
        for status in ("", "verified"):
            if status != state.end.status or state.end.note:
                yield ("insider", "state", status), after._replace(end=End(state.end.version, status))
    if "marks" in scope.insider and state.stops and not state.marked:
        yield ("insider", "delete marks on the stops"), after._replace(marked=True)
    if "intents" in scope.insider:
        for target in scope.targets:
            if state.intents[target] or state.outcomes[target]:
                cleared = after._replace(
                    intents=put(state.intents, target, ""), outcomes=put(state.outcomes, target, "")
                )
                yield ("insider", "removes intent and outcome", target), cleared


def _rows(state: State) -> Iterator[tuple[Chosen, ...]]:
    """Nothing; some of what was ever written, also twice; that and something made up or altered."""
    yield ()
    for count in range(1, len(state.written) + 1):
        yield from combinations(state.written, count)
    for one in state.written:
        yield (one, one)
        if one.selected != 3:
            yield (one._replace(selected=3),)
        if one.at != state.clock:
            yield (one._replace(at=state.clock),)
        if not one.at_once:
            yield (one._replace(at_once=True),)
    made_up = Chosen(1, 3, state.clock)
    yield (made_up,)
    for one in state.written:
        yield (one, made_up)
