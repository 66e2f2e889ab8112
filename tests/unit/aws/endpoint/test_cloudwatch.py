"""Traffic from CloudWatch: exact series, batches of 500, and complete only where CloudWatch says so."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from endpoint_sweep.aws.endpoint.cloudwatch import activity, activity_and_past, published
from endpoint_sweep.domain.errors import CellDenied, CellFailed
from endpoint_sweep.domain.model import Series
from endpoint_sweep.resources.endpoint.history import Past
from endpoint_sweep.resources.endpoint.traffic_series import Published, SeriesKey, control, key, of_variant
from tests.simulation.member_aws.world import World
from tests.simulation.organization.scenarios import build
from tests.unit.samples import ACCOUNT, REGION

END = datetime(2026, 11, 20, tzinfo=UTC)
START, PERIOD = END - timedelta(days=14), timedelta(hours=6)
KEY = of_variant("resnet-demo", "AllTraffic")


@pytest.fixture
def stubbed() -> Iterator[tuple[Any, Stubber]]:
    client = boto3.client("cloudwatch", "us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing")
    with Stubber(client) as stubber:
        yield client, stubber


def result(*values: float, status: str = "Complete", name: str = "q0", **other: Any) -> dict[str, Any]:
    times = [START + number * PERIOD for number in range(len(values))]
    return {"Id": name, "StatusCode": status, "Timestamps": times, "Values": list(values), **other}


def measured(stubbed: tuple[Any, Stubber], *pages: dict[str, Any], keys: tuple[SeriesKey, ...] = (KEY,)) -> Any:
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
        [{"MetricDataResults": [result(0)]}, {"MetricDataResults": [result(0, status="PartialData")]}],
        [{"MetricDataResults": [result(0, Messages=[{"Code": "x", "Value": "y"}])]}],
        [{"MetricDataResults": [result(0)], "Messages": [{"Code": "x", "Value": "y"}]}],
        [{"MetricDataResults": [result(0)], "Messages": [{"Code": "x", "Value": "y"}]}, {"MetricDataResults": []}],
        [{"MetricDataResults": []}],
        [{"MetricDataResults": [result(0, name="q9")]}],
    ],
    ids=["partial", "error", "forbidden", "error then complete", "complete then partial", "message of the result",
         "message of the page", "message of an early page", "no answer", "another answer"],
)  # fmt: skip
def test_everything_but_a_whole_answer_is_incomplete(stubbed: tuple[Any, Stubber], pages: list[dict[str, Any]]) -> None:
    """Then nothing is called idle."""
    assert measured(stubbed, *pages)[KEY].complete is False


def test_answers_are_matched_by_id_not_by_order(stubbed: tuple[Any, Stubber]) -> None:
    """CloudWatch may answer in any order."""
    keys = (of_variant("a", "v"), of_variant("b", "v"))
    found = measured(stubbed, {"MetricDataResults": [result(5, name="q1"), result(0, name="q0")]}, keys=keys)
    assert {one: series.total for one, series in found.items()} == {keys[0]: 0, keys[1]: 5}


def test_a_refusal_is_not_silence(stubbed: tuple[Any, Stubber]) -> None:
    """Denied and failed are errors, never an empty answer."""
    client, stubber = stubbed
    stubber.add_client_error("get_metric_data", "AccessDenied")
    with pytest.raises(CellDenied):
        activity(client, [KEY], START, END, PERIOD)
    stubber.add_client_error("get_metric_data", "InvalidParameterValue")
    with pytest.raises(CellFailed, match="reading metrics: InvalidParameterValue"):
        activity(client, [KEY], START, END, PERIOD)


@pytest.mark.parametrize("values", [[5, -5], [0, -1], [float("nan"), 0], [float("inf")]])
def test_values_that_cannot_be_are_no_values(stubbed: tuple[Any, Stubber], values: list[float]) -> None:
    """They neither cancel a call nor count as silence."""
    found = measured(stubbed, {"MetricDataResults": [result(*values)]})[KEY]
    assert found.complete is False
    assert found.total == sum(value for value in values if value == 5)


@pytest.mark.parametrize(
    ("values", "steady"),
    [
        ([3, 60, 60, 60, 60, 7], True),
        ([0, 60, 55, 66, 60, 0], True),
        ([60, 60, 0, 60, 60, 60], False),
        ([60, 60, 6, 60, 60, 60], False),
        ([60, 60, 60], False),
        ([0, 0, 0, 0, 0, 0], False),
    ],
    ids=["cut off at both ends", "a little up and down", "a gap", "a dip", "too short", "silence"],
)
def test_a_steady_trickle(stubbed: tuple[Any, Stubber], values: list[float], steady: bool) -> None:
    """About the same in every full period: what a canary looks like (D1.31)."""
    assert measured(stubbed, {"MetricDataResults": [result(*values)]})[KEY].steady is steady


def test_a_container_and_the_control_are_asked_under_their_own_names(stubbed: tuple[Any, Stubber]) -> None:
    """Each key with its own namespace, statistic and dimensions; what a container counts is no one's total (D1.3)."""
    names = {"EndpointName": "e", "VariantName": "v", "ContainerName": "c"}
    one, other = key("Invocations", names), control("e", "v")
    client, stubber = stubbed
    answers = {"MetricDataResults": [result(4, name="q1"), result(60, name="q0")]}
    stubber.add_response("get_metric_data", answers, {"MetricDataQueries": [
        {"Id": "q0", "ReturnData": True, "MetricStat": {"Period": 21600, "Stat": "SampleCount", "Metric": {
            "Namespace": "/aws/sagemaker/Endpoints", "MetricName": "CPUUtilization",
            "Dimensions": [{"Name": "EndpointName", "Value": "e"}, {"Name": "VariantName", "Value": "v"}]}}},
        {"Id": "q1", "ReturnData": True, "MetricStat": {"Period": 21600, "Stat": "Sum", "Metric": {
            "Namespace": "AWS/SageMaker", "MetricName": "Invocations",
            "Dimensions": [{"Name": name, "Value": value} for name, value in sorted(names.items())]}}},
    ], "StartTime": START, "EndTime": END, "ScanBy": "TimestampAscending"})  # fmt: skip
    found = activity(client, [one, other], START, END, PERIOD)
    assert (found[one].variant, found[one].component, found[one].counts) == ("v", "c", False)
    assert (found[other].metric, found[other].points, found[other].counts) == ("CPUUtilization", 1, False)


