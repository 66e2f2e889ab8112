"""The path from an approval to an action, whatever the type of the resource: its points, and what ends it. No I/O."""

import re
from dataclasses import dataclass
from enum import StrEnum

from endpoint_sweep.domain.model import Component, OutcomeStatus

_SOURCE_IDENTITY = 64
MAX_LOOKS = 60  # at a resource whose action is in progress, or at its parts


class Checkpoint(StrEnum):
    """Where the path can stop, in order (S3.11).

    Each comes just before its action: a stop at `delete` has sent nothing, a stop at `outcome` everything.
    """

    KILL_SWITCH = "kill-switch"
    DECISION = "decision"
    ROLE = "role"
    FINGERPRINT = "fingerprint"
    TAGS = "tags"
    TRAFFIC = "traffic"
    BUNDLE = "bundle"
    INTENT = "intent"
    LAST_LOOK = "last-look"
    DELETE = "delete"
    OUTCOME = "outcome"


class Kept(Exception):
    """The resource is kept, and why. `alarm`: the metric if only tampering can cause this."""

    def __init__(self, status: OutcomeStatus, reason: str, alarm: str = "") -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.alarm = alarm


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a resource that have to go before it: all that are `there`, those to delete next, and those whose
    deletion is under way. A type without parts has none.
    """

    there: tuple[Component, ...] = ()
    next: tuple[Component, ...] = ()
    under_way: tuple[Component, ...] = ()

    @property
    def are_gone(self) -> bool:
        return not self.next and not self.under_way


def source_identity(sweep_id: str, approver: str) -> str:
    """Who approved, and in which sweep, for the member account's CloudTrail: 2 to 64 of `[\\w+=,.@-]` (D9.5).

    The approver comes first, cut after 40 characters. The hub's table has both in full.
    """
    said = f"{approver[:40]},{sweep_id}"
    return re.sub(r"[^\w+=,.@-]", "-", said, flags=re.ASCII)[:_SOURCE_IDENTITY]
