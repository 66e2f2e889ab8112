"""Decides whether an endpoint is idle, and always says why. No I/O.

Order: status, traffic, protection, age, then the kind and its evidence. Any doubt keeps the endpoint. Sources:
docs/facts.md, “Endpoints and their traffic”, D2.5 and D2.8.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from endpoint_sweep.domain.model import Activity, Component, Description, Kind, ListedEndpoint, Policy, Series, Verdict
from endpoint_sweep.resources.endpoint.traffic_series import BACKLOG, INVOCATIONS, NO_CAPACITY, PROCESSED
from endpoint_sweep.rules import protection

# UpdateRollbackFailed: in service with mixed configurations, so it answers and is billed (D2.8).
JUDGED = ("InService", "UpdateRollbackFailed")
PERIOD = timedelta(hours=6)  # Valid at every age of the window, a multiple of 3,600 s (D1.23); 56 points in 14 days.
CANARY_A_MINUTE = 2.0

_STATUSES = {
    "Creating": "it is still being created; if this lasts more than a day, it is stuck and still billed",
    "Updating": "it is being updated",
    "SystemUpdating": "AWS is maintaining it",
    "RollingBack": "an update is being rolled back",
    "Deleting": "it is being deleted",
    "Failed": "its creation failed; it serves nothing and can only be deleted by hand",
    "OutOfService": "it accepts no requests, but any instances are billed",
}

_UNREADABLE = "it publishes no metrics while idle, and nothing else confirms that its metrics can be read"
Judgement = tuple[Verdict, str]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything known about one endpoint.

    `components` is None if they were not listed. `readable`: the positive control for a kind that publishes nothing
    while idle. One of its instances left samples in the window, so missing metrics mean no traffic. `orphans`: there
    were calls to inference components that no longer exist and may have belonged to this endpoint.
    """

    endpoint: ListedEndpoint
    description: Description | None
    tags: dict[str, str] | None
    activity: Activity
    components: tuple[Component, ...] | None = None
    readable: bool = False
    orphans: bool = False


def judge(seen: Evidence, policy: Policy, now: datetime) -> Judgement:  # noqa: PLR0911 - one return per verdict
    """The verdict and its reason. The first rule that applies wins."""
    endpoint, description = seen.endpoint, seen.description
    status = description.status if description else endpoint.status
    if status not in JUDGED:
        return Verdict.NOT_IN_SERVICE, f"{_STATUSES.get(status, 'its status is not supported')} (status {status})"
    if is_alive(seen.activity):
        return Verdict.BUSY, _busy(seen.activity, policy)
    if why := protection.protection(seen.tags, policy, now):
        return Verdict.PROTECTED, why
    if not protection.is_believable(endpoint.created_at, now):
        return Verdict.NO_EVIDENCE, "its creation time is not plausible"
    if why := protection.youth(endpoint.created_at, policy, now) or protection.recent_change(
        endpoint.last_modified_at, now
    ):
        return Verdict.TOO_YOUNG, why
    if description is None:
        return Verdict.NO_EVIDENCE, "it disappeared during the scan"
    if description.created_at != endpoint.created_at:
        return Verdict.NO_EVIDENCE, "it was re-created during the scan"
    for one in seen.components or ():
        if one.created_at and (why := protection.youth(one.created_at, policy, now)):
            return Verdict.TOO_YOUNG, f"its inference component {one.name} is newer: {why}"
    return _by_kind(seen, description, policy)


def _by_kind(seen: Evidence, description: Description, policy: Policy) -> Judgement:
    match description.kind:
        case Kind.UNKNOWN:
            return Verdict.UNKNOWN, f"it cannot be evaluated: {description.why_unknown}"
        case Kind.SERVERLESS:
            return Verdict.ZERO_COST, "serverless without provisioned concurrency costs nothing while idle"
        case Kind.REAL_TIME:
            judged = _variants(seen, description, policy, zeros=True)
        case Kind.SERVERLESS_PROVISIONED:
            judged = _variants(seen, description, policy, zeros=False)
        case Kind.ASYNCHRONOUS:
            judged = _asynchronous(seen, description, policy)
        case Kind.INFERENCE_COMPONENTS:
            judged = _inference_components(seen, description, policy)
        case _:
            assert_never(description.kind)
    if judged[0] is Verdict.IDLE and description.reserved:
        return Verdict.ZERO_COST, f"{judged[1]}; it runs on reserved capacity, so deleting it saves nothing"
    return judged


def _variants(seen: Evidence, description: Description, policy: Policy, *, zeros: bool) -> Judgement:
    """`zeros`: this kind publishes zeros while nothing calls it (D1.25), so missing datapoints prove nothing."""
    if not description.serving:
        return Verdict.NO_EVIDENCE, "it has no variant to measure"
    for variant in description.serving:
        series = [
            s for s in seen.activity.series if s.variant == variant and s.metric == INVOCATIONS and not s.component
        ]
        if why := _doubt(series, f"variant {variant}", zeros=zeros or not seen.readable):
            return Verdict.NO_EVIDENCE, why
    count = len(description.serving)
    said = "its only variant was not" if count == 1 else f"none of its {count} variants was"
    return Verdict.IDLE, f"{said} invoked in {policy.lookback_days} days"


