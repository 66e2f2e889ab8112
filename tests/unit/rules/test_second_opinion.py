"""The second witness: what Compute Optimizer's answer means beside our own verdict."""

from dataclasses import replace

import pytest

from endpoint_sweep.domain.model import Cell, Verdict
from endpoint_sweep.rules.second_opinion import Answers, Opinion, Witness, opinion, witness
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
    assert witness(finding(verdict=verdict), {CELL: dict.fromkeys(named, Opinion())}) is expected


def test_the_case_of_a_name_does_not_matter() -> None:
    """The ARN that we listed may keep the capitals that its own lost."""
    one = replace(finding(), arn=ARN.replace("resnet", "ResNet"))
    assert witness(one, {CELL: {ARN: Opinion()}}) is Witness.AGREES


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {CELL: None},
        {Cell(ACCOUNT, "eu-west-1"): {ARN: Opinion()}},
        {Cell("333333333333", REGION): {ARN: Opinion()}},
    ],
)
def test_without_an_answer_there_is_no_witness(answers: Answers) -> None:
    """An answer for another cell is none for this one."""
    assert witness(finding(), answers) is None


def test_what_it_says_is_of_this_endpoint_alone() -> None:
    """Its words and its days, as far as it told them."""
    said = Opinion("No invocations.", 14)
    assert opinion(finding(), {CELL: {ARN: said, f"{ARN}-b": Opinion()}}) is said
    assert opinion(finding("other"), {CELL: {ARN: said}}) is None
    assert opinion(finding(), {CELL: None}) is None
    notes = [one.note for one in (said, Opinion(), Opinion("No invocations."), Opinion(lookback_days=32))]
    assert notes == ["No invocations, looking back 14 days", "", "No invocations", "looking back 32 days"]
