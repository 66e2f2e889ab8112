"""`--regions enabled`: what is switched on in each account, as AWS tells it."""

from dataclasses import replace

import pytest

from tests.laptop.conftest import Laptop
from tests.simulation.organization.scenarios import build
from tests.simulation.organization.scenarios.small import FIRST, MANAGEMENT, OPT_IN, OPT_IN_TOO, OTHER_REGION, REGION


def test_only_enabled_regions_are_visited(laptop: Laptop) -> None:
    """As Account Management tells of each account (D6.3): a region that is off is not knocked at."""
    world = laptop.open("region_off")
    done = laptop.scan("--regions", "enabled")
    assert (FIRST, OPT_IN) not in {(call.account, call.region) for call in done.calls}
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


@pytest.mark.usefixtures("impatient")
def test_what_is_out_of_reach_is_not_off(laptop: Laptop) -> None:
    """Connections that are refused and tokens that no one takes are failures that count (D6.5)."""
    world = laptop.open("out_of_reach")
    done = laptop.scan("--regions", ",".join(world.organization.regions))
    assert done.coverage == world.organization.expected_coverage()
    assert done.verdicts == world.organization.expected_verdicts()
    assert done.status == 3
    assert done.reason(FIRST, OTHER_REGION) == "listing endpoints: no connection to the service"
    assert done.reason(FIRST, OPT_IN_TOO) == "the region is not enabled in this account"
    assert "the account's list of regions cannot be read" in done.reason("444444444444", OPT_IN)


@pytest.mark.usefixtures("impatient")
def test_a_doubt_costs_one_call_an_account(laptop: Laptop) -> None:
    """And none where every region answers, or where a region is never off."""
    world = laptop.open("out_of_reach")
    done = laptop.scan("--regions", ",".join(world.organization.regions))
    asked = [call.account for call in done.calls if call.operation == "DescribeRegions"]
    assert len(asked) == len(set(asked)) == 3
    world = laptop.open("two_teams")
    world.fault(service="sagemaker", account=FIRST, drop="refused")
    assert laptop.scan().coverage[FIRST, REGION] == "failed"
    assert not world.log.find(operation="DescribeRegions")


def test_an_account_that_does_not_tell_is_scanned_everywhere(laptop: Laptop) -> None:
    """Its default regions for certain, what answers, and the rest is a gap for each region: never only one's own."""
    world = laptop.open("out_of_reach")
    world.fault(service="account", operation="ListRegions", code="AccessDeniedException", status=403)
    done = laptop.scan("--regions", "enabled")
    silent = {region: status for (account, region), status in done.coverage.items() if account == "444444444444"}
    assert len(silent) > 30
    assert silent[REGION] == silent[OTHER_REGION] == "scanned"
    assert silent[OPT_IN] == silent[OPT_IN_TOO] == "failed"
    assert "the account's list of regions cannot be read" in done.reason("444444444444", OPT_IN_TOO)
    assert {status for (account, _), status in done.coverage.items() if account == MANAGEMENT} == {"denied"}


def test_where_nothing_was_scanned_nothing_is_complete(laptop: Laptop) -> None:
    """Exit 3 and 0%."""
    world = build("small")
    laptop.open(replace(world, accounts=tuple(replace(one, state="SUSPENDED") for one in world.accounts)))
    done = laptop.scan("--format", "table")
    assert (done.status, "(0%)" in done.out) == (3, True)
