"""Verify decision: reads the record again and trusts nothing else, least of all what woke it."""

from dataclasses import replace
from typing import Any

from endpoint_sweep.domain.errors import (
    AlreadyRecorded,
    DocumentNotFound,
    DocumentTampered,
    RecordForged,
    RecordUnreadable,
    Unavailable,
)
from endpoint_sweep.domain.kinds import Alarm
from endpoint_sweep.domain.model import Plan
from endpoint_sweep.domain.why import Cause, Why
from endpoint_sweep.ports import Clock, KillSwitch, Store
from endpoint_sweep.rules.approval_rules import Ruling, authentic, what_may_be_deleted
from endpoint_sweep.rules.approvals import Approval, ApprovalStatus, Identity, Stop, StopKind, reminders_due, undecided
from endpoint_sweep.rules.decision_rules import grace_ends, is_stale
from endpoint_sweep.rules.planning import plan_digest
from endpoint_sweep.rules.snoozes import asked_for
from endpoint_sweep.settings.environment import LAST_MINUTES, SHORT_SLICE, DecideSettings
from endpoint_sweep.steps.contracts import ApprovalEvent
from endpoint_sweep.steps.remind_approvers import used_up
from endpoint_sweep.steps.request_approval import next_slice
from endpoint_sweep.storage.kill_switch import is_on
from endpoint_sweep.storage.records import Records, Versions
from endpoint_sweep.storage.sweep_folder import SweepFolder

# While KMS is unavailable. Shorter than a slice, so a brief outage costs little time.
_SWITCHED_ON = "the kill switch is on"
_OPEN = (ApprovalStatus.PENDING, ApprovalStatus.DECIDED)


def verify_decision(
    event: ApprovalEvent,
    *,
    settings: DecideSettings,
    store: Store,
    records: Records,
    switch: KillSwitch,
    now: Clock,
) -> dict[str, Any]:
    """`event`: `{"sweep_id", "approval_id"}`. Returns the approval's state, `status` waiting, remind, approved or kept.

    `alarm` is set if someone tampered with the record.
    """
    try:
        found = records.approval(event["approval_id"])
        if found is None:
            return _kept(event["approval_id"], "no record exists for this approval")
        return _judge(*found, settings, store, records, switch, now)
    except RecordForged as error:
        return _kept(event["approval_id"], str(error), Alarm.RECORD_FORGED)
    except RecordUnreadable:
        reason = "the approval record cannot be read"
        return _kept(event["approval_id"], reason, Alarm.DECISION_FORGED)
    except Unavailable as error:
        return _not_certain(event["approval_id"], str(error), settings, records, now)


def _judge(
    approval: Approval,
    versions: Versions,
    settings: DecideSettings,
    store: Store,
    records: Records,
    switch: KillSwitch,
    now: Clock,
) -> dict[str, Any]:
    """Waits for more decisions or the end of the grace period; otherwise says what the record allows."""
    if approval.status in _OPEN and not approval.stops and is_on(switch):
        records.stop(approval.sweep_id, Stop(StopKind.KILL_SWITCH, now(), _SWITCHED_ON))
        records.forget_waiting(approval.id)
        return _kept(approval.id, _SWITCHED_ON)
    if approval.status is ApprovalStatus.PENDING and now() < approval.expires_at:
        due = reminders_due(approval, now()) > approval.reminders
        due = due or bool(used_up(approval, undecided(approval, settings.rules.approvers), records))
        return _waiting(approval, versions, next_slice(approval, settings, now), "remind" if due else "waiting")
    is_decided = approval.status is ApprovalStatus.DECIDED and not approval.stops and approval.decisions
    # The decisions are not verified yet, so a forged time must not delay the sweep.
    latest = approval.expires_at + settings.rules.grace
    if is_decided and now() < (ends := min(latest, grace_ends(approval.decisions, settings.rules))):
        return _waiting(approval, versions, next_slice(approval, settings, now, ends))
    if approval.status in (ApprovalStatus.SUPERSEDED, ApprovalStatus.CLOSED):
        return _kept(approval.id, approval.note or f"the approval is {approval.status.value}")
    try:
        return _settle(approval, versions, settings, store, records, now)
    except AlreadyRecorded:
        # The record changed between read and write; the next check, one second later, will see the whole change.
        return _waiting(approval, versions, 1)


