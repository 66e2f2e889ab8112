"""Why no one is asked although something is idle."""

from dataclasses import replace
from datetime import datetime

import pytest

from endpoint_sweep.domain.model import CellResult, CoverageStatus
from endpoint_sweep.rules.planning import Coverage, make_plan, why_not_offered
from tests.unit.samples import ACCOUNT, CAPS, NOW, cell, finding

DENIED = "333333333333"


@pytest.mark.parametrize(
    ("status", "until", "said"),
    [
        (CoverageStatus.SCANNED, NOW, "snoozed"),
        (CoverageStatus.PARTIAL, None, "in account-region pairs that were only partly scanned"),
    ],
)
def test_the_deny_list_is_named_only_where_it_is_the_reason(
    status: CoverageStatus, until: datetime | None, said: str
) -> None:
    """What is snoozed, or found in half a cell, is not offered either."""
    row = replace(cell(replace(finding(), snoozed_until=until)), status=status)
    whole = CellResult(ACCOUNT, "eu-west-1", CoverageStatus.SCANNED)
    denied = cell(replace(finding(), account=DENIED), account=DENIED)
    for rows, words in (((row,), said), ((row, denied), f"in accounts on the deny list or {said}")):
        coverage = Coverage((*rows, whole))
        nothing = make_plan("sweep-1", coverage, CAPS, 0, deny_accounts=[DENIED])
        assert nothing.items == ()
        assert why_not_offered(nothing, coverage) == f"everything idle is {words}"
