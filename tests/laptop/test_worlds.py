"""Whole Organizations: every verdict as its specification has it, in worlds of all kinds, guards and orders."""

import random
from dataclasses import replace

import pytest

from tests.laptop.conftest import OF_A_CELL, Laptop, Scanned
from tests.simulation.member_aws.world import World
from tests.simulation.organization.scenarios import build, names
from tests.simulation.organization.scenarios.generator import generate
from tests.simulation.organization.scenarios.routers import GATEWAY
from tests.simulation.organization.scenarios.small import (
    FIRST,
    MANAGEMENT,
    OTHER_REGION,
    REGION,
    SECOND,
    one,
    organization,
)
from tests.simulation.organization.specification import Destination, Organization, RouterSpec, Silence, VariantSpec
from tests.simulation.organization.traffic import Traffic

ONE_CELL = ("--accounts", FIRST)


def scanned(laptop: Laptop, organization: Organization, *options: str) -> tuple[World, Scanned]:
    world = laptop.open(organization)
    return world, laptop.scan("--regions", ",".join(organization.regions), *options)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("name", names())
def test_every_named_world(laptop: Laptop, name: str) -> None:
    """All of the idle is found, nothing else is, and each refusal has its reason."""
    world, done = scanned(laptop, build(name))
    assert done.verdicts == world.organization.expected_verdicts()
    assert done.coverage == world.organization.expected_coverage()
    for found in done.document["findings"]:
        assert len(found["reason"]) > 10
        is_told = "last call on" in found["reason"]
        assert found["verdict"] in ("busy", "not-in-service") or (found["last_invocation_at"] is not None) == is_told


@pytest.mark.parametrize("seed", range(6))
def test_worlds_that_nobody_drew(laptop: Laptop, seed: int) -> None:
    """Random names, kinds, lives and orders."""
    silence: Silence = ("zeros", "nothing", "mixed")[seed % 3]
    world, done = scanned(laptop, generate(3, 2, 20, 0.4, seed, 0.2, silence=silence))
    expected = world.organization.expected_verdicts()
    assert done.verdicts == expected
    assert 0.2 < sum(verdict == "idle" for verdict in expected.values()) / len(expected) < 0.5


@pytest.mark.parametrize("days", [64, 400])
def test_very_long_lookbacks(laptop: Laptop, days: int) -> None:
    """A young endpoint is not described, so a call that ListMetrics has forgotten may leave it too young (D5.4)."""
    world, done = scanned(laptop, generate(2, 1, 20, 0.4, 9), "--lookback-days", str(days))
    expected = world.organization.expected_verdicts(days)
    assert {key for key, word in done.verdicts.items() if word == "idle"} == world.organization.expected_idle(days)
    differing = {(done.verdicts[key], expected[key]) for key in expected if done.verdicts[key] != expected[key]}
    assert differing <= {("too-young", "busy")}


@pytest.mark.parametrize("days", [7, 30, 63])
def test_other_lookbacks(laptop: Laptop, days: int) -> None:
    """Short ones and ones that reach beyond what the listing of metrics remembers (D1.23, D5.4)."""
    for whole in (build("default"), generate(2, 1, 20, 0.4, 9)):
        world, done = scanned(laptop, whole, "--lookback-days", str(days))
        assert done.verdicts == world.organization.expected_verdicts(days)


@pytest.mark.parametrize("tags", [("TEAM",), (" note = Keep IT ", "team=ml")])
def test_the_deployment_s_own_tags(laptop: Laptop, tags: tuple[str, ...]) -> None:
    """Whatever the case and the blanks, here and there; a false match only keeps."""
    values: tuple[dict[str, str], ...] = (
        {"team": "vision"},
        {"Team ": "ML"},
        {"note": " keep it "},
        {"note": "keep"},
        {"teams": "ml"},
        {},
    )
    options = [f"--protect-tag={tag}" for tag in tags]
    world, done = scanned(laptop, organization([one(f"e-{i}", tags=tag) for i, tag in enumerate(values)]), *options)
    expected = world.organization.expected_verdicts(protect_tags=tags)
    assert done.verdicts == expected
    assert set(expected.values()) == {"idle", "protected"}


