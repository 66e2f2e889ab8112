"""Record unreachable cell: a cell that failed becomes a row with its reason, never a crash."""

from typing import Any

from endpoint_sweep.domain.errors import UNREACHABLE, CellFailed
from endpoint_sweep.domain.kinds import Alarm
from endpoint_sweep.domain.model import CellResult, GapCause
from endpoint_sweep.ports import Seals, Store
from endpoint_sweep.steps.caught_errors import explain
from endpoint_sweep.steps.contracts import RecordUnreachableCellEvent
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
    cell = event["cell"]
    name, message = explain(event["error"])
    # The message of our own errors says everything. Any other error is named as well.
    reason = message if message and name in UNREACHABLE else f"{name}: {message}".removesuffix(": ")
    known = UNREACHABLE.get(name, CellFailed)
    cause = GapCause.TIMED_OUT if name in _TIMED_OUT or _OUT_OF_TIME in message else known.cause
    result = CellResult(cell["account"], cell["region"], known.status, reason[:_MAX_REASON], cause=cause)
    folder = SweepFolder(store, event["sweep_id"])
    forged = folder.put_cell(result, folder.opened(seals).key)
    return {"status": result.status.value} | ({"alarm": Alarm.CELL_FORGED} if forged else {})
