"""When a schedule of EventBridge Scheduler is due: `at`, `rate` and `cron` expressions (D15.4). No I/O."""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from endpoint_sweep.domain.errors import ScheduleUnreadable

_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
_DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
_FORM = re.compile(r"(at|rate|cron)\((.+)\)")
_RATE = re.compile(r"([1-9][0-9]{0,5})\s+(minute|hour|day)s?")
_PART = re.compile(r"(?:\*|([0-9A-Z]+)(?:-([0-9A-Z]+))?)(?:/([0-9]+))?")
_NEAREST, _LAST, _NTH = (re.compile(form) for form in (r"([0-9]+)W", r"([0-9A-Z]+)L", r"([0-9A-Z]+)#([1-5])"))

type _Fits = Callable[[date], bool]


@dataclass(frozen=True, slots=True)
class _Cron:
    minutes: list[int]
    hours: list[int]
    day_fits: _Fits


def next_due(expression: str, zone: tzinfo, after: datetime, until: datetime) -> datetime | None:
    """The first time after `after` and not after `until` when a sweep has to start; None if there is none.

    A rate counts from `after`. Raises ScheduleUnreadable.
    """
    found = _FORM.fullmatch(expression.strip())
    if not found:
        raise ScheduleUnreadable(f"{expression!r} is no at, rate or cron expression of EventBridge Scheduler")
    kind, inner = found[1], found[2].strip()
    if kind == "cron":
        return _next_of(_cron(inner), zone, after, until)
    due = after.astimezone(UTC) + _interval(inner) if kind == "rate" else _moment(inner, zone)
    return due if after < due <= until else None


def _interval(inner: str) -> timedelta:
    found = _RATE.fullmatch(inner)
    if not found:
        raise ScheduleUnreadable(f"rate({inner}) must be a number and minutes, hours or days")
    return int(found[1]) * _UNITS[found[2]]


def _moment(inner: str, zone: tzinfo) -> datetime:
    try:
        return datetime.strptime(inner, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=zone).astimezone(UTC)
    except ValueError as error:
        raise ScheduleUnreadable(f"at({inner}) must be a time such as 2026-11-20T06:00:00") from error


def _next_of(cron: _Cron, zone: tzinfo, after: datetime, until: datetime) -> datetime | None:
    day, last = after.astimezone(zone).date(), until.astimezone(zone).date()
    while day <= last:
        times = (datetime.combine(day, time(hour, minute)) for hour in cron.hours for minute in cron.minutes)
        for local in times if cron.day_fits(day) else ():
            due = local.replace(tzinfo=zone).astimezone(UTC)
            # A time that is skipped when clocks go forward has no run; one that is repeated has one.
            is_real = due.astimezone(zone).replace(tzinfo=None) == local
            if is_real and after < due <= until:
                return due
        day += timedelta(days=1)
    return None


def _cron(inner: str) -> _Cron:
    fields = inner.upper().split()
    if len(fields) != 6:
        raise ScheduleUnreadable(f"cron({inner}) must have six fields")
    minutes, hours, month_days, months, week_days, years = fields
    in_month, in_week = _month_day(month_days), _week_day(week_days)
    of_year, of_years = set(_numbers(months, 1, 12, _MONTHS)), set(_numbers(years, 1970, 2199))

    def day_fits(day: date) -> bool:
        return day.month in of_year and day.year in of_years and in_month(day) and in_week(day)

    return _Cron(_numbers(minutes, 0, 59), _numbers(hours, 0, 23), day_fits)


def _numbers(field: str, low: int, high: int, names: list[str] | None = None) -> list[int]:
    """`*`, `3`, `1-5`, `0/15`, `*/15`, `MON-FRI` and lists of these, in order. A range may wrap: `FRI-MON`."""
    found: set[int] = set()
    for part in field.split(","):
        parsed = _PART.fullmatch(part)
        if not parsed or parsed[3] == "0":
            raise ScheduleUnreadable(f"{part!r} is not understood in a cron expression")
        step = int(parsed[3] or 1)
        first = low if parsed[1] is None else _number(parsed[1], low, high, names)
        if parsed[2] is not None:
            last = _number(parsed[2], low, high, names)
        else:
            last = high if parsed[1] is None or parsed[3] else first
        size = high - low + 1
        found |= {low + (one - low) % size for one in range(first, last + (size if last < first else 0) + 1, step)}
    return sorted(found)


def _number(word: str, low: int, high: int, names: list[str] | None) -> int:
    number = low + names.index(word) if names and word in names else int(word) if word.isdecimal() else -1
    if not low <= number <= high:
        raise ScheduleUnreadable(f"{word!r} is not between {low} and {high} in a cron expression")
    return number


def _month_day(field: str) -> _Fits:
    """`?`, numbers, `L` the last day, `LW` the last weekday, `15W` the weekday nearest to the 15th."""
    if field == "?":
        return lambda _: True
    if field == "L":
        return lambda day: day.day == _last(day)
    if field == "LW":
        return lambda day: day.day == _weekday_near(day, _last(day))
    if found := _NEAREST.fullmatch(field):
        wanted = _number(found[1], 1, 31, None)
        return lambda day: wanted <= _last(day) and day.day == _weekday_near(day, wanted)
    numbers = set(_numbers(field, 1, 31))
    return lambda day: day.day in numbers


def _week_day(field: str) -> _Fits:
    """`?`, numbers from Sunday 1, names, `L` Saturday, `6L` the last Friday of the month, `3#2` its second Tuesday."""
    if field == "?":
        return lambda _: True
    if field == "L":
        return lambda day: _of_week(day) == 7
    if found := _LAST.fullmatch(field):
        wanted = _number(found[1], 1, 7, _DAYS)
        return lambda day: _of_week(day) == wanted and day.day > _last(day) - 7
    if found := _NTH.fullmatch(field):
        wanted, nth = _number(found[1], 1, 7, _DAYS), int(found[2])
        return lambda day: _of_week(day) == wanted and (day.day - 1) // 7 == nth - 1
    numbers = set(_numbers(field, 1, 7, _DAYS))
    return lambda day: _of_week(day) in numbers


def _of_week(day: date) -> int:
    return day.isoweekday() % 7 + 1


def _last(day: date) -> int:
    return monthrange(day.year, day.month)[1]


def _weekday_near(day: date, wanted: int) -> int:
    """The day of this month from Monday to Friday that is nearest to a day of it; it never leaves the month."""
    week_day = day.replace(day=wanted).isoweekday()
    if week_day == 6:
        return wanted - 1 if wanted > 1 else wanted + 2
    if week_day == 7:
        return wanted + 1 if wanted < _last(day) else wanted - 2
    return wanted
