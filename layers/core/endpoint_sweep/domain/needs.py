"""What something in one cell needs in another: an inference router its destinations, in any account and region."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Need:
    """`why` is the reason that a person reads of the resource, or of the part of one, that has this ARN."""

    arn: str
    why: str


@dataclass(frozen=True, slots=True)
class Needs:
    """Of one cell. `unread`: why they are not all known, or empty."""

    known: tuple[Need, ...] = ()
    unread: str = ""


NOTHING: Final = Needs()
