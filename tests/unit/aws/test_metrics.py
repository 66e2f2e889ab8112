"""What CloudWatch reads from the log: figures without dimensions, and never an error."""

import json
from decimal import Decimal

import pytest

from endpoint_sweep.aws.metrics import AwsMetrics
from endpoint_sweep.domain.kinds import Measure


def test_figures_are_one_line_in_the_embedded_metric_format(capsys: pytest.CaptureFixture[str]) -> None:
    """With their units, in the namespace of the stack; no dimension, so none that could name someone (D15.3)."""
    AwsMetrics("the-stack").publish(
        {Measure.COVERAGE_PERCENT: 97, Measure.POTENTIAL_USD: Decimal("1234.50"), Measure.IDLE: 3, Measure.SECONDS: 61}
    )
    [line] = capsys.readouterr().out.splitlines()
    said = json.loads(line)
    [directive] = said.pop("_aws")["CloudWatchMetrics"]
    assert directive == {
        "Namespace": "the-stack",
        "Dimensions": [[]],
        "Metrics": [
            {"Name": "CoveragePercent", "Unit": "Percent"},
            {"Name": "PotentialMonthlyUsd", "Unit": "None"},
            {"Name": "IdleEndpoints", "Unit": "Count"},
            {"Name": "SweepSeconds", "Unit": "Seconds"},
        ],
    }
    assert said == {
        "CoveragePercent": [97.0], "PotentialMonthlyUsd": [1234.5], "IdleEndpoints": [3.0], "SweepSeconds": [61.0],
    }  # fmt: skip


def test_a_second_line_does_not_repeat_the_first(capsys: pytest.CaptureFixture[str]) -> None:
    """A process publishes for many sweeps."""
    metrics = AwsMetrics("the-stack")
    metrics.publish({Measure.IDLE: 1})
    metrics.publish({Measure.DELETED: 2})
    second = json.loads(capsys.readouterr().out.splitlines()[1])
    assert (second["DeletedEndpoints"], "IdleEndpoints" in second) == ([2.0], False)


def test_what_is_no_figure_stops_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """The sweep is over, and stays so."""
    AwsMetrics("the-stack").publish({Measure.IDLE: None})  # type: ignore[dict-item]
    assert "CloudWatchMetrics" not in capsys.readouterr().out
