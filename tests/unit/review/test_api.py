"""The way with AWS credentials: the same rules and the same record (S1.9)."""

import base64
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from endpoint_sweep.aws import wiring
from endpoint_sweep.domain.caller_proof import HEADER
from endpoint_sweep.ports import Maker
from endpoint_sweep.rules.approvals import ApprovalStatus, Choice, Identity
from tests.simulation.hub.offers import HOSTILE_OWNER, NOW, Offer, put_on_offer
from tests.simulation.hub.review_site import ADA, GRACE, PRINCIPAL, STRANGER, Answer, ReviewSite
from tests.unit.review.forms import decide, form

CHURN, RESNET = "333333333333/us-east-1/churn-poc", "222222222222/us-east-1/resnet-demo"
JSON = {"Content-Type": "application/json"}


def body(offer: Offer, *selected: str, **other: Any) -> dict[str, Any]:
    hash8 = offer.approval.plan.sha256[:8]
    return {
        "choice": "delete" if selected else "keep",
        "selected": list(selected),
        "plan_sha256": offer.approval.plan.sha256,
        "phrase": f"DELETE {len(selected)} {hash8}" if selected else f"KEEP ALL {hash8}",
    } | other


def ask(site: ReviewSite, offer: Offer, principal: str | None = PRINCIPAL) -> Answer:
    return site.send("GET", f"/approvals/{offer.approval.id}", principal=principal)


def post(site: ReviewSite, offer: Offer, data: object, principal: str | None = PRINCIPAL) -> Answer:
    text = data if isinstance(data, str) else json.dumps(data)
    return site.send("POST", f"/approvals/{offer.approval.id}", "", text, JSON, principal)


def refusal(answer: Answer) -> tuple[int, str]:
    """Status and code, which is empty where nothing was refused."""
    return answer.status, json.loads(answer.body).get("code", "")


def test_the_offer_as_data(site: ReviewSite, offer: Offer) -> None:
    """What the page shows, with hostile text as JSON text; nothing is written by asking (I3)."""
    before = site.everything()
    answer = ask(site, offer)
    found = json.loads(answer.body)
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert (found["schema"], found["approver"], found["plan_sha256"]) == (2, ADA, offer.approval.plan.sha256)
    assert [one["id"] for one in found["resources"]] == [str(one.id) for one in offer.plan.items]
    assert HOSTILE_OWNER in [one["owner"] for one in found["resources"]]
    assert all(one["can_be_restored"] for one in found["resources"])
    assert found["beyond"] == 0
    assert site.everything() == before


@pytest.mark.parametrize(
    "principal", [STRANGER, PRINCIPAL.replace("/ada", "x/ada"), PRINCIPAL.replace("1" * 12, "2" * 12)]
)
def test_a_stranger_learns_nothing(site: ReviewSite, offer: Offer, principal: str) -> None:
    """BI-43: who is not mapped is refused alike, whatever is asked for."""
    before = site.everything()
    answers = [ask(site, offer, principal), post(site, offer, body(offer, CHURN), principal)]
    answers.append(site.send("GET", f"/approvals/{'0' * 32}", principal=principal))
    assert {refusal(one) for one in answers} == {(403, "E_NOT_AN_APPROVER")}
    assert len({one.body for one in answers}) == 1
    assert site.everything() == before


def made_up(site: ReviewSite, offer: Offer, method: str, text: str, proof: Mapping[str, str]) -> Answer:
    """An event as whoever may invoke the function writes it: all of it says that the approver calls."""
    who = {"accountId": PRINCIPAL.split(":")[4], "caller": "AROA:ada", "userArn": PRINCIPAL, "sourceIp": "192.0.2.1"}
    said = {
        "path": "/v1",
        "httpMethod": method,
        "stage": "v1",
        "identity": who,
        "authorizer": {"principalId": PRINCIPAL},
    }
    path = f"/approvals/{offer.approval.id}"
    return site.send(method, path, "", text, JSON | dict(proof), requestContext=said)


def test_a_made_up_event_decides_nothing(site: ReviewSite, offer: Offer) -> None:
    """Naming an approver in the event is not enough: without a proof for this very request, no one calls."""
    text, path = json.dumps(body(offer, CHURN)), f"/approvals/{offer.approval.id}"
    other = put_on_offer()
    site.ahead = timedelta(minutes=-2)
    old = site.prove(PRINCIPAL, "POST", path, text.encode())
    site.ahead = timedelta()
    proofs = [
        "",
        "AAAA",
        "A" * 100_000,
        old,
        site.prove(PRINCIPAL, "GET", path),
        site.prove(PRINCIPAL, "GET", path, text.encode()),
        site.prove(PRINCIPAL, "POST", path, json.dumps(body(offer)).encode()),
        site.prove(PRINCIPAL, "POST", f"/approvals/{other.approval.id}", text.encode()),
    ]
    before = site.everything()
    answers = [made_up(site, offer, "POST", text, {HEADER: proof}) for proof in proofs]
    answers += [made_up(site, offer, method, text, {}) for method in ("GET", "POST")]
    answers.append(made_up(site, offer, "GET", text, {HEADER: site.prove(PRINCIPAL, "GET", path)}))
    assert {refusal(one) for one in answers} == {(403, "E_CALLER_UNPROVEN")}
    assert all("endpoint-sweep approve" in json.loads(one.body)["message"] for one in answers)
    assert site.everything() == before


