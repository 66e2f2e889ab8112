"""Services that moto does not have, in this process and over HTTP: regions, prices, a second opinion."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError

from tests.simulation.member_aws.world import World
from tests.simulation.organization.scenarios import build
from tests.simulation.organization.scenarios.small import FIRST, MANAGEMENT, SECOND, WORKLOADS, one, organization
from tests.simulation.organization.specification import Account, Organization
from tests.simulation.organization.traffic import Traffic
from tests.unit.simulation.asking import MEMBER, OTHER, REGION, refused

MEMBERS = (
    Account(FIRST, "vision-prod", WORKLOADS.id, off_regions=("eu-west-1",), optimizer=True),
    Account(SECOND, "speech-prod", WORKLOADS.id, turning_regions=("eu-south-2",)),
)
REGIONS = ("us-east-1", "eu-west-1", "eu-south-2")


def made(**fields: Any) -> Organization:
    return replace(organization([one("resnet-demo"), one("busy", Traffic.steady(5))], MEMBERS, REGIONS), **fields)


@pytest.fixture
def world() -> Iterator[World]:
    with World.in_process(made()) as world:
        yield world


def regions(client: Any, **arguments: Any) -> dict[str, str]:
    pages = client.get_paginator("list_regions").paginate(**arguments)
    return {row["RegionName"]: row["RegionOptStatus"] for page in pages for row in page["Regions"]}


class TestAccountRegions:
    def test_of_a_member(self, world: World) -> None:
        """D6.3: enabled by default, opted in, off, and on the way."""
        client = boto3.client("account")
        first, second = regions(client, AccountId=FIRST), regions(client, AccountId=SECOND)
        assert (first["us-east-1"], first["eu-west-1"], first["eu-south-2"]) == (
            "ENABLED_BY_DEFAULT",
            "DISABLED",
            "ENABLED",
        )
        assert (second["eu-west-1"], second["eu-south-2"]) == ("ENABLED_BY_DEFAULT", "ENABLING")

    def test_filter_and_pages(self, world: World) -> None:
        """D6.3: by status, at most 50 to a page."""
        client = boto3.client("account")
        wanted = ["ENABLED", "ENABLED_BY_DEFAULT"]
        assert set(regions(client, AccountId=FIRST, RegionOptStatusContains=wanted)) == {"us-east-1", "eu-south-2"}
        pages = client.get_paginator("list_regions").paginate(AccountId=FIRST, PaginationConfig={"PageSize": 2})
        assert [len(page["Regions"]) for page in pages] == [2, 2, 2, 1]

    def test_the_management_account_omits_its_own_id(self, world: World) -> None:
        """D6.3: its own account id is refused, no id means itself."""
        client = world.client("account", MANAGEMENT)
        assert refused(client.list_regions, AccountId=MANAGEMENT)[0] == "ValidationException"
        assert regions(client)["eu-west-1"] == "ENABLED_BY_DEFAULT"

    def test_without_trusted_access(self, world: World) -> None:
        """D6.3: then no one may ask for another account; asking for oneself needs none."""
        world.switch("trusted-access", on=False)
        assert refused(boto3.client("account").list_regions, AccountId=FIRST)[0] == "AccessDeniedException"
        assert regions(world.client("account", FIRST))["eu-west-1"] == "DISABLED"
        world.switch("trusted-access", on=True)
        assert regions(boto3.client("account"), AccountId=FIRST)

    def test_other_members_may_not(self, world: World) -> None:
        """D6.3: only the management account and its delegate."""
        client = world.client("account", FIRST)
        assert refused(client.list_regions, AccountId=SECOND)[0] == "AccessDeniedException"

    def test_seen_from_inside(self, world: World) -> None:
        """D6.2: DescribeRegions of a member shows what it enabled, and the others only when asked."""
        client = world.client("ec2", FIRST)
        rows = {row["RegionName"]: row["OptInStatus"] for row in client.describe_regions()["Regions"]}
        assert rows == {"us-east-1": "opt-in-not-required", "eu-south-2": "opted-in"}
        everything = client.describe_regions(AllRegions=True)["Regions"]
        assert {row["RegionName"] for row in everything if row["OptInStatus"] == "not-opted-in"} >= {"eu-west-1"}

    def test_a_region_on_the_way_is_off(self, world: World) -> None:
        """D6.5: nothing answers there yet."""
        client = world.client("sagemaker", SECOND, "eu-south-2")
        assert refused(client.list_endpoints)[0] == "UnrecognizedClientException"
        assert world.organization.expected_coverage()[SECOND, "eu-south-2"] == "region-off"


def products(client: Any, **filters: str) -> list[dict[str, Any]]:
    wanted = [{"Type": "TERM_MATCH", "Field": name, "Value": value} for name, value in filters.items()]
    pages = client.get_paginator("get_products").paginate(ServiceCode="AmazonSageMaker", Filters=wanted)
    return [json.loads(text) for page in pages for text in page["PriceList"]]


def rate(product: dict[str, Any]) -> tuple[str, str]:
    (term,) = product["terms"]["OnDemand"].values()
    (dimension,) = term["priceDimensions"].values()
    return dimension["unit"], dimension["pricePerUnit"]["USD"]


class TestPrices:
    def test_one_product(self, world: World) -> None:
        """D8.1, D8.3: component, type and region lead to one, priced by the hour in a JSON string."""
        (product,) = products(
            boto3.client("pricing"), component="Hosting", instanceName="ml.g5.xlarge", regionCode="us-east-1"
        )
        assert product["product"]["attributes"]["usagetype"] == "USE1-Host:ml.g5.xlarge"
        unit, usd = rate(product)
        assert (unit, float(usd)) == ("Hrs", 1.4084)

    def test_without_the_component(self, world: World) -> None:
        """D8.2: then notebooks, training and others come as well; the plain type is not the attribute instanceType."""
        client = boto3.client("pricing")
        found = products(client, instanceName="ml.g5.xlarge", regionCode="us-east-1")
        assert len({product["product"]["attributes"]["component"] for product in found}) == len(found) == 7
        assert products(client, instanceType="ml.g5.xlarge", regionCode="us-east-1") == []

    def test_asynchronous(self, world: World) -> None:
        """D8.3: some types have no product of their own for asynchronous endpoints."""
        client = boto3.client("pricing")
        place = {"component": "AsyncInf", "regionCode": "us-east-1"}
        assert len(products(client, instanceName="ml.g5.xlarge", **place)) == 1
        assert products(client, instanceName="ml.g4dn.xlarge", **place) == []

    def test_volumes(self, world: World) -> None:
        """D8.5: storage of hosting, by gigabyte and month."""
        (product,) = products(boto3.client("pricing"), volumeType="General Purpose-Hosting", regionCode="us-east-1")
        unit, usd = rate(product)
        assert (unit, float(usd)) == ("GB-Mo", 0.14)

    def test_many_types_in_one_question(self, world: World) -> None:
        """D8.4: ANY_OF."""
        filters: Any = [
            {"Type": "TERM_MATCH", "Field": "component", "Value": "Hosting"},
            {"Type": "TERM_MATCH", "Field": "regionCode", "Value": "eu-west-1"},
            {"Type": "ANY_OF", "Field": "instanceName", "Value": "ml.g5.xlarge,ml.m5.large,ml.nothing"},
        ]
        answer = boto3.client("pricing").get_products(ServiceCode="AmazonSageMaker", Filters=filters)
        assert len(answer["PriceList"]) == 2

    def test_pages_of_a_hundred(self, world: World) -> None:
        """D8.1: a broad question has pages."""
        client = boto3.client("pricing")
        pages = client.get_paginator("get_products").paginate(ServiceCode="AmazonSageMaker")
        sizes = [len(page["PriceList"]) for page in pages]
        assert (max(sizes), len(sizes) > 3) == (100, True)

    def test_three_regions_only(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """D6.1: elsewhere there is no such host."""
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
        assert products(boto3.client("pricing", region_name="eu-central-1"), instanceName="ml.m5.large")
        with pytest.raises(EndpointConnectionError):
            products(boto3.client("pricing", region_name="eu-west-1"))

    def test_switched_off(self, world: World) -> None:
        """Without the permission there are no prices."""
        world.switch("prices", on=False)
        assert (
            refused(boto3.client("pricing").get_products, ServiceCode="AmazonSageMaker")[0] == "AccessDeniedException"
        )

    def test_nonsense(self, world: World) -> None:
        """BI-25: a price may be negative, huge or no number."""
        world.set_price("ml.m5.large", "-1")
        (product,) = products(
            boto3.client("pricing"), component="Hosting", instanceName="ml.m5.large", regionCode="us-east-1"
        )
        assert rate(product) == ("Hrs", "-1")

    def test_other_services(self, world: World) -> None:
        """Only SageMaker's list is simulated, and that is said."""
        assert refused(boto3.client("pricing").get_products, ServiceCode="AmazonEC2")[0] == "NotFoundException"


