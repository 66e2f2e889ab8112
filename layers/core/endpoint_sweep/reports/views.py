"""The values that templates show. Every text from a member account is cleaned here, once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from endpoint_sweep.domain.model import (
    Account,
    CoverageStatus,
    Finding,
    Mode,
    Outcome,
    OutcomeStatus,
    Plan,
    ResourceId,
    Silence,
    Verdict,
)
from endpoint_sweep.domain.resource import Action, noun_of
from endpoint_sweep.reports.coverage import account_name
from endpoint_sweep.reports.money import MoneyView, money_view, net_words, wasted_words
from endpoint_sweep.reports.text import clean, clip, plural, title_of, usd
from endpoint_sweep.rules.approval_rules import effective
from endpoint_sweep.rules.approvals import Approval
from endpoint_sweep.rules.planning import MOST_OFFERED, Coverage, by_id, offerable
from endpoint_sweep.rules.pricing import total_monthly
from endpoint_sweep.rules.savings import Realized, promised
from endpoint_sweep.rules.unused import cost_per_call

VERDICT_WORDS = {
    Verdict.IDLE: "Idle",
    Verdict.BARELY_USED: "Barely used",
    Verdict.BUSY: "In use",
    Verdict.TOO_YOUNG: "Too new to judge",
    Verdict.PROTECTED: "Protected by a tag",
    Verdict.ZERO_COST: "Free while idle",
    Verdict.AT_ZERO: "Scaled down to zero",
    Verdict.NOT_IN_SERVICE: "Not in service",
    Verdict.NO_EVIDENCE: "Not enough evidence",
    Verdict.UNKNOWN: "Unsupported kind",
}
_OUTCOMES = {
    OutcomeStatus.SENT: "Unknown: please check",
    OutcomeStatus.ALREADY_GONE: "Already gone",
    OutcomeStatus.SPARED: "Kept: in use again",
    OutcomeStatus.CHANGED: "Kept: changed since the scan",
    OutcomeStatus.PROTECTED: "Kept: protected since the scan",
    OutcomeStatus.STALE: "Kept: approval too old",
    OutcomeStatus.FAILED: "Failed",
    OutcomeStatus.UNKNOWN: "Unknown: please check",
}
_MAY_BE_GONE = (OutcomeStatus.DONE, OutcomeStatus.SENT, OutcomeStatus.UNKNOWN)
_WITNESS = {
    "agrees": "Compute Optimizer also finds it idle",
    "silent": "Compute Optimizer has no finding for it",
    "disagrees": "Compute Optimizer finds it idle, but this sweep does not",
}
_TIMES = "\u00a0×\u00a0"  # no line break between a count and its type


@dataclass(frozen=True, slots=True)
class RowView:
    """One resource as a template shows it. `words`: what a search finds it by."""

    id: str
    account: str
    account_name: str
    region: str
    type: str
    name: str
    title: str
    action: str
    owner: str
    kind: str
    instances: str
    age_days: int
    reason: str
    verdict: str
    monthly: Decimal | None
    last_invocation_at: datetime | None
    evidence: str = ""
    restorable: str = ""
    can_be_restored: bool = False
    witness: str = ""
    advice: str = ""
    net: Decimal | None = None
    net_basis: str = ""
    wasted: str = ""
    calls: int | None = None
    per_call: Decimal | None = None
    labels: tuple[str, ...] = ()
    words: str = ""
    outcome: str = ""
    is_done: bool = False
    outcome_words: str = ""
    outcome_reason: str = ""
    request_id: str = ""

    @property
    def usage(self) -> str:
        """How often it was called, or empty."""
        if not self.calls:
            return ""
        per_call = "" if self.per_call is None else f", {usd(self.per_call)} per call"
        return f"{plural(self.calls, 'call')} in the window{per_call}"


@dataclass(frozen=True)
class Report:
    """A whole sweep, rebuilt from its records. `is_approval_known`: false if its record cannot be read, so that there
    is no approval here.
    """

    sweep_id: str
    mode: Mode
    coverage: Coverage
    accounts: Mapping[str, Account]
    plan: Plan | None = None
    approval: Approval | None = None
    outcomes: Mapping[ResourceId, Outcome] = field(default_factory=dict)
    failure: Mapping[str, str] | None = None
    restorable: frozenset[str] | set[str] = frozenset()
    kept_reason: str = ""
    alarm: str = ""
    deny_accounts: tuple[str, ...] = ()
    realized: Realized = field(default_factory=Realized)
    scope: tuple[str, ...] = ()
    is_approval_known: bool = True

    @property
    def may_have_deleted(self) -> bool:
        return any(one.status in _MAY_BE_GONE for one in self.outcomes.values())

    @property
    def offers(self) -> bool:
        return self.mode is not Mode.REPORT

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(finding for row in self.coverage.rows for finding in row.findings)

    @cached_property
    def beyond(self) -> frozenset[ResourceId]:
        """Idle, but not among the most expensive that were offered. Empty if no one was asked."""
        if self.approval is None:
            return frozenset()
        return frozenset(one.id for one in offerable(self.coverage, self.deny_accounts)[MOST_OFFERED:])

    @cached_property
    def partly(self) -> frozenset[ResourceId]:
        """In account-region pairs that were only partly scanned, of which nothing is offered (FI-03)."""
        rows = (row for row in self.coverage.rows if row.status is CoverageStatus.PARTIAL)
        return frozenset(one.id for row in rows for one in row.findings)

    @cached_property
    def offered(self) -> Mapping[ResourceId, Finding]:
        """Everything that the approvers were asked about."""
        return by_id(self.plan.items) if self.plan and self.approval else {}

    @property
    def noun(self) -> str:
        """`endpoint`, or `resource` where several types were found."""
        return noun_of(one.type for one in self.findings)

    @property
    def ending(self) -> str:
        """`failed`; `gaps` if a cell that should have been scanned was not; otherwise `complete`."""
        if self.failure:
            return "failed"
        return "complete" if self.coverage.complete else "gaps"

    @property
    def saving(self) -> tuple[Decimal, int]:
        """Monthly list price of what the actions saved, and how many of them have no known price."""
        return total_monthly(tuple(finding for finding in self.findings if finding.id in self._done))

    @property
    def saved(self) -> MoneyView:
        """The same after discounts as well."""
        return money_view(one for one in self.findings if one.id in self._done)

    @property
    def idle_money(self) -> MoneyView:
        """Of everything idle, whatever became of it."""
        idle = (one for one in self.findings if one.verdict is Verdict.IDLE)
        return money_view(idle, self.plan.money_note if self.plan else "")

    @cached_property
    def _done(self) -> set[ResourceId]:
        return {one for one, outcome in self.outcomes.items() if outcome.status is OutcomeStatus.DONE}

    @property
    def promised(self) -> Decimal:
        """Monthly list price of the approved resources."""
        return promised(self.findings, effective(self.approval) if self.approval else ())

    @property
    def totals(self) -> dict[str, int]:
        """Every resource found has exactly one disposition, so the counts add up to `found` (I10)."""
        statuses = [outcome.status for outcome in self.outcomes.values()]
        done = [one.action for one in self.findings if one.id in self._done]
        changed = {OutcomeStatus.CHANGED, OutcomeStatus.PROTECTED, OutcomeStatus.STALE}
        totals = {
            **{action.done: done.count(action) for action in Action},
            "already_gone": statuses.count(OutcomeStatus.ALREADY_GONE),
            "spared": statuses.count(OutcomeStatus.SPARED),
            "changed": sum(status in changed for status in statuses),
            "failed": statuses.count(OutcomeStatus.FAILED),
            "unknown": statuses.count(OutcomeStatus.UNKNOWN) + statuses.count(OutcomeStatus.SENT),
        }
        found = sum(row.resources for row in self.coverage.rows)
        return {"found": found, "kept": found - sum(totals.values()), **totals}


def row_view(
    finding: Finding, accounts: Mapping[str, Account], now: datetime, outcome: Outcome | None = None
) -> RowView:
    return RowView(
        id=str(finding.id),
        account=finding.account,
        account_name=account_name(finding.account, accounts),
        region=finding.region,
        type=finding.type,
        name=clean(finding.name),
        title=title_of(finding.id),
        action=finding.action.value,
        owner=clean(finding.owner) or "no owner tag",
        kind=finding.kind or "–",
        instances=", ".join(f"{v.count or '?'}{_TIMES}{clean(v.type) or 'unknown type'}" for v in finding.instances)
        or "–",
        age_days=max(0, (now - finding.created_at).days),
        reason=clean(finding.reason, 200),
        verdict=finding.verdict.value,
        monthly=finding.monthly_usd,
        last_invocation_at=finding.last_invocation_at,
        evidence=evidence(finding),
        restorable=clean(finding.restorable.sentence, 240),
        can_be_restored=finding.restorable.is_certain,
        advice=clean(finding.advice, 240),
        witness=_witness(finding),
        net=finding.net_monthly_usd,
        net_basis=net_words(finding),
        wasted=wasted_words(finding),
        calls=finding.invocations,
        per_call=cost_per_call(finding),
        labels=labels(finding),
        words=_words(finding, accounts),
        outcome=outcome.status.value if outcome else "",
        is_done=outcome is not None and outcome.status is OutcomeStatus.DONE,
        outcome_words=outcome_words(outcome.status, finding.action) if outcome else "",
        # AWS's refusal of a role fills a page; the report has the full text.
        outcome_reason=clip(outcome.reason, 160) if outcome else "",
        request_id=clean(outcome.request_id) if outcome else "",
    )


def _words(finding: Finding, accounts: Mapping[str, Account]) -> str:
    """What a person can search for, in lower case."""
    texts = [finding.name, finding.owner, finding.account, account_name(finding.account, accounts), finding.region]
    texts += [finding.kind, *labels(finding), *(one.type for one in finding.instances)]
    texts += [f"{key}={value}" for key, value in finding.tags.items()]
    return " ".join(clean(text, 256).casefold() for text in texts if text)


def labels(finding: Finding) -> tuple[str, ...]:
    """Short warnings next to the name."""
    found = {
        "barely used": finding.verdict is Verdict.BARELY_USED,
        "published nothing": finding.silence is Silence.NOTHING,
    }
    return tuple(label for label, holds in found.items() if holds)


def _witness(finding: Finding) -> str:
    """Compute Optimizer's opinion, with its own words where it names the endpoint."""
    said, note = _WITNESS.get(finding.witness or "", ""), clean(finding.witness_note, 160)
    return f"{said} ({note})" if said and note else said


def outcome_words(status: OutcomeStatus, action: Action | None = None) -> str:
    """How an action ended. Without the finding, no one knows which action it was."""
    if status is OutcomeStatus.DONE:
        return action.done.capitalize() if action else "Carried out"
    return _OUTCOMES[status]


def evidence(finding: Finding) -> str:
    """What was measured: the window, the number of series and of points."""
    measured = finding.evidence
    points = sum(one.points for one in measured.series)
    window = f"{measured.start:%d %b} to {measured.end:%d %b %Y}"
    return f"{window}, {plural(len(measured.series), 'series')}, {plural(points, 'point')}"
