"""For every test: what the run mints must not be found in what it writes. And the order in which files begin."""

import os
import time
from types import SimpleNamespace

import pytest
from hypothesis import settings

# How long an example takes depends on what the other workers do; a test has its own time limit.
settings.register_profile("workers", deadline=None)
settings.load_profile("workers")
pytest_plugins = ["tests.leaks.plugin"]
# Measured: files that begin late must not be those that the other workers then wait for.
LONGEST_FIRST = (
    "tests/deploy/journey/", "tests/deploy/test_deployed", "tests/deploy/test_statements", "tests/laptop/test_doctor",
    "tests/workflow/test_stops", "tests/workflow/test_forgery", "tests/workflow/test_approvals",
    "tests/workflow/test_fences", "tests/unit/repository/test_templates", "tests/workflow/", "tests/deploy/",
    "tests/faults/", "tests/browser/", "tests/laptop/", "tests/leaks/", "tests/unit/simulation/test_corrections",
    "tests/unit/repository/test_layer", "tests/unit/repository/test_wheel", "tests/unit/review/",
    "tests/unit/rules/test_approval_rules", "tests/unit/cli/test_approve",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first; within a file nothing changes."""

    def rank(item: pytest.Item) -> int:
        places = (place for place, start in enumerate(LONGEST_FIRST) if item.nodeid.startswith(start))
        return next(places, len(LONGEST_FIRST))

    items.sort(key=rank)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more worker than there are cores: many tests of the workflow wait for a clock."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What botocore repeats it repeats at once."""
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None, time=time.time))
