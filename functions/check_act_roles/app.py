"""Check act roles."""

from typing import Any

from endpoint_sweep.aws.step_log import log_step
from endpoint_sweep.aws.wiring import hub
from endpoint_sweep.steps.check_act_roles import check_act_roles
from endpoint_sweep.steps.contracts import CheckActRolesEvent


def handler(event: CheckActRolesEvent, _context: object) -> dict[str, Any]:
    at = hub()
    done = check_act_roles(event, roles=at.act_members, store=at.store)
    log_step("check_act_roles", event, done)
    return done
