"""What is believed of CloudWatch, asked in every cell."""

from collections.abc import Iterator
from datetime import timedelta

from endpoint_sweep.aws import probing
from endpoint_sweep.domain.kinds import Silence
from endpoint_sweep.domain.model import Activity, Kind
from endpoint_sweep.domain.seen import REMEMBERED
from endpoint_sweep.probe.belief import Belief, Observation
from endpoint_sweep.probe.place import Place
from endpoint_sweep.resources.endpoint import proof, traffic_series
from endpoint_sweep.resources.endpoint.traffic_series import INVOCATIONS, PROCESSED

_INSTANCES = {Kind.REAL_TIME, Kind.ASYNCHRONOUS, Kind.INFERENCE_COMPONENTS}
_SAMPLE = 5
_COARSE = timedelta(days=63)  # Only hours are older (D1.23).
_VARIANT = frozenset({"EndpointName", "VariantName"})
_SETS = (_VARIANT, frozenset({"InferenceComponentName"}))


def zeros(place: Place) -> Observation:
    found = list(_silences(place))
    counts = {one: found.count(one) for one in Silence}
    notes = [f"{count} published {one.value}" for one, count in counts.items() if count and one is not Silence.ZEROS]
    return Observation(counts[Silence.ZEROS], len(found), tuple(notes))


def zeros_or_nothing(place: Place) -> Observation:
    found = list(_silences(place))
    return Observation(sum(one is not Silence.SOME for one in found), len(found))


def _silences(place: Place) -> Iterator[Silence]:
    """What real-time endpoints published that no one called."""
    for one in place.serving:
        series = [place.measured[key] for key in one.carriers]
        is_silent = all(each.complete and not each.total for each in series)
        if one.description.kind is Kind.REAL_TIME and is_silent:
            activity = Activity(place.start, place.end, tuple(series))
            if (silence := proof.silence(series, activity)) is not None:
                yield silence


def samples_of_instances(place: Place) -> Observation:
    """Of variants that have instances: one that is scaled to zero leaves none."""
    activity = Activity(place.start, place.end)
    controls = [
        place.measured[key]
        for one in place.serving
        if one.description.kind in _INSTANCES
        for key in one.controls
        if key.variant in {variant.variant for variant in one.description.variants if variant.count}
    ]
    return Observation(sum(proof.is_running(one, activity) for one in controls), len(controls))


def exact_dimensions(place: Place) -> Observation:
    alone = {traffic_series.key(one.metric, {"EndpointName": one.endpoint}) for one in place.sample(_SAMPLE)}
    return _empty(place, alone)


def other_unit(place: Place) -> Observation:
    keys = place.sample(_SAMPLE)
    points = probing.points_with_unit(place.clients("cloudwatch"), keys, place.start, place.end, "Bytes")
    return Observation(sum(not one for one in points), len(points))


def unknown_series(place: Place) -> Observation:
    """Of an endpoint that does not exist."""
    return _empty(place, {traffic_series.of_variant(probing.NO_ENDPOINT, "AllTraffic")})


def _empty(place: Place, keys: set[traffic_series.SeriesKey]) -> Observation:
    found = place.reader.activity(keys, place.start, place.end, timedelta(days=1)).values() if keys else ()
    return Observation(sum(one.complete and not one.points for one in found), len(found))


def listed_while_recent(place: Place) -> Observation:
    counted = {key: one for key, one in place.measured.items() if traffic_series.is_traffic(key)}
    right = sum(bool(one.points) == (key in place.published.traffic) for key, one in counted.items())
    forgotten = sum(bool(one.points) and key not in place.published.traffic for key, one in counted.items())
    kept = len(counted) - right - forgotten
    notes = [f"{forgotten} with data are not listed"] if forgotten else []
    return Observation(right, len(counted), (*notes, *([f"{kept} without data are listed"] if kept else [])))


def hours_of_last_year(place: Place) -> Observation:
    """The oldest endpoint whose instances ran before the time that finer datapoints are kept for."""
    for one in place.serving:
        since = max(one.listed.created_at, one.description.config_created_at or one.listed.created_at)
        start = max(since + timedelta(days=2), place.end - REMEMBERED + timedelta(days=5))
        if one.description.kind in _INSTANCES and start < place.end - _COARSE - timedelta(days=7):
            end = start + timedelta(days=5)
            series = place.reader.activity(one.controls, start, end, timedelta(days=1)).values()
            return Observation(int(any(each.points for each in series)), 1, (f"{(place.end - start).days} days ago",))
    return Observation()


def dimension_sets(place: Place) -> Observation:
    """Enhanced metrics divide a variant's calls further."""
    sets = probing.dimension_sets(place.clients("cloudwatch"), INVOCATIONS)
    known = [one for one in sets if one in _SETS or one >= _VARIANT]
    others = sorted("+".join(sorted(one)) for one in sets if one not in known)
    return Observation(len(known), len(sets), tuple(others))


def asynchronous(place: Place) -> Observation:
    return _none_of_their_own(place, Kind.ASYNCHRONOUS)


def hosts_of_components(place: Place) -> Observation:
    return _none_of_their_own(place, Kind.INFERENCE_COMPONENTS)


def _none_of_their_own(place: Place, kind: Kind) -> Observation:
    """Whether ListMetrics names Invocations of the endpoint and its variants."""
    found = [one for one in place.serving if one.description.kind is kind]
    names = {key.endpoint for key in place.published.traffic if key.metric == INVOCATIONS}
    return Observation(sum(one.listed.name not in names for one in found), len(found))


def spelling(place: Place) -> Observation:
    found = [one.metric for one in place.published.traffic if one.metric in PROCESSED]
    return Observation(found.count(PROCESSED[0]), len(found), tuple(sorted({*found} - {PROCESSED[0]})))


BELIEFS: tuple[Belief[Place], ...] = (
    Belief("D1.25", "A real-time endpoint publishes a zero for every interval without a call.",
           "silent real-time endpoints", zeros),
    Belief("D13.2", "While no one calls, it publishes zeros in nearly every period, or nothing at all.",
           "silent real-time endpoints", zeros_or_nothing),
    Belief("D1.20", "Running instances leave samples of their CPU in nearly every period.", "variants",
           samples_of_instances),
    Belief("D1.1", "Calls are counted by endpoint and variant, or by inference component.",
           "sets of dimensions of Invocations", dimension_sets),
    Belief("D1.9", "CloudWatch answers only for the exact set of dimensions.", "queries by endpoint name alone",
           exact_dimensions),
    Belief("D1.10", "Asynchronous endpoints do not publish Invocations.", "asynchronous endpoints", asynchronous),
    Belief("D1.13", "Endpoints with inference components publish no Invocations of their own.",
           "endpoints with inference components", hosts_of_components),
    Belief("D1.11", "The metric is InvocationsProcessed, with two s.", "series of asynchronous endpoints", spelling),
    Belief("D1.23", "CloudWatch keeps hours for 455 days.", "endpoints older than two months", hours_of_last_year),
    Belief("D1.24", "A unit that does not match returns nothing.", "queries in bytes", other_unit),
    Belief("D1.27", "A series that does not exist has a complete answer without values.", "queries", unknown_series),
    Belief("D5.4", "ListMetrics names exactly the series with data in the last two weeks.", "series",
           listed_while_recent),
)  # fmt: skip
