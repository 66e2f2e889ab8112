"""Scan cell: list, measure, describe what could be idle, judge. One result document a cell."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from endpoint_sweep.errors import CellDenied, CellFailed, EndpointNotFound
from endpoint_sweep.idleness import PERIOD, Judgement, is_candidate, judge, last_invocation, traffic, window
from endpoint_sweep.model import (
    Activity,
    Cell,
    CellResult,
    CoverageStatus,
    Description,
    Finding,
    ListedEndpoint,
    Policy,
    Series,
    Verdict,
)
from endpoint_sweep.ports import CellReader, Members, SeriesKey, Store
from endpoint_sweep.sweep_folder import SweepFolder

OWNER_TAGS = ("owner", "team", "contact", "createdby", "created-by", "email")


def scan_cell(event: dict[str, Any], *, members: Members, store: Store) -> dict[str, Any]:
    """`event`: `{"sweep_id", "now", "cell": {"account", "region"}}`; returns counts.

    Raises RoleDenied, RegionOff, RegionDenied, CellDenied or CellFailed; the state machine writes those down.
    """
    cell = Cell(event["cell"]["account"], event["cell"]["region"])
    folder = SweepFolder(store, event["sweep_id"])
    policy = folder.input().policy
    reader = members.reader(cell, event["sweep_id"])
    findings = judge_cell(reader, cell, policy, datetime.fromisoformat(event["now"]))
    folder.put_cell(CellResult(cell.account, cell.region, CoverageStatus.SCANNED, "", len(findings), findings))
    idle = sum(finding.verdict is Verdict.IDLE for finding in findings)
    return {"status": CoverageStatus.SCANNED.value, "endpoints": len(findings), "idle": idle}


def judge_cell(reader: CellReader, cell: Cell, policy: Policy, now: datetime) -> tuple[Finding, ...]:
    """One finding an endpoint. Only what could be idle is described (D5.12); an empty cell is one call."""
    endpoints = reader.endpoints()
    if not endpoints:
        return ()
    start, end = window(now, policy)
    tags = _tags(reader)
    names = {endpoint.name for endpoint in endpoints}
    published = {key for key in reader.published_variants() if key[0] in names}
    measured = dict(reader.activity(published, start, end, PERIOD))
    silent = names - {key[0] for key, series in measured.items() if series.total > 0}
    descriptions: dict[str, Description | None] = {}
    for endpoint in endpoints:
        if endpoint.name in silent and is_candidate(endpoint, _of(tags, endpoint), policy, now):
            descriptions[endpoint.name] = _describe(reader, endpoint.name)
    # A variant silent for two weeks is not in the listing: asked for by name, so that none is forgotten.
    missing = {
        (name, variant.variant) for name, found in descriptions.items() if found for variant in found.variants
    } - measured.keys()
    if missing:
        measured |= reader.activity(missing, start, end, PERIOD)
    return tuple(
        _finding(endpoint, cell, descriptions.get(endpoint.name), _of(tags, endpoint), policy, now,
                 Activity(start, end, _series_of(endpoint.name, measured)), vanished=endpoint.name in descriptions)
        for endpoint in endpoints
    )  # fmt: skip


def _tags(reader: CellReader) -> Mapping[str, dict[str, str]] | None:
    """None where they could not be read: then every endpoint counts as protected."""
    try:
        return reader.tags()
    except (CellDenied, CellFailed):
        return None


def _of(tags: Mapping[str, dict[str, str]] | None, endpoint: ListedEndpoint) -> dict[str, str] | None:
    return None if tags is None else tags.get(endpoint.arn.lower(), {})


def _describe(reader: CellReader, name: str) -> Description | None:
    """None where the endpoint vanished since it was listed (FI-05)."""
    try:
        return reader.describe(name)
    except EndpointNotFound:
        return None


def _series_of(name: str, measured: Mapping[SeriesKey, Series]) -> tuple[Series, ...]:
    return tuple(series for key, series in sorted(measured.items()) if key[0] == name)


def _finding(
    endpoint: ListedEndpoint,
    cell: Cell,
    description: Description | None,
    tags: dict[str, str] | None,
    policy: Policy,
    now: datetime,
    activity: Activity,
    *,
    vanished: bool,
) -> Finding:
    verdict, reason = _judge(endpoint, description, tags, activity, policy, now, vanished=vanished)
    return Finding(
        account=cell.account,
        region=cell.region,
        endpoint=endpoint.name,
        arn=endpoint.arn,
        kind=description.kind if description else None,
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
    )


def _judge(
    endpoint: ListedEndpoint,
    description: Description | None,
    tags: dict[str, str] | None,
    activity: Activity,
    policy: Policy,
    now: datetime,
    *,
    vanished: bool,
) -> Judgement:
    if vanished and description is None:
        return Verdict.NO_EVIDENCE, "it vanished while it was being looked at"
    return judge(endpoint, description, tags, activity, policy, now)


def owner_of(tags: dict[str, str]) -> str | None:
    """The first tag that names an owner, in the order of OWNER_TAGS, in any letter case."""
    lower = {key.lower(): value for key, value in sorted(tags.items())}
    return next((lower[key] for key in OWNER_TAGS if lower.get(key)), None)
