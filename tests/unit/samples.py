"""Small sample values of the product's words, for the unit tests."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from endpoint_sweep.domain.documents import digest, to_json
from endpoint_sweep.domain.model import (
    Activity,
    Caps,
    CellResult,
    CoverageStatus,
    Description,
    Finding,
    Kind,
    ListedEndpoint,
    Plan,
    Pointer,
    Policy,
    ResourceId,
    Series,
    Variant,
    Verdict,
)
from endpoint_sweep.rules.approvals import Approval, Choice, Decision, Identity, Link, hash_secret
from endpoint_sweep.settings.environment import ActSettings, DecideSettings, ScanSettings, Variables

NOW = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
ACCOUNT, REGION, NAME = "222222222222", "us-east-1", "resnet-demo"
ARN = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:endpoint/{NAME}"
POLICY = Policy(lookback_days=14, min_age_days=14)
CAPS = Caps(per_sweep=25, per_account=10, percent_of_account=50)
ADA = "ada@example.com"
ENVIRONMENT = {
    "TABLE_NAME": "table",
    "BUCKET_NAME": "bucket",
    "SCAN_ROLE_NAME": "endpoint-sweep-scan",
    "ACT_ROLE_NAME": "endpoint-sweep-act",
    "ROLE_PATH": "/finops/",
    "EXTERNAL_ID": "external",
    "SENDER": "finops@example.com",
    "REGIONS": "us-east-1,eu-west-1",
    "LOOKBACK_DAYS": "14",
    "MIN_AGE_DAYS": "14",
    "BARELY_USED_BELOW": "0",
    "OFFER_BARELY_USED": "false",
    "MIN_COVERAGE_PERCENT": "90",
    "MAX_DELETES_PER_SWEEP": "25",
    "MAX_DELETES_PER_ACCOUNT": "10",
    "MAX_DELETE_PERCENT_OF_ACCOUNT": "50",
    "APPROVAL_TTL_MINUTES": "4320",
    "WAIT_SLICE_SECONDS": "3600",
    "DELETE_WINDOW_MINUTES": "240",
    "GONE_CHECK_SECONDS": "30",
    "SCAN_CONCURRENCY": "20",
    "KILL_SWITCH": "/endpoint-sweep/kill",
    "STATE_MACHINE_ARN": "arn:aws:states:us-east-1:111111111111:stateMachine:endpoint-sweep",
    "REVIEW_BASE_URL": "https://review.example.com/v1/",
    "MAC_KEY_ARN": "arn:aws:kms:us-east-1:111111111111:key/mac",
    "CELLS_KEY_ARN": "arn:aws:kms:us-east-1:111111111111:key/cells",
    "FINDINGS_KEY_ARN": "arn:aws:kms:us-east-1:111111111111:key/findings",
    "LINKS_KEY_ARN": "arn:aws:kms:us-east-1:111111111111:key/links",
    "ACTS_KEY_ARN": "arn:aws:kms:us-east-1:111111111111:key/acts",
    "GRACE_MINUTES": "0",
    "SEAL_KEY_ARN": "arn:aws:kms:us-east-1:111111111111:key/seal",
    "MIN_APPROVERS": "1",
    "TWO_APPROVERS_ABOVE_ENDPOINTS": "25",
    "TWO_APPROVERS_ABOVE_USD": "10000",
    "REQUIRE_CODE": "true",
    "EVENT_BUS": "endpoint-sweep",
    "SCHEDULE_NAME": "endpoint-sweep-sweep",
    "SCHEDULE_EXPRESSION": "cron(0 7 ? * TUE *)",
    "SCHEDULE_TIMEZONE": "Europe/Berlin",
    "SCHEDULE_STATE": "ENABLED",
    "CODE_TTL_MINUTES": "60",
}


# What stands in parameters, and the variables that name them.
LISTS = {
    "APPROVERS": f",{ADA}, grace@example.com",
    "APPROVER_PRINCIPALS": ",",
    "SUMMARY_RECIPIENTS": ",",
    "TWO_APPROVERS_FOR_ACCOUNTS": ",",
    "DENY_ACCOUNTS": ",",
    "ACCOUNTS": ",",
    "EXCLUDE_ACCOUNTS": ",",
    "ORGANIZATIONAL_UNITS": ",",
    "EXCLUDE_ORGANIZATIONAL_UNITS": ",",
    "EXCLUDE_REGIONS": ",",
}
NAMES = {f"{name}_PARAMETER": f"/endpoint-sweep/{name}" for name in LISTS}


class Settings(NamedTuple):
    """All kinds of settings of one deployment."""

    scan: ScanSettings
    decide: DecideSettings
    act: ActSettings


def variables(**changes: str) -> Variables:
    """Those of the sample, with changes to variables and lists."""
    lists = {f"/endpoint-sweep/{name}": changes.pop(name, value) for name, value in LISTS.items()}
    return Variables(ENVIRONMENT | NAMES | changes, lists.__getitem__)


def settings(**changes: str) -> Settings:
    found = variables(**changes)
    return Settings(ScanSettings.of(found), DecideSettings.of(found), ActSettings.of(found))


def listed(**changes: Any) -> ListedEndpoint:
    created = NOW - timedelta(days=90)
    return replace(ListedEndpoint(NAME, ARN, "InService", created, created), **changes)


def description(*variants: str, **changes: Any) -> Description:
    rows = tuple(Variant(name, "ml.g5.xlarge", 1) for name in variants or ("AllTraffic",))
    created = NOW - timedelta(days=90)
    made = Description("InService", created, f"{NAME}-config", Kind.REAL_TIME, rows, config_created_at=created)
    return replace(made, **changes)


def series(variant: str = "AllTraffic", total: float = 0.0, points: int = 56, *, complete: bool = True) -> Series:
    return Series("Invocations", variant, total, points, NOW - timedelta(days=2) if total > 0 else None, complete)


def activity(*measured: Series) -> Activity:
    return Activity(NOW - timedelta(days=14), NOW, measured or (series(),))


def finding(name: str = NAME, **changes: Any) -> Finding:
    """An idle endpoint."""
    made = Finding(
        account=ACCOUNT,
        region=REGION,
        name=name,
        arn=f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:endpoint/{name}",
        kind=Kind.REAL_TIME,
        status="InService",
        verdict=Verdict.IDLE,
        reason="its only variant was not invoked in 14 days",
        created_at=NOW - timedelta(days=90),
        config=f"{name}-config",
        instances=(Variant("AllTraffic", "ml.g5.xlarge", 1),),
        evidence=activity(),
    )
    return replace(made, **changes)


def cell(*findings: Finding, account: str = ACCOUNT, region: str = REGION, endpoints: int | None = None) -> CellResult:
    count = len(findings) if endpoints is None else endpoints
    return CellResult(account, region, CoverageStatus.SCANNED, "", count, findings)


def plan(items: Iterable[Finding] = (), found: dict[str, int] | None = None, caps: Caps = CAPS) -> Plan:
    items = tuple(items) or (finding("a"), finding("b"), finding("c"))
    return Plan("sweep-1", items, {ACCOUNT: 20} if found is None else found, caps)


def pointer(of: Plan) -> Pointer:
    return Pointer("bucket", "sweeps/sweep-1/plan.json", "v1", digest(to_json(of)), len(of.items))


def approval(of: Plan, **changes: Any) -> Approval:
    made = Approval("a1", "sweep-1", "arn:execution", pointer(of), NOW + timedelta(hours=72), NOW)
    return replace(made, links=(Link(hash_secret("right"), ADA, NOW),), **changes)


def decision(of: Plan, approver: str = ADA, *selected: ResourceId, **changes: Any) -> Decision:
    """Made with link and code for `approval(of)`; without endpoints everything is kept. The MAC is still missing."""
    asked, choice = approval(of), Choice.DELETE if selected else Choice.KEEP
    made = Decision(
        asked.id, approver, Identity.LINK_AND_CODE, choice, selected, asked.plan.sha256, asked.plan.version_id,
        asked.expires_at, NOW, "nonce",
    )  # fmt: skip
    return replace(made, **changes)
