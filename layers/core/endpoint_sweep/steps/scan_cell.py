"""Scan cell: judge every endpoint of one account in one region. One result document per cell."""

from typing import Any

from endpoint_sweep.domain.kinds import Alarm
from endpoint_sweep.domain.model import Cell, Verdict
from endpoint_sweep.ports import Members, Seals, Store
from endpoint_sweep.scanning.one_cell import scan
from endpoint_sweep.storage.sweep_folder import SweepFolder


def scan_cell(event: dict[str, Any], *, members: Members, store: Store, seals: Seals) -> dict[str, Any]:
    """`event`: `{"sweep_id", "cell": {"account", "region"}}`. Returns counts, and `alarm` if somebody else had written
    a result for this cell.

    Policy and clock come from the sweep's input, so every cell is judged alike, even across midnight. Raises
    RoleDenied, RegionOff, RegionDenied, CellDenied or CellFailed, which the state machine records. DocumentTampered and
    Unavailable: the input cannot be verified.
    """
    cell = Cell(event["cell"]["account"], event["cell"]["region"])
    folder = SweepFolder(store, event["sweep_id"])
    opened = folder.opened(seals)
    result = scan(members.reader(cell, event["sweep_id"]), cell, opened.input.policy, opened.input.now)
    forged = folder.put_cell(result, opened.key)
    idle = sum(finding.verdict is Verdict.IDLE for finding in result.findings)
    counts = {"status": result.status.value, "endpoints": result.endpoints, "idle": idle}
    return counts | ({"alarm": Alarm.CELL_FORGED} if forged else {})
