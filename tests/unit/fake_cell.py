"""A cell that answers what a test says, and writes down what it was asked.

It is `EndpointReader` without AWS, and `ports.CellReaders` of a hub that knows only endpoints.

Like CloudWatch it lists only series with a datapoint, and answers a series that no one published with nothing (D1.27).
What is published is published in every period, unless a test calls it sparse.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from endpoint_sweep.domain.errors import ResourceNotFound
from endpoint_sweep.domain.model import Cell, Component, Description, Finding, ListedEndpoint, Listing, Series, Verdict
from endpoint_sweep.domain.resource import ENDPOINT
from endpoint_sweep.domain.restorable import YES, Restorable
from endpoint_sweep.resources.endpoint import traffic_series
from endpoint_sweep.resources.endpoint.endpoint_type import EndpointType
from endpoint_sweep.resources.endpoint.history import Past
from endpoint_sweep.resources.endpoint.traffic_series import TRAFFIC, Published, SeriesKey
from endpoint_sweep.scanning.one_cell import scan
from tests.unit.samples import ACCOUNT, NAME, NOW, POLICY, REGION, listed

HERE = Cell(ACCOUNT, REGION)
TYPES = {ENDPOINT: EndpointType()}


PERIODS = 58  # of six hours, in the window of two weeks


def measured(
    key: SeriesKey, *values: float, complete: bool = True, steady: bool = False, points: int | None = None
) -> Series:
    """One series as the adapter makes it, with its datapoints six hours apart."""
    return Series(
        key.metric,
        key.variant,
        sum(values),
        len(values) if points is None else points,
        max((NOW - timedelta(hours=6 * at) for at, value in enumerate(values, 1) if value > 0), default=None),
        complete,
        component=key.component,
        counts=traffic_series.counts_calls(key),
        steady=steady,
    )


def another(name: str, **changes: object) -> ListedEndpoint:
    """A listed endpoint of another name."""
    one = listed()
    return replace(one, name=name, arn=one.arn.replace(NAME, name), **changes)  # type: ignore[arg-type]


@dataclass
class FakeCell:
    """`values`: datapoints by series. `incomplete`: series that CloudWatch does not answer whole. `sparse`: those that
    have only these datapoints. `pasts`: what is known beyond the window. `errors`: by call. `running`: the endpoint of
    each inference experiment. `routed`: the destinations of each router, or an error.
    """

    listing: list[ListedEndpoint] = field(default_factory=lambda: [listed()])
    values: Mapping[SeriesKey, tuple[float, ...]] = field(default_factory=dict)
    descriptions: dict[str, Description] = field(default_factory=dict)
    tagged: dict[str, dict[str, str]] = field(default_factory=dict)
    hosted: list[Component] = field(default_factory=list)
    schedules: dict[str, tuple[str, ...]] = field(default_factory=dict)
    running: dict[str, str] = field(default_factory=dict)
    routed: dict[str, tuple[str, ...] | Exception] = field(default_factory=dict)
    forgotten: frozenset[SeriesKey] = frozenset()
    sparse: frozenset[SeriesKey] = frozenset()
    pasts: Mapping[SeriesKey, Past] = field(default_factory=dict)
    incomplete: frozenset[SeriesKey] = frozenset()
    errors: Mapping[str, Exception] = field(default_factory=dict)
    broken: str = ""
    asked: list[str] = field(default_factory=list)
    keys: list[set[SeriesKey]] = field(default_factory=list)
    spans: list[tuple[datetime, datetime, timedelta]] = field(default_factory=list)
    past_spans: list[tuple[datetime, datetime]] = field(default_factory=list)

    def _ask(self, call: str, what: str = "") -> None:
        self.asked.append(f"{call} {what}".strip())
        if call in self.errors:
            raise self.errors[call]

    def endpoints(self) -> Listing:
        self._ask("endpoints")
        return Listing(tuple(self.listing), self.broken)

    def tags(self) -> Mapping[str, dict[str, str]]:
        self._ask("tags")
        return self.tagged

    def published(self) -> Published:
        self._ask("published")
        there = {key for key, values in self.values.items() if values and key not in self.forgotten}
        return Published(
            frozenset(key for key in there if traffic_series.is_traffic(key)),
            frozenset(
                sign
                for key in there
                if key.namespace == TRAFFIC and (sign := traffic_series.sign_of(key.metric, dict(key.dimensions)))
            ),
        )

    def past(self, keys: Collection[SeriesKey], start: datetime, end: datetime) -> Mapping[SeriesKey, Past]:
        self._ask("past", str(len(keys)))
        self.past_spans.append((start, end))
        return {key: self.pasts.get(key) or self._recent(key) for key in keys}

    def activity_and_past(
        self,
        keys: Collection[SeriesKey],
        signs: Collection[SeriesKey],
        span: tuple[datetime, datetime, datetime],
        period: timedelta,
    ) -> tuple[Mapping[SeriesKey, Series], Mapping[SeriesKey, Past]]:
        """As the two one after the other, but in one call."""
        before = len(self.asked)
        past = self.past({*keys, *signs}, span[0], span[2])
        found = self.activity(keys, span[1], span[2], period)
        self.asked[before:] = [f"activity {len(keys)} and past {len(signs)}"]
        return found, past

    def _recent(self, key: SeriesKey) -> Past:
        """What the window holds of it."""
        days = (NOW.replace(hour=0),) if any(value > 0 for value in self.values.get(key, ())) else ()
        return Past(days, key not in self.incomplete)

    def components(self) -> tuple[Component, ...]:
        self._ask("components")
        return tuple(self.hosted)

    def activity(
        self, keys: Collection[SeriesKey], start: datetime, end: datetime, period: timedelta
    ) -> Mapping[SeriesKey, Series]:
        self._ask("activity", str(len(keys)))
        self.keys.append(set(keys))
        self.spans.append((start, end, period))
        return {key: self._series(key) for key in sorted(keys)}

    def _series(self, key: SeriesKey) -> Series:
        values = self.values.get(key, ())
        points = len(values) if key in self.sparse or not values else max(PERIODS, len(values))
        return measured(key, *values, complete=key not in self.incomplete, points=points)

    def describe(self, name: str) -> Description:
        self._ask("describe", name)
        if name not in self.descriptions:
            raise ResourceNotFound(name)
        return self.descriptions[name]

    def restorable(self, config: str) -> Restorable:
        self._ask("restorable", config)
        return YES

    def monitoring(self) -> Mapping[str, tuple[str, ...]]:
        self._ask("monitoring")
        return self.schedules

    def experiments(self) -> Mapping[str, str]:
        self._ask("experiments")
        return self.running

    def routers(self) -> Iterator[str]:
        """Those that are named come before an error, as the first page does."""
        self.asked.append("routers")
        yield from self.routed
        if "routers" in self.errors:
            raise self.errors["routers"]

    def destinations(self, router: str) -> tuple[str, ...]:
        self._ask("destinations", router)
        found = self.routed[router]
        if isinstance(found, Exception):
            raise found
        return found

    def reader(self, type_: str) -> "FakeCell":
        assert type_ == ENDPOINT
        return self

    def retries(self) -> int:
        return 0

    def enabled(self) -> frozenset[str] | None:
        return None

    def offered(self) -> frozenset[str] | None:
        return None

    def findings(self) -> dict[str, Finding]:
        """What the scan makes of it, by endpoint."""
        return {one.name: one for one in scan(TYPES, self, HERE, POLICY, NOW).findings}

    def verdicts(self) -> dict[str, Verdict]:
        return {name: one.verdict for name, one in self.findings().items()}
