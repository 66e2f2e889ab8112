"""The demo's world: eight accounts in three units, four regions, some 120 endpoints with a story each.

Names, owners and sizes are drawn from a generator with a fixed seed, so that the world is the same every time.
"""

import random
from dataclasses import dataclass, replace

from tests.simulation.organization.scenarios.specials import HIDDEN, SPECIALS
from tests.simulation.organization.specification import Account, EndpointSpec, Organization, Scaling, Unit, VariantSpec
from tests.simulation.organization.traffic import Traffic

REGIONS = ("us-east-1", "us-west-2", "eu-west-1", "eu-central-1")
PLATFORM = Unit("ou-demo-platform1", "Platform")
RESEARCH = Unit("ou-demo-research1", "Research")
PRODUCTION = Unit("ou-demo-product01", "Production")
MANAGEMENT = Account("100000000001", "management", "", has_scan_role=False, has_act_role=False, has_cost_role=True)
ACCOUNTS = (
    Account("111111111111", "finops-tooling", PLATFORM.id),
    Account("210000000002", "ml-platform", PLATFORM.id, discount_percent=18),
    Account("320000000003", "vision-research", RESEARCH.id, discount_percent=31),
    Account("320000000004", 'nlp "R&D" | research', RESEARCH.id, optimizer=True, discount_percent=31),
    Account("320000000005", "legacy-poc", RESEARCH.id, state="SUSPENDED"),
    Account("430000000006", "fraud-prod", PRODUCTION.id),
    Account("430000000007", "recommendations-prod", PRODUCTION.id, denied_regions=("eu-central-1",)),
    # Its new owners can rename it at will: a spreadsheet formula is a legal account name.
    Account("430000000008", '=HYPERLINK("http://x","y")', PRODUCTION.id, has_scan_role=False, has_act_role=False),
)


@dataclass(frozen=True, slots=True)
class Team:
    """What one account's people do: the words of their endpoint names, their owners, how many of each story."""

    account: str
    name: str
    projects: tuple[str, ...]
    owners: tuple[str, ...]
    idle: int
    busy: int
    young: int = 0
    protected: int = 0


TEAMS = (
    Team("111111111111", "finops", ("cost-forecast", "anomaly-explainer"), ("finops@example.com",), idle=1, busy=1),
    Team(
        "210000000002",
        "ml-platform",
        ("embedding-gateway", "feature-encoder", "llm-router", "guardrail", "rerank", "load-test"),
        ("ines.falk@example.com", "platform-oncall@example.com", "tomas.rey@example.com"),
        *(7, 8, 1, 2),
    ),
    Team(
        "320000000003",
        "vision",
        ("defect-detect", "pose-estimate", "sam2", "ocr-invoice", "depth-map", "resnet152", "yolo-v9", "clip-search"),
        ("mira.kent@example.com", "jo.adeyemi@example.com", "lena.holm@example.com", ""),
        *(14, 8, 2, 1),
    ),
    Team(
        "320000000004",
        "nlp",
        ("summarizer", "mistral-7b", "llama3-8b", "qa-finetune", "toxicity", "ner-legal", "translate-de", "whisper-l"),
        ("ravi.menon@example.com", "sofia.lund@example.com", "p.okafor@example.com", ""),
        *(14, 8, 2, 1),
    ),
    Team(
        "430000000006",
        "fraud",
        ("card-fraud", "account-takeover", "chargeback", "device-graph", "aml-score", "sanction-match"),
        ("fraud-ml@example.com", "dana.wu@example.com"),
        *(5, 12, 1, 2),
    ),
    Team(
        "430000000007",
        "recommendations",
        ("home-ranker", "similar-items", "next-basket", "push-timing", "price-elastic", "search-rank"),
        ("recs@example.com", "marco.bianchi@example.com"),
        *(5, 9, 1, 1),
    ),
)
# (instance type, how often, instances): what experiments are left on, and what production runs on.
FORGOTTEN = (
    ("ml.g5.xlarge", 9, 1),
    ("ml.g5.2xlarge", 7, 1),
    ("ml.m5.xlarge", 7, 1),
    ("ml.g4dn.xlarge", 6, 1),
    ("ml.c5.2xlarge", 4, 2),
    ("ml.g5.12xlarge", 3, 1),
    ("ml.inf2.xlarge", 2, 1),
    ("ml.p3.2xlarge", 2, 1),
    ("ml.g6e.2xlarge", 2, 1),
    ("ml.g6.12xlarge", 1, 1),
)
WORKING = (
    ("ml.c5.xlarge", 6, 2),
    ("ml.m5.2xlarge", 5, 2),
    ("ml.g5.xlarge", 5, 2),
    ("ml.g5.2xlarge", 4, 3),
    ("ml.inf2.8xlarge", 1, 2),
    ("ml.g6.4xlarge", 1, 2),
)
IDLE_SUFFIXES = ("poc", "demo", "v1", "old", "eval", "rc2", "hackathon", "ab-loser", "shadow", "tmp", "bench")
BUSY_SUFFIXES = ("prod", "live", "v3", "v4", "eu", "batch", "api", "mobile")
IDLE_REGIONS = ("us-east-1",) * 7 + ("us-west-2", "eu-west-1", "eu-central-1")


