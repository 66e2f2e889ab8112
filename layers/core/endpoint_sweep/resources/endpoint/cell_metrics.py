"""What CloudWatch said about one cell: the window, and the last 15 months of the endpoints that it shows as idle."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from endpoint_sweep.domain.model import Activity, Component, Description, Kind, Series
from endpoint_sweep.domain.seen import REMEMBERED
from endpoint_sweep.resources.endpoint import proof, traffic_series
from endpoint_sweep.resources.endpoint.history import Past
from endpoint_sweep.resources.endpoint.ports import EndpointReader
from endpoint_sweep.resources.endpoint.traffic_series import INVOCATIONS, PROCESSED, Published, SeriesKey

_NOT_READ = Past(complete=False)


@dataclass(frozen=True, slots=True)
class Described:
    """An endpoint that was described, and which series tell of it."""

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

    def signs(self, published: Published) -> set[SeriesKey]:
        """All that could be a call: what ListMetrics knows of it, and what is known by name.

        Shadow variants get copies of calls (D1.18).
        """
        shadows = {one.variant for one in self.description.variants if one.shadow}
        parts = {one.name for one in self.hosted}
        listed = {
            key
            for key in published.signs
            if (key.endpoint == self.name and key.variant not in shadows) or key.inference_component in parts
        }
        one = self.description
        return listed | traffic_series.signs(self.name, one.serving, one.kind, self.hosted)


class CellMetrics:
    """Reads nothing twice."""

    def __init__(self, reader: EndpointReader, start: datetime, end: datetime, period: timedelta) -> None:
        self._reader = reader
        self._start, self._end, self._period = start, end, period
        self._measured: dict[SeriesKey, Series] = {}
        self._past: dict[SeriesKey, Past] = {}
        self.published = Published()

    def list_published(self) -> None:
        self.published = self._reader.published()

    def measure(self, keys: set[SeriesKey]) -> None:
        if wanted := keys - self._measured.keys():
            self._measured |= self._reader.activity(wanted, self._start, self._end, self._period)

    def read_past(self, endpoints: Iterable[Described]) -> None:
        wanted = {key for one in endpoints for key in one.carriers | one.signs(self.published)}
        if wanted:
            midnight = self._end.replace(hour=0)
            self._past |= self._reader.past(wanted, midnight - REMEMBERED, self._end)

    def needed(self, one: Described) -> set[SeriesKey]:
        """What is needed to judge it. Where zeros prove the silence, no one has to ask whether the instances ran."""
        carriers = one.carriers
        calls = [key for key in carriers if key.metric == INVOCATIONS]
        is_proven = bool(calls) and all(map(self._is_dense, calls))
        return carriers if is_proven else carriers | one.controls

    def activity(self, name: str, hosted: Iterable[Component]) -> Activity:
        """The series that count calls to this endpoint or to one of its components."""
        parts = {one.name for one in hosted}
        return Activity(
            self._start,
            self._end,
            tuple(
                series
                for key, series in sorted(self._measured.items())
                if traffic_series.is_traffic(key) and (key.endpoint == name or key.inference_component in parts)
            ),
        )

    def controls(self, one: Described) -> dict[str, Series]:
        """The positive controls by variant, as far as they were measured."""
        return {key.variant: self._measured[key] for key in one.controls if key in self._measured}

    def past(self, one: Described) -> Past:
        """Its calls; not complete if they were not read."""
        return Past.joined(self._past.get(key, _NOT_READ) for key in one.carriers)

    def signs(self, one: Described) -> dict[str, Past]:
        """What else could be a call, by metric."""
        keys = one.signs(self.published)
        return {
            metric: Past.joined(self._past.get(key, _NOT_READ) for key in keys if key.metric == metric)
            for metric in {key.metric for key in keys}
        }

    def has_orphans(self, components: Iterable[Component]) -> bool:
        """Whether there were calls to inference components that are gone; no one can tell whose they were."""
        known = {one.name for one in components}
        return any(
            series.total > 0 and key.inference_component not in known
            for key, series in self._measured.items()
            if key.inference_component
        )

    def kind_of(self, name: str) -> Kind | None:
        """The kind of an endpoint that was not described, as far as its series show it."""
        processed = any(key.endpoint == name and key.metric in PROCESSED for key in self._measured)
        return Kind.ASYNCHRONOUS if processed else None

    def _is_dense(self, key: SeriesKey) -> bool:
        series = self._measured.get(key)
        return series is not None and proof.is_dense(series.points, proof.periods_of(Activity(self._start, self._end)))
