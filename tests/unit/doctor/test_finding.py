"""How a check is run: trouble leaves it unknown, and what was seen before stays."""

from collections.abc import Iterator

import pytest

from endpoint_sweep.doctor.finding import Check, Finding, State, diagnose, ok, wrong
from endpoint_sweep.domain.errors import NotAllowed, NotAnswered, StackMissing


def stopped_by(error: Exception) -> Check[None]:
    def look(_: None) -> Iterator[Finding]:
        yield wrong("a fault")
        raise error

    return Check("keys", look)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (NotAllowed("kms:DescribeKey"), "these credentials may not call kms:DescribeKey"),
        (NotAnswered("kms:DescribeKey", "Throttling", "slower"), "kms:DescribeKey did not answer: Throttling: slower"),
        (StackMissing("there is no stack"), "there is no stack"),
        (KeyError("KeyMetadata"), "AWS's answer cannot be read (KeyError)"),
    ],
)
def test_trouble_is_not_known(error: Exception, words: str) -> None:
    """Never ok, and never a stack trace."""
    first, second = diagnose(stopped_by(error), None)
    assert (first.finding.state, second.finding.state) == (State.WRONG, State.UNKNOWN)
    assert second.finding.seen.startswith(words)
    assert second.check == "keys"


def test_a_check_that_saw_nothing_is_not_known() -> None:
    """Silence is no proof."""
    [row] = diagnose(Check("keys", lambda _: iter(())), None)
    assert row.finding.state is State.UNKNOWN


def test_what_is_well() -> None:
    [row] = diagnose(Check("keys", lambda _: iter((ok("6 keys"),))), None)
    assert row.finding == Finding(State.OK, "6 keys")
