"""Offers plans without a sweep: the product's own core writes them, so each test has a fresh link."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from endpoint_sweep import reports
from endpoint_sweep.aws import wiring
from endpoint_sweep.domain.model import (
    Account,
    Activity,
    Caps,
    CellResult,
    CoverageStatus,
    Finding,
    GapCause,
    Kind,
    Mode,
    Outcome,
    OutcomeStatus,
    Plan,
    Series,
    Variant,
    Verdict,
)
from endpoint_sweep.domain.restorable import YES
from endpoint_sweep.rules.approvals import (
    Approval,
    ApprovalStatus,
    Decision,
    Link,
    Stop,
    StopKind,
    approval_id,
    hash_secret,
    mint_secret,
)
from endpoint_sweep.rules.planning import Coverage, join
from endpoint_sweep.storage.records import Records
from endpoint_sweep.storage.sweep_folder import SweepFolder, pins_of

APPROVER, SECOND = "ada@example.com", "grace@example.com"
NOW = datetime.now(UTC).replace(microsecond=0)
# What people in a member account may write, and what they would hardly write. All of it is shown as it is.
HOSTILE_NAME = '</code><script>alert("name")</script>'
HOSTILE_OWNER = '"><img src=x onerror=alert(1)>{{ 7*7 }}'
LONGEST_NAME = "x" * 63  # the limit of SageMaker
REFUSED = (
    "AccessDenied: User: arn:aws:sts::111111111111:assumed-role/endpoint-sweep-scan-cell/scan is not authorized to "
    "perform: sts:AssumeRole (assuming arn:aws:iam::666666666666:role/endpoint-sweep-scan)"
)
ACCOUNTS = {
    "222222222222": Account("222222222222", "vision-prod", "ACTIVE"),
    "333333333333": Account("333333333333", HOSTILE_NAME, "ACTIVE"),
    "444444444444": Account("444444444444", "legacy-poc", "SUSPENDED"),
    "666666666666": Account("666666666666", "acquired.example/login", "ACTIVE"),
}
REGIONS = ("us-east-1", "eu-west-1")
_sweeps = count(1)
_STOPPED = {ApprovalStatus.SUPERSEDED: StopKind.SUPERSEDED, ApprovalStatus.CLOSED: StopKind.CLOSED}


@dataclass(frozen=True, slots=True)
class Offer:
    """One pending approval, and the paths of the two approvers' own links."""

    approval: Approval
    plan: Plan
    path: str
    second: str

    def now(self) -> Approval:
        """The record as it is now."""
        found = wiring.hub().records.approval(self.approval.id)
        assert found
        return found.approval

    def decision(self) -> Decision | None:
        """The first decision that is recorded by now."""
        return next(iter(self.now().decisions), None)

    def row(self, endpoint: str, mark: str = "i") -> str:
        """The name of an endpoint's field in the form: `i` deletes, `z` snoozes."""
        return next(f"{mark}{number}" for number, one in enumerate(self.plan.items) if one.name == endpoint)


def finding(
    name: str,
    account: str = "222222222222",
    region: str = "us-east-1",
    monthly: str | None = "1028.13",
    owner: str = "",
) -> Finding:
    """An idle endpoint."""
    return Finding(
        account=account,
        region=region,
        name=name,
        arn=f"arn:aws:sagemaker:{region}:{account}:endpoint/{name}",
        kind=Kind.REAL_TIME,
        status="InService",
        verdict=Verdict.IDLE,
        reason="its only variant was not invoked in 14 days",
        created_at=NOW - timedelta(days=90),
        config=f"{name}-config",
        instances=(Variant("AllTraffic", "ml.g5.xlarge", 1),),
        evidence=Activity(
            NOW - timedelta(days=14), NOW, (Series("Invocations", "AllTraffic", 0.0, 336, None, complete=True),)
        ),
        witness="agrees",
        restorable=YES,
        owner=owner or None,
        monthly_usd=None if monthly is None else Decimal(monthly),
    )


FINDINGS = (
    finding("llama3-70b-demo", monthly="14862.80", owner="ravi.menon@example.com"),
    finding("resnet-demo", owner="mira.kent@example.com"),
    finding("resnet-eu", region="eu-west-1", monthly=None),
    finding("churn-poc", "333333333333", monthly="167.90", owner=HOSTILE_OWNER),
    finding(LONGEST_NAME, "333333333333", owner="o" * 90),
)


