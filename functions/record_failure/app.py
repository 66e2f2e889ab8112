"""Record failure."""

from typing import Any

from endpoint_sweep.aws.step_log import log_step
from endpoint_sweep.aws.wiring import hub
from endpoint_sweep.steps.contracts import RecordFailureEvent
from endpoint_sweep.steps.record_failure import record_failure


def handler(event: RecordFailureEvent, _context: object) -> dict[str, Any]:
    done = record_failure(event, store=hub().store, records=hub().records, now=hub().now)
    log_step("record_failure", event, done)
    return done
