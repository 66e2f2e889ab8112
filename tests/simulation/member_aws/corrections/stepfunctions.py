"""An execution that was stopped stays stopped, and its history ends there; it knows when it began.

moto's worker goes on evaluating the state it was in, with some of its parts left out: it writes events in which one
field holds another one's value, and calls the execution failed.
"""

from datetime import UTC, datetime
from typing import Any

from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.evaluation_details import ExecutionDetails
from moto.stepfunctions.parser.asl.eval.event.event_manager import EventHistoryContext, EventManager

from tests.simulation.member_aws.corrections.correction import Correction

_set_stop, _set_error, _add_event = Environment.set_stop, Environment.set_error, EventManager.add_event
_begin = ExecutionDetails.__init__


def set_stop(env: Environment, stop_date: datetime, cause: str | None, error: str | None) -> None:
    with env._state_mutex:
        if env.is_running() and not env.is_frame():
            env.event_manager.is_closed = True
        _set_stop(env, stop_date=stop_date, cause=cause, error=error)


def set_error(env: Environment, error: Any) -> None:
    """A stop that came first stands."""
    with env._state_mutex:
        if not getattr(env.event_manager, "is_closed", False):
            _set_error(env, error=error)


def add_event(manager: EventManager, context: EventHistoryContext, event_type: str, *given: Any, **named: Any) -> int:
    """What comes after the stop is what was aborted: the execution, and the states and items that it was in."""
    if getattr(manager, "is_closed", False) and not event_type.endswith("Aborted"):
        return int(context.last_published_event_id)
    return int(_add_event(manager, context, event_type, *given, **named))


def begin(details: ExecutionDetails, *given: Any, start_time: datetime | str, **named: Any) -> None:
    """moto's context object holds a date, of which no state's input can be made."""
    if isinstance(start_time, datetime):
        start_time = start_time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    _begin(details, *given, start_time=start_time, **named)


CORRECTIONS = (
    Correction("start-time", ExecutionDetails, "__init__", begin, "$$.Execution.StartTime is text"),
    Correction("stop", Environment, "set_stop", set_stop, "a stopped execution is ABORTED"),
    Correction("stop-error", Environment, "set_error", set_error, "a stopped execution is ABORTED"),
    Correction("stop-events", EventManager, "add_event", add_event, "nothing follows a stop"),
)
