"""One endpoint as data: its kind, its fleet, its traffic, and what else AWS would report about it.

Pure: nothing here knows about moto, AWS or the product. Ages are days before "now", so that a world stays the same.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.simulation.organization.traffic import Traffic

ENDPOINT_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")  # D2.6
# What serves: models on instances in four arrangements (D1.1-D1.4), inference components (D1.5), serverless (D1.6,
# D1.7), asynchronous (D1.8), and something of the future that no SDK of today can name.
MODEL_KINDS = ("real-time", "multi-model", "multi-container", "pipeline")
KINDS = (*MODEL_KINDS, "components", "serverless", "asynchronous", "unknown")


@dataclass(frozen=True, slots=True)
class Serverless:
    """`provisioned` concurrent executions are kept warm, and billed (D1.7); 0 is on demand, which costs nothing."""

    memory_mb: int = 2048
    max_concurrency: int = 20
    provisioned: int = 0


@dataclass(frozen=True, slots=True)
class VariantSpec:
    """One variant; its own `traffic` wins over the endpoint's. `count`: the instances that run now.

    `pools`: (instance type, instances) instead of one type (D0.7). `reservation`: ARN of prepaid capacity, the only one
    that it may use (D1.35). `managed`: smallest and largest fleet where SageMaker scales it (D4.3).
    """

    name: str
    instance_type: str = ""
    count: int = 1
    model: str = ""
    weight: float = 1.0
    traffic: Traffic | None = None
    serverless: Serverless | None = None
    pools: tuple[tuple[str, int], ...] = ()
    reservation: str = ""
    managed: tuple[int, int] | None = None
    volume_gb: int | None = None

    @property
    def instances(self) -> int:
        """Running instances in all pools; none if it is serverless."""
        if self.serverless is not None:
            return 0
        return sum(count for _, count in self.pools) if self.pools else self.count


@dataclass(frozen=True, slots=True)
class ComponentSpec:
    """One inference component. `refused`: calls that met no copy (D1.14). `base`: it is an adapter of that one."""

    name: str
    copies: int = 1
    traffic: Traffic = field(default_factory=Traffic)
    refused: Traffic = field(default_factory=Traffic.silent)
    base: str = ""
    status: str = "InService"


@dataclass(frozen=True, slots=True)
class Scaling:
    """An Application Auto Scaling target of one variant with a target-tracking policy."""

    variant: str
    minimum: int = 1
    maximum: int = 4
    invocations_per_instance: float = 100.0


@dataclass(frozen=True, slots=True)
class EndpointSpec:
    """One endpoint. The configuration is named `<name>-config` unless `config` says otherwise.

    `backlog`: requests that wait in the queue of an asynchronous endpoint (D1.12). `config_gone`: someone deleted the
    configuration of the living endpoint (D3.9). `variants_hidden`: DescribeEndpoint leaves them out (D1.32).
    `enhanced_metrics`: more dimension sets beside the plain ones (D1.9). `experiments`: shadow tests, each in
    `experiment_status` (D13.5). `optimizer`: whether Compute Optimizer calls it idle; None: wherever no one calls it
    (D0.4). `captured`: its requests are kept in S3, as monitoring schedules need it. `deployment`: how it was updated
    last, LastDeploymentConfig.
    `config_days_ago`: when its configuration was made, if not with the endpoint. `failures`: metrics of its variants
    that count calls which came to nothing (D13.3).
    """

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
    kind: str = "real-time"
    shadows: tuple[VariantSpec, ...] = ()
    components: tuple[ComponentSpec, ...] = ()
    backlog: int = 0
    modified_days_ago: float | None = None
    config_gone: bool = False
    variants_hidden: bool = False
    pending_deployment: bool = False
    enhanced_metrics: bool = False
    monitoring_schedules: tuple[str, ...] = ()
    experiments: tuple[str, ...] = ()
    experiment_status: str = "Running"
    optimizer: bool | None = None
    captured: bool = False
    deployment: Mapping[str, object] = field(default_factory=dict)
    config_days_ago: float | None = None
    failures: tuple[tuple[str, Traffic], ...] = ()

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

    @property
    def at_zero(self) -> bool:
        """Whether a kind that can be scaled to zero is at zero (D4.3)."""
        return self.kind in ("asynchronous", "components") and not any(one.instances for one in self.variants)

    def contradiction(self) -> str:
        """Which of its fields contradict each other, or nothing."""
        serverless = [one.serverless is not None for one in self.variants]
        wrong = {
            "bad name, or no variant": not ENDPOINT_NAME.fullmatch(self.name) or not self.variants,
            f"unknown kind {self.kind}": self.kind not in KINDS,
            "only an endpoint of inference components has some": self.components and self.kind != "components",
            "inference components are served by exactly one variant (D1.15)": self.kind == "components"
            and len(self.variants) != 1,
            "serverless is the whole endpoint": any(serverless) if self.kind != "serverless" else not all(serverless),
            "only an asynchronous endpoint has a queue": self.backlog and self.kind != "asynchronous",
            "one shadow variant, and then one production variant (D1.18)": len(self.shadows) > 1
            or (self.shadows and len(self.variants) > 1),
        }
        return next((text for text, true in wrong.items() if true), "")
