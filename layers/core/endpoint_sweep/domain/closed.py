"""What cannot be offered for its account's sake."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Closed:
    """What is idle in accounts that do not let the hub delete. `noun`: `endpoint`, or `resource` for several types."""

    count: int
    accounts: int
    monthly_usd: Decimal
    unpriced: int
    noun: str
