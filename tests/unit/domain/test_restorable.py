"""Whether an endpoint can be restored, in words."""

import pytest

from endpoint_sweep.domain.restorable import NOT_ASKED, YES, Restorable, RestoreAnswer


@pytest.mark.parametrize(
    ("answer", "why", "sentence"),
    [
        (RestoreAnswer.YES, "", "It can be restored: its configuration and models exist"),
        (RestoreAnswer.NO, "its model a was deleted", "It cannot be restored: its model a was deleted"),
        (RestoreAnswer.UNKNOWN, "access denied", "It is not known whether it can be restored: access denied"),
        (RestoreAnswer.NOT_ASKED, "", "It was not checked whether it can be restored"),
    ],
)
def test_each_answer_has_its_sentence(answer: RestoreAnswer, why: str, sentence: str) -> None:
    """Only a plain yes is certain."""
    restorable = Restorable(answer, why)
    assert restorable.sentence == sentence
    assert restorable.is_certain is (answer is RestoreAnswer.YES)


def test_each_answer_has_a_short_name() -> None:
    """Where something is missing or unknown, it says what."""
    assert (Restorable(RestoreAnswer.YES), Restorable()) == (YES, NOT_ASKED)
    assert Restorable.no("a") == Restorable(RestoreAnswer.NO, "a")
    assert Restorable.unknown("b") == Restorable(RestoreAnswer.UNKNOWN, "b")
