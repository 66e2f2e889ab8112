"""Money: what is not known is unknown, never zero."""

import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from endpoint_sweep.domain.model import Finding, Variant
from endpoint_sweep.rules.pricing import STORAGE, Cost, Price, PriceBook, believable, total_monthly, with_cost
from tests.unit.samples import finding

G5, M5 = "ml.g5.xlarge", "ml.m5.large"
TODAY = date(2026, 11, 21)
TABLE = {("us-east-1", G5): Price(Decimal("1.4084"), "test", "2026-08-01")}
BOOK = PriceBook(TABLE)


class FakePriceList:
    """Answers from a mapping and remembers what it was asked."""

    def __init__(self, prices: Mapping[tuple[str, str], str]) -> None:
        self.prices = {key: Decimal(usd) for key, usd in prices.items()}
        self.asked: list[tuple[str, ...]] = []

    def hosting(self, region: str, types: Collection[str]) -> Mapping[str, Decimal]:
        self.asked.append((region, *types))
        return {one: usd for (where, one), usd in self.prices.items() if where == region}

    def storage(self, region: str) -> Decimal | None:
        self.asked.append((region, STORAGE))
        return self.prices.get((region, STORAGE))


def cost(one: Finding, book: PriceBook) -> Cost:
    return book.cost_of(one.region, one.instances)


def test_a_known_price_is_hours_times_instances_times_730() -> None:
    """Three instances at 1.4084 an hour."""
    one = replace(finding(), instances=(Variant("a", G5, 1), Variant("b", G5, 2)))
    priced = with_cost(one, cost(one, BOOK))
    assert (priced.hourly_usd, priced.monthly_usd) == (Decimal("4.2252"), Decimal("3084.40"))
    assert priced.price_basis == "test, 2026-08-01"


@pytest.mark.parametrize(
    ("region", "variants", "why"),
    [
        ("us-east-1", [Variant("a", "ml.unheard.of", 1)], "the list price of ml.unheard.of in us-east-1 is not known"),
        ("us-east-1", [Variant("a", None, 1)], "the list price of its instance type in us-east-1 is not known"),
        ("us-east-1", [Variant("a", G5, None)], "the instance count of variant a is not known"),
        ("us-east-1", [Variant("a", G5, -1)], "the instance count of variant a is not known"),
        ("us-east-1", [Variant("a", G5, 1), Variant("b", "ml.unheard.of", 1)], "the list price of ml.unheard.of"),
        ("us-east-1", [Variant("a", G5, 0), Variant("b", G5, None)], "the instance count of variant b"),
        ("eu-west-1", [Variant("a", G5, 1)], "the list price of ml.g5.xlarge in eu-west-1 is not known"),
    ],
    ids=["type", "no type", "no count", "negative", "one of two", "zero and no count", "region"],
)
def test_unknown_is_never_zero(region: str, variants: list[Variant], why: str) -> None:
    """As soon as one part is not known the whole is not, and why is said."""
    one = replace(finding(), region=region, instances=tuple(variants), hourly_usd=Decimal(0), monthly_usd=Decimal(0))
    priced = with_cost(one, cost(one, BOOK))
    assert (priced.hourly_usd, priced.monthly_usd) == (None, None)
    assert cost(one, BOOK).basis.startswith(why)


@pytest.mark.parametrize("kind", [None, "ml.unheard.of", G5])
def test_no_instance_costs_nothing(kind: str | None) -> None:
    """Scaled to zero, whatever its type would cost."""
    found = cost(replace(finding(), instances=(Variant("a", kind, 0), Variant("b", kind, 0))), BOOK)
    assert (found.hourly_usd, found.monthly_usd) == (Decimal(0), Decimal(0))
    assert found.basis == "it has no running instances"


def test_volumes_are_added_to_the_month() -> None:
    """Each instance has one (D8.5); where their price is not known the sum says that it is without them."""
    one = replace(finding(), instances=(Variant("a", G5, 2, 100), Variant("shadow", G5, 1)))
    known = cost(one, PriceBook(TABLE | {("us-east-1", STORAGE): Price(Decimal("0.14"), "test", "2026-08-02")}))
    assert (known.hourly_usd, known.monthly_usd) == (Decimal("4.2252"), Decimal("3112.40"))
    assert known.basis == "test, 2026-08-01; volumes: test, 2026-08-02"
    without = cost(one, BOOK)
    both = replace(one, instances=(Variant("a", G5, 2, 100), Variant("b", G5, 1, 1)))
    priced = PriceBook(TABLE | {("us-east-1", STORAGE): Price(Decimal("0.14"), "test", "2026-08-02")})
    assert cost(both, priced).monthly_usd == Decimal("3112.54")
    assert without.monthly_usd == Decimal("3084.40")
    assert without.basis == "test, 2026-08-01; storage volumes not included"


def test_every_type_of_a_pool_counts() -> None:
    """An instance pool is several types under one variant (D0.7, D8.7)."""
    book = PriceBook(TABLE | {("us-east-1", M5): Price(Decimal("0.115"), "test", "2026-08-01")})
    one = replace(finding(), instances=(Variant("AllTraffic", G5, 1), Variant("AllTraffic", M5, 2)))
    assert cost(one, book).hourly_usd == Decimal("1.6384")


