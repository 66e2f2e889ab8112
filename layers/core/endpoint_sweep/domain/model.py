"""The words of the product as data: frozen, free of AWS, serialisable.

Times are timezone-aware UTC datetimes, money is Decimal US dollars, None means "not known" (never zero).
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from endpoint_sweep.domain.closed import Closed
from endpoint_sweep.domain.kinds import Access as Access  # noqa: PLC0414 - one of the words, told to mypy as such
from endpoint_sweep.domain.kinds import CoverageStatus as CoverageStatus  # noqa: PLC0414 - one of the words, told to mypy as such
from endpoint_sweep.domain.kinds import GapCause as GapCause  # noqa: PLC0414 - the same
from endpoint_sweep.domain.kinds import Kind as Kind  # noqa: PLC0414 - one of the words, told to mypy as such
from endpoint_sweep.domain.kinds import OutcomeStatus as OutcomeStatus  # noqa: PLC0414 - the same
from endpoint_sweep.domain.kinds import Silence as Silence  # noqa: PLC0414 - the same
from endpoint_sweep.domain.kinds import Verdict as Verdict  # noqa: PLC0414 - the same
from endpoint_sweep.domain.needs import NOTHING, Needs
from endpoint_sweep.domain.resource import ENDPOINT, Action
from endpoint_sweep.domain.resource import Cell as Cell  # noqa: PLC0414 - the same
from endpoint_sweep.domain.resource import ResourceId as ResourceId  # noqa: PLC0414 - the same
from endpoint_sweep.domain.restorable import NOT_ASKED, Restorable
from endpoint_sweep.domain.seen import Activity as Activity  # noqa: PLC0414 - the same
from endpoint_sweep.domain.seen import Component as Component  # noqa: PLC0414 - the same
from endpoint_sweep.domain.seen import Description as Description  # noqa: PLC0414 - the same
from endpoint_sweep.domain.seen import ListedEndpoint as ListedEndpoint  # noqa: PLC0414 - the same
from endpoint_sweep.domain.seen import Listing as Listing  # noqa: PLC0414 - the same
from endpoint_sweep.domain.seen import Series as Series  # noqa: PLC0414 - the same
from endpoint_sweep.domain.seen import Variant as Variant  # noqa: PLC0414 - the same


class Mode(StrEnum):
    """What a sweep may do: `report` changes nothing in any member account, `approve` asks a person."""

    REPORT = "report"
    APPROVE = "approve"


@dataclass(frozen=True, slots=True)
class Account:
    """A member of the Organization. `state` is the Organizations `State` (D0.1), `unit` its path from the root.
    `is_management`: it is the management account.
    """

    id: str
    name: str
    state: str
    unit: str = ""
    is_management: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """How a sweep judges. Days; `protect_tags` are `key` or `key=value`. `barely_used_below`: fewer calls than these in
    the window are a verdict of their own; 0: none are. `offer_barely_used`: whether these are offered, too.
    """

    lookback_days: int
    min_age_days: int
    protect_tags: tuple[str, ...] = ()
    barely_used_below: int = 0
    offer_barely_used: bool = False

    @property
    def offered_below(self) -> int:
        """Fewer calls than these may be offered for deletion; 0: only what was not called."""
        return self.barely_used_below if self.offer_barely_used else 0


@dataclass(frozen=True, slots=True)
class Finding:
    """One resource judged: verdict, a reason that a person reads, the evidence, the cost, the `action` that is offered.

    `monthly_usd` is the list price, `net_monthly_usd` what is paid after discounts where someone knows it, and
    `wasted_usd` what it has cost since it was last used: at least that, where nothing earlier was measured.

    `access`: whether its account lets it be deleted, None if no one asked; `components`: the parts that have to go
    first, as the scan saw them; `state`: what else its type compares again before it acts. What a type does not have
    stays empty. `silence`: what it published while no one called it. `unprotected`: the verdict without its protection,
    where a tag or a stack protects it.
    """

    account: str
    region: str
    name: str
    arn: str
    kind: Kind | None
    status: str
    verdict: Verdict
    reason: str
    created_at: datetime
    config: str | None
    instances: tuple[Variant, ...]
    evidence: Activity
    tags: dict[str, str] = field(default_factory=dict)
    owner: str | None = None
    invocations: int | None = None
    last_invocation_at: datetime | None = None
    advice: str = ""
    witness: str | None = None
    witness_note: str = ""
    price_basis: str = ""
    hourly_usd: Decimal | None = None
    monthly_usd: Decimal | None = None
    net_monthly_usd: Decimal | None = None
    net_basis: str = ""
    wasted_usd: Decimal | None = None
    wasted_since: datetime | None = None
    wasted_at_least: bool = False
    snoozed_until: datetime | None = None
    access: Access | None = None
    components: tuple[Component, ...] = ()
    restorable: Restorable = NOT_ASKED
    type: str = ENDPOINT
    action: Action = Action.DELETE
    state: dict[str, str] = field(default_factory=dict)
    silence: Silence | None = None
    unprotected: Verdict | None = None

    @property
    def id(self) -> ResourceId:
        return ResourceId(self.account, self.region, self.name, self.type)


@dataclass(frozen=True, slots=True)
class CellResult:
    """What one cell left behind: its coverage row, how many `resources` are there, and its findings. `cause`: why it
    was not scanned, for code; `reason`: what AWS or a step said. `needs`: what something
    in it needs, here or elsewhere.
    """

    account: str
    region: str
    status: CoverageStatus
    reason: str = ""
    resources: int = 0
    findings: tuple[Finding, ...] = ()
    retries: int = 0
    cause: GapCause | None = None
    needs: Needs = NOTHING

    @property
    def cell(self) -> Cell:
        return Cell(self.account, self.region)


@dataclass(frozen=True, slots=True)
class Pointer:
    """Points to a document: states carry these instead of documents. `count` is the number of its rows."""

    bucket: str
    key: str
    version_id: str
    sha256: str
    count: int


@dataclass(frozen=True, slots=True)
class Caps:
    """What one decision may act on at most: resources per sweep, per account, percent of one type in an account."""

    per_sweep: int
    per_account: int
    percent_of_account: int

    def within(self, other: "Caps") -> "Caps":
        """The stricter of both, cap by cap."""
        return Caps(
            min(self.per_sweep, other.per_sweep),
            min(self.per_account, other.per_account),
            min(self.percent_of_account, other.percent_of_account),
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """The findings that are offered, the idle ones first; `beyond`: how many more are idle. `found` counts what was
    seen of each type in an account, by `share_of`, for the percent cap; `flagged` names accounts, or `*` for all,
    that need a second approver, and why (S3.8). `pins`: the SHA-256 of the sweep's other documents by name, so that
    the plan's own hash covers what people read. `why_not`: why no one may be asked about it, or empty. `closed`: what
    is not offered because of its account, by `Access`. `money_note`: why no bill was read, or empty. `scope`: what the
    sweep is about, in words; empty if it is about everything.
    """

    sweep_id: str
    items: tuple[Finding, ...]
    found: dict[str, int]
    caps: Caps
    minimum_coverage: int = 0
    flagged: dict[str, str] = field(default_factory=dict)
    beyond: int = 0
    pins: dict[str, str] = field(default_factory=dict)
    why_not: str = ""
    closed: dict[str, Closed] = field(default_factory=dict)
    money_note: str = ""
    scope: tuple[str, ...] = ()

    def why_flagged(self, where: str) -> str:
        """The reason as a person reads it: the one of an account names it."""
        return self.flagged[where] if where == "*" else f"account {where}: {self.flagged[where]}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one approved resource ended, with AWS's request ID of the call, if there was one."""

    account: str
    region: str
    name: str
    status: OutcomeStatus
    reason: str
    at: datetime
    request_id: str | None = None
    type: str = ENDPOINT

    @classmethod
    def of(
        cls, target: ResourceId, status: OutcomeStatus, reason: str, at: datetime, request_id: str | None = None
    ) -> "Outcome":
        return cls(target.account, target.region, target.name, status, reason, at, request_id, target.type)

    @property
    def id(self) -> ResourceId:
        return ResourceId(self.account, self.region, self.name, self.type)
