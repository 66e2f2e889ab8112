"""Verify decision."""

from typing import Any

from endpoint_sweep.aws.step_log import log_step
from endpoint_sweep.aws.wiring import hub
from endpoint_sweep.steps.contracts import ApprovalEvent
from endpoint_sweep.steps.verify_decision import verify_decision


def handler(event: ApprovalEvent, _context: object) -> dict[str, Any]:
    at = hub()
    done = verify_decision(
        event, settings=at.decide_settings, store=at.store, records=at.records, switch=at.switch, now=at.now
    )
    log_step("verify_decision", event, done)
    return done
