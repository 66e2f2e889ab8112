"""Money in words: what the list says, what is paid after discounts, what was spent on idle resources so far."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from endpoint_sweep.domain.model import Finding
from endpoint_sweep.reports.text import clean, day, usd
from endpoint_sweep.rules.net_cost import total_net
from endpoint_sweep.rules.pricing import total_monthly
from endpoint_sweep.rules.waste import total_wasted


@dataclass(frozen=True, slots=True)
class MoneyView:
    """Sums of some findings, in US dollars. `monthly`: at list price, without the `unpriced`. `net`: after discounts
    for those where that is `net_known`, at list price for the others; None if it is known for none. `wasted`: what they
    cost since they were last used. `note`: why no bill was read.
    """

    monthly: Decimal
    unpriced: int
    count: int
    net: Decimal | None
    net_known: int
    wasted: Decimal
    wasted_at_least: bool
    note: str = ""

    @property
    def net_words(self) -> str:
        """What follows the figure."""
        if self.net_known == self.count:
            return "per month after discounts"
        return f"per month after discounts, as far as they are known: for {self.net_known} of {self.count}"

    @property
    def wasted_figure(self) -> str:
        return f"at least {usd(self.wasted)}" if self.wasted_at_least else usd(self.wasted)

    @property
    def doubts(self) -> str:
        """What the reader has to know of these figures."""
        known = (
            ""
            if self.net is not None
            else "Your actual cost may be lower because of Savings Plans, credits and private pricing."
        )
        return " ".join(part for part in (known, f"{self.note}." if self.note else "") if part)


def money_view(findings: Iterable[Finding], note: str = "") -> MoneyView:
    """`note`: of a plan."""
    rows = tuple(findings)
    monthly, unpriced = total_monthly(rows)
    net = total_net(rows)
    wasted, at_least = total_wasted(rows)
    return MoneyView(
        monthly, unpriced, len(rows), net.monthly if net.known else None, net.known, wasted, at_least, clean(note, 300)
    )


def wasted_words(finding: Finding) -> str:
    """What was spent on it since its last call. Empty where that is not known."""
    if finding.wasted_usd is None or finding.wasted_since is None:
        return ""
    amount, since = usd(finding.wasted_usd), day(finding.wasted_since)
    price = "at list price" if finding.net_monthly_usd is None else "after discounts"
    if finding.wasted_at_least:
        return f"at least {amount} since {since}, when the measurement begins, {price}"
    if finding.wasted_since == finding.last_invocation_at:
        return f"{amount} since its last call on {since}, {price}"
    return f"{amount} since it was created on {since}, {price}"


def net_words(finding: Finding) -> str:
    """Where its price after discounts comes from. Empty where it is not known."""
    return "" if finding.net_monthly_usd is None else clean(finding.net_basis, 200)
