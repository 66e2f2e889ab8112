"""Record failure: record what stopped the sweep for the report, and close its approval."""

from typing import Any

from endpoint_sweep.ports import Clock, Store
from endpoint_sweep.rules.approvals import Stop, StopKind
from endpoint_sweep.steps.caught_errors import explain
from endpoint_sweep.steps.contracts import RecordFailureEvent
from endpoint_sweep.storage.records import Records
from endpoint_sweep.storage.sweep_folder import SweepFolder

_MAX_REASON = 500


def record_failure(event: RecordFailureEvent, *, store: Store, records: Records, now: Clock) -> dict[str, Any]:
    """`event`: `{"sweep_id", "error": {"Error", "Cause"}}`. Whatever is not yet deleted is kept."""
    name, reason = explain(event["error"])
    SweepFolder(store, event["sweep_id"]).put_failure({"error": name, "reason": reason[:_MAX_REASON]})
    closed = records.close_approval(event["sweep_id"], Stop(StopKind.CLOSED, now()))
    return {"error": name, "approval_closed": closed}
