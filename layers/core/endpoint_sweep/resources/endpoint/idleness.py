"""Decides whether an endpoint is idle, and always says why. No I/O.

Order: status, traffic, age, the kind and its evidence, its past, protection. Any doubt keeps the endpoint. Sources:
docs/facts.md, “Endpoints and their traffic”, D2.5 and D2.8.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import assert_never

from endpoint_sweep.domain.kinds import UNUSED, Kind, Silence, Verdict
from endpoint_sweep.domain.model import Activity, Component, Description, ListedEndpoint, Policy, Series
from endpoint_sweep.resources.endpoint import history, proof, reasons
from endpoint_sweep.resources.endpoint.history import Past
from endpoint_sweep.resources.endpoint.traffic_series import BACKLOG, FAILURES, INVOCATIONS, NO_CAPACITY, PROCESSED
from endpoint_sweep.rules import protection

# UpdateRollbackFailed: in service with mixed configurations, so it answers and is billed (D2.8).
JUDGED = ("InService", "UpdateRollbackFailed")
BROKEN = ("Failed", "OutOfService")  # They serve nothing, but their instances may be billed (D2.8).

Judgement = tuple[Verdict, str]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything known about one endpoint.

    `components` is None if they were not listed. `controls`: samples of the instances by variant, which show that
    missing metrics mean no traffic. `orphans`: there were calls to inference components that no longer exist and may
    have belonged to this endpoint. `past`: its calls of the last 15 months, `signs`: other metrics that could be calls.
    Both are asked for only where the window shows none; until then `past` is None.
    """

    endpoint: ListedEndpoint
    description: Description | None
    tags: dict[str, str] | None
    activity: Activity
    components: tuple[Component, ...] | None = None
    controls: Mapping[str, Series] = field(default_factory=dict)
    orphans: bool = False
    past: Past | None = None
    signs: Mapping[str, Past] = field(default_factory=dict)


def judge(seen: Evidence, policy: Policy, now: datetime) -> Judgement:
    """The verdict and its reason. The first rule that applies wins."""
    verdict, reason = unprotected(seen, policy, now)
    if verdict in (Verdict.NOT_IN_SERVICE, Verdict.BUSY):
        return verdict, reason
    if why := protection.protection(seen.tags, policy, now):
        return Verdict.PROTECTED, why
    return verdict, reason


def unprotected(seen: Evidence, policy: Policy, now: datetime) -> Judgement:
    """The verdict if its tags protected nothing."""
    verdict, reason = by_window(seen, policy, now)
    if verdict not in UNUSED:
        return verdict, reason
    return _by_past(seen, now) or (verdict, _told(reason, seen))


def by_window(seen: Evidence, policy: Policy, now: datetime) -> Judgement:
    """The verdict as far as the window shows it. An idle one holds only once its past has been read."""
    endpoint, description = seen.endpoint, seen.description
    status = description.status if description else endpoint.status
    if status not in JUDGED:
        return Verdict.NOT_IN_SERVICE, reasons.status(status)
    if is_alive(seen.activity) and not is_barely_used(seen.activity, policy):
        return Verdict.BUSY, reasons.calls(seen.activity, traffic(seen.activity), policy)
    if early := _too_early(seen, policy, now):
        return early
    if description is None:
        return Verdict.NO_EVIDENCE, "it disappeared during the scan"
    verdict, reason = _by_kind(seen, description, policy)
    if verdict is Verdict.IDLE and is_alive(seen.activity):
        said = reasons.calls(seen.activity, traffic(seen.activity), policy)
        return Verdict.BARELY_USED, f"{said}; fewer than {policy.barely_used_below}"
    return verdict, reason


def _too_early(  # noqa: PLR0911 - one return per reason
    seen: Evidence, policy: Policy, now: datetime
) -> Judgement | None:
    """The verdict on what has not existed, as it is now, for the whole window."""
    endpoint, description = seen.endpoint, seen.description
    if not protection.is_believable(endpoint.created_at, now):
        return Verdict.NO_EVIDENCE, "its creation time is not plausible"
    if why := protection.youth(endpoint.created_at, policy, now):
        return Verdict.TOO_YOUNG, why
    if not protection.is_believable(endpoint.last_modified_at, now):
        return Verdict.NO_EVIDENCE, "its last change time is not plausible"
    if description is None:
        return None
    if description.created_at != endpoint.created_at:
        return Verdict.NO_EVIDENCE, "it was re-created during the scan"
    if description.config_created_at and not protection.is_believable(description.config_created_at, now):
        return Verdict.NO_EVIDENCE, "the creation time of its configuration is not plausible"
    if why := _recently_deployed(description, policy, now):
        return Verdict.TOO_YOUNG, why
    for one in seen.components or ():
        if one.created_at and (why := protection.youth(one.created_at, policy, now)):
            return Verdict.TOO_YOUNG, f"its inference component {one.name} is newer: {why}"
    return None


