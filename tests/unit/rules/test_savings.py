"""What deletions save: promised at the approval, real while what was deleted stays gone."""

from decimal import Decimal
from typing import Any

import pytest

from endpoint_sweep.domain.model import Outcome, OutcomeStatus, ResourceId
from endpoint_sweep.rules.planning import Coverage
from endpoint_sweep.rules.savings import Realized, acted, promised, realized
from tests.unit.samples import ACCOUNT, NOW, REGION, cell, finding


def row(*names: str, account: str = ACCOUNT) -> dict[str, object]:
    return {"acted": [{"id": f"{account}/{REGION}/{name}", "monthly_usd": "100.50"} for name in names]}


def test_what_stays_gone_saves() -> None:
    """Absent from a scanned cell; one that is there again saves nothing, one that cannot be seen is not claimed."""
    coverage = Coverage((cell(finding("back")),))
    found = realized([row("gone", "back"), row("far", account="333333333333")], coverage, ())
    assert found == Realized(1, 1, 1, Decimal("100.50"), 0)
    assert found.count == 3
    assert realized([row("gone")] * 2, Coverage(()), ()) == Realized(unseen=1)


def test_each_that_came_back_or_cannot_be_seen_counts() -> None:
    """Without any that stayed gone the saving is an amount, too: documents tell it as money."""
    back = Coverage((cell(finding("a"), finding("b")),))
    found = realized([row("a", "b"), row("c", "d", account="333333333333")], back, ())
    assert (found.back, found.unseen, repr(found.monthly)) == (2, 2, "Decimal('0')")


def test_older_rows_count() -> None:
    """Version 0.1.0 had only deletions."""
    older = {"deleted": [{"id": f"{ACCOUNT}/{REGION}/gone", "monthly_usd": "1.00"}]}
    assert realized([older], Coverage((cell(),)), ()).gone == 1


@pytest.mark.parametrize("strange", ["x", "a/b/c/d/e", "a/b/endpoint/c", 7, None])
def test_a_strange_row_counts_nothing(strange: object) -> None:
    """Whoever can write to the ledger cannot stop the summary."""
    rows: list[dict[str, Any]] = [
        {"acted": [{"id": strange, "monthly_usd": "1.00"}, {}, 7]},
        {"acted": strange},
        {"acted": {}},
    ]
    assert realized(rows, Coverage((cell(),)), ()) == Realized()


@pytest.mark.parametrize("strange", ["NaN", "-1", "1e9", "x", 7.5e20, [], "9" * 40])
def test_a_strange_price_is_unknown(strange: object) -> None:
    """The resource counts, its price does not."""
    rows = [{"acted": [{"id": f"{ACCOUNT}/{REGION}/gone", "monthly_usd": strange}]}]
    assert realized(rows, Coverage((cell(),)), ()) == Realized(1, 0, 0, Decimal(0), 1)


def test_an_endpoint_counts_once() -> None:
    """Deleted twice over the weeks; and what this sweep deletes is this sweep's saving."""
    coverage = Coverage((cell(),))
    assert realized([row("gone"), row("gone")], coverage, ()).gone == 1
    assert realized([row("mine", "gone")], coverage, [ResourceId(ACCOUNT, REGION, "mine")]) == Realized(
        1, monthly=Decimal("100.50")
    )


def test_an_unknown_price_is_told() -> None:
    """Never counted as zero."""
    unpriced = {"deleted": [{"id": f"{ACCOUNT}/{REGION}/gone", "monthly_usd": None}]}
    assert realized([unpriced, {"found": 3}], Coverage((cell(),)), ()) == Realized(1, 0, 0, Decimal(0), 1)


def test_the_ledger_keeps_what_is_confirmed_gone() -> None:
    """Not what failed, was gone before, or may be gone; the promise is the sum of what was approved."""
    findings = [finding("a", monthly_usd=Decimal(10)), finding("b", monthly_usd=Decimal(20))]
    outcomes = {
        one.id: Outcome(ACCOUNT, REGION, one.name, status, "", NOW)
        for one, status in zip(findings, [OutcomeStatus.DONE, OutcomeStatus.UNKNOWN], strict=True)
    }
    expected = {"id": f"{ACCOUNT}/{REGION}/a", "action": "delete", "monthly_usd": Decimal(10)}
    assert acted(findings, outcomes) == [expected]
    assert promised(findings, outcomes.keys()) == Decimal(30)
