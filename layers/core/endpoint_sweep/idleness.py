"""Is this endpoint idle? A pure decision that always says why.

Order: what is being changed or is broken is left alone, then traffic, then protection, then age, then evidence.
Any doubt keeps the endpoint. Sources: facts D1.1, D1.9, D1.17, D1.25-D1.28, D2.5 and the status table of facts 2.
"""

from datetime import datetime, timedelta

from endpoint_sweep.model import Activity, Description, ListedEndpoint, Policy, Series, Verdict

KEEP_TAG = "endpoint-sweep:keep"
KEEP_UNTIL_TAG = "endpoint-sweep:keep-until"
REAL_TIME = "real-time"
PERIOD = timedelta(hours=6)  # Legal at every age of the window, a multiple of 3,600 s (D1.23); 56 points in 14 days.

Judgement = tuple[Verdict, str]


def protection(tags: dict[str, str] | None, policy: Policy) -> str | None:
    """Why the tags protect an endpoint, or None. Tags that could not be read (None) protect (I5).

    Our own keys count in any letter case and with any value, so `endpoint-sweep:keep=false` protects too;
    until `keep-until` is understood as a date, its presence protects as well.
    """
    if tags is None:
        return "its tags could not be read, so it counts as protected"
    for key, value in sorted(tags.items()):
        if key.strip().lower() in (KEEP_TAG, KEEP_UNTIL_TAG):
            return f"its owner protects it with the tag {key.strip()}"
        for pattern in policy.protect_tags:
            wanted_key, _, wanted_value = pattern.partition("=")
            if key == wanted_key and (not wanted_value or value == wanted_value):
                return f"protected by the tag {pattern}"
    return None


def youth(created_at: datetime, policy: Policy, now: datetime) -> str | None:
    """Why the endpoint is too young, or None: the whole window must lie within its life (D2.5)."""
    needed = max(policy.min_age_days, policy.lookback_days)
    if created_at.tzinfo is None or created_at > now:
        return "its creation time is not believable"
    age = now - created_at
    if age >= timedelta(days=needed):
        return None
    return f"created {age.days} days ago; an endpoint is judged from {needed} days on"


def judge(  # noqa: PLR0911 - one return a verdict, in the order in which they win
    endpoint: ListedEndpoint,
    description: Description | None,
    tags: dict[str, str] | None,
    activity: Activity,
    policy: Policy,
    now: datetime,
) -> Judgement:
    """The verdict and its reason. `description` may be None only where the endpoint was busy, young or protected."""
    status = description.status if description else endpoint.status
    if status != "InService":
        return Verdict.NOT_IN_SERVICE, f"its status is {status}; only endpoints in service are judged"
    calls = traffic(activity)
    if calls > 0:
        return Verdict.BUSY, f"{calls:,} invocations in {policy.lookback_days} days"
    if why := protection(tags, policy):
        return Verdict.PROTECTED, why
    if why := youth(description.created_at if description else endpoint.created_at, policy, now):
        return Verdict.TOO_YOUNG, why
    if description is None:
        return Verdict.NO_EVIDENCE, "it could not be described"
    if description.created_at != endpoint.created_at:
        return Verdict.NO_EVIDENCE, "it was re-created while it was being looked at"
    if description.kind != REAL_TIME:
        return Verdict.UNKNOWN, f"endpoints of the kind {description.kind} are not judged"
    return _idle_or_doubt(description, activity, policy)


def _idle_or_doubt(description: Description, activity: Activity, policy: Policy) -> Judgement:
    measured = {series.variant: series for series in activity.series}
    if not description.variants:
        return Verdict.NO_EVIDENCE, "it has no variant that could be measured"
    for variant in description.variants:
        series = measured.get(variant.variant)
        if series is None or not series.complete:
            return Verdict.NO_EVIDENCE, f"the traffic of variant {variant.variant} could not be read completely"
        if series.points == 0:
            # A real-time variant publishes zeros when nothing calls it (D1.25): no datapoints prove nothing.
            return Verdict.NO_EVIDENCE, f"variant {variant.variant} published no datapoints, not even zeros"
    count = len(description.variants)
    served = "its only variant" if count == 1 else f"any of its {count} variants"
    return Verdict.IDLE, f"no invocation of {served} in {policy.lookback_days} days"


def traffic(activity: Activity) -> int:
    """Invocations over all series. A fraction counts as one: it is not nothing."""
    total = sum(series.total for series in activity.series)
    return max(1, int(total)) if total > 0 else 0


def last_invocation(series: tuple[Series, ...]) -> datetime | None:
    """The latest datapoint above zero of any series."""
    return max((one.last_at for one in series if one.last_at is not None), default=None)


def is_candidate(endpoint: ListedEndpoint, tags: dict[str, str] | None, policy: Policy, now: datetime) -> bool:
    """Whether a description is worth a call: everything else is decided without one (D5.11)."""
    return (
        endpoint.status == "InService"
        and protection(tags, policy) is None
        and youth(endpoint.created_at, policy, now) is None
    )


def window(now: datetime, policy: Policy) -> tuple[datetime, datetime]:
    """Start and end of the measurement: ended before the publication lag of 15 minutes (D5.10), whole hours.

    The start lies on a period boundary at or before the lookback, so that rounding can only add traffic, not hide it.
    """
    end = (now - timedelta(minutes=15)).replace(minute=0, second=0, microsecond=0)
    start = end - timedelta(days=policy.lookback_days)
    return start.replace(hour=start.hour - start.hour % (PERIOD.seconds // 3600)), end
