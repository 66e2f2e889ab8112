"""Record bounce: called by SNS with what the mail service reports."""

from typing import Any

from endpoint_sweep.aws.step_log import log_step
from endpoint_sweep.aws.wiring import hub
from endpoint_sweep.steps.record_bounce import record_bounce


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    at = hub()
    done = record_bounce(
        event,
        rules=at.rules,
        store=at.store,
        records=at.records,
        executions=at.executions,
        seals=at.seals,
        now=at.now,
    )
    log_step("record_bounce", done)
    return done
