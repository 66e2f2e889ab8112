"""What a running endpoint publishes to CloudWatch, since its creation: which series, under which exact dimensions.

Real-time kinds and inference components report zeros when nothing calls them, or nothing, as the world says (D1.25,
D13.2); asynchronous and serverless endpoints report nothing (D1.6-D1.8). No kind publishes its calls under
`EndpointName` alone (D1.9).
"""

from array import array
from collections.abc import Iterator
from dataclasses import replace

from tests.simulation.member_aws.metric_store import DAY, Cell, MetricStore, Pulse, Series, SeriesKey
from tests.simulation.organization.endpoints import MODEL_KINDS, EndpointSpec
from tests.simulation.organization.traffic import Traffic

TRAFFIC_NAMESPACE = "AWS/SageMaker"
INSTANCE_NAMESPACE = "/aws/sagemaker/Endpoints"
COMPONENT_NAMESPACE = "/aws/sagemaker/InferenceComponents"
HOUR = 3600
HISTORY = 20 * DAY  # Single calls are kept this far back; zeros for the whole life.
AHEAD = DAY  # Steady traffic goes on while the world runs: points of the next day wait for their time.
CONTAINERS = ("preprocess", "predict")  # of every multi-container endpoint and pipeline (D1.3, D1.4)
LATENCY, BACKLOG_SINCE = 12_000.0, 2 * DAY  # microseconds; how long a queue has been waiting


def invocations(endpoint: str, variant: str) -> SeriesKey:
    return _of_variant("Invocations", endpoint, variant)


def processed(endpoint: str, variant: str) -> SeriesKey:
    """The calls of an asynchronous endpoint (D1.8, D1.10)."""
    return _of_variant("InvocationsProcessed", endpoint, variant)


def component_calls(component: str, metric: str = "Invocations") -> SeriesKey:
    """The calls of an inference component: its name alone, no endpoint (D1.5, D1.13)."""
    return SeriesKey.of(TRAFFIC_NAMESPACE, metric, {"InferenceComponentName": component})


def of_queue(metric: str, endpoint: str) -> SeriesKey:
    """The backlog family of an asynchronous endpoint: the endpoint alone, no variant (D1.8, D1.12)."""
    return SeriesKey.of(TRAFFIC_NAMESPACE, metric, {"EndpointName": endpoint})


def cpu(endpoint: str, variant: str) -> SeriesKey:
    return _of_variant("CPUUtilization", endpoint, variant, INSTANCE_NAMESPACE)


def publish(
    store: MetricStore,
    cell: Cell,
    endpoint: str,
    variant: str,
    instances: int,
    traffic: Traffic,
    since: float,
    now: float,
    kind: str = "real-time",
) -> None:
    """Starts one variant's metrics at `since`. What an earlier endpoint of that name published stays (D3.8)."""
    if traffic.is_silent:
        return
    zeros = traffic.zeros and store.publishes_zeros(endpoint)
    if kind != "serverless" and instances:
        for metric, value in (("CPUUtilization", 1.7), ("MemoryUtilization", 11.2), ("DiskUtilization", 6.0)):
            key = _of_variant(metric, endpoint, variant, INSTANCE_NAMESPACE)
            # The sample count of CPUUtilization over a minute is the number of live instances (D1.20).
            _begin(store, cell, key, since, "Percent").pulses.append(Pulse(since, value=value, samples=instances))
    if kind in MODEL_KINDS:
        calls = _begin(store, cell, invocations(endpoint, variant), since)
        _fill(calls, traffic, since, now, zeros=zeros)
        _companions(store, cell, endpoint, variant, instances, calls, since, zeros=zeros)
        if kind in ("multi-container", "pipeline"):
            for container in CONTAINERS:
                own = _of_variant("Invocations", endpoint, variant, ContainerName=container)
                _fill(_begin(store, cell, own, since), traffic, since, now, zeros=zeros)
    elif kind == "serverless":
        if called := _only_if_called(store, cell, invocations(endpoint, variant), traffic, since, now, "None"):
            _at_calls(store, cell, endpoint, variant, called, "ModelSetupTime")  # A cold start (D1.22).
    elif kind == "asynchronous" and (
        called := _only_if_called(store, cell, processed(endpoint, variant), traffic, since, now, "Count")
    ):
        _at_calls(store, cell, endpoint, variant, called, "ModelLatency")


