"""Remind approvers: reachable approvers who have not decided get another email with a personal link.

An approver whose link has used up its codes gets a new one immediately, because someone else may have the old link.
"""

from dataclasses import replace
from typing import Any

from endpoint_sweep.domain.errors import AlreadyRecorded
from endpoint_sweep.ports import Clock, Mailer, Store
from endpoint_sweep.rules.approvals import Approval, ApprovalStatus, reminders_due, undecided
from endpoint_sweep.settings.environment import DecideSettings
from endpoint_sweep.steps.contracts import ApprovalEvent
from endpoint_sweep.steps.request_approval import mail_links, next_slice
from endpoint_sweep.storage.records import Records
from endpoint_sweep.storage.sweep_folder import SweepFolder


def remind_approvers(
    event: ApprovalEvent,
    *,
    settings: DecideSettings,
    base_url: str,
    store: Store,
    records: Records,
    mailer: Mailer,
    now: Clock,
) -> dict[str, Any]:
    """`event`: `{"sweep_id", "approval_id"}`. Returns the approval's state, `waiting`.

    The count is written before the emails, so that a second run does not email twice. A decision in the meantime wins:
    the next look finds the decision, or that a reminder is still due.
    """
    found = records.approval(event["approval_id"])
    seen = found.versions.seen if found else ""
    waiting = {"id": event["approval_id"], "status": "waiting", "reason": "", "seen": seen, "mailed": 0}
    waiting["slice_seconds"] = 1
    if found is None or found.approval.status is not ApprovalStatus.PENDING:
        return waiting
    approval, versions = found
    due = reminders_due(approval, now())
    is_due = due > approval.reminders
    awaited = undecided(approval, settings.rules.approvers)
    asked = awaited if is_due else used_up(approval, awaited, records)
    if not asked and not is_due:
        return waiting
    folder = SweepFolder(store, approval.sweep_id)
    reminded, left = replace(approval, reminders=due), approval.expires_at - now()
    try:
        refused = mail_links(
            reminded, versions.asked, asked, folder, settings.rules, base_url, records, mailer, now=now, left=left
        )
    except AlreadyRecorded:
        return waiting
    return waiting | {"mailed": len(asked) - len(refused), "slice_seconds": next_slice(approval, settings, now)}


def used_up(approval: Approval, awaited: tuple[str, ...], records: Records) -> tuple[str, ...]:
    """The approvers whose newest link has used up its codes."""
    newest = {approver: link for approver in awaited if (link := approval.newest_link(approver))}
    return tuple(who for who, link in newest.items() if records.tries(approval.sweep_id, link.id).used_up)
