"""Traffic of endpoints from CloudWatch: exact dimension sets, batches of 500, only complete answers."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from itertools import batched
from typing import Any

from endpoint_sweep.aws.faults import translated
from endpoint_sweep.model import Series
from endpoint_sweep.ports import SeriesKey

NAMESPACE = "AWS/SageMaker"
INVOCATIONS = "Invocations"
_QUERIES_A_CALL = 500  # D5.1
_DIMENSIONS = {"EndpointName", "VariantName"}


def published_variants(client: Any) -> set[SeriesKey]:
    """Pairs of endpoint and variant with data in the last two weeks. Other dimension sets are skipped (D1.9)."""
    with translated("listing metrics"):
        pages = client.get_paginator("list_metrics").paginate(Namespace=NAMESPACE, MetricName=INVOCATIONS)
        metrics = [{d["Name"]: d["Value"] for d in metric["Dimensions"]} for metric in pages.search("Metrics[]")]
    return {(m["EndpointName"], m["VariantName"]) for m in metrics if set(m) == _DIMENSIONS}


def activity(
    client: Any, keys: Collection[SeriesKey], start: datetime, end: datetime, period: timedelta
) -> Mapping[SeriesKey, Series]:
    """One Series a key. No `Unit`: a wrong one would give silence (D1.24)."""
    found: dict[SeriesKey, Series] = {}
    for batch in batched(sorted(keys), _QUERIES_A_CALL, strict=False):
        found |= _one_batch(client, batch, start, end, int(period.total_seconds()))
    return found


def _one_batch(
    client: Any, keys: tuple[SeriesKey, ...], start: datetime, end: datetime, period: int
) -> dict[SeriesKey, Series]:
    queries = [_query(f"q{index}", key, period) for index, key in enumerate(keys)]
    answers = {query["Id"]: _Answer() for query in queries}
    whole = True
    with translated("reading metrics"):
        pages = client.get_paginator("get_metric_data").paginate(
            MetricDataQueries=queries, StartTime=start, EndTime=end, ScanBy="TimestampAscending"
        )
        for page in pages:
            whole = whole and not page.get("Messages")
            for result in page["MetricDataResults"]:
                if result["Id"] in answers:
                    answers[result["Id"]].add(result)
    return {key: answers[f"q{index}"].series(key[1], whole=whole) for index, key in enumerate(keys)}


def _query(name: str, key: SeriesKey, period: int) -> dict[str, Any]:
    dimensions = [{"Name": "EndpointName", "Value": key[0]}, {"Name": "VariantName", "Value": key[1]}]
    metric = {"Namespace": NAMESPACE, "MetricName": INVOCATIONS, "Dimensions": dimensions}
    return {"Id": name, "MetricStat": {"Metric": metric, "Period": period, "Stat": "Sum"}, "ReturnData": True}


class _Answer:
    """The pages of one query: the same Id comes again with more points (D5.1)."""

    def __init__(self) -> None:
        self._points: list[tuple[datetime, float]] = []
        self._statuses: list[str] = []
        self._messages = False

    def add(self, result: dict[str, Any]) -> None:
        self._points += zip(result["Timestamps"], result["Values"], strict=True)
        self._statuses.append(result.get("StatusCode", ""))
        self._messages = self._messages or bool(result.get("Messages"))

    def series(self, variant: str, *, whole: bool) -> Series:
        """Complete only if the last page said Complete and none said worse than PartialData, without messages."""
        complete = (
            whole
            and not self._messages
            and bool(self._statuses)
            and self._statuses[-1] == "Complete"
            and set(self._statuses) <= {"Complete", "PartialData"}
        )
        last = max((at for at, value in self._points if value > 0), default=None)
        total = sum(value for _, value in self._points)
        return Series(INVOCATIONS, variant, total, len(self._points), last, complete)
