"""A world as data: the Organization, its accounts, and every endpoint that exists in them.

Pure: nothing here knows about moto, AWS or the product. What the product should conclude about each endpoint follows
from the specification alone (`expected_verdicts`), so that a test compares two independent derivations.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.simulation.traffic import Traffic

KEEP_TAGS = ("endpoint-sweep:keep", "endpoint-sweep:keep-until")
SCAN_ROLE = "endpoint-sweep-scan"
ACT_ROLE = "endpoint-sweep-act"
ACCOUNT_STATES = ("ACTIVE", "SUSPENDED", "PENDING_ACTIVATION", "PENDING_CLOSURE", "CLOSED")
ENDPOINT_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")  # D2.6


@dataclass(frozen=True, slots=True)
class Unit:
    """One organizational unit under the root."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Account:
    """A member account. `denied_regions` are denied by a service control policy, `off_regions` were never enabled."""

    id: str
    name: str
    unit: str
    state: str = "ACTIVE"
    has_scan_role: bool = True
    has_act_role: bool = True
    denied_regions: tuple[str, ...] = ()
    off_regions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VariantSpec:
    """One production variant; its own `traffic` wins over the endpoint's."""

    name: str
    instance_type: str
    count: int = 1
    model: str = ""
    weight: float = 1.0
    traffic: Traffic | None = None


@dataclass(frozen=True, slots=True)
class Scaling:
    """An Application Auto Scaling target of one variant with a target-tracking policy."""

    variant: str
    minimum: int = 1
    maximum: int = 4
    invocations_per_instance: float = 100.0


@dataclass(frozen=True, slots=True)
class EndpointSpec:
    """One real-time endpoint. The configuration is named `<name>-config` unless `config` says otherwise."""

    account: str
    region: str
    name: str
    variants: tuple[VariantSpec, ...]
    created_days_ago: float
    status: str = "InService"
    tags: Mapping[str, str] = field(default_factory=dict)
    traffic: Traffic = field(default_factory=Traffic)
    config: str = ""
    failure_reason: str = ""
    scaling: tuple[Scaling, ...] = ()

    @property
    def config_name(self) -> str:
        return self.config or f"{self.name}-config"[:63]

    def model_name(self, variant: VariantSpec) -> str:
        return variant.model or f"{self.name}-{variant.name}"[:63]

    def traffic_of(self, variant: VariantSpec) -> Traffic:
        return variant.traffic if variant.traffic is not None else self.traffic

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.account, self.region, self.name)


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
        keys = [endpoint.key for endpoint in self.endpoints]
        if len(set(keys)) != len(keys):
            raise ValueError("endpoint names are unique per account and region (D2.6)")
        for endpoint in self.endpoints:
            if endpoint.account not in accounts or endpoint.region not in self.regions:
                raise ValueError(f"endpoint {endpoint.name}: unknown account or region")
            if not ENDPOINT_NAME.fullmatch(endpoint.name) or not endpoint.variants:
                raise ValueError(f"endpoint {endpoint.name}: bad name, or no variant")

    def account(self, account_id: str) -> Account | None:
        return next((account for account in self.accounts if account.id == account_id), None)

    def endpoint(self, account: str, region: str, name: str) -> EndpointSpec | None:
        return next((spec for spec in self.endpoints if spec.key == (account, region, name)), None)

    def paths(self, account: Account) -> tuple[str, ...]:
        """`Account.Paths` of Organizations (D0.2)."""
        middle = f"{account.unit}/" if account.unit else ""
        return (f"{self.id}/{self.root_id}/{middle}{account.id}/",)

    def expected_coverage(self) -> dict[tuple[str, str], str]:
        """How each cell of a whole sweep should end: scanned, skipped, denied or region-off (D6.5, D7.2)."""
        return {
            (account.id, region): _coverage(account, region) for account in self.accounts for region in self.regions
        }

    def expected_verdicts(self, lookback_days: float = 14, min_age_days: float = 14) -> dict[tuple[str, str, str], str]:
        """What the product should conclude of each endpoint in the scanned cells, from the specification alone.

        Broken or in change first, then traffic, protection, age, evidence; the worlds avoid ambiguous mixtures.
        """
        coverage = self.expected_coverage()
        return {
            spec.key: _verdict(spec, lookback_days, max(lookback_days, min_age_days))
            for spec in self.endpoints
            if coverage[spec.account, spec.region] == "scanned"
        }

    def expected_idle(self, lookback_days: float = 14, min_age_days: float = 14) -> set[tuple[str, str, str]]:
        verdicts = self.expected_verdicts(lookback_days, min_age_days)
        return {key for key, verdict in verdicts.items() if verdict == "idle"}


def _coverage(account: Account, region: str) -> str:
    if account.state != "ACTIVE":
        return "skipped"
    if not account.has_scan_role or region in account.denied_regions:
        return "denied"
    return "region-off" if region in account.off_regions else "scanned"


def _verdict(spec: EndpointSpec, lookback_days: float, age_days: float) -> str:
    if spec.status != "InService":
        return "not-in-service"
    traffic = [spec.traffic_of(variant) for variant in spec.variants]
    if any(one.called_within(min(lookback_days, spec.created_days_ago)) for one in traffic):
        return "busy"
    if any(key.lower() in KEEP_TAGS for key in spec.tags):
        return "protected"
    if spec.created_days_ago < age_days:
        return "too-young"
    # One variant without a single datapoint leaves the whole endpoint without proof (D1.17, D1.27).
    return "idle" if all(one.zeros for one in traffic) else "no-evidence"
