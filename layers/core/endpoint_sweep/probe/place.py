"""One account in one region, as the beliefs look at it: what several of them need is read once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from endpoint_sweep.aws.endpoint.adapter import AwsEndpointReader
from endpoint_sweep.aws.sessions import Clients, Member
from endpoint_sweep.domain.errors import ResourceNotFound
from endpoint_sweep.domain.model import Component, Description, ListedEndpoint, Series
from endpoint_sweep.resources.endpoint import proof, traffic_series
from endpoint_sweep.resources.endpoint.idleness import JUDGED
from endpoint_sweep.resources.endpoint.traffic_series import Published, SeriesKey

# As much as shows whether a belief holds; a probe is no scan.
MOST_DESCRIBED = 40
WINDOW = timedelta(days=13)  # within the two weeks that ListMetrics remembers (D5.4)
LATE = timedelta(minutes=15)  # the newest minutes are not complete (D5.10)


@dataclass(frozen=True, slots=True)
class Serving:
    """An endpoint that has served with the same configuration for the whole window."""

    listed: ListedEndpoint
    description: Description
    hosted: tuple[Component, ...]

    @property
    def carriers(self) -> set[SeriesKey]:
        one = self.description
        return traffic_series.expected(self.listed.name, one.serving, one.kind, self.hosted)

    @property
    def controls(self) -> set[SeriesKey]:
        one = self.description
        return traffic_series.controls(self.listed.name, one.serving, one.kind)


class Place:
    """`enter`: the way into the account, tried by each belief, so that a closed account only leaves beliefs unknown."""

    def __init__(self, enter: Callable[[], Member], region: str, now: datetime) -> None:
        self._enter = enter
        self.region = region
        self.end = now - LATE
        self.start = self.end - WINDOW

    @cached_property
    def clients(self) -> Clients:
        return Clients(self._enter(), self.region)

    @cached_property
    def reader(self) -> AwsEndpointReader:
        return AwsEndpointReader(self.clients)

    @cached_property
    def listed(self) -> tuple[ListedEndpoint, ...]:
        return self.reader.endpoints().endpoints

    @cached_property
    def described(self) -> dict[ListedEndpoint, Description]:
        """The oldest that serve."""
        serve = [one for one in self.listed if one.status in JUDGED]
        found = {}
        for one in serve[:MOST_DESCRIBED]:
            try:
                found[one] = self.reader.describe(one.name)
            except ResourceNotFound:
                continue
        return found

    @cached_property
    def components(self) -> tuple[Component, ...]:
        return self.reader.components() if self.described else ()

    @cached_property
    def serving(self) -> tuple[Serving, ...]:
        return tuple(
            Serving(one, description, tuple(part for part in self.components if part.endpoint == one.name))
            for one, description in self.described.items()
            if max(one.created_at, one.last_modified_at, description.config_created_at or one.created_at) < self.start
        )

    @cached_property
    def published(self) -> Published:
        return self.reader.published()

    @cached_property
    def measured(self) -> dict[SeriesKey, Series]:
        """Traffic and controls of what serves, over the window."""
        keys = {key for one in self.serving for key in one.carriers | one.controls}
        return dict(self.reader.activity(keys, self.start, self.end, proof.period_of(WINDOW.days))) if keys else {}

    def sample(self, most: int) -> list[SeriesKey]:
        """Some traffic series of endpoints and variants that have datapoints."""
        found = (key for key, one in self.measured.items() if one.points and key.endpoint and key.variant)
        return sorted(key for key in found if key.namespace == traffic_series.TRAFFIC)[:most]
