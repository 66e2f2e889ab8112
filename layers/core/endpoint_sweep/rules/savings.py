"""What a sweep saves: promised when approved, realized while what was deleted stays gone. No I/O."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from endpoint_sweep.domain.model import CoverageStatus, Finding, Outcome, OutcomeStatus, ResourceId
from endpoint_sweep.rules.planning import Coverage, by_id
from endpoint_sweep.rules.pricing import total_monthly

_PRICE = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")


@dataclass(frozen=True, slots=True)
class Realized:
    """Resources that earlier sweeps deleted: how many stayed gone, came back, or cannot be checked now.

    `monthly`: the monthly list price in US dollars of those that stayed gone; `unpriced` of them have no known price.
    """

    gone: int = 0
    back: int = 0
    unseen: int = 0
    monthly: Decimal = Decimal(0)
    unpriced: int = 0

    @property
    def count(self) -> int:
        return self.gone + self.back + self.unseen


def promised(findings: Iterable[Finding], selected: Collection[ResourceId]) -> Decimal:
    """The monthly list price of the approved resources."""
    known = by_id(findings)
    return total_monthly(tuple(known[one] for one in selected if one in known))[0]


def acted(findings: Iterable[Finding], outcomes: Mapping[ResourceId, Outcome]) -> list[dict[str, Any]]:
    """The sweep's entry in the ledger: id, action and monthly price of each resource whose action is confirmed."""
    known = by_id(findings)
    return [
        {"id": str(one), "action": known[one].action, "monthly_usd": known[one].monthly_usd}
        for one, outcome in sorted(outcomes.items())
        if outcome.status is OutcomeStatus.DONE and one in known
    ]


def realized(earlier: Iterable[Mapping[str, Any]], coverage: Coverage, now_deleted: Collection[ResourceId]) -> Realized:
    """`earlier`: the ledger rows of other sweeps, oldest first. Each resource counts once."""
    prices = {one: price for sweep in earlier for one, price in _acted_in(sweep)}
    scanned = {row.cell for row in coverage.rows if row.status is CoverageStatus.SCANNED}
    there = {finding.id for row in coverage.rows for finding in row.findings}
    gone: list[Decimal | None] = []
    back = unseen = 0
    for one, price in prices.items():
        if one in now_deleted:
            continue
        if one in there:
            back += 1
        elif one.cell in scanned:
            gone.append(price)
        else:
            unseen += 1
    known = [price for price in gone if price is not None]
    return Realized(len(gone), back, unseen, sum(known, Decimal(0)), len(gone) - len(known))


def _acted_in(sweep: Mapping[str, Any]) -> Iterator[tuple[ResourceId, Decimal | None]]:
    """Id and price of each. Version 0.1.0 wrote `deleted`. What someone else wrote counts nothing."""
    rows = sweep.get("acted", sweep.get("deleted"))
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, Mapping) and (one := ResourceId.try_parse(row.get("id"))):
            price = str(row.get("monthly_usd"))
            yield one, Decimal(price) if _PRICE.fullmatch(price) else None
