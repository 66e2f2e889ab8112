"""Traffic from CloudWatch: exact series, batches of 500, and complete only where CloudWatch says so."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from endpoint_sweep.aws.cloudwatch import activity, published_variants
from endpoint_sweep.errors import CellDenied, CellFailed
from endpoint_sweep.model import Series
from tests.simulation.scenarios import build
from tests.simulation.world import World
from tests.unit.samples import ACCOUNT, REGION

END = datetime(2026, 11, 20, tzinfo=UTC)
START, PERIOD = END - timedelta(days=14), timedelta(hours=6)
KEY = ("resnet-demo", "AllTraffic")


@pytest.fixture
def stubbed() -> Iterator[tuple[Any, Stubber]]:
    client = boto3.client("cloudwatch", "us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing")
    with Stubber(client) as stubber:
        yield client, stubber


def result(*values: float, status: str = "Complete", name: str = "q0", **other: Any) -> dict[str, Any]:
    times = [START + number * PERIOD for number in range(len(values))]
    return {"Id": name, "StatusCode": status, "Timestamps": times, "Values": list(values), **other}


def measured(stubbed: tuple[Any, Stubber], *pages: dict[str, Any], keys: tuple[tuple[str, str], ...] = (KEY,)) -> Any:
    client, stubber = stubbed
    for number, page in enumerate(pages):
        token = {} if number == len(pages) - 1 else {"NextToken": f"t{number}"}
        stubber.add_response("get_metric_data", page | token)
    found = activity(client, keys, START, END, PERIOD)
    stubber.assert_no_pending_responses()
    return found


def test_what_is_asked(stubbed: tuple[Any, Stubber]) -> None:
    """Sum of Invocations, both dimensions, no unit, oldest first."""
    client, stubber = stubbed
    metric = {
        "Namespace": "AWS/SageMaker",
        "MetricName": "Invocations",
        "Dimensions": [
            {"Name": "EndpointName", "Value": "resnet-demo"},
            {"Name": "VariantName", "Value": "AllTraffic"},
        ],
    }
    query = {"Id": "q0", "MetricStat": {"Metric": metric, "Period": 21600, "Stat": "Sum"}, "ReturnData": True}
    expected = {"MetricDataQueries": [query], "StartTime": START, "EndTime": END, "ScanBy": "TimestampAscending"}
    stubber.add_response("get_metric_data", {"MetricDataResults": [result(0, 3, 0)]}, expected)
    found = activity(client, [KEY], START, END, PERIOD)
    assert found == {KEY: Series("Invocations", "AllTraffic", 3, 3, START + PERIOD, True)}


def test_pages_of_one_query_are_one_series(stubbed: tuple[Any, Stubber]) -> None:
    """PartialData says that more follows; the sum counts all pages, the last one says Complete."""
    first = {"MetricDataResults": [result(1, 2, status="PartialData")]}
    last = {"MetricDataResults": [result(4)]}
    found = measured(stubbed, first, last)[KEY]
    assert (found.total, found.points, found.complete) == (7, 3, True)


@pytest.mark.parametrize(
    "pages",
    [
        [{"MetricDataResults": [result(0, status="PartialData")]}],
        [{"MetricDataResults": [result(0, status="InternalError")]}],
        [{"MetricDataResults": [result(0, status="Forbidden")]}],
        [{"MetricDataResults": [result(0, status="InternalError")]}, {"MetricDataResults": [result(0)]}],
        [{"MetricDataResults": [result(0, Messages=[{"Code": "x", "Value": "y"}])]}],
        [{"MetricDataResults": [result(0)], "Messages": [{"Code": "x", "Value": "y"}]}],
        [{"MetricDataResults": [result(0)], "Messages": [{"Code": "x", "Value": "y"}]}, {"MetricDataResults": []}],
        [{"MetricDataResults": []}],
        [{"MetricDataResults": [result(0, name="q9")]}],
    ],
    ids=["partial", "error", "forbidden", "error then complete", "message of the result", "message of the page",
         "message of an early page", "no answer", "another answer"],
)  # fmt: skip
def test_everything_but_a_whole_answer_is_incomplete(stubbed: tuple[Any, Stubber], pages: list[dict[str, Any]]) -> None:
    """Then nothing is called idle."""
    assert measured(stubbed, *pages)[KEY].complete is False


def test_answers_are_matched_by_id_not_by_order(stubbed: tuple[Any, Stubber]) -> None:
    """CloudWatch may answer in any order."""
    keys = (("a", "v"), ("b", "v"))
    found = measured(stubbed, {"MetricDataResults": [result(5, name="q1"), result(0, name="q0")]}, keys=keys)
    assert {key: series.total for key, series in found.items()} == {("a", "v"): 0, ("b", "v"): 5}


def test_a_refusal_is_not_silence(stubbed: tuple[Any, Stubber]) -> None:
    """Denied and failed are errors, never an empty answer."""
    client, stubber = stubbed
    stubber.add_client_error("get_metric_data", "AccessDenied")
    with pytest.raises(CellDenied):
        activity(client, [KEY], START, END, PERIOD)
    stubber.add_client_error("get_metric_data", "InvalidParameterValue")
    with pytest.raises(CellFailed, match="reading metrics: InvalidParameterValue"):
        activity(client, [KEY], START, END, PERIOD)


def test_only_the_exact_dimension_set_is_a_variant(stubbed: tuple[Any, Stubber]) -> None:
    """Series of components, containers or a whole endpoint are other things; all pages are read."""
    client, stubber = stubbed

    def metric(**dimensions: str) -> dict[str, Any]:
        return {"Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()]}

    pages = [
        [metric(EndpointName="a", VariantName="v"), metric(EndpointName="b"), metric(InferenceComponentName="c")],
        [metric(EndpointName="d", VariantName="v", ContainerName="x"), metric(EndpointName="e", VariantName="w")],
    ]
    stubber.add_response("list_metrics", {"Metrics": pages[0], "NextToken": "t"})
    stubber.add_response("list_metrics", {"Metrics": pages[1]})
    assert published_variants(client) == {("a", "v"), ("e", "w")}


def test_501_queries_are_two_calls() -> None:
    """CloudWatch takes 500; every key gets its own series, silent ones too."""
    with World.in_process(build("small")) as world:
        client = world.client("cloudwatch", ACCOUNT, REGION)
        keys = {("resnet-demo", "AllTraffic"), *((f"nobody-{number:03d}", "v") for number in range(500))}
        found = activity(client, keys, datetime.now(UTC) - timedelta(days=14), datetime.now(UTC), PERIOD)
        assert found.keys() == keys
        assert len(world.log.find(service="cloudwatch", operation="GetMetricData")) == 2
        assert (found["resnet-demo", "AllTraffic"].points > 50, found["nobody-007", "v"].points) == (True, 0)
