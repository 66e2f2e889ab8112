"""Keeping everything: without a code, at any time, and exactly as much as is left."""

from dataclasses import replace
from typing import Any

import pytest

from endpoint_sweep.aws import wiring
from endpoint_sweep.aws.seals import AwsSeals
from endpoint_sweep.aws.table import AwsTable
from endpoint_sweep.domain.errors import Unavailable
from endpoint_sweep.domain.model import Outcome, OutcomeStatus
from endpoint_sweep.domain.why import Cause, Why
from endpoint_sweep.ports import Maker
from endpoint_sweep.rules.approval_rules import what_may_be_deleted
from endpoint_sweep.rules.approvals import ApprovalStatus, Choice, Decision, Identity, Stop, StopKind
from endpoint_sweep.rules.planning import plan_digest
from endpoint_sweep.storage.records import Records
from tests.simulation.hub.offers import NOW, Offer
from tests.simulation.hub.review_site import ADA, PRINCIPAL, ReviewSite
from tests.unit.review.forms import form, told, with_code
from tests.unit.review.under_way import TWELVE, under_way

# without a code


def test_keeping_needs_no_code(site: ReviewSite, offer: Offer) -> None:
    """None is mailed, none is asked for; the phrase still is. It is on record as what it is: by the link alone."""
    mails = len(site.outbox)
    shown = site.post(offer.path, form(offer, step="keep"))
    assert (shown.status, "Six-digit code" in shown.body, len(site.outbox)) == (200, False, mails)
    assert told(site.post(offer.path, form(offer, phrase="KEEP ALL"))) == (400, "E_CONFIRM_PHRASE")
    assert offer.now().stops == ()
    assert site.post(offer.path, form(offer)).status == 303
    [stop] = offer.now().stops
    assert stop.decision
    assert (stop.kind, stop.decision.approver, stop.decision.identity) == (StopKind.KEPT, ADA, Identity.LINK)
    assert wiring.hub().seals.is_authentic(Maker.DECISIONS, stop.decision.digest, stop.decision.mac)
    assert [mail.subject.rpartition(": ")[2] for mail in site.outbox[mails:]] == [
        "your decision to keep everything is recorded"
    ]
    assert site.sweeps.woken == [f"token-of-{offer.approval.sweep_id}"]


def test_keeping_with_snoozes_wants_a_code(site: ReviewSite, offer: Offer) -> None:
    """Who only has the link must not hide endpoints from the next sweeps; without them it can keep."""
    fields = form(offer, snooze={"resnet-eu": 90})
    assert "Six-digit code" in site.post(offer.path, fields | {"step": "review"}).body
    for code in ("", "000000" if site.code() != "000000" else "111111"):
        assert told(site.post(offer.path, fields | {"code": code})) == (400, "E_CODE")
    assert offer.now().stops == ()
    assert site.post(offer.path, form(offer)).status == 303
    assert [one.snoozes for one in offer.now().decisions] == [()]


