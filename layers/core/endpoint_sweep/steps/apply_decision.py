"""Apply decision: one approved endpoint. Look again at everything, write the undo and the intent, delete once.

The order is the promise. Whatever is not exactly as it was approved, or cannot be seen, keeps the endpoint.
"""

from datetime import datetime, timedelta
from typing import Any

from endpoint_sweep import metrics
from endpoint_sweep.approvals import Approval, ApprovalStatus, Decision
from endpoint_sweep.config import Settings
from endpoint_sweep.errors import (
    AlreadyRecorded,
    CellDenied,
    CellFailed,
    EndpointNotFound,
    RegionDenied,
    RegionOff,
    ReplyLost,
    RoleDenied,
    Unavailable,
)
from endpoint_sweep.guards import protection
from endpoint_sweep.idleness import JUDGED
from endpoint_sweep.model import Description, EndpointId, Finding, Kind, Outcome, OutcomeStatus
from endpoint_sweep.planning import by_id, plan_digest
from endpoint_sweep.ports import CellActor, Clock, Members, Seals, Store
from endpoint_sweep.records import Records
from endpoint_sweep.ruling import TOO_OLD, rule
from endpoint_sweep.sweep_folder import SweepFolder

_UNREACHABLE = (RoleDenied, RegionOff, RegionDenied, CellDenied, CellFailed)
# CloudWatch keeps a point a minute for 15 days; five minutes are legal for 63 (D1.23) and enough to see any call.
_RECHECK_PERIOD = timedelta(minutes=5)


