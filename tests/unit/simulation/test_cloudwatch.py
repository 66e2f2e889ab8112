"""CloudWatch in the simulation: what is exact is exact, what has a limit has it, what is missing is missing."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.simulation.member_aws.metric_store import SeriesKey
from tests.simulation.member_aws.world import World
from tests.simulation.organization.scenarios import build
from tests.unit.simulation.asking import MEMBER, REGION, code

HERE = (MEMBER, REGION)
SPACE = "AWS/SageMaker"


def query(
    endpoint: str, variant: str | None = "AllTraffic", query_id: str = "q0", period: int = 3600, **other: Any
) -> dict[str, Any]:
    dimensions = [{"Name": "EndpointName", "Value": endpoint}]
    if variant is not None:
        dimensions.append({"Name": "VariantName", "Value": variant})
    metric = {"Namespace": other.get("namespace", SPACE), "MetricName": "Invocations", "Dimensions": dimensions}
    stat = {"Metric": metric, "Period": period, "Stat": other.get("stat", "Sum")}
    if "unit" in other:
        stat["Unit"] = other["unit"]
    return {"Id": query_id, "MetricStat": stat}


def window(days: float) -> dict[str, datetime]:
    end = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    return {"StartTime": end - timedelta(days=days), "EndTime": end}


def ask(client: Any, *queries: dict[str, Any], days: float = 7, **other: Any) -> list[dict[str, Any]]:
    answer = client.get_metric_data(MetricDataQueries=list(queries), **window(days), **other)
    results: list[dict[str, Any]] = answer["MetricDataResults"]
    return results


class TestDimensions:
    def test_the_whole_set_or_nothing(self, cloudwatch: Any) -> None:
        """D1.9: a busy endpoint asked for without its variant has no datapoints, and no error either (D1.27)."""
        exact, subset, none = ask(
            cloudwatch,
            query("fraud-scoring"),
            query("fraud-scoring", None, "q1"),
            {
                "Id": "q2",
                "MetricStat": query("x")["MetricStat"] | {"Metric": {"Namespace": SPACE, "MetricName": "Invocations"}},
            },
        )
        assert sum(exact["Values"]) > 0
        assert (subset["Values"], subset["StatusCode"]) == ([], "Complete")
        assert none["Values"] == []

    def test_the_namespace_counts(self, cloudwatch: Any) -> None:
        """D1.9: the same dimensions in another namespace are another metric."""
        (result,) = ask(cloudwatch, query("fraud-scoring", namespace="AWS/Other"))
        assert result["Values"] == []

    def test_a_wrong_unit_is_silence(self, cloudwatch: Any) -> None:
        """D1.24: a unit that does not match gives nothing."""
        wrong, right = ask(
            cloudwatch, query("fraud-scoring", unit="Count"), query("fraud-scoring", query_id="q1", unit="None")
        )
        assert wrong["Values"] == []
        assert sum(right["Values"]) > 0

    def test_statistics_are_exact_too(self, cloudwatch: Any) -> None:
        """D1.9: GetMetricStatistics does not sum over variants that were not named."""
        asked = {"Namespace": SPACE, "MetricName": "Invocations", "Period": 86_400, "Statistics": ["Sum"], **window(7)}
        both = [{"Name": "EndpointName", "Value": "ranker-ab"}, {"Name": "VariantName", "Value": "challenger"}]
        assert sum(p["Sum"] for p in cloudwatch.get_metric_statistics(**asked, Dimensions=both)["Datapoints"]) > 0
        assert cloudwatch.get_metric_statistics(**asked, Dimensions=both[:1])["Datapoints"] == []
        assert cloudwatch.get_metric_statistics(**asked)["Datapoints"] == []


class TestZeroAndMissing:
    def test_idle_publishes_zeros(self, cloudwatch: Any) -> None:
        """D1.25: a datapoint an hour, each zero, up to the end of the window."""
        (result,) = ask(cloudwatch, query("resnet-demo"))
        assert result["Values"] == [0.0] * 168
        assert result["StatusCode"] == "Complete"

    def test_zeros_every_minute_of_the_last_hour(self, cloudwatch: Any) -> None:
        """D1.23, D1.25: a short second look sees datapoints as well."""
        end = datetime.now(UTC)
        (result,) = cloudwatch.get_metric_data(
            MetricDataQueries=[query("resnet-demo", period=60)], StartTime=end - timedelta(minutes=30), EndTime=end
        )["MetricDataResults"]
        assert 29 <= len(result["Values"]) <= 31

    def test_nothing_before_its_creation(self, world: World, cloudwatch: Any) -> None:
        """D1.25: zeros begin with the endpoint's life."""
        (result,) = ask(cloudwatch, query("summarizer-rc1"))
        assert 70 <= len(result["Values"]) <= 73

    def test_silence_is_not_zero(self) -> None:
        """D1.27: an endpoint that publishes nothing looks complete and empty."""
        with World.in_process(build("broken")) as world:
            (result,) = ask(world.client("cloudwatch", MEMBER), query("mute"))
        assert (result["Values"], result["StatusCode"]) == ([], "Complete")

    def test_only_the_second_variant(self, cloudwatch: Any) -> None:
        """D1.17: each variant has a series of its own."""
        first, second = ask(cloudwatch, query("ranker-ab", "control"), query("ranker-ab", "challenger", "q1"))
        assert set(first["Values"]) == {0.0}
        assert sum(second["Values"]) > 0

    def test_last_seen(self, cloudwatch: Any) -> None:
        """A burst 17 days ago lies outside of two weeks and inside of three."""
        (two_weeks,) = ask(cloudwatch, query("churn-poc"), days=14)
        (three_weeks,) = ask(cloudwatch, query("churn-poc"), days=21)
        assert sum(two_weeks["Values"]) == 0
        assert sum(three_weeks["Values"]) == 12

    def test_past_stays_zeros_end(self, world: World, sagemaker: Any, cloudwatch: Any) -> None:
        """D3.8: a deleted endpoint's metrics remain readable by name and nothing is added."""
        now = world.state.clock()
        sagemaker.delete_endpoint(EndpointName="fraud-scoring")
        world.state.clock = lambda: now + 7200
        start, end = datetime.fromtimestamp(now + 3600, UTC), datetime.fromtimestamp(now + 7200, UTC)
        later = cloudwatch.get_metric_data(MetricDataQueries=[query("fraud-scoring")], StartTime=start, EndTime=end)
        assert later["MetricDataResults"][0]["Values"] == []
        (before,) = ask(cloudwatch, query("fraud-scoring"))
        assert sum(before["Values"]) > 0

    def test_live_instances(self, cloudwatch: Any) -> None:
        """D1.20: the sample count of CPUUtilization over a minute is the number of live instances."""
        asked = query("ranker-ab", "challenger", period=60, namespace="/aws/sagemaker/Endpoints", stat="SampleCount")
        asked["MetricStat"]["Metric"]["MetricName"] = "CPUUtilization"
        (result,) = ask(cloudwatch, asked, days=0.1)
        assert set(result["Values"]) == {2.0}

    @pytest.mark.parametrize(
        ("days", "period", "points"), [(16, 60, 0), (16, 300, 4608), (64, 300, 0), (64, 3600, 1536)]
    )
    def test_old_data_is_coarse(self, cloudwatch: Any, days: int, period: int, points: int) -> None:
        """D1.23: a period that is too fine for the age of the start gives nothing, without a word."""
        (result,) = ask(cloudwatch, query("resnet-demo", period=period), days=days)
        assert len(result["Values"]) == points


