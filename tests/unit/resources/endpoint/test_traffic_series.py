"""Which series carry the traffic of each kind, with their exact dimensions: D1.1-D1.8."""

import pytest

from endpoint_sweep.domain.model import Component, Kind
from endpoint_sweep.resources.endpoint.traffic_series import (
    INSTANCES,
    SeriesKey,
    carries_traffic,
    companions,
    control,
    controls,
    counts_calls,
    expected,
    is_traffic,
    key,
    of_asynchronous,
    of_component,
    of_variant,
    sign_of,
    signs,
    stat_of,
)

ENDPOINT, VARIANT, CONTAINER, COMPONENT = "EndpointName", "VariantName", "ContainerName", "InferenceComponentName"
BOTH = {ENDPOINT: "e", VARIANT: "v"}


def read(*keys: SeriesKey) -> set[tuple[str, str, tuple[tuple[str, str], ...], str]]:
    return {(one.namespace, one.metric, one.dimensions, one.stat) for one in keys}


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        (Kind.REAL_TIME, {("Invocations", ((ENDPOINT, "e"), (VARIANT, "v")))}),  # D1.1-D1.4
        (Kind.SERVERLESS, {("Invocations", ((ENDPOINT, "e"), (VARIANT, "v")))}),  # D1.6
        (Kind.SERVERLESS_PROVISIONED, {("Invocations", ((ENDPOINT, "e"), (VARIANT, "v")))}),  # D1.7
        (
            Kind.ASYNCHRONOUS,  # D1.8, D1.10-D1.12: never `Invocations`, the backlog by endpoint alone
            {
                ("InvocationsProcessed", ((ENDPOINT, "e"), (VARIANT, "v"))),
                ("InvocationsProcesssed", ((ENDPOINT, "e"), (VARIANT, "v"))),
                ("ApproximateBacklogSize", ((ENDPOINT, "e"),)),
                ("HasBacklogWithoutCapacity", ((ENDPOINT, "e"),)),
            },
        ),
        (
            Kind.INFERENCE_COMPONENTS,  # D1.5, D1.14: by component alone
            {
                ("Invocations", ((COMPONENT, "c"),)),
                ("NoCapacityInvocationFailures", ((COMPONENT, "c"),)),
            },
        ),
        (Kind.UNKNOWN, set()),
    ],
)
def test_what_must_have_been_read(kind: Kind, wanted: set[tuple[str, tuple[tuple[str, str], ...]]]) -> None:
    """Exact namespace, name and dimensions (D1.9), always as sums."""
    found = expected("e", ("v",), kind, [Component("c", "e", "v")])
    assert read(*found) == {("AWS/SageMaker", metric, dimensions, stat_of(metric)) for metric, dimensions in wanted}


def test_every_variant_and_every_component_is_asked_for() -> None:
    """One of several is not the whole (D1.13, D1.17)."""
    assert expected("e", ("v", "w"), Kind.REAL_TIME, ()) == {of_variant("e", "v"), of_variant("e", "w")}
    hosted = [Component("c", "e", "v"), Component("d", "e", "v")]
    assert expected("e", ("v",), Kind.INFERENCE_COMPONENTS, hosted) == {*of_component("c"), *of_component("d")}
    assert expected("e", ("v",), Kind.INFERENCE_COMPONENTS, ()) == set()


def test_the_control_counts_samples_of_running_instances() -> None:
    """Of the CPU, in the namespace of instances: no traffic, but proof that metrics are readable (D1.20)."""
    assert read(control("e", "v")) == {
        ("/aws/sagemaker/Endpoints", "CPUUtilization", ((ENDPOINT, "e"), (VARIANT, "v")), "SampleCount")
    }
    assert control("e", "v").namespace == INSTANCES


