"""Record bounce: the sweep does not wait for an approver whose email bounced. SNS calls it, not the state machine."""

import json
import re
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from endpoint_sweep.domain.errors import DocumentNotFound, DocumentTampered, RecordUnreadable, Unavailable
from endpoint_sweep.ports import Clock, Executions, Seals, Store
from endpoint_sweep.rules.approval_rules import can_be_decided
from endpoint_sweep.rules.approvals import Approval, ApprovalStatus, Stop, StopKind
from endpoint_sweep.rules.decision_rules import Rules
from endpoint_sweep.storage.records import Records
from endpoint_sweep.storage.retrying import retry_if_changed
from endpoint_sweep.storage.sweep_folder import SweepFolder

TOO_FEW = "too few approvers can be reached by email to approve anything"
_ID = re.compile(r"[0-9a-f]{32}")


def record_bounce(
    event: dict[str, Any],
    *,
    rules: Rules,
    store: Store,
    records: Records,
    executions: Executions,
    seals: Seals,
    now: Clock,
) -> dict[str, Any]:
    """`event`: SES events from SNS. Returns how many addresses were lost and how many approvals were closed.

    A temporary bounce, or an email that belongs to no open approval, changes nothing (FI-24).
    """
    lost = closed = 0
    for record in event["Records"]:
        approval_id, addresses = _read(str(record["Sns"]["Message"]))
        if approval_id and addresses:
            mark = partial(_mark, approval_id, addresses, rules, store, records, now)
            done = retry_if_changed(mark)
            lost += len(done.unreachable) if done else 0
            if done and done.status is ApprovalStatus.CLOSED:
                closed += 1
                _wake(approval_id, records, executions, seals)
    return {"lost": lost, "closed_approvals": closed}


def _read(message: str) -> tuple[str, set[str]]:
    """The approval that the email belongs to, and the unreachable addresses in lower case."""
    try:
        told = json.loads(message)
        [approval_id] = told["mail"]["tags"]["approval"]
        match told.get("eventType"):
            case "Bounce" if told["bounce"]["bounceType"] == "Permanent":
                rows = told["bounce"]["bouncedRecipients"]
            case "Complaint":
                rows = told["complaint"]["complainedRecipients"]
            case _:
                rows = []
        addresses = {str(one["emailAddress"]).lower() for one in rows}
    except (ValueError, KeyError, TypeError, AttributeError):
        return "", set()
    return (approval_id, addresses) if isinstance(approval_id, str) and _ID.fullmatch(approval_id) else ("", set())


def _mark(
    approval_id: str, addresses: set[str], rules: Rules, store: Store, records: Records, now: Clock
) -> Approval | None:
    """The updated approval, or None if there was nothing to write. Raises AlreadyRecorded if it changed meanwhile."""
    try:
        found = records.approval(approval_id)
    except RecordUnreadable:
        return None
    if found is None or found.approval.status is not ApprovalStatus.PENDING:
        return None
    approval, versions = found
    bounced = [one for one in rules.approvers if one.lower() in addresses]
    if not bounced:
        return None
    # Lambda calls the function again if it failed after this was written: then the rest is still to do.
    if new := [one for one in bounced if one not in approval.unreachable]:
        marked = replace(approval, unreachable=(*approval.unreachable, *new))
        records.save_end(marked, versions.ended)
    else:
        marked = approval
    with suppress(DocumentNotFound, DocumentTampered):
        plan = SweepFolder(store, approval.sweep_id).plan(approval.plan)
        if not can_be_decided(marked, plan, rules):
            records.stop(approval.sweep_id, Stop(StopKind.CLOSED, now(), TOO_FEW))
            return replace(marked, status=ApprovalStatus.CLOSED, note=TOO_FEW)
    return marked


def _wake(approval_id: str, records: Records, executions: Executions, seals: Seals) -> None:
    """Best effort: the next slice looks anyway."""
    with suppress(Unavailable):
        if sealed := records.waiting(approval_id):
            executions.wake(seals.unseal(sealed, approval_id))
