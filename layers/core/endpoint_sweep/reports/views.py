"""What a template shows, computed: every text from a member account is cleaned here, once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from endpoint_sweep.approvals import Approval
from endpoint_sweep.documents import to_data
from endpoint_sweep.model import (
    Account,
    CellResult,
    CoverageStatus,
    EndpointId,
    Finding,
    Mode,
    Outcome,
    OutcomeStatus,
    Plan,
    Verdict,
)
from endpoint_sweep.planning import Coverage, short_hash
from endpoint_sweep.pricing import total_monthly
from endpoint_sweep.reports.text import clean

STATUS_WORDS = {
    CoverageStatus.SCANNED: "scanned",
    CoverageStatus.PARTIAL: "scanned in part",
    CoverageStatus.DENIED: "denied",
    CoverageStatus.REGION_OFF: "region off",
    CoverageStatus.SKIPPED: "skipped",
    CoverageStatus.FAILED: "failed",
}
_GONE = (OutcomeStatus.DELETED,)


@dataclass(frozen=True, slots=True)
class Gap:
    """Cells of one account that ended alike: said before any money is."""

    account: str
    name: str
    status: str
    regions: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class CoverageView:
    percent: int
    scanned: int
    cells: int
    accounts: int
    endpoints: int
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class RowView:
    """One endpoint as it is shown."""

    id: str
    account: str
    account_name: str
    region: str
    endpoint: str
    owner: str
    kind: str
    instances: str
    age_days: int
    reason: str
    verdict: str
    monthly: Decimal | None
    last_invocation_at: datetime | None
    outcome: str = ""
    outcome_reason: str = ""
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class GroupView:
    """The rows of one account in one region."""

    account: str
    account_name: str
    region: str
    rows: tuple[RowView, ...]
    monthly: Decimal
    unpriced: int


@dataclass(frozen=True, slots=True)
class ApprovalView:
    """What the approval mail and the review page show."""

    sweep_id: str
    plan_hash: str
    plan_sha256: str
    expires_at: datetime
    coverage: CoverageView
    groups: tuple[GroupView, ...]
    rows: tuple[RowView, ...]
    monthly: Decimal
    unpriced: int
    lookback_note: str
    per_sweep: int
    per_account: int
    percent_of_account: int


@dataclass(frozen=True, slots=True)
class Report:
    """A whole sweep, told from its records."""

    sweep_id: str
    mode: Mode
    coverage: Coverage
    accounts: Mapping[str, Account]
    plan: Plan | None = None
    approval: Approval | None = None
    outcomes: Mapping[EndpointId, Outcome] = field(default_factory=dict)
    failure: Mapping[str, str] | None = None
    restorable: frozenset[str] | set[str] = frozenset()
    kept_reason: str = ""

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(finding for row in self.coverage.rows for finding in row.findings)

    @property
    def ending(self) -> str:
        """`failed`, `gaps` where a cell that should have been scanned was not, else `complete`."""
        if self.failure:
            return "failed"
        return "complete" if self.coverage.complete else "gaps"

    @property
    def saving(self) -> tuple[Decimal, int]:
        """Monthly list price of what was deleted, and how many of those have no known price."""
        gone = {one for one, outcome in self.outcomes.items() if outcome.status in _GONE}
        return total_monthly(tuple(finding for finding in self.findings if finding.id in gone))

    @property
    def totals(self) -> dict[str, int]:
        """Every endpoint found has exactly one disposition: they add up to `found` (I10)."""
        statuses = [outcome.status for outcome in self.outcomes.values()]
        changed = {OutcomeStatus.CHANGED, OutcomeStatus.PROTECTED, OutcomeStatus.STALE}
        totals = {
            "deleted": statuses.count(OutcomeStatus.DELETED),
            "already_gone": statuses.count(OutcomeStatus.ALREADY_GONE),
            "spared": statuses.count(OutcomeStatus.SPARED),
            "changed": sum(status in changed for status in statuses),
            "failed": statuses.count(OutcomeStatus.FAILED),
            "unknown": statuses.count(OutcomeStatus.UNKNOWN) + statuses.count(OutcomeStatus.DELETING),
        }
        found = sum(row.endpoints for row in self.coverage.rows)
        return {"found": found, "kept": found - sum(totals.values()), **totals}


def coverage_view(coverage: Coverage, accounts: Mapping[str, Account]) -> CoverageView:
    """Counts, and every cell that was not scanned, grouped by account and reason."""
    wrong = [row for row in coverage.rows if row.status is not CoverageStatus.SCANNED]

    def alike(row: CellResult) -> tuple[str, str, str]:
        return row.account, row.status.value, row.reason

    gaps = []
    for (account, status, reason), rows in groupby(sorted(wrong, key=alike), key=alike):
        regions = tuple(row.region for row in rows)
        name = _name(account, accounts)
        gaps.append(Gap(account, name, STATUS_WORDS[CoverageStatus(status)], regions, clean(reason, 200)))
    return CoverageView(
        coverage.percent,
        len(coverage.rows) - len(wrong),
        len(coverage.rows),
        len({row.account for row in coverage.rows}),
        sum(row.endpoints for row in coverage.rows),
        tuple(gaps),
    )


def approval_view(approval: Approval, plan: Plan, coverage: Coverage, accounts: Mapping[str, Account]) -> ApprovalView:
    rows = tuple(row_view(finding, accounts, approval.expires_at) for finding in plan.items)
    monthly, unpriced = total_monthly(plan.items)
    return ApprovalView(
        sweep_id=approval.sweep_id,
        plan_hash=short_hash(approval.plan.sha256),
        plan_sha256=approval.plan.sha256,
        expires_at=approval.expires_at,
        coverage=coverage_view(coverage, accounts),
        groups=group(rows),
        rows=rows,
        monthly=monthly,
        unpriced=unpriced,
        lookback_note=rows[0].reason if rows else "",
        per_sweep=plan.caps.per_sweep,
        per_account=plan.caps.per_account,
        percent_of_account=plan.caps.percent_of_account,
    )


def row_view(
    finding: Finding, accounts: Mapping[str, Account], now: datetime, outcome: Outcome | None = None
) -> RowView:
    return RowView(
        id=str(finding.id),
        account=finding.account,
        account_name=_name(finding.account, accounts),
        region=finding.region,
        endpoint=clean(finding.endpoint),
        owner=clean(finding.owner) or "no owner tag",
        kind=finding.kind or "–",
        instances=", ".join(f"{v.count or '?'} × {clean(v.type) or 'unknown type'}" for v in finding.instances) or "–",
        age_days=max(0, (now - finding.created_at).days),
        reason=clean(finding.reason, 200),
        verdict=finding.verdict.value,
        monthly=finding.monthly_usd,
        last_invocation_at=finding.last_invocation_at,
        outcome=outcome.status.value if outcome else "",
        outcome_reason=clean(outcome.reason, 200) if outcome else "",
        request_id=clean(outcome.request_id) if outcome else "",
    )


def group(rows: Iterable[RowView]) -> tuple[GroupView, ...]:
    """By account and region, the dearest group first."""

    def place(row: RowView) -> tuple[str, str]:
        return row.account, row.region

    groups = []
    for (account, region), members in groupby(sorted(rows, key=place), key=place):
        of_group = tuple(sorted(members, key=lambda row: (-(row.monthly or 0), row.endpoint)))
        known = [row.monthly for row in of_group if row.monthly is not None]
        total = sum(known, Decimal(0))
        groups.append(GroupView(account, of_group[0].account_name, region, of_group, total, len(of_group) - len(known)))
    return tuple(sorted(groups, key=lambda one: (-one.monthly, one.account, one.region)))


def disposition(finding: Finding, report: Report) -> tuple[str, str]:
    """What became of an endpoint in this sweep, and why."""
    outcome = report.outcomes.get(finding.id)
    if outcome:
        return outcome.status.value, clean(outcome.reason, 200)
    if finding.verdict is Verdict.IDLE:
        return "kept", clean(report.kept_reason, 200)
    return "kept", f"{finding.verdict.value}: {clean(finding.reason, 200)}"


def report_data(report: Report, at: datetime) -> dict[str, Any]:
    """`report.json`: coverage, findings with their disposition, totals."""
    rows = []
    for finding in report.findings:
        status, why = disposition(finding, report)
        rows.append(to_data(finding) | {"disposition": status, "disposition_reason": why})
    return {
        "schema": 1,
        "sweep": {"id": report.sweep_id, "mode": report.mode.value, "reported_at": to_data(at)},
        "ending": report.ending,
        "failure": report.failure,
        "coverage": [
            {"account": row.account, "region": row.region, "status": row.status.value, "reason": row.reason,
             "endpoints": row.endpoints}
            for row in report.coverage.rows
        ],
        "totals": report.totals,
        "monthly_saving_usd": str(report.saving[0]),
        "findings": rows,
    }  # fmt: skip


def _name(account: str, accounts: Mapping[str, Account]) -> str:
    return clean(accounts[account].name, 50) if account in accounts else ""
