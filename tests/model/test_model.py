"""Every interleaving of a few people, functions and an insider keeps the promises."""

from dataclasses import replace

import pytest

from tests.model.__main__ import figures
from tests.model.bugs import BUGS
from tests.model.scopes import SCOPES
from tests.model.search import Found, search
from tests.model.state import Left, Scope

FEWEST = 200_000
_found: dict[str, Found] = {}


@pytest.mark.parametrize("scope", SCOPES, ids=lambda one: one.name)
def test_no_interleaving_breaks_a_promise(scope: Scope) -> None:
    """Searched to the end, and in some of it an endpoint is deleted: what nothing can happen in proves nothing."""
    found = search(scope)
    _found[scope.name] = found
    assert not found.broken, found.told
    assert found.deleted


def test_enough_is_searched() -> None:
    """Over all scopes; where only some were run it is not asked."""
    if len(_found) == len(SCOPES):
        assert sum(one.states for one in _found.values()) > FEWEST


def test_a_search_is_the_same_each_time() -> None:
    """Also the way that it prints."""
    small = Scope("small", Left((1, 0), verifies=1, acts=1), targets=(0,))
    first, second = (replace(search(small), seconds=0) for _ in range(2))
    assert first == second


def test_the_figures_are_lines_of_a_table() -> None:
    """What `python -m tests.model` prints, for safety.md to quote."""
    small = Scope("small", Left((1, 0), verifies=1, acts=1), targets=(0,))
    lines = figures((small,), BUGS[:1])
    assert lines[0].startswith("| small | ")
    assert lines[-1].startswith(f"| {BUGS[0].name} | I11")
