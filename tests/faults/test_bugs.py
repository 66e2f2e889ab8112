"""The harness can fail: each fault put into the product on purpose is seen, and only because of it (P13)."""

from typing import TYPE_CHECKING

import pytest

from tests.faults.bugs import BUGS, Bug
from tests.faults.case import draw
from tests.faults.play import play

if TYPE_CHECKING:
    from tests.leaks.plugin import Leaks

TRIES = 6


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_bug_is_seen(bug: Bug, request: pytest.FixtureRequest) -> None:
    """In one of a few worlds; the same case without the bug keeps every promise."""
    leaks: Leaks = request.config.pluginmanager.get_plugin("leaks")  # type: ignore[assignment] # always there
    for seed in range(TRIES):
        case = bug.case(draw(seed))
        with leaks.unheard(), bug.put_in():
            wrong = play(case).wrong
        if wrong:
            assert play(case).wrong == (), f"wrong without the bug, too: {case}"
            return
    raise AssertionError(f"{TRIES} cases did not show that {bug.name}")