class Kept(Exception):
    """This endpoint stays, and why."""

    def __init__(self, status: OutcomeStatus, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


def apply_decision(
    event: dict[str, Any],
    *,
    settings: Settings,
    members: Members,
    store: Store,
    records: Records,
    seals: Seals,
    now: Clock,
) -> dict[str, Any]:
    """`event`: `{"sweep_id", "approval_id", "item": {"account", "region", "endpoint"}}`.

    Returns `{"status", "attempt", "wait_seconds"}`. `deleting` means: look whether it is gone.
    """
    sweep_id = event["sweep_id"]
    target = EndpointId(event["item"]["account"], event["item"]["region"], event["item"]["endpoint"])
    if records.has_intent(sweep_id, target):
        # A second run of this step: what the first one did is found out by looking, never by repeating.
        return _answer(OutcomeStatus.DELETING, settings)
    try:
        outcome = _apply(event, target, settings, members, store, records, seals, now)
    except Kept as kept:
        outcome = _outcome(target, kept.status, kept.reason, now)
    except _UNREACHABLE as error:
        outcome = _outcome(target, OutcomeStatus.FAILED, f"kept, because of an error: {error}", now)
    return _answer(records.write_outcome(sweep_id, outcome).status, settings)


def _apply(
    event: dict[str, Any],
    target: EndpointId,
    settings: Settings,
    members: Members,
    store: Store,
    records: Records,
    seals: Seals,
    now: Clock,
) -> Outcome:
    folder = SweepFolder(store, event["sweep_id"])
    finding, approvers = _approved(event, target, settings, folder, records, seals, now)
    actor = members.actor(target, finding.arn, event["sweep_id"])
    _check_fingerprint(_describe(actor, target), finding)
    _check_tags(actor, finding, folder, now())
    _check_traffic(actor, finding, now())
    bundle = actor.restore_bundle(target.endpoint, finding.arn)
    folder.put_restore(target, bundle | {"sweep_id": event["sweep_id"], "approver": approvers})
    try:
        records.write_intent(event["sweep_id"], target, now(), approvers)
    except AlreadyRecorded:
        return _outcome(target, OutcomeStatus.DELETING, "a second run of this step found an intent", now)
    try:
        _check_fingerprint(_describe(actor, target), finding)
        request_id = actor.delete(target.endpoint)
    except EndpointNotFound:
        return _outcome(target, OutcomeStatus.ALREADY_GONE, "it was gone before the deletion", now)
    except ReplyLost as error:
        return _outcome(target, OutcomeStatus.DELETING, f"the reply was lost ({error})", now)
    return _outcome(target, OutcomeStatus.DELETING, f"approved by {approvers}", now, request_id)


def _approved(
    event: dict[str, Any],
    target: EndpointId,
    settings: Settings,
    folder: SweepFolder,
    records: Records,
    seals: Seals,
    now: Clock,
) -> tuple[Finding, str]:
    """The finding as it was approved and by whom, from the record and the pinned plan, not from this step's input."""
    found = records.approval(event["approval_id"])
    if found is None or found[0].status is not ApprovalStatus.VERIFIED or found[0].sweep_id != event["sweep_id"]:
        raise Kept(OutcomeStatus.FAILED, "there is no verified decision for it")
    approval: Approval = found[0]
    plan = folder.plan(approval.plan)

    def is_authentic(decision: Decision) -> bool:
        return seals.is_authentic(decision.digest, decision.mac)

    try:
        ruling = rule(approval, plan, plan_digest(plan), settings.rules, is_authentic, now(), settings.delete_window)
    except Unavailable as error:
        raise Kept(OutcomeStatus.FAILED, f"it could not be made certain who decided: {error}") from error
    if target not in ruling.selected:
        status = OutcomeStatus.STALE if ruling.why == TOO_OLD else OutcomeStatus.FAILED
        raise Kept(status, ruling.why or "it is not among the approved endpoints")
    return by_id(plan.items)[target], ", ".join(one.approver for one in approval.decisions)


def _describe(actor: CellActor, target: EndpointId) -> Description:
    try:
        return actor.describe(target.endpoint)
    except EndpointNotFound as error:
        raise Kept(OutcomeStatus.ALREADY_GONE, "it was gone before the deletion") from error


def _check_fingerprint(now: Description, approved: Finding) -> None:
    """A re-created endpoint has the same name and ARN, so creation time, configuration and variants decide (D2.7)."""
    if now.created_at != approved.created_at:
        raise Kept(OutcomeStatus.CHANGED, "it was re-created under the same name after the scan")
    if now.status not in JUDGED or now.status != approved.status:
        raise Kept(OutcomeStatus.CHANGED, f"its status is {now.status} now")
    variants = {one.variant for one in now.variants}
    if now.config != approved.config or variants != {one.variant for one in approved.instances}:
        raise Kept(OutcomeStatus.CHANGED, "its configuration was changed after the scan")
    if now.kind != approved.kind:
        raise Kept(OutcomeStatus.CHANGED, f"it is of another kind now: {now.kind}")


def _check_tags(actor: CellActor, finding: Finding, folder: SweepFolder, now: datetime) -> None:
    if why := protection(actor.tags_of(finding.arn), folder.input().policy, now):
        raise Kept(OutcomeStatus.PROTECTED, why)


def _check_traffic(actor: CellActor, finding: Finding, now: datetime) -> None:
    """From the end of the scan's window until now: nothing was called, and CloudWatch can be read at all.

    A kind that publishes zeros must have published some; one that publishes nothing when idle must at least have left
    a sample of a running instance.
    """
    if finding.kind is Kind.INFERENCE_COMPONENTS:
        raise Kept(OutcomeStatus.FAILED, "kept: its inference components have to be deleted first")
    serving = tuple(dict.fromkeys(one.variant for one in finding.instances if not one.shadow))
    keys = metrics.expected(finding.endpoint, serving, finding.kind or Kind.UNKNOWN, ())
    controls = metrics.controls(finding.endpoint, serving, finding.kind or Kind.UNKNOWN)
    measured = actor.activity(keys | controls, finding.evidence.end, now, _RECHECK_PERIOD)
    if any(measured[key].total > 0 for key in keys):
        raise Kept(OutcomeStatus.SPARED, "it came back to life: it was invoked after the scan")
    alive = keys if finding.kind is Kind.REAL_TIME else controls
    seen = bool(keys) and all(measured[key].complete for key in keys) and all(measured[key].points for key in alive)
    if not seen:
        raise Kept(OutcomeStatus.FAILED, "kept: its traffic since the scan cannot be seen")


def _outcome(
    target: EndpointId, status: OutcomeStatus, reason: str, now: Clock, request_id: str | None = None
) -> Outcome:
    return Outcome(target.account, target.region, target.endpoint, status, reason, now(), request_id)


def _answer(status: OutcomeStatus, settings: Settings) -> dict[str, Any]:
    return {"status": status.value, "attempt": 0, "wait_seconds": int(settings.gone_check.total_seconds())}
