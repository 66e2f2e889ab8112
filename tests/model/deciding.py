"""What people and the steps before the deletion do: requests to the page, the verifying step. One read or write a time.

Every transition is a label, told as a sentence where it is printed, and the state after it.
"""

from collections.abc import Iterator

from tests.model.state import End, Page, Row, Scope, State, Verify, put
from tests.model.words import KEEP, Record, answered, asks_switch, honest, verified

type Label = tuple[str | int, ...]
type Transition = tuple[Label, State]


def page(state: State, who: int, scope: Scope) -> Iterator[Transition]:
    """One request of an approver: three reads, then a decision signed, then one write."""
    at = state.pages[who]
    match at.point:
        case "idle":
            if state.left.posts[who]:
                left = state.left._replace(posts=put(state.left.posts, who, state.left.posts[who] - 1))
                after = Page("state", state.row)
                yield ("page", who, "reads the decisions"), _paged(state._replace(left=left), who, after)
        case "state":
            yield ("page", who, "reads the state"), _paged(state, who, at._replace(point="stops", end=state.end))
        case "stops":
            yield from _answers(state, who, scope)
        case _:
            yield _written(state, who, scope)


def _answers(state: State, who: int, scope: Scope) -> Iterator[Transition]:
    at = state.pages[who]
    read = Record(at.row.choices, at.row.decided, at.end.status, at.end.note, state.stops)
    wishes = scope.wishes[who] + (((KEEP, False),) if scope.keeps else ())
    refused = False
    for selected, at_once in wishes:
        takes, decided = answered(read, who, selected, state.clock, at_once=at_once, laws=scope.laws)
        if takes:
            choice = honest(who, selected, state.clock, at_once=at_once)
            after = Page("write", at.row, choice=choice, decided=decided)
            yield ("page", who, "reads the stops and signs", str(selected)), _paged(state, who, after)
        refused = refused or not takes
    if refused:
        yield ("page", who, "reads the stops and refuses"), _paged(state, who, Page())


def _written(state: State, who: int, scope: Scope) -> Transition:
    at, after = state.pages[who], _paged(state, who, Page())
    if at.choice and not at.choice.selected:
        return ("page", who, "writes a stop"), _stopped(after, f"kept-{who}")
    if at.choice is None or (scope.product.conditional and state.row.version != at.row.version):
        return ("page", who, "finds that someone was faster"), after
    row = Row(at.row.version + 1, (*at.row.choices, at.choice), at.decided)
    written = tuple(sorted({*state.written, at.choice}))
    return ("page", who, "writes the decisions"), after._replace(row=row, written=written)


def verify(state: State, scope: Scope) -> Iterator[Transition]:
    """One run: three reads, the kill switch where it can still void something, then one conditional write."""
    at = state.verify
    match at.point:
        case "idle":
            if state.left.verifies:
                left = state.left._replace(verifies=state.left.verifies - 1)
                after = state._replace(left=left, verify=Verify("state", state.row))
                yield ("verify", "reads the decisions"), after
        case "state":
            yield ("verify", "reads the state"), state._replace(verify=at._replace(point="stops", end=state.end))
        case "stops":
            after = state._replace(verify=at._replace(point="switch", stops=state.stops))
            if asks_switch(_read(after.verify)):
                yield ("verify", "reads the stops"), after
            else:
                yield _judged(after, scope, "reads the stops and judges")
        case "switch" if state.switch:
            yield ("verify", "finds the switch on"), state._replace(verify=Verify("kill"))
        case "switch":
            yield _judged(state, scope, "finds the switch off and judges")
        case "kill":
            yield ("verify", "writes a stop"), _stopped(state._replace(verify=Verify()), "kill-switch")
        case _:
            yield _saved(state)


def _judged(state: State, scope: Scope, said: str) -> Transition:
    at = state.verify
    ruled = verified(_read(at), state.clock, scope.laws)
    if not ruled.status:
        return ("verify", said, ruled.word), state._replace(verify=Verify())
    end = End(at.end.version, ruled.status, ruled.note)
    if at.end == end:
        return ("verify", said, ruled.word), state._replace(verify=Verify(), map=state.map | ruled.selected)
    return ("verify", said, ruled.word), state._replace(verify=Verify("save", end=end, mask=ruled.selected))


def _saved(state: State) -> Transition:
    at = state.verify
    if state.end.version != at.end.version:
        return ("verify", "finds that someone was faster"), state._replace(verify=Verify())
    end = at.end._replace(version=at.end.version + 1)
    return ("verify", "writes the state"), state._replace(verify=Verify(), end=end, map=state.map | at.mask)


def _read(at: Verify) -> Record:
    return Record(at.row.choices, at.row.decided, at.end.status, at.end.note, at.stops)


def _paged(state: State, who: int, at: Page) -> State:
    return state._replace(pages=put(state.pages, who, at))


def _stopped(state: State, name: str) -> State:
    """A stop that is there already is not written again; one whose delete mark hides it is, as a newer version."""
    if name in state.stops:
        return state
    return state._replace(stops=tuple(sorted((*state.stops, name))))
