"""What a partition does not offer, from botocore's own data."""

import pytest

from endpoint_sweep.aws.partition_services import sends_mail, without


@pytest.mark.parametrize(
    ("region", "mails", "words"),
    [
        ("eu-west-1", True, []),
        ("ap-east-1", True, []),
        ("xx-west-9", True, []),
        ("us-gov-west-1", True, ["Price List API", "Cost Explorer", "Account Management API"]),
        ("us-gov-east-1", True, ["Price List API", "Cost Explorer", "Account Management API"]),
        ("cn-north-1", False, []),
        ("cn-northwest-1", False, []),
    ],
)
def test_what_is_missing(region: str, mails: bool, words: list[str]) -> None:
    """D18.7. In a commercial region nothing is said to be missing, even in one that is newer than botocore."""
    said = without(region)
    assert sends_mail(region) is mails
    assert len(said) == len(words)
    assert all(word in sentence for word, sentence in zip(words, said, strict=True))
