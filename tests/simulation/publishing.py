"""What a running endpoint publishes to CloudWatch, from its creation on.

`Invocations` per endpoint and variant, zeros included (D1.1, D1.25), and `CPUUtilization`, whose sample count is the
number of live instances (D1.20). Nothing under `EndpointName` alone (D1.9).
"""

from tests.simulation.metrics import DAY, Cell, MetricStore, Pulse, Series, SeriesKey
from tests.simulation.traffic import Traffic

TRAFFIC_NAMESPACE = "AWS/SageMaker"
INSTANCE_NAMESPACE = "/aws/sagemaker/Endpoints"
HOUR = 3600
HISTORY = 20 * DAY  # Single calls are kept this far back; zeros for the whole life.
AHEAD = DAY  # Steady traffic goes on while the world runs: points of the next day wait for their time.


def invocations(endpoint: str, variant: str) -> SeriesKey:
    return SeriesKey.of(TRAFFIC_NAMESPACE, "Invocations", {"EndpointName": endpoint, "VariantName": variant})


def cpu(endpoint: str, variant: str) -> SeriesKey:
    return SeriesKey.of(INSTANCE_NAMESPACE, "CPUUtilization", {"EndpointName": endpoint, "VariantName": variant})


def publish(
    store: MetricStore,
    cell: Cell,
    endpoint: str,
    variant: str,
    instances: int,
    traffic: Traffic,
    since: float,
    now: float,
) -> None:
    """Begin the life of one variant's metrics at `since`. A past life under the same name stays as it was (D3.8)."""
    if not traffic.zeros and not traffic.per_hour and traffic.last is None:
        return
    calls = store.get(cell, invocations(endpoint, variant)) or Series()
    load = store.get(cell, cpu(endpoint, variant)) or Series(unit="Percent")
    for series in (calls, load):
        series.stop(since)
    if traffic.zeros:
        calls.pulses.append(Pulse(since))
    load.pulses.append(Pulse(since, value=1.7, samples=max(1, instances)))
    for at, count in _calls(traffic, since, now):
        calls.add(at, count)
    store.put(cell, invocations(endpoint, variant), calls)
    store.put(cell, cpu(endpoint, variant), load)


def silence(store: MetricStore, cell: Cell, endpoint: str, at: float) -> None:
    """The endpoint is gone: its series end, their past remains readable by name (D3.8)."""
    for _, series in store.matching(cell, ("EndpointName", endpoint)):
        series.stop(at)


def _calls(traffic: Traffic, since: float, now: float) -> list[tuple[float, float]]:
    calls: list[tuple[float, float]] = []
    if traffic.per_hour:
        hour = max(since, now - HISTORY) // HOUR * HOUR
        while hour < now + AHEAD:
            at = hour + 60 * (7 + hour // HOUR * 11 % 50)  # Another minute in every hour.
            if at >= since:
                wave = (hour // HOUR % 24 - 12) / 40  # Some daily rhythm, never zero.
                calls.append((at, max(1.0, round(traffic.per_hour * (1 + wave)))))
            hour += HOUR
    if traffic.last is not None:
        days_ago, count = traffic.last
        calls.append((now - days_ago * DAY, float(count)))
    return calls
