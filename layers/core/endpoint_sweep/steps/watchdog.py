"""Watchdog: what no state can catch. An execution that failed, timed out or was aborted leaves nothing open."""

from typing import Any

from endpoint_sweep import reports
from endpoint_sweep.approvals import ApprovalStatus, approval_id
from endpoint_sweep.config import Settings
from endpoint_sweep.documents import to_json
from endpoint_sweep.errors import MailRefused
from endpoint_sweep.ports import Mailer, Store
from endpoint_sweep.records import Records
from endpoint_sweep.sweep_folder import SweepFolder


def watchdog(
    event: dict[str, Any], *, settings: Settings, store: Store, records: Records, mailer: Mailer
) -> dict[str, Any]:
    """`event`: EventBridge's "Step Functions Execution Status Change". Mails unless the summary already did."""
    detail = event["detail"]
    sweep_id, status = str(detail["name"]), str(detail["status"])
    closed = records.close_approval(approval_id(sweep_id), ApprovalStatus.CLOSED)
    records.forget_waiting(approval_id(sweep_id))
    released = records.release_lock(str(detail["executionArn"]))
    summary = records.summary_of(sweep_id)
    if summary is not None and summary["mailed"]:
        return {"sweep": sweep_id, "closed": closed, "released": released, "mailed": 0}
    folder = SweepFolder(store, sweep_id)
    body = {"sweep_id": sweep_id, "status": status, "approval_closed": closed, "lock_released": released}
    folder.put_report("report.failed.json", to_json(body), "application/json")
    text, html = reports.watchdog_mail(sweep_id, status, len(records.intents(sweep_id)))
    mailed = 0
    for recipient in settings.recipients:
        try:
            mailer.send(recipient, reports.watchdog_subject(sweep_id), text, html)
            mailed += 1
        except MailRefused:
            continue
    return {"sweep": sweep_id, "closed": closed, "released": released, "mailed": mailed}