def test_where_an_endpoint_came_from_is_named(laptop: Laptop) -> None:
    """JumpStart and Canvas beside the verdict: nothing manages these endpoints afterwards (D13.4)."""
    _, done = scanned(laptop, build("guards"))
    rows = {found["name"]: (found["verdict"], found["advice"]) for found in done.document["findings"]}
    said = "deployed from the JumpStart model meta-textgeneration-llama-3-8b; nothing manages it afterwards"
    assert (rows["made-by-jumpstart"][0], rows["made-by-jumpstart"][1].split("; inference")[0]) == ("idle", said)
    assert rows["made-in-studio"][0] == "idle"
    assert rows["canvas-churn-forecast"][1].startswith("its name suggests SageMaker Canvas")
    assert rows["made-by-bedrock"][0] == "protected"


@pytest.mark.parametrize("name", ["kinds", "guards", "default"])
def test_the_budget_in_worlds_of_every_kind(laptop: Laptop, name: str) -> None:
    """Per cell six calls at most beside descriptions; models where something is idle, and what hangs on it (D3.12)."""
    _, done = scanned(laptop, build(name))
    for cell, asked in done.of_cells().items():
        there = [found for found in done.document["findings"] if (found["account"], found["region"]) == cell]
        described = sum(found["kind"] is not None and bool(found["instances"]) for found in there)
        descriptions = asked.pop("DescribeEndpoint", 0)
        assert asked.pop("DescribeEndpointConfig", 0) <= descriptions
        assert descriptions >= described
        assert asked["ListInferenceComponents"] <= 1
        assert asked.pop("ListModels", 0) <= ("idle" in {found["verdict"] for found in there})
        assert asked.pop("ListMonitoringSchedules", 0) <= 1
        assert asked.pop("ListInferenceExperiments", 0) <= 1
        assert asked.pop("DescribeInferenceExperiment", 0) <= 3
        # Where something is idle anywhere, a router of any account may need it (D13.1).
        assert asked.pop("ListInferenceRouters", 0) == (done.coverage[cell] == "scanned")
        unused = any(found["verdict"] in ("idle", "protected", "busy") for found in there)
        assert asked.total() <= (5 + unused if there else 1), (cell, asked)


def test_what_hangs_on_an_endpoint_is_named(laptop: Laptop) -> None:
    """Beside the verdict, for every endpoint that was described (D1.18, D3.12)."""
    world, done = scanned(laptop, build("guards"))
    advice = {found["name"]: found["advice"] for found in done.document["findings"] if "advice" in found}
    watched = [spec for spec in world.organization.endpoints if spec.monitoring_schedules]
    assert watched
    for spec in watched:
        assert all(name in advice[spec.name] for name in spec.monitoring_schedules)
    tested = [spec for spec in world.organization.endpoints if spec.experiments]
    assert tested
    for spec in tested:
        assert all(name in advice[spec.name] for name in spec.experiments)


def test_a_destination_is_kept_and_its_router_named(laptop: Laptop) -> None:
    """In another account and region; by a router that no one can see it is not, and that is said (D13.1)."""
    _, done = scanned(laptop, build("routers"))
    found = {(one["account"], one["region"], one["name"]): one for one in done.document["findings"]}
    standby = found[SECOND, OTHER_REGION, "standby"]
    assert standby["reason"] == f"destination of the inference router global in {GATEWAY}/{REGION}"
    host = found[SECOND, OTHER_REGION, "standby-host"]
    assert host["reason"].startswith("its inference component llm-standby: destination of the inference router ")
    idle = [one for one in found.values() if one["verdict"] == "idle"]
    # The management account lets no one look at its two regions, and the gateway hides its routers in one.
    marked = f"the inference routers of its account in {OTHER_REGION} are not known"
    assert {one["advice"] for one in idle} == {""} | {marked for one in idle if one["account"] == GATEWAY}
    assert {(row["account"], row["region"]) for row in done.document["coverage"] if row["routers"] != "known"} == {
        *((MANAGEMENT, region) for region in (REGION, OTHER_REGION)),
        (GATEWAY, OTHER_REGION),
    }
    assert done.coverage[GATEWAY, OTHER_REGION] == "scanned"


