"""Start sweep: the schedule's target."""

from typing import Any

from endpoint_sweep.aws.step_log import log_step
from endpoint_sweep.aws.wiring import hub
from endpoint_sweep.steps.start_sweep import start_sweep


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    done = start_sweep(event, executions=hub().executions, now=hub().now)
    log_step("start_sweep", event, done)
    return done
