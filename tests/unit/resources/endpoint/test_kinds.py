"""The verdict on each kind that is not plain real-time: which silence means idle, and which means nothing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from endpoint_sweep.domain.model import Activity, Component, Kind, Series, Variant, Verdict
from endpoint_sweep.resources.endpoint.history import Past
from endpoint_sweep.resources.endpoint.idleness import Evidence, judge, traffic
from endpoint_sweep.resources.endpoint.traffic_series import SeriesKey, control, key, of_component, of_variant
from tests.unit.fake_cell import PERIODS, measured
from tests.unit.samples import NAME, NOW, POLICY, activity, description, listed

BOTH = {"EndpointName": NAME, "VariantName": "AllTraffic"}
PLAIN = of_variant(NAME, "AllTraffic")
PROCESSED, MISSPELT = key("InvocationsProcessed", BOTH), key("InvocationsProcesssed", BOTH)
WAITING = key("ApproximateBacklogSize", {"EndpointName": NAME})
STUCK = key("HasBacklogWithoutCapacity", {"EndpointName": NAME})
QUEUE = (PROCESSED, MISSPELT, WAITING, STUCK)
RUNNING = measured(control(NAME, "AllTraffic"), 60.0, points=PERIODS)
HOSTED = (Component("one", NAME, "AllTraffic"), Component("two", NAME, "AllTraffic"))
CALLS = {name: of_component(name)[0] for name in ("one", "two")}
TURNED_AWAY = {name: of_component(name)[1] for name in ("one", "two")}


def seen(kind: Kind, series: tuple[Series, ...], instances: int | None = 1, **changes: Any) -> Evidence:
    """Something of this kind, never called before the window; `readable`: its instances left samples all the time."""
    variants = (Variant("AllTraffic", "ml.g5.xlarge", instances),)
    told = description(kind=kind, variants=variants)
    measured_of_it = Activity(activity().start, activity().end, series)
    controls = {"AllTraffic": RUNNING} if changes.pop("readable", True) else {}
    return Evidence(listed(), told, {}, measured_of_it, controls=controls, past=Past(), **changes)


def judged(evidence: Evidence) -> tuple[Verdict, str]:
    return judge(evidence, POLICY, NOW)


def queue(*, without: SeriesKey | None = None, incomplete: SeriesKey | None = None, **values: float) -> Any:
    """The four series of an asynchronous endpoint, silent unless a value says otherwise."""
    given = {PROCESSED: "processed", MISSPELT: "misspelt", WAITING: "waiting", STUCK: "stuck"}
    return tuple(
        measured(one, *([values[name]] if name in values else []), complete=one != incomplete)
        for one, name in given.items()
        if one != without
    )


def hosted(*, without: SeriesKey | None = None, incomplete: SeriesKey | None = None, **values: float) -> Any:
    """The series of two components: zeros of calls, nothing of failures, unless `one`, `two`, `away` say otherwise."""
    given = {CALLS["one"]: values.get("one", 0.0), CALLS["two"]: values.get("two", 0.0)}
    made = {**{one: (value,) for one, value in given.items()}, TURNED_AWAY["one"]: (),
            TURNED_AWAY["two"]: (values["away"],) if "away" in values else ()}  # fmt: skip
    return tuple(
        measured(one, *points, complete=one != incomplete, points=PERIODS if points else 0)
        for one, points in made.items()
        if one != without
    )


@pytest.mark.parametrize(
    ("series", "instances", "readable", "verdict"),
    [
        (queue(), 1, True, Verdict.IDLE),
        (queue(processed=0.0), 1, True, Verdict.IDLE),
        (queue(), 1, False, Verdict.NO_EVIDENCE),
        (queue(), 0, True, Verdict.AT_ZERO),
        (queue(), None, True, Verdict.NO_EVIDENCE),
        (queue(processed=3), 1, True, Verdict.BUSY),
        (queue(misspelt=3), 1, True, Verdict.BUSY),
        (queue(waiting=2), 1, True, Verdict.BUSY),
        (queue(stuck=1), 0, True, Verdict.BUSY),
        (queue(waiting=2), 0, False, Verdict.BUSY),
        *((queue(without=one), 1, True, Verdict.NO_EVIDENCE) for one in QUEUE),
        *((queue(incomplete=one), 1, True, Verdict.NO_EVIDENCE) for one in QUEUE),
        *((queue(incomplete=one), 0, True, Verdict.NO_EVIDENCE) for one in QUEUE),
        ((measured(PLAIN, 0.0),), 1, True, Verdict.NO_EVIDENCE),
    ],
)
def test_asynchronous(series: tuple[Series, ...], instances: int | None, readable: bool, verdict: Verdict) -> None:
    """It publishes nothing until the first request (D1.8), under names of its own (D1.10, D1.11), and may wait at zero
    instances with a queue (D1.12)."""
    assert judged(seen(Kind.ASYNCHRONOUS, series, instances, readable=readable))[0] is verdict


@pytest.mark.parametrize(
    ("kind", "series", "what"),
    [
        (Kind.ASYNCHRONOUS, queue(incomplete=PROCESSED), f"{PROCESSED.metric} of variant AllTraffic"),
        (Kind.ASYNCHRONOUS, queue(incomplete=MISSPELT), f"{MISSPELT.metric} of variant AllTraffic"),
        (Kind.ASYNCHRONOUS, queue(incomplete=STUCK), STUCK.metric),
        (Kind.INFERENCE_COMPONENTS, hosted(incomplete=CALLS["two"]), "component two"),
        (Kind.INFERENCE_COMPONENTS, hosted(incomplete=TURNED_AWAY["two"]), "component two"),
        (Kind.REAL_TIME, (measured(PLAIN, complete=False),), "variant AllTraffic"),
    ],
)
def test_a_doubt_names_what_could_not_be_read(kind: Kind, series: tuple[Series, ...], what: str) -> None:
    """A person looks for exactly that in CloudWatch."""
    components = HOSTED if kind is Kind.INFERENCE_COMPONENTS else None
    assert judged(seen(kind, series, components=components)) == (
        Verdict.NO_EVIDENCE, f"the traffic of {what} could not be read completely")  # fmt: skip


def test_what_waits_is_no_invocation() -> None:
    """A queue is told as a queue, and its length is not a number of calls (D1.12)."""
    waiting = seen(Kind.ASYNCHRONOUS, queue(waiting=4320, stuck=56), 0)
    assert judged(waiting) == (Verdict.BUSY, "requests were queued in the last 14 days")
    assert traffic(waiting.activity) == 0
    both = seen(Kind.ASYNCHRONOUS, queue(waiting=4320, processed=7))
    assert judged(both) == (Verdict.BUSY, "7 invocations in 14 days")


@pytest.mark.parametrize(
    ("series", "instances", "verdict"),
    [
        (hosted(), 1, Verdict.IDLE),
        (hosted(), None, Verdict.IDLE),
        (hosted(two=1), 1, Verdict.BUSY),
        (hosted(away=1), 0, Verdict.BUSY),
        (hosted(away=1), 1, Verdict.BUSY),
        (hosted(), 0, Verdict.AT_ZERO),
        (tuple(measured(one) for one in (*CALLS.values(), *TURNED_AWAY.values())), 0, Verdict.AT_ZERO),
        (tuple(measured(one) for one in (*CALLS.values(), *TURNED_AWAY.values())), 1, Verdict.IDLE),
        *((hosted(without=one), 1, Verdict.NO_EVIDENCE) for one in (*CALLS.values(), *TURNED_AWAY.values())),
        *((hosted(incomplete=one), 1, Verdict.NO_EVIDENCE) for one in (*CALLS.values(), *TURNED_AWAY.values())),
        *((hosted(incomplete=one), 0, Verdict.NO_EVIDENCE) for one in (*CALLS.values(), *TURNED_AWAY.values())),
        ((measured(PLAIN, 0.0),), 1, Verdict.NO_EVIDENCE),
    ],
)
def test_inference_components(series: tuple[Series, ...], instances: int | None, verdict: Verdict) -> None:
    """Idle only if every component is (D1.13); scaled to zero and still called is busy (D1.14)."""
    assert judged(seen(Kind.INFERENCE_COMPONENTS, series, instances, components=HOSTED))[0] is verdict


@pytest.mark.parametrize(
    ("components", "orphans", "instances", "expected"),
    [
        ((), False, 1, (Verdict.IDLE, "it hosts no inference component, but its instances are billed")),
        (
            (),
            True,
            1,
            (
                Verdict.NO_EVIDENCE,
                "calls went to an inference component that has since been removed, possibly from this endpoint",
            ),
        ),
        (
            (),
            False,
            0,
            (Verdict.AT_ZERO, "scaled to zero instances, and no call failed for lack of capacity: it costs nothing"),
        ),
        (None, False, 1, (Verdict.NO_EVIDENCE, "its inference components could not be listed")),
        (None, False, 0, (Verdict.NO_EVIDENCE, "its inference components could not be listed")),
    ],
)
def test_without_components(
    components: tuple[Component, ...] | None, orphans: bool, instances: int, expected: tuple[Verdict, str]
) -> None:
    """The pool bills although there is nothing to call (D1.15); not knowing is not having none."""
    blind = seen(Kind.INFERENCE_COMPONENTS, (), instances, components=components, orphans=orphans, readable=False)
    assert judged(blind)[0] is not Verdict.IDLE
    found = seen(Kind.INFERENCE_COMPONENTS, (), instances, components=components, orphans=orphans)
    assert judged(found) == expected


def test_a_component_younger_than_its_endpoint() -> None:
    """A new model on an old pool has had no time to be called (D2.5); without a time the endpoint's counts."""
    young = replace(HOSTED[1], created_at=NOW - timedelta(days=2))
    old = replace(HOSTED[0], created_at=NOW - timedelta(days=14))
    found = judged(seen(Kind.INFERENCE_COMPONENTS, hosted(), components=(old, young)))
    assert found[0] is Verdict.TOO_YOUNG
    assert "two is newer: created 2 days ago" in found[1]
    assert judged(seen(Kind.INFERENCE_COMPONENTS, hosted(), components=(old, HOSTED[1])))[0] is Verdict.IDLE


