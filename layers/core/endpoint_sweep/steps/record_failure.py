"""Record failure: record what stopped the sweep for the report, and close its approval."""

import json
from typing import Any

from endpoint_sweep.ports import Clock, Store
from endpoint_sweep.rules.approvals import Stop, StopKind
from endpoint_sweep.steps.contracts import CaughtError, RecordFailureEvent
from endpoint_sweep.storage.records import Records
from endpoint_sweep.storage.sweep_folder import SweepFolder

_MAX_REASON = 500


def record_failure(event: RecordFailureEvent, *, store: Store, records: Records, now: Clock) -> dict[str, Any]:
    """`event`: `{"sweep_id", "error": {"Error", "Cause"}}`. Whatever is not yet deleted is kept."""
    name, reason = _explain(event["error"])
    SweepFolder(store, event["sweep_id"]).put_failure({"error": name, "reason": reason[:_MAX_REASON]})
    closed = records.close_approval(event["sweep_id"], Stop(StopKind.CLOSED, now()))
    return {"error": name, "approval_closed": closed}


def _explain(error: CaughtError) -> tuple[str, str]:
    name, cause = str(error.get("Error", "")), str(error.get("Cause") or "")
    try:
        told = json.loads(cause)
    except ValueError:
        return name, cause
    if not isinstance(told, dict):
        return name, cause
    return str(told.get("errorType") or name), str(told.get("errorMessage") or "")