def publish_enhanced(store: MetricStore, cell: Cell, spec: EndpointSpec, since: float, now: float) -> None:
    """The same calls once more under `InstanceId`, beside the plain sets: a sum over all sets counts twice (D1.9)."""
    for variant in spec.variants:
        for number in range(variant.instances):
            instance = f"i-{number:017x}"
            key = _of_variant("Invocations", spec.name, variant.name, InstanceId=instance)
            traffic = spec.traffic_of(variant) if number == 0 else Traffic.none()
            _fill(_begin(store, cell, key, since), traffic, since, now, zeros=store.publishes_zeros(spec.name))
            load = _of_variant("CPUUtilization", spec.name, variant.name, INSTANCE_NAMESPACE, InstanceId=instance)
            _begin(store, cell, load, since, "Percent").pulses.append(Pulse(since, value=1.7))


def publish_provisioned(store: MetricStore, cell: Cell, endpoint: str, variant: str, since: float) -> None:
    """Warm concurrency reports its use, also when that is nothing: autoscaling could not lower it otherwise.

    An inference; AWS documents the metric, not its silence (D1.7).
    """
    key = _of_variant("ServerlessProvisionedConcurrencyUtilization", endpoint, variant)
    _begin(store, cell, key, since).pulses.append(Pulse(since))


def publish_queue(store: MetricStore, cell: Cell, spec: EndpointSpec, since: float, now: float) -> None:
    """The queue of an asynchronous endpoint, from the first request on (D1.8, D1.12)."""
    firsts = [first for one in spec.variants if (first := _first_call(spec.traffic_of(one), since, now)) is not None]
    if spec.backlog:
        firsts.append(max(since, now - BACKLOG_SINCE))
    if not firsts:
        return
    start = min(firsts)
    without_capacity = float(spec.backlog > 0 and spec.at_zero)
    for metric, value in (
        ("ApproximateBacklogSize", float(spec.backlog)),
        ("HasBacklogWithoutCapacity", without_capacity),
    ):
        _begin(store, cell, of_queue(metric, spec.name), start, "Count").pulses.append(Pulse(start, value=value))


def publish_component(
    store: MetricStore,
    cell: Cell,
    component: str,
    copies: int,
    traffic: Traffic,
    refused: Traffic,
    since: float,
    now: float,
) -> None:
    """One inference component. Without a copy there is nothing but the failures of those who call it (D1.14, D1.25)."""
    if copies and not traffic.is_silent:
        for metric in ("Invocations", "InvocationsPerCopy"):
            calls = _begin(store, cell, component_calls(component, metric), since)
            _fill(calls, traffic, since, now, zeros=traffic.zeros and store.publishes_zeros(component))
        use = SeriesKey.of(COMPONENT_NAMESPACE, "CPUUtilizationNormalized", {"InferenceComponentName": component})
        _begin(store, cell, use, since, "Percent").pulses.append(Pulse(since, value=0.4, samples=copies))
    key = component_calls(component, "NoCapacityInvocationFailures")
    _only_if_called(store, cell, key, refused, since, now, "None")


def publish_failures(store: MetricStore, cell: Cell, spec: EndpointSpec, since: float, now: float) -> None:
    """Calls that came to nothing: no `Invocations`, but errors (D13.3)."""
    for metric, traffic in spec.failures:
        for variant in spec.variants:
            _only_if_called(store, cell, _of_variant(metric, spec.name, variant.name), traffic, since, now, "None")