def _recently_deployed(description: Description, policy: Policy, now: datetime) -> str | None:
    """Why the lookback does not lie within the life of its configuration, or None.

    Scaling moves LastModifiedTime: on a schedule every day, even if no one calls the endpoint. A configuration never
    changes, so its creation is the earliest time of the last deployment (D2.5, D3.10).
    """
    if description.config_created_at is None:
        return protection.recent_change(description.last_modified_at, now)
    age = now - description.config_created_at
    if age >= timedelta(days=policy.lookback_days):
        return None
    return f"its configuration was created {age.days} days ago, after the window began; earlier calls are not known"


def _by_past(seen: Evidence, now: datetime) -> Judgement | None:
    """What keeps an endpoint although the window shows no call that was served, or only a few."""
    if seen.past is None or not all(one.complete for one in (seen.past, *seen.signs.values())):
        return Verdict.NO_EVIDENCE, "its history could not be read completely"
    first_day = seen.activity.start.replace(hour=0)  # The window starts on the hour.
    # Calls that were served explain the other signs of the same day, also those before a window that begins within it.
    # They do not explain failures: a few calls are only few if no others failed, and failed ones may not be counted.
    was_called = is_alive(seen.activity)
    served = set(seen.past.days)
    alive = sorted(
        name
        for name, one in seen.signs.items()
        if any(day >= first_day and (day not in served or (was_called and name in FAILURES)) for day in one.days)
    )
    if alive:
        return Verdict.BUSY, f"other metrics show requests that were not served: {', '.join(alive[:3])}"
    # One longer than the window shows a run in it or none, as it happens; a few calls at a shorter one remain few.
    usual, length = history.rhythm(seen.past, now), seen.activity.end - seen.activity.start
    if usual and (usual > length or not was_called):
        return Verdict.BUSY, f"it is called {history.every(usual)}: {history.told(seen.past)}"
    return None


def _told(reason: str, seen: Evidence) -> str:
    """The reason with what it published and when it was called before."""
    parts = [reason]
    if proof.silence(carriers(seen), seen.activity) is Silence.NOTHING:
        parts.append("it published no datapoints, although its metrics can be read")
    if seen.past and seen.past.days:
        parts.append(history.told(seen.past))
    return "; ".join(parts)


def _by_kind(seen: Evidence, description: Description, policy: Policy) -> Judgement:
    match description.kind:
        case Kind.UNKNOWN:
            return Verdict.UNKNOWN, f"it cannot be evaluated: {description.why_unknown}"
        case Kind.SERVERLESS:
            return Verdict.ZERO_COST, "serverless without provisioned concurrency costs nothing while idle"
        case Kind.REAL_TIME | Kind.SERVERLESS_PROVISIONED:
            judged = _variants(seen, description, policy)
        case Kind.ASYNCHRONOUS:
            judged = _asynchronous(seen, description, policy)
        case Kind.INFERENCE_COMPONENTS:
            judged = _inference_components(seen, description, policy)
        case _:
            assert_never(description.kind)
    if judged[0] is Verdict.IDLE and description.reserved:
        return Verdict.ZERO_COST, f"{judged[1]}; it runs on reserved capacity, so deleting it saves nothing"
    return judged


def _variants(seen: Evidence, description: Description, policy: Policy) -> Judgement:
    if not description.serving:
        return Verdict.NO_EVIDENCE, "it has no variant to measure"
    for variant in description.serving:
        series = [one for one in carriers(seen) if one.variant == variant]
        if why := proof.doubt(series, f"variant {variant}", seen.activity, seen.controls.get(variant)):
            return Verdict.NO_EVIDENCE, why
    count = len(description.serving)
    said = "its only variant was not" if count == 1 else f"none of its {count} variants was"
    return Verdict.IDLE, f"{said} invoked in {policy.lookback_days} days"


