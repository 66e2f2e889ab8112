"""Record unreachable cell: a cell that failed becomes a row with its reason, never a crash."""

import json
from typing import Any

from endpoint_sweep.domain import errors
from endpoint_sweep.domain.kinds import Alarm
from endpoint_sweep.domain.model import CellResult, CoverageStatus
from endpoint_sweep.ports import Seals, Store
from endpoint_sweep.storage.sweep_folder import SweepFolder

_STATUS = {
    errors.RoleDenied.__name__: CoverageStatus.DENIED,
    errors.CellDenied.__name__: CoverageStatus.DENIED,
    errors.RegionDenied.__name__: CoverageStatus.DENIED,
    errors.RegionOff.__name__: CoverageStatus.REGION_OFF,
}
_MAX_REASON = 300


def record_unreachable_cell(event: dict[str, Any], *, store: Store, seals: Seals) -> dict[str, Any]:
    """`event`: `{"sweep_id", "cell", "error": {"Error", "Cause"}}`, as Step Functions catches it.

    Raises DocumentTampered or Unavailable if the sweep's input cannot be verified. Then the cell has no result.
    """
    cell, error = event["cell"], event["error"]
    name, message = _explain(error)
    status = _STATUS.get(name, CoverageStatus.FAILED)
    result = CellResult(cell["account"], cell["region"], status, message[:_MAX_REASON])
    folder = SweepFolder(store, event["sweep_id"])
    forged = folder.put_cell(result, folder.opened(seals).key)
    return {"status": status.value} | ({"alarm": Alarm.CELL_FORGED} if forged else {})


def _explain(error: dict[str, Any]) -> tuple[str, str]:
    """Name and sentence. A function's error has a JSON cause; a timeout or a refused call has plain text."""
    name, cause = str(error.get("Error", "")), error.get("Cause") or ""
    try:
        told = json.loads(cause)
    except ValueError:
        told = None
    if isinstance(told, dict):
        message = str(told.get("errorMessage") or told.get("errorType") or name)
        return str(told.get("errorType") or name), message if name in _STATUS else f"{name}: {message}"
    return name, f"{name}: {cause}" if cause else name
