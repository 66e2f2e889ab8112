"""Confirm it is gone."""

from typing import Any

from endpoint_sweep.aws.step_log import log_step
from endpoint_sweep.aws.wiring import hub
from endpoint_sweep.steps.confirm_it_is_gone import confirm_it_is_gone
from endpoint_sweep.steps.contracts import ResourceEvent


def handler(event: ResourceEvent, _context: object) -> dict[str, Any]:
    at = hub()
    done = confirm_it_is_gone(
        event,
        gone_check=at.gone_check,
        types=at.types,
        members=at.act_members,
        store=at.store,
        records=at.records,
        events=at.events,
        now=at.now,
    )
    log_step("confirm_it_is_gone", event, event["item"], done)
    return done
