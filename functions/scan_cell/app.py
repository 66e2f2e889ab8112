"""Scan cell."""

from typing import Any

from endpoint_sweep.aws.step_log import log_step
from endpoint_sweep.aws.wiring import hub
from endpoint_sweep.steps.contracts import ScanCellEvent
from endpoint_sweep.steps.scan_cell import scan_cell


def handler(event: ScanCellEvent, _context: object) -> dict[str, Any]:
    done = scan_cell(event, types=hub().types, members=hub().scan_members, store=hub().store, seals=hub().seals)
    log_step("scan_cell", event, event["cell"], done)
    return done
