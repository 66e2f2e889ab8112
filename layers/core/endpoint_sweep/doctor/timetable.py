"""When a schedule starts the next sweep: EventBridge Scheduler does not say. No I/O."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"), start=1
    )
}
_DAYS = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), start=1)}
_AHEAD = 400  # days that are looked at
_CRON = re.compile(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)")


def next_run(expression: str, timezone: str, now: datetime) -> datetime | None:
    """In UTC. None where it is not known: a rate counts from a moment that no one tells, and rare forms of cron
    expressions (`L`, `W`, `#`) are not read.
    """
    found = _CRON.fullmatch(expression)
    try:
        if not found:
            return None
        return next(_times(found.groups(), now.astimezone(ZoneInfo(timezone))), None)
    except (ValueError, ZoneInfoNotFoundError):
        return None


def _times(fields: tuple[str, ...], now: datetime) -> Iterator[datetime]:
    minutes, hours = _read(fields[0], 0, 59), _read(fields[1], 0, 23)
    days, months = _read(fields[2], 1, 31), _read(fields[3], 1, 12, _MONTHS)
    weekdays, years = _read(fields[4], 1, 7, _DAYS), _read(fields[5], 1970, 2199)
    for ahead in range(_AHEAD):
        day = now.date() + timedelta(days=ahead)
        weekday = day.isoweekday() % 7 + 1  # Sunday is 1.
        if day.day in days and day.month in months and weekday in weekdays and day.year in years:
            for hour in sorted(hours):
                for minute in sorted(minutes):
                    at = datetime(day.year, day.month, day.day, hour, minute, tzinfo=now.tzinfo)
                    if at > now:
                        yield at.astimezone(UTC)


def _read(field: str, low: int, high: int, names: dict[str, int] | None = None) -> frozenset[int]:
    """The values of one field. Raises ValueError."""
    found: set[int] = set()
    for part in field.upper().split(","):
        span, _, step = part.partition("/")
        if span in ("*", "?"):
            first, last = low, high
        else:
            start, dash, end = span.partition("-")
            first = _number(start, names)
            last = _number(end, names) if dash else (high if step else first)
        found |= set(range(first, last + 1, int(step or 1)))
    return frozenset(found)


def _number(word: str, names: dict[str, int] | None) -> int:
    return (names or {}).get(word) or int(word)
