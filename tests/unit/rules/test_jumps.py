"""What looks like a false alarm: many more idle resources than in the last sweep, each type by itself (S3.8)."""

from dataclasses import replace

import pytest

from endpoint_sweep.domain.model import Verdict
from endpoint_sweep.rules.planning import Coverage, jumps
from tests.unit.samples import ACCOUNT, cell, finding


def idle_of(count: int, endpoints: int = 10) -> Coverage:
    """A cell with so many idle endpoints among `endpoints`."""
    return Coverage((cell(*[finding(f"idle-{number}") for number in range(count)], endpoints=endpoints),))


@pytest.mark.parametrize(
    ("now", "last", "expected"),
    [
        (6, 0, {"*", ACCOUNT}),
        (6, 3, {"*"}),
        (6, 4, set()),
        (5, 0, {"*"}),
        (2, 0, set()),
        (2, 2, set()),
        (9, 3, {"*", ACCOUNT}),
    ],
)
def test_a_jump_is_flagged(now: int, last: int, expected: set[str]) -> None:
    """FI-51: twice as many as last time, or over half of the account newly idle; fewer than three are no jump."""
    assert jumps(idle_of(now), idle_of(last)).keys() == expected


def test_a_jump_says_how_far() -> None:
    """An account's newly idle ones of its endpoints, and all idle ones beside those of the last sweep."""
    assert jumps(idle_of(7), idle_of(1)) == {
        ACCOUNT: "6 of its 10 endpoints are idle and were not idle in the last sweep",
        "*": "7 endpoints are idle, up from 1 in the last sweep",
    }


def test_an_account_is_measured_by_the_cells_that_both_sweeps_saw() -> None:
    """All of these, and none that is new: its endpoints say nothing about what changed."""
    three = [finding(f"idle-{number}") for number in range(3)]
    before = Coverage((cell(endpoints=4), cell(region="eu-west-1", endpoints=2)))
    now = Coverage((cell(*three, endpoints=4), cell(region="eu-west-1", endpoints=2)))
    assert ACCOUNT not in jumps(now, before)
    first = Coverage(before.rows[:1])
    assert jumps(now, first)[ACCOUNT] == "3 of its 4 endpoints are idle and were not idle in the last sweep"


def test_what_the_last_sweep_did_not_see_is_no_jump() -> None:
    """The first sweep, or the first one of a cell."""
    elsewhere = Coverage((cell(account="333333333333"),))
    assert jumps(idle_of(9), None) == jumps(idle_of(9), elsewhere) == {}


def test_a_jump_of_one_type_is_not_hidden_by_another() -> None:
    """Ten endpoints are newly idle; thirty notebooks are idle as always."""
    notes = [finding(f"n{number}", type="notebook-instance") for number in range(30)]
    before = [finding(f"e{number}", verdict=Verdict.BUSY) for number in range(10)]
    now = [finding(f"e{number}") for number in range(10)]
    found = jumps(Coverage((cell(*now, *notes),)), Coverage((cell(*before, *notes),)))
    assert found == {
        ACCOUNT: "10 of its 10 endpoints are idle and were not idle in the last sweep",
        "*": "10 endpoints are idle, up from 0 in the last sweep",
    }


def test_jumps_of_two_types_are_both_told() -> None:
    """In one sentence each."""
    now = [finding(f"e{number}", type=one) for number in range(3) for one in ("endpoint", "notebook-instance")]
    before = [replace(one, verdict=Verdict.BUSY) for one in now]
    assert jumps(Coverage((cell(*now),)), Coverage((cell(*before),)))["*"] == (
        "3 endpoints are idle, up from 0 in the last sweep; 3 notebook instances are idle, up from 0 in the last sweep"
    )
