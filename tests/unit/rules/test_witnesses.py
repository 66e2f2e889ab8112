"""A failed call says nothing of a region: only the account's list and AWS's may say that it is off (D6.5)."""

from collections.abc import Callable

import pytest

from endpoint_sweep.domain.errors import (
    CellUnreachable,
    NotConnected,
    RegionNotOffered,
    RegionOff,
    RegionsNotKnown,
    RegionUnclear,
    TokenRefused,
)
from endpoint_sweep.domain.model import CoverageStatus, GapCause
from endpoint_sweep.rules.planning import NOT_EXPECTED
from endpoint_sweep.rules.witnesses import is_default, is_whole, settled
from tests.simulation.organization.specification import DEFAULT_REGIONS

HERE, OTHERS = "eu-south-2", frozenset({"us-east-1", "eu-west-1"})
DOUBTS = (NotConnected("listing endpoints: no connection"), TokenRefused("listing endpoints: token refused"))


def told(regions: frozenset[str] | None) -> Callable[[], frozenset[str] | None]:
    return lambda: regions


@pytest.mark.parametrize("error", DOUBTS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize(
    ("enabled", "offered", "expected"),
    [
        (OTHERS, None, RegionOff),
        (OTHERS, {HERE}, RegionOff),
        (None, OTHERS, RegionNotOffered),
        ({HERE}, OTHERS, RegionNotOffered),
        (None, None, RegionsNotKnown),
        (None, {HERE}, RegionsNotKnown),
        ({HERE}, None, None),
        ({HERE}, {HERE}, None),
    ],
)
def test_what_the_witnesses_make_of_it(
    error: RegionUnclear,
    enabled: frozenset[str] | None,
    offered: frozenset[str] | None,
    expected: type[CellUnreachable] | None,
) -> None:
    """A list without the region closes it; without one it stays a failure that counts."""
    found = settled(error, HERE, told(enabled), told(offered))
    assert type(found) is (expected or type(error))
    assert (found.status in NOT_EXPECTED) is (expected in (RegionOff, RegionNotOffered))
    if expected in (None, RegionsNotKnown):
        assert (found.status, str(error) in str(found)) == (CoverageStatus.FAILED, True)


@pytest.mark.parametrize(
    ("enabled", "said"),
    [(OTHERS, "the region is not enabled in this account"), ({HERE}, "SageMaker is not available in this region")],
)
def test_a_region_that_is_off_says_whose_list_closed_it(enabled: frozenset[str], said: str) -> None:
    """The coverage shows it."""
    assert str(settled(DOUBTS[0], HERE, told(enabled), told(OTHERS))) == said


def test_each_failure_has_a_cause_of_its_own() -> None:
    """For the report."""
    assert [NotConnected.cause, TokenRefused.cause, RegionsNotKnown.cause] == [
        GapCause.NO_CONNECTION,
        GapCause.TOKEN_REFUSED,
        GapCause.REGIONS_NOT_KNOWN,
    ]


@pytest.mark.parametrize("region", [*sorted(DEFAULT_REGIONS), "cn-north-1", "us-gov-east-1"])
def test_a_default_region_is_never_off(region: str) -> None:
    """Whatever a list says, so none is asked (D6.8)."""

    def asked() -> frozenset[str] | None:
        raise AssertionError("nobody needs to be asked")

    assert is_default(region)
    assert settled(DOUBTS[0], region, asked, asked) is DOUBTS[0]


def test_a_list_without_a_default_region_is_no_list() -> None:
    """No account is without them."""
    assert not is_whole(())
    assert not is_whole(["eu-south-2", "ap-south-2"])
    assert is_whole(["eu-south-2", "eu-west-1"])
