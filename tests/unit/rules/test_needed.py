"""Idle endpoints that something elsewhere needs are kept; the others say where no one knows (D13.1)."""

from dataclasses import replace

import pytest

from endpoint_sweep.domain.documents import from_data, to_data
from endpoint_sweep.domain.model import CellResult, Component, CoverageStatus, Finding, Verdict
from endpoint_sweep.domain.needs import Need, Needs
from endpoint_sweep.rules.needed import known, may_be_needed, without_needed
from endpoint_sweep.rules.planning import Coverage
from tests.unit.samples import ACCOUNT, ARN, NAME, REGION, cell, finding

ELSEWHERE = cell(account="333333333333", region="eu-west-1")
PART = Component("llm", NAME, "v", arn=ARN.replace(f"endpoint/{NAME}", "inference-component/llm"))
WHY = "destination of the inference router r in 333333333333/eu-west-1"


def judged(one: Finding, *others: CellResult) -> Finding:
    rows = without_needed(Coverage((cell(one), *others))).rows
    assert [replace(row, findings=()) for row in rows] == [replace(cell(one), findings=()), *others]
    (found,) = rows[0].findings
    return found


@pytest.mark.parametrize(
    ("arn", "reason"), [(ARN, WHY), (ARN.upper(), WHY), (PART.arn, f"its inference component llm: {WHY}")]
)
def test_a_destination_is_protected(arn: str, reason: str) -> None:
    """The endpoint or one of its components, in any letter case (D2.6), by a cell that holds nothing itself."""
    one = finding(components=(replace(PART, name="other", arn=PART.arn + "-2"), PART))
    found = judged(one, replace(ELSEWHERE, needs=Needs((Need(arn, WHY),))))
    assert found == replace(one, verdict=Verdict.PROTECTED, reason=reason)


@pytest.mark.parametrize("arn", [ARN + "-2", ARN.replace(REGION, "eu-west-1"), ARN.replace(ACCOUNT, "3" * 12)])
def test_a_namesake_is_not(arn: str) -> None:
    """Of another name, region or account."""
    assert judged(finding(), replace(ELSEWHERE, needs=Needs((Need(arn, WHY),)))) == finding()


def test_what_is_barely_used_is_protected_too() -> None:
    """A stand-by destination may have had a few calls."""
    few = finding(verdict=Verdict.BARELY_USED)
    assert judged(few, replace(ELSEWHERE, needs=Needs((Need(ARN, WHY),)))).verdict is Verdict.PROTECTED


def test_other_verdicts_stay() -> None:
    """A destination that is called is busy."""
    busy = finding(verdict=Verdict.BUSY, reason="called")
    assert judged(busy, replace(ELSEWHERE, needs=Needs((Need(ARN, WHY),), "half"))) == busy


def test_what_is_known_of_a_cell_counts_although_the_rest_is_not() -> None:
    """The destination is kept, and nothing else is said of it."""
    found = judged(finding(), replace(ELSEWHERE, needs=Needs((Need(ARN, WHY),), "half")))
    assert (found.verdict, found.advice) == (Verdict.PROTECTED, "")


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([], False),
        ([finding(verdict=Verdict.BUSY)], False),
        ([finding(verdict=Verdict.BARELY_USED)], True),
        ([finding(verdict=Verdict.BUSY), finding()], True),
        ([finding(verdict=Verdict.PROTECTED, unprotected=Verdict.IDLE)], True),
        ([finding(verdict=Verdict.PROTECTED, unprotected=Verdict.BUSY)], False),
    ],
)
def test_what_may_be_needed(found: list[Finding], expected: bool) -> None:
    """What is idle or barely used, and what would be if nothing protected it: routers change nothing else."""
    assert may_be_needed(cell(*found)) is expected


FAILED = replace(ELSEWHERE, status=CoverageStatus.FAILED)


