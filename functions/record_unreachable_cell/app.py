"""Record unreachable cell."""

from typing import Any

from endpoint_sweep.aws.step_log import log_step
from endpoint_sweep.aws.wiring import hub
from endpoint_sweep.steps.contracts import RecordUnreachableCellEvent
from endpoint_sweep.steps.record_unreachable_cell import record_unreachable_cell


def handler(event: RecordUnreachableCellEvent, _context: object) -> dict[str, Any]:
    done = record_unreachable_cell(event, store=hub().store, seals=hub().seals)
    log_step("record_unreachable_cell", event, event["cell"], done)
    return done
