"""How many more rows the caps allow to select."""

from endpoint_sweep.domain.model import Caps, ResourceId
from endpoint_sweep.rules.planning import fitting
from tests.unit.samples import ACCOUNT, REGION, plan

OTHER = "333333333333"
HERE = [ResourceId(ACCOUNT, REGION, f"e{number}") for number in range(3)]
THERE = [ResourceId(OTHER, REGION, f"e{number}") for number in range(2)]


def test_what_fits_into_the_caps() -> None:
    """The first of what is wanted, beside what is chosen already, up to each cap."""
    offered, chosen, one_more = plan(found={ACCOUNT: 9, OTHER: 9}), HERE[:2], HERE[2:]
    assert fitting(offered, [*HERE, *THERE], (), Caps(4, 9, 100)) == (*HERE, THERE[0])
    assert fitting(offered, [*HERE, *THERE], (), Caps(9, 2, 100)) == (*HERE[:2], *THERE)
    assert fitting(offered, one_more, chosen, Caps(2, 9, 100)) == ()
    assert fitting(offered, one_more, chosen, Caps(9, 2, 100)) == ()
    assert fitting(offered, one_more, chosen, Caps(9, 9, 23)) == ()
    assert fitting(offered, one_more, chosen, Caps(9, 9, 34)) == tuple(one_more)
