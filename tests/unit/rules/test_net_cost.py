"""What is really paid, beside the list price."""

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from endpoint_sweep.domain.model import Cell, Finding, Variant, Verdict
from endpoint_sweep.rules.decision_rules import Rules
from endpoint_sweep.rules.net_cost import (
    COMPUTE_OPTIMIZER,
    Bill,
    NetTotal,
    Paid,
    asked_days,
    from_cache,
    highest,
    likely,
    to_cache,
    total_highest,
    total_net,
    with_net,
)
from endpoint_sweep.rules.pricing import HIGHEST_RATE, STORAGE, Price, PriceBook
from endpoint_sweep.rules.quorum import quorum
from endpoint_sweep.rules.second_opinion import Answers, Opinion
from tests.unit.samples import ACCOUNT, ADA, ARN, REGION, finding, plan

CELL = Cell(ACCOUNT, REGION)
G5, M5 = "ml.g5.xlarge", "ml.m5.large"
BOOK = PriceBook({(REGION, STORAGE): Price(Decimal("0.14"), "test", "2026-08-02")})
TODAY = date(2026, 11, 20)
PAID = Paid({(ACCOUNT, REGION, G5): Decimal("0.9856")}, date(2026, 10, 19), date(2026, 11, 17))
BILL = "Cost Explorer, net amortized cost of 2026-10-19 to 2026-11-17"


def net(one: Finding, answers: Answers | None = None, paid: Paid = PAID, book: PriceBook = BOOK) -> tuple[Any, str]:
    found = with_net(one, answers or {}, paid, book)
    return found.net_monthly_usd, found.net_basis


def test_compute_optimizer_goes_before_the_bill() -> None:
    """It knows the endpoint itself; where it names no saving the bill is next (D13.16)."""
    said = {CELL: {ARN: Opinion(net_monthly_usd=Decimal("700.00"))}}
    assert net(finding(), said) == (Decimal("700.00"), COMPUTE_OPTIMIZER)
    assert net(finding(), {CELL: {ARN: Opinion()}}) == (Decimal("719.49"), BILL)
    assert net(finding("other"), said) == (Decimal("719.49"), BILL)


def test_the_bill_is_hours_times_instances() -> None:
    """The rate of its own account, region and type; volumes stay at list price."""
    two = replace(finding(), instances=(Variant("a", G5, 2, 100), Variant("b", G5, 0), Variant("c", "ml.off", 0)))
    assert net(two) == (Decimal("1466.98"), f"{BILL}; volumes at list price")
    assert net(two, book=PriceBook({})) == (Decimal("1438.98"), f"{BILL}; volumes at list price")
    assert net(replace(two, instances=(Variant("a", G5, 1, 0),)))[1] == BILL
    assert net(finding(), paid=replace(PAID, is_net=False))[1].startswith("Cost Explorer, amortized cost of")
    three = replace(two, instances=(Variant("off", "ml.off", 0, 100), Variant("a", G5, 1, 1), Variant("b", G5, 1, 199)))
    assert net(three) == (Decimal("1466.98"), f"{BILL}; volumes at list price")
    assert net(replace(two, instances=(Variant("a", G5, 1, 1),)))[1] == f"{BILL}; volumes at list price"


@pytest.mark.parametrize(
    "changes",
    [
        {"account": "333333333333"}, {"region": "eu-west-1"}, {"verdict": Verdict.ZERO_COST}, {"instances": ()},
        {"instances": (Variant("a", M5, 1),)}, {"instances": (Variant("a", G5, 1), Variant("b", M5, 1))},
        {"instances": (Variant("a", G5, None),)}, {"instances": (Variant("a", G5, -1),)},
        {"instances": (Variant("a", None, 1),)}, {"instances": (Variant("a", G5, 0),)},
    ],
)  # fmt: skip
def test_what_the_bill_does_not_know_is_not_known(changes: dict[str, Any]) -> None:
    """Another account or region, another type, a part of it, a count: list price alone."""
    assert net(replace(finding(), **changes)) == (None, "")
    assert net(finding(), paid=Paid()) == (None, "")