def test_a_component_is_told() -> None:
    """One or several, and calls that found no capacity."""
    one = (measured(CALLS["one"], 0.0, points=PERIODS), measured(TURNED_AWAY["one"]))
    found = seen(Kind.INFERENCE_COMPONENTS, one, components=HOSTED[:1])
    assert judged(found)[1] == "its only inference component was not invoked in 14 days"
    found = seen(Kind.INFERENCE_COMPONENTS, hosted(), components=HOSTED)
    assert judged(found)[1] == "none of its 2 inference components was invoked in 14 days"
    found = seen(Kind.INFERENCE_COMPONENTS, hosted(away=12), 0, components=HOSTED)
    assert judged(found)[1] == "12 calls in 14 days failed because it has no capacity"


@pytest.mark.parametrize(
    ("kind", "values", "readable", "verdict"),
    [
        (Kind.SERVERLESS, (), False, Verdict.ZERO_COST),
        (Kind.SERVERLESS, (0.0,), True, Verdict.ZERO_COST),
        (Kind.SERVERLESS, (1.0,), True, Verdict.BUSY),
        (Kind.SERVERLESS_PROVISIONED, (0.0,), False, Verdict.IDLE),
        (Kind.SERVERLESS_PROVISIONED, (0.0,), True, Verdict.IDLE),
        (Kind.SERVERLESS_PROVISIONED, (), True, Verdict.IDLE),
        (Kind.SERVERLESS_PROVISIONED, (), False, Verdict.NO_EVIDENCE),
        (Kind.SERVERLESS_PROVISIONED, (2.0,), False, Verdict.BUSY),
        (Kind.REAL_TIME, (0.0,), False, Verdict.IDLE),
        (Kind.REAL_TIME, (), True, Verdict.IDLE),
        (Kind.REAL_TIME, (), False, Verdict.NO_EVIDENCE),
    ],
)
def test_serverless(kind: Kind, values: tuple[float, ...], readable: bool, verdict: Verdict) -> None:
    """On demand it costs nothing (D1.6); provisioned concurrency bills, and may publish nothing when idle (D1.7)."""
    series = measured(PLAIN, *values, points=PERIODS if values else 0)
    assert judged(seen(kind, (series,), None, readable=readable))[0] is verdict


