"""The approver of the simulation reads the page as it is: what it chooses is what is recorded."""

from tests.browser.served import served
from tests.simulation.hub.approver import Approver
from tests.simulation.hub.offers import Offer
from tests.simulation.hub.review_site import ADA, ReviewSite


def test_the_approver_decides_through_the_page(site: ReviewSite, offer: Offer) -> None:
    """Every id that is offered is seen; the chosen ones are recorded, confirmed with the code from the mailbox."""
    with served(site) as url:
        person = Approver(url + offer.path, lambda: [mail.text for mail in site.outbox if mail.to == ADA])
        assert set(person.offered()) == {str(one.id) for one in offer.plan.items}
        done = person.decide(lambda offered: [one for one in offered if "resnet" in one])
    assert (done.status, "Recorded" in done.body) == (200, True)
    decision = offer.decision()
    assert decision
    assert {one.name for one in decision.selected} == {"resnet-demo", "resnet-eu"}
