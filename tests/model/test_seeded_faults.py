"""Each fault in the model, or in the product's functions below it, breaks a promise, and the search says how."""

import pytest

from tests.model.bugs import BUGS, Bug
from tests.model.search import search, sentence


@pytest.mark.parametrize("bug", BUGS, ids=lambda one: one.name)
def test_each_seeded_fault_is_found(bug: Bug) -> None:
    """By the promise that it breaks, with the steps that lead there."""
    found = search(bug.seeded)
    assert found.broken.startswith(bug.promise), found
    assert found.steps
    assert all(sentence(one) for one in found.steps)


def test_a_counterexample_reads_as_a_list() -> None:
    """Without the last look at the stops, a veto in that moment is not seen."""
    [bug] = [one for one in BUGS if one.name == "the stops are not read again before the call"]
    lines = search(bug.seeded).told.splitlines()
    assert lines[0] == f"{bug.name}: I11: someone had stopped the sweep before the call's last look"
    assert lines[-1].endswith("the call for endpoint a deletes it")
    assert "Grace's page writes a stop" in "\n".join(lines)
