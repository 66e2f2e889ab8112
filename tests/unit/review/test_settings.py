"""What other settings of the stack change. Each test has a site of its own."""

import json
from datetime import timedelta

import boto3
import pytest

from endpoint_sweep.aws import wiring
from endpoint_sweep.domain.model import Caps
from endpoint_sweep.reports.text import moment
from endpoint_sweep.rules.approvals import ApprovalStatus, Identity
from tests.simulation.hub.offers import put_on_offer
from tests.simulation.hub.review_site import ADA, GRACE, PRINCIPAL, ReviewSite
from tests.unit.review.forms import decide, form, told
from tests.unit.review.under_way import under_way


def test_who_is_the_only_approver_cannot_approve_an_own_sweep() -> None:
    """BI-42: 403, before a code is mailed; keeping everything is allowed."""
    with ReviewSite.open(APPROVERS=ADA) as site:
        offer = put_on_offer(requester=ADA)
        answer = site.post(offer.path, form(offer, "churn-poc", step="review"))
        assert (told(answer), site.outbox) == ((403, "E_SELF_APPROVAL"), [])
        assert site.post(offer.path, form(offer)).status == 303


def test_who_is_no_approver_any_more_is_told_so() -> None:
    """The link still works, the person does not."""
    with ReviewSite.open(APPROVERS=ADA) as site:
        offer = put_on_offer()
        assert told(site.get(offer.second)) == (403, "E_NOT_AN_APPROVER")
        assert told(site.post(offer.second, form(offer, "churn-poc"))) == (403, "E_NOT_AN_APPROVER")


def test_without_the_code_the_link_is_the_identity() -> None:
    """The setting switches it off, and the record says so."""
    with ReviewSite.open(REQUIRE_CODE="false") as site:
        offer = put_on_offer()
        assert "Six-digit code" not in site.post(offer.path, form(offer, "churn-poc", step="review")).body
        assert site.post(offer.path, form(offer, "churn-poc")).status == 303
        assert [one.identity for one in offer.now().decisions] == [Identity.LINK]
        assert len(site.outbox) == 1


def test_how_long_a_code_is_valid() -> None:
    """The stack says so; the email and the page tell it."""
    with ReviewSite.open(CODE_TTL_MINUTES="5") as site:
        offer = put_on_offer()
        fields = form(offer, "churn-poc")
        assert "Valid for 5 minutes" in site.post(offer.path, fields | {"step": "review"}).body
        assert "valid for 5 minutes" in site.outbox[-1].text
        site.ahead = timedelta(minutes=5, seconds=1)
        assert told(site.post(offer.path, fields | {"code": site.code()})) == (400, "E_CODE")


def test_whose_address_left_the_list_is_a_stranger() -> None:
    """A mapping alone makes no one an approver."""
    with ReviewSite.open(APPROVERS="grace@example.com") as site:
        address = f"/approvals/{put_on_offer().approval.id}"
        assert told(site.send("GET", address, principal=PRINCIPAL)) == (403, "E_NOT_AN_APPROVER")


def test_the_last_of_fifty_approvers_may_decide_with_credentials() -> None:
    """Their principals stand in a parameter, because a function's environment is too small for them."""
    addresses = [f"approver-{number}@example.com" for number in range(50)]
    arns = [f"arn:aws:iam::111111111111:role/{'finops':-<48}{number:010}" for number in range(50)]
    pairs = ",".join(f"{arn}={address}" for arn, address in zip(arns, addresses, strict=True))
    callers = [f"{arn.replace(':iam::', ':sts::').replace(':role/', ':assumed-role/')}/x" for arn in arns]
    with ReviewSite.open(APPROVERS=",".join(addresses), APPROVER_PRINCIPALS=pairs) as site:
        address = f"/approvals/{put_on_offer().approval.id}"
        assert site.send("GET", address, principal=callers[-1]).status == 200


@pytest.mark.parametrize("name", ["APPROVERS", "TWO_APPROVERS_FOR_ACCOUNTS"])
def test_while_a_list_cannot_be_read_nothing_is_decided(name: str) -> None:
    """As where a variable is missing: neither shown nor recorded."""
    with ReviewSite.open() as site:
        offer = put_on_offer()
        boto3.client("ssm").delete_parameter(Name=f"/{name}")
        wiring.hub.cache_clear()
        before = site.everything()
        assert told(site.get(offer.path)) == (503, "E_UNAVAILABLE")
        assert told(site.post(offer.path, form(offer, "churn-poc"))) == (503, "E_UNAVAILABLE")
        assert site.everything() == before


def test_the_end_of_the_grace_period_is_told() -> None:
    """On both approvers' pages and in the receipt, to the minute; within it everything can be kept by either."""
    with ReviewSite.open(GRACE_MINUTES="15") as site:
        offer = put_on_offer()
        confirm = site.post(offer.path, form(offer, "resnet-demo", step="review")).body
        assert "The first deletion starts 15 minutes after you confirm." in confirm
        assert decide(site, offer.path, form(offer, "resnet-demo")).status == 303
        [decision] = offer.now().decisions
        starts = moment(decision.at + wiring.hub().rules.grace)
        assert f"The first deletion starts on {starts}." in " ".join(site.outbox[-1].text.split())
        assert f"The first deletion starts on {starts}." in site.get(offer.path).body
        theirs = site.get(offer.second).body
        assert f"Nothing will be deleted before {starts}. Until then, everything can still be kept." in theirs
        assert "Keep everything</button>" in theirs
        assert site.post(offer.second, form(offer)).status == 303
        assert [one.approver for one in offer.now().kept_by] == [GRACE]


@pytest.mark.parametrize(
    ("status", "wanted"),
    [(ApprovalStatus.DECIDED, "Until then, everything"), (ApprovalStatus.VERIFIED, "You can still keep all 12.")],
)
def test_the_grace_period_is_told_only_while_it_lasts(status: ApprovalStatus, wanted: str) -> None:
    """After it, what counts is what was sent."""
    with ReviewSite.open(GRACE_MINUTES="60") as site:
        assert wanted in site.get(under_way(0, status).second).body


def test_the_caps_that_bind_are_told_before_anybody_chooses() -> None:
    """The stack's if the plan is more generous, and the plan's if that is the stricter: on the page, as data."""
    with ReviewSite.open(MAX_DELETES_PER_SWEEP="2", MAX_DELETES_PER_ACCOUNT="9") as site:
        offer = put_on_offer(caps=Caps(25, 7, 100))
        words = "One decision can delete at most 2 endpoints, at most 7 in one account"
        page = " ".join(site.get(offer.path).body.split())
        assert words in page
        assert "The percentage counts separately for each type of resource." in page
        data = json.loads(site.send("GET", f"/approvals/{offer.approval.id}", principal=PRINCIPAL).body)
        assert data["caps"] == {"per_sweep": 2, "per_account": 7, "percent_of_account": 100}
        chosen = ("resnet-demo", "resnet-eu", "churn-poc")
        assert told(site.post(offer.path, form(offer, *chosen, step="review"))) == (400, "E_OVER_CAP")
