"""CloudWatch, answered from the simulation's own store: exact dimensions, limits and pages (D1.9, D5.1-D5.4)."""

import base64
import json
import re
from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch.exceptions import InvalidParameterCombination, InvalidParameterValue, ValidationError
from moto.cloudwatch.models import CloudWatchBackend
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult

from tests.simulation.member_aws.corrections.correction import Correction
from tests.simulation.member_aws.metric_store import FORGOTTEN_AFTER, STATISTICS, Cell, Series, SeriesKey
from tests.simulation.member_aws.state import active

MAX_QUERIES, MAX_POINTS = 500, 100_800  # D5.1
MAX_STATISTICS_POINTS = 1_440  # D5.3
METRICS_PAGE = 500  # D5.4
RECENT = 3 * 3600 + 50 * 60  # "PT3H", approximately (D5.4).
QUERY_ID = re.compile(r"[a-z][a-zA-Z0-9_]*")
_put_metric_data = CloudWatchBackend.put_metric_data
Points = list[tuple[float, float]]
type Answer = ActionResult | tuple[int, dict[str, str], str]


def _cell(response: CloudWatchResponse) -> Cell:
    return (response.current_account, response.region)


def _epoch(moment: datetime) -> float:
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _moment(epoch: float) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)


def _key(metric: dict[str, Any]) -> SeriesKey:
    dimensions = frozenset((one["Name"], one["Value"]) for one in metric.get("Dimensions") or [])
    return SeriesKey(metric["Namespace"], metric["MetricName"], dimensions)


def _series(cell: Cell, key: SeriesKey, unit: str | None) -> Series | None:
    """Namespace, name and the whole dimension set must match, and so must the unit if one is given (D1.9, D1.24)."""
    series = active().metrics.get(cell, key)
    return series if series is not None and unit in (None, series.unit) else None


def get_metric_data(response: CloudWatchResponse) -> Answer:
    """At most 500 queries with proper ids; answers of at most 100,800 datapoints, the rest by NextToken (D5.1)."""
    parameters = response._get_params()
    queries = parameters.get("MetricDataQueries") or []
    start, end = _epoch(parameters["StartTime"]), _epoch(parameters["EndTime"])
    _check_queries(queries, start, end)
    newest_first = (parameters.get("ScanBy") or "TimestampDescending") == "TimestampDescending"
    limit = min(parameters.get("MaxDatapoints") or MAX_POINTS, MAX_POINTS)
    skip = _skip(parameters.get("NextToken"))
    results: list[dict[str, Any]] = []
    position = 0
    for query in queries:
        points = _points(_cell(response), query["MetricStat"], start, end)
        if newest_first:
            points.reverse()
        part = points[max(0, skip - position) : max(0, skip + limit - position)]
        if part or (not points and (skip == 0)):
            finished = position + len(points) <= skip + limit
            results.append(_result(query, part, finished))
        position += len(points)
    more = position > skip + limit
    token = base64.urlsafe_b64encode(json.dumps(skip + limit).encode()).decode() if more else None
    answer = {"MetricDataResults": results} | ({"NextToken": token} if token else {})
    return _quick_json(response, _broken(answer, active().metrics_answer(*_cell(response))))


def _broken(answer: dict[str, Any], how: str) -> dict[str, Any]:
    """Breaks a response as the world says, so that it proves nothing (D1.27). Otherwise unchanged."""
    note = [{"Code": "Hint", "Value": "The simulation was told not to answer completely."}]
    results = answer["MetricDataResults"]
    if how == "messages":
        return answer | {"Messages": note}
    if how == "result-messages":
        return answer | {"MetricDataResults": [one | {"Messages": note} for one in results]}
    nothing: dict[str, Any] = {"Timestamps": [], "Values": []}
    changes: dict[str, Any] = {
        "empty": nothing,
        "partial": {"StatusCode": "PartialData"},
        "internal-error": nothing | {"StatusCode": "InternalError"},
        "forbidden": nothing | {"StatusCode": "Forbidden"},
    }.get(how, {})
    return answer | {"MetricDataResults": [one | changes for one in results]}


def _quick_json(response: CloudWatchResponse, answer: dict[str, Any]) -> Answer:
    """moto's serializer checks every datapoint against its model. In JSON it would write epoch seconds anyway."""
    content_type = response.headers.get("Content-Type", "")
    if content_type.startswith("application/x-amz-json"):
        return 200, {"Content-Type": content_type}, json.dumps(answer)
    for result in answer.get("MetricDataResults", []):
        result["Timestamps"] = [_moment(at) for at in result["Timestamps"]]
    return ActionResult(answer)


def _check_queries(queries: list[dict[str, Any]], start: float, end: float) -> None:
    if len(queries) > MAX_QUERIES:
        text = f"The collection MetricDataQueries must not have a size greater than {MAX_QUERIES}."
        raise ValidationError(f"{text}")
    if start >= end:
        raise ValidationError("The parameter StartTime must be less than the parameter EndTime.")
    ids = [query.get("Id", "") for query in queries]
    for one in ids:
        if not QUERY_ID.fullmatch(one):
            raise ValidationError(
                f'The value "{one}" for parameter MetricDataQueries.Id is not matching the expected pattern.'
            )
    if len(set(ids)) != len(ids):
        raise ValidationError("The values for parameter id in MetricDataQueries are not unique.")
    for query in queries:
        if "MetricStat" not in query:
            # An empty answer to an expression would look like silence, so refuse what is not simulated.
            raise ValidationError("The simulation answers MetricStat queries only.")
        _check_stat(query["MetricStat"]["Stat"], query["MetricStat"]["Period"])


