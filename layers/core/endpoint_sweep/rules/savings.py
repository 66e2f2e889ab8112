"""What deletions save: promised when approved, realized while the deleted endpoints stay gone. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from endpoint_sweep.domain.model import CoverageStatus, EndpointId, Finding, Outcome, OutcomeStatus
from endpoint_sweep.rules.planning import Coverage, by_id
from endpoint_sweep.rules.pricing import total_monthly


@dataclass(frozen=True, slots=True)
class Realized:
    """Endpoints that earlier sweeps deleted: how many stayed gone, came back, or cannot be checked now.

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


def promised(findings: Iterable[Finding], selected: Collection[EndpointId]) -> Decimal:
    """The monthly list price of the approved endpoints."""
    known = by_id(findings)
    return total_monthly(tuple(known[one] for one in selected if one in known))[0]


def deleted(findings: Iterable[Finding], outcomes: Mapping[EndpointId, Outcome]) -> list[dict[str, Any]]:
    """The sweep's entry in the ledger: id and monthly price of each endpoint that is confirmed gone."""
    known = by_id(findings)
    return [
        {"id": str(one), "monthly_usd": known[one].monthly_usd if one in known else None}
        for one, outcome in sorted(outcomes.items())
        if outcome.status is OutcomeStatus.DELETED
    ]


def realized(earlier: Iterable[Mapping[str, Any]], coverage: Coverage, now_deleted: Collection[EndpointId]) -> Realized:
    """`earlier`: the ledger rows of other sweeps, oldest first. Each endpoint counts once."""
    prices = {row["id"]: row.get("monthly_usd") for sweep in earlier for row in sweep.get("deleted", [])}
    scanned = {row.cell for row in coverage.rows if row.status is CoverageStatus.SCANNED}
    there = {finding.id for row in coverage.rows for finding in row.findings}
    gone: list[str | None] = []
    back = unseen = 0
    for text, price in prices.items():
        one = EndpointId(*text.split("/"))
        if one in now_deleted:
            continue
        if one in there:
            back += 1
        elif one.cell in scanned:
            gone.append(price)
        else:
            unseen += 1
    known = [Decimal(price) for price in gone if price is not None]
    return Realized(len(gone), back, unseen, sum(known, Decimal(0)), len(gone) - len(known))
