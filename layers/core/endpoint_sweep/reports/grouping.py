"""Rows of a page by account, and their sums."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from endpoint_sweep.reports.views import RowView


@dataclass(frozen=True, slots=True)
class AccountView:
    """The sum of one account."""

    account: str
    account_name: str
    count: int
    monthly: Decimal
    unpriced: int


def by_account(rows: "Iterable[RowView]") -> tuple[AccountView, ...]:
    """The most expensive first."""
    views = []
    for account, members in groupby(sorted(rows, key=_account), key=_account):
        of_account = tuple(members)
        views.append(AccountView(account, of_account[0].account_name, len(of_account), *sum_of(of_account)))
    return tuple(sorted(views, key=lambda one: (-one.monthly, one.account)))


def sum_of(rows: "Iterable[RowView]") -> tuple[Decimal, int]:
    """The sum of the known monthly prices, and how many rows have none."""
    prices = [row.monthly for row in rows]
    return sum((price for price in prices if price is not None), Decimal(0)), prices.count(None)


def _account(row: "RowView") -> str:
    return row.account
