"""What is asked of CloudWatch beyond the window, and by which names."""

from datetime import timedelta

import pytest

from endpoint_sweep.domain.model import Kind, Verdict
from endpoint_sweep.resources.endpoint.traffic_series import key
from tests.unit.fake_cell import FakeCell
from tests.unit.resources.endpoint.test_scan import BOTH, PLAIN, ZEROS, running, silent
from tests.unit.samples import NAME, NOW, description


def test_the_history_is_all_that_cloudwatch_remembers() -> None:
    """Whole days: from a midnight 455 days ago to the end of the window (D1.23)."""
    cell = silent()
    cell.findings()
    assert cell.past_spans == [(NOW.replace(hour=0) - timedelta(days=455), NOW - timedelta(hours=1))]


@pytest.mark.parametrize(
    ("kind", "metric"), [(Kind.REAL_TIME, "Invocation5XXErrors"), (Kind.ASYNCHRONOUS, "RequestDownloadFailures")]
)
def test_failures_that_list_metrics_forgot_are_asked_for_by_name(kind: Kind, metric: str) -> None:
    """Those that its kind publishes, of this endpoint (D5.4, D13.3)."""
    failed = key(metric, BOTH, stat="Maximum")
    cell = FakeCell(
        descriptions={NAME: description(kind=kind)},
        values={PLAIN: ZEROS, failed: (2.0,), **running()},
        forgotten=frozenset({failed}),
    )
    found = cell.findings()[NAME]
    assert (found.verdict, metric in found.reason) == (Verdict.BUSY, True)