def _check_stat(stat: str, period: int) -> None:
    if stat not in STATISTICS:
        raise ValidationError(f"The simulation does not know the statistic {stat}.")
    if period <= 0 or (period % 60 and period not in (1, 5, 10, 20, 30)):
        raise ValidationError("The parameter Period must be a multiple of 60.")


def _points(cell: Cell, stat: dict[str, Any], start: float, end: float) -> Points:
    series = _series(cell, _key(stat["Metric"]), stat.get("Unit"))
    if series is None:
        return []
    now = active().clock()
    return [(at, one.statistic(stat["Stat"])) for at, one in series.buckets(start, end, int(stat["Period"]), now)]


def _result(query: dict[str, Any], points: Points, finished: bool) -> dict[str, Any]:
    metric = query["MetricStat"]["Metric"]
    return {
        "Id": query["Id"],
        "Label": query.get("Label") or metric["MetricName"],
        "Timestamps": [at for at, _ in points],
        "Values": [value for _, value in points],
        "StatusCode": "Complete" if finished else "PartialData",
    }


def _skip(token: str | None) -> int:
    if token is None:
        return 0
    try:
        return int(json.loads(base64.urlsafe_b64decode(token.encode())))
    except ValueError as error:
        raise ValidationError("The token is invalid.") from error


def get_metric_statistics(response: CloudWatchResponse) -> ActionResult:
    """One series, the exact dimension set, at most 1,440 datapoints, in no order (D1.9, D5.3)."""
    wanted = response._get_param
    statistics = wanted("Statistics", [])
    if not statistics:
        raise InvalidParameterCombination("Must specify either Statistics or ExtendedStatistics")
    start, end, period = _epoch(wanted("StartTime")), _epoch(wanted("EndTime")), int(wanted("Period"))
    for one in statistics:
        _check_stat(one, period)
    if start >= end:
        raise InvalidParameterValue("The parameter StartTime must be less than the parameter EndTime.")
    if (end - start) / period > MAX_STATISTICS_POINTS:
        raise InvalidParameterCombination(
            f"You have requested up to {int((end - start) / period)} datapoints, which exceeds the limit of 1,440."
        )
    metric = {"Namespace": wanted("Namespace"), "MetricName": wanted("MetricName"), "Dimensions": wanted("Dimensions")}
    series = _series(_cell(response), _key(metric), wanted("Unit"))
    works = active().metrics_answer(*_cell(response)) != "empty"
    found = list(series.buckets(start, end, period, active().clock())) if series is not None and works else []
    middle = len(found) // 2
    datapoints = [
        {"Timestamp": _moment(at), "Unit": series.unit} | {name: one.statistic(name) for name in statistics}
        for at, one in found[middle:] + found[:middle]
        if series is not None
    ]
    return ActionResult({"Label": metric["MetricName"], "Datapoints": datapoints})


def list_metrics(response: CloudWatchResponse) -> Answer:
    """Only what published in the last two weeks, or three hours; dimensions match partially; 500 per page (D5.4)."""
    wanted = response._get_params()
    filters = [(one["Name"], one.get("Value")) for one in wanted.get("Dimensions") or []]
    within = RECENT if wanted.get("RecentlyActive") == "PT3H" else FORGOTTEN_AFTER
    state = active()
    keys = sorted(
        (key.namespace, key.name, sorted(key.dimensions))
        for key in state.metrics.remembered(_cell(response), state.clock(), within)
        if _listed(key, wanted.get("Namespace"), wanted.get("MetricName"), filters)
    )
    if state.metrics_answer(*_cell(response)) == "empty":
        keys = []
    skip = _skip(wanted.get("NextToken"))
    page = keys[skip : skip + METRICS_PAGE]
    more = len(keys) > skip + METRICS_PAGE
    token = base64.urlsafe_b64encode(json.dumps(skip + METRICS_PAGE).encode()).decode() if more else None
    metrics = [
        {"Namespace": space, "MetricName": name, "Dimensions": [{"Name": one, "Value": value} for one, value in pairs]}
        for space, name, pairs in page
    ]
    return _quick_json(response, {"Metrics": metrics} | ({"NextToken": token} if token else {}))


def _listed(key: SeriesKey, namespace: str | None, name: str | None, filters: list[tuple[str, str | None]]) -> bool:
    if namespace not in (None, key.namespace) or name not in (None, key.name):
        return False
    dimensions = dict(key.dimensions)
    return all(one in dimensions and value in (None, dimensions[one]) for one, value in filters)


def put_metric_data(backend: CloudWatchBackend, namespace: str, metric_data: list[dict[str, Any]]) -> None:
    """moto checks and keeps it. The store holds what can be read back."""
    _put_metric_data(backend, namespace, metric_data)
    state, cell = active(), (backend.account_id, backend.region_name)
    for datum in metric_data:
        key = _key({"Namespace": namespace, **datum})
        at = _epoch(datum["Timestamp"]) if datum.get("Timestamp") else state.clock()
        values = datum.get("Values") or [datum.get("Value", 0.0)]
        for value, count in zip(values, datum.get("Counts") or [1.0] * len(values), strict=False):
            for _ in range(int(count)):
                state.metrics.add_point(cell, key, at, float(value), datum.get("Unit") or "None")


CORRECTIONS = (
    Correction("metric-data", CloudWatchResponse, "get_metric_data", get_metric_data, "limits, pages, D1.9, D5.1"),
    Correction("statistics", CloudWatchResponse, "get_metric_statistics", get_metric_statistics, "exact, D1.9, D5.3"),
    Correction("list-metrics", CloudWatchResponse, "list_metrics", list_metrics, "forgets after two weeks, D5.4"),
    Correction("put-metric-data", CloudWatchBackend, "put_metric_data", put_metric_data, "kept in the same store"),
)
