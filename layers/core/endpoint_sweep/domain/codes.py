"""What is written down of the codes that are emailed for a link. Pure data."""

from dataclasses import dataclass, replace
from datetime import datetime

from endpoint_sweep.domain.documents import sealed_digest


@dataclass(frozen=True, slots=True)
class Code:
    """Six emailed digits. `hash` is over the link's secret, too: the table alone cannot be searched.

    `number`: the first, second … code of its link.
    """

    hash: str
    mailed_at: datetime
    expires_at: datetime
    number: int = 1


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes of one link that may still be valid, oldest first, and at least the newest one. How often they were
    guessed is counted in `Tries`. `mac` is over everything else.
    """

    approval: str
    link: str
    codes: tuple[Code, ...]
    mac: str = ""

    @property
    def newest(self) -> int:
        """The number of the code that was emailed last."""
        return max((one.number for one in self.codes), default=0)

    @property
    def digest(self) -> bytes:
        """SHA-256 of everything but the MAC: what the MAC is made over."""
        return sealed_digest(f"codes {self.approval} {self.link}", replace(self, mac=""))


@dataclass(frozen=True, slots=True)
class Tries:
    """How many codes were emailed for a link, and how many guesses were made since. Neither ever goes down."""

    codes: int = 0
    guesses: int = 0
    used_up: bool = False