def build() -> Organization:
    """The default world."""
    dice = random.Random("endpoint-sweep default world")  # noqa: S311 - a story, not a secret
    endpoints = [spec for team in TEAMS for spec in _team(team, dice)]
    return Organization(
        id="o-demo123456",
        management_account=MANAGEMENT.id,
        hub_account="111111111111",
        hub_region="us-east-1",
        accounts=(MANAGEMENT, *ACCOUNTS),
        units=(PLATFORM, RESEARCH, PRODUCTION),
        regions=REGIONS,
        endpoints=(*endpoints, *SPECIALS, *HIDDEN),
    )


def _team(team: Team, dice: random.Random) -> list[EndpointSpec]:
    quiet = dice.sample([f"{project}-{suffix}" for project in team.projects for suffix in IDLE_SUFFIXES], k=22)
    called = dice.sample([f"{project}-{suffix}" for project in team.projects for suffix in BUSY_SUFFIXES], k=16)
    specs = [_endpoint(team, quiet.pop(), IDLE_REGIONS, FORGOTTEN, dice, _forgotten(dice)) for _ in range(team.idle)]
    specs += [_endpoint(team, called.pop(), _allowed(team), WORKING, dice, _called(dice)) for _ in range(team.busy)]
    for _ in range(team.young):
        spec = _endpoint(team, f"{quiet.pop()}-next", IDLE_REGIONS, FORGOTTEN, dice, Traffic.none())
        specs.append(replace(spec, created_days_ago=round(dice.uniform(0.4, 6), 2)))
    for _ in range(team.protected):
        spec = _endpoint(team, f"{called.pop()}-standby", IDLE_REGIONS, FORGOTTEN, dice, Traffic.none())
        specs.append(replace(spec, tags={**spec.tags, "endpoint-sweep:keep": dice.choice(("true", "dr", "q4-launch"))}))
    return specs


def _endpoint(
    team: Team,
    name: str,
    regions: tuple[str, ...],
    types: tuple[tuple[str, int, int], ...],
    dice: random.Random,
    traffic: Traffic,
) -> EndpointSpec:
    instance_type, _, count = dice.choices(types, weights=[weight for _, weight, _ in types])[0]
    tags = {"team": team.name, "cost-center": f"cc-{4100 + int(team.account[-1])}"}
    if owner := dice.choice(team.owners):
        tags["owner"] = owner
    region = dice.choice([one for one in regions if one in _allowed(team)])
    working = types is WORKING
    return EndpointSpec(
        account=team.account,
        region=region,
        name=name,
        variants=(VariantSpec("AllTraffic", instance_type, count),),
        created_days_ago=round(dice.uniform(24, 640), 2),
        tags=tags,
        traffic=traffic,
        scaling=(Scaling("AllTraffic", 1, 2 * count + 2),) if working and dice.random() < 0.4 else (),
    )


def _allowed(team: Team) -> tuple[str, ...]:
    account = next(one for one in ACCOUNTS if one.id == team.account)
    return tuple(region for region in REGIONS if region not in account.denied_regions)


def _forgotten(dice: random.Random) -> Traffic:
    """Never called since the window began; some were called once, long enough ago."""
    return (
        Traffic.none()
        if dice.random() < 0.6
        else Traffic.last_seen(round(dice.uniform(16, 23), 2), dice.randint(1, 60))
    )


def _called(dice: random.Random) -> Traffic:
    """From one batch a week to thousands an hour."""
    if dice.random() < 0.2:
        return Traffic.last_seen(round(dice.uniform(0.5, 11), 2), dice.randint(1, 50_000))
    return Traffic.steady(dice.choice((2, 15, 60, 400, 2500, 9000)))
