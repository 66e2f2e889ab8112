"""What deletions save: promised at the approval, real while what was deleted stays gone."""

from decimal import Decimal

from endpoint_sweep.domain.model import EndpointId, Outcome, OutcomeStatus
from endpoint_sweep.rules.planning import Coverage
from endpoint_sweep.rules.savings import Realized, deleted, promised, realized
from tests.unit.samples import ACCOUNT, NOW, REGION, cell, finding


def row(*names: str, account: str = ACCOUNT) -> dict[str, object]:
    return {"deleted": [{"id": f"{account}/{REGION}/{name}", "monthly_usd": "100.50"} for name in names]}


def test_what_stays_gone_saves() -> None:
    """Absent from a scanned cell; one that is there again saves nothing, one that cannot be seen is not claimed."""
    coverage = Coverage((cell(finding("back")),))
    found = realized([row("gone", "back"), row("far", account="333333333333")], coverage, ())
    assert found == Realized(1, 1, 1, Decimal("100.50"), 0)
    assert found.count == 3


def test_an_endpoint_counts_once() -> None:
    """Deleted twice over the weeks; and what this sweep deletes is this sweep's saving."""
    coverage = Coverage((cell(),))
    assert realized([row("gone"), row("gone")], coverage, ()).gone == 1
    assert realized([row("gone")], coverage, [EndpointId(ACCOUNT, REGION, "gone")]).count == 0


def test_an_unknown_price_is_told() -> None:
    """Never counted as zero."""
    unpriced = {"deleted": [{"id": f"{ACCOUNT}/{REGION}/gone", "monthly_usd": None}]}
    assert realized([unpriced, {"found": 3}], Coverage((cell(),)), ()) == Realized(1, 0, 0, Decimal(0), 1)


def test_the_ledger_keeps_what_is_confirmed_gone() -> None:
    """Not what failed, was gone before, or may be gone; the promise is the sum of what was approved."""
    findings = [finding("a", monthly_usd=Decimal(10)), finding("b", monthly_usd=Decimal(20))]
    outcomes = {
        one.id: Outcome(ACCOUNT, REGION, one.endpoint, status, "", NOW)
        for one, status in zip(findings, [OutcomeStatus.DELETED, OutcomeStatus.UNKNOWN], strict=True)
    }
    assert deleted(findings, outcomes) == [{"id": f"{ACCOUNT}/{REGION}/a", "monthly_usd": Decimal(10)}]
    assert promised(findings, outcomes.keys()) == Decimal(30)
