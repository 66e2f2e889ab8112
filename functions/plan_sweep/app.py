"""Plan sweep."""

from typing import Any

from endpoint_sweep.aws.step_log import log_step
from endpoint_sweep.aws.wiring import hub
from endpoint_sweep.steps.contracts import PlanSweepEvent
from endpoint_sweep.steps.plan_sweep import plan_sweep


def handler(event: PlanSweepEvent, _context: object) -> dict[str, Any]:
    at = hub()
    done = plan_sweep(
        event,
        scan=at.scan_settings,
        decide=at.decide_settings,
        act=at.act_settings,
        people=at.people_settings,
        stack=at.stack_scope,
        home_region=at.home_region,
        organization=at.organization,
        regions=at.regions,
        store=at.store,
        records=at.records,
        executions=at.executions,
        switch=at.switch,
        seals=at.seals,
        events=at.events,
        now=at.now,
    )
    log_step("plan_sweep", event, done)
    return done