def test_the_window_and_the_past_in_one_call(stubbed: tuple[Any, Stubber]) -> None:
    """Each query with its own period; the window counts, and is whole, by what lies in it alone."""
    sign = key("Invocation4XXErrors", {"EndpointName": "resnet-demo", "VariantName": "AllTraffic"}, stat="Maximum")
    since = START - timedelta(days=400)
    longer_ago = [since, since + PERIOD, START - PERIOD, START]
    answers = [
        {"Id": "q0", "StatusCode": "Complete", "Timestamps": [since], "Values": [2.0]},
        {"Id": "q1", "StatusCode": "Complete", "Timestamps": longer_ago, "Values": [4.0, 5.0, float("nan"), 7.0]},
    ]
    client, stubber = stubbed
    sent: list[dict[str, Any]] = []
    client.meta.events.register("provide-client-params.cloudwatch.*", lambda params, **_: sent.append(params))
    stubber.add_response("get_metric_data", {"MetricDataResults": answers})
    found, past = activity_and_past(client, [KEY], [sign], (since, START, END), PERIOD)
    [asked] = sent
    assert (asked["StartTime"], asked["EndTime"]) == (since, END)
    periods = {
        query["MetricStat"]["Metric"]["MetricName"]: query["MetricStat"]["Period"]
        for query in asked["MetricDataQueries"]
    }
    assert periods == {"Invocations": 21600, "Invocation4XXErrors": 86400}
    assert found == {KEY: Series("Invocations", "AllTraffic", 7, 1, START, True)}
    assert past == {KEY: Past((since, START), complete=False), sign: Past((since,))}


def metric(name: str, **dimensions: str) -> dict[str, Any]:
    return {"MetricName": name, "Dimensions": [{"Name": one, "Value": value} for one, value in dimensions.items()]}


def test_only_the_exact_dimension_sets_are_traffic(stubbed: tuple[Any, Stubber]) -> None:
    """Of variants, containers, components and whole endpoints, each its own; all pages are read (D1.9, D5.4)."""
    client, stubber = stubbed
    of_container = {"EndpointName": "d", "VariantName": "v", "ContainerName": "x"}
    first = [
        metric("Invocations", EndpointName="a", VariantName="v"),
        metric("Invocations", EndpointName="b"),
        metric("Invocations", InferenceComponentName="c"),
        metric("CPUUtilization", EndpointName="z", VariantName="v"),
    ]
    second = [
        metric("Invocations", **of_container),
        metric("Invocations", EndpointName="e", VariantName="w", InstanceId="i-1"),
        metric("ApproximateBacklogSize", EndpointName="f"),
        {"MetricName": "Invocations"},
    ]
    stubber.add_response("list_metrics", {"Metrics": first, "NextToken": "t"}, {"Namespace": "AWS/SageMaker"})
    stubber.add_response("list_metrics", {"Metrics": second})
    assert published(client) == Published(
        frozenset(
            {
                of_variant("a", "v"),
                key("Invocations", {"InferenceComponentName": "c"}),
                key("Invocations", of_container),
                key("ApproximateBacklogSize", {"EndpointName": "f"}, stat="Maximum"),
            }
        ),
        frozenset(
            {
                key("Invocations", {"EndpointName": "b"}, stat="Maximum"),
                key("CPUUtilization", {"EndpointName": "z", "VariantName": "v"}, stat="Maximum"),
                key("Invocations", {"EndpointName": "e", "VariantName": "w", "InstanceId": "i-1"}, stat="Maximum"),
            }
        ),
    )


def test_half_a_listing_is_no_listing(stubbed: tuple[Any, Stubber]) -> None:
    """The second page fails, or leads back to the first: an error, not the half of it (FI-04)."""
    client, stubber = stubbed
    stubber.add_response("list_metrics", {"Metrics": [], "NextToken": "t"})
    stubber.add_client_error("list_metrics", "InternalFailure", http_status_code=500)
    with pytest.raises(CellFailed, match="listing metrics: InternalFailure"):
        published(client)
    for token in ("a", "b", "a"):
        stubber.add_response("list_metrics", {"Metrics": [], "NextToken": token})
    with pytest.raises(CellFailed, match="listing metrics: PaginationError"):
        published(client)


def test_501_queries_are_two_calls() -> None:
    """CloudWatch takes 500; every key gets its own series, silent ones too."""
    with World.in_process(build("small")) as world:
        client = world.client("cloudwatch", ACCOUNT, REGION)
        keys = {KEY, *(of_variant(f"nobody-{number:03d}", "v") for number in range(500))}
        found = activity(client, keys, datetime.now(UTC) - timedelta(days=14), datetime.now(UTC), PERIOD)
        assert found.keys() == keys
        assert len(world.log.find(service="cloudwatch", operation="GetMetricData")) == 2
        assert (found[KEY].points > 50, found[of_variant("nobody-007", "v")].points) == (True, 0)
