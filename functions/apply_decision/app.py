"""Apply decision."""

from typing import Any

from endpoint_sweep.aws.step_log import log_step
from endpoint_sweep.aws.wiring import hub
from endpoint_sweep.steps.apply_decision import apply_decision
from endpoint_sweep.steps.contracts import ResourceEvent


def handler(event: ResourceEvent, _context: object) -> dict[str, Any]:
    at = hub()
    done = apply_decision(
        event,
        settings=at.act_settings,
        types=at.types,
        members=at.act_members,
        store=at.store,
        records=at.records,
        seals=at.seals,
        switch=at.switch,
        events=at.events,
        now=at.now,
    )
    log_step("apply_decision", event, event["item"], done)
    return done
