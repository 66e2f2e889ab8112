"""Made-up sweeps to look at. The same scenario is the same in every run."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from endpoint_sweep.domain.approval_record import Approval, ApprovalStatus, Choice, Decision, Identity, Link
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
    Pointer,
    ResourceId,
    Series,
    Variant,
    Verdict,
)
from endpoint_sweep.domain.restorable import YES
from endpoint_sweep.reports import Report
from endpoint_sweep.rules.planning import Coverage, join, plan_digest

NOW = datetime(2026, 11, 24, 7, 15, tzinfo=UTC)
SWEEP = "2026-11-24T07-00Z-scheduled"
ADA, GRACE = "ada@example.com", "grace@example.com"
_OWNERS = ("ravi.menon@example.com", "mira.kent@example.com", "team-vision", "ml-platform@example.com", None)
_TYPES = (
    ("ml.g5.xlarge", "1028.13"),
    ("ml.m5.large", "83.95"),
    ("ml.g5.12xlarge", "5178.40"),
    ("ml.c5.xlarge", "149.00"),
)
_WORDS = (("llama3", "resnet", "churn", "fraud", "recs", "ocr"), ("demo", "poc", "eu", "v2", "canary"))
_REGIONS = ("us-east-1", "eu-west-1")
_ACCOUNTS = {
    one.id: one
    for one in (
        Account("222222222222", "vision-prod", "ACTIVE"),
        Account("333333333333", "recommendations", "ACTIVE"),
        Account("444444444444", "research", "ACTIVE"),
        Account("555555555555", "acquired-company", "ACTIVE"),
    )
}
_WINDOW = Activity(NOW - timedelta(days=30), NOW, (Series("Invocations", "AllTraffic", 0.0, 720, None, complete=True),))


@dataclass(frozen=True, slots=True)
class Scenario:
    """`idle`: how many endpoints are. `gap`: an account without its role. `outcomes`: of what was approved."""

    about: str
    idle: int = 52
    mode: Mode = Mode.APPROVE
    gap: bool = False
    asked: bool = True
    answered: bool = True
    outcomes: tuple[OutcomeStatus, ...] = (OutcomeStatus.DONE,)
    failure: str = ""
    minimum_coverage: int = 0


SCENARIOS = {
    "usual": Scenario("52 idle endpoints, some of them approved and deleted"),
    "nothing": Scenario("nothing is idle", idle=0, asked=False),
    "one": Scenario("one idle endpoint", idle=1),
    "many": Scenario("a thousand idle endpoints", idle=1000),
    "report": Scenario("report mode: no one is asked", mode=Mode.REPORT, asked=False),
    "gaps": Scenario("an account without its scan role", gap=True),
    "not-asked": Scenario(
        "too little was scanned to ask anyone", gap=True, asked=False, minimum_coverage=90
    ),
    "no-answer": Scenario("no one decided in time", answered=False),
    "in-part": Scenario(
        "some of the approved deletions failed",
        outcomes=(OutcomeStatus.DONE, OutcomeStatus.FAILED, OutcomeStatus.SPARED, OutcomeStatus.CHANGED),
    ),
    "all-failed": Scenario("every approved deletion failed", outcomes=(OutcomeStatus.FAILED,)),
    "failed": Scenario("the sweep stopped", asked=False, failure="States.Timeout"),
}  # fmt: skip
_WHY = {
    OutcomeStatus.DONE: "deleted and confirmed gone",
    OutcomeStatus.FAILED: "AccessDeniedException: not authorized to perform sagemaker:DeleteEndpoint",
    OutcomeStatus.SPARED: "it is in use again: 12 calls after the scan",
    OutcomeStatus.CHANGED: "its configuration is not the one that was approved",
}


@dataclass(frozen=True, slots=True)
class Sample:
    """A sweep before its decision, which is `pending`, and after it."""

    report: Report
    plan: Plan
    coverage: Coverage
    accounts: dict[str, Account]
    pending: Approval
    decision: Decision


def sample(scenario: Scenario) -> Sample:
    findings = tuple(_findings(scenario.idle))
    coverage = _coverage((*findings, *_others()), gap=scenario.gap)
    found = dict.fromkeys(_ACCOUNTS, 4 * scenario.idle + 4)
    plan = Plan(SWEEP, findings, found, Caps(25, 10, 40), minimum_coverage=scenario.minimum_coverage)
    pending = Approval(
        id="0" * 32,
        sweep_id=SWEEP,
        execution=SWEEP,
        plan=Pointer("bucket", "plan.json", "1", plan_digest(plan), len(findings)),
        expires_at=NOW + timedelta(hours=72),
        asked_at=NOW,
        links=tuple(Link(str(number) * 64, who, NOW) for number, who in enumerate((ADA, GRACE))),
    )
    decision = _decision(pending, [one.id for one in findings[:4]])
    return Sample(_report(scenario, coverage, plan, pending, decision), plan, coverage, _ACCOUNTS, pending, decision)


def _report(scenario: Scenario, coverage: Coverage, plan: Plan, pending: Approval, decision: Decision) -> Report:
    approval, outcomes, kept = None, dict[ResourceId, Outcome](), "kept: this sweep only reports"
    if scenario.asked and scenario.answered:
        approval = replace(pending, decisions=(decision,), status=ApprovalStatus.VERIFIED)
        kept = f"kept by {ADA}"
        for number, one in enumerate(decision.selected):
            status = scenario.outcomes[number % len(scenario.outcomes)]
            at = NOW + timedelta(minutes=30 + number)
            outcomes[one] = Outcome(one.account, one.region, one.name, status, _WHY[status], at)
    elif scenario.asked:
        approval, kept = replace(pending, status=ApprovalStatus.EXPIRED), "kept: no one decided in time"
    elif scenario.mode is Mode.APPROVE:
        kept = "kept: no one was asked"
    failure = {"error": scenario.failure, "reason": "the scan took longer than an hour"} if scenario.failure else None
    return Report(SWEEP, scenario.mode, coverage, _ACCOUNTS, plan, approval, outcomes, failure, kept_reason=kept)


def _decision(pending: Approval, chosen: Sequence[ResourceId]) -> Decision:
    return Decision(
        pending.id, ADA, Identity.LINK_AND_CODE, Choice.DELETE if chosen else Choice.KEEP, tuple(sorted(chosen)),
        pending.plan.sha256, pending.plan.version_id, pending.expires_at, NOW + timedelta(minutes=12), "nonce",
        comment="Agreed with the owners on Monday.",
    )  # fmt: skip


def _findings(count: int) -> list[Finding]:
    chance = random.Random(7)  # noqa: S311 - made-up endpoints
    found = []
    for number in range(count):
        account, region = list(_ACCOUNTS)[number % 3], chance.choice(_REGIONS)
        kind, price = chance.choice(_TYPES)
        name = f"{chance.choice(_WORDS[0])}-{chance.choice(_WORDS[1])}-{number + 1}"
        called = NOW - timedelta(days=chance.randint(31, 400)) if chance.random() < 0.5 else None
        one = _finding(account, region, name, kind, Decimal(price), chance.choice(_OWNERS))
        found.append(replace(one, last_invocation_at=called))
    return sorted(found, key=lambda one: (-(one.monthly_usd or 0), one.id))


def _finding(account: str, region: str, name: str, kind: str, price: Decimal, owner: str | None) -> Finding:
    return Finding(
        account, region, name, f"arn:aws:sagemaker:{region}:{account}:endpoint/{name}", Kind.REAL_TIME, "InService",
        Verdict.IDLE, "its only variant was not invoked in 30 days", NOW - timedelta(days=420), f"{name}-config",
        (Variant("AllTraffic", kind, 1),), _WINDOW, owner=owner, monthly_usd=price,
        net_monthly_usd=(price * Decimal("0.72")).quantize(Decimal("0.01")), net_basis="Cost Explorer, last 30 days",
        restorable=YES,
    )  # fmt: skip


def _others() -> list[Finding]:
    busy = _finding("222222222222", "us-east-1", "checkout-ranking", "ml.g5.xlarge", Decimal("1028.13"), _OWNERS[0])
    kept = replace(busy, name="legal-hold", verdict=Verdict.PROTECTED, unprotected=Verdict.IDLE,
                   reason="tag endpoint-sweep:keep", advice="remove the tag if it is no longer needed")  # fmt: skip
    return [replace(busy, verdict=Verdict.BUSY, reason="1,204,331 calls in 30 days", invocations=1_204_331), kept]


def _coverage(findings: Sequence[Finding], *, gap: bool) -> Coverage:
    rows = []
    for account in _ACCOUNTS:
        for region in _REGIONS:
            here = tuple(one for one in findings if (one.account, one.region) == (account, region))
            row = CellResult(account, region, CoverageStatus.SCANNED, "", len(here), here)
            if gap and account == "555555555555":
                why = "AccessDenied: not authorized to perform sts:AssumeRole"
                row = CellResult(account, region, CoverageStatus.DENIED, why, cause=GapCause.ROLE_DENIED)
            rows.append(row)
    return join([row.cell for row in rows], rows)