@pytest.mark.parametrize(
    ("row", "is_known", "counts"),
    [
        (ELSEWHERE, True, True),
        (replace(ELSEWHERE, status=CoverageStatus.PARTIAL), True, True),
        (replace(ELSEWHERE, needs=Needs(unread="denied")), False, True),
        (FAILED, False, True),
        (replace(FAILED, status=CoverageStatus.DENIED), False, True),
        (replace(FAILED, status=CoverageStatus.REGION_OFF), True, False),
        (replace(FAILED, status=CoverageStatus.SKIPPED), True, False),
    ],
)
def test_cells_are_counted_whose_routers_nobody_knows(row: CellResult, is_known: bool, counts: bool) -> None:
    """Not scanned, or the routers could not be read: said once for the sweep, and of no endpoint elsewhere."""
    found = judged(finding(advice="has shadow variants"), row)
    assert (found.verdict, found.advice) == (Verdict.IDLE, "has shadow variants")
    told = known(Coverage((cell(finding()), row)))
    assert (told.cells, told.of, told.missing) == (
        1 + (is_known and counts),
        1 + counts,
        () if is_known else (row.cell,),
    )


@pytest.mark.parametrize("verdict", [Verdict.IDLE, Verdict.BARELY_USED])
def test_an_endpoint_is_marked_for_its_own_account(verdict: Verdict) -> None:
    """Its own cell or another region; whatever else could be offered is told the same."""
    others = [replace(FAILED, account=ACCOUNT, region=region) for region in ("eu-west-1", "eu-west-2")]
    found = judged(finding(advice="has shadow variants", verdict=verdict), *others, FAILED)
    mark = "the inference routers of its account in eu-west-1, eu-west-2 are not known"
    assert (found.verdict, found.advice) == (verdict, f"has shadow variants; {mark}")


def failed(*places: tuple[str, str]) -> Coverage:
    return Coverage(tuple(replace(FAILED, account=account, region=region) for account, region in places))


def test_one_line_says_of_how_many_and_where() -> None:
    """Places by account, five of each kind at most."""
    assert known(Coverage((ELSEWHERE,))).sentence == "Inference routers are known in the one account-region pair."
    one = known(failed(("3" * 12, "eu-west-1"))).sentence
    assert one.startswith("Routers of 1 of 1 account-region pairs are not known: 333333333333 (eu-west-1). ")
    several = failed(("4" * 12, "us-east-1"), ("3" * 12, "us-east-1"), ("3" * 12, "eu-west-1"))
    assert "of 3 of 3 account-region pairs are not known: 333333333333 (eu-west-1, us-east-1), 444444444444 (" in (
        known(several).sentence
    )
    many = failed(*((f"{number:012}", "us-east-1") for number in range(7)))
    assert "000000000004 (us-east-1) and 2 more. " in known(many).sentence
    six, five = (failed(*((f"{number:012}", "us-east-1") for number in range(count))) for count in (6, 5))
    assert "000000000004 (us-east-1) and 1 more. " in known(six).sentence
    assert "000000000004 (us-east-1). " in known(five).sentence


def test_needs_are_stored_with_the_cell() -> None:
    """A result of an earlier version has none."""
    row = replace(ELSEWHERE, needs=Needs((Need(ARN, WHY),), "half"))
    assert from_data(CellResult, to_data(row)) == row
    older = to_data(row)
    del older["needs"]
    assert from_data(CellResult, older).needs == Needs()


def test_a_protected_destination_is_not_unused() -> None:
    """A stand-by endpoint that a tag keeps as well is no waste, so the report does not list it as such."""
    kept = finding(verdict=Verdict.PROTECTED, unprotected=Verdict.IDLE)
    found = judged(kept, replace(ELSEWHERE, needs=Needs((Need(ARN, WHY),))))
    assert found == replace(kept, unprotected=Verdict.PROTECTED)
    assert judged(kept, replace(ELSEWHERE, needs=Needs((Need(ARN + "-2", WHY),)))) == kept
