"""No correction of moto is there for nothing: each has a test that fails without it."""

import subprocess
import sys

import pytest

from tests.simulation.member_aws.corrections import ALL
from tests.unit.simulation.leaving_out import NEEDED_BY


def leaving_out(*arguments: str) -> tuple[int, str]:
    """A process of its own: each test is run in another moto."""
    command = [sys.executable, "-m", "tests.unit.simulation.leaving_out", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def test_every_correction_names_a_test() -> None:
    """Names are unique, so that each can be left out, and each says what it mends."""
    names = [one.name for one in ALL]
    assert sorted(names) == sorted(NEEDED_BY)
    assert all(one.why for one in ALL)


@pytest.mark.timeout(400)
def test_without_a_correction_its_test_fails() -> None:
    """One after the other is left out."""
    code, said = leaving_out()
    assert code == 0, said
    assert said.endswith(f"{len(ALL)} of {len(ALL)} corrections are missed when they are left out\n")


def test_a_test_that_does_not_need_its_correction_is_told() -> None:
    """So the test above can fail."""
    test = "test_sts.py::test_session_name"
    code, said = leaving_out(f"weights={test}", "assume-role")
    assert (code, f"weights: {test} does not miss it" in said) == (1, True)
    assert said.endswith("1 of 2 corrections are missed when they are left out\n")
