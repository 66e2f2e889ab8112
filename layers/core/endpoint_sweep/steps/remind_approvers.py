"""Remind approvers: those who can be reached and have not decided get another mail with a link of their own."""

from dataclasses import replace
from typing import Any

from endpoint_sweep.approvals import ApprovalStatus, reminders_due, undecided
from endpoint_sweep.config import Settings
from endpoint_sweep.errors import AlreadyRecorded
from endpoint_sweep.ports import Clock, Mailer, Store
from endpoint_sweep.records import Records
from endpoint_sweep.steps.request_approval import mail_links, next_slice
from endpoint_sweep.sweep_folder import SweepFolder


def remind_approvers(
    event: dict[str, Any], *, settings: Settings, store: Store, records: Records, mailer: Mailer, now: Clock
) -> dict[str, Any]:
    """`event`: `{"sweep_id", "approval_id"}`. Returns the approval's state, `waiting`.

    The count is written before the mails: what runs twice does not mail twice. Who decides meanwhile is not disturbed:
    the next look finds the decision, or that a reminder is still due.
    """
    found = records.approval(event["approval_id"])
    waiting = {"id": event["approval_id"], "status": "waiting", "reason": "", "slice_seconds": 1, "mailed": 0}
    if found is None or found[0].status is not ApprovalStatus.PENDING:
        return waiting
    approval, version = found
    due = reminders_due(approval, now())
    if due <= approval.reminders:
        return waiting
    folder = SweepFolder(store, approval.sweep_id)
    asked = undecided(approval, settings.approvers)
    reminded = replace(approval, reminders=due)
    try:
        refused = mail_links(reminded, version, asked, folder, settings, records, mailer, approval.expires_at - now())
    except AlreadyRecorded:
        return waiting
    return waiting | {"mailed": len(asked) - len(refused), "slice_seconds": next_slice(approval, settings, now)}
