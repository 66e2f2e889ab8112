"""Whether an endpoint can be restored is asked only of those that may be offered; of the others nothing is claimed."""

import pytest

from endpoint_sweep.domain.model import Finding
from endpoint_sweep.domain.restorable import NOT_ASKED, YES, Restorable, RestoreAnswer
from tests.unit.fake_cell import FakeCell
from tests.unit.resources.endpoint.test_scan import PLAIN, ZEROS
from tests.unit.samples import NAME, description


def found(cell: FakeCell) -> Finding:
    return cell.findings()[NAME]


def test_an_idle_endpoint_is_asked_about() -> None:
    """Its models are listed once."""
    cell = FakeCell(values={PLAIN: ZEROS}, descriptions={NAME: description()})
    assert found(cell).restorable == YES


@pytest.mark.parametrize("described", [True, False])
def test_nothing_is_claimed_of_a_busy_endpoint(described: bool) -> None:
    """Never "yes" by default: the report says that it was not asked."""
    cell = FakeCell(values={PLAIN: (7.0,)}, descriptions={NAME: description()} if described else {})
    assert found(cell).restorable == NOT_ASKED
    assert not any("restorable" in asked for asked in cell.asked)


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
