"""Confirm it is gone: checks, never repeats. An action counts only once it shows, a deletion once nothing is there."""

from datetime import timedelta
from typing import Any

from endpoint_sweep.domain.errors import CellFailed, CellUnreachable
from endpoint_sweep.domain.model import Finding, Outcome, OutcomeStatus, ResourceId
from endpoint_sweep.domain.sweep_events import endpoint_settled
from endpoint_sweep.ports import Clock, Events, Members, Store
from endpoint_sweep.resources.resource_type import ResourceTypes
from endpoint_sweep.rules.acting import MAX_LOOKS
from endpoint_sweep.rules.planning import by_id
from endpoint_sweep.steps.contracts import ResourceEvent
from endpoint_sweep.storage.records import Records
from endpoint_sweep.storage.sweep_folder import SweepFolder

LOOKING = "confirming"  # instead of an approver, in the member account's CloudTrail


def confirm_it_is_gone(
    event: ResourceEvent,
    *,
    gone_check: timedelta,
    types: ResourceTypes,
    members: Members,
    store: Store,
    records: Records,
    events: Events,
    now: Clock,
) -> dict[str, Any]:
    """`event`: `{"sweep_id", "approval_id", "item", "attempt"}`; returns `{"status", "attempt", "wait_seconds"}`.

    Also runs after a crash of the step before. Without an intent nothing was sent, so the endpoint was kept.
    """
    sweep_id, attempt = event["sweep_id"], int(event["attempt"]) + 1
    target = ResourceId(**event["item"])
    known = records.outcome(sweep_id, target)
    if known and known.status is not OutcomeStatus.SENT:
        return _answer(known.status, attempt, gone_check)
    if records.void_intent(sweep_id, target, now()):
        # The void intent blocks the stopped step, in case it is still running somewhere.
        gone = records.components_gone(sweep_id, target)
        status, reason = OutcomeStatus.FAILED, f"kept: the delete step stopped before it deleted anything{gone}"
    else:
        finding = _approved(event, target, store, records)
        status, reason = _look(finding, attempt, types, members, sweep_id)
    if status is not OutcomeStatus.SENT:
        written = records.write_outcome(sweep_id, Outcome.of(target, status, reason, now()), signed=True)
        events.emit(endpoint_settled(sweep_id, target, written.status))
    return _answer(status, attempt, gone_check)


def _approved(event: ResourceEvent, target: ResourceId, store: Store, records: Records) -> Finding:
    """The approved finding."""
    found = records.approval(event["approval_id"])
    if found is None:
        raise CellFailed("no record exists for this approval")
    return by_id(SweepFolder(store, event["sweep_id"]).plan(found.approval.plan).items)[target]


def _look(
    finding: Finding, attempt: int, types: ResourceTypes, members: Members, sweep_id: str
) -> tuple[OutcomeStatus, str]:
    """Uses a session that can only look and names no approver, because this step does not check who decided."""
    try:
        status, reason = types[finding.type].look(members.actor(finding.id, sweep_id, LOOKING, ()), finding)
    except CellUnreachable as error:
        if attempt < MAX_LOOKS:
            return OutcomeStatus.SENT, str(error)
        return OutcomeStatus.UNKNOWN, f"we could not check what happened to it: {error}"
    if status is OutcomeStatus.SENT and attempt >= MAX_LOOKS:
        return OutcomeStatus.UNKNOWN, f"{reason} after {MAX_LOOKS} checks"
    return status, reason


def _answer(status: OutcomeStatus, attempt: int, gone_check: timedelta) -> dict[str, Any]:
    return {"status": status.value, "attempt": attempt, "wait_seconds": int(gone_check.total_seconds())}
