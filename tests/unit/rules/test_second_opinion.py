"""The second witness: what Compute Optimizer's answer means beside our own verdict."""

from dataclasses import replace

import pytest

from endpoint_sweep.domain.model import Cell, Verdict
from endpoint_sweep.rules.second_opinion import Answers, Witness, witness
from tests.unit.samples import ACCOUNT, ARN, REGION, finding

CELL = Cell(ACCOUNT, REGION)


@pytest.mark.parametrize(
    ("verdict", "named", "expected"),
    [
        (Verdict.IDLE, {ARN}, Witness.AGREES),
        (Verdict.IDLE, {f"{ARN}-other"}, Witness.SILENT),
        (Verdict.IDLE, set(), Witness.SILENT),
        (Verdict.BUSY, {ARN}, Witness.DISAGREES),
        (Verdict.BUSY, set(), Witness.SILENT),
        (Verdict.NO_EVIDENCE, {ARN}, Witness.DISAGREES),
    ],
)
def test_what_it_says_beside_our_verdict(verdict: Verdict, named: set[str], expected: Witness) -> None:
    """It speaks only by naming what it calls idle."""
    assert witness(finding(verdict=verdict), {CELL: named}) is expected


def test_the_case_of_a_name_does_not_matter() -> None:
    """The ARN that we listed may keep the capitals that its own lost."""
    one = replace(finding(), arn=ARN.replace("resnet", "ResNet"))
    assert witness(one, {CELL: {ARN}}) is Witness.AGREES


@pytest.mark.parametrize(
    "answers", [{}, {CELL: None}, {Cell(ACCOUNT, "eu-west-1"): {ARN}}, {Cell("333333333333", REGION): {ARN}}]
)
def test_without_an_answer_there_is_no_witness(answers: Answers) -> None:
    """An answer for another cell is none for this one."""
    assert witness(finding(), answers) is None
