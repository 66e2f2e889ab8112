"""What CloudWatch said about one cell: the window, and the last 15 months of the endpoints that it shows as idle."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from endpoint_sweep.domain.model import Activity, Component, Description, Kind, Series
from endpoint_sweep.domain.seen import REMEMBERED
from endpoint_sweep.resources.endpoint import proof, traffic_series
from endpoint_sweep.resources.endpoint.history import DAY, Past
from endpoint_sweep.resources.endpoint.ports import EndpointReader
from endpoint_sweep.resources.endpoint.traffic_series import (
    INVOCATIONS,
    POINTS_A_CALL,
    PROCESSED,
    QUERIES_A_CALL,
    Published,
    SeriesKey,
)

_NOT_READ = Past(complete=False)


@dataclass(frozen=True, slots=True)
class Described:
    """An endpoint that was described, and the series that show its traffic."""

    name: str
    description: Description
    hosted: tuple[Component, ...]

    @property
    def carriers(self) -> set[SeriesKey]:
        one = self.description
        return traffic_series.expected(self.name, one.serving, one.kind, self.hosted)

    @property
    def controls(self) -> set[SeriesKey]:
        return traffic_series.controls(self.name, self.description.serving, self.description.kind)

    @property
    def shadows(self) -> frozenset[str]:
        """They get copies of calls (D1.18)."""
        return frozenset(variant.variant for variant in self.description.variants if variant.shadow)

    def signs(self, listed: Iterable[SeriesKey]) -> set[SeriesKey]:
        """All that could be a call: what ListMetrics knows of it, and what is known by name."""
        one = self.description
        own = {key for key in listed if key.variant not in self.shadows}
        return own | traffic_series.signs(self.name, one.serving, one.kind, self.hosted)


class _ByOwner:
    """Series by the endpoint and the inference component that they name, so that no lookup goes through the cell."""

    def __init__(self) -> None:
        self._endpoints: defaultdict[str, list[SeriesKey]] = defaultdict(list)
        self._components: defaultdict[str, list[SeriesKey]] = defaultdict(list)

    def add(self, keys: Iterable[SeriesKey]) -> None:
        for key in keys:
            if key.endpoint:
                self._endpoints[key.endpoint].append(key)
            if key.inference_component:
                self._components[key.inference_component].append(key)

    def of(self, endpoint: str, hosted: Iterable[Component]) -> set[SeriesKey]:
        parts = (key for one in hosted for key in self._components.get(one.name, ()))
        return {*self._endpoints.get(endpoint, ()), *parts}

    @property
    def components(self) -> Mapping[str, list[SeriesKey]]:
        return self._components


class CellMetrics:
    """Reads nothing twice."""

    def __init__(self, reader: EndpointReader, start: datetime, end: datetime, period: timedelta) -> None:
        self._reader = reader
        self._start, self._end, self._period = start, end, period
        self._measured: dict[SeriesKey, Series] = {}
        self._past: dict[SeriesKey, Past] = {}
        self._ahead: Mapping[SeriesKey, Past] = {}
        self._traffic, self._signs, self._listed = _ByOwner(), _ByOwner(), _ByOwner()
        self.published = Published()

    def list_published(self) -> None:
        self.published = self._reader.published()
        self._signs.add(self.published.signs)
        self._listed.add(self.published.traffic)

    def measure(self, keys: set[SeriesKey], ahead: Collection[SeriesKey] = ()) -> None:
        """`ahead`: what `read_past` will probably need beyond these keys, read in the same call if it fits into one."""
        wanted = keys - self._measured.keys()
        if not wanted:
            return
        if ahead and self._is_one_call(len(wanted), len(ahead)):
            span = (self._remembered, self._start, self._end)
            found, self._ahead = self._reader.activity_and_past(wanted, ahead, span, self._period)
            self._measured |= found
        else:
            self._measured |= self._reader.activity(wanted, self._start, self._end, self._period)
        self._traffic.add(key for key in wanted if traffic_series.is_traffic(key))

    def read_past(self, endpoints: Iterable[Described]) -> None:
        wanted = {key for one in endpoints for key in one.carriers | self.signs_of_described(one)}
        self._past |= {key: past for key, past in self._ahead.items() if key in wanted}
        if missing := wanted - self._past.keys():
            self._past |= self._reader.past(missing, self._remembered, self._end)

    def signs_of_described(self, one: Described) -> set[SeriesKey]:
        return one.signs(self._signs.of(one.name, one.hosted))

    def signs_of_listed(self, name: str, hosted: tuple[Component, ...]) -> set[SeriesKey]:
        """Those of an endpoint that was not described yet. Empty if latencies are listed: it had requests in the last
        two weeks.
        """
        listed = self._signs.of(name, hosted)
        if any(map(traffic_series.is_timed, listed)):
            return set()
        variants = {key.variant for key in self._listed.of(name, ())} | {one.variant for one in hosted}
        kind = self.kind_of(name) or Kind.REAL_TIME
        return listed | traffic_series.signs(name, filter(None, variants), kind, hosted)

    def needed(self, one: Described) -> set[SeriesKey]:
        """What is needed to judge it. Where zeros prove the silence, no one has to ask whether the instances ran."""
        carriers = one.carriers
        calls = [key for key in carriers if key.metric == INVOCATIONS]
        is_proven = bool(calls) and all(map(self._is_dense, calls))
        return carriers if is_proven else carriers | one.controls

    def activity(self, name: str, hosted: Iterable[Component], shadows: Collection[str] = ()) -> Activity:
        """The series that show calls to this endpoint or to one of its components. Those of `shadows` count none."""
        found = (self._measured[key] for key in sorted(self._traffic.of(name, hosted)))
        series = (replace(one, counts=False) if one.variant in shadows else one for one in found)
        return Activity(self._start, self._end, tuple(series))

    def controls(self, one: Described) -> dict[str, Series]:
        """The positive controls by variant, as far as they were measured."""
        return {key.variant: self._measured[key] for key in one.controls if key in self._measured}

    def past(self, one: Described) -> Past:
        """Its calls; not complete if they were not read."""
        return Past.joined(self._past.get(key, _NOT_READ) for key in one.carriers)

    def signs(self, one: Described) -> dict[str, Past]:
        """What else could be a call, by metric."""
        found: defaultdict[str, list[Past]] = defaultdict(list)
        for key in self.signs_of_described(one):
            found[key.metric].append(self._past.get(key, _NOT_READ))
        return {metric: Past.joined(pasts) for metric, pasts in found.items()}

    def has_orphans(self, components: Iterable[Component]) -> bool:
        """Whether there were calls to inference components that are gone; no one can tell whose they were."""
        gone = self._traffic.components.keys() - {one.name for one in components}
        return any(self._measured[key].total > 0 for name in gone for key in self._traffic.components[name])

    def kind_of(self, name: str) -> Kind | None:
        """The kind of an endpoint that was not described, as far as its series show it."""
        processed = any(key.metric in PROCESSED for key in self._listed.of(name, ()))
        return Kind.ASYNCHRONOUS if processed else None

    @property
    def _remembered(self) -> datetime:
        return self._end.replace(hour=0) - REMEMBERED

    def _is_one_call(self, keys: int, signs: int) -> bool:
        """Whether the answer fits into one page, even if every period of 15 months has a datapoint."""
        points = (keys * (DAY // self._period) + signs) * (1 + REMEMBERED // DAY)
        return keys + signs <= QUERIES_A_CALL and points <= POINTS_A_CALL

    def _is_dense(self, key: SeriesKey) -> bool:
        series = self._measured.get(key)
        return series is not None and proof.is_dense(series.points, proof.periods_of(Activity(self._start, self._end)))
