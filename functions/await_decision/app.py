"""Await decision."""

from typing import Any

from endpoint_sweep.aws.step_log import log_step
from endpoint_sweep.aws.wiring import hub
from endpoint_sweep.steps.await_decision import await_decision
from endpoint_sweep.steps.contracts import AwaitDecisionEvent


def handler(event: AwaitDecisionEvent, _context: object) -> dict[str, Any]:
    at = hub()
    done = await_decision(event, records=at.records, executions=at.executions, seals=at.seals)
    log_step("await_decision", done)
    return done
