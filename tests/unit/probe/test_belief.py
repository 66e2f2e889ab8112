"""What becomes of what was seen: one that differs decides, nothing seen decides nothing."""

import pytest
from botocore.exceptions import ClientError

from endpoint_sweep.aws.probing import refused_with
from endpoint_sweep.domain.errors import CellDenied, CellFailed, EndpointSweepError
from endpoint_sweep.probe.belief import Belief, Observation, Outcome, observe, summarize

BELIEF: Belief[str] = Belief("D1.1", "Water is wet.", "drops", lambda _: Observation(1, 1))


@pytest.mark.parametrize(
    ("observations", "outcome", "seen"),
    [
        ([Observation(2, 2), Observation(1, 1)], Outcome.HOLDS, "3 of 3 drops"),
        ([Observation(2, 2), Observation(0, 1, ("dry",))], Outcome.DIFFERS, "2 of 3 drops; dry"),
        ([Observation(), Observation()], Outcome.UNKNOWN, "no drops found"),
        ([], Outcome.UNKNOWN, "no drops found"),
        ([Observation(failed="AccessDenied"), Observation(failed="AccessDenied")], Outcome.UNKNOWN,
         "no drops found; not read: AccessDenied (2 times)"),
        ([Observation(1, 1), Observation(failed="Throttling")], Outcome.HOLDS, "1 of 1 drops; not read: Throttling"),
        ([Observation(0, 8, tuple("abcdefgh"))], Outcome.DIFFERS, "0 of 8 drops; a; b; c; d; e; f; 2 more"),
    ],
)  # fmt: skip
def test_all_places_together(observations: list[Observation], outcome: Outcome, seen: str) -> None:
    row = summarize(BELIEF, observations)
    assert (row.outcome, row.seen) == (outcome, seen)
    assert row.is_fine == (outcome is not Outcome.DIFFERS and not any(one.failed for one in observations))


def refusal(code: str, status: int) -> CellFailed:
    error = CellFailed("a text that names account 222222222222")
    answer = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    error.__cause__ = ClientError(answer, "ListEndpoints")  # type: ignore[arg-type] # as much as is looked at
    return error


@pytest.mark.parametrize("error", [refusal("AccessDenied", 403), CellDenied("account 222222222222")])
def test_trouble_is_told_by_its_code(error: EndpointSweepError) -> None:
    """Its text would name accounts and roles."""

    def look(_: str) -> Observation:
        raise error

    found = observe(Belief("D1.1", "", "", look), "here")
    assert found == Observation(failed="AccessDenied" if error.__cause__ else "CellDenied")


@pytest.mark.parametrize(("code", "status"), [("ThrottlingException", 400), ("InternalFailure", 500), ("", 0)])
def test_trouble_refutes_nothing(code: str, status: int) -> None:
    with pytest.raises(CellFailed):
        refused_with(refusal(code, status))


def test_another_code_than_expected_does() -> None:
    assert refused_with(refusal("ResourceNotFound", 404)) == "ResourceNotFound"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("x\x1b[2J\x9b31m\u202ey", "x[2J31my"),
        ("bad\ud800", "bad"),
        ("arn:aws:iam::222222222222:role/x", "arn:aws:iam::(digits):role/x"),
        ("No222222\u200b222222", "No(digits)"),
        ("x" * 500, f"{'x' * 99}…"),
    ],
)
def test_what_aws_writes_is_one_plain_line_that_names_no_account(text: str, shown: str) -> None:
    """In notes and in codes of errors: the result may be sent to others, and a terminal obeys control characters."""
    found = summarize(BELIEF, [Observation(0, 1, (text,)), Observation(failed=text)])
    assert found.notes == (shown, f"not read: {shown}")
