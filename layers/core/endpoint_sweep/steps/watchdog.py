"""Watchdog: what no state can catch. Cleans up after an execution that failed, timed out or was aborted.

It asks Step Functions whether people already know, because only the state machine writes there. A forged table row
could silence the watchdog.
"""

from contextlib import suppress
from datetime import datetime
from typing import Any

from endpoint_sweep import reports
from endpoint_sweep.domain.documents import to_json
from endpoint_sweep.domain.errors import DocumentNotWritten, Unavailable
from endpoint_sweep.domain.model import Outcome, OutcomeStatus, ResourceId
from endpoint_sweep.domain.sweep_events import sweep_failed
from endpoint_sweep.ports import Clock, Events, Executions, Mailer, StackList, Store
from endpoint_sweep.rules.approvals import Stop, StopKind, approval_id
from endpoint_sweep.steps.mailing import mail_to_all
from endpoint_sweep.storage.records import Records
from endpoint_sweep.storage.sweep_folder import SweepFolder

# The error of the state that ends a sweep whose emailed summary says what went wrong.
SUMMARY_MAILED = "SweepFailed"
_STOPPED = "the sweep stopped during its deletion; please check"


def watchdog(
    event: dict[str, Any],
    *,
    recipients: StackList,
    store: Store,
    records: Records,
    executions: Executions,
    mailer: Mailer,
    events: Events,
    now: Clock,
) -> dict[str, Any]:
    """`event`: EventBridge's "Step Functions Execution Status Change". Emails people unless the summary already did."""
    detail = event["detail"]
    sweep_id, status = str(detail["name"]), str(detail["status"])
    closed = False
    with suppress(Exception):  # A failing bucket may be what stopped the sweep; people still get the email.
        closed = records.close_approval(sweep_id, Stop(StopKind.CLOSED, now()))
    records.forget_waiting(approval_id(sweep_id))
    released = records.release_lock(str(detail["executionArn"]))
    if executions.error_of(str(detail["executionArn"])) == SUMMARY_MAILED:
        return {"sweep": sweep_id, "closed": closed, "released": released, "mailed": 0}
    folder = SweepFolder(store, sweep_id)
    acted = _acted(sweep_id, records, now())
    body = {"sweep_id": sweep_id, "status": status, "approval_closed": closed, "lock_released": released}
    written = True
    try:
        folder.put_report("report.failed.json", to_json(body | {"deletions": acted}), "application/json")
    except DocumentNotWritten:
        written = False  # That may be what stopped the sweep; people still get the email (FI-52).
    text, html = reports.watchdog_mail(sweep_id, status, acted)
    mailed = mail_to_all(recipients, mailer, reports.watchdog_subject(sweep_id), text, html) or 0
    events.emit(sweep_failed(sweep_id, status))
    return {"sweep": sweep_id, "closed": closed, "released": released, "mailed": mailed, "written": written}


def _acted(sweep_id: str, records: Records, at: datetime) -> dict[str, OutcomeStatus]:
    """The outcome of each deletion that was started. If the table has none, unknown is recorded, because no one will
    find out later (I8).
    """
    acted = {}
    for name in sorted(records.intents(sweep_id)):
        try:
            unknown = Outcome.of(ResourceId.parse(name), OutcomeStatus.UNKNOWN, _STOPPED, at)
            acted[name] = records.write_outcome(sweep_id, unknown).status  # what is final stands
        except (ValueError, TypeError, KeyError, Unavailable):
            acted[name] = OutcomeStatus.UNKNOWN  # Someone else wrote that row, or its author cannot be verified.
    return acted