def silence(store: MetricStore, cell: Cell, endpoint: str, at: float) -> None:
    """The endpoint is gone: its series end, their past remains readable by name (D3.8)."""
    for _, series in store.matching(cell, ("EndpointName", endpoint)):
        series.stop(at)


def silence_component(store: MetricStore, cell: Cell, component: str, at: float) -> None:
    for _, series in store.matching(cell, ("InferenceComponentName", component)):
        series.stop(at)


def _of_variant(metric: str, endpoint: str, variant: str, namespace: str = TRAFFIC_NAMESPACE, **more: str) -> SeriesKey:
    return SeriesKey.of(namespace, metric, {"EndpointName": endpoint, "VariantName": variant} | more)


def _begin(store: MetricStore, cell: Cell, key: SeriesKey, since: float, unit: str = "None") -> Series:
    series = store.get(cell, key) or Series(unit=unit)
    series.stop(since)
    store.put(cell, key, series)
    return series


def _fill(series: Series, traffic: Traffic, since: float, now: float, *, zeros: bool) -> None:
    if zeros or traffic.per_minute:
        series.pulses.append(Pulse(since, value=float(traffic.per_minute)))
    series.extend(sorted(_calls(traffic, since, now)))


def _only_if_called(
    store: MetricStore, cell: Cell, key: SeriesKey, traffic: Traffic, since: float, now: float, unit: str
) -> Series | None:
    """A series that exists from the first call onwards, without zeros."""
    if _first_call(traffic, since, now) is None:
        return None
    series = _begin(store, cell, key, since, unit)
    _fill(series, traffic, since, now, zeros=False)
    return series


def _companions(
    store: MetricStore,
    cell: Cell,
    endpoint: str,
    variant: str,
    instances: int,
    calls: Series,
    since: float,
    *,
    zeros: bool,
) -> None:
    """What is published besides the calls and fills every unfiltered ListMetrics."""
    share = _begin(store, cell, _of_variant("InvocationsPerInstance", endpoint, variant), since)  # 1/n a call (D1.19)
    share.pulses += [replace(pulse, value=pulse.value / max(1, instances)) for pulse in calls.pulses]
    share.extend((at, value / max(1, instances)) for at, value in zip(calls.times, calls.values, strict=True))
    for metric in ("Invocation4XXErrors", "Invocation5XXErrors", "InvocationModelErrors"):
        if zeros:
            _begin(store, cell, _of_variant(metric, endpoint, variant), since).pulses.append(Pulse(since))
    if calls.times:
        for metric in ("ModelLatency", "OverheadLatency"):
            _at_calls(store, cell, endpoint, variant, calls, metric)


def _at_calls(store: MetricStore, cell: Cell, endpoint: str, variant: str, calls: Series, metric: str) -> None:
    """A datapoint for each minute with a call, and no others."""
    times = calls.times[:]
    series = Series("Microseconds", times=times, values=array("d", [LATENCY]) * len(times))
    store.put(cell, _of_variant(metric, endpoint, variant), series)


def _first_call(traffic: Traffic, since: float, now: float) -> float | None:
    if traffic.per_hour or traffic.per_minute:
        return since
    return now - traffic.bursts[0][0] * DAY if traffic.bursts else None


def _calls(traffic: Traffic, since: float, now: float) -> Iterator[tuple[float, float]]:
    if traffic.per_hour:
        hour = max(since, now - HISTORY) // HOUR * HOUR
        while hour < now + AHEAD:
            at = hour + 60 * (7 + hour // HOUR * 11 % 50)  # Another minute in every hour.
            if at >= since:
                wave = (hour // HOUR % 24 - 12) / 40  # Some daily rhythm, never zero.
                yield at, max(1.0, round(traffic.per_hour * (1 + wave)))
            hour += HOUR
    for days_ago, count in traffic.bursts:
        if now - days_ago * DAY >= since:
            yield now - days_ago * DAY, float(count)
