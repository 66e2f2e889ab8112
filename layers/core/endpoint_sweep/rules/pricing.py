"""Hosting list prices. A price that is in neither AWS's price list nor the dated table is unknown, not zero (D8.12).

A list price is an upper bound: Savings Plans, private pricing and credits lower the bill (D8.9).
"""

import csv
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any, Protocol

from endpoint_sweep.domain.model import Finding, Variant

HOURS_A_MONTH = 730  # D8.7
STORAGE = "storage"  # Used like an instance type: the price of a GB-month of an instance's volume (D8.5).
_SECONDS_AN_HOUR = 3600
_MB_A_GB = 1024
LIST_PRICE = "AWS Price List API"
MAX_AGE = timedelta(days=30)
_CENT = Decimal("0.01")
HIGHEST_RATE = Decimal(1000)  # The most expensive hosting type costs about a tenth of this per hour.
_AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,20})?")

Key = tuple[str, str]  # region, instance type or STORAGE


class PriceList(Protocol):
    """AWS's prices today. Never raises: missing and implausible answers are left out."""

    def hosting(self, region: str, types: Collection[str]) -> Mapping[str, Decimal]:
        """On-demand US dollars per instance-hour, by instance type."""

    def storage(self, region: str) -> Decimal | None:
        """US dollars per GB-month of an instance's volume."""

    def doubt(self, region: str, what: str) -> str:
        """Why it has no price for an instance type, as far as it knows; otherwise empty."""


@dataclass(frozen=True, slots=True)
class Price:
    """On-demand US dollars per instance-hour (or GB-month), with source and date."""

    usd: Decimal
    source: str
    as_of: str

    def __str__(self) -> str:
        return f"{self.source}, {self.as_of}"


@dataclass(frozen=True, slots=True)
class Cost:
    """A resource's list price and its basis, or why the price is not known (then both amounts are None)."""

    hourly_usd: Decimal | None
    monthly_usd: Decimal | None
    basis: str


_FREE = Decimal("0.00")


def ready_type(gigabytes: int) -> str:
    """Used like an instance type: the price of a second of one concurrent call that is kept ready with this memory."""
    return f"provisioned-concurrency-{gigabytes}gb"


def believable(amount: object) -> Decimal | None:
    """The price list's text as dollars (BI-25). None for zero, a sign, an exponent, a non-number, or an implausibly
    large amount.
    """
    if not isinstance(amount, str) or not _AMOUNT.fullmatch(amount):
        return None
    value = Decimal(amount)
    if not 0 < value <= HIGHEST_RATE:
        return None
    # `0.2300000000` reads 0.23, and 5.0000000000 reads 5.00.
    return value.quantize(_CENT) if value == value.quantize(_CENT) else value.normalize()


def _rows(text: str) -> dict[Key, Price]:
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return {(r["region"], r["type"]): Price(Decimal(r["usd"]), r["source"], r["as_of"]) for r in rows}


@cache
def _shipped() -> dict[Key, Price]:
    return _rows(resources.files("endpoint_sweep").joinpath("prices.csv").read_text(encoding="utf-8"))


