"""Regions: switched on in an account, and offering SageMaker. Not told is None, never an empty list."""

from typing import Any

import pytest

from endpoint_sweep.aws.regions import AwsRegions, offered, usable
from tests.unit.answering import Answer, Asked, Refusal, client, in_pages

MANAGEMENT, HUB, A = "100000000001", "111111111111", "222222222222"


def region(name: str, status: str = "ENABLED_BY_DEFAULT") -> dict[str, str]:
    return {"RegionName": name, "RegionOptStatus": status}


def regions(answer: Any, caller: str = HUB) -> tuple[AwsRegions, Asked]:
    made, asked = client("account", answer)
    return AwsRegions(made, caller), asked


def test_the_regions_of_every_page_that_are_switched_on() -> None:
    """Asked for by state, in pages of fifty; what is only being switched on or off is left out all the same (D6.3)."""
    names, asked = regions(in_pages(
        {"Regions": [region("us-east-1"), region("me-south-1", "ENABLED")]},
        {"Regions": [region("af-south-1", "ENABLING"), region("ap-east-1", "DISABLING"), region("eu-west-1")]},
    ))  # fmt: skip
    assert names.enabled(A) == frozenset({"us-east-1", "me-south-1", "eu-west-1"})
    assert asked[0][1] == {
        "AccountId": A,
        "MaxResults": 50,
        "RegionOptStatusContains": ["ENABLED", "ENABLED_BY_DEFAULT"],
    }


@pytest.mark.parametrize(("caller", "names_it"), [(MANAGEMENT, False), (HUB, True)])
def test_only_the_caller_itself_is_asked_about_without_an_id(caller: str, names_it: bool) -> None:
    """The management account may not name itself (D6.3); for anybody else the answer would be about the caller."""
    names, asked = regions(lambda *_: {"Regions": [region("us-east-1")]}, caller)
    assert names.enabled(MANAGEMENT) == frozenset({"us-east-1"})
    assert ("AccountId" in asked[0][1]) is names_it


@pytest.mark.parametrize(
    "pages",
    [
        (Refusal("AccessDeniedException"),),
        (Refusal("ValidationException"),),
        ({"Regions": [region("us-east-1")]}, Refusal("InternalServerException", status=500)),
    ],
    ids=["refused", "not a member", "second page fails"],
)
def test_half_a_list_is_none(pages: tuple[Any, ...]) -> None:
    """A region that is missing from it would be a cell that no one misses."""
    assert regions(in_pages(*pages))[0].enabled(A) is None


def test_a_token_that_leads_to_itself_is_none() -> None:
    """Noticed, not followed."""
    assert regions(lambda *_: {"Regions": [], "NextToken": "again"})[0].enabled(A) is None


def test_what_is_refused_again_and_again_is_not_asked_any_more() -> None:
    """Trusted access is off: three refusals are enough, and the hub itself is still asked."""

    def answer(_: str, request: dict[str, Any]) -> Answer:
        if "AccountId" in request:
            raise Refusal("AccessDeniedException")
        return {"Regions": [region("us-east-1")]}

    names, asked = regions(answer)
    assert [names.enabled(f"{number:012}") for number in range(10)] == [None] * 10
    assert len(asked) == 3
    assert names.enabled(HUB) == frozenset({"us-east-1"})


def test_one_refusal_says_nothing_of_the_other_accounts() -> None:
    """A delegated administrator may not ask about the management account, and about all others."""

    def answer(_: str, request: dict[str, Any]) -> Answer:
        if request["AccountId"] == MANAGEMENT:
            raise Refusal("AccessDeniedException")
        return {"Regions": [region("us-east-1")]}

    names, _ = regions(answer)
    for number in range(5):
        assert names.enabled(MANAGEMENT) is None
        assert names.enabled(f"{number:012}") == frozenset({"us-east-1"})


def test_a_member_tells_what_it_can_use() -> None:
    """Asked from inside, one call (D6.2)."""
    rows = [
        {"RegionName": "us-east-1", "OptInStatus": "opt-in-not-required"},
        {"RegionName": "me-south-1", "OptInStatus": "opted-in"},
        {"RegionName": "af-south-1", "OptInStatus": "not-opted-in"},
    ]
    made, asked = client("ec2", lambda *_: {"Regions": rows})
    assert usable(made) == frozenset({"us-east-1", "me-south-1"})
    assert asked == [("DescribeRegions", {"AllRegions": False})]


@pytest.mark.parametrize(
    "answer", [Refusal("UnauthorizedOperation", status=403), {"Regions": []}], ids=["refused", "empty"]
)
def test_a_member_that_does_not_tell_is_none(answer: Any) -> None:
    """No account is without any region."""
    assert usable(client("ec2", in_pages(answer))[0]) is None


def test_where_sagemaker_is() -> None:
    """From all pages of the public parameters: one page is ten regions (D6.4)."""
    pages = [{"Parameters": [{"Value": f"xx-test-{page}{row}"} for row in range(10)]} for page in range(3)]
    made, asked = client("ssm", in_pages(*pages))
    assert len(offered(made) or ()) == 30
    assert asked[0][1] == {"Path": "/aws/service/global-infrastructure/services/sagemaker/regions", "MaxResults": 10}


@pytest.mark.parametrize(
    "pages",
    [
        (Refusal("AccessDeniedException"),),
        ({"Parameters": [{"Value": "us-east-1"}]}, Refusal("ThrottlingException")),
        ({"Parameters": []},),
    ],
    ids=["refused", "second page fails", "empty"],
)
def test_where_sagemaker_is_may_not_be_known(pages: tuple[Any, ...]) -> None:
    """Half the list would hide regions."""
    assert offered(client("ssm", in_pages(*pages))[0]) is None
