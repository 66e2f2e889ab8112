"""Prices and bills of a sweep, with what earlier sweeps asked for.

What is remembered counts only if the step that joins the findings signed it, because money decides whether two people
are needed.
"""

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from endpoint_sweep.domain.documents import digest, sealed_digest, to_json
from endpoint_sweep.domain.errors import DocumentNotFound
from endpoint_sweep.domain.model import Finding
from endpoint_sweep.ports import Bills, Maker, Seals, SecondWitness, Store
from endpoint_sweep.resources.resource_type import ResourceTypes
from endpoint_sweep.rules.net_cost import Paid, from_cache, to_cache, with_net
from endpoint_sweep.rules.pricing import PriceBook, PriceList, with_cost
from endpoint_sweep.rules.second_opinion import Answers, opinion, witness
from endpoint_sweep.rules.waste import with_waste

PRICES = "prices/read.json"
PAID = "prices/paid.json"


@dataclass(frozen=True, slots=True)
class Sources:
    """Who knows what endpoints cost. `bills`: None where no role to ask with is given."""

    price_list: PriceList
    optimizer: SecondWitness
    bills: Bills | None = None


def list_prices(
    findings: Iterable[Finding], store: Store, seals: Seals, price_list: PriceList, today: date
) -> PriceBook:
    """AWS's list prices of the last days, with missing ones requested again, over the dated table."""
    rows = [finding for finding in findings if finding.instances]
    book = PriceBook.from_cache(_remembered(PRICES, store, seals), today).completed(rows, price_list, today)
    _remember(PRICES, book.to_cache(), store, seals)
    return book


def paid_prices(store: Store, seals: Seals, bills: Bills | None, today: date) -> Paid:
    """One question a day; none where no role to ask with is given. What failed is asked again by the next sweep."""
    if bills is None:
        return Paid()
    known = from_cache(_remembered(PAID, store, seals), today)
    if known is not None:
        return known
    paid = bills.paid(today)
    if not paid.why_not:
        _remember(PAID, to_cache(paid, today), store, seals)
    return paid


def with_money(
    finding: Finding, types: ResourceTypes, book: PriceBook, answers: Answers, paid: Paid, now: datetime
) -> Finding:
    """Adds list price, net price, waste, and what Compute Optimizer says. It changes nothing else."""
    priced = with_net(with_cost(finding, types[finding.type].cost(finding, book)), answers, paid, book)
    return with_waste(_witnessed(priced, answers), now)


def _witnessed(finding: Finding, answers: Answers) -> Finding:
    said, known = witness(finding, answers), opinion(finding, answers)
    return replace(finding, witness=said.value, witness_note=known.note if known else "") if said else finding


def _remembered(name: str, store: Store, seals: Seals) -> Any:
    with suppress(DocumentNotFound, ValueError):
        there = store.read(name)
        if seals.is_authentic(Maker.FINDINGS, sealed_digest(name, digest(there.body)), there.mac):
            return json.loads(there.body)
    return None


def _remember(name: str, data: dict[str, Any], store: Store, seals: Seals) -> None:
    body = to_json(data)
    store.put(name, body, mac=seals.mac(Maker.FINDINGS, sealed_digest(name, digest(body))))