class PriceBook:
    """(region, instance type) to price. AWS's price list overrides the table that ships with the package."""

    def __init__(
        self,
        table: Mapping[Key, Price],
        read: Mapping[Key, Price] | None = None,
        doubts: Mapping[Key, str] | None = None,
    ) -> None:
        self._table = table
        self._read = dict(read or {})
        self._doubts = dict(doubts or {})

    @property
    def listed(self) -> dict[Key, Price]:
        """The rows of the table."""
        return dict(self._table)

    @classmethod
    def from_table(cls, text: str = "") -> "PriceBook":
        """Only the table: one row per region and type, with source and date. `text`: another than `prices.csv`."""
        return cls(_rows(text) if text else _shipped())

    @classmethod
    def from_cache(cls, data: object, today: date, max_age: timedelta = MAX_AGE) -> "PriceBook":
        """The table, overridden by what `to_cache` wrote, except old prices. A malformed document is ignored."""
        rows = data.get("prices") if isinstance(data, Mapping) and data.get("schema") == 1 else None
        read: dict[Key, Price] = {}
        for row in rows if isinstance(rows, list) else []:
            if isinstance(row, Mapping) and (price := _cached(row, today, max_age)):
                read[str(row["region"]), str(row["type"])] = price
        return cls(cls.from_table().listed, read)

    def to_cache(self) -> dict[str, Any]:
        """The prices from AWS's price list as plain JSON data, in a fixed order."""
        rows = [
            {"region": region, "type": what, "usd": str(price.usd), "as_of": price.as_of}
            for (region, what), price in sorted(self._read.items())
        ]
        return {"schema": 1, "prices": rows}

    def completed(self, findings: Iterable[Finding], price_list: PriceList, today: date) -> "PriceBook":
        """A book with prices for every instance type of these findings, one request per region."""
        types: dict[str, set[str]] = defaultdict(set)
        with_volumes: set[str] = set()
        for finding in findings:
            # A variant without instances costs nothing, whatever its type.
            running = [variant for variant in finding.instances if variant.count]
            types[finding.region] |= {variant.type for variant in running if variant.type}
            if any(variant.volume_gb for variant in running):
                with_volumes.add(finding.region)
        read, doubts = dict(self._read), dict(self._doubts)
        for region in sorted(types):
            if wanted := sorted(one for one in types[region] if (region, one) not in read):
                found = price_list.hosting(region, wanted)
                read |= {(region, one): _today(found[one], today) for one in wanted if one in found}
                doubts |= {(region, one): price_list.doubt(region, one) for one in wanted if one not in found}
        for region in sorted(with_volumes):
            if (region, STORAGE) not in read and (rate := price_list.storage(region)) is not None:
                read[region, STORAGE] = _today(rate, today)
        return PriceBook(self._table, read, doubts)

    def price_of(self, region: str, what: str | None) -> Price | None:
        key = (region, what or "")
        return self._read.get(key) or self._table.get(key)

    def hourly(self, region: str, instance_type: str | None) -> Decimal | None:
        price = self.price_of(region, instance_type)
        return price.usd if price else None

    def cost_of_ready(self, region: str, variants: tuple[Variant, ...]) -> Cost:
        """Provisioned concurrency: seconds of what is kept ready, whether or not anyone calls (D8.8)."""
        hourly, sources = Decimal(0), list[str]()
        for one in variants:
            if one.type or one.memory_mb is None:
                return Cost(None, None, f"what variant {one.variant} keeps ready is not known")
            if not one.provisioned:
                continue  # Billed by the request.
            gigabytes, rest = divmod(one.memory_mb, _MB_A_GB)
            price = None if rest else self.price_of(region, ready_type(gigabytes))
            if price is None:
                size = f"{one.memory_mb:,} MB in {region}"
                return Cost(None, None, f"the list price of provisioned concurrency with {size} is not known")
            hourly += price.usd * _SECONDS_AN_HOUR * one.provisioned
            sources.append(str(price))
        if not sources:
            return Cost(None, None, "what it keeps ready is not known")
        return Cost(hourly, (hourly * HOURS_A_MONTH).quantize(_CENT), "; ".join(dict.fromkeys(sources)))

    def cost_of(self, region: str, instances: tuple[Variant, ...]) -> Cost:
        """Instance-hours times 730, plus the monthly volume cost (D8.7).

        Unknown if any instance count or instance price is. Volumes without a price are left out, and the basis says so.
        """
        hourly, volumes, sources = Decimal(0), Decimal(0), list[str]()
        for variant in instances:
            if variant.count is None or variant.count < 0:
                return Cost(None, None, f"the instance count of variant {variant.variant} is not known")
            if variant.count == 0:
                continue
            price = self.price_of(region, variant.type)
            if price is None:
                why = self._doubts.get((region, variant.type or ""))
                unknown = f"the list price of {variant.type or 'its instance type'} in {region} is not known"
                return Cost(None, None, f"{unknown}: {why}" if why else unknown)
            hourly += price.usd * variant.count
            sources.append(str(price))
            if (volume := variant.volume_gb or 0) > 0:
                rate = self.price_of(region, STORAGE)
                volumes += rate.usd * volume * variant.count if rate else 0
                sources.append(f"volumes: {rate}" if rate else "storage volumes not included")
        if not sources:
            return Cost(_FREE, _FREE, "it has no running instances")
        return Cost(hourly, (hourly * HOURS_A_MONTH + volumes).quantize(_CENT), "; ".join(dict.fromkeys(sources)))


def with_cost(finding: Finding, cost: Cost) -> Finding:
    return replace(finding, hourly_usd=cost.hourly_usd, monthly_usd=cost.monthly_usd, price_basis=cost.basis)


def total_monthly(findings: tuple[Finding, ...]) -> tuple[Decimal, int]:
    """The sum of the known monthly costs, and how many are unknown."""
    known = [finding.monthly_usd for finding in findings if finding.monthly_usd is not None]
    return sum(known, Decimal(0)), len(findings) - len(known)


def _today(usd: Decimal, today: date) -> Price:
    return Price(usd, LIST_PRICE, today.isoformat())


def _cached(row: Mapping[Any, Any], today: date, max_age: timedelta) -> Price | None:
    usd, as_of = believable(row.get("usd")), row.get("as_of")
    if usd is None or not isinstance(as_of, str) or not row.get("region") or not row.get("type"):
        return None
    try:
        age = today - date.fromisoformat(as_of)
    except ValueError:
        return None
    return Price(usd, LIST_PRICE, as_of) if timedelta(0) <= age <= max_age else None