def test_keys_of_another_prove_another(site: ReviewSite, offer: Offer, unchanged: None) -> None:
    """A stranger's proof in an event that names an approver is a stranger's."""
    text = json.dumps(body(offer, CHURN))
    proof = site.prove(STRANGER, "POST", f"/approvals/{offer.approval.id}", text.encode())
    assert refusal(made_up(site, offer, "POST", text, {HEADER: proof})) == (403, "E_NOT_AN_APPROVER")


def test_what_aws_says_counts_and_not_the_event(site: ReviewSite, offer: Offer) -> None:
    """Also the other way: the event names a stranger, AWS the approver."""
    text, path = json.dumps(body(offer, CHURN)), f"/approvals/{offer.approval.id}"
    headers = JSON | {HEADER.lower(): site.prove(PRINCIPAL, "POST", path, text.encode())}
    answer = site.send("POST", path, "", text, headers, requestContext={"identity": {"userArn": STRANGER}})
    assert answer.status == 200
    decision = offer.decision()
    assert decision
    assert decision.principal == PRINCIPAL


def test_a_proof_is_over_the_bytes_of_the_body(site: ReviewSite, offer: Offer) -> None:
    """However API Gateway hands them over; the same proof again only finds what it recorded."""
    text, path = json.dumps(body(offer, CHURN, comment="so be it – é")), f"/approvals/{offer.approval.id}"
    headers = JSON | {HEADER: site.prove(PRINCIPAL, "POST", path, text.encode())}
    packed = base64.b64encode(text.encode()).decode()
    first = site.send("POST", path, "", packed, headers, isBase64Encoded=True)
    assert (first.status, json.loads(first.body)["again"]) == (200, False)
    before = site.everything()
    again = site.send("POST", path, "", text, headers)
    assert (again.status, json.loads(again.body)["again"]) == (200, True)
    assert site.everything() == before


def test_another_session_of_the_role_is_the_same_person(site: ReviewSite) -> None:
    """D13.12: whoever may assume it chooses the name of the session, and is one approver by any name."""
    offer = put_on_offer(flagged={"*": "many are idle at once"})
    assert post(site, offer, body(offer, CHURN)).status == 200
    again = post(site, offer, body(offer, RESNET), PRINCIPAL.replace("/ada", "/grace"))
    assert refusal(again) == (409, "E_ALREADY_DECIDED")
    assert ([one.approver for one in offer.now().decisions], offer.now().status) == ([ADA], ApprovalStatus.PENDING)


def test_without_sts_nobody_decides(site: ReviewSite, offer: Offer, unchanged: None) -> None:
    """503, nothing recorded, and no word of the proof in the log."""
    site.sts.broken = True
    text, path = json.dumps(body(offer, CHURN)), f"/approvals/{offer.approval.id}"
    proof = site.prove(PRINCIPAL, "POST", path, text.encode())
    try:
        answer = site.send("POST", path, "", text, JSON | {HEADER: proof})
    finally:
        site.sts.broken = False
    assert refusal(answer) == (503, "E_UNAVAILABLE")
    assert proof not in site.log.getvalue()
    assert "X-Amz-" not in site.log.getvalue()


def test_the_record_is_the_same(site: ReviewSite, offer: Offer) -> None:
    """Identity and principal in it, an authentic MAC over both, the sweep woken, a receipt mailed."""
    answer = post(site, offer, body(offer, CHURN, snoozes={RESNET: 7}, comment="<b>x</b>"))
    found = json.loads(answer.body)
    assert (answer.status, found["recorded"], found["again"], found["selected"]) == (200, True, False, [CHURN])
    (decision,) = offer.now().decisions
    assert (decision.identity, decision.principal, decision.approver) == (Identity.IAM, PRINCIPAL, ADA)
    assert wiring.hub().seals.is_authentic(Maker.DECISIONS, decision.digest, decision.mac)
    assert offer.now().status is ApprovalStatus.DECIDED
    assert len(site.sweeps.woken) == 1
    again = json.loads(post(site, offer, body(offer, CHURN, snoozes={RESNET: 7})).body)
    assert (again["again"], len(offer.now().decisions)) == (True, 1)


def test_it_counts_as_the_same_person_as_the_link(site: ReviewSite) -> None:
    """BI-42: approving by both ways is one approval."""
    offer = put_on_offer(flagged={"*": "many are idle at once"})
    assert decide(site, offer.path, form(offer, "churn-poc")).status == 303
    assert refusal(post(site, offer, body(offer, RESNET))) == (409, "E_ALREADY_DECIDED")
    assert offer.now().status is ApprovalStatus.PENDING
    assert post(site, offer, body(offer)).status == 200
    assert [one.choice for one in offer.now().decisions] == [Choice.KEEP]


