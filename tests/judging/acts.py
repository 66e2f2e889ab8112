"""What people did on the page, written down apart from the product."""

from dataclasses import dataclass
from datetime import datetime

Key = tuple[str, str, str]  # account, region, endpoint name


@dataclass(frozen=True, slots=True)
class Act:
    """What one approver did: a selection to delete, or nothing, to keep everything.

    `at` is the product's clock. `is_sure`: the page said that it is recorded; else that this cannot be seen. `at_once`:
    without the grace period.
    """

    sweep: str
    approver: str
    selected: frozenset[Key]
    at: datetime
    is_sure: bool
    at_once: bool = False


def key_of(one: str) -> Key:
    """An id taken apart, without the type."""
    account, region, *_, name = one.split("/")
    return account, region, name
