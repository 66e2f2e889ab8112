"""The simulated Cost Explorer: months, groups, pages, charge types, and who may ask."""

from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import boto3
import pytest

from tests.simulation.member_aws.world import World
from tests.simulation.organization.scenarios.small import FIRST, MANAGEMENT, WORKLOADS, one, organization
from tests.simulation.organization.specification import Account
from tests.unit.simulation.asking import code, refused

PERIOD = {"Start": "2026-10-19", "End": "2026-11-18"}
ASKED: dict[str, Any] = {
    "TimePeriod": PERIOD,
    "Granularity": "MONTHLY",
    "Metrics": ["NetAmortizedCost", "AmortizedCost", "UsageQuantity"],
    "GroupBy": [{"Type": "DIMENSION", "Key": "USAGE_TYPE"}, {"Type": "DIMENSION", "Key": "LINKED_ACCOUNT"}],
}
USAGE = {"Dimensions": {"Key": "RECORD_TYPE", "Values": ["Usage", "SavingsPlanCoveredUsage"]}}


@pytest.fixture
def world() -> Iterator[World]:
    member = Account(FIRST, "vision-prod", WORKLOADS.id, discount_percent=30)
    with World.in_process(organization([one(f"e{number}") for number in range(9)], [member])) as made:
        yield made


def sums(client: Any, **more: Any) -> Counter[str]:
    """Of all pages."""
    found: Counter[str] = Counter()
    token: dict[str, str] = {}
    while True:
        page = client.get_cost_and_usage(**ASKED, **more, **token)
        for month in page["ResultsByTime"]:
            for group in month["Groups"]:
                assert group["Keys"] == ["USE1-Host:ml.g5.xlarge", FIRST]
                found.update({name: Decimal(one["Amount"]) for name, one in group["Metrics"].items()})
        if "NextPageToken" not in page:
            return found
        token = {"NextPageToken": page["NextPageToken"]}


def test_usage_is_what_ran(world: World) -> None:
    """D13.40: thirty days of nine instances in two months, at a discount in the net metric alone."""
    found = sums(world.client("ce", MANAGEMENT), Filter=USAGE)
    assert found["UsageQuantity"] == 30 * 24 * 9
    assert found["AmortizedCost"] == Decimal("1.4084") * 30 * 24 * 9
    assert found["NetAmortizedCost"] == found["AmortizedCost"] * Decimal("0.7")


def test_other_charges_spoil_a_careless_sum(world: World) -> None:
    """D13.41: the negation of a plan repeats its hours, and credits are no discount."""
    careless, usage = (
        sums(world.client("ce", MANAGEMENT)),
        sums(world.client("ce", MANAGEMENT), Filter={"And": [USAGE]}),
    )
    assert careless["UsageQuantity"] > usage["UsageQuantity"]
    assert careless["NetAmortizedCost"] < usage["NetAmortizedCost"]


def test_only_who_pays_may_ask(world: World) -> None:
    """And only questions that it understands, of a service that it knows."""
    assert code(boto3.client("ce").get_cost_and_usage, **ASKED) == "AccessDeniedException"
    payer = world.client("ce", MANAGEMENT)
    too_many = ASKED["GroupBy"] + [{"Type": "DIMENSION", "Key": "REGION"}]
    assert code(payer.get_cost_and_usage, **(ASKED | {"GroupBy": too_many})) == "ValidationException"
    other = {"Dimensions": {"Key": "SERVICE", "Values": ["Amazon Elastic Compute Cloud - Compute"]}}
    assert payer.get_cost_and_usage(**ASKED, Filter=other)["ResultsByTime"] == []
    world.control("switch", what="costs", on=False)
    assert code(payer.get_cost_and_usage, **ASKED) == "DataUnavailableException"


def test_over_http(http: Callable[..., Any]) -> None:
    """In the service's own wire protocol."""
    assert "Linked account" in refused(http("ce").get_cost_and_usage, **ASKED)[1]
