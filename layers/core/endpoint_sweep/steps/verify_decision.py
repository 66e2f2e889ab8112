"""Verify decision: reads the record anew and trusts nothing else, least of all what woke it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from endpoint_sweep.approvals import Approval, ApprovalStatus, Decision, reminders_due
from endpoint_sweep.config import LAST_MINUTES, Settings
from endpoint_sweep.errors import AlreadyRecorded, DocumentNotFound, DocumentTampered, RecordUnreadable, Unavailable
from endpoint_sweep.kill_switch import is_on
from endpoint_sweep.model import Plan
from endpoint_sweep.planning import plan_digest
from endpoint_sweep.ports import Clock, KillSwitch, Seals, Store
from endpoint_sweep.records import Records
from endpoint_sweep.ruling import ALARMS, NOT_OFFERED, Ruling, authentic, is_stale, rule
from endpoint_sweep.snoozes import asked_for
from endpoint_sweep.steps.request_approval import next_slice
from endpoint_sweep.sweep_folder import SweepFolder

# While KMS does not answer. Below a slice, so that a short failure costs little time.
_SHORT = timedelta(minutes=1)


def verify_decision(  # noqa: PLR0911 - one return a state of the record
    event: dict[str, Any],
    *,
    settings: Settings,
    store: Store,
    records: Records,
    seals: Seals,
    switch: KillSwitch,
    now: Clock,
) -> dict[str, Any]:
    """`event`: `{"sweep_id", "approval_id"}`. Returns the approval's state, `status` waiting, remind, approved or kept.

    `alarm` is there where somebody wrote what no honest hand writes.
    """
    try:
        found = records.approval(event["approval_id"])
    except RecordUnreadable:
        return _kept(event["approval_id"], "the record of the approval cannot be read") | {"alarm": "DecisionForged"}
    if found is None:
        return _kept(event["approval_id"], "there is no record of this approval")
    approval, version = found
    if approval.status in (ApprovalStatus.PENDING, ApprovalStatus.DECIDED) and is_on(switch):
        records.close_approval(approval.id, ApprovalStatus.CLOSED, note="the kill switch is on")
        records.forget_waiting(approval.id)
        return _kept(approval.id, "the kill switch is on")
    if approval.status is ApprovalStatus.PENDING and now() < approval.expires_at:
        status = "remind" if reminders_due(approval, now()) > approval.reminders else "waiting"
        return _waiting(approval, next_slice(approval, settings, now), status)
    if approval.status in (ApprovalStatus.SUPERSEDED, ApprovalStatus.CLOSED):
        return _kept(approval.id, approval.note or f"the approval is {approval.status.value}")
    try:
        return _settle(approval, version, settings, store, records, seals, now)
    except AlreadyRecorded:
        # The record changed between reading and writing: the next look, in a second, sees it whole.
        return _waiting(approval, 1)
    except Unavailable as error:
        return _not_certain(approval, version, str(error), settings, records, now)


def _settle(
    approval: Approval, version: int, settings: Settings, store: Store, records: Records, seals: Seals, now: Clock
) -> dict[str, Any]:
    """Nobody decides any more: what the record allows, written into it, and the snoozes of those who decided."""

    def is_authentic(decision: Decision) -> bool:
        return seals.is_authentic(decision.digest, decision.mac)

    folder = SweepFolder(store, approval.sweep_id)
    plan = _plan(folder, approval)
    if plan is None:
        ruling = Ruling(why=NOT_OFFERED)
    else:
        window = settings.delete_window
        ruling = rule(approval, plan, plan_digest(plan), settings.rules, is_authentic, now(), window)
    if plan and not ruling.alarm:
        for decision in authentic(approval, is_authentic):
            for one in asked_for(decision, plan.items, approval.sweep_id):
                records.snooze(one)
    # A record that is not decided deletes nothing, whatever stands in it.
    expired = approval.status in (ApprovalStatus.PENDING, ApprovalStatus.EXPIRED)
    why = ruling.why or ("nobody answered in time" if expired else "")
    status = ApprovalStatus.EXPIRED if expired else ApprovalStatus.VERIFIED
    judged = replace(approval, status=status, note=why)
    if judged != approval:
        records.save_approval(judged, version)
    records.forget_waiting(approval.id)
    if why:
        return _kept(approval.id, why)
    pointer = folder.put_approved(ruling.selected)
    return {
        "id": approval.id,
        "status": "approved",
        "reason": f"{len(ruling.selected)} of {approval.plan.count} endpoints approved",
        "slice_seconds": 1,
        "approved": {"bucket": pointer.bucket, "key": pointer.key, "count": pointer.count},
    }


def _plan(folder: SweepFolder, approval: Approval) -> Plan | None:
    """The pinned version, or None where it is not what was offered."""
    try:
        return folder.plan(approval.plan)
    except (DocumentTampered, DocumentNotFound):
        return None


def _not_certain(
    approval: Approval, version: int, why: str, settings: Settings, records: Records, now: Clock
) -> dict[str, Any]:
    """Looks again soon, until the decision is too old to act on or the approval is over; then everything is kept."""
    decided = approval.expires_at
    if approval.status in (ApprovalStatus.DECIDED, ApprovalStatus.VERIFIED):
        decided = max((one.at for one in approval.decisions), default=decided)
    over = now() >= approval.expires_at + LAST_MINUTES or is_stale(decided, now(), settings.delete_window)
    if not over:
        return _waiting(approval, int(min(settings.wait_slice, _SHORT).total_seconds()))
    reason = f"it could not be made certain who decided: {why}"
    try:
        records.save_approval(replace(approval, status=ApprovalStatus.CLOSED, note=reason), version)
    except AlreadyRecorded:
        return _waiting(approval, 1)
    records.forget_waiting(approval.id)
    return _kept(approval.id, reason)


def _waiting(approval: Approval, seconds: int, status: str = "waiting") -> dict[str, Any]:
    return {"id": approval.id, "status": status, "reason": "", "slice_seconds": seconds}


def _kept(approval_id: str, reason: str) -> dict[str, Any]:
    said = {"alarm": ALARMS[reason]} if reason in ALARMS else {}
    return {"id": approval_id, "status": "kept", "reason": reason, "slice_seconds": 1, **said}
