"""Traffic of one variant as a small value: which datapoints its `Invocations` series would hold.

Times are relative to "now", in days, so that a world built today and one built next year are the same world.
"""

from dataclasses import dataclass

REMEMBERED_DAYS = 455.0


@dataclass(frozen=True, slots=True)
class Traffic:
    """Calls of one variant. `zeros`: a datapoint is published every minute, called or not (D1.25).

    `per_hour` calls arrive in every hour of the variant's life, `per_minute` in every minute; `last` is one burst of
    (days ago, count). `rhythm`: one burst every so many days, the last of them so many days ago: (every, last, count).
    """

    zeros: bool = True
    per_hour: int = 0
    last: tuple[float, int] | None = None
    per_minute: int = 0
    rhythm: tuple[float, float, int] | None = None

    @classmethod
    def none(cls) -> "Traffic":
        """No one calls it: zeros all its life (D1.25)."""
        return cls()

    @classmethod
    def silent(cls) -> "Traffic":
        """No datapoint at all, of no metric: like a wrong region or a broken pipeline (D1.27)."""
        return cls(zeros=False)

    @classmethod
    def steady(cls, per_hour: int) -> "Traffic":
        """Called `per_hour` times in every hour."""
        return cls(per_hour=per_hour)

    @classmethod
    def last_seen(cls, days_ago: float, count: int = 1) -> "Traffic":
        """`count` calls once, `days_ago` days ago, and zeros at all other times."""
        return cls(last=(days_ago, count))

    @classmethod
    def canary(cls, per_minute: int = 1) -> "Traffic":
        """A synthetic check calls it every minute, and no one else does (D1.31)."""
        return cls(per_minute=per_minute)

    @classmethod
    def regular(cls, every_days: float, last_days_ago: float, count: int = 100) -> "Traffic":
        """A job that calls `count` times every so many days, and zeros in between (D1.29)."""
        return cls(rhythm=(every_days, last_days_ago, count))

    @property
    def bursts(self) -> tuple[tuple[float, int], ...]:
        """(days ago, count), the oldest first, as far back as CloudWatch remembers (D1.23)."""
        if self.rhythm is None:
            return (self.last,) if self.last else ()
        every, last, count = self.rhythm
        runs = int((REMEMBERED_DAYS - last) / every)
        return tuple((last + every * number, count) for number in range(runs, -1, -1))

    @property
    def is_expected(self) -> bool:
        """Whether the next run of a rhythm may still come: it is overdue by less than half of it."""
        return self.rhythm is not None and self.rhythm[1] < self.rhythm[0] * 1.5

    @property
    def is_silent(self) -> bool:
        """Whether no datapoint at all is published."""
        return not self.zeros and not self.per_hour and not self.per_minute and not self.bursts

    def called_within(self, days: float) -> bool:
        """Whether a call falls into the last `days` days."""
        return self.per_hour > 0 or self.per_minute > 0 or any(at <= days and count > 0 for at, count in self.bursts)
