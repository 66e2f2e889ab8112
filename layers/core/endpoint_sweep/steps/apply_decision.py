"""Apply decision: one approved endpoint. Check everything again, write the restore bundle and the intent, delete once.

The order is the promise. Anything that differs from what was approved, or cannot be read, keeps the endpoint.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from endpoint_sweep.domain.errors import (
    AlreadyRecorded,
    CellUnreachable,
    ComponentNotFound,
    DocumentNotFound,
    DocumentNotWritten,
    DocumentTampered,
    EndpointNotFound,
    RecordForged,
    RecordUnreadable,
    ReplyLost,
    RoleDenied,
    Unavailable,
)
from endpoint_sweep.domain.kinds import Alarm
from endpoint_sweep.domain.model import Component, Finding, Kind, Outcome, OutcomeStatus, Plan, ResourceId
from endpoint_sweep.domain.why import Cause, Why
from endpoint_sweep.ports import CellActor, Clock, KillSwitch, Members, Seals, Store
from endpoint_sweep.resources.endpoint import recheck, traffic_series
from endpoint_sweep.resources.endpoint.protection import protection
from endpoint_sweep.resources.endpoint.recheck import MAX_LOOKS, Checkpoint, Kept, check_fingerprint
from endpoint_sweep.rules.approval_rules import what_may_be_deleted
from endpoint_sweep.rules.approvals import ApprovalStatus
from endpoint_sweep.rules.planning import by_id, over_caps, plan_digest
from endpoint_sweep.settings.environment import Settings
from endpoint_sweep.steps.contracts import ResourceEvent
from endpoint_sweep.steps.stopping import check_stops
from endpoint_sweep.storage.act_rows import NOT_SENT
from endpoint_sweep.storage.records import Records
from endpoint_sweep.storage.sweep_folder import Pins, SweepFolder

_UNPROVEN = (RecordUnreadable, DocumentTampered, DocumentNotFound, Unavailable)
_ENDINGS = (Kept, EndpointNotFound, ComponentNotFound, DocumentNotWritten, CellUnreachable, *_UNPROVEN)
# CloudWatch keeps 1-minute points for 15 days and 5-minute points for 63 (D1.23), which is enough to see any call.
_RECHECK_PERIOD = timedelta(minutes=5)
CLEARING = "clearing"


def _pass_by(_point: Checkpoint) -> None:
    """Outside of tests, nothing happens at a point."""


@dataclass(frozen=True, slots=True)
class _Path:
    """Everything that one walk over the points needs."""

    event: ResourceEvent
    target: ResourceId
    settings: Settings
    members: Members
    folder: SweepFolder
    records: Records
    seals: Seals
    switch: KillSwitch
    now: Clock
    at: Callable[[Checkpoint], None]

    @property
    def sweep_id(self) -> str:
        return self.folder.sweep_id


def apply_decision(  # noqa: PLR0913 - what a deletion rests on
    event: ResourceEvent,
    *,
    settings: Settings,
    members: Members,
    store: Store,
    records: Records,
    seals: Seals,
    switch: KillSwitch,
    now: Clock,
    at: Callable[[Checkpoint], None] = _pass_by,
) -> dict[str, Any]:
    """`event`: `{"sweep_id", "approval_id", "item": {"account", "region", "name", "type"}, "attempt"}`.

    Returns `{"status", "attempt", "wait_seconds"}`. `deleting` means: check whether it is gone. `clearing` means: its
    inference components are being deleted, so run again. `at` is called just before each point; only tests use it.
    """
    sweep_id, attempt = event["sweep_id"], int(event.get("attempt", 0)) + 1
    target = ResourceId(**event["item"])
    if known := records.outcome(sweep_id, target):
        return _answer(known.status.value, 0, settings)
    if records.has_intent(sweep_id, target):
        # A second run of this step checks what the first one did, and never repeats the call.
        return _answer(OutcomeStatus.SENT.value, 0, settings)
    folder = SweepFolder(store, sweep_id)
    path = _Path(event, target, settings, members, folder, records, seals, switch, now, at)
    alarm = ""
    try:
        outcome = _walk(path, attempt)
    except _ENDINGS as error:
        if not records.void_intent(sweep_id, target, now()):
            # Another run of this step got further, so the next step checks what it did.
            return _answer(OutcomeStatus.SENT.value, 0, settings)
        outcome, alarm = _ending(path, error), _alarm(error)
    if outcome is None:
        return _answer(CLEARING, attempt, settings)
    if outcome.status is not OutcomeStatus.SENT:
        outcome = replace(outcome, reason=outcome.reason + records.components_gone(sweep_id, target))
    at(Checkpoint.OUTCOME)
    written = records.write_outcome(sweep_id, outcome, signed=True)
    return _answer(written.status.value, 0, settings) | ({"alarm": alarm} if alarm else {})


def _walk(path: _Path, attempt: int) -> Outcome | None:
    """Walks all points for one endpoint. None while its inference components are being deleted. Raises Kept."""
    path.at(Checkpoint.KILL_SWITCH)
    _check_stops(path)
    path.at(Checkpoint.DECISION)
    finding, approvers, plan = _approved(path)
    if path.target.account in path.settings.deny_accounts:
        raise Kept(OutcomeStatus.FAILED, "kept: its account is on the deny list")
    path.at(Checkpoint.ROLE)
    actor = path.members.actor(path.target, path.sweep_id, approvers, (finding.arn,))
    path.at(Checkpoint.FINGERPRINT)
    check_fingerprint(actor.describe(finding.name), finding)
    hosted = actor.components(finding.name) if finding.kind is Kind.INFERENCE_COMPONENTS else ()
    sent = path.records.components(path.sweep_id, path.target)
    clearing = recheck.clearing(finding.components, hosted, sent)
    path.at(Checkpoint.TAGS)
    _check_tags(path, actor, finding, hosted, plan.pins)
    path.at(Checkpoint.TRAFFIC)
    _check_traffic(path, actor, finding)
    if not sent:
        if over := over_caps(plan, path.folder.acted_on() | {path.target}, path.settings.caps):
            # Somebody may have restored an earlier decision. Each one is within the caps, but their sum may not be.
            raise Kept(OutcomeStatus.FAILED, f"kept: {'; '.join(over)}")
        path.at(Checkpoint.BUNDLE)
        bundle = actor.restore_bundle(finding.name, finding.arn)
        told = {"sweep_id": path.sweep_id, "approver": approvers}
        path.folder.put_restore(path.target, bundle | told, path.seals)
    if clearing.done:
        path.records.settle_components(path.sweep_id, path.target, path.now())
        return _delete(path, actor, finding, approvers)
    if attempt > MAX_LOOKS:
        raise Kept(OutcomeStatus.FAILED, f"kept: its inference components are still there after {MAX_LOOKS} checks")
    _delete_components(path, finding, clearing.next[: recheck.COMPONENTS_AT_ONCE], approvers)
    return None


def _delete(path: _Path, actor: CellActor, finding: Finding, approvers: str) -> Outcome:
    """Writes the intent, checks one last time and makes one call."""
    path.at(Checkpoint.INTENT)
    try:
        path.records.write_intent(path.sweep_id, path.target, path.now(), approvers)
    except AlreadyRecorded:
        return _outcome(path, OutcomeStatus.SENT, "another run of this step has recorded an intent")
    try:
        path.at(Checkpoint.LAST_LOOK)
        check_fingerprint(actor.describe(finding.name), finding)
        # The check took time, and another of these steps runs in parallel.
        _check_stops(path)
        path.at(Checkpoint.DELETE)
        request_id = actor.delete(finding.name)
    except ReplyLost as error:
        return _outcome(path, OutcomeStatus.SENT, f"the reply was lost ({error})")
    except _ENDINGS as error:
        return _ending(path, error)
    return _outcome(path, OutcomeStatus.SENT, f"approved by {approvers}", request_id)


def _delete_components(path: _Path, finding: Finding, components: tuple[Component, ...], approvers: str) -> None:
    """Intent, last check and one call for each, in a session for exactly these. Raises Kept at the first refusal."""
    if not components:
        return
    path.at(Checkpoint.ROLE)
    arns = [one.arn for one in components]
    actor = path.members.actor(path.target, path.sweep_id, approvers, arns)
    for one in components:
        path.at(Checkpoint.KILL_SWITCH)
        _check_stops(path)
        path.at(Checkpoint.INTENT)
        try:
            path.records.write_component_intent(path.sweep_id, path.target, one.name, path.now(), approvers)
        except AlreadyRecorded:
            return  # Another run of this step was faster; the next pass checks.
        path.at(Checkpoint.LAST_LOOK)
        try:
            # Check the endpoint too, because the component is part of what was approved.
            check_fingerprint(actor.describe(finding.name), finding)
            if actor.component(one.name).created_at != one.created_at:
                raise Kept(OutcomeStatus.CHANGED, f"its inference component {one.name} was re-created after the scan")
            _check_stops(path)
            path.at(Checkpoint.DELETE)
            said, request_id = "sent", actor.delete_component(one.name)
        except ComponentNotFound:
            said, request_id = "already gone", ""
        except ReplyLost as error:
            said, request_id = f"the reply was lost ({error})", ""
        except Kept:
            path.records.write_component_outcome(path.sweep_id, path.target, one.name, NOT_SENT, path.now(), "")
            raise
        path.at(Checkpoint.OUTCOME)
        path.records.write_component_outcome(path.sweep_id, path.target, one.name, said, path.now(), request_id)


def _check_stops(path: _Path) -> None:
    check_stops(path.sweep_id, path.switch, path.records, path.records.is_authentic)


def _approved(path: _Path) -> tuple[Finding, str, Plan]:
    """The approved finding, its approvers and the plan, all from the record and not from the step's input."""
    found = path.records.approval(path.event["approval_id"])
    approval = found.approval if found else None
    if approval is None or approval.status is not ApprovalStatus.VERIFIED or approval.sweep_id != path.sweep_id:
        raise Kept(OutcomeStatus.FAILED, "there is no verified decision")
    plan, settings = path.folder.plan(approval.plan), path.settings
    digest, now = plan_digest(plan), path.now()
    ruling = what_may_be_deleted(
        approval, plan, digest, settings.rules, path.records.is_authentic, now, settings.delete_window
    )
    if path.target not in ruling.selected:
        why = ruling.why or Why(Cause.NOTHING_AGREED, "it is not among the approved ones")
        status = OutcomeStatus.STALE if why.cause is Cause.TOO_OLD else OutcomeStatus.FAILED
        raise Kept(status, why.sentence, why.alarm)
    return by_id(plan.items)[path.target], approval.decided_by, plan


