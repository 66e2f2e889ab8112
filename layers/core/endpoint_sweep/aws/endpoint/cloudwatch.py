"""Traffic of endpoints from CloudWatch: exact dimension sets, batches of 500, only complete answers."""

import math
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from itertools import batched
from typing import TYPE_CHECKING

from endpoint_sweep.aws.error_translation import translated
from endpoint_sweep.aws.paging import to_the_end
from endpoint_sweep.domain.model import Series
from endpoint_sweep.resources.endpoint import history, traffic_series
from endpoint_sweep.resources.endpoint.history import Past
from endpoint_sweep.resources.endpoint.traffic_series import QUERIES_A_CALL, Published, SeriesKey

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.type_defs import (
        DimensionTypeDef,
        MetricDataQueryTypeDef,
        MetricDataResultTypeDef,
        MetricTypeDef,
    )

_STEADY = 0.25


def published(client: "CloudWatchClient") -> Published:
    """The series with data in the last two weeks (D5.4). One listing serves every kind."""
    with translated("listing metrics"):
        pages = client.get_paginator("list_metrics").paginate(Namespace=traffic_series.TRAFFIC)
        found = [
            (metric["MetricName"], {one["Name"]: one["Value"] for one in metric.get("Dimensions") or ()})
            for page in to_the_end(pages)
            for metric in page.get("Metrics") or ()
        ]
    signs = (traffic_series.sign_of(name, given) for name, given in found)
    return Published(
        frozenset(
            traffic_series.key(name, given, stat=traffic_series.stat_of(name))
            for name, given in found
            if traffic_series.carries_traffic(name, given)
        ),
        frozenset(one for one in signs if one is not None),
    )


def activity(
    client: "CloudWatchClient", keys: Collection[SeriesKey], start: datetime, end: datetime, period: timedelta
) -> Mapping[SeriesKey, Series]:
    """One Series a key."""
    answers = _answers(client, dict.fromkeys(keys, period), start, end)
    return {key: one.series(key) for key, one in answers.items()}


def past(
    client: "CloudWatchClient", keys: Collection[SeriesKey], start: datetime, end: datetime
) -> Mapping[SeriesKey, Past]:
    """One Past a key."""
    answers = _answers(client, dict.fromkeys(keys, history.DAY), start, end)
    return {key: one.past() for key, one in answers.items()}


def activity_and_past(
    client: "CloudWatchClient",
    keys: Collection[SeriesKey],
    signs: Collection[SeriesKey],
    span: tuple[datetime, datetime, datetime],
    period: timedelta,
) -> tuple[Mapping[SeriesKey, Series], Mapping[SeriesKey, Past]]:
    """Every query of a call has a period of its own, but they all begin at the same time."""
    since, start, end = span
    answers = _answers(client, dict.fromkeys(signs, history.DAY) | dict.fromkeys(keys, period), since, end)
    activity = {key: answers[key].from_(start).series(key) for key in keys}
    return activity, {key: one.past() for key, one in answers.items()}


def _answers(
    client: "CloudWatchClient", periods: Mapping[SeriesKey, timedelta], start: datetime, end: datetime
) -> dict[SeriesKey, "_Answer"]:
    """No `Unit`: a wrong one would give silence (D1.24)."""
    found: dict[SeriesKey, _Answer] = {}
    for batch in batched(sorted(periods), QUERIES_A_CALL, strict=False):
        found |= _one_batch(client, {key: int(periods[key].total_seconds()) for key in batch}, start, end)
    return found


def _one_batch(
    client: "CloudWatchClient", periods: Mapping[SeriesKey, int], start: datetime, end: datetime
) -> dict[SeriesKey, "_Answer"]:
    queries = [query(f"q{index}", key, period) for index, (key, period) in enumerate(periods.items())]
    answers = {query["Id"]: _Answer() for query in queries}
    whole = True
    with translated("reading metrics"):
        pages = client.get_paginator("get_metric_data").paginate(
            MetricDataQueries=queries, StartTime=start, EndTime=end, ScanBy="TimestampAscending"
        )
        for page in to_the_end(pages):
            whole = whole and not page.get("Messages")
            for result in page["MetricDataResults"]:
                if result["Id"] in answers:
                    answers[result["Id"]].add(result)
    for answer in answers.values():
        answer.is_whole = whole
    return {key: answers[f"q{index}"] for index, key in enumerate(periods)}


def query(name: str, key: SeriesKey, period: int) -> "MetricDataQueryTypeDef":
    dimensions: list[DimensionTypeDef] = [{"Name": dimension, "Value": value} for dimension, value in key.dimensions]
    metric: MetricTypeDef = {"Namespace": key.namespace, "MetricName": key.metric, "Dimensions": dimensions}
    return {"Id": name, "MetricStat": {"Metric": metric, "Period": period, "Stat": key.stat}, "ReturnData": True}


class _Answer:
    """The pages of one query: the same Id comes again with more points (D5.1)."""

    def __init__(self) -> None:
        self._points: list[tuple[datetime, float]] = []
        self._statuses: list[str] = []
        self._messages = False
        self.is_whole = False

    def add(self, result: "MetricDataResultTypeDef") -> None:
        self._points += zip(result["Timestamps"], result["Values"], strict=True)
        self._statuses.append(result.get("StatusCode", ""))
        self._messages = self._messages or bool(result.get("Messages"))

    def from_(self, start: datetime) -> "_Answer":
        """The same answer without earlier points."""
        later = _Answer()
        later._points = [(at, value) for at, value in self._points if at >= start]
        later._statuses, later._messages, later.is_whole = self._statuses, self._messages, self.is_whole
        return later

    def series(self, key: SeriesKey) -> Series:
        points = self._credible()
        return Series(
            metric=key.metric,
            variant=key.variant,
            total=sum(value for _, value in points),
            points=len(points),
            last_at=max((at for at, value in points if value > 0), default=None),
            complete=self._is_complete(),
            component=key.component,
            counts=traffic_series.counts_calls(key),
            steady=_is_steady([value for _, value in sorted(points)[1:-1]]),
        )

    def past(self) -> Past:
        days = {at.replace(hour=0, minute=0, second=0, microsecond=0) for at, value in self._credible() if value > 0}
        return Past(tuple(sorted(days)), self._is_complete())

    def _credible(self) -> list[tuple[datetime, float]]:
        """Values that cannot be are no values: they might cancel each other out."""
        return [(at, value) for at, value in self._points if math.isfinite(value) and value >= 0]

    def _is_complete(self) -> bool:
        """Only if the last page said Complete and none said worse than PartialData, without messages (D1.27)."""
        return (
            self.is_whole
            and not self._messages
            and bool(self._statuses)
            and self._statuses[-1] == "Complete"
            and set(self._statuses) <= {"Complete", "PartialData"}
            and len(self._credible()) == len(self._points)
        )


def _is_steady(values: list[float]) -> bool:
    """Whether every full period saw about as much as the others. The first and the last may be cut off."""
    if len(values) < 4 or min(values) <= 0:
        return False
    mean = sum(values) / len(values)
    return max(values) - min(values) <= 2 * _STEADY * mean