def _asynchronous(seen: Evidence, description: Description, policy: Policy) -> Judgement:
    """It publishes nothing until the first request (D1.8), so its instances must show that metrics work (D1.20)."""
    series = seen.activity.series
    for metric in BACKLOG:
        if why := proof.unread([one for one in series if one.metric == metric], metric):
            return Verdict.NO_EVIDENCE, why
    for variant in description.serving:
        for metric in PROCESSED:
            found = [one for one in series if one.variant == variant and one.metric == metric]
            if why := proof.unread(found, f"{metric} of variant {variant}"):
                return Verdict.NO_EVIDENCE, why
    if description.instances == 0:
        return Verdict.AT_ZERO, "asynchronous, scaled to zero instances, and no request is waiting: it costs nothing"
    if description.instances is None or not description.serving:
        return Verdict.NO_EVIDENCE, "its instance count is not known"
    for variant in description.serving:
        found = [one for one in series if one.variant == variant and one.metric in PROCESSED]
        if why := proof.doubt(found, f"variant {variant}", seen.activity, seen.controls.get(variant)):
            return Verdict.NO_EVIDENCE, why
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
    control = proof.weakest(seen.controls, description.serving)
    for component in seen.components:
        mine = [one for one in seen.activity.series if one.component == component.name]
        calls, refused = ([one for one in mine if one.metric == name] for name in (INVOCATIONS, NO_CAPACITY))
        what = f"component {component.name}"
        why = proof.unread(refused, what) or proof.unread(calls, what)
        if why := why or (None if at_zero else proof.doubt(calls, what, seen.activity, control)):
            return Verdict.NO_EVIDENCE, why
    if at_zero:
        return Verdict.AT_ZERO, "scaled to zero instances, and no call failed for lack of capacity: it costs nothing"
    if seen.orphans:
        said = "calls went to an inference component that has since been removed, possibly from this endpoint"
        return Verdict.NO_EVIDENCE, said
    if not seen.components:
        if not proof.is_running(control, seen.activity):
            return Verdict.NO_EVIDENCE, "nothing confirms that its metrics can be read"
        return Verdict.IDLE, "it hosts no inference component, but its instances are billed"
    count = len(seen.components)
    said = "its only inference component was not" if count == 1 else f"none of its {count} inference components was"
    return Verdict.IDLE, f"{said} invoked in {policy.lookback_days} days"


def carriers(seen: Evidence) -> list[Series]:
    """The series that count calls of its kind, of all variants and components."""
    kind = seen.description.kind if seen.description else Kind.UNKNOWN
    hosted = {one.name for one in seen.components or ()}
    match kind:
        case Kind.INFERENCE_COMPONENTS:
            return [one for one in seen.activity.series if one.component in hosted and one.metric == INVOCATIONS]
        case Kind.ASYNCHRONOUS:
            return [one for one in seen.activity.series if one.metric in PROCESSED]
        case _:
            return [one for one in seen.activity.series if one.metric == INVOCATIONS and not one.component]


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


def is_barely_used(activity: Activity, policy: Policy) -> bool:
    """Whether it was called, but less often than the stack asks. Requests that were queued or refused are more."""
    alive = {one.metric for one in activity.series if one.total > 0}
    return bool(alive) and alive <= {INVOCATIONS, *PROCESSED} and traffic(activity) < policy.barely_used_below


def is_candidate(endpoint: ListedEndpoint, policy: Policy, now: datetime) -> bool:
    """Whether to describe an endpoint that was not called, for its verdict or for its price (D5.11)."""
    if endpoint.status in BROKEN:
        return True
    return endpoint.status in JUDGED and protection.youth(endpoint.created_at, policy, now) is None


def window(now: datetime, policy: Policy) -> tuple[datetime, datetime]:
    """Start and end of the measurement, in whole hours. It ends before the 15-minute publication lag (D5.10).

    The start is on a period boundary at or before the lookback, so rounding can add traffic but never hide it.
    """
    end = (now - timedelta(minutes=15)).replace(minute=0, second=0, microsecond=0)
    start = end - timedelta(days=policy.lookback_days)
    hours = proof.period_of(policy.lookback_days) // timedelta(hours=1)
    return start.replace(hour=start.hour - start.hour % hours), end
