"""An execution that was stopped stays stopped, and its history ends there.

moto's worker goes on evaluating the state it was in, with some of its parts left out: it writes events in which one
field holds another one's value, and calls the execution failed.
"""

from datetime import datetime
from typing import Any

from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.event.event_manager import EventHistoryContext, EventManager

from tests.simulation.corrections.correction import Correction

_set_stop, _set_error, _add_event = Environment.set_stop, Environment.set_error, EventManager.add_event


def set_stop(env: Environment, stop_date: datetime, cause: str | None, error: str | None) -> None:
    with env._state_mutex:
        if env.is_running() and not env.is_frame():
            env.event_manager.is_closed = True
        _set_stop(env, stop_date=stop_date, cause=cause, error=error)


def set_error(env: Environment, error: Any) -> None:
    """Whoever stopped it was first."""
    with env._state_mutex:
        if not getattr(env.event_manager, "is_closed", False):
            _set_error(env, error=error)


def add_event(manager: EventManager, context: EventHistoryContext, event_type: str, *given: Any, **named: Any) -> int:
    """What comes after the stop is what was aborted: the execution, and the states and items that it was in."""
    if getattr(manager, "is_closed", False) and not event_type.endswith("Aborted"):
        return int(context.last_published_event_id)
    return int(_add_event(manager, context, event_type, *given, **named))


CORRECTIONS = (
    Correction("stop", Environment, "set_stop", set_stop, "a stopped execution is ABORTED"),
    Correction("stop-error", Environment, "set_error", set_error, "a stopped execution is ABORTED"),
    Correction("stop-events", EventManager, "add_event", add_event, "nothing follows a stop"),
)
