"""Which rows the list shows, in which order, and which of them a button selects. Nothing here decides anything."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from typing import Self

from endpoint_sweep.domain.model import Verdict
from endpoint_sweep.reports.grouping import sum_of
from endpoint_sweep.reports.text import clean
from endpoint_sweep.reports.views import RowView

_NUMBER = re.compile(r"[0-9]{1,6}", re.ASCII)
ROWS = 100  # on a page: what a person reads, and what a browser shows at once


class Grouping(StrEnum):
    """What the rows are grouped by."""

    ACCOUNT = "account"
    OWNER = "owner"
    REGION = "region"
    INSTANCES = "instances"
    NONE = "none"


class Sorting(StrEnum):
    """What comes first within a group."""

    COST = "cost"
    IDLE = "idle"
    NAME = "name"
    OWNER = "owner"


GROUPINGS = {
    Grouping.ACCOUNT: "Account",
    Grouping.OWNER: "Owner",
    Grouping.REGION: "Region",
    Grouping.INSTANCES: "Instance type",
    Grouping.NONE: "One list",
}
SORTINGS = {
    Sorting.COST: "Most expensive first",
    Sorting.IDLE: "Longest idle first",
    Sorting.NAME: "Name",
    Sorting.OWNER: "Owner",
}


@dataclass(frozen=True, slots=True)
class Look:
    """How a person looks at the list. `find`: words that a row must contain, each somewhere."""

    find: str = ""
    grouping: Grouping = Grouping.ACCOUNT
    sorting: Sorting = Sorting.COST
    page: int = 1

    @classmethod
    def of(cls, find: str, grouping: str, sorting: str, page: str) -> Self:
        """Whatever a form says: what is not understood is the default."""
        return cls(
            clean(find),
            Grouping(grouping) if grouping in set(Grouping) else Grouping.ACCOUNT,
            Sorting(sorting) if sorting in set(Sorting) else Sorting.COST,
            int(page) if _NUMBER.fullmatch(page) else 1,
        )


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of an account, an owner, …, which is their `key`, and their sum. No button selects what is not `idle`,
    but barely used.
    """

    key: str
    rows: tuple[RowView, ...]
    idle: bool
    monthly: Decimal
    unpriced: int


def matching(rows: Iterable[RowView], find: str) -> list[RowView]:
    """The rows that contain every word, in any case: in the name, owner, account, region, instances, kind or a tag."""
    words = find.casefold().split()
    return [row for row in rows if all(word in row.words for word in words)]


def key_of(row: RowView, grouping: Grouping) -> str:
    match grouping:
        case Grouping.ACCOUNT:
            return row.account
        case Grouping.OWNER:
            return row.owner
        case Grouping.REGION:
            return row.region
        case Grouping.INSTANCES:
            return row.instances
        case Grouping.NONE:
            return ""


def groups_of(rows: Sequence[RowView], look: Look) -> list[Group]:
    """The groups, idle ones before barely used ones, the most expensive first."""
    found = []
    for idle in (True, False):
        some = [row for row in rows if (row.verdict == Verdict.IDLE) is idle]
        some.sort(key=lambda row: key_of(row, look.grouping))
        keyed = groupby(some, lambda row: key_of(row, look.grouping))
        ordered = ((key, tuple(_sorted(members, look.sorting))) for key, members in keyed)
        groups = [Group(key, members, idle, *sum_of(members)) for key, members in ordered]
        found += sorted(groups, key=lambda group: (-group.monthly, group.key))
    return found


def dearest(rows: Iterable[RowView]) -> list[RowView]:
    """The most expensive first; those without a price come last."""
    return sorted(rows, key=lambda row: (-(row.monthly or 0), row.id))


def on_page(groups: Sequence[Group], page: int) -> tuple[list[tuple[Group, tuple[RowView, ...]]], int, int]:
    """The groups of a page with their rows on it, the page's number and how many there are."""
    pages = max(1, -(-sum(len(group.rows) for group in groups) // ROWS))
    page = min(max(page, 1), pages)
    start, shown = (page - 1) * ROWS, []
    for group in groups:
        rows = group.rows[max(start, 0) : max(start + ROWS, 0)]
        if rows:
            shown.append((group, rows))
        start -= len(group.rows)
    return shown, page, pages


def _sorted(rows: Iterable[RowView], sorting: Sorting) -> list[RowView]:
    by_cost = dearest(rows)
    match sorting:
        case Sorting.COST:
            return by_cost
        case Sorting.IDLE:
            # No call at all is longer than any.
            return sorted(by_cost, key=lambda row: row.last_invocation_at.timestamp() if row.last_invocation_at else 0)
        case Sorting.NAME:
            return sorted(by_cost, key=lambda row: row.title.casefold())
        case Sorting.OWNER:
            return sorted(by_cost, key=lambda row: row.owner.casefold())
