"""Which series of a kind are to be silent, and when their silence is proof (D1.28)."""

import pytest

from endpoint_sweep.domain.model import Kind, Series, Verdict
from endpoint_sweep.resources.endpoint.history import Past
from endpoint_sweep.resources.endpoint.idleness import Evidence, carriers
from endpoint_sweep.resources.endpoint.traffic_series import SeriesKey, key, of_component
from tests.unit.fake_cell import PERIODS, measured
from tests.unit.resources.endpoint.test_kinds import (
    BOTH,
    CALLS,
    HOSTED,
    MISSPELT,
    PLAIN,
    PROCESSED,
    QUEUE,
    TURNED_AWAY,
    hosted,
    judged,
    queue,
    seen,
)
from tests.unit.samples import activity, description, listed

UNPUBLISHED = tuple(measured(one) for one in (*CALLS.values(), *TURNED_AWAY.values()))


@pytest.mark.parametrize(
    ("kind", "series", "what"),
    [
        (Kind.ASYNCHRONOUS, queue(), "variant AllTraffic"),
        (Kind.INFERENCE_COMPONENTS, UNPUBLISHED, "component one"),
        (Kind.REAL_TIME, (measured(PLAIN),), "variant AllTraffic"),
    ],
)
def test_silence_that_nothing_confirms_is_no_evidence(kind: Kind, series: tuple[Series, ...], what: str) -> None:
    """Without samples of the instances; with them it is idle, and a person reads that it published nothing (D1.28)."""
    hosts = HOSTED if kind is Kind.INFERENCE_COMPONENTS else None
    assert judged(seen(kind, series, components=hosts, readable=False)) == (
        Verdict.NO_EVIDENCE, f"{what} was silent, and nothing else confirms that its metrics can be read")  # fmt: skip
    verdict, reason = judged(seen(kind, series, components=hosts))
    assert verdict is Verdict.IDLE
    assert reason.endswith("; it published no datapoints, although its metrics can be read")


def test_what_published_something_is_not_told_as_silent() -> None:
    """Whatever else of it published nothing: the queue, or calls that were turned away."""
    for evidence in (
        seen(Kind.ASYNCHRONOUS, queue(processed=0.0)),
        seen(Kind.INFERENCE_COMPONENTS, hosted(), components=HOSTED),
    ):
        assert (judged(evidence)[0], "no datapoints" in judged(evidence)[1]) == (Verdict.IDLE, False)


def test_components_that_are_scaled_to_zero_need_no_proof_of_silence() -> None:
    """No instance runs that could leave samples, and a call would have been turned away (D1.14)."""
    found = seen(Kind.INFERENCE_COMPONENTS, UNPUBLISHED, 0, components=HOSTED, readable=False)
    assert judged(found)[0] is Verdict.AT_ZERO


def test_the_zeros_of_another_variant_are_no_proof() -> None:
    """Each variant of an asynchronous endpoint is proven silent by itself (D1.28)."""
    told = description("AllTraffic", "green", kind=Kind.ASYNCHRONOUS)
    zeros = [measured(of_green(one), 0.0, points=PERIODS) for one in (PROCESSED, MISSPELT)]
    evidence = Evidence(listed(), told, {}, activity(*queue(), *zeros), past=Past())
    assert judged(evidence)[0] is Verdict.NO_EVIDENCE


def of_green(one: SeriesKey) -> SeriesKey:
    return key(one.metric, BOTH | {"VariantName": "green"})


GONE = of_component("gone")[0]
INSIDE = key("Invocations", BOTH | {"ContainerName": "c"})


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (Kind.REAL_TIME, {PLAIN}),
        (Kind.SERVERLESS_PROVISIONED, {PLAIN}),
        (Kind.ASYNCHRONOUS, {PROCESSED, MISSPELT}),
        (Kind.INFERENCE_COMPONENTS, set(CALLS.values())),
    ],
)
def test_the_series_that_carry_the_calls_of_a_kind(kind: Kind, expected: set[SeriesKey]) -> None:
    """Of its own variants and components: no queue, no container, no call that was turned away, no one else's."""
    there = {one: measured(one) for one in (PLAIN, INSIDE, *QUEUE, *CALLS.values(), *TURNED_AWAY.values(), GONE)}
    found = carriers(seen(kind, tuple(there.values()), components=HOSTED))
    assert found == [one for which, one in there.items() if which in expected]