def recommended(client: Any, account: str, **more: Any) -> set[str]:
    answer = client.get_idle_recommendations(accountIds=[account], **more)
    return {row["resourceArn"].rpartition("/")[2] for row in answer["idleRecommendations"]}


class TestSecondOpinion:
    def test_opted_in(self, world: World) -> None:
        """D0.4: idle endpoints of an account that takes part, by ARN and resource type."""
        client = boto3.client("compute-optimizer")
        (row,) = client.get_idle_recommendations(accountIds=[FIRST])["idleRecommendations"]
        assert row["resourceArn"] == f"arn:aws:sagemaker:{REGION}:{FIRST}:endpoint/resnet-demo"
        assert (row["resourceType"], row["finding"]) == ("SageMakerEndpoint", "Idle")

    def test_not_opted_in(self, world: World) -> None:
        """D0.4: the usual case."""
        call = boto3.client("compute-optimizer").get_idle_recommendations
        assert refused(call, accountIds=[SECOND])[0] == "OptInRequiredException"

    def test_one_account_a_request(self, world: World) -> None:
        """D0.4: two are refused, and a plain member sees itself only."""
        call = boto3.client("compute-optimizer").get_idle_recommendations
        assert refused(call, accountIds=[FIRST, SECOND])[0] == "InvalidParameterValueException"
        assert (
            refused(world.client("compute-optimizer", SECOND).get_idle_recommendations, accountIds=[FIRST])[0]
            == "AccessDeniedException"
        )
        assert recommended(world.client("compute-optimizer", FIRST), FIRST) == {"resnet-demo"}

    def test_of_one_region_and_filtered(self, world: World) -> None:
        """D0.4: a regional service with filters."""
        elsewhere = boto3.client("compute-optimizer", region_name="eu-south-2")
        assert recommended(elsewhere, FIRST) == set()
        client = boto3.client("compute-optimizer")
        assert recommended(client, FIRST, filters=[{"name": "ResourceType", "values": ["RDSDBInstance"]}]) == set()
        assert recommended(client, FIRST, filters=[{"name": "ResourceType", "values": ["SageMakerEndpoint"]}])

    def test_it_may_be_silent_or_wrong(self) -> None:
        """D0.4: another opinion than ours, both ways; what is gone is not recommended."""
        organization = build("guards")
        accounts = tuple(replace(account, optimizer=True) for account in organization.accounts)
        with World.in_process(replace(organization, accounts=accounts)) as world:
            client = boto3.client("compute-optimizer")
            names = recommended(client, MEMBER)
            world.remove(MEMBER, REGION, "optimizer-wrong")
            assert recommended(client, MEMBER) == names - {"optimizer-wrong"}
        assert "optimizer-wrong" in names
        assert "optimizer-silent" not in names


def test_switches_and_answers_know_their_names(world: World) -> None:
    """A typing error is told."""
    with pytest.raises(LookupError, match="switch"):
        world.control("switch", what="pathes", on=False)
    with pytest.raises(LookupError, match="metrics answer"):
        world.control("break_metrics", how="quiet")


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client("account").list_regions(AccountId=OTHER)["Regions"],
        lambda client: client("pricing").get_products(ServiceCode="AmazonSageMaker")["PriceList"],
        lambda client: refused(client("compute-optimizer").get_idle_recommendations, accountIds=[OTHER])[1],
        lambda client: client("ec2").describe_regions()["Regions"],
    ],
    ids=["regions", "prices", "optimizer", "ec2"],
)
def test_over_http(call: Callable[[Any], Any], http: Callable[..., Any]) -> None:
    """The same answers behind a port, in each service's own wire protocol."""
    assert call(http)
