"""Scans one cell with as few calls as possible: metrics first, then descriptions only of what could be idle.

An empty cell takes one call, and one for its routers (routers.py). Otherwise: the endpoints, their tags, the list of
metrics and their values; inference components if there are any; two descriptions for each endpoint that is silent and
old enough; the models of those that are idle. The past of endpoints that seem unused is read with the values if one
call holds both. Values are read a second time only if a described endpoint was listed with some of its series but not
all (D5.11, D5.12).
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from endpoint_sweep.domain.errors import CellDenied, CellFailed, ResourceNotFound
from endpoint_sweep.domain.kinds import UNUSED
from endpoint_sweep.domain.model import (
    Cell,
    Component,
    Description,
    Finding,
    Kind,
    ListedEndpoint,
    Policy,
    Verdict,
)
from endpoint_sweep.domain.restorable import NOT_ASKED, Restorable
from endpoint_sweep.resources.endpoint import proof, traffic_series
from endpoint_sweep.resources.endpoint.attachments import Attachments
from endpoint_sweep.resources.endpoint.cell_metrics import CellMetrics, Described
from endpoint_sweep.resources.endpoint.idleness import (
    JUDGED,
    Evidence,
    by_window,
    carriers,
    is_alive,
    is_barely_used,
    is_candidate,
    judge,
    last_invocation,
    traffic,
    unprotected,
    window,
)
from endpoint_sweep.resources.endpoint.origins import origins
from endpoint_sweep.resources.endpoint.ports import EndpointReader
from endpoint_sweep.resources.endpoint.traffic_series import SeriesKey
from endpoint_sweep.resources.resource_type import Found
from endpoint_sweep.rules.owners import owner_of


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
        self._metrics = CellMetrics(reader, *window(now, policy), proof.period_of(policy.lookback_days))
        self._descriptions: dict[str, Description | None] = {}
        self._components: tuple[Component, ...] | None = None
        self._attachments = Attachments(reader)

    def judge(self, endpoints: tuple[ListedEndpoint, ...]) -> tuple[Finding, ...]:
        tags = self._tags()
        self._metrics.list_published()
        published = self._metrics.published
        if any(key.inference_component for key in (*published.traffic, *published.signs)):
            self._list_components()
        # Endpoints without any listed call metric are described first, so that one read covers all series.
        counted = {key.endpoint for key in published.traffic if traffic_series.counts_calls(key)}
        heard = counted | self._hosts_of(published.traffic)
        self._describe_candidates(one for one in endpoints if one.name not in heard)
        listed = self._listed({one.name for one in endpoints}, heard)
        self._metrics.measure(listed | self._needed(), self._probable_signs(endpoints, heard))
        self._describe_candidates(one for one in endpoints if self._is_silent(one.name))
        self._metrics.measure(self._needed())
        self._metrics.read_past(
            described for one in endpoints if (described := self._described(one.name)) and self._seems_unused(one)
        )
        return tuple(self._finding(endpoint, _of(tags, endpoint)) for endpoint in endpoints)

    def _listed(self, names: set[str], heard: set[str]) -> set[SeriesKey]:
        """The series to read of the endpoints that ListMetrics knows."""
        published = self._metrics.published.traffic
        listed = {key for key in published if key.inference_component or key.endpoint in names}
        listed |= {one for key in listed for one in traffic_series.companions(key)}
        hosted = (one for one in self._components or () if one.endpoint in heard)
        return listed | {key for one in hosted for key in traffic_series.of_component(one.name)}

    def _describe_candidates(self, endpoints: Iterable[ListedEndpoint]) -> None:
        for endpoint in endpoints:
            if is_candidate(endpoint, self._policy, self._now) and endpoint.name not in self._descriptions:
                self._descriptions[endpoint.name] = self._describe(endpoint.name)
        if any(found and found.kind is Kind.INFERENCE_COMPONENTS for found in self._descriptions.values()):
            self._list_components()

    def _needed(self) -> set[SeriesKey]:
        """The series that are needed to judge the described endpoints, listed or not."""
        return {key for one in self._served() for key in self._metrics.needed(one)}

    def _served(self) -> Iterator[Described]:
        described = (self._described(name) for name in self._descriptions)
        return (one for one in described if one and one.description.status in JUDGED)

    def _probable_signs(self, endpoints: Iterable[ListedEndpoint], heard: set[str]) -> set[SeriesKey]:
        """The signs of life of endpoints that seem unused before anything is measured. A wrong guess costs a call."""
        listed = (
            self._metrics.signs_of_listed(one.name, self._components_of(one.name))
            for one in endpoints
            if one.name in heard and one.status in JUDGED and is_candidate(one, self._policy, self._now)
        )
        return set().union(*map(self._metrics.signs_of_described, self._served()), *listed)

    def _is_silent(self, name: str) -> bool:
        activity = self._metrics.activity(name, self._components_of(name))
        return not is_alive(activity) or is_barely_used(activity, self._policy)

    def _seems_unused(self, endpoint: ListedEndpoint) -> bool:
        return by_window(self._evidence(endpoint, None), self._policy, self._now)[0] in UNUSED

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

    def _describe(self, name: str) -> Description | None:
        """None if the endpoint disappeared since it was listed (FI-05)."""
        try:
            return self._reader.describe(name)
        except ResourceNotFound:
            return None

    def _described(self, name: str) -> Described | None:
        found = self._descriptions.get(name)
        return Described(name, found, self._components_of(name)) if found else None

    def _hosts_of(self, keys: Iterable[SeriesKey]) -> set[str]:
        """The endpoints of the inference components that these series name."""
        named = {key.inference_component for key in keys}
        return {one.endpoint for one in self._components or () if one.name in named}

    def _components_of(self, name: str) -> tuple[Component, ...]:
        return tuple(one for one in self._components or () if one.endpoint == name)

    def _evidence(self, endpoint: ListedEndpoint, tags: dict[str, str] | None) -> Evidence:
        hosted = self._components_of(endpoint.name)
        described = self._described(endpoint.name)
        is_host = described is not None and described.description.kind is Kind.INFERENCE_COMPONENTS
        return Evidence(
            endpoint,
            self._descriptions.get(endpoint.name),
            tags,
            self._metrics.activity(endpoint.name, hosted, described.shadows if described else ()),
            None if self._components is None else hosted,
            controls=self._metrics.controls(described) if described else {},
            orphans=is_host and self._metrics.has_orphans(self._components or ()),
            past=self._metrics.past(described) if described else None,
            signs=self._metrics.signs(described) if described else {},
        )

    def _finding(self, endpoint: ListedEndpoint, tags: dict[str, str] | None) -> Finding:
        description = self._descriptions.get(endpoint.name)
        seen = self._evidence(endpoint, tags)
        verdict, reason = judge(seen, self._policy, self._now)
        without, unused = unprotected(seen, self._policy, self._now)
        if without in UNUSED and (tested := self._attachments.shadow_test(endpoint.name, description)):
            without = Verdict.PROTECTED
            verdict, reason = without, (reason if verdict is without else tested)
        if verdict is Verdict.PROTECTED and without is Verdict.IDLE:
            reason = f"{reason}; {unused}"
        if not _belongs(endpoint, self._cell):
            verdict, reason = Verdict.UNKNOWN, "AWS returned another account or region (E_RESULT_FOREIGN)"
        activity, hosted = seen.activity, self._components_of(endpoint.name)
        calls = [last_invocation(activity.series), seen.past.last if seen.past else None]
        by_series = Kind.INFERENCE_COMPONENTS if hosted else self._metrics.kind_of(endpoint.name)
        return Finding(
            account=self._cell.account,
            region=self._cell.region,
            name=endpoint.name,
            arn=endpoint.arn,
            kind=description.kind if description else by_series,
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
            last_invocation_at=max((at for at in calls if at), default=None),
            advice="; ".join(self._advice(endpoint.name, description, tags or {})),
            components=hosted,
            restorable=self._restorable(description, verdict),
            silence=None if is_alive(activity) else proof.silence(carriers(seen), activity),
            unprotected=without if verdict is Verdict.PROTECTED else None,
        )

    def _advice(self, name: str, description: Description | None, tags: dict[str, str]) -> Iterator[str]:
        if description:
            yield from self._attachments.of(name, description)
        yield from origins(name, tags)

    def _restorable(self, description: Description | None, verdict: Verdict) -> Restorable:
        """Checks the models only for endpoints that may be offered."""
        if description is None or description.config is None:
            return NOT_ASKED
        is_asked = verdict in UNUSED and description.restorable == NOT_ASKED
        return self._reader.restorable(description.config) if is_asked else description.restorable


def _of(tags: Mapping[str, dict[str, str]] | None, endpoint: ListedEndpoint) -> dict[str, str] | None:
    return None if tags is None else tags.get(endpoint.arn.lower(), {})


def _belongs(endpoint: ListedEndpoint, cell: Cell) -> bool:
    """Whether the ARN belongs to this endpoint, account and region (BI-23, FI-15), in any letter case (D2.6)."""
    named = endpoint.arn.lower().split(":")[2:]
    return named == ["sagemaker", cell.region, cell.account, f"endpoint/{endpoint.name}".lower()]
