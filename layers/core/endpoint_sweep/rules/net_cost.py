"""What is really paid, shown with the list price: after Savings Plans, private prices and other discounts (D8.9).

Shown wherever it is known. Rules that protect use the higher of the two: a discount never spares a second approver.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from endpoint_sweep.domain.model import Finding, Verdict
from endpoint_sweep.rules.pricing import HIGHEST_RATE, HOURS_A_MONTH, STORAGE, PriceBook
from endpoint_sweep.rules.second_opinion import Answers, opinion

COMPUTE_OPTIMIZER = "Compute Optimizer, after discounts"
_CENT = Decimal("0.01")
_SCHEMA = 1

RateKey = tuple[str, str, str]  # account, region, instance type


@dataclass(frozen=True, slots=True)
class Paid:
    """What each account paid per instance-hour, and in which days. `is_net`: after private discounts too. `why_not`:
    why nothing is known; empty where no one was asked.
    """

    rates: Mapping[RateKey, Decimal] = field(default_factory=dict)
    start: date = date.min
    end: date = date.min
    is_net: bool = True
    why_not: str = ""

    @property
    def basis(self) -> str:
        metric = "net amortized cost" if self.is_net else "amortized cost"
        return f"Cost Explorer, {metric} of {self.start.isoformat()} to {self.end.isoformat()}"


@dataclass(frozen=True, slots=True)
class Bill:
    """What was paid for hours of one usage, as it adds up over answers."""

    usd: Decimal = Decimal(0)
    hours: Decimal = Decimal(0)

    def plus(self, usd: Decimal, hours: Decimal) -> "Bill":
        return Bill(self.usd + usd, self.hours + hours)

    @property
    def rate(self) -> Decimal | None:
        """Per hour. None for less than an hour, nothing paid, or an amount that cannot be true (BI-25)."""
        if self.hours < 1 or self.usd <= 0:
            return None
        rate = (self.usd / self.hours).quantize(Decimal("0.00000001"))
        return rate if 0 < rate <= HIGHEST_RATE else None


@dataclass(frozen=True, slots=True)
class NetTotal:
    """`monthly`: what is paid where that is `known`, and the list price of the others. `unpriced` have neither."""

    monthly: Decimal
    known: int
    count: int
    unpriced: int


def with_net(finding: Finding, answers: Answers, paid: Paid, book: PriceBook) -> Finding:
    """Compute Optimizer's figure where it names the endpoint, otherwise the bill's rate for its instances."""
    said = opinion(finding, answers)
    if said and said.net_monthly_usd is not None:
        return replace(finding, net_monthly_usd=said.net_monthly_usd, net_basis=COMPUTE_OPTIMIZER)
    if billed := _by_bill(finding, paid, book):
        return replace(finding, net_monthly_usd=billed[0], net_basis=billed[1])
    return finding


def _by_bill(finding: Finding, paid: Paid, book: PriceBook) -> tuple[Decimal, str] | None:
    """Unit price times 730 hours times instances; unknown as soon as one part is, or nothing is running."""
    hourly, volumes, has_volumes = Decimal(0), Decimal(0), False
    if finding.verdict is Verdict.ZERO_COST:
        return None
    for variant in finding.instances:
        if variant.count == 0:
            continue
        rate = paid.rates.get((finding.account, finding.region, variant.type or ""))
        if variant.count is None or variant.count < 0 or rate is None:
            return None
        hourly += rate * variant.count
        if (volume := variant.volume_gb or 0) > 0:
            has_volumes = True
            volumes += (book.hourly(finding.region, STORAGE) or 0) * volume * variant.count
    if not hourly:
        return None
    basis = f"{paid.basis}; volumes at list price" if has_volumes else paid.basis
    return (hourly * HOURS_A_MONTH + volumes).quantize(_CENT), basis


def highest(finding: Finding) -> Decimal | None:
    """The higher of list price and net price, for the rules that protect. None: neither is known."""
    known = [usd for usd in (finding.monthly_usd, finding.net_monthly_usd) if usd is not None]
    return max(known) if known else None


def likely(finding: Finding) -> Decimal | None:
    """What deleting it would save: the net price where it is known, otherwise the list price."""
    return finding.monthly_usd if finding.net_monthly_usd is None else finding.net_monthly_usd


def total_highest(findings: Iterable[Finding]) -> Decimal:
    return sum((usd for one in findings if (usd := highest(one)) is not None), Decimal(0))


def total_net(findings: Iterable[Finding]) -> NetTotal:
    rows = tuple(findings)
    amounts = [likely(one) for one in rows]
    return NetTotal(
        monthly=sum((usd for usd in amounts if usd is not None), Decimal(0)),
        known=sum(one.net_monthly_usd is not None for one in rows),
        count=len(rows),
        unpriced=amounts.count(None),
    )


def to_cache(paid: Paid, today: date) -> dict[str, Any]:
    """As plain JSON data, in a fixed order."""
    rows = [
        {"account": account, "region": region, "type": kind, "usd": f"{usd:f}"}
        for (account, region, kind), usd in sorted(paid.rates.items())
    ]
    days = {"start": paid.start.isoformat(), "end": paid.end.isoformat(), "as_of": today.isoformat()}
    return {"schema": _SCHEMA, "net": paid.is_net, "rates": rows, **days}


def from_cache(data: object, today: date) -> Paid | None:
    """What `to_cache` wrote on the same day. None for anything else: then Cost Explorer is asked again."""
    if not isinstance(data, Mapping) or data.get("schema") != _SCHEMA or data.get("as_of") != today.isoformat():
        return None
    try:
        rates = {
            (str(one["account"]), str(one["region"]), str(one["type"])): Decimal(one["usd"]) for one in data["rates"]
        }
        start, end = date.fromisoformat(data["start"]), date.fromisoformat(data["end"])
        is_net = bool(data["net"])
        if not all(0 < rate <= HIGHEST_RATE for rate in rates.values()):
            return None
    except (KeyError, TypeError, ValueError, InvalidOperation):
        return None
    return Paid(rates, start, end, is_net)


def asked_days(today: date) -> tuple[date, date]:
    """The last 30 days whose bill is nearly complete: it lags a day or two. The end is not part of them."""
    end = today - timedelta(days=2)
    return end - timedelta(days=30), end
