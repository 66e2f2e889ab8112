"""Whole Organizations: every verdict as its specification has it, in worlds of all kinds, guards and orders."""

import pytest

from tests.laptop.conftest import OF_A_CELL, Laptop, Scanned
from tests.simulation.member_aws.world import World
from tests.simulation.organization.scenarios import build, names
from tests.simulation.organization.scenarios.generator import generate
from tests.simulation.organization.scenarios.small import FIRST, one, organization
from tests.simulation.organization.specification import Organization, Silence
from tests.simulation.organization.traffic import Traffic

ONE_CELL = ("--accounts", FIRST)


def scanned(laptop: Laptop, organization: Organization, *options: str) -> tuple[World, Scanned]:
    world = laptop.open(organization)
    return world, laptop.scan("--regions", ",".join(organization.regions), *options)


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


@pytest.mark.parametrize("days", [7, 30, 63])
def test_other_lookbacks(laptop: Laptop, days: int) -> None:
    """Short ones and ones that reach beyond what the listing of metrics remembers (D1.23, D5.4)."""
    for whole in (build("default"), generate(2, 1, 20, 0.4, 9)):
        world, done = scanned(laptop, whole, "--lookback-days", str(days))
        assert done.verdicts == world.organization.expected_verdicts(days)


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
