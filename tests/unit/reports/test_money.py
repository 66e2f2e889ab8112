"""Money in words: every figure says what it is."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from endpoint_sweep.reports.money import MoneyView, money_view, net_words, wasted_words
from endpoint_sweep.rules.net_cost import COMPUTE_OPTIMIZER
from tests.unit.samples import NOW, finding

CALLED = NOW - timedelta(days=10)
LISTED = replace(finding("listed"), monthly_usd=Decimal("100.00"))
PAID = replace(finding("paid"), monthly_usd=Decimal("1028.13"), net_monthly_usd=Decimal("719.69"))
PAID = replace(PAID, net_basis=COMPUTE_OPTIMIZER, wasted_usd=Decimal("4310.00"), wasted_since=CALLED)
PAID = replace(PAID, last_invocation_at=CALLED)


def test_a_total_shows_both_prices_and_of_how_many() -> None:
    """What is known after discounts for some counts with list price for the others, and says so."""
    both = money_view([LISTED, PAID])
    assert (both.monthly, both.net, both.net_known, both.count) == (Decimal("1128.13"), Decimal("819.69"), 1, 2)
    assert both.net_words == "per month after discounts, as far as they are known: for 1 of 2"
    assert both.doubts == ""
    alone = money_view([PAID])
    assert (alone.net, alone.net_words) == (Decimal("719.69"), "per month after discounts")


def test_without_net_prices_the_total_says_why() -> None:
    """The old sentence, and one line of what went wrong; hostile text in it is one line too."""
    listed = money_view([LISTED], "Cost Explorer was not read:\n\u202eDataUnavailableException")
    assert (listed.net, listed.monthly, listed.unpriced) == (None, Decimal("100.00"), 0)
    assert listed.doubts == (
        "Your actual cost may be lower because of Savings Plans, credits and private pricing. "
        "Cost Explorer was not read: DataUnavailableException."
    )
    assert money_view([]) == MoneyView(Decimal(0), 0, 0, None, 0, Decimal(0), False)


def test_what_was_spent_so_far() -> None:
    """Since the last call, since its creation, or at least since the measurement began."""
    made = replace(PAID, last_invocation_at=None, wasted_since=finding().created_at, net_monthly_usd=None)
    short = replace(PAID, last_invocation_at=None, wasted_at_least=True)
    assert wasted_words(PAID) == "$4,310.00 since its last call on 10 Nov 2026, after discounts"
    assert wasted_words(made) == "$4,310.00 since it was created on 22 Aug 2026, at list price"
    assert wasted_words(short) == ("at least $4,310.00 since 10 Nov 2026, when the measurement begins, after discounts")
    assert wasted_words(LISTED) == ""
    assert money_view([PAID]).wasted_figure == "$4,310.00"
    assert money_view([PAID, short]).wasted_figure == "at least $8,620.00"


def test_a_net_price_names_its_source() -> None:
    """And a basis without a price says nothing."""
    assert net_words(PAID) == "Compute Optimizer, after discounts"
    assert net_words(replace(PAID, net_monthly_usd=None)) == ""
