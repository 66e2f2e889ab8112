"""When an endpoint was called in the last 15 months: its last call, and whether the calls come at a rhythm. No I/O.

A monthly job is silent for most of a month, a quarterly one for most of a quarter: neither is idle (D1.29).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

DAY = timedelta(days=1)
# Calls on neighbouring days belong together: a job that runs over a weekend is one run.
_TOGETHER = timedelta(days=3)
# Two runs make a rhythm only where 15 months have no room for more.
_LONG = timedelta(days=60)
_MOST_JOBS, _FEW_OF_SEVERAL, _MANY_OF_SEVERAL = 3, 4, 5
_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Past:
    """The days on which a series was above zero, at midnight UTC, oldest first. `complete` as in D1.27."""

    days: tuple[datetime, ...] = ()
    complete: bool = True

    @classmethod
    def joined(cls, pasts: Iterable["Past"]) -> "Past":
        """Complete only if all are."""
        several = tuple(pasts)
        return cls(tuple(sorted({day for one in several for day in one.days})), all(one.complete for one in several))

    @property
    def last(self) -> datetime | None:
        return self.days[-1] if self.days else None


def rhythm(past: Past, now: datetime) -> timedelta | None:
    """The usual time between two runs of a job, if the next one may still come; else None.

    What is overdue by more than half a gap has ended. Several jobs may share an endpoint, each at its own time.
    """
    runs = _runs(past.days)
    found = (_usual(runs, jobs) for jobs in range(1, _MOST_JOBS + 1))
    return next((usual for usual in found if usual and now - runs[-1][0] <= usual * 1.5 + DAY), None)


def _usual(runs: Sequence[Sequence[datetime]], jobs: int) -> timedelta | None:
    """The usual time after which each of so many jobs runs again; None where that is not regular.

    Of one job the gaps are a quarter longer or shorter at most, and a run may be left out now and then. Of several they
    are an eighth at most, and none is left out as long as there are few, because calls that come now and then have more
    ways to look like several jobs.
    """
    gaps = [later[0] - earlier[0] for earlier, later in zip(runs, runs[jobs:], strict=False)]
    if len(gaps) < (1 if jobs == 1 else _FEW_OF_SEVERAL):
        return None
    usual = median(gap / DAY for gap in gaps) * DAY
    if len(gaps) == 1 and usual < _LONG:
        return None
    slack, steps = (usual / 4, (1, 2)) if jobs == 1 else (usual / 8, (1,))
    alike = sum(any(abs(gap - usual * times) <= slack for times in steps) for gap in gaps)
    short = all(run[-1] - run[0] <= usual / 2 for run in runs)
    thirds = 2 if jobs == 1 or len(gaps) >= _MANY_OF_SEVERAL else 3
    return usual if short and alike * 3 >= len(gaps) * thirds else None


def every(usual: timedelta) -> str:
    """`every month`, `every quarter`, or the number of days."""
    days = round(usual / DAY)
    names = ((7, 1, "week"), (14, 1, "two weeks"), (30, 3, "month"), (91, 9, "quarter"), (182, 15, "half-year"))
    for length, slack, name in (*names, (365, 20, "year")):
        if abs(days - length) <= slack:
            return f"every {name}"
    return f"every {days} days"


def told(past: Past) -> str:
    """`last call on 1 Nov 2026; before that on 1 Oct 2026 and 1 Sep 2026`, and how many days are not named."""
    if not past.days:
        return "no call in the last 15 months"
    *earlier, last = past.days
    if not earlier:
        return f"last call on {_day(last)}, the only day with calls in 15 months"
    shown = [_day(one) for one in reversed(earlier[-_SHOWN:])]
    more = len(earlier) - len(shown)
    rest = f"{', '.join(shown)} and {more} other {'day' if more == 1 else 'days'}" if more else _listed(shown)
    return f"last call on {_day(last)}; before that on {rest}"


def _runs(days: Sequence[datetime]) -> list[list[datetime]]:
    runs: list[list[datetime]] = []
    for day in days:
        if runs and day - runs[-1][-1] <= _TOGETHER:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def _listed(texts: list[str]) -> str:
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"


def _day(at: date) -> str:
    return f"{at.day} {at:%b %Y}"
