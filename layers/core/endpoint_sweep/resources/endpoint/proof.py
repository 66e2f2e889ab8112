"""Whether silence is proof: zeros or nothing, and in how many periods of the window. No I/O.

SageMaker may publish zeros while no one calls, or nothing at all; its own documentation says both (D13.2), so nothing
relies on either. Zeros in nearly every period are proof, and so is silence while the instances left samples in nearly
every period. One zero in weeks is not.
"""

import math
from collections.abc import Collection, Mapping
from datetime import timedelta

from endpoint_sweep.domain.kinds import Silence
from endpoint_sweep.domain.model import Activity, Series

_SIX_HOURS, _DAY = timedelta(hours=6), timedelta(days=1)  # Valid at every age, as multiples of 3,600 s (D1.23).
_LONG = timedelta(days=62)  # A longer window is measured by the day: one answer holds 100,800 datapoints (D5.1).
_NEARLY = 0.95
# Published a quarter of an hour late (D5.10), or the window began or ended within a period.
_CUT_OFF = 1


def period_of(days: int) -> timedelta:
    """How finely a window of so many days is measured."""
    return _SIX_HOURS if timedelta(days=days) < _LONG else _DAY


def periods_of(activity: Activity) -> int:
    length = activity.end - activity.start
    return math.ceil(length / period_of(length.days))


def is_dense(points: int, periods: int, cut_off: int = _CUT_OFF) -> bool:
    """Whether nearly every period has a datapoint: all but one in twenty and those that may be cut off."""
    return points >= max(1, math.floor(periods * _NEARLY) - cut_off)


def doubt(series: Collection[Series], what: str, activity: Activity, control: Series | None) -> str | None:
    """Why a measurement proves nothing, or None. `control`: samples of the instances that serve (D1.20, D1.28)."""
    if why := unread(series, what):
        return why
    periods = periods_of(activity)
    if any(is_dense(one.points, periods) for one in series):
        return None
    if is_running(control, activity):
        return None
    most = max(one.points for one in series)
    published = f"{what} published datapoints in only {most} of {periods} periods" if most else f"{what} was silent"
    return f"{published}, and nothing else confirms that its metrics can be read"


def is_running(control: Series | None, activity: Activity) -> bool:
    """Whether the instances left samples in nearly every period."""
    return control is not None and control.complete and is_dense(control.points, periods_of(activity))


def unread(series: Collection[Series], what: str) -> str | None:
    """Why a measurement is incomplete, or None (D1.27)."""
    if not series or not all(one.complete for one in series):
        return f"the traffic of {what} could not be read completely"
    return None


def silence(series: Collection[Series], activity: Activity) -> Silence | None:
    """What was published while no one called: the number that shows which of AWS's statements holds (D13.2)."""
    if not series:
        return None
    periods = periods_of(activity)
    if all(is_dense(one.points, periods) for one in series):
        return Silence.ZEROS
    return Silence.SOME if any(one.points for one in series) else Silence.NOTHING


def weakest(controls: Mapping[str, Series], serving: Collection[str]) -> Series | None:
    """The weakest control of all variants, or None where one has none: every variant needs its own."""
    found = [controls.get(variant) for variant in serving]
    known = [one for one in found if one is not None]
    if not known or len(known) < len(found):
        return None
    return min(known, key=lambda one: (one.complete, one.points))
