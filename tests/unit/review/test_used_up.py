"""Whoever has a link can use up its codes: that locks out this link, and neither its approver nor anybody else."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import boto3
import pytest

from endpoint_sweep.aws import wiring
from endpoint_sweep.review.codes import CODES, TRIES
from endpoint_sweep.rules.approvals import Link, hash_secret, mint_secret
from tests.simulation.hub.offers import NOW, Offer
from tests.simulation.hub.review_site import ADA, GRACE, TABLE, Answer, ReviewSite
from tests.unit.review.forms import decide, form, told, with_code


def alarms(site: ReviewSite) -> list[tuple[str, str]]:
    """The alarms of the log with the approval that they name, oldest first."""
    lines = [json.loads(line) for line in site.log.getvalue().splitlines() if line.startswith("{")]
    return [(one["alarm"], one.get("id", "")) for one in lines if one.get("alarm")]


@pytest.fixture
def spent(site: ReviewSite, offer: Offer) -> Offer:
    """An offer whose first link has been mailed all its codes."""
    for number in range(1, CODES + 1):
        wiring.hub().records.count_code(offer.approval.sweep_id, offer.approval.links[0].id, number)
    return offer


def asking(site: ReviewSite, offer: Offer) -> Answer:
    return site.post(offer.path, form(offer, "resnet-demo", step="review"))


def test_a_used_up_link_is_told_once(site: ReviewSite, spent: Offer) -> None:
    """One alarm with the approval's id, one waking, so that the sweep mails another link; nothing is mailed here."""
    before, mails = len(alarms(site)), len(site.outbox)
    for _ in range(3):
        answer = asking(site, spent)
        assert told(answer) == (400, "E_CODE")
        assert f"A new link is on its way to {ADA}" in answer.body
    assert told(site.post(spent.path, form(spent, "resnet-demo", code="123456"))) == (400, "E_CODE")
    assert alarms(site)[before:] == [("CodesUsedUp", spent.approval.id)]
    assert site.sweeps.woken == [f"token-of-{spent.approval.sweep_id}"]
    assert len(site.outbox) == mails
    assert wiring.hub().records.tries(spent.approval.sweep_id, spent.approval.links[0].id).used_up


def test_its_approver_still_keeps_everything(site: ReviewSite, spent: Offer) -> None:
    """By that very link."""
    asking(site, spent)
    assert site.post(spent.path, form(spent)).status == 303
    assert [one.approver for one in spent.now().kept_by] == [ADA]


def test_another_link_of_the_same_approver_counts_anew(site: ReviewSite, spent: Offer) -> None:
    """As the other approvers' links do."""
    asking(site, spent)
    records = wiring.hub().records
    found = records.approval(spent.approval.id)
    assert found
    secret = mint_secret()
    newer = Link(hash_secret(secret), ADA, NOW + timedelta(hours=1))
    records.save_request(replace(found.approval, links=(*found.approval.links, newer)), found.versions.asked)
    mine = f"/a/{spent.approval.id}?k={secret}"
    for path, who in ((mine, ADA), (spent.second, GRACE)):
        shown = site.post(path, form(spent, "resnet-demo", step="review"))
        assert (shown.status, site.outbox[-1].to) == (200, who)
    assert site.post(mine, form(spent, "resnet-demo", code=site.code())).status == 303


def test_the_last_guess_at_the_last_code_uses_it_up(site: ReviewSite, offer: Offer) -> None:
    """Not only asking for one more."""
    records, link = wiring.hub().records, offer.approval.links[0].id
    for number in range(1, CODES):
        records.count_code(offer.approval.sweep_id, link, number)
    fields = with_code(site, offer.path, form(offer, "resnet-demo"))
    wrong = "000000" if fields["code"] != "000000" else "111111"
    before = len(alarms(site))
    for _ in range(TRIES):
        assert told(site.post(offer.path, fields | {"code": wrong})) == (400, "E_CODE")
    assert alarms(site)[before:] == [("CodesUsedUp", offer.approval.id)]
    assert told(site.post(offer.path, fields)) == (400, "E_CODE")
    assert offer.decision() is None


# a row of the table that someone puts back


def code_row(offer: Offer) -> dict[str, Any]:
    key = {"pk": {"S": f"DECIDED#{offer.approval.id}"}, "sk": {"S": f"CODE#{offer.approval.links[0].id}"}}
    item: dict[str, Any] = boto3.client("dynamodb").get_item(TableName=TABLE, Key=key)["Item"]
    return item


def put_back(item: dict[str, Any]) -> None:
    boto3.client("dynamodb").put_item(TableName=TABLE, Item=item)


def test_an_earlier_code_that_was_put_back_is_no_code(site: ReviewSite, offer: Offer) -> None:
    """With its right MAC: a newer one was mailed since. It is told, and a new code heals it."""
    fields = with_code(site, offer.path, form(offer, "resnet-demo"))
    earlier = code_row(offer)
    site.ahead = timedelta(minutes=2)
    with_code(site, offer.path, form(offer, "resnet-demo"))
    put_back(earlier | {"version": code_row(offer)["version"]})
    before = len(alarms(site))
    assert told(site.post(offer.path, fields)) == (400, "E_CODE")
    assert alarms(site)[before:] == [("RecordForged", offer.approval.id)]
    assert offer.decision() is None
    assert told(asking(site, offer)) == (400, "E_CODE")
    assert site.post(offer.path, fields | {"code": site.code()}).status == 303


def test_a_row_that_was_put_back_gives_no_more_guesses(site: ReviewSite, offer: Offer) -> None:
    """Nor does removing what counts them."""
    fields = with_code(site, offer.path, form(offer, "resnet-demo"))
    fresh, link = code_row(offer), offer.approval.links[0].id
    wrong = "000000" if fields["code"] != "000000" else "111111"
    for _ in range(TRIES):
        site.post(offer.path, fields | {"code": wrong})
    put_back(fresh)
    store = wiring.hub().store
    for key, _ in store.history(f"sweeps/{offer.approval.sweep_id}/tries/"):
        boto3.client("s3").delete_object(Bucket=store.bucket, Key=key)
    assert told(site.post(offer.path, fields)) == (400, "E_CODE")
    assert wiring.hub().records.tries(offer.approval.sweep_id, link).guesses == TRIES
    assert offer.decision() is None


def test_a_code_row_of_another_hand_is_told_and_replaced(site: ReviewSite, offer: Offer) -> None:
    """Whoever writes to the table does not choose the digits."""
    fields = with_code(site, offer.path, form(offer, "resnet-demo"))
    item = code_row(offer)
    document = json.loads(item["document"]["S"])
    forged = document | {"codes": [one | {"expires_at": "2030-01-01T00:00:00Z"} for one in document["codes"]]}
    put_back(item | {"document": {"S": json.dumps(forged)}})
    assert told(site.post(offer.path, fields)) == (400, "E_CODE")
    assert offer.decision() is None
    asking(site, offer)
    assert decide(site, offer.path, form(offer, "resnet-demo")).status == 303
