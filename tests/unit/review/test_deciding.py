"""One decision a person, confirmed with phrase and code; what others decided; too late, too much, again."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from endpoint_sweep.aws import wiring
from endpoint_sweep.domain.model import Caps, Silence
from endpoint_sweep.ports import Maker
from endpoint_sweep.rules.approvals import ApprovalStatus, Choice, Identity, StopKind
from tests.simulation.hub.offers import FINDINGS, NOW, Offer, put_on_offer
from tests.simulation.hub.review_site import ADA, GRACE, ReviewSite
from tests.unit.review.forms import decide, form, selected, snoozed, told, with_code


def test_a_decision_is_recorded_and_wakes_the_sweep(site: ReviewSite, offer: Offer) -> None:
    """303 to a page without the secret; the record is authentic; the receipt goes to this approver alone."""
    mails = len(site.outbox)
    answer = decide(site, offer.path, form(offer, "churn-poc", snooze={"resnet-eu": 7}, comment=" why\r\nnot \u202e"))
    assert (answer.status, answer.headers["Location"]) == (303, f"{offer.approval.id}/result")
    (decision,) = offer.now().decisions
    assert (decision.approver, decision.identity, decision.choice) == (ADA, Identity.LINK_AND_CODE, Choice.DELETE)
    assert [one.name for one in decision.selected] == ["churn-poc"]
    assert [(one.id.name, one.days) for one in decision.snoozes] == [("resnet-eu", 7)]
    assert decision.comment == "why not"
    assert wiring.hub().seals.is_authentic(Maker.DECISIONS, decision.digest, decision.mac)
    assert offer.now().status is ApprovalStatus.DECIDED
    assert site.sweeps.woken == [f"token-of-{offer.approval.sweep_id}"]
    assert [mail.to for mail in site.outbox[mails:]] == [ADA, ADA]
    receipt = site.outbox[-1]
    assert receipt.subject.endswith("your decision to delete 1 endpoint is recorded")
    assert "The sweep will carry this out right away" in receipt.text
    assert offer.path.partition("k=")[2] not in receipt.text + receipt.html
    result = site.get(f"/a/{answer.headers['Location']}")
    assert result.status == 200
    assert "churn-poc" not in result.body


def test_only_snoozes_keep_everything(site: ReviewSite, offer: Offer) -> None:
    """The choice is keep, the snoozes are in the decision."""
    assert decide(site, offer.path, form(offer, snooze={"resnet-eu": 90})).status == 303
    (decision,) = offer.now().decisions
    assert (decision.choice, decision.selected, len(decision.snoozes)) == (Choice.KEEP, (), 1)


def test_comments_are_capped_and_inert(site: ReviewSite, offer: Offer) -> None:
    """BI-41: 500 characters on one line, escaped in the page and in the mail."""
    comment = "<b>bold</b>\r\nBcc: x@example.com\u202e\U0001f600 " + "long " * 2000
    assert decide(site, offer.path, form(offer, "resnet-demo", comment=comment)).status == 303
    (decision,) = offer.now().decisions
    assert len(decision.comment) == 500
    assert decision.comment.startswith("<b>bold</b> Bcc: x@example.com\U0001f600 long")
    for page in (site.get(offer.path).body, site.get(offer.second).body, site.outbox[-1].html):
        assert "<b>bold" not in page
        assert "&lt;b&gt;bold" in page
    assert "Bcc" not in site.outbox[-1].subject


def test_two_approvers_agree_on_what_both_chose(site: ReviewSite) -> None:
    """BI-42, S1.10: the first is told who is awaited and wakes no one; the second sees the first; one vote a person."""
    offer = put_on_offer(flagged={"222222222222": "twice as many are idle as last time"})
    assert decide(site, offer.path, form(offer, "resnet-demo", "llama3-70b-demo")).status == 303
    assert (offer.now().status, site.sweeps.woken) == (ApprovalStatus.PENDING, [])
    assert "Nothing will be deleted until one more approver agrees" in site.outbox[-1].text
    again = site.post(offer.path, form(offer, "resnet-demo"))
    assert told(again) == (409, "E_ALREADY_DECIDED")
    shown = site.get(offer.second)
    assert f"<strong>{ADA}</strong> decided to delete 2 endpoints" in shown.body
    second = form(offer, "resnet-demo", "churn-poc")
    review = site.post(offer.second, second | {"step": "review"})
    assert "All of you selected 1 endpoint: only that one will be deleted." in review.body
    assert decide(site, offer.second, second, GRACE).status == 303
    assert offer.now().status is ApprovalStatus.DECIDED
    assert len(site.sweeps.woken) == 1


def test_the_page_says_why_two_are_needed(site: ReviewSite) -> None:
    """The reason is on the list, on the confirmation and in the receipt."""
    offer = put_on_offer(flagged={"*": "half of everything became idle at once"})
    assert "Half of everything became idle at once." in site.get(offer.path).body
    review = site.post(offer.path, form(offer, "churn-poc", step="review"))
    assert "2 approvers must agree; you are the first." in review.body
    assert "Half of everything became idle at once." in review.body


@pytest.mark.parametrize("requester", [ADA, "Ada+sweeps@example.com"])
def test_who_started_a_sweep_is_not_its_only_approver(site: ReviewSite, requester: str) -> None:
    """BI-42: another person is needed, whatever the address is spelled like."""
    offer = put_on_offer(requester=requester)
    assert decide(site, offer.path, form(offer, "churn-poc")).status == 303
    assert offer.now().status is ApprovalStatus.PENDING
    assert "who started a sweep cannot be its only approver" in site.outbox[-1].text.lower()


def test_a_replay_gets_the_recorded_answer(site: ReviewSite, offer: Offer) -> None:
    """BI-31: the same again is 200 and no second decision; another one, or another person, is told who and when."""
    fields = with_code(site, offer.path, form(offer, "resnet-demo"))
    assert site.post(offer.path, fields).status == 303
    woken = len(site.sweeps.woken)
    for _ in range(3):
        again = site.post(offer.path, fields)
        assert again.status == 200
        assert "Already recorded" in again.body
    for path, other in ((offer.path, form(offer, "churn-poc")), (offer.second, form(offer, "churn-poc"))):
        answer = site.post(path, other)
        assert told(answer) == (409, "E_ALREADY_DECIDED")
        assert re.search(
            rf"{ADA}</strong> decided to delete 1 endpoint on \d\d \w+ \d{{4}}, \d\d:\d\d UTC", answer.body
        )
    assert (len(offer.now().decisions), len(site.sweeps.woken)) == (1, woken)
    assert site.get(offer.path).status == site.get(offer.second).status == 200


def test_a_rejection_after_an_approval_counts(site: ReviewSite, offer: Offer) -> None:
    """FI-29, BI-31: keep overrides delete, and delete after keep is refused; both stay in the record."""
    assert decide(site, offer.path, form(offer, "resnet-demo")).status == 303
    assert "Keep everything" in site.get(offer.second).body
    assert site.post(offer.second, form(offer)).status == 303
    assert [one.choice for one in offer.now().decisions] == [Choice.DELETE, Choice.KEEP]
    for path in (offer.path, offer.second):
        assert told(site.post(path, form(offer, "churn-poc"))) == (409, "E_ALREADY_DECIDED")


def test_an_own_approval_can_be_taken_back(site: ReviewSite, offer: Offer) -> None:
    """It is kept as withdrawn; and that is final."""
    assert decide(site, offer.path, form(offer, "resnet-demo")).status == 303
    assert site.post(offer.path, form(offer)).status == 303
    record = offer.now()
    assert [one.choice for one in record.decisions] == [Choice.KEEP]
    assert [one.choice for one in record.withdrawn] == [Choice.DELETE]
    assert told(site.post(offer.path, form(offer, "churn-poc"))) == (409, "E_ALREADY_DECIDED")


@pytest.mark.parametrize(
    ("changes", "status", "code", "words"),
    [
        ({"expires_at": NOW - timedelta(seconds=1)}, 410, "E_APPROVAL_EXPIRED", "Nothing was deleted."),
        ({"status": ApprovalStatus.EXPIRED}, 410, "E_APPROVAL_EXPIRED", "Nothing was deleted."),
        ({"status": ApprovalStatus.SUPERSEDED, "newer": "2026-11-27"}, 409, "E_PLAN_SUPERSEDED", "2026-11-27"),
        ({"status": ApprovalStatus.CLOSED}, 409, "E_RUN_OVER", "no longer running"),
        ({"status": ApprovalStatus.VERIFIED}, 409, "E_ALREADY_DECIDED", "already been decided"),
    ],
)
def test_too_late(site: ReviewSite, changes: dict[str, Any], status: int, code: str, words: str) -> None:
    """BI-30, BI-31, BI-32: whatever ended the asking is told, and neither step of choosing does anything."""
    offer = put_on_offer(**changes)
    before = site.everything()
    for fields in (form(offer, "churn-poc"), form(offer, "churn-poc", step="review")):
        answer = site.post(offer.path, fields)
        assert told(answer) == (status, code)
        assert words in answer.body
    # Looking at what is decided is no fault.
    assert site.get(offer.path).status == (200 if code == "E_ALREADY_DECIDED" else status)
    assert site.everything() == before


@pytest.mark.parametrize("status", [ApprovalStatus.EXPIRED, ApprovalStatus.VERIFIED])
def test_a_keep_is_taken_whatever_the_record_says(site: ReviewSite, status: ApprovalStatus) -> None:
    """How an approval ended is not signed, so it turns no keep down: someone may say so for a minute only."""
    offer = put_on_offer(status=status)
    site.post(offer.path, form(offer))
    assert [one.kind for one in offer.now().stops] == [StopKind.KEPT]


def test_a_keep_after_everything_is_over_is_told_so(site: ReviewSite) -> None:
    """BI-30: once no deletion could start any more, whatever had been decided."""
    offer = put_on_offer(expires_at=NOW - timedelta(hours=5))
    assert told(site.post(offer.path, form(offer))) == (410, "E_APPROVAL_EXPIRED")
    assert offer.now().stops == ()


def test_expired_between_the_steps(site: ReviewSite) -> None:
    """BI-30: to the second."""
    offer = put_on_offer()
    fields = with_code(site, offer.path, form(offer, "churn-poc"))
    site.ahead = timedelta(hours=72, seconds=1)
    assert (told(site.post(offer.path, fields)), offer.decision()) == ((410, "E_APPROVAL_EXPIRED"), None)


def test_over_a_cap(site: ReviewSite) -> None:
    """Refused whole on the list, with the figures, before a code is mailed."""
    offer = put_on_offer(caps=Caps(1, 10, 100))
    before = site.everything()
    answer = site.post(offer.path, form(offer, "churn-poc", "resnet-demo", step="review"))
    assert told(answer) == (400, "E_OVER_CAP")
    assert "2 endpoints are selected, but the limit for one decision is 1" in answer.body
    assert site.everything() == before


def test_more_than_those_who_can_decide_may_choose(site: ReviewSite) -> None:
    """The list says it before; on the next press it is refused with both ways out, and the rest can still be chosen."""
    offer = put_on_offer(flagged={"222222222222": "twice as many are idle as last time"}, unreachable=(GRACE,))
    before = site.everything()
    shown = site.get(offer.path).body
    assert "You are the only approver who can decide." in shown
    assert shown.count("needs more approvers than can decide") == 3
    for step in ("review", "decide"):
        answer = site.post(offer.path, form(offer, "churn-poc", "resnet-demo", step=step))
        assert told(answer) == (400, "E_QUORUM_IMPOSSIBLE")
        assert (
            "This selection needs 2 approvers (account 222222222222: twice as many are idle as last time)"
            in answer.body
        )
        assert "or ask the team that deployed the stack to add an approver." in answer.body
        assert answer.body.count('value="d" checked') == 2
    assert site.everything() == before
    assert decide(site, offer.path, form(offer, "churn-poc")).status == 303
    assert offer.now().status is ApprovalStatus.DECIDED


def test_nothing_is_said_of_approvers_where_there_are_enough(site: ReviewSite) -> None:
    """Neither where two can decide, nor where one may choose everything."""
    for offer in (put_on_offer(flagged={"*": "many"}), put_on_offer(unreachable=(GRACE,))):
        assert "can decide" not in site.get(offer.path).body


def test_all_of_an_account(site: ReviewSite, offer: Offer) -> None:
    """One button chooses, one keeps; other accounts stay as they were chosen; nothing is written."""
    before = site.everything()
    rows = {row: offer.row(row) for row in ("llama3-70b-demo", "resnet-demo", "resnet-eu", "churn-poc")}
    sent = {"plan_sha256": offer.approval.plan.sha256, rows["churn-poc"]: "d", offer.row("resnet-eu", "z"): "7"}

    def chosen(**button: str) -> set[str]:
        body = site.post(offer.path, sent | button).body
        return set(selected(body)) | {f"{name} {days}" for name, days in snoozed(body).items()}

    account = {rows[name] for name in ("llama3-70b-demo", "resnet-demo")}
    group, other = rows["resnet-demo"][1:], rows["churn-poc"][1:]
    nap, taken = f"z{rows['resnet-eu'][1:]} 7", rows["churn-poc"]
    assert chosen(delete_all=group) == account | {taken, nap}
    assert chosen(keep_all=group) == {taken}
    assert chosen(keep_all=other) == {nap}
    for nonsense in ("", "999999", "-1", "222222222222", "x", "1e1"):
        assert chosen(keep_all=nonsense) == chosen(delete_all=nonsense) == {taken, nap}
    assert site.everything() == before


def test_what_published_nothing_is_marked(site: ReviewSite) -> None:
    """Beside its name, by what was measured and not by its reason."""
    quiet = replace(FINDINGS[0], silence=Silence.NOTHING)
    body = site.get(put_on_offer((quiet, *FINDINGS[1:])).path).body
    assert body.count('class="label"') == 1
    assert '<code>llama3-70b-demo</code> <span class="label">published nothing</span>' in body
