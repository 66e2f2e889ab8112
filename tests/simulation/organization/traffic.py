"""Traffic of one variant as a small value: which datapoints its `Invocations` series would hold.

Times are relative to "now", in days, so that a world built today and one built next year are the same world.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Traffic:
    """Calls of one variant. `zeros`: a datapoint is published every minute, called or not (D1.25).

    `per_hour` calls arrive in every hour of the variant's life, `per_minute` in every minute; `last` is one burst of
    (days ago, count).
    """

    zeros: bool = True
    per_hour: int = 0
    last: tuple[float, int] | None = None
    per_minute: int = 0

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

    @property
    def is_silent(self) -> bool:
        """Whether no datapoint at all is published."""
        return not self.zeros and not self.per_hour and not self.per_minute and self.last is None

    def called_within(self, days: float) -> bool:
        """Whether a call falls into the last `days` days."""
        return (
            self.per_hour > 0
            or self.per_minute > 0
            or (self.last is not None and self.last[0] <= days and self.last[1] > 0)
        )
