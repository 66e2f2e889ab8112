"""The hub's figures, as CloudWatch reads them from the log: one line in the embedded metric format."""

from collections.abc import Mapping
from decimal import Decimal

from aws_lambda_powertools.metrics import EphemeralMetrics

from endpoint_sweep.aws.step_log import log_step
from endpoint_sweep.domain.kinds import Measure

_UNITS = {Measure.COVERAGE_PERCENT: "Percent", Measure.SECONDS: "Seconds"}
_USD = (Measure.POTENTIAL_USD, Measure.REALIZED_USD)


class AwsMetrics:
    """`ports.Metrics`, in one namespace and without dimensions, so that no account or name becomes one (D15.3)."""

    def __init__(self, namespace: str) -> None:
        self._namespace = namespace

    def publish(self, figures: Mapping[Measure, Decimal | int]) -> None:
        try:
            self._print(figures)
        except Exception as error:  # noqa: BLE001 - a figure that is missing must not fail a sweep that is done
            log_step("metrics", {"error": type(error).__name__})

    def _print(self, figures: Mapping[Measure, Decimal | int]) -> None:
        metrics = EphemeralMetrics(namespace=self._namespace)
        for name, figure in figures.items():
            metrics.add_metric(name, "None" if name in _USD else _UNITS.get(name, "Count"), float(figure))
        metrics.flush_metrics()