def test_what_the_price_list_says_goes_before_the_table() -> None:
    """Only the types that run are asked for, one question a region; what is not answered falls back to the table."""
    said = FakePriceList({("us-east-1", M5): "0.115", ("us-east-1", "ml.not.asked"): "9", ("eu-west-1", G5): "1.57"})
    findings = [
        replace(finding("a"), instances=(Variant("a", M5, 1), Variant("b", G5, 1))),
        replace(finding("b"), instances=(Variant("a", M5, 3), Variant("b", "ml.at.zero", 0), Variant("c", None, 1))),
        replace(finding("c"), region="eu-west-1", instances=(Variant("a", G5, 1, 50),)),
    ]
    book = BOOK.completed(findings, said, TODAY)
    assert said.asked == [("eu-west-1", G5), ("us-east-1", G5, M5), ("eu-west-1", STORAGE)]
    assert cost(findings[0], book).basis == "AWS Price List API, 2026-11-21; test, 2026-08-01"
    assert cost(findings[2], book).basis == "AWS Price List API, 2026-11-21; storage volumes not included"
    assert book.hourly("us-east-1", "ml.not.asked") is None
    assert BOOK.hourly("us-east-1", M5) is None, "the book that was asked stays as it is"


def test_a_book_asks_nothing_twice() -> None:
    """What the price list answered before is not asked for again."""
    said = FakePriceList({("us-east-1", G5): "1.5", ("us-east-1", STORAGE): "0.2"})
    findings = [replace(finding(), instances=(Variant("a", G5, 1, 10),))]
    book = BOOK.completed(findings, said, TODAY)
    said.asked.clear()
    assert book.completed(findings, said, TODAY).hourly("us-east-1", G5) == Decimal("1.5")
    assert book.price_of("us-east-1", STORAGE) == Price(Decimal("0.2"), "AWS Price List API", "2026-11-21")
    assert said.asked == []


def test_a_cached_book_says_the_day_on_which_it_was_read() -> None:
    """Through JSON and back; prices that have become too old are asked for anew."""
    said = FakePriceList({("us-east-1", "ml.new.type"): "2.50"})
    findings = [replace(finding(), instances=(Variant("a", "ml.new.type", 1),))]
    document = json.loads(json.dumps(BOOK.completed(findings, said, TODAY).to_cache()))
    later = PriceBook.from_cache(document, TODAY + timedelta(days=30))
    assert cost(findings[0], later).basis == "AWS Price List API, 2026-11-21"
    assert later.to_cache() == document
    assert PriceBook.from_cache(document, TODAY).hourly("us-east-1", "ml.new.type") == Decimal("2.50")
    assert PriceBook.from_cache(document, TODAY + timedelta(days=31)).hourly("us-east-1", "ml.new.type") is None
    assert PriceBook.from_cache(document, TODAY - timedelta(days=1)).hourly("us-east-1", "ml.new.type") is None


ROW = {"region": "us-east-1", "type": "ml.x", "usd": "1.00", "as_of": "2026-11-20"}


@pytest.mark.parametrize(
    "document",
    [
        None, [], "text", {}, {"schema": 2, "prices": [ROW]}, {"schema": 1, "prices": {}}, {"schema": 1, "prices": [3]},
        *({"schema": 1, "prices": [ROW | change]} for change in (
            {"usd": "0"}, {"usd": "-1"}, {"usd": 1}, {"usd": "1e308"}, {"as_of": "yesterday"}, {"as_of": None},
            {"region": ""}, {"type": None})),
    ],
)  # fmt: skip
def test_a_cache_that_does_not_fit_is_no_cache(document: Any) -> None:
    """The table is still there; nothing unbelievable comes in by this door."""
    book = PriceBook.from_cache(document, TODAY)
    assert book.hourly("us-east-1", "ml.x") is None
    assert book.hourly("us-east-1", G5) == Decimal("1.4084")
    assert book.to_cache()["prices"] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0.2300000000", "0.23"), ("0.0150000000", "0.015"), ("5.0000000000", "5.00"), ("113.068", "113.068"),
     ("1000", "1000.00")],
)  # fmt: skip
def test_a_believable_price_is_written_plainly(text: str, expected: str) -> None:
    """No tail of zeros, no exponent."""
    assert str(believable(text)) == expected


@pytest.mark.parametrize(
    "amount",
    ["0", "0.0000000000", "-1", "+1", "1e308", "1E2", "1001", "NaN", "Infinity", "", " 1", "1_0", "1.", "١", "free",
     None, 1, 1.5, True, [], Decimal(1)],
)  # fmt: skip
def test_an_unbelievable_price_is_none(amount: object) -> None:
    """Zero, negative, absurd and no number at all (BI-25)."""
    assert believable(amount) is None


def test_a_sum_says_how_many_it_leaves_out() -> None:
    """Known ones are added, unknown ones counted."""
    findings = (
        replace(finding("a"), monthly_usd=Decimal(10)),
        finding("b"),
        replace(finding("c"), monthly_usd=Decimal(5)),
    )
    assert total_monthly(findings) == (Decimal(15), 1)
    nothing, unknown = total_monthly(())
    assert (repr(nothing), unknown) == ("Decimal('0')", 0)


def test_the_shipped_table_names_source_and_date_of_every_price() -> None:
    """Each row is believable, of a hosting type or of volumes, with where and when it was read."""
    prices = PriceBook.from_table()._table
    assert len(prices) > 20
    for (region, kind), price in prices.items():
        assert region.count("-") >= 2
        assert kind.startswith("ml.") or kind == STORAGE
        assert believable(str(price.usd)) is not None
        assert price.source
        assert "2025-01-01" <= price.as_of <= "2026-11-20"
