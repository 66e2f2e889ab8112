"""The promises, told without the product's functions: what must be true of each call and of each moment."""

from collections.abc import Iterable

from tests.model.state import Act, Scope, State
from tests.model.words import EXPIRY, WINDOW, Chosen

_UNTIL_LAST_LOOK = ("look", "traffic", "bundle", "intent!", "last look")


def watched(at: Act, state: State, scope: Scope) -> Act:
    """The run with what is true at its next point: a call that comes after this point is wrong where it says so.

    The point that reads the stops or the switch for the last time is the last that counts for each; the last look is
    the last that counts for the endpoint.
    """
    if at.point in ("call", "outcome!", "void!") or at.result:
        return at
    stopped, switched = bool(state.stops), state.switch and at.point != "last stops"
    wrong = at.wrong
    if at.point in _UNTIL_LAST_LOOK and not wrong:
        wrong = _why_other(state.world[at.target], at.point)
    return at._replace(stopped=stopped, switched=at.switched or switched, wrong=wrong)


def _why_other(world: str, point: str) -> str:
    if world in ("changed", "re-created"):
        return "I1: the endpoint was not as it was approved at its last look"
    if world == "called" and point == "look":
        return "I1: the endpoint had been called before its traffic was read"
    return ""


def why_unlawful(choices: Iterable[Chosen], target: int, now: int, scope: Scope) -> str:
    """Why these decisions do not allow the endpoint at this time, or empty."""
    choices = tuple(choices)
    if not all(one.is_honest for one in choices):
        return "I1: a decision counted that no one made"
    if any(not one.selected & 1 << target for one in choices):
        return "I1: someone whose decision counted did not select the endpoint"
    if any(one.at >= EXPIRY for one in choices):
        return "I1: a decision counted that came too late"
    if len({one.who for one in choices}) < scope.minimum:
        return "I4: too few people decided"
    last = max(one.at for one in choices)
    at_once = len({one.who for one in choices}) > 1 and all(one.at_once for one in choices)
    if not at_once and now < last + scope.grace:
        return "I11: the grace period was not over"
    return "I1: the decision was too old" if now > last + WINDOW else ""


def why_wrong(at: Act) -> str:
    """What a call that is sent now breaks, or empty."""
    if at.wrong:
        return at.wrong
    if at.stopped:
        return "I11: someone had stopped the sweep before the call's last look"
    return "I11: the kill switch was on before the call's last look" if at.switched else ""


def why_broken(state: State) -> str:
    """The promise that does not hold in this state, or empty."""
    if state.wrong:
        return state.wrong
    for target in (0, 1):
        if why := _endpoint(state, target):
            return why
    if not state.tampered:
        if len({one.who for one in state.written}) < len(state.written):
            return "I4: someone chose twice"
        if set(state.written) - set(state.row.choices):
            return "I4: a recorded choice was lost"
    return ""


def _endpoint(state: State, target: int) -> str:
    if state.sent[target] > state.begun[target]:
        return "I5: a call without an intent of its own"
    gone = state.world[target] == "gone"
    if gone and not state.sent[target]:
        return "I5: it is gone without a call"
    if gone and state.outcomes[target] == "kept" and not state.tampered:
        return "I5: it is gone and said to be kept"
    return ""