class TestLimits:
    def test_500_queries(self, cloudwatch: Any) -> None:
        """D5.1: 500 queries are answered, 501 are refused."""
        queries = [query("resnet-demo", query_id=f"q{number}", period=86_400) for number in range(501)]
        assert len(ask(cloudwatch, *queries[:500], days=1)) == 500
        assert code(cloudwatch.get_metric_data, MetricDataQueries=queries, **window(1)) == "ValidationError"

    @pytest.mark.parametrize("query_id", ["Q1", "q-1", "1q", "resnet.demo"])
    def test_ids(self, cloudwatch: Any, query_id: str) -> None:
        """D5.1: an id begins with a small letter and holds letters, digits and underscores."""
        queries = [query("resnet-demo", query_id=query_id)]
        assert code(cloudwatch.get_metric_data, MetricDataQueries=queries, **window(1)) == "ValidationError"

    def test_ids_are_unique(self, cloudwatch: Any) -> None:
        """D5.1: two queries of one id are refused."""
        queries = [query("resnet-demo"), query("churn-poc")]
        assert code(cloudwatch.get_metric_data, MetricDataQueries=queries, **window(1)) == "ValidationError"

    def test_pages(self, cloudwatch: Any) -> None:
        """D5.1: 100,800 datapoints to an answer; the next brings the rest, the cut series comes again."""
        queries = [query("resnet-demo", query_id=f"q{number}", period=60) for number in range(6)]
        first = cloudwatch.get_metric_data(MetricDataQueries=queries, **window(13))
        assert sum(len(result["Values"]) for result in first["MetricDataResults"]) == 100_800
        assert first["MetricDataResults"][-1]["StatusCode"] == "PartialData"
        second = cloudwatch.get_metric_data(MetricDataQueries=queries, **window(13), NextToken=first["NextToken"])
        assert second["MetricDataResults"][0]["Id"] == first["MetricDataResults"][-1]["Id"]
        assert "NextToken" not in second
        assert {result["StatusCode"] for result in second["MetricDataResults"]} == {"Complete"}

    def test_small_pages(self, cloudwatch: Any) -> None:
        """D5.1: MaxDatapoints cuts as well, and all pages together are the whole."""
        pages = cloudwatch.get_paginator("get_metric_data").paginate(
            MetricDataQueries=[query("resnet-demo"), query("mute", query_id="q1"), query("churn-poc", query_id="q2")],
            **window(7),
            PaginationConfig={"PageSize": 100},
        )
        points: dict[str, int] = {}
        for page in pages:
            for result in page["MetricDataResults"]:
                points[result["Id"]] = points.get(result["Id"], 0) + len(result["Values"])
        assert points == {"q0": 168, "q1": 0, "q2": 168}

    def test_statistics_points(self, cloudwatch: Any) -> None:
        """D5.3: more than 1,440 datapoints are refused."""
        asked = {"Namespace": SPACE, "MetricName": "Invocations", "Period": 60, "Statistics": ["Sum"], **window(7)}
        assert code(cloudwatch.get_metric_statistics, **asked) == "InvalidParameterCombination"

    def test_expressions_are_refused_aloud(self, cloudwatch: Any) -> None:
        """An expression that the simulation cannot compute is an error: an empty answer would read as idle."""
        queries = [{"Id": "q0", "Expression": "SEARCH('{AWS/SageMaker,EndpointName,VariantName} Invocations', 'Sum')"}]
        assert code(cloudwatch.get_metric_data, MetricDataQueries=queries, **window(1)) == "ValidationError"


