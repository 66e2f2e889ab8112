"""`--regions enabled`: what is switched on in each account, as AWS tells it."""

from tests.laptop.conftest import Laptop
from tests.simulation.organization.scenarios.small import FIRST, OTHER_REGION


def test_only_enabled_regions_are_visited(laptop: Laptop) -> None:
    """As Account Management tells of each account (D6.3): a region that is off is not knocked at."""
    world = laptop.open("region_off")
    done = laptop.scan("--regions", "enabled")
    assert (FIRST, OTHER_REGION) not in {(call.account, call.region) for call in done.calls}
    open_cells = {key[:2] for key in world.organization.expected_verdicts()}
    assert open_cells <= {cell for cell, status in done.coverage.items() if status == "scanned"}
    assert done.verdicts == world.organization.expected_verdicts()
    assert any(call.operation == "ListRegions" for call in done.calls)


def test_where_nobody_tells_the_account_itself_is_asked(laptop: Laptop) -> None:
    """Without trusted access, by the scan role, in one call an account (D6.2)."""
    world = laptop.open("region_off")
    world.fault(service="account", operation="ListRegions", code="AccessDeniedException", status=403)
    done = laptop.scan("--regions", "enabled")
    assert done.verdicts == world.organization.expected_verdicts()
    asked = [call.account for call in done.calls if call.operation == "DescribeRegions"]
    assert FIRST in asked
    assert len(asked) == len(set(asked))
