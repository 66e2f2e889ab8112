"""Scan cell: judge every endpoint of one account in one region. One result document a cell."""

from datetime import datetime
from typing import Any

from endpoint_sweep.model import Cell, Verdict
from endpoint_sweep.ports import Members, Store
from endpoint_sweep.scanning import scan
from endpoint_sweep.sweep_folder import SweepFolder


def scan_cell(event: dict[str, Any], *, members: Members, store: Store) -> dict[str, Any]:
    """`event`: `{"sweep_id", "now", "cell": {"account", "region"}}`; returns counts.

    Raises RoleDenied, RegionOff, RegionDenied, CellDenied or CellFailed; the state machine writes those down.
    """
    cell = Cell(event["cell"]["account"], event["cell"]["region"])
    folder = SweepFolder(store, event["sweep_id"])
    policy = folder.input().policy
    result = scan(members.reader(cell, event["sweep_id"]), cell, policy, datetime.fromisoformat(event["now"]))
    folder.put_cell(result)
    idle = sum(finding.verdict is Verdict.IDLE for finding in result.findings)
    return {"status": result.status.value, "endpoints": result.endpoints, "idle": idle}