def _check_tags(path: _Path, actor: CellActor, finding: Finding, hosted: tuple[Component, ...], pins: Pins) -> None:
    """A tag on one of its inference components also protects the endpoint."""
    policy = path.folder.input(pins).policy
    if why := protection(actor.tags_of(finding.arn), policy, path.now()):
        raise Kept(OutcomeStatus.PROTECTED, why)
    for one in hosted:
        if why := protection(actor.tags_of(one.arn), policy, path.now()):
            raise Kept(OutcomeStatus.PROTECTED, f"inference component {one.name}: {why}")


def _check_traffic(path: _Path, actor: CellActor, finding: Finding) -> None:
    """Checks that nothing was called between the end of the scan's window and now, and that CloudWatch answers.

    A kind that publishes zeros must have published some. A kind that publishes nothing while idle must at least have a
    sample of a running instance. Traffic of inference components is published under their own names only (D1.5).
    """
    kind = finding.kind or Kind.UNKNOWN
    serving = tuple(dict.fromkeys(one.variant for one in finding.instances if not one.shadow))
    keys = traffic_series.expected(finding.name, serving, kind, finding.components)
    controls = traffic_series.controls(finding.name, serving, kind)
    measured = actor.activity(keys | controls, finding.evidence.end, path.now(), _RECHECK_PERIOD)
    if any(measured[key].total > 0 for key in keys):
        raise Kept(OutcomeStatus.SPARED, "it is in use again: it was invoked after the scan")
    alive = keys if kind is Kind.REAL_TIME else controls
    seen = bool(alive) and all(one.complete for one in measured.values()) and all(measured[one].points for one in alive)
    if not seen:
        raise Kept(OutcomeStatus.FAILED, "kept: its traffic since the scan could not be read")


