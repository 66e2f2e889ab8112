"""Every hostility does what its name says, and stops there."""

from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import PaginationError

from tests.simulation.member_aws import hostile
from tests.simulation.member_aws.world import World
from tests.simulation.organization.scenarios import build
from tests.unit.simulation.asking import MEMBER, REGION, answer, listed, points, refused

HERE = (MEMBER, REGION)
V: dict[str, Any] = {"VariantName": "AllTraffic"}


def names(client: Any, **config: Any) -> list[str]:
    pages = client.get_paginator("list_endpoints").paginate(PaginationConfig=config)
    return [row["EndpointName"] for page in pages for row in page["Endpoints"]]


class TestLists:
    def test_endless(self, world: World, sagemaker: Any) -> None:
        """FI-04: the same token for ever; a paginator notices, a loop of one's own may not."""
        world.hostile("pagination_loop")
        first = sagemaker.list_endpoints()
        again = sagemaker.list_endpoints(NextToken=first["NextToken"])
        assert (again["NextToken"], again["Endpoints"]) == (first["NextToken"], first["Endpoints"])
        with pytest.raises(PaginationError):
            names(sagemaker, PageSize=2)

    def test_page_two(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """FI-03: the first page comes, the second never."""
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "2")
        with World.in_process(build("many_endpoints")) as world:
            world.hostile("page_two_fails", account=MEMBER)
            client = world.client("sagemaker", MEMBER)
            first = client.list_endpoints(MaxResults=100)
            assert refused(client.list_endpoints, NextToken=first["NextToken"])[0] == "InternalFailure"
            assert [call.status for call in world.log] == [200, 500, 500]

    def test_vanishing(self, world: World, sagemaker: Any) -> None:
        """FI-05: there when listed, gone when described."""
        world.hostile("vanishing", account=MEMBER, region=REGION, endpoint="resnet-demo")
        assert "resnet-demo" in names(sagemaker)
        assert refused(sagemaker.describe_endpoint, EndpointName="resnet-demo")[1].startswith("Could not find endpoint")
        assert sagemaker.describe_endpoint(EndpointName="churn-poc")

    def test_vanishing_before_the_metrics(self, world: World, cloudwatch: Any) -> None:
        """FI-05: any other call can be the moment."""
        world.hostile("vanishing", account=MEMBER, region=REGION, endpoint="resnet-demo", operation="GetMetricData")
        points(cloudwatch, "Invocations", EndpointName="churn-poc", **V)
        assert not world.exists(*HERE, "resnet-demo")

    def test_foreign(self, world: World, sagemaker: Any) -> None:
        """BI-23: one row of another account."""
        world.hostile("foreign_rows")
        arns = [row["EndpointArn"] for row in sagemaker.list_endpoints()["Endpoints"]]
        assert [":999999999999:" in arn for arn in arns] == [True, *[False] * 5]

    def test_tomorrow(self, world: World, sagemaker: Any) -> None:
        """BI-24: made in the future."""
        world.hostile("created_tomorrow")
        rows = sagemaker.list_endpoints()["Endpoints"]
        assert all(row["CreationTime"].timestamp() > world.state.clock() for row in rows)


class TestRefusals:
    def test_throttled(self, world: World) -> None:
        """FI-02: every third call here; an SDK that tries again gets through."""
        world.hostile("throttled", every=3, service="sagemaker")
        client = world.client("sagemaker", MEMBER)
        assert [client.list_endpoints() is not None for _ in range(6)]
        found = [call.error for call in world.log if call.decision == "fault"]
        assert set(found) == {"ThrottlingException"}
        assert len(found) == len(world.log) // 3

    def test_metrics_denied(self, world: World, sagemaker: Any, cloudwatch: Any) -> None:
        """FI-08: metrics only."""
        world.hostile("metrics_denied")
        assert refused(cloudwatch.list_metrics)[0] == "AccessDenied"
        assert sagemaker.list_endpoints()

    def test_tags_denied(self, world: World, sagemaker: Any) -> None:
        """Neither way of reading tags works."""
        world.hostile("tags_denied")
        arn = sagemaker.describe_endpoint(EndpointName="resnet-demo")["EndpointArn"]
        assert refused(sagemaker.list_tags, ResourceArn=arn)[0] == "AccessDeniedException"
        tagging = world.client("resourcegroupstaggingapi", MEMBER)
        assert refused(tagging.get_resources)[0] == "AccessDeniedException"


class TestMetrics:
    def test_empty(self, world: World, cloudwatch: Any) -> None:
        """FI-07: complete, and nothing at all; in one cell only where that is asked for."""
        world.hostile("empty_metrics", account="9*")
        assert points(cloudwatch, "Invocations", EndpointName="fraud-scoring", **V)
        world.hostile("empty_metrics", account=MEMBER)
        assert points(cloudwatch, "Invocations", EndpointName="fraud-scoring", **V) == []
        assert listed(cloudwatch) == set()

    @pytest.mark.parametrize(
        ("how", "status", "values", "messages"),
        [
            ("partial", "PartialData", 168, 0),
            ("internal-error", "InternalError", 0, 0),
            ("forbidden", "Forbidden", 0, 0),
            ("messages", "Complete", 168, 1),
            ("result-messages", "Complete", 168, 1),
        ],
    )
    def test_answers_that_prove_nothing(
        self, world: World, cloudwatch: Any, how: str, status: str, values: int, messages: int
    ) -> None:
        """D1.27, FI-06: HTTP 200, and not to be trusted."""
        world.control("break_metrics", how=how)
        whole = answer(cloudwatch, "Invocations", EndpointName="resnet-demo", **V)
        (result,) = whole["MetricDataResults"]
        assert (result["StatusCode"], len(result["Values"])) == (status, values)
        assert len(whole.get("Messages") or result.get("Messages") or []) == messages
        world.control("break_metrics", how="")
        assert points(cloudwatch, "Invocations", EndpointName="resnet-demo", **V)

    def test_broken_from_the_beginning(self) -> None:
        """A world may be born with a broken metrics service."""
        with World.in_process(replace(build("small"), metrics_answer="empty")) as world:
            assert listed(world.client("cloudwatch", MEMBER)) == set()


def test_an_unknown_name_is_told(world: World) -> None:
    """A typing error names what there is."""
    with pytest.raises(LookupError, match="pagination_loop"):
        world.control("hostile", name="pagination")


@pytest.mark.parametrize("name", sorted(hostile.INSTALLERS))
def test_each_says_what_it_is(name: str) -> None:
    """Every hostility has a sentence."""
    assert hostile.INSTALLERS[name].__doc__
