"""Money: what is not known is unknown, never zero."""

from dataclasses import replace
from decimal import Decimal

import pytest

from endpoint_sweep.model import Variant
from endpoint_sweep.pricing import Price, PriceBook, total_monthly

from tests.unit.samples import finding

BOOK = PriceBook({("us-east-1", "ml.g5.xlarge"): Price(Decimal("1.4084"), "test", "2026-08-01")})


def test_a_known_price_is_hours_times_instances_times_730() -> None:
    """Three instances at 1.4084 an hour."""
    one = replace(finding(), instances=(Variant("a", "ml.g5.xlarge", 1), Variant("b", "ml.g5.xlarge", 2)))
    priced = BOOK.priced(one)
    assert (priced.hourly_usd, priced.monthly_usd) == (Decimal("4.2252"), Decimal("3084.40"))


@pytest.mark.parametrize(
    ("region", "variants"),
    [
        ("us-east-1", [Variant("a", "ml.unheard.of", 1)]),
        ("us-east-1", [Variant("a", None, 1)]),
        ("us-east-1", [Variant("a", "ml.g5.xlarge", None)]),
        ("us-east-1", [Variant("a", "ml.g5.xlarge", 1), Variant("b", "ml.unheard.of", 1)]),
        ("us-east-1", []),
        ("eu-west-1", [Variant("a", "ml.g5.xlarge", 1)]),
    ],
    ids=["type", "no type", "no count", "one of two", "no variant", "region"],
)
def test_unknown_is_never_zero(region: str, variants: list[Variant]) -> None:
    """As soon as one part is not known the whole is not."""
    priced = BOOK.priced(replace(finding(), region=region, instances=tuple(variants)))
    assert (priced.hourly_usd, priced.monthly_usd) == (None, None)


def test_a_sum_says_how_many_it_leaves_out() -> None:
    """Known ones are added, unknown ones counted."""
    findings = (replace(finding("a"), monthly_usd=Decimal(10)), finding("b"), replace(finding("c"), monthly_usd=Decimal(5)))
    assert total_monthly(findings) == (Decimal(15), 1)
    assert total_monthly(()) == (Decimal(0), 0)


def test_the_shipped_table_names_source_and_date_of_every_price() -> None:
    """Each row is above zero, of a real-time type, with where and when it was read."""
    prices = PriceBook.from_table()._prices
    assert len(prices) > 20
    for (region, kind), price in prices.items():
        assert region.count("-") >= 2
        assert kind.startswith("ml.")
        assert price.usd > 0
        assert price.source
        assert price.as_of >= "2025-01-01"