def test_what_too_few_could_complete_is_refused(site: ReviewSite) -> None:
    """As on the page: the sentence names the ways out, nothing is written."""
    offer = put_on_offer(flagged={"222222222222": "many are idle at once"}, unreachable=(GRACE,))
    before = site.everything()
    answer = post(site, offer, body(offer, CHURN, RESNET))
    assert refusal(answer) == (400, "E_QUORUM_IMPOSSIBLE")
    assert "or ask the team that deployed the stack to add an approver." in json.loads(answer.body)["message"]
    assert site.everything() == before
    assert refusal(post(site, offer, body(offer, CHURN))) == (200, "")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"phrase": ""}, 400, "E_CONFIRM_PHRASE"),
        ({"phrase": "DELETE 2 00000000"}, 400, "E_CONFIRM_PHRASE"),
        ({"plan_sha256": "0" * 64}, 409, "E_PLAN_CHANGED"),
        ({"selected": []}, 400, "E_ITEM_SELECTION"),
        ({"selected": [CHURN, CHURN]}, 400, "E_ITEM_SELECTION"),
        ({"selected": ["333333333333/us-east-1/unknown"]}, 400, "E_ITEM_SELECTION"),
        ({"snoozes": {CHURN: 7}}, 400, "E_ITEM_SELECTION"),
        ({"snoozes": {RESNET: 8}}, 400, "E_ITEM_SELECTION"),
        ({"choice": "keep"}, 400, "E_ITEM_SELECTION"),
        ({"choice": "approve"}, 400, "E_BODY"),
        ({"choice": ["delete"]}, 400, "E_BODY"),
        ({"selected": CHURN}, 400, "E_BODY"),
        ({"selected": [1]}, 400, "E_BODY"),
        ({"snoozes": [RESNET]}, 400, "E_BODY"),
        ({"snoozes": {RESNET: True}}, 400, "E_BODY"),
        ({"comment": 1}, 400, "E_BODY"),
        ({"approver": "grace@example.com"}, 400, "E_BODY"),
    ],
    ids=str,
)  # fmt: skip
def test_bodies_that_are_not_exact(
    site: ReviewSite, offer: Offer, change: dict[str, Any], status: int, code: str
) -> None:
    """BI-33 to BI-36: refused with a sentence, nothing written."""
    before = site.everything()
    assert refusal(post(site, offer, body(offer, CHURN) | change)) == (status, code)
    assert site.everything() == before


@pytest.mark.parametrize("text", ["", "{", "null", "[]", "1", '"x"', "[" * 60_000, "NaN"])
def test_what_is_no_object(site: ReviewSite, offer: Offer, text: str) -> None:
    """BI-36: also a document nested without end."""
    assert refusal(post(site, offer, text)) == (400, "E_BODY")


@pytest.mark.parametrize(
    "send",
    [
        lambda site, path: site.send("POST", path, "", "{}", {"Content-Type": "text/plain"}, PRINCIPAL),
        lambda site, path: site.send("POST", path, "", "{}", {**JSON, "Content-Encoding": "gzip"}, PRINCIPAL),
        lambda site, path: site.send("POST", path, "", '"' + "a" * 70_000 + '"', JSON, PRINCIPAL),
    ],
    ids=["no json", "compressed", "large"],
)
def test_bodies_that_are_not_read(site: ReviewSite, offer: Offer, send: Callable[[ReviewSite, str], Answer]) -> None:
    """BI-36."""
    assert refusal(send(site, f"/approvals/{offer.approval.id}")) in ((415, "E_BODY"), (413, "E_BODY"))


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"expires_at": NOW}, 410, "E_APPROVAL_EXPIRED"),
        ({"status": ApprovalStatus.SUPERSEDED, "newer": "n"}, 409, "E_PLAN_SUPERSEDED"),
        ({"status": ApprovalStatus.CLOSED}, 409, "E_RUN_OVER"),
        ({"status": ApprovalStatus.VERIFIED}, 409, "E_ALREADY_DECIDED"),
    ],
)
def test_too_late(site: ReviewSite, changes: dict[str, Any], status: int, code: str) -> None:
    """BI-30 to BI-32, for asking and for deciding."""
    offer = put_on_offer(**changes)
    assert refusal(post(site, offer, body(offer, CHURN))) == (status, code)
    # Looking at what is decided is no fault, while something may be left to keep.
    assert refusal(ask(site, offer)) == ((200, "") if code == "E_ALREADY_DECIDED" else (status, code))


def test_the_run_is_over(site: ReviewSite, offer: Offer) -> None:
    """FI-35: recorded, and told that nothing will be deleted."""
    site.sweeps.running = site.sweeps.waiting = False
    assert refusal(post(site, offer, body(offer, CHURN))) == (409, "E_RUN_OVER")
    assert offer.decision() is not None