def test_an_incomplete_answer_for_provisioned_concurrency_is_no_evidence() -> None:
    """Readable or not."""
    series = (measured(PLAIN, 0.0, complete=False),)
    assert judged(seen(Kind.SERVERLESS_PROVISIONED, series, None))[0] is Verdict.NO_EVIDENCE
    assert judged(seen(Kind.SERVERLESS_PROVISIONED, (), None))[0] is Verdict.NO_EVIDENCE


def test_a_shadow_proves_nothing() -> None:
    """Neither does its silence stand for the production variant, nor is its own needed (D1.18)."""
    variants = (Variant("AllTraffic", "ml.g5.xlarge", 1), Variant("s", "ml.g5.xlarge", 1, shadow=True))
    told = description(variants=variants)
    shadow, zeros = (measured(one, 0.0, points=PERIODS) for one in (of_variant(NAME, "s"), PLAIN))

    def verdict(*series: Series) -> Verdict:
        return judged(Evidence(listed(), told, {}, activity(*series), past=Past()))[0]

    assert verdict(zeros) is Verdict.IDLE
    assert verdict(zeros, shadow) is Verdict.IDLE
    assert verdict(shadow) is Verdict.NO_EVIDENCE
    only_shadows = description(variants=(Variant("s", "ml.g5.xlarge", 1, shadow=True),))
    assert judged(Evidence(listed(), only_shadows, {}, activity(shadow), past=Past()))[0] is Verdict.NO_EVIDENCE
