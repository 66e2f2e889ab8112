"""Every kind of endpoint, each idle, busy, young and protected, in two accounts."""

from collections.abc import Iterator
from dataclasses import replace

from tests.simulation.organization.scenarios.small import FIRST, REGION, SECOND, WORKLOADS, organization
from tests.simulation.organization.specification import (
    Account,
    ComponentSpec,
    EndpointSpec,
    Organization,
    Serverless,
    VariantSpec,
)
from tests.simulation.organization.traffic import Traffic

MEMBERS = (
    Account(FIRST, "vision-prod", WORKLOADS.id, optimizer=True),
    Account(SECOND, "speech-prod", WORKLOADS.id),
)
RESERVATION = f"arn:aws:sagemaker:{REGION}:{FIRST}:ml-reservation/p5-block-november"
IDLE, BUSY, OLD = Traffic.none(), Traffic.steady(90), 120.0


def build() -> Organization:
    """Some 75 endpoints: four lives of each kind, and the special ones."""
    endpoints = [life for sample in samples() for life in _lives(sample)]
    return organization([*endpoints, *_specials()], MEMBERS)


def samples() -> Iterator[EndpointSpec]:
    """One endpoint of each kind that can be idle, with traffic of the endpoint as a whole."""
    single = (VariantSpec("AllTraffic", "ml.g5.xlarge"),)
    yield _of("real-time", single)
    yield _of("two-variants", (VariantSpec("blue", "ml.m5.xlarge", 2), VariantSpec("green", "ml.c5.xlarge")))
    yield _of("multi-model", single, kind="multi-model")
    yield _of("multi-container", single, kind="multi-container")
    yield _of("pipeline", (VariantSpec("AllTraffic", "ml.m5.2xlarge"),), kind="pipeline")
    shadow = (VariantSpec("shadow", "ml.g5.2xlarge"),)
    yield _of("shadowed", single, shadows=shadow, experiments=("shadowed-test",))
    pools = (("ml.g5.xlarge", 1), ("ml.g6.xlarge", 2))
    yield _of("pools", (VariantSpec("AllTraffic", pools=pools, volume_gb=100),))
    yield _of("managed", (VariantSpec("AllTraffic", "ml.g5.2xlarge", 2, managed=(1, 4)),))
    yield _of("enhanced", (VariantSpec("AllTraffic", "ml.m5.xlarge", 2),), enhanced_metrics=True)
    yield _of("components", (VariantSpec("AllTraffic", "ml.g5.12xlarge", managed=(1, 3)),), kind="components")
    yield _of("async", (VariantSpec("AllTraffic", "ml.g4dn.xlarge", volume_gb=50),), kind="asynchronous")
    warm = Serverless(memory_mb=4096, max_concurrency=10, provisioned=2)
    yield _of("serverless-warm", (VariantSpec("AllTraffic", serverless=warm),), kind="serverless")
    yield _of("serverless", (VariantSpec("AllTraffic", serverless=Serverless()),), kind="serverless")
    yield _of("reserved", (VariantSpec("AllTraffic", "ml.m5.24xlarge", reservation=RESERVATION),))
    yield _of("future", (VariantSpec("AllTraffic"),), kind="unknown")


def _of(name: str, variants: tuple[VariantSpec, ...], **fields: object) -> EndpointSpec:
    spec = EndpointSpec(FIRST, REGION, name, variants, OLD, tags={"owner": "mira.kent@example.com"})
    return replace(spec, **fields)  # type: ignore[arg-type] # the fields of EndpointSpec


def _lives(sample: EndpointSpec) -> Iterator[EndpointSpec]:
    """Idle, busy, young and protected; the second account has the last two, and one that was called long ago."""
    for account, suffix, changes in (
        (FIRST, "idle", {}),
        (FIRST, "busy", {"traffic": BUSY}),
        (SECOND, "young", {"created_days_ago": 3.0}),
        (SECOND, "kept", {"tags": {"endpoint-sweep:keep": "dr"}}),
    ):
        spec = replace(sample, account=account, name=f"{sample.name}-{suffix}", **changes)
        spec = replace(spec, experiments=tuple(f"{one}-{suffix}" for one in sample.experiments))
        if sample.kind == "components":
            traffic = spec.traffic
            parts = (ComponentSpec(f"{spec.name}-base", 2), ComponentSpec(f"{spec.name}-second", traffic=traffic))
            spec = replace(spec, components=parts)
        yield spec


def _specials() -> Iterator[EndpointSpec]:
    """Where one name hides another story."""
    pool = (VariantSpec("AllTraffic", "ml.g5.12xlarge", managed=(0, 3)),)
    empty_pool = (VariantSpec("AllTraffic", "ml.g5.12xlarge", 0, managed=(0, 3)),)
    once = Traffic.last_seen(3, 7)
    yield _of("components-none", pool, kind="components")
    yield _components(
        "components-adapters", pool, ComponentSpec("llama-base"), ComponentSpec("lora-a", base="llama-base")
    )
    busy_adapter = ComponentSpec("lora-called", base="mistral-base", traffic=BUSY)
    yield _components("components-adapter-busy", pool, ComponentSpec("mistral-base"), busy_adapter)
    yield _components(
        "components-one-of-three",
        pool,
        *(ComponentSpec(f"part-{n}") for n in "ab"),
        ComponentSpec("part-c", traffic=once),
    )
    yield _components("components-at-zero", empty_pool, ComponentSpec("asleep", copies=0))
    called = ComponentSpec("asleep-and-called", copies=0, refused=Traffic.last_seen(2, 31))
    yield _components("components-at-zero-called", empty_pool, called)
    yield _components("components-mute", pool, ComponentSpec("mute-part", traffic=Traffic.silent()))
    fleet, nobody = (VariantSpec("AllTraffic", "ml.g4dn.xlarge"),), (VariantSpec("AllTraffic", "ml.g4dn.xlarge", 0),)
    yield _of("async-at-zero", nobody, kind="asynchronous")
    yield _of("async-at-zero-once-called", nobody, kind="asynchronous", traffic=Traffic.last_seen(40, 9))
    yield _of("async-called-last-week", fleet, kind="asynchronous", traffic=Traffic.last_seen(6, 1))
    yield _of("async-backlog-without-capacity", nobody, kind="asynchronous", backlog=12)
    yield _of("async-backlog", fleet, kind="asynchronous", backlog=3)
    yield _of("async-mute", fleet, kind="asynchronous", traffic=Traffic.silent())
    yield _of("mute", fleet, traffic=Traffic.silent())
    yield _of("canary-only", fleet, traffic=Traffic.canary())
    split = (VariantSpec("first", "ml.m5.large", weight=0.0), VariantSpec("second", "ml.m5.large", traffic=BUSY))
    yield _of("second-variant-busy", split)
    yield _of("serverless-warm-called-once", warm_variant(), kind="serverless", traffic=Traffic.last_seen(5, 2))


def _components(name: str, variants: tuple[VariantSpec, ...], *parts: ComponentSpec) -> EndpointSpec:
    return _of(name, variants, kind="components", components=parts)


def warm_variant() -> tuple[VariantSpec, ...]:
    return (VariantSpec("AllTraffic", serverless=Serverless(provisioned=5)),)