class TestListMetrics:
    def test_forgets_after_two_weeks(self, world: World, cloudwatch: Any) -> None:
        """D5.4: a metric without data for two weeks is not listed."""
        now = world.state.clock()
        for name, days in (("fresh", 13), ("stale", 15)):
            key = SeriesKey.of(SPACE, "Invocations", {"EndpointName": name, "VariantName": "AllTraffic"})
            world.state.metrics.add_point(HERE, key, now - days * 86_400, 1)
        names = {pair["Value"] for metric in cloudwatch.list_metrics()["Metrics"] for pair in metric["Dimensions"]}
        assert "fresh" in names
        assert "stale" not in names

    def test_recently_active(self, world: World, sagemaker: Any, cloudwatch: Any) -> None:
        """D5.4: PT3H keeps what published in about three hours: idle endpoints too, because of their zeros."""
        now = world.state.clock()
        sagemaker.delete_endpoint(EndpointName="fraud-scoring")
        world.state.clock = lambda: now + 5 * 3600
        names = {
            pair["Value"]
            for metric in cloudwatch.list_metrics(RecentlyActive="PT3H")["Metrics"]
            for pair in metric["Dimensions"]
        }
        assert "resnet-demo" in names
        assert "fraud-scoring" not in names

    def test_dimension_filters_are_partial(self, cloudwatch: Any) -> None:
        """D5.4: here, and only here, one dimension finds the sets that hold it."""
        asked = {"Namespace": SPACE, "Dimensions": [{"Name": "EndpointName", "Value": "ranker-ab"}]}
        assert len(cloudwatch.list_metrics(**asked, MetricName="Invocations")["Metrics"]) == 2

    def test_pages_of_500(self, world: World, cloudwatch: Any) -> None:
        """D5.4: 500 metrics to a page."""
        for number in range(600):
            key = SeriesKey.of(SPACE, "Invocations", {"EndpointName": f"e{number}", "VariantName": "AllTraffic"})
            world.state.metrics.add_point(HERE, key, world.state.clock() - 60, 1)
        asked = {"Namespace": SPACE, "MetricName": "Invocations"}
        pages = [len(page["Metrics"]) for page in cloudwatch.get_paginator("list_metrics").paginate(**asked)]
        assert pages[0] == 500
        assert sum(pages) == 607


class TestOurOwnMetrics:
    def test_put_and_read(self, cloudwatch: Any) -> None:
        """What PutMetricData writes, GetMetricData reads back."""
        data = [
            {"MetricName": "Deleted", "Value": 3, "Unit": "Count", "Timestamp": datetime.now(UTC) - timedelta(hours=2)}
        ]
        cloudwatch.put_metric_data(Namespace="EndpointSweep", MetricData=data)
        metric = {"Namespace": "EndpointSweep", "MetricName": "Deleted"}
        (result,) = ask(cloudwatch, {"Id": "a", "MetricStat": {"Metric": metric, "Period": 3600, "Stat": "Sum"}})
        assert result["Values"] == [3.0]


def test_speed() -> None:
    """The default world is there in under three seconds, and 50 series of two weeks in under half of one."""
    started = time.perf_counter()
    with World.in_process(build("default")) as world:
        seeded = time.perf_counter() - started
        client = world.client("cloudwatch", MEMBER)
        queries = [query("resnet-demo", query_id=f"q{number}", period=21_600) for number in range(50)]
        started = time.perf_counter()
        ask(client, *queries, days=14)
        asked = time.perf_counter() - started
    assert seeded < 3
    assert asked < 0.5
