"""List prices of real-time hosting. What is not in the dated table is unknown, never zero (D8.12)."""

import csv
from dataclasses import dataclass, replace
from decimal import Decimal
from importlib import resources

from endpoint_sweep.model import Finding, Variant

HOURS_A_MONTH = 730  # D8.7


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars an instance-hour on demand, with where and when it was read."""

    usd: Decimal
    source: str
    as_of: str


class PriceBook:
    """(region, instance type) to price."""

    def __init__(self, prices: dict[tuple[str, str], Price]) -> None:
        self._prices = prices

    @classmethod
    def from_table(cls) -> "PriceBook":
        """The table that ships with the package: `prices.csv`, one row a region and type, with source and date."""
        text = resources.files("endpoint_sweep").joinpath("prices.csv").read_text(encoding="utf-8")
        rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
        return cls({(r["region"], r["type"]): Price(Decimal(r["usd_per_hour"]), r["source"], r["as_of"]) for r in rows})

    def hourly(self, region: str, instance_type: str | None) -> Decimal | None:
        price = self._prices.get((region, instance_type or ""))
        return price.usd if price else None

    def priced(self, finding: Finding) -> Finding:
        """The finding with its hourly and monthly cost; both None as soon as one part is unknown."""
        hourly = self._hourly_of(finding.region, finding.instances)
        if hourly is None:
            return finding
        return replace(finding, hourly_usd=hourly, monthly_usd=(hourly * HOURS_A_MONTH).quantize(Decimal("0.01")))

    def _hourly_of(self, region: str, instances: tuple[Variant, ...]) -> Decimal | None:
        total = Decimal(0)
        for variant in instances:
            price = self.hourly(region, variant.type)
            if price is None or variant.count is None:
                return None
            total += price * variant.count
        return total if instances else None


def total_monthly(findings: tuple[Finding, ...]) -> tuple[Decimal, int]:
    """The sum of the known monthly costs, and how many are not known."""
    known = [finding.monthly_usd for finding in findings if finding.monthly_usd is not None]
    return sum(known, Decimal(0)), len(findings) - len(known)
