"""Scan cell: judge every resource of one account in one region. One result document per cell."""

from typing import Any

from endpoint_sweep.domain.kinds import Alarm
from endpoint_sweep.domain.model import Cell, Verdict
from endpoint_sweep.ports import Members, Seals, Store
from endpoint_sweep.resources.resource_type import ResourceTypes
from endpoint_sweep.scanning.one_cell import scan
from endpoint_sweep.steps.contracts import ScanCellEvent
from endpoint_sweep.storage.sweep_folder import SweepFolder


def scan_cell(
    event: ScanCellEvent, *, types: ResourceTypes, members: Members, store: Store, seals: Seals
) -> dict[str, Any]:
    """`event`: `{"sweep_id", "cell": {"account", "region"}}`; returns counts, and `alarm` where someone else had
    written a result for this cell.

    Policy and clock are those of the sweep's input, so that every cell is judged alike, also over midnight. Raises
    CellUnreachable, which the state machine writes down, and DocumentTampered or Unavailable where the input cannot be
    proven.
    """
    cell = Cell(event["cell"]["account"], event["cell"]["region"])
    folder = SweepFolder(store, event["sweep_id"])
    opened = folder.opened(seals)
    readers = members.readers(cell, event["sweep_id"])
    result = scan(types, readers, cell, opened.input.policy, opened.input.now)
    forged = folder.put_cell(result, opened.key)
    idle = sum(finding.verdict is Verdict.IDLE for finding in result.findings)
    counts = {"status": result.status.value, "resources": result.resources, "idle": idle}
    return counts | ({"alarm": Alarm.CELL_FORGED} if forged else {})
