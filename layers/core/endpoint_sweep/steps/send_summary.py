"""Send summary: reconcile, report, ledger, mail, release the lock. Also after a failure: then it says so."""

from datetime import datetime
from typing import Any

from endpoint_sweep import reports
from endpoint_sweep.approvals import Approval, ApprovalStatus, approval_id
from endpoint_sweep.config import Settings
from endpoint_sweep.documents import to_json
from endpoint_sweep.errors import DocumentNotFound, MailRefused, RecordUnreadable
from endpoint_sweep.model import EndpointId, Mode, Outcome, OutcomeStatus
from endpoint_sweep.planning import Coverage, join, why_not_offered
from endpoint_sweep.ports import Clock, Mailer, Store
from endpoint_sweep.records import Records
from endpoint_sweep.ruling import ALARMS, agreed
from endpoint_sweep.savings import deleted, realized
from endpoint_sweep.sweep_folder import SweepFolder


def send_summary(
    event: dict[str, Any], *, settings: Settings, store: Store, records: Records, mailer: Mailer, now: Clock
) -> dict[str, Any]:
    """`event`: `{"sweep_id", "execution"}`. Returns the totals and `ending`: complete, gaps, failed or not-mailed."""
    sweep_id = event["sweep_id"]
    folder = SweepFolder(store, sweep_id)
    report = _gather(sweep_id, folder, records, settings, now)
    text, html = reports.summary_mail(report)
    folder.put_report("report.html", html.encode(), "text/html; charset=utf-8")
    folder.put_report("report.csv", reports.findings_csv(report).encode("utf-8-sig"), "text/csv; charset=utf-8")
    folder.put_report("report.json", to_json(reports.report_data(report, now())), "application/json")
    mailed = 0
    for recipient in settings.recipients:
        try:
            mailer.send(recipient, reports.summary_subject(report), text, html)
            mailed += 1
        except MailRefused:
            continue
    ending = "not-mailed" if settings.recipients and not mailed else report.ending
    totals = report.totals | {"ending": ending, "mailed": mailed, "monthly_saving_usd": str(report.saving[0])}
    kept = {"at": now(), "monthly_promised_usd": report.promised, "deleted": deleted(report.findings, report.outcomes)}
    records.write_summary(sweep_id, totals | kept)
    records.release_lock(event["execution"])
    return totals


def _gather(sweep_id: str, folder: SweepFolder, records: Records, settings: Settings, now: Clock) -> reports.Report:
    """The whole sweep from what was written down, so that it can be told also where a state failed."""
    failure = folder.failure()
    try:
        asked, accounts = folder.input(), folder.accounts()
        coverage = _coverage(folder)
    except DocumentNotFound:
        return reports.Report(sweep_id, Mode.REPORT, Coverage(()), {}, failure=failure)
    approval, kept_reason = _asked(sweep_id, asked.mode, coverage, folder, records)
    outcomes = records.outcomes(sweep_id)
    # A note says that the decision was not effective: then nothing of it was approved, whatever it selects.
    if approval and approval.status is ApprovalStatus.VERIFIED and approval.decisions and not approval.note:
        for target in agreed(approval.decisions):
            known = outcomes.get(target)
            if known is None or known.status is OutcomeStatus.DELETING:
                outcomes[target] = _resolved(sweep_id, target, records, now())
    earlier = [row for row in records.ledger() if row["sweep_id"] != sweep_id]
    return reports.Report(
        sweep_id, asked.mode, coverage, accounts, None, approval, outcomes, failure,
        restorable=folder.restore_keys(), kept_reason=kept_reason,
        alarm=ALARMS.get(kept_reason.removeprefix("kept: "), ""), deny_accounts=settings.deny_accounts,
        realized=realized(earlier, coverage, outcomes.keys()),
    )  # fmt: skip


def _coverage(folder: SweepFolder) -> Coverage:
    """As it was aggregated; where the sweep stopped before that, from whatever the cells left."""
    try:
        return folder.judged()
    except DocumentNotFound:
        return join(folder.expected(), folder.cells())


def _asked(
    sweep_id: str, mode: Mode, coverage: Coverage, folder: SweepFolder, records: Records
) -> tuple[Approval | None, str]:
    """The approval, if there is one, and why an idle endpoint that nobody chose to delete was kept."""
    try:
        found = records.approval(approval_id(sweep_id))
    except RecordUnreadable as error:
        return None, f"kept: {error}"
    if found:
        return found[0], _kept_reason(found[0])
    if mode is Mode.REPORT:
        return None, "kept: this sweep only reports"
    try:
        return None, f"kept: {why_not_offered(folder.plan(), coverage) or 'nobody was asked'}"
    except (DocumentNotFound, ValueError, TypeError):
        return None, "kept: there is no plan"


def _resolved(sweep_id: str, target: EndpointId, records: Records, at: datetime) -> Outcome:
    """What is written down of an approved endpoint whose end nobody found out (I8).

    Unknown where a deletion may have been sent; else it is kept, and no step that is still running can send one.
    """
    kept = records.void_intent(sweep_id, target, at) and not records.components(sweep_id, target)
    status = OutcomeStatus.FAILED if kept else OutcomeStatus.UNKNOWN
    reason = "kept: it was not acted on" if kept else "a deletion may have been sent; look at the endpoint"
    return records.write_outcome(sweep_id, Outcome(target.account, target.region, target.endpoint, status, reason, at))


def _kept_reason(approval: Approval) -> str:
    if approval.note:
        return approval.note if approval.note.startswith("kept by") else f"kept: {approval.note}"
    if approval.status is not ApprovalStatus.VERIFIED:
        return "kept: the sweep ended before a decision could be acted on"
    return f"kept by {', '.join(one.approver for one in approval.decisions)}"
