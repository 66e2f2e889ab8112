"""Record unreachable cell: a cell that failed becomes a row with its reason, never a crash."""

import json
from typing import Any

from endpoint_sweep.domain.errors import UNREACHABLE, CellFailed
from endpoint_sweep.domain.kinds import Alarm
from endpoint_sweep.domain.model import CellResult, GapCause
from endpoint_sweep.ports import Seals, Store
from endpoint_sweep.steps.contracts import CaughtError, RecordUnreachableCellEvent
from endpoint_sweep.storage.sweep_folder import SweepFolder

# Step Functions' own name, and Lambda's for a function that ran out of time.
_TIMED_OUT = ("States.Timeout", "Sandbox.Timedout")
# Lambda says it so where it names no error.
_OUT_OF_TIME = "Task timed out"
_MAX_REASON = 300


def record_unreachable_cell(event: RecordUnreachableCellEvent, *, store: Store, seals: Seals) -> dict[str, Any]:
    """`event`: `{"sweep_id", "cell", "error": {"Error", "Cause"}}`, as Step Functions catches it.

    Raises DocumentTampered or Unavailable if the sweep's input cannot be verified. Then the cell has no result.
    """
    cell, error = event["cell"], event["error"]
    name, message = _explain(error)
    known = UNREACHABLE.get(name, CellFailed)
    cause = GapCause.TIMED_OUT if name in _TIMED_OUT or _OUT_OF_TIME in message else known.cause
    result = CellResult(cell["account"], cell["region"], known.status, message[:_MAX_REASON], cause=cause)
    folder = SweepFolder(store, event["sweep_id"])
    forged = folder.put_cell(result, folder.opened(seals).key)
    return {"status": result.status.value} | ({"alarm": Alarm.CELL_FORGED} if forged else {})


def _explain(error: CaughtError) -> tuple[str, str]:
    """Name and sentence. The cause of a function's error is JSON; of a timeout or a refused call it is text."""
    name, cause = str(error.get("Error", "")), error.get("Cause") or ""
    try:
        told = json.loads(cause)
    except ValueError:
        told = None
    if isinstance(told, dict):
        message = str(told.get("errorMessage") or told.get("errorType") or name)
        return str(told.get("errorType") or name), message if name in UNREACHABLE else f"{name}: {message}"
    return name, f"{name}: {cause}" if cause else name
