"""Request approval: one record, and one secret and one email per approver."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from endpoint_sweep import reports
from endpoint_sweep.domain.documents import from_data, to_data
from endpoint_sweep.domain.errors import AlreadyRecorded, ApprovalNotSent, DocumentTampered, MailRefused
from endpoint_sweep.domain.kinds import Measure
from endpoint_sweep.domain.model import Pointer
from endpoint_sweep.domain.sweep_events import approval_requested
from endpoint_sweep.ports import Clock, Events, Mailer, Metrics, Seals, Store
from endpoint_sweep.rules.approval_rules import can_be_decided
from endpoint_sweep.rules.approvals import Approval, Link, approval_id, hash_secret, mint_secret, reminder_times
from endpoint_sweep.rules.decision_rules import Rules
from endpoint_sweep.rules.offers import may_be_offered
from endpoint_sweep.rules.pricing import total_monthly
from endpoint_sweep.settings.environment import DecideSettings
from endpoint_sweep.settings.sweep_input import SCHEDULE
from endpoint_sweep.steps.contracts import RequestApprovalEvent
from endpoint_sweep.storage.records import Records, Versions
from endpoint_sweep.storage.sweep_folder import SweepFolder

NOTHING_SEEN = Versions().seen


def request_approval(  # noqa: PLR0913 - one argument per port
    event: RequestApprovalEvent,
    *,
    settings: DecideSettings,
    base_url: str,
    store: Store,
    records: Records,
    seals: Seals,
    mailer: Mailer,
    metrics: Metrics,
    events: Events,
    now: Clock,
) -> dict[str, Any]:
    """`event`: `{"sweep_id", "execution", "plan": pointer}`. Raises ApprovalNotSent if too few could be emailed, and
    DocumentTampered if the plan was not made from this sweep's findings.

    The record with the hash of every secret is written before the first email, so every link that arrives works. A
    retry adds new secrets to the same record, so a sweep never has a second approval (FI-25).
    """
    pointer = from_data(Pointer, event["plan"])
    folder = SweepFolder(store, event["sweep_id"])
    plan = folder.proven_plan(seals, pointer)
    if plan.why_not:
        # The state machine does not get here in that case, so someone else called this function.
        raise DocumentTampered(f"this plan must not be sent for approval: {plan.why_not}")
    asked = folder.input(plan.pins)
    if not all(may_be_offered(one, asked.policy.offered_below) for one in plan.items):
        raise DocumentTampered("this plan offers resources that the input of its sweep excludes")
    requester = "" if asked.requested_by == SCHEDULE else asked.requested_by
    ends = settings.link_ttl(asked.expires_hours)
    approval, version = _open(event, pointer, requester, ends, records, now)
    refused = mail_links(
        approval, version, settings.rules.approvers, folder, settings.rules, base_url, records, mailer, now=now
    )
    reached = replace(approval, unreachable=(*approval.unreachable, *refused))
    if not can_be_decided(reached, plan, settings.rules):
        why = next(iter(refused.values()), "there are not enough approvers")
        raise ApprovalNotSent(f"too few approvers could be emailed to approve anything: {why}")
    mailed, monthly = len(settings.rules.approvers) - len(refused), total_monthly(plan.items)[0]
    metrics.publish({Measure.APPROVALS_OPENED: 1})
    events.emit(approval_requested(approval.sweep_id, len(plan.items), monthly, mailed, approval.expires_at))
    return {
        "id": approval.id,
        "status": "waiting",
        "mailed": mailed,
        "refused": len(refused),
        "expires_at": to_data(approval.expires_at),
        "seen": NOTHING_SEEN,
        "slice_seconds": next_slice(approval, settings, now),
    }


def _open(
    event: RequestApprovalEvent, pointer: Pointer, requester: str, ends: timedelta, records: Records, now: Clock
) -> tuple[Approval, int]:
    """The record of this sweep and its version; writes it if there is none yet."""
    name, at = approval_id(event["sweep_id"]), now()
    approval = Approval(name, event["sweep_id"], event["execution"], pointer, at + ends, at, requester=requester)
    try:
        records.save_request(approval, 0)
    except AlreadyRecorded:
        found = records.approval(name)
        if found is None or found.approval.plan != pointer:
            raise
        return found.approval, found.versions.asked
    return approval, 1


def mail_links(  # noqa: PLR0913 - one argument per port
    approval: Approval,
    version: int,
    approvers: Collection[str],
    folder: SweepFolder,
    rules: Rules,
    base_url: str,
    records: Records,
    mailer: Mailer,
    *,
    now: Clock,
    left: timedelta | None = None,
) -> dict[str, str]:
    """Writes the record with a fresh secret for each of these approvers, then emails them. Returns refusals by address.

    `base_url`: of the review page. `left`: the time left, if this is a reminder.
    Raises AlreadyRecorded if the record changed since it was read. Then nothing was emailed.
    """
    minted, at = {mint_secret(): approver for approver in approvers}, now()
    links = tuple(Link(hash_secret(secret), approver, at) for secret, approver in minted.items())
    records.save_request(replace(approval, links=(*approval.links, *links)), version)
    plan = folder.plan(approval.plan)
    view = reports.approval_view(approval, plan, folder.coverage(plan.pins), folder.accounts(plan.pins), rules.caps)
    subject = reports.approval_subject(view) if left is None else reports.reminder_subject(view, left)
    refused = {}
    for secret, approver in minted.items():
        link = f"{base_url}/a/{approval.id}?k={secret}"
        text, html = reports.approval_mail(view, link, left)
        try:
            mailer.send(approver, subject, text, html, approval=approval.id)
        except MailRefused as error:
            refused[approver] = str(error)
    return refused


def next_slice(approval: Approval, settings: DecideSettings, now: Clock, *until: datetime) -> int:
    """Seconds until the next look at the record: a slice, or less if a reminder, the end or `until` comes first. At
    least one.
    """
    times = until or (*reminder_times(approval), approval.expires_at)
    ahead = [one - now() for one in times if one > now()]
    left = min(ahead, default=timedelta())
    return max(1, min(int(settings.wait_slice.total_seconds()), int(left.total_seconds()) + 1))