def _settle(
    approval: Approval,
    versions: Versions,
    settings: DecideSettings,
    store: Store,
    records: Records,
    now: Clock,
) -> dict[str, Any]:
    """The decision period is over: records what the record allows, and the snoozes of those who decided."""

    folder = SweepFolder(store, approval.sweep_id)
    plan = _plan(folder, approval)
    if plan is None:
        ruling = Ruling(why=Why(Cause.NOT_OFFERED))
    elif (sha256 := plan_digest(plan)) != approval.plan.sha256:
        # Its bytes are the recorded ones, so this is no tampering: another version wrote it with other fields.
        ruling = Ruling(why=Why(Cause.OTHER_VERSION))
    else:
        rules = settings.rules
        ruling = what_may_be_deleted(approval, plan, sha256, rules, records.is_authentic, now(), rules.window)
    if plan and not ruling.alarm:
        # A keep without a code snoozes nothing, because someone else may have the link.
        proven = [one for one in authentic(approval, records.is_authentic) if one.identity is not Identity.LINK]
        for decision in authentic(approval, records.is_authentic) if not settings.rules.code_required else proven:
            for one in asked_for(decision, plan.items, approval.sweep_id):
                records.snooze(one)
    # An undecided record deletes nothing, whatever it says.
    expired = approval.status in (ApprovalStatus.PENDING, ApprovalStatus.EXPIRED)
    why = ruling.why or (Why(Cause.NO_ANSWER) if expired else None)
    status = ApprovalStatus.EXPIRED if expired else ApprovalStatus.VERIFIED
    note, cause = (why.sentence, why.cause) if why else ("", None)
    if (status, note) != (approval.status, approval.note):
        records.save_end(replace(approval, status=status, note=note, cause=cause), versions.ended)
    records.forget_waiting(approval.id)
    if why:
        return _kept(approval.id, why.sentence, why.alarm)
    pointer = folder.put_approved(ruling.selected)
    return {
        "id": approval.id,
        "status": "approved",
        "reason": f"{len(ruling.selected)} of {approval.plan.count} approved",
        "slice_seconds": 1,
        "approved": {"bucket": pointer.bucket, "key": pointer.key, "count": pointer.count},
    }


def _plan(folder: SweepFolder, approval: Approval) -> Plan | None:
    """The pinned version, or None if it is not what was offered."""
    try:
        return folder.plan(approval.plan)
    except (DocumentTampered, DocumentNotFound):
        return None


def _not_certain(approval_id: str, why: str, settings: DecideSettings, records: Records, now: Clock) -> dict[str, Any]:
    """Retries shortly, until the decision is too old or the approval is over. Then everything is kept."""
    reason = f"we could not verify who decided: {why}"
    found = records.unproven(approval_id)
    if found is None:
        return _kept(approval_id, reason)
    approval, versions, _ = found
    over = now() >= approval.expires_at + LAST_MINUTES
    if approval.status in (ApprovalStatus.DECIDED, ApprovalStatus.VERIFIED):
        decided = max((one.at for one in approval.decisions), default=approval.expires_at)
        over = over or is_stale(decided, now(), settings.rules.window)
    elif approval.status is not ApprovalStatus.PENDING:
        over = True
    if not over:
        # A decision wakes the sweep, so until then there is no hurry: an execution has room for few looks (D10.3).
        pending = max(approval.expires_at + LAST_MINUTES - now(), SHORT_SLICE)
        ahead = pending if approval.status is ApprovalStatus.PENDING else SHORT_SLICE
        return _waiting(approval, versions, int(min(settings.wait_slice, ahead).total_seconds()))
    records.stop(approval.sweep_id, Stop(StopKind.CLOSED, now(), reason))
    records.forget_waiting(approval.id)
    return _kept(approval.id, reason)


def _waiting(approval: Approval, versions: Versions, seconds: int, status: str = "waiting") -> dict[str, Any]:
    return {"id": approval.id, "status": status, "reason": "", "seen": versions.seen, "slice_seconds": seconds}


def _kept(approval_id: str, reason: str, alarm: str = "") -> dict[str, Any]:
    said = {"alarm": alarm} if alarm else {}
    return {"id": approval_id, "status": "kept", "reason": reason, "slice_seconds": 1, **said}
