"""What other settings of the stack change. Each test has a site of its own."""

from endpoint_sweep.approvals import Identity
from tests.simulation.offers import put_on_offer
from tests.simulation.review_site import ADA, PRINCIPAL, ReviewSite
from tests.unit.review.forms import form, told


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
        assert "six digits" not in site.post(offer.path, form(offer, "churn-poc", step="review")).body
        assert site.post(offer.path, form(offer, "churn-poc")).status == 303
        assert [one.identity for one in offer.now().decisions] == [Identity.LINK]
        assert len(site.outbox) == 1


def test_whose_address_left_the_list_is_a_stranger() -> None:
    """A mapping alone makes nobody an approver."""
    with ReviewSite.open(APPROVERS="grace@example.com") as site:
        address = f"/approvals/{put_on_offer().approval.id}"
        assert told(site.send("GET", address, principal=PRINCIPAL)) == (403, "E_NOT_AN_APPROVER")
