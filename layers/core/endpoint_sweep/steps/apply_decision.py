"""Apply decision: one approved resource. Check everything again, write the restore bundle and the intent, act once.

The order is the promise. Anything that differs from what was approved, or cannot be read, keeps the resource.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from endpoint_sweep.domain.errors import (
    AlreadyRecorded,
    CellUnreachable,
    ComponentNotFound,
    DocumentNotFound,
    DocumentNotWritten,
    DocumentTampered,
    RecordUnreadable,
    ReplyLost,
    ResourceNotFound,
    Unavailable,
)
from endpoint_sweep.domain.model import Component, Finding, Outcome, OutcomeStatus, Plan, ResourceId
from endpoint_sweep.domain.sweep_events import endpoint_settled
from endpoint_sweep.domain.why import Cause, Why
from endpoint_sweep.ports import Clock, Events, KillSwitch, Members, Seals, Store
from endpoint_sweep.resources.resource_type import ResourceType, ResourceTypes
from endpoint_sweep.rules.access import is_closed, why_closed
from endpoint_sweep.rules.acting import MAX_LOOKS, Checkpoint, Kept
from endpoint_sweep.rules.approval_rules import what_may_be_deleted
from endpoint_sweep.rules.approvals import ApprovalStatus
from endpoint_sweep.rules.bounds import left_since
from endpoint_sweep.rules.offers import may_be_offered
from endpoint_sweep.rules.planning import by_id, over_caps, plan_digest
from endpoint_sweep.rules.protection import lapsed, protection
from endpoint_sweep.settings.environment import ActSettings
from endpoint_sweep.steps.contracts import ResourceEvent
from endpoint_sweep.steps.endings import alarm, ending
from endpoint_sweep.steps.stopping import check_stops
from endpoint_sweep.storage.act_rows import NOT_SENT
from endpoint_sweep.storage.records import Records
from endpoint_sweep.storage.sweep_folder import Pins, SweepFolder

_UNPROVEN = (RecordUnreadable, DocumentTampered, DocumentNotFound, Unavailable)
_ENDINGS = (Kept, ResourceNotFound, ComponentNotFound, DocumentNotWritten, CellUnreachable, *_UNPROVEN)
CLEARING = "clearing"


def _pass_by(_point: Checkpoint) -> None:
    """Outside of tests, checkpoints do nothing."""


@dataclass(frozen=True, slots=True)
class _Path:
    """Everything needed for one pass through the checkpoints."""

    event: ResourceEvent
    target: ResourceId
    settings: ActSettings
    types: ResourceTypes
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

    @property
    def type(self) -> ResourceType:
        """Raises Kept."""
        if self.target.type not in self.types:
            raise Kept(OutcomeStatus.FAILED, f"kept: this version does not support the type {self.target.type}")
        return self.types[self.target.type]


def apply_decision(  # noqa: PLR0913 - everything a deletion depends on
    event: ResourceEvent,
    *,
    settings: ActSettings,
    types: ResourceTypes,
    members: Members,
    store: Store,
    records: Records,
    seals: Seals,
    switch: KillSwitch,
    events: Events,
    now: Clock,
    at: Callable[[Checkpoint], None] = _pass_by,
) -> dict[str, Any]:
    """`event`: `{"sweep_id", "approval_id", "item": {"account", "region", "name", "type"}, "attempt"}`.

    Returns `{"status", "attempt", "wait_seconds"}`. `sent` means: check what it did. `clearing` means: its parts
    are being deleted, so run again. `at` is called just before each checkpoint; only tests use it.
    """
    sweep_id, attempt = event["sweep_id"], int(event.get("attempt", 0)) + 1
    target = ResourceId(**event["item"])
    if known := records.outcome(sweep_id, target):
        return _answer(known.status.value, 0, settings)
    if records.has_intent(sweep_id, target):
        # A second run of this step checks what the first one did, and never repeats the call.
        return _answer(OutcomeStatus.SENT.value, 0, settings)
    folder = SweepFolder(store, sweep_id)
    path = _Path(event, target, settings, types, members, folder, records, seals, switch, now, at)
    metric = ""
    try:
        outcome = _walk(path, attempt)
    except _ENDINGS as error:
        if not records.void_intent(sweep_id, target, now()):
            # Another run of this step got further, so the next step checks what it did.
            return _answer(OutcomeStatus.SENT.value, 0, settings)
        outcome, metric = _outcome(path, *ending(error)), alarm(error)
    if outcome is None:
        return _answer(CLEARING, attempt, settings)
    if outcome.status is not OutcomeStatus.SENT:
        outcome = replace(outcome, reason=outcome.reason + records.components_gone(sweep_id, target))
    at(Checkpoint.OUTCOME)
    written = records.write_outcome(sweep_id, outcome, signed=True)
    if written.status is not OutcomeStatus.SENT:
        events.emit(endpoint_settled(sweep_id, target, written.status))
    return _answer(written.status.value, 0, settings) | ({"alarm": metric} if metric else {})


def _walk(path: _Path, attempt: int) -> Outcome | None:
    """Passes all checkpoints for one resource. None while its parts are being deleted. Raises Kept."""
    path.at(Checkpoint.KILL_SWITCH)
    _check_stops(path)
    path.at(Checkpoint.DECISION)
    finding, approvers, plan = _approved(path)
    if path.target.account in path.settings.deny_accounts:
        raise Kept(OutcomeStatus.FAILED, "kept: its account is on the deny list")
    if is_closed(finding):
        raise Kept(OutcomeStatus.FAILED, f"kept: {why_closed(finding)}")
    if why := left_since(path.target.cell, path.settings.scope):
        raise Kept(OutcomeStatus.FAILED, f"kept: {why}")
    type_ = path.type
    path.at(Checkpoint.ROLE)
    was_over = lapsed(finding.tags, path.now())
    actor = path.members.actor(path.target, path.sweep_id, approvers, (finding.arn,), was_over)
    path.at(Checkpoint.FINGERPRINT)
    type_.check_unchanged(actor, finding)
    sent = path.records.components(path.sweep_id, path.target)
    parts = type_.parts(actor, finding, sent)
    path.at(Checkpoint.TAGS)
    over = _check_tags(path, actor, finding, parts.there, plan.pins)
    if not sent and over:
        # An older act role refuses these sessions. Ask now, before the first part goes.
        path.members.actor(path.target, path.sweep_id, approvers, (), _all(over))
    path.at(Checkpoint.TRAFFIC)
    type_.check_not_needed(actor, finding)
    type_.check_unused(actor, finding, path.now())
    if not sent:
        if excess := over_caps(plan, path.folder.acted_on() | {path.target}, path.settings.rules.caps):
            # Someone may have replayed an earlier decision. Each one is within the caps, but their sum may not be.
            raise Kept(OutcomeStatus.FAILED, f"kept: {'; '.join(excess)}")
        path.at(Checkpoint.BUNDLE)
        bundle = type_.restore_bundle(actor, finding)
        told = {"sweep_id": path.sweep_id, "approver": approvers}
        path.folder.put_restore(path.target, bundle | told, path.seals)
    if parts.are_gone:
        path.records.settle_components(path.sweep_id, path.target, path.now())
        return _act(path, actor, finding, approvers)
    if attempt > MAX_LOOKS:
        raise Kept(OutcomeStatus.FAILED, f"kept: its components still exist after {MAX_LOOKS} checks")
    _delete_parts(path, finding, parts.next, approvers, over)
    return None


def _act(path: _Path, actor: Any, finding: Finding, approvers: str) -> Outcome:
    """Writes the intent, checks one last time and makes one call."""
    path.at(Checkpoint.INTENT)
    try:
        path.records.write_intent(path.sweep_id, path.target, path.now(), approvers)
    except AlreadyRecorded:
        return _outcome(path, OutcomeStatus.SENT, "another run of this step already started the deletion")
    try:
        path.at(Checkpoint.LAST_LOOK)
        path.type.check_unchanged(actor, finding)
        # The check took time, and another of these steps runs in parallel.
        _check_stops(path)
        path.at(Checkpoint.DELETE)
        request_id = path.type.act(actor, finding)
    except ReplyLost as error:
        return _outcome(path, OutcomeStatus.SENT, f"the reply was lost ({error})")
    except _ENDINGS as error:
        return _outcome(path, *ending(error))
    return _outcome(path, OutcomeStatus.SENT, f"approved by {approvers}", request_id)


def _delete_parts(
    path: _Path, finding: Finding, parts: tuple[Component, ...], approvers: str, over: Mapping[str, tuple[str, ...]]
) -> None:
    """Intent, last check and one call for each, in a session for exactly these. Raises Kept at the first refusal."""
    if not parts:
        return
    path.at(Checkpoint.ROLE)
    arns = [one.arn for one in parts]
    lapsed_ones = _all({arn: over[arn] for arn in arns if arn in over})
    actor = path.members.actor(path.target, path.sweep_id, approvers, arns, lapsed_ones)
    for one in parts:
        path.at(Checkpoint.KILL_SWITCH)
        _check_stops(path)
        path.at(Checkpoint.INTENT)
        try:
            path.records.write_component_intent(path.sweep_id, path.target, one.name, path.now(), approvers)
        except AlreadyRecorded:
            return  # Another run of this step was faster; the next pass checks.
        path.at(Checkpoint.LAST_LOOK)
        try:
            # Check the resource too, because the part belongs to what was approved.
            path.type.check_unchanged(actor, finding)
            path.type.check_part(actor, one)
            _check_stops(path)
            path.at(Checkpoint.DELETE)
            said, request_id = "sent", path.type.delete_part(actor, one)
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
    plan, rules = path.folder.plan(approval.plan), path.settings.rules
    digest, now = plan_digest(plan), path.now()
    if digest != approval.plan.sha256:  # Its bytes are the recorded ones: another version wrote it with other fields.
        raise Kept(OutcomeStatus.FAILED, f"kept: {Why(Cause.OTHER_VERSION).sentence}")
    ruling = what_may_be_deleted(approval, plan, digest, rules, path.records.is_authentic, now, rules.window)
    if path.target not in ruling.selected:
        why = ruling.why or Why(Cause.NOTHING_AGREED, "it was not approved")
        status = OutcomeStatus.STALE if why.cause is Cause.TOO_OLD else OutcomeStatus.FAILED
        raise Kept(status, why.sentence, why.alarm)
    finding = by_id(plan.items)[path.target]
    if not may_be_offered(finding, path.folder.input(plan.pins).policy.offered_below):
        raise Kept(OutcomeStatus.FAILED, "kept: it is not idle, and its sweep was not allowed to offer it")
    return finding, approval.decided_by, plan


def _check_tags(
    path: _Path, actor: Any, finding: Finding, parts: tuple[Component, ...], pins: Pins
) -> dict[str, tuple[str, ...]]:
    """A tag on one of its parts also protects the resource. Returns the `keep-until` of parts that is over, by ARN."""
    policy, now, over = path.folder.input(pins).policy, path.now(), {}
    tags = path.type.tags_of(actor, finding.arn)
    if why := protection(tags, policy, now):
        raise Kept(OutcomeStatus.PROTECTED, why)
    if lapsed(tags, now) != lapsed(finding.tags, now):
        # The session may only meet the value of the scan, so the call would be refused, after the parts have gone.
        raise Kept(OutcomeStatus.CHANGED, "its tag endpoint-sweep:keep-until was changed after the scan")
    for one in parts:
        tags = path.type.tags_of(actor, one.arn)
        if why := protection(tags, policy, now):
            raise Kept(OutcomeStatus.PROTECTED, f"inference component {one.name}: {why}")
        if values := lapsed(tags, now):
            over[one.arn] = values
    return over


def _all(lapsed_ones: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(value for values in lapsed_ones.values() for value in values)


def _outcome(path: _Path, status: OutcomeStatus, reason: str, request_id: str | None = None) -> Outcome:
    return Outcome.of(path.target, status, reason, path.now(), request_id)


def _answer(status: str, attempt: int, settings: ActSettings) -> dict[str, Any]:
    return {"status": status, "attempt": attempt, "wait_seconds": int(settings.gone_check.total_seconds())}
