"""The CloudWatch series that show an endpoint's traffic, with their exact dimensions. Pure; D1.1-D1.8.

A series exists only under the exact dimensions that were published (D1.9), so they are spelled out, never guessed.
Enhanced metrics publish more sets (per instance, per container) of the same traffic, so they are not added up.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from endpoint_sweep.domain.model import Component, Kind

TRAFFIC = "AWS/SageMaker"
INSTANCES = "/aws/sagemaker/Endpoints"
INVOCATIONS = "Invocations"
# The documentation spells the metric with three s, the service with two (D1.11); one query each.
PROCESSED = ("InvocationsProcessed", "InvocationsProcesssed")
BACKLOG = ("ApproximateBacklogSize", "HasBacklogWithoutCapacity")
NO_CAPACITY = "NoCapacityInvocationFailures"
QUERIES_A_CALL, POINTS_A_CALL = 500, 100_800  # of GetMetricData (D5.1)
UTILIZATION = "ServerlessProvisionedConcurrencyUtilization"  # Published while concurrency is provisioned (D1.7).

# Calls that failed, or a request of any outcome (D1.10, D13.3): what an endpoint publishes besides the calls it served.
_FAILURES = ("Invocation4XXErrors", "Invocation5XXErrors", "InvocationModelErrors")
_ASYNCHRONOUS_FAILURES = (
    "InvocationFailures",
    "RequestDownloadFailures",
    "ResponseUploadFailures",
    "ExpiredRequests",
    "NotificationFailures",
)
FAILURES = frozenset((*_FAILURES, *_ASYNCHRONOUS_FAILURES))
_SERVERLESS = (
    "ServerlessProvisionedConcurrencyInvocations",
    "ServerlessProvisionedConcurrencySpilloverInvocations",
    UTILIZATION,
    "ModelSetupTime",
)
# One datapoint per request, so their number counts, not their value: a cache miss is a zero (D1.22).
_TIMED = ("ModelLatency", "OverheadLatency", "ModelSetupTime", "ModelCacheHit")
# Published whether or not anyone calls: how many models are in memory.
_NO_CALLS = ("LoadedModelCount",)

_ENDPOINT, _VARIANT, _CONTAINER, _COMPONENT = "EndpointName", "VariantName", "ContainerName", "InferenceComponentName"
_CARRIERS = (
    {(INVOCATIONS, frozenset(dimensions)) for dimensions in ({_ENDPOINT, _VARIANT}, {_COMPONENT})}
    | {(INVOCATIONS, frozenset({_ENDPOINT, _VARIANT, _CONTAINER}))}
    | {(metric, frozenset({_ENDPOINT, _VARIANT})) for metric in PROCESSED}
    | {(metric, frozenset({_ENDPOINT})) for metric in BACKLOG}
    | {(NO_CAPACITY, frozenset({_COMPONENT}))}
)


@dataclass(frozen=True, slots=True, order=True)
class SeriesKey:
    """One series: namespace, metric, statistic and its exact dimensions, sorted by name."""

    metric: str
    dimensions: tuple[tuple[str, str], ...]
    namespace: str = TRAFFIC
    stat: str = "Sum"

    def dimension(self, name: str) -> str:
        return next((value for key, value in self.dimensions if key == name), "")

    @property
    def endpoint(self) -> str:
        return self.dimension(_ENDPOINT)

    @property
    def variant(self) -> str:
        return self.dimension(_VARIANT)

    @property
    def component(self) -> str:
        """The inference component, or the container of a multi-container endpoint."""
        return self.dimension(_COMPONENT) or self.dimension(_CONTAINER)

    @property
    def inference_component(self) -> str:
        return self.dimension(_COMPONENT)


@dataclass(frozen=True, slots=True)
class Published:
    """What ListMetrics knows of a cell: the series that carry traffic, and all others that could be a sign of life."""

    traffic: frozenset[SeriesKey] = frozenset()
    signs: frozenset[SeriesKey] = frozenset()


def key(metric: str, dimensions: Mapping[str, str], namespace: str = TRAFFIC, stat: str = "Sum") -> SeriesKey:
    return SeriesKey(metric, tuple(sorted(dimensions.items())), namespace, stat)


def stat_of(metric: str) -> str:
    """The length of a queue is no count: its sum over a day says nothing, its maximum does (D13.3)."""
    return "Maximum" if metric in BACKLOG else "Sum"


def carries_traffic(metric: str, dimensions: Mapping[str, str]) -> bool:
    """Whether a series of AWS/SageMaker counts calls, queued calls, or calls that failed for lack of capacity."""
    return (metric, frozenset(dimensions)) in _CARRIERS


def is_traffic(one: SeriesKey) -> bool:
    """Whether it shows calls and is not a control."""
    return one.namespace == TRAFFIC and carries_traffic(one.metric, dict(one.dimensions))


def is_timed(one: SeriesKey) -> bool:
    """Whether it has a datapoint for each request, and none without."""
    return one.metric in _TIMED


def sign_of(metric: str, dimensions: Mapping[str, str]) -> SeriesKey | None:
    """The series of AWS/SageMaker as a sign of life: any value above zero may be a call. None if it can be no call."""
    names_one = _ENDPOINT in dimensions or _COMPONENT in dimensions
    if metric in _NO_CALLS or not names_one or carries_traffic(metric, dimensions):
        return None
    return key(metric, dimensions, stat="SampleCount" if metric in _TIMED else "Maximum")


def signs(endpoint: str, serving: Iterable[str], kind: Kind, components: Iterable[Component]) -> set[SeriesKey]:
    """The signs of life that are known by name, for what ListMetrics has forgotten (D5.4)."""
    own = {Kind.ASYNCHRONOUS: _ASYNCHRONOUS_FAILURES, Kind.SERVERLESS_PROVISIONED: _SERVERLESS}.get(kind, ())
    metrics = (*_FAILURES, "ModelLatency", *own)
    places: list[dict[str, str]] = [{_ENDPOINT: endpoint, _VARIANT: variant} for variant in serving]
    places += [{_COMPONENT: one.name} for one in components]
    found = (sign_of(metric, place) for metric in metrics for place in places)
    return {one for one in found if one is not None}


def of_variant(endpoint: str, variant: str) -> SeriesKey:
    """Real-time and serverless endpoints (D1.1, D1.2, D1.6, D1.7)."""
    return key(INVOCATIONS, {_ENDPOINT: endpoint, _VARIANT: variant})


def of_component(component: str) -> tuple[SeriesKey, ...]:
    """An inference component, by its own name only: calls, and calls that found no capacity (D1.5, D1.14)."""
    return key(INVOCATIONS, {_COMPONENT: component}), key(NO_CAPACITY, {_COMPONENT: component})


def of_asynchronous(endpoint: str, variant: str) -> tuple[SeriesKey, ...]:
    """Processed and queued requests (D1.8, D1.10-D1.12)."""
    processed = (key(metric, {_ENDPOINT: endpoint, _VARIANT: variant}) for metric in PROCESSED)
    return (*processed, *(key(metric, {_ENDPOINT: endpoint}, stat=stat_of(metric)) for metric in BACKLOG))


def control(endpoint: str, variant: str) -> SeriesKey:
    """The positive control: a running instance leaves a CPU sample every minute, with or without calls (D1.20)."""
    return key("CPUUtilization", {_ENDPOINT: endpoint, _VARIANT: variant}, INSTANCES, "SampleCount")


def controls(endpoint: str, serving: Iterable[str], kind: Kind) -> set[SeriesKey]:
    """The positive controls: that they have datapoints shows that silence means no calls. They count none (D1.28)."""
    match kind:
        case Kind.REAL_TIME | Kind.ASYNCHRONOUS | Kind.INFERENCE_COMPONENTS:
            return {control(endpoint, variant) for variant in serving}
        case Kind.SERVERLESS_PROVISIONED:
            return {
                key(UTILIZATION, {_ENDPOINT: endpoint, _VARIANT: variant}, stat="SampleCount") for variant in serving
            }
        case _:
            return set()


def companions(one: SeriesKey) -> set[SeriesKey]:
    """The series that a listed series will need if it turns out silent. Reading them now saves another call."""
    if one.inference_component:
        return set(of_component(one.inference_component))
    if one.metric in PROCESSED:
        return {*of_asynchronous(one.endpoint, one.variant), control(one.endpoint, one.variant)}
    return set()


def counts_calls(one: SeriesKey) -> bool:
    """Whether the series counts calls that no other series counts too: no container, no backlog."""
    return one.metric in (INVOCATIONS, *PROCESSED, NO_CAPACITY) and not one.dimension(_CONTAINER)


def expected(endpoint: str, serving: tuple[str, ...], kind: Kind, components: Iterable[Component]) -> set[SeriesKey]:
    """Every series that must be read before an endpoint of this kind can be called idle."""
    match kind:
        case Kind.REAL_TIME | Kind.SERVERLESS | Kind.SERVERLESS_PROVISIONED:
            return {of_variant(endpoint, variant) for variant in serving}
        case Kind.ASYNCHRONOUS:
            return {one for variant in serving for one in of_asynchronous(endpoint, variant)}
        case Kind.INFERENCE_COMPONENTS:
            return {one for component in components for one in of_component(component.name)}
        case _:
            return set()