@pytest.mark.parametrize("seed", range(3))
def test_routers_that_nobody_drew(laptop: Laptop, seed: int) -> None:
    """Random destinations of random routers, anywhere: none of them is idle, and everything else is as without."""
    world, dice = generate(3, 2, 12, 0.4, seed, 0.4), random.Random(seed)  # noqa: S311 - repeatable on purpose
    cells = [(account.id, region) for account in world.accounts for region in world.regions if account.has_scan_role]
    chosen = [
        Destination(spec.account, spec.region, dice.choice(spec.components).name, is_component=True)
        if spec.components
        else Destination(*spec.key)
        for spec in dice.sample(world.endpoints, 20)
    ]
    routers = tuple(RouterSpec(*dice.choice(cells), f"router-{n}", ((one,),)) for n, one in enumerate(chosen))
    plain = world.expected_verdicts()
    _, done = scanned(laptop, replace(world, routers=routers))
    assert done.verdicts == replace(world, routers=routers).expected_verdicts()
    changed = {key for key, verdict in done.verdicts.items() if verdict != plain[key]}
    assert changed
    assert changed == {spec.key for spec in world.endpoints if plain[spec.key] == "idle"
                       and any(one.is_on(spec) for one in chosen)}  # fmt: skip


def test_a_region_without_routers_has_none(laptop: Laptop) -> None:
    """That its API does not know them is an answer (D13.32)."""
    _, done = scanned(laptop, replace(build("two_teams"), without_routers=(REGION,)))
    assert {row["account"] for row in done.document["coverage"] if row["routers"] != "known"} == {MANAGEMENT}


@pytest.mark.parametrize(
    ("status", "verdict"), [("Starting", "protected"), ("Updating", "protected"), ("Completed", "idle")]
)
def test_a_shadow_test_that_is_not_over_keeps_its_endpoint(laptop: Laptop, status: str, verdict: str) -> None:
    """And no other with shadow variants (D13.5)."""
    shadows = (VariantSpec("candidate", "ml.g5.xlarge"),)
    tested = one("tested", shadows=shadows, experiments=("a-test",), experiment_status=status)
    world, done = scanned(laptop, organization([tested, one("left-over", shadows=shadows)]))
    assert done.names == {"tested": verdict, "left-over": "idle"}
    assert done.verdicts == world.organization.expected_verdicts()


def test_a_scan_asks_nobody_else(laptop: Laptop) -> None:
    """Cells, roles, the Organization, prices: no other service."""
    _, done = scanned(laptop, build("kinds"))
    assert {call.service for call in done.calls} <= OF_A_CELL | {"sts", "organizations", "pricing"}


def test_statuses_that_are_left_alone(laptop: Laptop) -> None:
    """Each with its word (D2.8)."""
    statuses = ("Creating", "Updating", "SystemUpdating", "RollingBack", "Failed", "OutOfService", "Hibernating")
    laptop.open(organization([one(f"status-{status}", status=status) for status in statuses]))
    done = laptop.scan(*ONE_CELL)
    assert set(done.names.values()) == {"not-in-service"}
    for found in done.document["findings"]:
        assert found["reason"].endswith(f"(status {found['status']})")


def test_a_failed_rollback_is_judged(laptop: Laptop) -> None:
    """It serves and bills (D2.8)."""
    silent, called = (one(name, traffic, status="UpdateRollbackFailed") for name, traffic in (
        ("silent", Traffic.none()), ("called", Traffic.steady(9))))  # fmt: skip
    laptop.open(organization([silent, called]))
    assert laptop.scan(*ONE_CELL).names == {"silent": "idle", "called": "busy"}


def test_a_recent_deployment_is_a_sign_of_life(laptop: Laptop) -> None:
    """A new configuration is one; scaling, which moves the same LastModifiedTime, is not (D2.5)."""
    scaled = one("scaled", modified_days_ago=0.1)
    deployed = one("deployed", modified_days_ago=0.1, config_days_ago=0.1)
    laptop.open(organization([scaled, deployed]))
    assert laptop.scan(*ONE_CELL).names == {"scaled": "idle", "deployed": "too-young"}