@pytest.mark.parametrize("kind", Kind)
def test_a_kind_that_is_billed_while_idle_has_a_control(kind: Kind) -> None:
    """Of its own, for each variant; it is no one's traffic (D1.7, D1.20)."""
    found = controls("e", ("v", "w"), kind)
    assert not any(is_traffic(one) for one in found)
    wanted = {
        Kind.REAL_TIME: {("CPUUtilization", "v"), ("CPUUtilization", "w")},
        Kind.ASYNCHRONOUS: {("CPUUtilization", "v"), ("CPUUtilization", "w")},
        Kind.INFERENCE_COMPONENTS: {("CPUUtilization", "v"), ("CPUUtilization", "w")},
        Kind.SERVERLESS_PROVISIONED: {
            ("ServerlessProvisionedConcurrencyUtilization", "v"),
            ("ServerlessProvisionedConcurrencyUtilization", "w"),
        },
    }
    assert {(one.metric, one.variant) for one in found} == wanted.get(kind, set())
    assert {(one.stat, one.endpoint) for one in found} <= {("SampleCount", "e")}


def test_a_listed_series_brings_along_what_its_endpoint_is_judged_by() -> None:
    """With the control of a kind that may turn out silent, so that one reading is enough."""
    hosted = expected("e", ("v",), Kind.INFERENCE_COMPONENTS, [Component("c", "e", "v")])
    assert companions(of_component("c")[0]) == hosted
    queued = expected("e", ("v",), Kind.ASYNCHRONOUS, ()) | controls("e", ("v",), Kind.ASYNCHRONOUS)
    assert companions(of_asynchronous("e", "v")[0]) == queued
    assert companions(of_variant("e", "v")) == set()


@pytest.mark.parametrize(
    ("metric", "dimensions", "carries"),
    [
        ("Invocations", {ENDPOINT, VARIANT}, True),
        ("Invocations", {ENDPOINT, VARIANT, CONTAINER}, True),
        ("Invocations", {COMPONENT}, True),
        ("Invocations", {ENDPOINT}, False),
        ("Invocations", {VARIANT}, False),
        ("Invocations", set(), False),
        ("Invocations", {ENDPOINT, VARIANT, "InstanceId"}, False),
        ("Invocations", {ENDPOINT, VARIANT, "InstanceId", CONTAINER}, False),
        ("Invocations", {COMPONENT, "InstanceId", "ContainerId"}, False),
        ("Invocations", {COMPONENT, ENDPOINT}, False),
        ("InvocationsProcessed", {ENDPOINT, VARIANT}, True),
        ("InvocationsProcesssed", {ENDPOINT, VARIANT}, True),
        ("InvocationsProcessed", {ENDPOINT}, False),
        ("ApproximateBacklogSize", {ENDPOINT}, True),
        ("ApproximateBacklogSizePerInstance", {ENDPOINT}, False),
        ("HasBacklogWithoutCapacity", {ENDPOINT}, True),
        ("NoCapacityInvocationFailures", {COMPONENT}, True),
        ("ServerlessProvisionedConcurrencyInvocations", {ENDPOINT, VARIANT}, False),
        ("ServerlessProvisionedConcurrencySpilloverInvocations", {ENDPOINT, VARIANT}, False),
        ("ServerlessProvisionedConcurrencyUtilization", {ENDPOINT, VARIANT}, False),
        ("ModelSetupTime", {ENDPOINT, VARIANT}, False),
        ("InvocationsPerInstance", {ENDPOINT, VARIANT}, False),
        ("ModelLatency", {ENDPOINT, VARIANT}, False),
        ("CPUUtilization", {ENDPOINT, VARIANT}, False),
    ],
)
def test_which_published_series_tell_of_calls(metric: str, dimensions: set[str], carries: bool) -> None:
    """The plain sets only: those of enhanced metrics stand beside them and count the same calls again (D1.9)."""
    assert carries_traffic(metric, dict.fromkeys(dimensions, "x")) is carries


