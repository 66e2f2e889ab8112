"""What people read of an endpoint that is not offered. No I/O; nothing decides on these sentences."""

from endpoint_sweep.domain.model import Activity, Policy
from endpoint_sweep.resources.endpoint.traffic_series import BACKLOG, NO_CAPACITY

_CANARY_A_MINUTE = 2.0

_STATUSES = {
    "Creating": "it is still being created; if this lasts more than a day, it is stuck and still billed",
    "Updating": "it is being updated",
    "SystemUpdating": "AWS is maintaining it",
    "RollingBack": "an update is being rolled back",
    "Deleting": "it is being deleted",
    "Failed": "its creation failed; it serves nothing and can only be deleted by hand",
    "OutOfService": "it accepts no requests, but any instances are billed",
}


def status(name: str) -> str:
    return f"{_STATUSES.get(name, 'its status is not supported')} (status {name})"


def calls(activity: Activity, count: int, policy: Policy) -> str:
    """How often it was called in the window, or what shows that it was."""
    alive = {one.metric for one in activity.series if one.total > 0}
    if alive <= set(BACKLOG):
        return f"requests were queued in the last {policy.lookback_days} days"
    if alive == {NO_CAPACITY}:
        return f"{count:,} calls in {policy.lookback_days} days failed because it has no capacity"
    minutes = (activity.end - activity.start).total_seconds() / 60
    said = f"{count:,} invocations in {policy.lookback_days} days"
    rate = count / minutes
    steady = bool(activity.series) and all(one.steady for one in activity.series if one.total > 0)
    if steady and rate <= _CANARY_A_MINUTE:
        return f"{said}, a steady {_rate(rate)}: possibly just a canary"
    return said


def _rate(a_minute: float) -> str:
    """In the first unit in which it reads as one or more, or by the day."""
    units = ((1, "minute"), (60, "hour"))
    factor, unit = next((pair for pair in units if round(a_minute * pair[0], 1) >= 1), (1440, "day"))
    return f"{a_minute * factor:.1f}".removesuffix(".0") + f" per {unit}"
