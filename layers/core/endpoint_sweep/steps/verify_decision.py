"""Verify decision: reads the record anew and trusts nothing else, least of all what woke it."""

from dataclasses import replace
from typing import Any

from endpoint_sweep.approvals import Approval, ApprovalStatus, Choice, is_stale, why_not_effective
from endpoint_sweep.config import Settings
from endpoint_sweep.errors import AlreadyRecorded, DocumentNotFound, DocumentTampered, RecordUnreadable
from endpoint_sweep.planning import plan_digest
from endpoint_sweep.ports import Clock, Store
from endpoint_sweep.records import Records
from endpoint_sweep.steps.request_approval import next_slice
from endpoint_sweep.sweep_folder import SweepFolder


def verify_decision(
    event: dict[str, Any], *, settings: Settings, store: Store, records: Records, now: Clock
) -> dict[str, Any]:
    """`event`: `{"sweep_id", "approval_id"}`. Returns the approval's state with `status` waiting, approved or kept."""
    try:
        found = records.approval(event["approval_id"])
    except RecordUnreadable:
        return _kept(event["approval_id"], "the record of the approval cannot be read")
    if found is None:
        return _kept(event["approval_id"], "there is no record of this approval")
    approval, version = found
    try:
        if approval.status is ApprovalStatus.PENDING:
            return _still_pending(approval, version, settings, records, now)
        if approval.status not in (ApprovalStatus.DECIDED, ApprovalStatus.VERIFIED):
            return _kept(approval.id, f"the approval is {approval.status.value}")
        why = _why_kept(approval, settings, store, now)
        judged = replace(approval, status=ApprovalStatus.VERIFIED, note=why or "")
        if judged != approval:
            records.save_approval(judged, version)
    except AlreadyRecorded:
        # The record changed between reading and writing: the next look, in a second, sees it whole.
        return _waiting(approval, 1)
    records.forget_waiting(approval.id)
    return _kept(approval.id, why) if why else _approved(approval, store)


def _still_pending(
    approval: Approval, version: int, settings: Settings, records: Records, now: Clock
) -> dict[str, Any]:
    if now() < approval.expires_at:
        return _waiting(approval, next_slice(approval, settings, now))
    records.save_approval(replace(approval, status=ApprovalStatus.EXPIRED), version)
    records.forget_waiting(approval.id)
    return _kept(approval.id, "nobody answered in time")


def _why_kept(approval: Approval, settings: Settings, store: Store, now: Clock) -> str | None:
    """Why nothing may be deleted on this decision, or None."""
    try:
        plan = SweepFolder(store, approval.sweep_id).plan(approval.plan)
    except (DocumentTampered, DocumentNotFound):
        return "the plan is not the one that was offered"
    if why := why_not_effective(approval, plan_digest(plan), plan, settings.approvers):
        return why
    decision = approval.decision
    if decision is None or decision.choice is Choice.KEEP:
        return f"kept by {decision.approver if decision else 'nobody'}"
    if is_stale(decision, now(), settings.delete_window):
        return "the decision is too old to act on"
    return None


def _approved(approval: Approval, store: Store) -> dict[str, Any]:
    selected = approval.decision.selected if approval.decision else ()
    pointer = SweepFolder(store, approval.sweep_id).put_approved(selected)
    return {
        "id": approval.id,
        "status": "approved",
        "reason": f"{len(selected)} of {approval.plan.count} endpoints approved",
        "slice_seconds": 1,
        "approved": {"bucket": pointer.bucket, "key": pointer.key, "count": pointer.count},
    }


def _waiting(approval: Approval, seconds: int) -> dict[str, Any]:
    return {"id": approval.id, "status": "waiting", "reason": "", "slice_seconds": seconds}


def _kept(approval_id: str, reason: str) -> dict[str, Any]:
    return {"id": approval_id, "status": "kept", "reason": reason, "slice_seconds": 1}
