"""A world as data: the Organization, its accounts, and every endpoint that exists in them.

Pure: nothing here knows about moto, AWS or the product. What the product should conclude about each endpoint follows
from the specification alone (`expected_verdicts`), so that a test compares two independent derivations.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tests.simulation.organization import verdicts
from tests.simulation.organization.endpoints import ComponentSpec, EndpointSpec, Scaling, Serverless, VariantSpec

__all__ = [
    "Account",
    "ComponentSpec",
    "EndpointSpec",
    "MetricsAnswer",
    "Organization",
    "Scaling",
    "Serverless",
    "Switch",
    "Unit",
    "VariantSpec",
]
SCAN_ROLE = "endpoint-sweep-scan"
ACT_ROLE = "endpoint-sweep-act"
ACCOUNT_STATES = ("ACTIVE", "SUSPENDED", "PENDING_ACTIVATION", "PENDING_CLOSURE", "CLOSED")
# What can be switched off: Account.Paths (D0.2), trusted access of account management (D6.3), the price list.
type Switch = Literal["paths", "trusted-access", "prices"]
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

    `turning_regions` are being enabled or disabled right now: usable by no one (D6.3). `optimizer`: its people opted in
    to Compute Optimizer (D0.4).
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
    optimizer: bool = False


@dataclass(frozen=True, slots=True)
class Organization:
    """The whole world. The hub is a member and the delegated administrator; STS answers in `hub_region` (D6.7)."""

    id: str
    management_account: str
    hub_account: str
    hub_region: str
    accounts: tuple[Account, ...]
    units: tuple[Unit, ...]
    regions: tuple[str, ...]
    endpoints: tuple[EndpointSpec, ...] = ()
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
        components = [(one.account, one.region, part.name) for one in self.endpoints for part in one.components]
        if len(set(components)) != len(components):
            raise ValueError("names of inference components are unique per account and region")

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
        """How each cell of a whole sweep should end: scanned, skipped, denied or region-off (D6.5, D7.2)."""
        return {
            (account.id, region): _coverage(account, region) for account in self.accounts for region in self.regions
        }

    def expected_verdicts(self, lookback_days: float = 14, min_age_days: float = 14) -> dict[tuple[str, str, str], str]:
        """What the product should conclude about each endpoint in the scanned cells, from the specification alone.

        Assumes a metrics service that works: where it does not, nothing may be called idle.
        """
        coverage = self.expected_coverage()
        return {
            spec.key: verdicts.verdict(spec, lookback_days, max(lookback_days, min_age_days))
            for spec in self.endpoints
            if coverage[spec.account, spec.region] == "scanned"
        }

    def expected_idle(self, lookback_days: float = 14, min_age_days: float = 14) -> set[tuple[str, str, str]]:
        found = self.expected_verdicts(lookback_days, min_age_days)
        return {key for key, word in found.items() if word == "idle"}

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
    return "region-off" if region in (*account.off_regions, *account.turning_regions) else "scanned"
