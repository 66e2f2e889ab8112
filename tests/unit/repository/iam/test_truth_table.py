"""The policies of all roles, in the opinion of an evaluator that is not ours."""

from collections import Counter
from collections.abc import Sequence

import pytest

from tests.unit.repository.iam import edge_rows, everyone, key_rows, member_rows, record_rows, trust_rows
from tests.unit.repository.iam.evaluator import ask, deployed
from tests.unit.repository.iam.people import DEPLOYMENTS, PEOPLE
from tests.unit.repository.iam.rows import ENDPOINT, Answer, Row, allowed, denied
from tests.unit.repository.iam.weakened import weakened

ROWS: list[Row] = member_rows.ROWS + trust_rows.ROWS + record_rows.ROWS + key_rows.ROWS + edge_rows.ROWS


@pytest.fixture(scope="module")
def answers() -> list[Answer]:
    return ask(ROWS)


@pytest.mark.parametrize(("number", "row"), list(enumerate(ROWS)), ids=map(str, ROWS))
def test_row(number: int, row: Row, answers: list[Answer]) -> None:
    """IAM's answer is the one that the row says, and a denial is explicit where it says so."""
    assert answers[number] is row.expected, row.why


def wrong(rows: Sequence[Row]) -> list[str]:
    """Rows with another answer than they say."""
    return [f"{row} {one}" for row, one in zip(rows, ask(rows), strict=True) if one is not row.expected]


def test_what_no_role_may_do() -> None:
    """No role of any of the three stacks: neither by a permission of its own nor by one of the resource."""
    rows = [denied(role, action, what, why) for role, action, what, why in everyone.never()]
    assert len(rows) == len(deployed("default").roles) * len(everyone.NEVER)
    answers = ask(rows)
    assert [str(row) for row, one in zip(rows, answers, strict=True) if one is Answer.ALLOWED] == []


def test_a_second_opinion_on_who_makes_what() -> None:
    """The tables of `makers`, which `test_write_access.py` asks our own evaluator about."""
    rows = list(everyone.made_by())
    assert {row.expected for row in rows} == {Answer.ALLOWED, Answer.DENIED}
    assert wrong(rows) == []


def test_what_is_alike_for_many_roles() -> None:
    """Mail from the sender only, your key for the bucket, the table and the queue only, no network interfaces."""
    rows = list(everyone.alike())
    assert {row.expected for row in rows} == set(Answer)
    assert wrong(rows) == []


def test_every_role_is_allowed_something_and_refused_something() -> None:
    """A new role has to be thought about."""
    roles = {role for name in DEPLOYMENTS for role in deployed(name).roles}
    assert roles - {row.who for row in ROWS if row.expected is Answer.ALLOWED} == set()
    assert roles - {row.who for row in ROWS if row.expected is not Answer.ALLOWED} == set()


def test_everybody_and_every_deployment_is_asked_about() -> None:
    """Nothing here is left over, and nothing is asked twice."""
    assert set(PEOPLE) - {row.who for row in ROWS} == set()
    assert set(DEPLOYMENTS) - {row.stack for row in ROWS} == set()
    assert [text for text, count in Counter(map(str, ROWS)).items() if count > 1] == []


def test_the_table_notices_what_is_weakened() -> None:
    """Without any one denial, and without any one condition, a row at least is wrong."""
    cases = list(weakened([*ROWS, *everyone.made_by(), *everyone.alike()]))
    assert len(cases) > 100
    rows = [row for _, _, found in cases for row in found]
    answers = iter(ask(rows, [made for _, made, found in cases for _ in found]))
    unnoticed = []
    for name, _, found in cases:
        given = [next(answers) for _ in found]
        if all(one is row.expected for one, row in zip(given, found, strict=True)):
            unnoticed.append(name)
    assert unnoticed == []


def test_without_deletion_there_is_no_role_that_deletes() -> None:
    assert "ActRole" in deployed("default").roles
    assert "ActRole" not in deployed("no deletion").roles


def test_a_question_that_the_evaluator_does_not_understand_is_no_answer() -> None:
    """Neither an action that does not exist nor a condition key that the action does not have."""
    with pytest.raises(AssertionError, match=r"invalid\.action"):
        ask([denied("ScanRole", "sagemaker:DelEndpoint", ENDPOINT, "it is misspelt")])
    with pytest.raises(AssertionError, match="s3:prefix"):
        ask([allowed("ScanRole", "sagemaker:DescribeEndpoint", ENDPOINT, "of S3", {"s3:prefix": "sweeps/"})])
