"""A world as data: the Organization, its accounts, and every endpoint that exists in them.

Pure: nothing here knows about moto, AWS or the product. What the product should conclude about each endpoint follows
from the specification alone (`expected_verdicts`), so that a test compares two independent derivations.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from tests.simulation.organization import verdicts
from tests.simulation.organization.endpoints import ComponentSpec, EndpointSpec, Scaling, Serverless, VariantSpec
from tests.simulation.organization.routers import Destination, RouterSpec

__all__ = [
    "DEFAULT_REGIONS",
    "Account",
    "ComponentSpec",
    "Destination",
    "EndpointSpec",
    "MetricsAnswer",
    "Organization",
    "RouterSpec",
    "Scaling",
    "Serverless",
    "Switch",
    "Unit",
    "VariantSpec",
]
SCAN_ROLE = "endpoint-sweep-scan"
ACT_ROLE = "endpoint-sweep-act"
# Enabled in every account from the beginning; all others have to be opted into (D6.8).
DEFAULT_REGIONS = frozenset(
    {
        *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1"),
        *("eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1", "eu-north-1"),
        *("ap-south-1", "ap-southeast-1", "ap-southeast-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3"),
    }
)
COST_ROLE = "endpoint-sweep-costs"
LOOKBACK_DAYS = "14"  # The worlds are drawn for a window of two weeks, whatever the stack's default.
ACCOUNT_STATES = ("ACTIVE", "SUSPENDED", "PENDING_ACTIVATION", "PENDING_CLOSURE", "CLOSED")
# What can be switched off: Account.Paths (D0.2), trusted access of account management (D6.3), the price list, Cost
# Explorer.
type Switch = Literal["paths", "trusted-access", "prices", "costs"]
# How GetMetricData lies or fails (D1.27): see tests.simulation.member_aws.corrections.cloudwatch.
type MetricsAnswer = Literal["", "empty", "partial", "internal-error", "forbidden", "messages", "result-messages"]
# What is published while no one calls: AWS documents both (D13.2).
type Silence = Literal["zeros", "nothing", "mixed"]


@dataclass(frozen=True, slots=True)
class Unit:
    """One organizational unit, under the root or under `parent`."""

    id: str
    name: str
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """A member account. `denied_regions` are denied by a service control policy, `off_regions` were never enabled.

    `turning_regions` are being enabled or disabled right now: usable by no one (D6.3). No network leads to the
    `cut_regions`, and the `deaf_regions` refuse every token, although all of them are on (D6.5). `tells_regions`: the
    scan role may ask which regions are on. `optimizer`: its people opted in to Compute Optimizer (D0.4).
    `discount_percent`: what hosting costs it less than the list says; `has_cost_role`: it pays for all, and lets the
    hub read the bill. `hidden_routers`: regions in which its scan role may not list inference routers.
    """

    id: str
    name: str
    unit: str
    state: str = "ACTIVE"
    has_scan_role: bool = True
    has_act_role: bool = True
    denied_regions: tuple[str, ...] = ()
    off_regions: tuple[str, ...] = ()
    turning_regions: tuple[str, ...] = ()
    cut_regions: tuple[str, ...] = ()
    deaf_regions: tuple[str, ...] = ()
    tells_regions: bool = True
    optimizer: bool = False
    discount_percent: int = 0
    has_cost_role: bool = False
    hidden_routers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Organization:
    """The whole world. The hub is a member and the delegated administrator; STS answers in `hub_region` (D6.7).

    `without_routers`: regions where SageMaker does not offer inference routers (D13.32).
    """

    id: str
    management_account: str
    hub_account: str
    hub_region: str
    accounts: tuple[Account, ...]
    units: tuple[Unit, ...]
    regions: tuple[str, ...]
    endpoints: tuple[EndpointSpec, ...] = ()
    routers: tuple[RouterSpec, ...] = ()
    without_routers: tuple[str, ...] = ()
    external_id: str = "sweep-demo-external-id"
    root_id: str = "r-demo"
    off: frozenset[Switch] = frozenset()
    metrics_answer: MetricsAnswer = ""
    silence: Silence = "zeros"

    def __post_init__(self) -> None:
        """A world that contradicts itself would make every comparison worthless."""
        accounts = {account.id: account for account in self.accounts}
        units = {unit.id for unit in self.units}
        if len(accounts) != len(self.accounts) or self.hub_account not in accounts:
            raise ValueError("account ids must be unique and hold the hub")
        if self.management_account not in accounts:
            raise ValueError("the management account is an account of the Organization too")
        for account in self.accounts:
            if account.state not in ACCOUNT_STATES or (account.unit and account.unit not in units):
                raise ValueError(f"account {account.id}: unknown state or unit")
            if DEFAULT_REGIONS & {*account.off_regions, *account.turning_regions}:
                raise ValueError(f"account {account.id}: a default region is never off (D6.8)")
        for unit in self.units:
            if unit.parent and unit.parent not in units:
                raise ValueError(f"unit {unit.id}: unknown parent")
        self._check_endpoints(accounts)

    def _check_endpoints(self, accounts: Mapping[str, Account]) -> None:
        keys = [endpoint.key for endpoint in self.endpoints]
        if len(set(keys)) != len(keys):
            raise ValueError("endpoint names are unique per account and region (D2.6)")
        for endpoint in self.endpoints:
            if endpoint.account not in accounts or endpoint.region not in self.regions:
                raise ValueError(f"endpoint {endpoint.name}: unknown account or region")
            if wrong := endpoint.contradiction():
                raise ValueError(f"endpoint {endpoint.name}: {wrong}")
        for router in self.routers:
            if router.account not in accounts or router.region not in self.regions or router.contradiction():
                raise ValueError(f"router {router.name}: unknown account or region, or no destination")
        components = [(one.account, one.region, part.name) for one in self.endpoints for part in one.components]
        if len(set(components)) != len(components):
            raise ValueError("names of inference components are unique per account and region")

    @property
    def cost_role(self) -> str:
        """The ARN for the hub's parameter `CostRoleArn`; empty where there is none."""
        payers = [one.id for one in self.accounts if one.has_cost_role]
        return f"arn:aws:iam::{payers[0]}:role/{COST_ROLE}" if payers else ""

    def account(self, account_id: str) -> Account | None:
        return next((account for account in self.accounts if account.id == account_id), None)

    def endpoint(self, account: str, region: str, name: str) -> EndpointSpec | None:
        return next((spec for spec in self.endpoints if spec.key == (account, region, name)), None)

    def paths(self, account: Account) -> tuple[str, ...]:
        """`Account.Paths` of Organizations (D0.2)."""
        return ("/".join((self.id, self.root_id, *self.units_above(account), account.id, "")),)

    def units_above(self, account: Account) -> tuple[str, ...]:
        """Ids of the units that an account is in, the outermost first."""
        parents = {unit.id: unit.parent for unit in self.units}
        found: list[str] = []
        unit = account.unit
        while unit:
            found.insert(0, unit)
            unit = parents[unit]
        return tuple(found)

    def expected_coverage(self) -> dict[tuple[str, str], str]:
        """How each cell of a whole sweep that names the regions should end: scanned, skipped, denied, region-off or
        failed (D6.5, D7.2). A region that is off wherever one may look was named by mistake.
        """
        found = {
            (account.id, region): _coverage(account, region) for account in self.accounts for region in self.regions
        }
        for region in self.regions:
            if not any(word == "scanned" for cell, word in found.items() if cell[1] == region):
                found |= {cell: "failed" for cell, word in found.items() if cell[1] == region and word == "region-off"}
        return found

    def expected_verdicts(
        self, lookback_days: float = 14, min_age_days: float = 14, protect_tags: Iterable[str] = (), below: int = 0
    ) -> dict[tuple[str, str, str], str]:
        """What the product should conclude about each endpoint in the scanned cells, from the specification alone.

        Assumes a metrics service that works: where it does not, nothing may be called idle.
        """
        coverage = self.expected_coverage()
        return {
            spec.key: verdicts.with_routers(
                spec,
                verdicts.verdict(spec, lookback_days, max(lookback_days, min_age_days), protect_tags, below),
                self._seen_routers(),
            )
            for spec in self.endpoints
            if coverage[spec.account, spec.region] == "scanned"
        }

    def _seen_routers(self) -> list[RouterSpec]:
        """Those of scanned cells, of which the account tells."""
        coverage = self.expected_coverage()
        hidden = {(account.id, region) for account in self.accounts for region in account.hidden_routers}
        return [
            one
            for one in self.routers
            if coverage[one.account, one.region] == "scanned" and (one.account, one.region) not in hidden
        ]

    def expected_idle(
        self, lookback_days: float = 14, min_age_days: float = 14, protect_tags: Iterable[str] = ()
    ) -> set[tuple[str, str, str]]:
        found = self.expected_verdicts(lookback_days, min_age_days, protect_tags)
        return {key for key, word in found.items() if word == "idle"}

    def expected_offers(
        self, lookback_days: float, min_age_days: float, protect_tags: Iterable[str] = (), below: int = 0
    ) -> set[tuple[str, str, str]]:
        """What may be offered: what is idle, and with fewer calls than `below` what is barely used."""
        found = self.expected_verdicts(lookback_days, min_age_days, protect_tags, below)
        return {key for key, word in found.items() if word in verdicts.UNUSED}

    def deletable(self, keys: Iterable[tuple[str, str, str]]) -> set[tuple[str, str, str]]:
        """Those whose account has an act role: of the others a person is told, and asked nothing."""
        enabled = {account.id for account in self.accounts if account.has_act_role}
        return {key for key in keys if key[0] in enabled}

    def expected_notes(self) -> dict[tuple[str, str, str], frozenset[str]]:
        """What a person should be told besides the verdict; see tests.simulation.organization.verdicts.notes."""
        coverage = self.expected_coverage()
        return {
            spec.key: verdicts.notes(spec)
            for spec in self.endpoints
            if coverage[spec.account, spec.region] == "scanned"
        }


def _coverage(account: Account, region: str) -> str:
    if account.state != "ACTIVE":
        return "skipped"
    if not account.has_scan_role or region in account.denied_regions:
        return "denied"
    if region in (*account.cut_regions, *account.deaf_regions):
        return "failed"
    if region in (*account.off_regions, *account.turning_regions):
        # Only the account's own word counts.
        return "region-off" if account.tells_regions else "failed"
    return "scanned"
