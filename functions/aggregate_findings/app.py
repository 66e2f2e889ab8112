"""Aggregate findings."""

from typing import Any

from endpoint_sweep.aws.wiring import hub
from endpoint_sweep.journal import note
from endpoint_sweep.steps.aggregate_findings import aggregate_findings


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    at = hub()
    done = aggregate_findings(
        event,
        settings=at.settings,
        store=at.store,
        price_list=at.price_list,
        optimizer=at.optimizer,
        records=at.records,
        now=at.now,
    )
    note("aggregate_findings", event, done)
    return done
