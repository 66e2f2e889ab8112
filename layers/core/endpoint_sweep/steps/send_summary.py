"""Send summary: reconcile, report, ledger, email, release the lock. Also runs after a failure, and says so."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from endpoint_sweep import reports
from endpoint_sweep.domain.documents import to_json
from endpoint_sweep.domain.errors import (
    DocumentNotFound,
    DocumentTampered,
    ListUnreadable,
    RecordForged,
    RecordUnreadable,
    Unavailable,
)
from endpoint_sweep.domain.kinds import Alarm
from endpoint_sweep.domain.model import Account, Mode, Outcome, OutcomeStatus, Plan, ResourceId
from endpoint_sweep.domain.sweep_events import SweepEvent, endpoint_settled, sweep_failed, sweep_finished
from endpoint_sweep.domain.why import Cause, Why, alarm_of
from endpoint_sweep.ports import Clock, Events, Mailer, Metrics, Seals, StackList, Store
from endpoint_sweep.reports.text import mentions
from endpoint_sweep.rules.approval_rules import approved, authentic
from endpoint_sweep.rules.approvals import Approval, ApprovalStatus, approval_id
from endpoint_sweep.rules.planning import Coverage, join, why_not_offered
from endpoint_sweep.rules.savings import acted, realized
from endpoint_sweep.steps.contracts import SendSummaryEvent
from endpoint_sweep.steps.mailing import mail_to_all
from endpoint_sweep.storage.records import Records
from endpoint_sweep.storage.sweep_folder import UNPROVEN, SweepFolder


def send_summary(  # noqa: PLR0913 - one argument per port
    event: SendSummaryEvent,
    *,
    recipients: StackList,
    approvers: StackList,
    deny_accounts: StackList,
    store: Store,
    records: Records,
    seals: Seals,
    mailer: Mailer,
    metrics: Metrics,
    events: Events,
    now: Clock,
) -> dict[str, Any]:
    """`event`: `{"sweep_id", "execution", "started"}`. Returns the totals and `ending`: complete, gaps, failed or
    not-mailed; `alarm` if someone tampered with the records.
    """
    sweep_id = event["sweep_id"]
    folder = SweepFolder(store, sweep_id, every_version=True)
    settled: list[SweepEvent] = []
    try:
        found = _found(folder, seals)
    except (DocumentNotFound, DocumentTampered) as error:
        report = _without_findings(sweep_id, error, folder, records)
    else:
        asked = _asked(sweep_id, found, records, _readable(approvers))
        outcomes, settled = _settle_unknown_outcomes(sweep_id, asked.recorded, records, now)
        report = _report(sweep_id, found, asked, outcomes, folder, records, _readable(deny_accounts) or ())
    text, html = reports.summary_mail(report)
    folder.put_report("report.html", reports.report_page(report, now()).encode(), "text/html; charset=utf-8")
    folder.put_report("report.csv", reports.findings_csv(report).encode("utf-8-sig"), "text/csv; charset=utf-8")
    folder.put_report("report.json", to_json(reports.report_data(report, now())), "application/json")
    mailed = mail_to_all(recipients, mailer, reports.summary_subject(report), text, html)
    ending = "not-mailed" if mailed == 0 else report.ending
    totals = report.totals | {"ending": ending, "mailed": mailed or 0, "monthly_saving_usd": str(report.saving[0])}
    kept = {"at": now(), "monthly_promised_usd": report.promised, "acted": acted(report.findings, report.outcomes)}
    records.write_summary(sweep_id, totals | kept)
    records.release_lock(event["execution"])
    metrics.publish(reports.figures(report, event.get("started", ""), now()))
    events.emit(*settled, _end_of(report, ending))
    return totals | ({"alarm": report.alarm} if report.alarm else {})


def _end_of(report: reports.Report, ending: str) -> SweepEvent:
    """A sweep whose summary reached no one ends as one that failed, as its execution does."""
    if ending in ("complete", "gaps"):
        percent = report.coverage.percent
        return sweep_finished(report.sweep_id, report.mode.value, ending, percent, report.totals)
    return sweep_failed(report.sweep_id, (report.failure or {}).get("error", "SummaryNotMailed"))


def _readable(read: StackList) -> tuple[str, ...] | None:
    """A list that cannot be read right now does not keep people from their summary."""
    try:
        return read()
    except ListUnreadable:
        return None


def _sent(sweep_id: str, records: Records) -> str:
    """If nothing else is known: the outcome of each endpoint whose deletion was sent."""
    known = {str(one): outcome.status.value for one, outcome in records.outcomes(sweep_id).items()}
    acted = {name: known.get(name, OutcomeStatus.UNKNOWN.value) for name in sorted(records.intents(sweep_id))}
    told = ", ".join(f"{name}: {status}" for name, status in acted.items())
    return f"; deletions were sent for {told}" if told else ""


@dataclass(frozen=True, slots=True)
class _Found:
    """What the sweep was asked to do and what it found. `doubt`: why that cannot be verified right now. `scope`: what
    it is about, in words.
    """

    mode: Mode
    accounts: dict[str, Account]
    coverage: Coverage
    plan: Plan | None
    doubt: str = ""
    scope: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Asked:
    """The approval, if there is one, as `recorded` and as it may be `shown`, and an alarm. `kept_reason`: why an idle
    endpoint that no one chose to delete was kept. `is_known`: whether the record could be read.
    """

    recorded: Approval | None
    shown: Approval | None
    kept_reason: str
    alarm: str = ""
    is_known: bool = True


def _without_findings(
    sweep_id: str, error: DocumentNotFound | DocumentTampered, folder: SweepFolder, records: Records
) -> reports.Report:
    """What can be said where the documents of the sweep are missing or forged."""
    is_forged = isinstance(error, DocumentTampered)
    why = str(error) if is_forged else f"{error} does not exist"
    failure = folder.failure() or {"error": type(error).__name__, "reason": f"{why}{_sent(sweep_id, records)}"}
    alarm = Alarm.PLAN_TAMPERED if is_forged else ""
    return reports.Report(sweep_id, Mode.REPORT, Coverage(()), {}, failure=failure, alarm=alarm)


def _settle_unknown_outcomes(
    sweep_id: str, approval: Approval | None, records: Records, now: Clock
) -> tuple[dict[ResourceId, Outcome], list[SweepEvent]]:
    """What became of every approved endpoint. Writes down an end for those that the deleting step left without one, and
    says which these were.
    """
    outcomes, settled = records.outcomes(sweep_id), []
    # A note says that the decision had no effect, so nothing in it was approved.
    if approval and approval.status is ApprovalStatus.VERIFIED and approval.decisions and not approval.note:
        for target in approved(approval):
            known = outcomes.get(target)
            if known is None or known.status is OutcomeStatus.SENT:
                outcomes[target] = _resolved(sweep_id, target, records, now())
                settled.append(endpoint_settled(sweep_id, target, outcomes[target].status))
    return outcomes, settled


def _report(
    sweep_id: str,
    found: _Found,
    asked: _Asked,
    outcomes: Mapping[ResourceId, Outcome],
    folder: SweepFolder,
    records: Records,
    deny_accounts: tuple[str, ...],
) -> reports.Report:
    """The whole sweep from what was written down, also where a state failed."""
    failure, alarm = folder.failure(), asked.alarm
    if found.doubt:
        failure = failure or {"error": "Unavailable", "reason": found.doubt}
    listed, hidden = _listed(outcomes, found.coverage)
    if hidden:
        why = found.doubt or "the findings do not list everything that was deleted"
        failure = {
            "error": "Unavailable" if found.doubt else "DocumentTampered",
            "reason": f"{why}; deletions were sent for {hidden}",
        }
        alarm = alarm or ("" if found.doubt else Alarm.PLAN_TAMPERED)
    earlier = [row for row in records.ledger() if row["sweep_id"] != sweep_id]
    return reports.Report(
        sweep_id, found.mode, found.coverage, found.accounts, found.plan, asked.shown, listed, failure,
        restorable=folder.restore_keys(), kept_reason=asked.kept_reason, alarm=alarm,
        deny_accounts=deny_accounts, realized=realized(earlier, found.coverage, listed.keys()), scope=found.scope,
        is_approval_known=asked.is_known,
    )  # fmt: skip


def _listed(outcomes: Mapping[ResourceId, Outcome], coverage: Coverage) -> tuple[dict[ResourceId, Outcome], str]:
    """The outcomes of the endpoints found, and the names of others that were sent for deletion anyway. All other
    outcomes are ignored, because anyone who may call a step can create them.
    """
    found = {one.id for row in coverage.rows for one in row.findings}
    sent = (OutcomeStatus.SENT, OutcomeStatus.DONE)
    hidden = [str(one) for one, outcome in sorted(outcomes.items()) if one not in found and outcome.status in sent]
    return {one: outcome for one, outcome in outcomes.items() if one in found}, ", ".join(hidden)


def _found(folder: SweepFolder, seals: Seals) -> _Found:
    """The aggregated findings, which only the plan proves. If the sweep stopped before that, the results of the cells.

    If KMS does not answer, they are reported as unverified.
    """
    try:
        with suppress(DocumentNotFound):
            plan = folder.proven_plan(seals)
            mode, accounts = folder.input(plan.pins).mode, folder.accounts(plan.pins)
            return _Found(mode, accounts, folder.judged(plan.pins), plan, scope=plan.scope)
        opened = folder.opened(seals)
    except Unavailable as error:
        asked, doubt = folder.input(UNPROVEN), f"the findings cannot be verified right now: {error}"
        return _Found(asked.mode, folder.accounts(UNPROVEN), _unproven(folder), None, doubt, asked.told)
    asked = opened.input
    rows = (*folder.skipped(asked.pins), *folder.cells(opened.key).results)
    coverage = join(folder.expected(asked.pins), rows, asked.scope.named_regions)
    return _Found(asked.mode, folder.accounts(asked.pins), coverage, None, scope=asked.told)


def _unproven(folder: SweepFolder) -> Coverage:
    try:
        return folder.judged(UNPROVEN)
    except DocumentNotFound:
        return join(folder.expected(UNPROVEN), folder.skipped(UNPROVEN))


def _asked(sweep_id: str, found: _Found, records: Records, approvers: Collection[str] | None) -> _Asked:
    try:
        recorded = _approval(sweep_id, records)
    except RecordForged as error:
        return _Asked(None, None, f"kept: {error}", Alarm.RECORD_FORGED, is_known=False)
    except RecordUnreadable as error:
        return _Asked(None, None, f"kept: {error}", is_known=False)
    if recorded:
        shown, unnamed = _shown(recorded, records)
        alarm = alarm_of(recorded.cause) or (unnamed.alarm if unnamed else "")
        return _Asked(recorded, shown, _kept_reason(shown, unnamed, approvers), alarm)
    if found.mode is Mode.REPORT:
        return _Asked(None, None, "kept: this sweep only reports")
    if found.plan is None:
        return _Asked(None, None, "kept: there is no plan")
    return _Asked(None, None, f"kept: {why_not_offered(found.plan, found.coverage) or 'no one was asked'}")


def _shown(approval: Approval, records: Records) -> tuple[Approval, Why | None]:
    """With only the decisions that were made on the review page, and why others are left out, if any are."""
    try:
        decisions = authentic(approval, records.is_authentic)
        withdrawn = authentic(replace(approval, decisions=approval.withdrawn), records.is_authentic)
    except Unavailable:
        return replace(approval, decisions=(), withdrawn=()), Why(Cause.UNPROVEN)
    is_whole = (decisions, withdrawn) == (approval.decisions, approval.withdrawn)
    return replace(approval, decisions=decisions, withdrawn=withdrawn), None if is_whole else Why(Cause.FORGED)


def _approval(sweep_id: str, records: Records) -> Approval | None:
    """Verified if KMS answers. The report is written either way."""
    try:
        found = records.approval(approval_id(sweep_id))
    except Unavailable:
        doubted = records.unproven(approval_id(sweep_id))
        return doubted.approval if doubted else None
    return found.approval if found else None


def _resolved(sweep_id: str, target: ResourceId, records: Records, at: datetime) -> Outcome:
    """The outcome of an approved endpoint whose end is not recorded (I8).

    Unknown if a deletion may have been sent. Otherwise it is kept, and no step that still runs can send one.
    """
    kept = records.void_intent(sweep_id, target, at) and not records.components_gone(sweep_id, target)
    status = OutcomeStatus.FAILED if kept else OutcomeStatus.UNKNOWN
    reason = "kept: no deletion was sent" if kept else "a deletion may have been sent; please check"
    outcome = Outcome.of(target, status, reason, at)
    with suppress(Unavailable):  # The existing outcome cannot be read right now, so it is not overwritten.
        return records.write_outcome(sweep_id, outcome)
    return outcome


def _kept_reason(shown: Approval, unnamed: Why | None, approvers: Collection[str] | None) -> str:
    """Names come from proven decisions alone: the note is not signed, so one that may name an approver is not
    shown.
    """
    if any(stop.decision for stop in shown.stops):
        return f"kept by {shown.kept_by[0].approver}" if shown.kept_by else f"kept: {Why(Cause.UNNAMED).sentence}"
    names_somebody = bool(shown.note) and (approvers is None or mentions(shown.note, approvers))
    if shown.cause is Cause.KEPT or names_somebody:
        return f"kept: {Why(Cause.UNNAMED).sentence}"
    if shown.note:
        return f"kept: {shown.note}"
    if shown.status is not ApprovalStatus.VERIFIED:
        return "kept: the sweep ended before it could act on a decision"
    if shown.decisions:
        return f"kept by {', '.join(one.approver for one in shown.decisions)}"
    return f"kept: {(unnamed or Why(Cause.NO_ANSWER)).sentence}"
