"""Any number of worlds, for benchmarks and property tests: random mixtures of kinds, lives, names and orders."""

import random
from collections.abc import Callable
from dataclasses import replace

from tests.simulation.organization.scenarios.guards import BEDROCK, STATUSES
from tests.simulation.organization.scenarios.small import HUB, MANAGEMENT
from tests.simulation.organization.specification import (
    Account,
    ComponentSpec,
    EndpointSpec,
    Organization,
    Serverless,
    Silence,
    Unit,
    VariantSpec,
)
from tests.simulation.organization.traffic import Traffic

REGIONS = (
    *("us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "us-east-2", "us-west-1", "ca-central-1", "sa-east-1"),
    *("eu-west-2", "eu-west-3", "eu-north-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2"),
    *("ap-northeast-1", "ap-northeast-2", "ap-northeast-3"),
)
TYPES = ("ml.g5.xlarge", "ml.g5.2xlarge", "ml.m5.xlarge", "ml.c5.2xlarge", "ml.g4dn.xlarge", "ml.inf2.xlarge")
WORDS = ("churn", "Fraud", "llm", "rank", "ocr", "pose", "asr", "A1", "x", "embed", "PoC", "v2", "canary", "0", "tts")
PLAIN = ("real-time",)
MIXED = (
    *("real-time",) * 6,
    *("variants", "multi-model", "multi-container", "pipeline", "shadow", "pools", "managed", "enhanced"),
    *("components", "components", "no-components", "adapters", "async", "async", "warm"),
)
# Lives that are not idle, with their weights: mostly traffic.
LIVES = ("busy",) * 10 + (
    "burst",
    "regular",
    "failing",
    "redeployed",
    "canary",
    "young",
    "kept",
    "until",
    "made",
    "status",
    "at-zero",
    "on-demand",
    "mute",
    "future",
)
FAILURES = ("Invocation4XXErrors", "Invocation5XXErrors", "InvocationModelErrors", "ModelLatency")
WEIRD = frozenset({"at-zero", "on-demand", "mute", "future"})
_UNITS = (Unit("ou-gen0-aaaaaaaa", "Alpha"), Unit("ou-gen0-bbbbbbbb", "Beta", "ou-gen0-aaaaaaaa"))


def generate(
    accounts: int,
    regions: int,
    endpoints_per_cell: int,
    idle_share: float = 0.38,
    seed: int = 0,
    empty_share: float = 0.0,
    *,
    kinds: tuple[str, ...] = MIXED,
    silence: Silence = "zeros",
) -> Organization:
    """`accounts` members beside hub and management, `regions` of 17. The same arguments make the same world.

    `idle_share` of the endpoints are idle, `empty_share` of the cells (an account and a region each) are empty.
    `kinds`: what to choose from; `PLAIN` for real-time endpoints only. `silence`: what is published without calls.
    """
    if not 1 <= regions <= len(REGIONS):
        raise ValueError(f"from 1 to {len(REGIONS)} regions")
    dice = random.Random(f"endpoint-sweep {seed}")  # noqa: S311 - a mixture, not a secret
    members = [
        Account(f"{600_000_000_000 + number}", f"member-{number:03d}", dice.choice(_UNITS).id)
        for number in range(accounts)
    ]
    chosen = REGIONS[:regions]
    endpoints: list[EndpointSpec] = []
    idle = 0
    for account in members:
        for region in chosen:
            if dice.random() >= empty_share:
                # The share holds for the whole world, although no cell has a fraction of an endpoint.
                due = round((len(endpoints) + endpoints_per_cell) * idle_share) - idle
                endpoints += _cell(account.id, region, endpoints_per_cell, due, kinds, dice)
                idle += due
    dice.shuffle(endpoints)
    dice.shuffle(members)
    return Organization(
        id="o-generated1",
        management_account=MANAGEMENT,
        hub_account=HUB,
        hub_region=chosen[0],
        accounts=(
            Account(MANAGEMENT, "management", "", has_scan_role=False, has_act_role=False),
            Account(HUB, "finops-tooling", _UNITS[0].id),
            *members,
        ),
        units=_UNITS,
        regions=chosen,
        endpoints=tuple(endpoints),
        silence=silence,
    )


def _cell(
    account: str, region: str, count: int, idle: int, kinds: tuple[str, ...], dice: random.Random
) -> list[EndpointSpec]:
    names: set[str] = set()
    while len(names) < count:
        words = [dice.choice(WORDS) for _ in range(dice.randint(1, 4))]
        names.add("-".join([*words, str(dice.randint(0, 9999))])[:63])
    found = []
    for number, name in enumerate(dice.sample(sorted(names), count)):
        life = "idle" if number < idle else dice.choice(LIVES)
        if life in WEIRD and kinds == PLAIN:
            life = "busy"
        found.append(_live(_made(account, region, name, dice.choice(kinds), dice), life, dice))
    return found


def _made(account: str, region: str, name: str, kind: str, dice: random.Random) -> EndpointSpec:
    """An idle endpoint of one kind, old enough."""
    first = VariantSpec(dice.choice(("AllTraffic", "variant-1", "v")), dice.choice(TYPES), dice.randint(1, 3))
    tags = {"owner": f"{dice.choice(WORDS)}@example.com"} if dice.random() < 0.7 else {}
    spec = EndpointSpec(account, region, name, (first,), round(dice.uniform(15, 500), 2), tags=tags)
    if dice.random() < 0.3:
        spec = replace(spec, traffic=Traffic.last_seen(round(dice.uniform(15.5, 19), 2), dice.randint(1, 99)))
    return _KINDS[kind](spec, first, dice) if kind in _KINDS else spec


def _variants(spec: EndpointSpec, first: VariantSpec, dice: random.Random) -> EndpointSpec:
    more = [VariantSpec(f"extra-{number}", dice.choice(TYPES), weight=0.0) for number in range(dice.randint(1, 3))]
    return replace(spec, variants=tuple(dice.sample([first, *more], len(more) + 1)))


def _components(spec: EndpointSpec, first: VariantSpec, dice: random.Random) -> EndpointSpec:
    parts = tuple(
        ComponentSpec(f"{spec.name[:50]}-ic{number}", dice.randint(1, 3)) for number in range(dice.randint(1, 4))
    )
    return replace(spec, kind="components", components=parts, traffic=Traffic.none())


def _adapters(spec: EndpointSpec, first: VariantSpec, dice: random.Random) -> EndpointSpec:
    base = ComponentSpec(f"{spec.name[:50]}-base")
    parts = [ComponentSpec(f"{spec.name[:50]}-lora{number}", base=base.name) for number in range(dice.randint(1, 3))]
    return replace(spec, kind="components", components=(base, *parts), traffic=Traffic.none())


def _warm(spec: EndpointSpec, first: VariantSpec, dice: random.Random) -> EndpointSpec:
    variant = VariantSpec(first.name, serverless=Serverless(provisioned=dice.randint(1, 10)))
    return replace(spec, kind="serverless", variants=(variant,))


_KINDS: dict[str, Callable[[EndpointSpec, VariantSpec, random.Random], EndpointSpec]] = {
    "variants": _variants,
    "multi-model": lambda spec, *_: replace(spec, kind="multi-model"),
    "multi-container": lambda spec, *_: replace(spec, kind="multi-container"),
    "pipeline": lambda spec, *_: replace(spec, kind="pipeline"),
    "shadow": lambda spec, first, _: replace(spec, shadows=(replace(first, name="shadow"),)),
    "pools": lambda spec, first, dice: replace(
        spec, variants=(replace(first, instance_type="", pools=((TYPES[0], 1), (TYPES[1], dice.randint(0, 2)))),)
    ),
    "managed": lambda spec, first, _: replace(spec, variants=(replace(first, managed=(1, 5)),)),
    "enhanced": lambda spec, *_: replace(spec, enhanced_metrics=True),
    "components": _components,
    "no-components": lambda spec, *_: replace(spec, kind="components", traffic=Traffic.none()),
    "adapters": _adapters,
    "async": lambda spec, *_: replace(spec, kind="asynchronous"),
    "warm": _warm,
}


def _regular(spec: EndpointSpec, dice: random.Random) -> EndpointSpec:
    """A job of every month, two months or quarter, for as long as CloudWatch remembers."""
    days = dice.choice((30, 61, 91))
    traffic = Traffic.regular(days, round(dice.uniform(20, days * 1.2), 2), dice.randint(1, 500))
    if spec.components:
        first, *others = spec.components
        return replace(spec, created_days_ago=480, components=(replace(first, traffic=traffic), *others))
    return replace(_plain(spec), created_days_ago=480, traffic=traffic)


def _live(spec: EndpointSpec, life: str, dice: random.Random) -> EndpointSpec:  # noqa: C901, PLR0911, PLR0912 - one return a life
    """The endpoint as it lives; anything but `idle` makes it something that must not be offered."""
    match life:
        case "busy" | "burst" | "canary":
            return _called(spec, life, dice)
        case "regular":
            return _regular(spec, dice)
        case "failing":
            burst = Traffic.last_seen(round(dice.uniform(0.5, 12), 2), dice.randint(1, 99))
            return replace(_plain(spec), traffic=Traffic.none(), failures=((dice.choice(FAILURES), burst),))
        case "redeployed":
            days = round(dice.uniform(1, 12), 2)
            return replace(spec, config_days_ago=days, modified_days_ago=days)
        case "young":
            return replace(spec, created_days_ago=round(dice.uniform(0.1, 13), 2), traffic=Traffic.none())
        case "kept":
            return replace(spec, tags={**spec.tags, "endpoint-sweep:keep": dice.choice(("true", "false", ""))})
        case "until":
            value = dice.choice(("2099-01-01", "soon", ""))
            return replace(spec, tags={**spec.tags, "endpoint-sweep:keep-until": value})
        case "status":
            statuses = [one for one in STATUSES if one != "UpdateRollbackFailed"]
            return replace(spec, status=dice.choice(statuses))
        case "at-zero":
            nobody = (VariantSpec("AllTraffic", dice.choice(TYPES), 0, managed=(0, 2)),)
            return replace(_plain(spec), kind="asynchronous", variants=nobody)
        case "on-demand":
            return replace(_plain(spec), kind="serverless", variants=(VariantSpec("v", serverless=Serverless()),))
        case "mute":
            return replace(_plain(spec), traffic=Traffic.silent())
        case "future":
            return replace(_plain(spec), kind="unknown", variants=(VariantSpec("v"),))
        case "made":
            made_by = dice.choice((BEDROCK, {"aws:cloudformation:stack-name": "s"}))
            return replace(spec, tags={**spec.tags, **made_by})
    return spec


def _plain(spec: EndpointSpec) -> EndpointSpec:
    first = VariantSpec("AllTraffic", TYPES[0])
    bare = replace(spec, kind="real-time", variants=(first,), shadows=(), components=(), enhanced_metrics=False)
    return replace(bare, traffic=Traffic.none())


def _called(spec: EndpointSpec, life: str, dice: random.Random) -> EndpointSpec:
    """Traffic in one place only: a variant, a component, an endpoint as a whole."""
    traffic = {
        "busy": Traffic.steady(dice.randint(1, 5000)),
        "burst": Traffic.last_seen(round(dice.uniform(0.5, min(13, spec.created_days_ago)), 2), dice.randint(1, 50)),
        "canary": Traffic.canary(),
    }[life]
    if spec.components:
        parts = list(spec.components)
        place = dice.randrange(len(parts))
        parts[place] = replace(parts[place], traffic=traffic)
        return replace(spec, components=tuple(parts))
    if spec.kind == "components":  # without components there is nothing to call
        return replace(spec, components=(ComponentSpec(f"{spec.name[:50]}-only", traffic=traffic),))
    if len(spec.variants) > 1:
        rows = list(spec.variants)
        place = dice.randrange(len(rows))
        rows[place] = replace(rows[place], traffic=traffic)
        return replace(spec, variants=tuple(rows), traffic=Traffic.none())
    return replace(spec, traffic=traffic)
