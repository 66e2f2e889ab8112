"""How many calls a scan costs, counted on the wire (D5.11)."""

from collections import Counter

import pytest

from tests.laptop.conftest import OF_A_CELL, Laptop, Scanned
from tests.simulation.organization.scenarios.small import FIRST, HUB, REGION, WORKLOADS, one, organization
from tests.simulation.organization.specification import Account, VariantSpec
from tests.simulation.organization.traffic import Traffic

FOUR = ("--regions", "us-east-1,us-west-2,eu-west-1,eu-central-1")


def asked_of(done: Scanned, account: str = FIRST, region: str = REGION) -> Counter[str]:
    return done.of_cells()[account, region]


def test_an_empty_cell_is_one_call(laptop: Laptop) -> None:
    """Whatever is asked for (D5.11), as long as nothing is idle anywhere."""
    laptop.open("empty")
    done = laptop.scan("--accounts", f"{FIRST},{HUB}", "--lookback-days", "63")
    assert done.of_cells() == {(account, REGION): Counter({"ListEndpoints": 1}) for account in (HUB, FIRST)}


def test_an_empty_cell_is_two_where_something_is_idle(laptop: Laptop) -> None:
    """Its routers may need what is idle in another account and region (D13.1)."""
    laptop.open("small")
    done = laptop.scan("--accounts", f"{FIRST},{HUB}")
    assert done.of_cells()[HUB, REGION] == {"ListEndpoints": 1, "ListInferenceRouters": 1}


def test_a_role_is_assumed_once_an_account(laptop: Laptop) -> None:
    """Not once a region, however many are looked at at the same time; at the hub's home region (D6.7)."""
    world = laptop.open("default")
    done = laptop.scan(*FOUR, "--concurrency", "32")
    assumed = [call for call in done.calls if call.operation == "AssumeRole"]
    active = {account.id for account in world.organization.accounts if account.state == "ACTIVE"} - {HUB}
    assert Counter(call.resource.split(":")[4] for call in assumed) == dict.fromkeys(active, 1)
    assert {call.region for call in assumed} == {world.organization.hub_region}


def test_a_busy_cell_is_four_calls(laptop: Laptop) -> None:
    """Endpoints, tags, metrics, figures: nothing is described (D5.12), and no router matters."""
    laptop.open(organization(one(f"busy-{number}", Traffic.steady(9)) for number in range(20)))
    asked = asked_of(laptop.scan("--accounts", FIRST))
    assert asked == {"ListEndpoints": 1, "GetResources": 1, "ListMetrics": 1, "GetMetricData": 1}


@pytest.mark.parametrize("spec", [one("young", age=3), one("updating", status="Updating")], ids=lambda spec: spec.name)
def test_what_the_list_decides_is_not_described(laptop: Laptop, spec: object) -> None:
    """Young, or changing right now. What is protected or broken is described for its price."""
    laptop.open(organization([spec]))  # type: ignore[list-item]
    assert "DescribeEndpoint" not in asked_of(laptop.scan("--accounts", FIRST))


def test_an_idle_endpoint_adds_two_calls(laptop: Laptop) -> None:
    """Its description and its configuration, which is read once where it is shared; models and history come at once."""
    variants = (VariantSpec("AllTraffic", "ml.g5.xlarge", model="shared-model"),)
    shared = [one(f"tenant-{number}", config="shared-config", variants=variants) for number in range(10)]
    alone = [one(f"alone-{number}") for number in range(5)]
    laptop.open(organization([*shared, *alone, one("busy", Traffic.steady(3))]))
    asked = asked_of(laptop.scan("--accounts", FIRST))
    assert (asked.pop("DescribeEndpoint"), asked.pop("DescribeEndpointConfig")) == (15, 6)
    assert asked.pop("ListModels") == asked.pop("ListInferenceRouters") == 1
    assert asked == {"ListEndpoints": 1, "GetResources": 1, "ListMetrics": 1, "GetMetricData": 1}


def test_the_budget_of_every_cell(laptop: Laptop) -> None:
    """At most 5, plus one for routers, one for series that no one foresaw, one for each further 100 endpoints or 500
    series, 2 for each that was described, and one for each 100 models where something is idle.

    Series are those of the namespace: one listing of them all costs less than one for each metric that may be there.
    """
    for name in ("default", "many_endpoints", "kinds"):
        world = laptop.open(name)
        done = laptop.scan(*(FOUR if name != "many_endpoints" else ()))
        for cell, asked in done.of_cells().items():
            there = [spec for spec in world.organization.endpoints if spec.key[:2] == cell]
            published = world.state.metrics.remembered(cell, world.state.clock())
            series = sum(one.namespace == "AWS/SageMaker" for one in published)
            described = asked.pop("DescribeEndpoint", 0)
            assert asked.pop("DescribeEndpointConfig", 0) <= described
            is_offered = "idle" in {done.verdicts.get(spec.key) for spec in there}
            models = len({spec.model_name(part) for spec in there for part in (*spec.variants, *spec.shadows)})
            assert asked.pop("ListModels", 0) <= (1 + models // 100 if is_offered else 0)
            # What hangs on an endpoint is listed where something may (D1.18, D3.12).
            assert asked.pop("ListMonitoringSchedules", 0) + asked.pop("ListInferenceExperiments", 0) <= 2
            assert asked.pop("DescribeInferenceExperiment", 0) <= sum(len(spec.experiments) for spec in there)
            assert asked.pop("ListInferenceRouters", 0) == (done.coverage[cell] == "scanned")
            further = max(0, len(there) - 1) // 100 + max(0, series - 1) // 500 + bool(described) * (1 + series // 500)
            assert asked.total() <= (5 + further if there else 1), (cell, asked)
            if name != "kinds":  # There descriptions decide more verdicts than these two.
                silent = [spec for spec in there if done.verdicts.get(spec.key) in {"idle", "no-evidence", "protected"}]
                broken = [spec for spec in there if spec.status in ("Failed", "OutOfService")]
                assert described == len(silent) + len(broken)


def test_series_come_500_a_call(laptop: Laptop) -> None:
    """In the listing of metrics and in their figures (D5.1, D5.4)."""
    variants = tuple(VariantSpec(f"v{number}", "ml.m5.large") for number in range(10))
    endpoints = [one(f"wide-{number:02d}", Traffic.steady(5), variants=variants) for number in range(60)]
    laptop.open(organization(endpoints))
    asked = asked_of(laptop.scan("--accounts", FIRST))
    assert asked.pop("ListMetrics") <= 1 + 600 * 8 // 500
    assert asked == {"ListEndpoints": 1, "GetResources": 1, "GetMetricData": 2}


def test_prices_are_asked_once_a_region_and_type(laptop: Laptop) -> None:
    """And the Organization once, whatever the number of cells."""
    members = [Account(f"5000000000{number:02d}", f"m-{number}", WORKLOADS.id) for number in range(6)]
    laptop.open(organization([one("idle", account=account.id) for account in members], members))
    done = laptop.scan()
    others = Counter(call.operation for call in done.calls if call.service not in OF_A_CELL)
    assert (others["GetCallerIdentity"], others["DescribeOrganization"], others["ListAccounts"]) == (1, 1, 1)
    assert others["GetProducts"] <= 2