def test_rules_that_protect_use_the_higher_price() -> None:
    """A discount spares no second approver, and neither does a list price that is not known."""
    cheap = replace(finding("a"), monthly_usd=Decimal(10), net_monthly_usd=Decimal(7))
    dear = replace(finding("b"), monthly_usd=Decimal(10), net_monthly_usd=Decimal(12))
    listed, paid, neither = (
        replace(finding("c"), monthly_usd=Decimal(5)), replace(finding("d"), net_monthly_usd=Decimal(3)), finding("e")
    )  # fmt: skip
    rows = (cheap, dear, listed, paid, neither)
    assert [highest(one) for one in rows] == [10, 12, 5, 3, None]
    assert [likely(one) for one in rows] == [7, 12, 5, 3, None]
    assert total_highest(rows) == 30
    assert total_net(rows) == NetTotal(Decimal(27), known=3, count=5, unpriced=1)
    assert total_net(()) == NetTotal(Decimal(0), 0, 0, 0)
    assert {type(total_net(()).monthly), type(total_highest(()))} == {Decimal}


def test_a_discount_spares_no_second_approver() -> None:
    """The threshold of money looks at the higher price of each endpoint (S1.10)."""
    rules = Rules(approvers=(ADA, "grace@example.com"), two_above_usd=10_000)
    for listed, paid, needed in (
        (Decimal(10_001), 7_000, 2),
        (Decimal(7_000), 10_001, 2),
        (None, 10_001, 2),
        (Decimal(10_000), 10_000, 1),
    ):
        one = replace(finding(), monthly_usd=listed, net_monthly_usd=Decimal(paid))
        assert quorum(plan([one]), (one.id,), (ADA,), "", rules).needed == needed


def test_what_was_asked_today_is_remembered_until_midnight() -> None:
    """Through JSON and back, and nothing that does not fit."""
    document = json.loads(json.dumps(to_cache(PAID, TODAY)))
    assert from_cache(document, TODAY) == PAID
    highest_of_all = replace(PAID, is_net=False, rates={(ACCOUNT, REGION, G5): HIGHEST_RATE})
    assert from_cache(json.loads(json.dumps(to_cache(highest_of_all, TODAY))), TODAY) == highest_of_all
    assert from_cache(document, TODAY + timedelta(days=1)) is None
    row = document["rates"][0]
    strange: Any
    for strange in (
        None, [], document | {"schema": 2}, document | {"rates": 3}, document | {"start": "then"},
        document | {"rates": [row | {"usd": "NaN"}]}, document | {"rates": [row | {"usd": "0"}]},
        document | {"rates": [row | {"usd": "1e9"}]}, document | {"rates": [{}]},
        {key: value for key, value in document.items() if key != "net"},
    ):  # fmt: skip
        assert from_cache(strange, TODAY) is None


@pytest.mark.parametrize(
    ("usd", "hours", "expected"),
    [("14", "10", "1.4"), ("1", "1", "1"), ("1000", "1", "1000"), ("1", "3", "0.33333333"), ("14", "0.99", None),
     ("0", "10", None), ("-14", "10", None), ("1000.01", "1", None), ("0.0000001", "1000", None), ("0", "0", None)],
)  # fmt: skip
def test_a_rate_is_money_by_hours(usd: str, hours: str, expected: str | None) -> None:
    """Of several answers together; too few hours, nothing paid and the absurd are no rate (BI-25)."""
    bill = Bill().plus(Decimal(usd) / 2, Decimal(0)).plus(Decimal(usd) / 2, Decimal(hours))
    assert bill.rate == (expected and Decimal(expected))


def test_the_last_days_are_not_on_the_bill_yet() -> None:
    """Thirty days, the end exclusive."""
    assert asked_days(TODAY) == (date(2026, 10, 19), date(2026, 11, 18))
