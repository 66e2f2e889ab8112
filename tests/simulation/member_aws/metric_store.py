"""CloudWatch's storage for the simulation: one compact object per series, searched by bisection.

Zeros are not stored. A real-time variant publishes one datapoint per minute whether it is called or not (D1.23, D1.25),
so a `Pulse` says from when to when, and every question is answered by arithmetic, up to this very minute.
Times are epoch seconds.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from threading import RLock
from zlib import crc32

MINUTE = 60
DAY = 86_400
FORGOTTEN_AFTER = 14 * DAY  # ListMetrics drops a metric without data for two weeks (D5.4).

Dimensions = frozenset[tuple[str, str]]
Cell = tuple[str, str]


@dataclass(frozen=True, slots=True)
class SeriesKey:
    """What identifies a series: the dimension set is part of its identity (D1.9)."""

    namespace: str
    name: str
    dimensions: Dimensions

    @classmethod
    def of(cls, namespace: str, name: str, dimensions: Mapping[str, str]) -> "SeriesKey":
        return cls(namespace, name, frozenset(dimensions.items()))


@dataclass(frozen=True, slots=True)
class Pulse:
    """`samples` datapoints of `value` in every whole minute from `start` until `end` (None: still going on)."""

    start: float
    end: float | None = None
    value: float = 0.0
    samples: int = 1

    def minutes(self, start: float, end: float) -> int:
        """Whole minutes of the pulse in [start, end)."""
        first = -(-max(start, self.start) // MINUTE)
        after = -(-(end if self.end is None else min(end, self.end)) // MINUTE)
        return max(0, int(after - first))


@dataclass(frozen=True, slots=True)
class Summary:
    """One bucket of one series."""

    count: int
    total: float
    low: float
    high: float

    def statistic(self, name: str) -> float:
        values = {
            "Sum": self.total,
            "SampleCount": float(self.count),
            "Average": self.total / self.count,
            "Minimum": self.low,
            "Maximum": self.high,
        }
        return values[name]


STATISTICS = ("Sum", "SampleCount", "Average", "Minimum", "Maximum")


@dataclass(slots=True)
class Series:
    """One metric: pulses one after another, single datapoints sorted by time. The future is not there yet."""

    unit: str = "None"
    pulses: list[Pulse] = field(default_factory=list)
    times: "array[float]" = field(default_factory=lambda: array("d"))
    values: "array[float]" = field(default_factory=lambda: array("d"))

    def add(self, at: float, value: float) -> None:
        index = bisect_right(self.times, at)
        self.times.insert(index, at)
        self.values.insert(index, value)

    def extend(self, points: Iterable[tuple[float, float]]) -> None:
        """Many datapoints, sorted by time; fast where they follow what is there."""
        found = list(points)
        if found and self.times and found[0][0] < self.times[-1]:
            for at, value in found:
                self.add(at, value)
            return
        self.times.extend(at for at, _ in found)
        self.values.extend(value for _, value in found)

    def stop(self, at: float) -> None:
        """Nothing is published from `at` on: the endpoint is gone, its past stays (D3.8)."""
        self.pulses = [replace(one, end=at if one.end is None else one.end) for one in self.pulses]
        keep = bisect_left(self.times, at)
        del self.times[keep:]
        del self.values[keep:]

    def last_at(self, now: float) -> float | None:
        """The latest datapoint, or None where there never was one."""
        known = bisect_right(self.times, now)
        pulsed = (now if one.end is None else min(now, one.end) for one in self.pulses if one.minutes(0, now) > 0)
        return max((*self.times[max(0, known - 1) : known], *pulsed), default=None)

    def summary(self, start: float, end: float, now: float) -> Summary | None:
        """All datapoints in [start, end) up to now, or None where there is none: zero and missing differ (D1.25)."""
        end = min(end, now)
        low, high = bisect_left(self.times, start), bisect_left(self.times, end)
        if low == high and len(self.pulses) == 1:  # Almost every question ends here.
            pulse = self.pulses[0]
            samples = pulse.minutes(start, end) * pulse.samples
            return Summary(samples, pulse.value * samples, pulse.value, pulse.value) if samples else None
        points = self.values[low:high]
        count, total, values = len(points), sum(points), list(points)
        for pulse in self.pulses:
            if samples := pulse.minutes(start, end) * pulse.samples:
                # A call and the zero of the same minute are one datapoint on AWS.
                count, total = max(count, samples), total + pulse.value * samples
                values.append(pulse.value)
        return Summary(count, total, min(values), max(values)) if count else None

    def buckets(self, start: float, end: float, period: int, now: float) -> Iterator[tuple[float, Summary]]:
        """(bucket start, summary) ascending. Buckets lie on multiples of the period.

        Old data is coarser: a start over 15 days back needs a multiple of 300 s, over 63 days of 3,600 s,
        else there is silently nothing (D1.23).
        """
        age = now - start
        if (age > 63 * DAY and period % 3600) or (age > 15 * DAY and period % 300):
            return
        bucket = start // period * period
        while bucket < min(end, now):
            found = self.summary(max(bucket, start), min(bucket + period, end), now)
            if found is not None:
                yield bucket, found
            bucket += period


class MetricStore:
    """Every series of every account and region."""

    def __init__(self, silence: str = "zeros") -> None:
        """`silence`: what endpoints publish while no one calls them: `zeros`, `nothing`, or `mixed` (D13.2)."""
        self._silence = silence
        self._cells: dict[Cell, dict[SeriesKey, Series]] = {}
        self._lock = RLock()

    def publishes_zeros(self, name: str) -> bool:
        """Whether this endpoint or component reports zeros while no one calls it."""
        return self._silence == "zeros" or (self._silence == "mixed" and crc32(name.encode()) % 2 == 0)

    def put(self, cell: Cell, key: SeriesKey, series: Series) -> None:
        with self._lock:
            self._cells.setdefault(cell, {})[key] = series

    def get(self, cell: Cell, key: SeriesKey) -> Series | None:
        return self._cells.get(cell, {}).get(key)

    def add_point(self, cell: Cell, key: SeriesKey, at: float, value: float, unit: str = "None") -> None:
        with self._lock:
            series = self._cells.setdefault(cell, {}).setdefault(key, Series(unit=unit))
            series.add(at, value)

    def remembered(self, cell: Cell, now: float, within: float = FORGOTTEN_AFTER) -> Iterable[SeriesKey]:
        """The series with a datapoint in the last `within` seconds: all that ListMetrics knows (D5.4)."""
        with self._lock:
            items = list(self._cells.get(cell, {}).items())
        for key, series in items:
            last = series.last_at(now)
            if last is not None and now - last <= within:
                yield key

    def matching(self, cell: Cell, dimension: tuple[str, str]) -> list[tuple[SeriesKey, Series]]:
        """Every series that carries one dimension, such as all of one endpoint."""
        with self._lock:
            return [(key, one) for key, one in self._cells.get(cell, {}).items() if dimension in key.dimensions]
