"""What is unused but protected, what silent endpoints publish, and what a call costs."""

from dataclasses import replace
from decimal import Decimal

import pytest

from endpoint_sweep.domain.model import Kind, Silence, Verdict
from endpoint_sweep.rules.unused import cost_per_call, protected_unused, silences
from tests.unit.samples import finding


def test_only_what_would_be_idle_is_unused_but_protected() -> None:
    """What is protected and called, or protected and not yet evaluated, is no one's waste."""
    kept = replace(finding("kept"), verdict=Verdict.PROTECTED)
    unused = replace(kept, unprotected=Verdict.IDLE)
    others = [kept, replace(kept, unprotected=Verdict.TOO_YOUNG), replace(unused, verdict=Verdict.BUSY), finding()]
    assert protected_unused([*others, unused]) == [unused]


def test_silences_are_counted_where_zeros_are_believed() -> None:
    """Asynchronous endpoints publish nothing anyway (D1.8, D13.2)."""
    rows = [
        replace(finding(), silence=Silence.ZEROS),
        replace(finding(), silence=Silence.ZEROS, kind=Kind.INFERENCE_COMPONENTS),
        replace(finding(), silence=Silence.NOTHING),
        replace(finding(), silence=Silence.NOTHING, kind=Kind.ASYNCHRONOUS),
        replace(finding(), silence=None),
    ]
    assert silences(rows) == {"zeros": 2, "some": 0, "nothing": 1}


@pytest.mark.parametrize(
    ("monthly", "net", "calls", "expected"),
    [
        (Decimal(730), None, 24 * 14, Decimal("1.00")),
        (Decimal(730), Decimal(365), 24 * 14, Decimal("0.50")),
        (Decimal(730_000), None, 24 * 14, Decimal("1000.00")),
        (None, None, 5, None),
        (Decimal(730), None, 0, None),
        (Decimal(730), None, None, None),
    ],
)
def test_what_a_call_costs(
    monthly: Decimal | None, net: Decimal | None, calls: int | None, expected: Decimal | None
) -> None:
    """The cost of the window by its calls, after discounts where they are known."""
    one = replace(finding(), monthly_usd=monthly, net_monthly_usd=net, invocations=calls)
    assert cost_per_call(one) == expected
