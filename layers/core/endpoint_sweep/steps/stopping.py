"""What stops a deletion at the last moment: the kill switch, an approver who kept everything, the end of the sweep."""

from collections.abc import Callable
from contextlib import suppress

from endpoint_sweep.domain.errors import Unavailable
from endpoint_sweep.domain.model import OutcomeStatus
from endpoint_sweep.domain.why import Cause, Why
from endpoint_sweep.ports import KillSwitch
from endpoint_sweep.rules.acting import Kept
from endpoint_sweep.rules.approvals import Decision, Stop
from endpoint_sweep.storage.kill_switch import why_stopped
from endpoint_sweep.storage.records import Records


def check_stops(sweep_id: str, switch: KillSwitch, records: Records, is_authentic: Callable[[Decision], bool]) -> None:
    """Reads everything again. Raises Kept, also if it cannot check whether someone stopped the sweep."""
    if why := why_stopped(switch):
        raise Kept(OutcomeStatus.FAILED, f"kept: {why}")
    try:
        stops = records.stops(sweep_id)
    except Exception as error:
        why = f"we could not check whether someone stopped the sweep: {type(error).__name__}"
        raise Kept(OutcomeStatus.FAILED, f"kept: {why}") from error
    if stops:
        stopped = _why(stops, is_authentic)
        raise Kept(OutcomeStatus.FAILED, f"kept: {stopped.sentence}", stopped.alarm)


def _why(stops: tuple[Stop, ...], is_authentic: Callable[[Decision], bool]) -> Why:
    """Names who kept everything only where that can be proven."""
    keeps = [stop.decision for stop in stops if stop.decision]
    with suppress(Unavailable):
        known = [one.approver for one in keeps if is_authentic(one)]
        if known:
            return Why(Cause.KEPT, f"{known[0]} decided to keep everything not yet sent for deletion")
    if keeps:
        return Why(Cause.UNNAMED)
    return Why(Cause.STOPPED, next((stop.note for stop in stops if stop.note), ""))