def coverage_of(findings: Sequence[Finding]) -> Coverage:
    """Everything is scanned except one account without a role and one suspended account."""
    results = []
    for account in ACCOUNTS.values():
        for region in REGIONS:
            if account.state == "SUSPENDED":
                row = CellResult(
                    account.id,
                    region,
                    CoverageStatus.SKIPPED,
                    "the account is SUSPENDED",
                    cause=GapCause.ACCOUNT_SUSPENDED,
                )
            elif account.id == "666666666666":
                row = CellResult(account.id, region, CoverageStatus.DENIED, REFUSED, cause=GapCause.ROLE_DENIED)
            else:
                found = tuple(one for one in findings if one.id.cell.account == account.id and one.region == region)
                row = CellResult(account.id, region, CoverageStatus.SCANNED, "", len(found), found)
            results.append(row)
    return join([row.cell for row in results], results)


def plan_of(findings: Sequence[Finding], sweep_id: str = "sweep-0", caps: Caps | None = None) -> Plan:
    found = {account: sum(one.account == account for one in findings) for account in ACCOUNTS}
    return Plan(sweep_id, tuple(findings), found, caps or Caps(25, 10, 100))


def record(approval: Approval, records: Records) -> None:
    """Writes all parts of an approval again, each as the function that owns it would."""
    records.save_request(approval, 0)
    if approval.decisions:
        records.save_choices(approval, 0)
    for decision in approval.kept_by:
        records.stop(approval.sweep_id, Stop(StopKind.KEPT, decision.at, decision=decision))
    if approval.status in _STOPPED:
        stop = Stop(_STOPPED[approval.status], approval.asked_at, approval.note, approval.newer)
        records.stop(approval.sweep_id, stop)
    elif approval.status not in (ApprovalStatus.PENDING, ApprovalStatus.DECIDED) or approval.unreachable:
        records.save_end(approval, 0)


def put_on_offer(
    findings: Sequence[Finding] = FINDINGS,
    caps: Caps | None = None,
    *,
    flagged: dict[str, str] | None = None,
    beyond: int = 0,
    **changes: Any,
) -> Offer:
    """Writes what a sweep would have written before its approvers are mailed. `changes` are fields of the record."""
    at, sweep_id = wiring.hub(), f"2026-11-20T06-00Z-{next(_sweeps)}"
    folder, plan = SweepFolder(at.store, sweep_id), plan_of(findings, sweep_id, caps)
    plan = replace(plan, flagged=flagged or {}, beyond=beyond)
    folder.put_coverage(coverage_of(findings))
    pins = {**pins_of(coverage_of(findings)), "accounts.json": folder.put_accounts(tuple(ACCOUNTS.values())).sha256}
    ada, grace = mint_secret(), mint_secret()
    approval = Approval(
        approval_id(sweep_id),
        sweep_id,
        f"arn:aws:states:us-east-1:111111111111:execution:endpoint-sweep:{sweep_id}",
        folder.put_plan(replace(plan, pins=pins), at.seals),
        NOW + timedelta(hours=72),
        NOW,
        links=(Link(hash_secret(ada), APPROVER, NOW), Link(hash_secret(grace), SECOND, NOW)),
    )
    approval = replace(approval, **changes)
    record(approval, at.records)
    at.records.save_waiting(approval.id, at.seals.seal(f"token-of-{sweep_id}", approval.id))
    return Offer(approval, replace(plan, pins=pins), f"/a/{approval.id}?k={ada}", f"/a/{approval.id}?k={grace}")


def report_of(findings: Sequence[Finding], deleted: int = 1, spared: int = 1) -> reports.Report:
    """A sweep after its decision: the first `deleted` are gone, the next `spared` were used again, the rest is kept."""
    told = [(OutcomeStatus.DONE, "deleted and confirmed gone")] * deleted
    told += [(OutcomeStatus.SPARED, "it is in use again: it was invoked after the scan")] * spared
    outcomes = [
        Outcome(one.account, one.region, one.name, status, reason, NOW)
        for one, (status, reason) in zip(findings, told, strict=False)
    ]
    return reports.Report(
        "sweep-0",
        Mode.APPROVE,
        coverage_of(findings),
        ACCOUNTS,
        plan_of(findings),
        outcomes={one.id: one for one in outcomes},
        kept_reason=f"kept by {APPROVER}",
    )
