"""Rows of a page by account and region."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from endpoint_sweep.reports.views import RowView


@dataclass(frozen=True, slots=True)
class GroupView:
    """The rows of one account in one region."""

    account: str
    account_name: str
    region: str
    rows: "tuple[RowView, ...]"
    monthly: Decimal
    unpriced: int


@dataclass(frozen=True, slots=True)
class AccountView:
    """One account's groups, the most expensive first, and their sum."""

    account: str
    account_name: str
    groups: tuple[GroupView, ...]
    count: int
    monthly: Decimal
    unpriced: int


def by_account(rows: "Iterable[RowView]") -> tuple[AccountView, ...]:
    """Accounts, their regions and the rows in those, each sorted most expensive first."""
    views = []
    for account, members in groupby(sorted(rows, key=_place), key=lambda row: row.account):
        of_account = tuple(members)
        groups = [_group(tuple(of_region)) for _, of_region in groupby(of_account, key=_place)]
        groups.sort(key=lambda one: (-one.monthly, one.region))
        sums = _sum(of_account)
        views.append(AccountView(account, of_account[0].account_name, tuple(groups), len(of_account), *sums))
    return tuple(sorted(views, key=lambda one: (-one.monthly, one.account)))


def _place(row: "RowView") -> tuple[str, str]:
    return row.account, row.region


def _group(rows: "tuple[RowView, ...]") -> GroupView:
    ordered = tuple(sorted(rows, key=lambda row: (-(row.monthly or 0), row.name)))
    return GroupView(rows[0].account, rows[0].account_name, rows[0].region, ordered, *_sum(rows))


def _sum(rows: "Iterable[RowView]") -> tuple[Decimal, int]:
    """The sum of the known monthly prices, and how many rows have none."""
    prices = [row.monthly for row in rows]
    return sum((price for price in prices if price is not None), Decimal(0)), prices.count(None)
