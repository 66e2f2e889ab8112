"""What the deleting step does between its reads and its one call, and who looks afterwards.

Where a write is a read and a conditional put, it is one step here: what comes between makes the put fail, which is a
crash, and that may happen at each step anyway.
"""

from collections.abc import Iterator

from tests.model import promises
from tests.model.deciding import Label, Transition
from tests.model.state import VOID, Act, Look, Scope, State, put
from tests.model.words import Record, acted, looked

FINAL = ("kept", "already-gone", "done", "unknown")
_AFTER_INTENT = ("last look", "last switch", "last stops", "call", "outcome!")


def act(  # noqa: C901, PLR0912 - one case a point
    state: State, which: int, scope: Scope
) -> Iterator[Transition]:
    """The next point of one run of the deleting step."""
    at = promises.watched(state.acts[which], state, scope)
    said: Label = ("act", at.target, at.point)
    match at.point:
        case "outcome?":
            over = state.outcomes[at.target] != "" and scope.product.looks_first
            yield said, _moved(state, which, None if over else _next(at, scope))
        case "intent?":
            over = state.intents[at.target] != "" and scope.product.looks_first
            yield said, _moved(state, which, None if over else _next(at, scope))
        case "switch" | "last switch":
            yield said, _moved(state, which, _kept(at) if state.switch else _next(at, scope))
        case "stops" | "last stops":
            stops = stops_read(state, scope)
            yield said, _moved(state, which, _kept(at) if stops else _next(at, scope))
        case "decisions":
            yield said, _moved(state, which, _next(at._replace(row=state.row), scope))
        case "state":
            yield said, _moved(state, which, _next(at._replace(end=state.end), scope))
        case "rule":
            yield said, _moved(state, which, _ruled(at, state, scope))
        case "look" | "last look":
            seen = looked(state.world[at.target])
            yield said, _moved(state, which, _kept(at, seen) if seen else _next(at, scope))
        case "traffic":
            called = state.world[at.target] == "called"
            yield said, _moved(state, which, _kept(at) if called else _next(at, scope))
        case "bundle":
            yield said, _moved(state, which, _next(at, scope))
        case "intent!":
            yield said, _intended(state, which, at, scope)
        case "call":
            yield from _called(state, which, at, scope)
        case "void!":
            yield said, _voided(state, which, at)
        case _:
            yield said, _finished(state, which, at)


def stops_read(state: State, scope: Scope) -> tuple[str, ...]:
    """What the step sees of the stops: every version that was ever written, or the mutant's newest ones."""
    return () if state.marked and not scope.product.history else state.stops


def _next(at: Act, scope: Scope) -> Act:
    order = scope.product.order
    return at._replace(point=order[order.index(at.point) + 1])


def _kept(at: Act, result: str = "kept") -> Act:
    """Before the intent its place is taken first, so that no other run of the step finds a way."""
    point = "outcome!" if at.point.startswith("last") else VOID
    return Act(at.target, point, result=result)


def _ruled(at: Act, state: State, scope: Scope) -> Act:
    stops = stops_read(state, scope)
    read = Record(at.row.choices, at.row.decided, at.end.status, at.end.note, stops)
    may = acted(read, at.target, state.clock, scope.acting) if scope.product.checks else at.end.status == "verified"
    if not may:
        return _kept(at)
    after = _next(at, scope)._replace(row=Act(0).row, end=Act(0).end)
    return after._replace(wrong=after.wrong or promises.why_unlawful(at.row.choices, at.target, state.clock, scope))


def _intended(state: State, which: int, at: Act, scope: Scope) -> State:
    there = state.intents[at.target]
    passes = not there or (there == "void" and not scope.product.void) or not scope.product.looks_first
    if not passes:
        return _moved(state, which, Act(at.target, "outcome!", result="sent"))
    begun = put(state.begun, at.target, state.begun[at.target] + (not there))
    after = state._replace(intents=put(state.intents, at.target, "intent"), begun=begun)
    return _moved(after, which, _next(at, scope))


def _called(state: State, which: int, at: Act, scope: Scope) -> Iterator[Transition]:
    """The call reaches SageMaker, is lost on its way, or is refused."""
    wrong = promises.why_wrong(at)
    sent = put(state.sent, at.target, state.sent[at.target] + 1)
    after = state._replace(sent=sent, wrong=wrong or state.wrong)
    then = _next(at, scope)
    here = state.world[at.target]
    if here in ("gone", "removed"):
        yield ("call", at.target, "finds nothing"), _moved(after, which, _kept_at(then, "already-gone"))
        return
    gone = after._replace(world=put(state.world, at.target, "gone"))
    yield ("call", at.target, "deletes it"), _moved(gone, which, _kept_at(then, "sent"))
    yield ("call", at.target, "is lost on its way"), _moved(after, which, _kept_at(then, "sent"))
    yield ("call", at.target, "is refused"), _moved(after, which, _kept_at(then, "kept"))


def _kept_at(at: Act, result: str) -> Act:
    return Act(at.target, at.point, result=result)


def _voided(state: State, which: int, at: Act) -> State:
    if state.intents[at.target] == "intent":
        return _moved(state, which, None)  # another run has come further: only looking tells what it did
    after = state._replace(intents=put(state.intents, at.target, "void"))
    return _moved(after, which, Act(at.target, "outcome!", result=at.result))


def _finished(state: State, which: int, at: Act) -> State:
    return _moved(_outcome(state, at.target, at.result), which, None)


def _outcome(state: State, target: int, result: str) -> State:
    """The first final outcome stands."""
    if state.outcomes[target] in FINAL:
        return state
    return state._replace(outcomes=put(state.outcomes, target, result))


def _moved(state: State, which: int, at: Act | None) -> State:
    """Runs are told apart by nothing but how far they have come."""
    others = state.acts[:which] + state.acts[which + 1 :]
    return state._replace(acts=others if at is None else tuple(sorted((*others, at))))


def look(state: State, scope: Scope) -> Iterator[Transition]:
    """`confirm_it_is_gone` and the summary's settling: an intent that is not there is made void, else one looks."""
    at = state.look
    if at is None:
        return
    said: Label = (at.kind, at.target, at.point)
    match at.point:
        case "outcome?":
            over = state.outcomes[at.target] in FINAL
            yield said, state._replace(look=None if over else at._replace(point=VOID))
        case "void!" if state.intents[at.target] == "intent":
            settles = at.kind == "summary"
            after = at._replace(point="outcome!", result="unknown") if settles else at._replace(point="look")
            yield said, state._replace(look=after)
        case "void!":
            intents = put(state.intents, at.target, "void")
            yield said, state._replace(intents=intents, look=at._replace(point="outcome!", result="kept"))
        case "look":
            yield said, _confirmed(state, at, scope)
        case _:
            yield said, _outcome(state, at.target, at.result)._replace(look=None)


def _confirmed(state: State, at: Look, scope: Scope) -> State:
    here = state.world[at.target]
    if here in ("gone", "removed"):
        return state._replace(look=at._replace(point="outcome!", result="done"))
    runs = any(one.target == at.target and one.point in _AFTER_INTENT for one in state.acts)
    if runs and scope.product.over:
        return state._replace(look=None)  # the state machine gives a step up only when it is over
    return state._replace(look=at._replace(point="outcome!", result="kept"))
