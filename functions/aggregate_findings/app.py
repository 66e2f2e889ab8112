"""Aggregate findings."""

from typing import Any

from endpoint_sweep.aws.step_log import log_step
from endpoint_sweep.aws.wiring import hub
from endpoint_sweep.domain.errors import DocumentTampered, PlanDiffers
from endpoint_sweep.domain.kinds import Alarm
from endpoint_sweep.steps.aggregate_findings import aggregate_findings
from endpoint_sweep.steps.contracts import AggregateFindingsEvent
from endpoint_sweep.steps.money import Sources


def handler(event: AggregateFindingsEvent, _context: object) -> dict[str, Any]:
    at = hub()
    try:
        done = aggregate_findings(
            event,
            settings=at.scan_settings,
            types=at.types,
            store=at.store,
            records=at.records,
            seals=at.seals,
            money=Sources(at.price_list, at.optimizer, at.bills),
        )
    except (DocumentTampered, PlanDiffers):
        log_step("aggregate_findings", event, {"alarm": Alarm.PLAN_TAMPERED})
        raise
    log_step("aggregate_findings", event, done)
    return done
