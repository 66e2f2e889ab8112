"""Whether an endpoint can be restored, in words."""

import pytest

from endpoint_sweep.domain.restorable import NOT_ASKED, YES, Restorable, RestoreAnswer


@pytest.mark.parametrize(
    ("restorable", "sentence"),
    [
        (YES, "It can be restored: its configuration and models exist"),
        (Restorable.no("its model a was deleted"), "It cannot be restored: its model a was deleted"),
        (Restorable.unknown("access denied"), "It is not known whether it can be restored: access denied"),
        (NOT_ASKED, "It was not checked whether it can be restored"),
    ],
)
def test_each_answer_has_its_sentence(restorable: Restorable, sentence: str) -> None:
    """Only a plain yes is certain."""
    assert restorable.sentence == sentence
    assert restorable.is_certain is (restorable.answer is RestoreAnswer.YES)
