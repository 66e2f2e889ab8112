"""What an idle endpoint has cost since it was last used."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from endpoint_sweep.domain.model import Finding, Verdict
from endpoint_sweep.rules.waste import total_wasted, with_waste
from tests.unit.samples import NOW, finding

PRICED = replace(finding(), monthly_usd=Decimal("730.00"))


def wasted(**changes: Any) -> tuple[Any, Any, bool]:
    found = with_waste(replace(PRICED, **changes), NOW)
    return found.wasted_usd, found.wasted_since, found.wasted_at_least


def test_since_the_last_call() -> None:
    """A dollar an hour for ten days; after discounts where that is known."""
    last = NOW - timedelta(days=10)
    assert wasted(last_invocation_at=last) == (Decimal("240.00"), last, False)
    assert wasted(last_invocation_at=last, net_monthly_usd=Decimal("365.00"))[0] == Decimal("120.00")
    assert wasted(last_invocation_at=last, monthly_usd=None, net_monthly_usd=Decimal("365.00"))[0] == Decimal("120.00")


def test_whole_seconds_count() -> None:
    """At a dollar a second, the one that has not passed yet costs nothing."""
    last = NOW - timedelta(days=1, milliseconds=900)
    assert wasted(last_invocation_at=last, monthly_usd=Decimal(730 * 3600))[0] == Decimal("86400.00")


def test_since_it_was_made_where_its_whole_life_was_measured() -> None:
    """No one ever called it."""
    made = NOW - timedelta(days=13)
    assert wasted(created_at=made) == (Decimal("312.00"), made, False)
    called_before_it_was_there = NOW - timedelta(days=13, hours=1)
    assert wasted(created_at=made, last_invocation_at=called_before_it_was_there)[1:] == (made, False)


def test_at_least_as_long_as_cloudwatch_remembers() -> None:
    """What was before is not known: it may have been called the day before (D1.23)."""
    assert wasted() == (Decimal("2160.00"), NOW - timedelta(days=90), False)
    found = wasted(created_at=NOW - timedelta(days=456))
    assert found == (Decimal("10920.00"), NOW - timedelta(days=455), True)
    assert wasted(created_at=NOW - timedelta(days=455)) == (Decimal("10920.00"), NOW - timedelta(days=455), False)


def test_what_only_its_protection_keeps_is_wasted_as_well() -> None:
    """It is listed apart, with this sum."""
    assert wasted(verdict=Verdict.PROTECTED, unprotected=Verdict.IDLE)[0] == Decimal("2160.00")


@pytest.mark.parametrize("changes", [{"verdict": Verdict.BUSY}, {"verdict": Verdict.PROTECTED}, {"monthly_usd": None}])
def test_nothing_is_said_where_nothing_is_known(changes: dict[str, Any]) -> None:
    """Nor of what is not idle."""
    assert wasted(**changes) == (None, None, False)


def test_a_call_in_the_future_wastes_nothing() -> None:
    """Clocks differ."""
    assert wasted(last_invocation_at=NOW + timedelta(minutes=1))[0] == Decimal("0.00")


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ((), (Decimal(0), False)),
        ((replace(PRICED, wasted_usd=Decimal(3)),), (Decimal(3), False)),
        ((replace(PRICED, wasted_usd=Decimal(3)), replace(PRICED, wasted_usd=Decimal(4), wasted_at_least=True)),
         (Decimal(7), True)),
        ((replace(PRICED, wasted_usd=Decimal(3)), finding()), (Decimal(3), True)),
    ],
)  # fmt: skip
def test_a_sum_says_whether_it_is_the_least(findings: tuple[Finding, ...], expected: tuple[Decimal, bool]) -> None:
    """One that was measured for too short a time, or has no price, is enough. No money is a Decimal, too."""
    total, is_least = total_wasted(findings)
    assert ((total, is_least), type(total)) == (expected, Decimal)