def _ending(path: _Path, error: Exception) -> Outcome:
    """The outcome that an error means: the endpoint is kept, or it was already gone."""
    match error:
        case Kept():
            return _outcome(path, error.status, error.reason)
        case EndpointNotFound():
            return _outcome(path, OutcomeStatus.ALREADY_GONE, "it no longer existed when the deletion started")
        case Unavailable():
            return _outcome(path, OutcomeStatus.FAILED, f"kept: we could not verify who decided: {error}")
        case RoleDenied():
            said = f"kept: the act role is missing or does not trust the hub: {error}"
            return _outcome(path, OutcomeStatus.FAILED, said)
        case DocumentNotWritten():
            return _outcome(path, OutcomeStatus.FAILED, f"kept: its restore bundle could not be written: {error}")
        case _:
            return _outcome(path, OutcomeStatus.FAILED, f"kept because of an error: {error}")


def _alarm(error: Exception) -> str:
    """The alarm metric if only tampering can cause this error."""
    match error:
        case RecordForged():
            return Alarm.RECORD_FORGED
        case DocumentTampered():
            return Alarm.PLAN_TAMPERED
        case Kept():
            return error.alarm
        case _:
            return ""


def _outcome(path: _Path, status: OutcomeStatus, reason: str, request_id: str | None = None) -> Outcome:
    return Outcome.of(path.target, status, reason, path.now(), request_id)


def _answer(status: str, attempt: int, settings: Settings) -> dict[str, Any]:
    return {"status": status, "attempt": attempt, "wait_seconds": int(settings.gone_check.total_seconds())}
