"""What an endpoint costs: its instances by the list, nothing where deleting it saves nothing, else unknown."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from endpoint_sweep.domain.model import Kind, Variant, Verdict
from endpoint_sweep.resources.endpoint.cost import cost
from endpoint_sweep.rules.pricing import Cost, Price, PriceBook
from tests.unit.samples import finding

G5, M5 = "ml.g5.xlarge", "ml.m5.large"
BOOK = PriceBook({("us-east-1", G5): Price(Decimal("1.4084"), "test", "2026-08-01")})


def test_serverless_capacity_is_not_priced_by_its_missing_instances() -> None:
    """On demand an idle one costs nothing; not described, it is not known whether it is (D8.8)."""
    serverless = replace(finding(), kind=Kind.SERVERLESS, instances=(Variant("a", None, 0),))
    assert cost(serverless, BOOK) == Cost(None, None, "the price of serverless capacity is not known")
    free = Cost(Decimal(0), Decimal(0), "billed per request")
    assert cost(replace(serverless, verdict=Verdict.ZERO_COST), BOOK) == free


def ready(memory: int | None, count: int | None, name: str = "a") -> Variant:
    return Variant(name, None, None, memory_mb=memory, provisioned=count)


@pytest.mark.parametrize(
    ("variants", "monthly", "basis"),
    [
        # 730 hours of 3,600 seconds, three calls at a time
        ((ready(4096, 3),), Decimal("157.68"), "test, 2026-08-01"),
        ((ready(4096, 2), ready(4096, 1, "b")), Decimal("157.68"), "test, 2026-08-01"),
        ((ready(4096, 3), ready(1024, None, "b")), Decimal("157.68"), "test, 2026-08-01"),
        ((ready(2048, 3),), None, "the list price of provisioned concurrency with 2,048 MB in us-east-1 is not known"),
        ((ready(4500, 3),), None, "the list price of provisioned concurrency with 4,500 MB in us-east-1 is not known"),
        ((ready(4096, 3), ready(2048, 1)), None, "the list price of provisioned concurrency with 2,048 MB"),
        ((ready(None, 3),), None, "what variant a keeps ready is not known"),
        ((ready(4096, None),), None, "what it keeps ready is not known"),
        ((ready(4096, 3), Variant("b", G5, 1)), None, "what variant b keeps ready is not known"),
        ((), None, "the price of serverless capacity is not known"),
    ],
)
def test_provisioned_concurrency_costs_its_seconds(
    variants: tuple[Variant, ...], monthly: Decimal | None, basis: str
) -> None:
    """Of the whole, or it is unknown: never zero, and never a part of it."""
    rate = Price(Decimal("0.00002"), "test", "2026-08-01")
    book = PriceBook({("us-east-1", "provisioned-concurrency-4gb"): rate})
    found = cost(finding(kind=Kind.SERVERLESS_PROVISIONED, instances=variants), book)
    assert (found.monthly_usd, found.basis[: len(basis)]) == (monthly, basis)
    assert cost(finding(kind=Kind.SERVERLESS_PROVISIONED, instances=(ready(4096, 1),)), BOOK).monthly_usd is None


def test_prepaid_capacity_saves_nothing() -> None:
    """However dear its instances are by the list (D1.35)."""
    found = cost(replace(finding(), verdict=Verdict.ZERO_COST), BOOK)
    assert (found.hourly_usd, found.monthly_usd) == (Decimal(0), Decimal(0))
    assert "prepaid" in found.basis


def test_instances_cost_what_they_cost_in_its_region() -> None:
    """A list price is one of a region; another region's says nothing."""
    assert cost(finding(), BOOK) == Cost(Decimal("1.4084"), Decimal("1028.13"), "test, 2026-08-01")
    assert cost(finding(region="eu-west-1"), BOOK).monthly_usd is None


def test_an_endpoint_without_a_variant_has_no_known_price() -> None:
    """It was not described, so no one knows what runs."""
    found = cost(replace(finding(), instances=()), BOOK)
    assert (found.hourly_usd, found.monthly_usd, found.basis) == (None, None, "its instances are not known")


COUNTS, GIGABYTES = st.sampled_from([None, 0, 1, 7]), st.sampled_from([None, 10])
VARIANTS = st.builds(Variant, st.just("v"), st.sampled_from([G5, M5, None]), COUNTS, GIGABYTES)


@given(st.lists(VARIANTS, max_size=4))
def test_an_endpoint_that_runs_is_never_free(variants: list[Variant]) -> None:
    """Either the whole is known and above zero, or it is unknown, in whatever order its parts come."""
    running = any(variant.count is None or variant.count for variant in variants)
    orders = (variants, variants[::-1])
    (monthly,) = {cost(replace(finding(), instances=tuple(order)), BOOK).monthly_usd for order in orders}
    if running or not variants:
        assert monthly is None or monthly > 0
    else:
        assert monthly == 0
