"""The stack was updated while people were asked: the plan has the bytes that were recorded, but other fields."""

import json
from dataclasses import replace

from endpoint_sweep.aws import wiring
from tests.simulation.hub.offers import Offer, put_on_offer
from tests.simulation.hub.review_site import PRINCIPAL, ReviewSite
from tests.unit.review.forms import decide, form, selected, told


def offered_by_another_version() -> Offer:
    """A plan with a field that this version does not know."""
    offer, at = put_on_offer(), wiring.hub()
    document = json.loads(at.store.get(offer.approval.plan.key, offer.approval.plan.version_id))
    body = json.dumps(document | {"field_of_another_version": 1}).encode()
    approval = replace(offer.approval, plan=at.store.put(offer.approval.plan.key, body, count=len(offer.plan.items)))
    at.records.save_request(approval, 1)
    return replace(offer, approval=approval)


def test_no_deletion_is_recorded_that_cannot_happen(site: ReviewSite) -> None:
    """The page says why, keeps what was selected, and mails neither code nor receipt."""
    offer = offered_by_another_version()
    before = site.everything()
    for step in ("review", "decide"):
        answer = site.post(offer.path, form(offer, "resnet-demo", step=step))
        assert told(answer) == (409, "E_PLAN_CHANGED")
        assert "The stack was updated after this plan was made" in answer.body
        assert selected(answer.body) == [offer.row("resnet-demo")]
    assert site.everything() == before


def test_with_credentials_as_well(site: ReviewSite) -> None:
    offer = offered_by_another_version()
    sha256 = offer.approval.plan.sha256
    body = {
        "choice": "delete",
        "selected": [str(offer.plan.items[0].id)],
        "plan_sha256": sha256,
        "phrase": f"DELETE 1 {sha256[:8]}",
    }
    path = offer.path.partition("?")[0].replace("/a/", "/approvals/")
    answer = site.send(
        "POST", path, body=json.dumps(body), headers={"Content-Type": "application/json"}, principal=PRINCIPAL
    )
    assert (answer.status, json.loads(answer.body)["code"]) == (409, "E_PLAN_CHANGED")
    assert offer.decision() is None


def test_everything_can_still_be_kept(site: ReviewSite) -> None:
    """With snoozes, too."""
    offer = offered_by_another_version()
    assert decide(site, offer.path, form(offer, snooze={"resnet-demo": 7})).status == 303
    assert offer.now().kept_by