def test_a_keep_that_nobody_could_sign_is_recorded(
    site: ReviewSite, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FI-32: KMS signs nothing. Nothing is deleted; only whose it was cannot be proven."""

    def throttled(*_: object) -> str:
        raise Unavailable("ThrottlingException")

    with monkeypatch.context() as broken:
        broken.setattr(AwsSeals, "mac", throttled)
        assert site.post(offer.path, form(offer)).status == 303
    record, hub = offer.now(), wiring.hub()
    assert [(one.choice, one.mac) for one in record.decisions] == [(Choice.KEEP, "")]

    def is_authentic(one: Decision) -> bool:
        return hub.seals.is_authentic(Maker.DECISIONS, one.digest, one.mac)

    ruling = what_may_be_deleted(
        record, offer.plan, plan_digest(offer.plan), hub.rules, is_authentic, hub.now(), hub.rules.window
    )
    assert (ruling.selected, ruling.why) == ((), Why(Cause.UNNAMED))


# whose write it was


def test_a_keep_that_was_never_written_is_not_told_as_recorded(
    site: ReviewSite, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FI-31: neither where there is none, nor where the same approver's other request has just kept."""
    real, meanwhile = Records.stop, list[Stop]()

    def lost(records: Records, sweep_id: str, stop: Stop) -> None:
        assert stop.decision
        for one in meanwhile:
            real(records, sweep_id, replace(one, decision=replace(stop.decision, nonce="another")))
        raise ConnectionError("no one knows")

    with monkeypatch.context() as broken:
        broken.setattr(Records, "stop", lost)
        assert told(site.post(offer.path, form(offer))) == (503, "E_UNAVAILABLE")
        assert offer.now().stops == ()
        meanwhile.append(Stop(StopKind.KEPT, NOW))
        answer = site.post(offer.path, form(offer))
    assert told(answer) == (503, "E_UNAVAILABLE")
    assert "was not recorded" in answer.body
    assert [one.nonce for one in offer.now().decisions] == ["another"]


def test_a_keep_whose_reply_was_lost_is_recognised(
    site: ReviewSite, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FI-30: it stands in the record by its own nonce."""
    real = Records.stop

    def lost(records: Records, sweep_id: str, stop: Stop) -> None:
        real(records, sweep_id, stop)
        raise ConnectionError("the reply was lost")

    monkeypatch.setattr(Records, "stop", lost)
    assert site.post(offer.path, form(offer)).status == 303
    assert len(offer.now().stops) == 1


def test_anothers_approval_is_not_taken_for_the_own_one(
    site: ReviewSite, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FI-31: the same person's other request was faster, this one's write failed: it is not told as recorded."""
    fields, real = with_code(site, offer.path, form(offer, "churn-poc")), AwsTable.put

    def put(table: AwsTable, pk: str, sk: str, document: Any, version: int) -> None:
        if sk != "DECISIONS":
            return real(table, pk, sk, document, version)
        other = [one | {"nonce": "another"} for one in document["decisions"]]
        real(table, pk, sk, dict(document) | {"decisions": other}, version)
        raise ConnectionError("throttled")

    with monkeypatch.context() as broken:
        broken.setattr(AwsTable, "put", put)
        assert told(site.post(offer.path, fields)) == (503, "E_UNAVAILABLE")


# as much as is left


@pytest.mark.parametrize("path", ["path", "second"])
def test_what_is_left_is_told_and_can_be_kept(site: ReviewSite, path: str) -> None:
    """After the decision was verified, by whoever decided and by the others: the figures, the button, the receipt."""
    offer = under_way(3)
    mine = getattr(offer, path)
    shown = site.get(mine).body
    assert "3 of 12 endpoints have been sent for deletion. You can still keep the other 9." in shown
    assert "Keep the other 9</button>" in shown
    assert "Keep the other 9?" in site.post(mine, form(offer, step="keep")).body
    site.sweeps.waiting = False
    assert site.post(mine, form(offer)).status == 303
    assert [one.kind for one in offer.now().stops] == [StopKind.KEPT]
    after = "3 of 12 endpoints have been sent for deletion. The others are kept."
    assert after in site.outbox[-1].text
    for one in (offer.path, offer.second):
        body = site.get(one).body
        assert (after in body, "Keep the other" in body, "Keep everything</button>" in body) == (True, False, False)


@pytest.mark.parametrize(
    ("sent", "words", "button"),
    [
        (0, "0 of 12 endpoints have been sent for deletion. You can still keep all 12.", "Keep everything</button>"),
        (1, "1 of 12 endpoints has been sent for deletion. You can still keep the other 11.", "Keep the other 11<"),
        (12, "12 of 12 endpoints have been sent for deletion", ""),
    ],
)
def test_the_button_is_there_while_something_is_left(site: ReviewSite, sent: int, words: str, button: str) -> None:
    """And no longer."""
    shown = site.get(under_way(sent).path).body
    assert words in shown
    assert button in shown
    assert ('name="step" value="keep"' in shown) is bool(button)


def test_rows_of_another_hand_take_the_button_from_nobody(site: ReviewSite) -> None:
    """Outcomes that the deleting functions did not sign say nothing of what is left."""
    offer = under_way(0)
    for one in TWELVE:
        outcome = Outcome(one.account, one.region, one.name, OutcomeStatus.DONE, "gone", NOW)
        wiring.hub().records.write_outcome(offer.approval.sweep_id, outcome)
    assert "You can still keep all 12." in site.get(offer.path).body
    assert site.post(offer.path, form(offer)).status == 303


@pytest.mark.parametrize("note", ["", "the approval is too old to act on"])
def test_an_unsigned_end_takes_the_button_from_nobody(site: ReviewSite, offer: Offer, note: str) -> None:
    """How it ended is no proof that nothing more is sent: whoever may say so could hide the button by it."""
    wiring.hub().records.save_end(replace(offer.approval, status=ApprovalStatus.VERIFIED, note=note), 0)
    assert "Keep everything</button>" in site.get(offer.path).body
    answer = site.send("GET", f"/approvals/{offer.approval.id}", principal=PRINCIPAL)
    assert answer.status == 200


def test_with_credentials_too_there_is_nothing_to_keep_of_what_was_sent(site: ReviewSite) -> None:
    """While one is left the figures are told; of what was sent, who decided."""
    for sent, status in ((11, 200), (12, 409)):
        answer = site.send("GET", f"/approvals/{under_way(sent).approval.id}", principal=PRINCIPAL)
        assert (answer.status, ADA in answer.body) == (status, True)
        assert ("You can still keep the other 1." in answer.body) is (status == 200)


def test_of_a_sweep_that_is_over_nothing_is_left(site: ReviewSite) -> None:
    """It sends no more, whatever it has not sent."""
    offer = under_way(3)
    site.sweeps.running = False
    shown = site.get(offer.path).body
    assert "3 of 12 endpoints have been sent for deletion. The others are kept." in shown
    assert 'name="step" value="keep"' not in shown
