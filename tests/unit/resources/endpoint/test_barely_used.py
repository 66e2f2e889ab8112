"""When an endpoint is barely used: few calls, all of them counted."""

from datetime import timedelta

import pytest

from endpoint_sweep.domain.model import Policy, Verdict
from endpoint_sweep.resources.endpoint.history import Past
from endpoint_sweep.resources.endpoint.idleness import is_barely_used, judge
from endpoint_sweep.resources.endpoint.traffic_series import SeriesKey, key
from tests.unit.fake_cell import measured
from tests.unit.resources.endpoint.test_idleness import FIRST_DAY, evidence
from tests.unit.samples import NOW, activity, series

INVOKED, PROCESSED, MISSPELT, WAITING = (
    key(metric, {"EndpointName": "e", "VariantName": "v"})
    for metric in ("Invocations", "InvocationsProcessed", "InvocationsProcesssed", "ApproximateBacklogSize")
)


@pytest.mark.parametrize(
    ("totals", "expected"),
    [
        ({INVOKED: 1}, True),
        ({INVOKED: 9}, True),
        ({INVOKED: 10}, False),
        ({INVOKED: 0}, False),
        ({INVOKED: 2, PROCESSED: 2, MISSPELT: 2}, True),
        ({PROCESSED: 3, WAITING: 0}, True),
        ({PROCESSED: 3, WAITING: 1}, False),
    ],
)
def test_barely_used_is_called_but_less_often_than_the_stack_asks(
    totals: dict[SeriesKey, float], expected: bool
) -> None:
    """By whichever metric; a request that waits is more than that, a queue that is empty is not."""
    measured_of_it = activity(*(measured(one, total) for one, total in totals.items()))
    assert is_barely_used(measured_of_it, Policy(14, 14, barely_used_below=10)) is expected


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("ModelLatency", Verdict.BARELY_USED),
        ("InvocationFailures", Verdict.BUSY),
        ("Invocation5XXErrors", Verdict.BUSY),
        ("NoSuchMetricYet", Verdict.BARELY_USED),
    ],
)
def test_a_few_calls_do_not_explain_failures_of_their_day(metric: str, expected: Verdict) -> None:
    """One served call and any number of failed ones on the same day: the failed ones are in no count of calls."""
    day = Past((FIRST_DAY + timedelta(days=2),))
    few = evidence(activity=activity(series(total=1)), past=day, signs={metric: day})
    found, reason = judge(few, Policy(14, 14, barely_used_below=10), NOW)
    assert found is expected
    if expected is Verdict.BUSY:
        assert reason == f"other metrics show requests that were not served: {metric}"
