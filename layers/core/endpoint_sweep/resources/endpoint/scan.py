"""Scans one cell with as few calls as possible: metrics first, then descriptions only of what could be idle.

An empty cell takes one call, and one for its routers (routers.py). Otherwise: the endpoints, their tags, the list of
metrics and their values; inference components if there are any; two descriptions for each endpoint that is silent, old
enough and not protected; the models of idle endpoints. Values are read a second time only if a described endpoint was
listed with some of its series but not all (D5.11, D5.12).
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from endpoint_sweep.domain.errors import CellDenied, CellFailed, ResourceNotFound
from endpoint_sweep.domain.model import (
    Activity,
    Cell,
    Component,
    Description,
    Finding,
    Kind,
    ListedEndpoint,
    Policy,
    Series,
    Verdict,
)
from endpoint_sweep.domain.restorable import NOT_ASKED, Restorable
from endpoint_sweep.resources.endpoint import traffic_series
from endpoint_sweep.resources.endpoint.attachments import Attachments
from endpoint_sweep.resources.endpoint.idleness import (
    JUDGED,
    PERIOD,
    Evidence,
    is_candidate,
    judge,
    last_invocation,
    traffic,
    window,
)
from endpoint_sweep.resources.endpoint.origins import origins
from endpoint_sweep.resources.endpoint.ports import EndpointReader
from endpoint_sweep.resources.endpoint.traffic_series import SeriesKey
from endpoint_sweep.resources.resource_type import Found
from endpoint_sweep.rules.owners import owner_of

REMEMBERED_DAYS = 14  # ListMetrics forgets a series without data for two weeks (D5.4).


def find(reader: EndpointReader, cell: Cell, policy: Policy, now: datetime) -> Found:
    """One finding per endpoint. Raises what `EndpointReader` raises."""
    listing = reader.endpoints()
    findings = _Scan(reader, cell, policy, now).judge(listing.endpoints) if listing.endpoints else ()
    return Found(findings, listing.broken)


class _Scan:
    """What is known about one cell so far."""

    def __init__(self, reader: EndpointReader, cell: Cell, policy: Policy, now: datetime) -> None:
        self._reader = reader
        self._cell = cell
        self._policy = policy
        self._now = now
        self._start, self._end = window(now, policy)
        self._measured: dict[SeriesKey, Series] = {}
        self._descriptions: dict[str, Description | None] = {}
        self._components: tuple[Component, ...] | None = None
        self._attachments = Attachments(reader)

    def judge(self, endpoints: tuple[ListedEndpoint, ...]) -> tuple[Finding, ...]:
        names = {endpoint.name for endpoint in endpoints}
        tags = self._tags()
        published = self._reader.published()
        if any(key.inference_component for key in published):
            self._list_components()
        # Endpoints without any listed call metric are described first, so that one read covers all series.
        heard = {key.endpoint for key in published if traffic_series.counts_calls(key)} | self._hosts_of(published)
        self._describe_candidates((one for one in endpoints if one.name not in heard), tags)
        listed = {key for key in published if key.inference_component or key.endpoint in names}
        listed |= {one for key in listed for one in traffic_series.companions(key)}
        listed |= {
            key
            for one in self._components or ()
            if one.endpoint in heard
            for key in traffic_series.of_component(one.name)
        }
        self._measure(listed | self._needed())
        silent = [one for one in endpoints if not any(series.total > 0 for series in self._series_of(one.name))]
        self._describe_candidates(silent, tags)
        self._measure(self._needed() - self._measured.keys())
        return tuple(self._finding(endpoint, _of(tags, endpoint)) for endpoint in endpoints)

    def _describe_candidates(
        self, endpoints: Iterable[ListedEndpoint], tags: Mapping[str, dict[str, str]] | None
    ) -> None:
        for endpoint in endpoints:
            wanted = is_candidate(endpoint, _of(tags, endpoint), self._policy, self._now) or self._forgets(endpoint)
            if wanted and endpoint.name not in self._descriptions:
                self._descriptions[endpoint.name] = self._describe(endpoint.name)
        if any(found and found.kind is Kind.INFERENCE_COMPONENTS for found in self._descriptions.values()):
            self._list_components()

    def _needed(self) -> set[SeriesKey]:
        """The series that are needed to judge the described endpoints, listed or not."""
        wanted: set[SeriesKey] = set()
        for name, found in self._descriptions.items():
            if found is None:
                continue
            hosted = self._components_of(name)
            wanted |= traffic_series.expected(name, found.serving, found.kind, hosted)
            # These publish nothing while idle, so something else must show that metrics can be read.
            hosts_nothing = found.kind is Kind.INFERENCE_COMPONENTS and not hosted
            if hosts_nothing or found.kind in (Kind.ASYNCHRONOUS, Kind.SERVERLESS_PROVISIONED):
                wanted |= traffic_series.controls(name, found.serving, found.kind)
        return wanted

    def _forgets(self, endpoint: ListedEndpoint) -> bool:
        """Whether a call may be older than ListMetrics remembers. Then only a description can find it."""
        return self._policy.lookback_days > REMEMBERED_DAYS and endpoint.status in JUDGED

    def _tags(self) -> Mapping[str, dict[str, str]] | None:
        """None if they could not be read. Then every endpoint counts as protected."""
        try:
            return self._reader.tags()
        except (CellDenied, CellFailed):
            return None

    def _list_components(self) -> None:
        """Stays None if they cannot be listed. Then no endpoint that hosts them can be called idle."""
        if self._components is None:
            try:
                self._components = self._reader.components()
            except (CellDenied, CellFailed):
                return

    def _measure(self, keys: Iterable[SeriesKey]) -> None:
        if wanted := set(keys):
            self._measured |= self._reader.activity(wanted, self._start, self._end, PERIOD)

    def _describe(self, name: str) -> Description | None:
        """None if the endpoint disappeared since it was listed (FI-05)."""
        try:
            return self._reader.describe(name)
        except ResourceNotFound:
            return None

    def _hosts_of(self, keys: Iterable[SeriesKey]) -> set[str]:
        """The endpoints of the inference components that these series name."""
        named = {key.inference_component for key in keys}
        return {one.endpoint for one in self._components or () if one.name in named}

    def _components_of(self, name: str) -> tuple[Component, ...]:
        return tuple(one for one in self._components or () if one.endpoint == name)

    def _series_of(self, name: str) -> tuple[Series, ...]:
        """The series that count calls to this endpoint or to one of its components."""
        hosted = {one.name for one in self._components_of(name)}
        return tuple(
            series
            for key, series in sorted(self._measured.items())
            if traffic_series.is_traffic(key) and (key.endpoint == name or key.inference_component in hosted)
        )

    def _finding(self, endpoint: ListedEndpoint, tags: dict[str, str] | None) -> Finding:
        description = self._descriptions.get(endpoint.name)
        activity = Activity(self._start, self._end, self._series_of(endpoint.name))
        seen = Evidence(
            endpoint,
            description,
            tags,
            activity,
            None if self._components is None else self._components_of(endpoint.name),
            readable=self._readable(endpoint.name, description),
            orphans=self._orphans(),
        )
        verdict, reason = judge(seen, self._policy, self._now)
        if verdict is Verdict.IDLE and (why := self._attachments.shadow_test(endpoint.name, description)):
            verdict, reason = Verdict.PROTECTED, why
        if not _belongs(endpoint, self._cell):
            verdict, reason = Verdict.UNKNOWN, "AWS returned another account or region (E_RESULT_FOREIGN)"
        return Finding(
            account=self._cell.account,
            region=self._cell.region,
            name=endpoint.name,
            arn=endpoint.arn,
            kind=description.kind if description else self._kind_by_series(endpoint.name),
            status=description.status if description else endpoint.status,
            verdict=verdict,
            reason=reason,
            created_at=endpoint.created_at,
            config=description.config if description else None,
            instances=description.variants if description else (),
            evidence=activity,
            tags=tags or {},
            owner=owner_of(tags or {}),
            invocations=traffic(activity) if any(series.points for series in activity.series) else None,
            last_invocation_at=last_invocation(activity.series),
            advice="; ".join(self._advice(endpoint.name, description, tags or {})),
            components=self._components_of(endpoint.name),
            restorable=self._restorable(description, verdict),
        )

    def _advice(self, name: str, description: Description | None, tags: dict[str, str]) -> Iterator[str]:
        if description:
            yield from self._attachments.of(name, description)
        yield from origins(name, tags)

    def _restorable(self, description: Description | None, verdict: Verdict) -> Restorable:
        """Checks the models only for endpoints that may be offered."""
        if description is None or description.config is None:
            return NOT_ASKED
        is_asked = verdict is Verdict.IDLE and description.restorable == NOT_ASKED
        return self._reader.restorable(description.config) if is_asked else description.restorable

    def _readable(self, name: str, description: Description | None) -> bool:
        """The positive control. Serverless has no instances, so any datapoint of the cell will do (D1.28)."""
        if description is None:
            return False
        controls = [
            self._measured.get(one) for one in traffic_series.controls(name, description.serving, description.kind)
        ]
        if controls and all(one is not None and one.points for one in controls):
            return True
        serverless = description.kind is Kind.SERVERLESS_PROVISIONED
        return serverless and any(series.points for series in self._measured.values())

    def _orphans(self) -> bool:
        """Whether there were calls to inference components that are gone; no one can tell whose they were."""
        known = {one.name for one in self._components or ()}
        return any(
            series.total > 0 and key.inference_component not in known
            for key, series in self._measured.items()
            if key.inference_component
        )

    def _kind_by_series(self, name: str) -> Kind | None:
        """The kind of an endpoint that was not described, as far as its series show it."""
        if self._components_of(name):
            return Kind.INFERENCE_COMPONENTS
        if any(key.endpoint == name and key.metric in traffic_series.PROCESSED for key in self._measured):
            return Kind.ASYNCHRONOUS
        return None


def _of(tags: Mapping[str, dict[str, str]] | None, endpoint: ListedEndpoint) -> dict[str, str] | None:
    return None if tags is None else tags.get(endpoint.arn.lower(), {})


def _belongs(endpoint: ListedEndpoint, cell: Cell) -> bool:
    """Whether the ARN belongs to this endpoint, account and region (BI-23, FI-15), in any letter case (D2.6)."""
    named = endpoint.arn.lower().split(":")[2:]
    return named == ["sagemaker", cell.region, cell.account, f"endpoint/{endpoint.name}".lower()]