def _asynchronous(seen: Evidence, description: Description, policy: Policy) -> Judgement:
    """It publishes nothing until the first request (D1.8), so its instances must show that metrics work (D1.20)."""
    series = seen.activity.series
    for variant in description.serving:
        for metric in PROCESSED:
            found = [one for one in series if one.variant == variant and one.metric == metric]
            if why := _doubt(found, f"{metric} of variant {variant}", zeros=False):
                return Verdict.NO_EVIDENCE, why
    for metric in BACKLOG:
        if why := _doubt([one for one in series if one.metric == metric], metric, zeros=False):
            return Verdict.NO_EVIDENCE, why
    if description.instances == 0:
        return Verdict.AT_ZERO, "asynchronous, scaled to zero instances, and no request is waiting: it costs nothing"
    if description.instances is None or not description.serving:
        return Verdict.NO_EVIDENCE, "its instance count is not known"
    if not seen.readable:
        return Verdict.NO_EVIDENCE, _UNREADABLE
    return Verdict.IDLE, f"no request was processed or queued in {policy.lookback_days} days"


def _inference_components(  # noqa: PLR0911 - one return per doubt
    seen: Evidence, description: Description, policy: Policy
) -> Judgement:
    """Idle only if every component is (D1.13). Without components there is nothing to call, but the instances are
    billed (D1.15).
    """
    if seen.components is None:
        return Verdict.NO_EVIDENCE, "its inference components could not be listed"
    at_zero = description.instances == 0
    for component in seen.components:
        mine = [one for one in seen.activity.series if one.component == component.name]
        for metric, zeros in ((INVOCATIONS, not at_zero), (NO_CAPACITY, False)):
            found = [one for one in mine if one.metric == metric]
            if why := _doubt(found, f"component {component.name}", zeros=zeros):
                return Verdict.NO_EVIDENCE, why
    if at_zero:
        return Verdict.AT_ZERO, "scaled to zero instances, and no call failed for lack of capacity: it costs nothing"
    if not seen.components:
        if seen.orphans:
            return Verdict.NO_EVIDENCE, "it has no inference component, but one that was called has since been removed"
        if not seen.readable:
            return Verdict.NO_EVIDENCE, _UNREADABLE
        return Verdict.IDLE, "it hosts no inference component, but its instances are billed"
    count = len(seen.components)
    said = "its only inference component was not" if count == 1 else f"none of its {count} inference components was"
    return Verdict.IDLE, f"{said} invoked in {policy.lookback_days} days"


def _doubt(series: Collection[Series], what: str, *, zeros: bool) -> str | None:
    """Why a measurement is incomplete, or None. Zero and missing are different (D1.25-D1.28)."""
    if not series or not all(one.complete for one in series):
        return f"the traffic of {what} could not be read completely"
    if zeros and not any(one.points for one in series):
        return f"{what} published no datapoints, not even zeros"
    return None


def _busy(activity: Activity, policy: Policy) -> str:
    alive, calls = {one.metric for one in activity.series if one.total > 0}, traffic(activity)
    if alive <= set(BACKLOG):
        return f"requests were queued in the last {policy.lookback_days} days"
    if alive == {NO_CAPACITY}:
        return f"{calls:,} calls in {policy.lookback_days} days failed because it has no capacity"
    minutes = (activity.end - activity.start).total_seconds() / 60
    said = f"{calls:,} invocations in {policy.lookback_days} days"
    rate = calls / minutes
    steady = bool(activity.series) and all(one.steady for one in activity.series if one.total > 0)
    if steady and rate <= CANARY_A_MINUTE:
        return f"{said}, a steady {rate:.1f} per minute: possibly just a canary"
    return said


def is_alive(activity: Activity) -> bool:
    """Whether any series shows a call, a failure for lack of capacity, or a queued request."""
    return any(one.total > 0 for one in activity.series)


def traffic(activity: Activity) -> int:
    """The number of calls in all series that count them. A fraction counts as one.

    Container series repeat what the plain ones count (D1.9), so they only prove activity. Queued requests are not
    calls.
    """
    plain = sum(one.total for one in activity.series if one.counts)
    total = plain if plain > 0 else sum(one.total for one in activity.series if one.metric not in BACKLOG)
    return max(1, int(total)) if total > 0 else 0


def last_invocation(series: tuple[Series, ...]) -> datetime | None:
    """The latest datapoint above zero of any series."""
    return max((one.last_at for one in series if one.last_at is not None), default=None)


def is_candidate(endpoint: ListedEndpoint, tags: dict[str, str] | None, policy: Policy, now: datetime) -> bool:
    """Whether to describe an endpoint. All others are decided without that call (D5.11)."""
    return (
        endpoint.status in JUDGED
        and protection.protection(tags, policy, now) is None
        and protection.youth(endpoint.created_at, policy, now) is None
        and protection.recent_change(endpoint.last_modified_at, now) is None
    )


def window(now: datetime, policy: Policy) -> tuple[datetime, datetime]:
    """Start and end of the measurement, in whole hours. It ends before the 15-minute publication lag (D5.10).

    The start is on a period boundary at or before the lookback, so rounding can add traffic but never hide it.
    """
    end = (now - timedelta(minutes=15)).replace(minute=0, second=0, microsecond=0)
    start = end - timedelta(days=policy.lookback_days)
    return start.replace(hour=start.hour - start.hour % (PERIOD.seconds // 3600)), end