@pytest.mark.parametrize(
    ("one", "counts"),
    [
        (key("Invocations", BOTH), True),
        (key("Invocations", {COMPONENT: "c"}), True),
        (key("InvocationsProcessed", BOTH), True),
        (key("NoCapacityInvocationFailures", {COMPONENT: "c"}), True),
        (key("Invocations", BOTH | {CONTAINER: "x"}), False),
        (key("ApproximateBacklogSize", {ENDPOINT: "e"}), False),
        (key("HasBacklogWithoutCapacity", {ENDPOINT: "e"}), False),
        (key("ServerlessProvisionedConcurrencyInvocations", BOTH), False),
        (key("ModelSetupTime", BOTH), False),
    ],
)
def test_no_call_is_counted_twice(one: SeriesKey, counts: bool) -> None:
    """Containers repeat the variant's calls, what waits in a queue is not called yet (D1.3, D1.12)."""
    assert counts_calls(one) is counts


def test_a_key_names_its_owner() -> None:
    """Whatever the order in which dimensions were given; a container is no inference component."""
    assert key("Invocations", {VARIANT: "v", ENDPOINT: "e"}) == key("Invocations", BOTH)
    of_container = key("Invocations", BOTH | {CONTAINER: "x"})
    assert (of_container.endpoint, of_container.variant, of_container.component) == ("e", "v", "x")
    assert of_container.inference_component == ""
    assert key("Invocations", {COMPONENT: "c"}).inference_component == "c"
    assert key("Invocations", {COMPONENT: "c"}).endpoint == ""


def test_the_length_of_a_queue_is_no_sum() -> None:
    """CloudWatch has its maximum (D13.3)."""
    assert {metric: stat_of(metric) for metric in ("ApproximateBacklogSize", "HasBacklogWithoutCapacity")} == {
        "ApproximateBacklogSize": "Maximum",
        "HasBacklogWithoutCapacity": "Maximum",
    }
    assert stat_of("Invocations") == stat_of("InvocationsProcessed") == "Sum"


@pytest.mark.parametrize(
    ("metric", "dimensions", "stat"),
    [
        ("Invocation4XXErrors", {ENDPOINT, VARIANT}, "Maximum"),
        ("ExpiredRequests", {ENDPOINT, VARIANT}, "Maximum"),
        ("ModelLatency", {ENDPOINT, VARIANT}, "SampleCount"),
        ("ModelCacheHit", {ENDPOINT, VARIANT}, "SampleCount"),
        ("Invocations", {ENDPOINT, VARIANT, "InstanceId"}, "Maximum"),
        ("NotKnownYet", {COMPONENT}, "Maximum"),
        ("LoadedModelCount", {ENDPOINT, VARIANT}, None),
        ("Invocations", {ENDPOINT, VARIANT}, None),
        ("NotKnownYet", {"Region"}, None),
    ],
)
def test_what_could_be_a_call(metric: str, dimensions: set[str], stat: str | None) -> None:
    """Everything of an endpoint or component but what carries its traffic anyway, and what is there without calls."""
    found = sign_of(metric, dict.fromkeys(dimensions, "x"))
    assert (found.stat if found else None) == stat


@pytest.mark.parametrize(
    ("kind", "own"),
    [
        (Kind.REAL_TIME, ()),
        (Kind.ASYNCHRONOUS, ("InvocationFailures", "RequestDownloadFailures", "ResponseUploadFailures",
                             "ExpiredRequests", "NotificationFailures")),
        (Kind.SERVERLESS_PROVISIONED, ("ServerlessProvisionedConcurrencyInvocations", "ModelSetupTime",
                                       "ServerlessProvisionedConcurrencySpilloverInvocations",
                                       "ServerlessProvisionedConcurrencyUtilization")),
    ],
)  # fmt: skip
def test_signs_of_life_are_known_by_name(kind: Kind, own: tuple[str, ...]) -> None:
    """ListMetrics forgets what was silent for two weeks (D5.4, D13.3)."""
    every = {"Invocation4XXErrors", "Invocation5XXErrors", "InvocationModelErrors", "ModelLatency"}
    assert {(one.metric, one.variant) for one in signs("e", ("v", "w"), kind, ())} == {
        (metric, variant) for metric in every | set(own) for variant in ("v", "w")
    }
    hosted = signs("e", (), Kind.INFERENCE_COMPONENTS, [Component("c", "e", "v")])
    assert {(one.metric, one.inference_component) for one in hosted} == {(metric, "c") for metric in every}
