"""The second witness: what Compute Optimizer calls idle, and what that means beside our own verdict."""

from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from endpoint_sweep.aws.compute_optimizer import AwsComputeOptimizer
from endpoint_sweep.domain.model import Cell
from endpoint_sweep.rules.second_opinion import Opinion
from tests.unit.answering import Answer, Asked, Refusal, client, in_pages
from tests.unit.samples import ACCOUNT, ARN, REGION

CELL = Cell(ACCOUNT, REGION)


def recommendation(arn: str = ARN, **changes: Any) -> dict[str, Any]:
    return {"resourceArn": arn, "resourceType": "SageMakerEndpoint", "finding": "Idle", "accountId": ACCOUNT} | changes


def optimizer(*pages: Any) -> tuple[AwsComputeOptimizer, Asked]:
    made, asked = client("compute-optimizer", in_pages(*pages, field="nextToken"))
    return AwsComputeOptimizer(made), asked


def test_idle_endpoints_of_every_page() -> None:
    """One account a call, of one resource type (D0.4); ARNs in lower case, for SageMaker's are (D2.6)."""
    said, asked = optimizer(
        {"idleRecommendations": [recommendation(f"{ARN}-A", finding="Unused")]},
        {"idleRecommendations": []},
        {"idleRecommendations": [recommendation(), recommendation(finding="Unattached")]},
    )
    assert (said.idle(ACCOUNT) or {}).keys() == {f"{ARN}-a", ARN}
    assert asked[0] == ("GetIdleRecommendations", {
        "accountIds": [ACCOUNT], "filters": [{"name": "ResourceType", "values": ["SageMakerEndpoint"]}],
        "maxResults": 100})  # fmt: skip


@pytest.mark.parametrize(
    "changes", [{"resourceType": "EBSVolume"}, {"finding": "Optimized"}, {"finding": None}, {"resourceArn": None}]
)
def test_another_recommendation_names_no_endpoint(changes: dict[str, Any]) -> None:
    """A filter that is not understood must not make a volume an endpoint."""
    said, _ = optimizer({"idleRecommendations": [recommendation(**changes)]})
    assert said.idle(ACCOUNT) == {}


@pytest.mark.parametrize(
    "pages",
    [
        (Refusal("OptInRequiredException"),),
        (Refusal("AccessDeniedException"),),
        (Refusal("InvalidParameterValueException", "Unknown resource type"),),
        ({"idleRecommendations": [recommendation()]}, Refusal("ThrottlingException")),
        ({"idleRecommendations": [recommendation()], "errors": [{"code": "InternalServer"}]},),
    ],
    ids=["not opted in", "refused", "type unknown", "second page fails", "errors beside answers"],
)
def test_no_whole_answer_is_none(pages: tuple[Any, ...]) -> None:
    """Whoever is missing from half an answer has not been passed over in silence."""
    assert optimizer(*pages)[0].idle(ACCOUNT) is None


def test_a_token_that_leads_to_itself_is_none() -> None:
    """Noticed, not followed; and two tokens in turn end, too."""
    said, asked = client("compute-optimizer", lambda *_: {"nextToken": "again"})
    assert AwsComputeOptimizer(said).idle(ACCOUNT) is None
    assert len(asked) == 2
    said, asked = client("compute-optimizer", lambda *_: {"nextToken": f"turn {len(asked) % 2}"})
    assert AwsComputeOptimizer(said).idle(ACCOUNT) is None
    assert len(asked) == 100


def test_no_compute_optimizer_there_is_none() -> None:
    """Not every region has one."""

    def answer(*_: Any) -> Answer:
        raise EndpointConnectionError(endpoint_url="https://compute-optimizer.xx-test-1.amazonaws.com")

    assert AwsComputeOptimizer(client("compute-optimizer", answer)[0]).idle(ACCOUNT) is None


@pytest.mark.parametrize(("code", "calls"), [("AccessDeniedException", 3), ("OptInRequiredException", 10)])
def test_only_what_is_refused_to_the_hub_is_not_asked_any_more(code: str, calls: int) -> None:
    """An account that has not opted in says nothing of the next one."""

    def answer(*_: Any) -> Answer:
        raise Refusal(code)

    made, asked = client("compute-optimizer", answer)
    said = AwsComputeOptimizer(made)
    assert [said.idle(f"{number:012}") for number in range(10)] == [None] * 10
    assert len(asked) == calls


def test_one_refusal_says_nothing_of_the_other_accounts() -> None:
    """Refusals count only in a row."""

    def answer(_: str, request: dict[str, Any]) -> Answer:
        if request["accountIds"] == ["100000000001"]:
            raise Refusal("AccessDeniedException")
        return {"idleRecommendations": [recommendation()]}

    said = AwsComputeOptimizer(client("compute-optimizer", answer)[0])
    for _ in range(5):
        assert said.idle("100000000001") is None
        assert said.idle(ACCOUNT) == {ARN: Opinion()}


def saving(value: Any, currency: str = "USD") -> dict[str, Any]:
    return {"savingsOpportunityPercentage": 100.0, "estimatedMonthlySavings": {"currency": currency, "value": value}}


def test_what_it_says_of_an_endpoint() -> None:
    """Its saving after discounts, not the one before; its own words; how far it looked back (D13.16)."""
    said, _ = optimizer({"idleRecommendations": [recommendation(
        savingsOpportunity=saving(1028.13), savingsOpportunityAfterDiscounts=saving(719.691),
        findingDescription="No invocations.", lookBackPeriodInDays=14.0,
    )]})  # fmt: skip
    assert said.idle(ACCOUNT) == {ARN: Opinion("No invocations.", 14, Decimal("719.69"))}


@pytest.mark.parametrize(
    "after", [None, saving(0.0), saving(-1.0), saving(float("nan")), saving(1e12), saving(700.0, "CNY"), saving("700")]
)
def test_a_saving_that_is_not_known_is_none(after: Any) -> None:
    """Zero is no price, and another currency is no dollar; the endpoint is still named."""
    row = recommendation(savingsOpportunity=saving(1028.13), lookBackPeriodInDays=0.0)
    row |= {"savingsOpportunityAfterDiscounts": after} if after else {}
    said, _ = optimizer({"idleRecommendations": [row]})
    assert said.idle(ACCOUNT) == {ARN: Opinion()}
