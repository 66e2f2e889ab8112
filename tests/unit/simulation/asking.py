"""Short questions to the simulated services."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

MEMBER, OTHER, REGION = "222222222222", "333333333333", "us-east-1"
TRAFFIC, INSTANCES = "AWS/SageMaker", "/aws/sagemaker/Endpoints"


def refused(call: Any, **arguments: Any) -> tuple[str, str]:
    """(code, message) of a call that AWS refuses."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def code(call: Any, **arguments: Any) -> str:
    """The code of a call that AWS refuses."""
    return refused(call, **arguments)[0]


def points(
    client: Any, metric: str, *, namespace: str = TRAFFIC, days: float = 7, stat: str = "Sum", **dimensions: str
) -> list[float]:
    """The values of one series under exactly these dimensions; raises where the answer is not complete."""
    (result,) = answer(client, metric, namespace=namespace, days=days, stat=stat, **dimensions)["MetricDataResults"]
    assert result["StatusCode"] == "Complete"
    values: list[float] = result["Values"]
    return values


def answer(
    client: Any, metric: str, *, namespace: str = TRAFFIC, days: float = 7, stat: str = "Sum", **dimensions: str
) -> dict[str, Any]:
    """The whole answer of GetMetricData about one series, hour by hour."""
    end = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    named = [{"Name": name, "Value": value} for name, value in dimensions.items()]
    asked = {"Namespace": namespace, "MetricName": metric, "Dimensions": named}
    query = {"Id": "q", "MetricStat": {"Metric": asked, "Period": 3600, "Stat": stat}}
    found: dict[str, Any] = client.get_metric_data(
        MetricDataQueries=[query], StartTime=end - timedelta(days=days), EndTime=end
    )
    return found


def listed(client: Any, **filters: Any) -> set[tuple[str, frozenset[str]]]:
    """(metric name, names of its dimensions) of all pages of ListMetrics."""
    pages = client.get_paginator("list_metrics").paginate(**filters)
    return {
        (row["MetricName"], frozenset(one["Name"] for one in row["Dimensions"]))
        for page in pages
        for row in page["Metrics"]
    }
