"""What errors about questions to AWS say."""

from endpoint_sweep.domain.errors import NotAllowed, NotAnswered


def test_a_missing_permission_is_named() -> None:
    error = NotAllowed("kms:DescribeKey")
    assert error.action == "kms:DescribeKey"
    assert str(error) == "these credentials may not call kms:DescribeKey"


def test_what_aws_said_instead_of_an_answer_is_named() -> None:
    """With its message, if there is one."""
    error = NotAnswered("kms:DescribeKey", "NotFoundException", "no such key")
    assert (error.action, error.code) == ("kms:DescribeKey", "NotFoundException")
    assert str(error) == "kms:DescribeKey did not answer: NotFoundException: no such key"
    assert str(NotAnswered("kms:DescribeKey", "Throttling")) == "kms:DescribeKey did not answer: Throttling"
