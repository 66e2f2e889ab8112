"""Services that fail while someone decides: never a decision that no one made, never one told wrongly."""

from collections.abc import Callable
from typing import Any

import pytest

from endpoint_sweep.aws.mailer import AwsMailer
from endpoint_sweep.aws.seals import AwsSeals
from endpoint_sweep.aws.table import AwsTable
from endpoint_sweep.domain.errors import Unavailable
from endpoint_sweep.rules.approvals import ApprovalStatus
from tests.simulation.hub.offers import Offer
from tests.simulation.hub.review_site import ReviewSite
from tests.unit.review.forms import decide, form, told, with_code


def lost(table: AwsTable, real: Callable[..., None], *given: Any) -> None:
    """The write is done, its reply is lost."""
    real(table, *given)
    raise ConnectionError("the reply was lost")


def never(table: AwsTable, real: Callable[..., None], *given: Any) -> None:
    """The write is not done."""
    raise ConnectionError("throttled")


def on_record(monkeypatch: pytest.MonkeyPatch, fault: Callable[..., None]) -> None:
    """The fault strikes writes of the decisions, not those of the code."""
    real = AwsTable.put

    def put(table: AwsTable, pk: str, sk: str, document: Any, version: int) -> None:
        act = fault if sk == "DECISIONS" else lambda one, write, *given: write(one, *given)
        act(table, real, pk, sk, document, version)

    monkeypatch.setattr(AwsTable, "put", put)


def test_a_lost_reply_is_recognised(site: ReviewSite, offer: Offer, monkeypatch: pytest.MonkeyPatch) -> None:
    """FI-30: a second look finds the own decision by its nonce: success, once."""
    fields = with_code(site, offer.path, form(offer, "churn-poc"))
    on_record(monkeypatch, lost)
    assert site.post(offer.path, fields).status == 303
    assert (len(offer.now().decisions), len(site.sweeps.woken)) == (1, 1)


def test_a_repeated_write_is_recognised(site: ReviewSite, offer: Offer, monkeypatch: pytest.MonkeyPatch) -> None:
    """FI-30: the client sent it twice, the second met the first: success all the same, and one decision."""
    fields = with_code(site, offer.path, form(offer, "churn-poc"))

    def twice(table: AwsTable, real: Callable[..., None], *given: Any) -> None:
        real(table, *given)
        real(table, *given)

    on_record(monkeypatch, twice)
    assert site.post(offer.path, fields).status == 303
    assert (len(offer.now().decisions), len(site.sweeps.woken)) == (1, 1)


def test_a_write_that_fails_is_no_decision(site: ReviewSite, offer: Offer, monkeypatch: pytest.MonkeyPatch) -> None:
    """FI-31: 503, not recorded, never "approved"; the same form works once the table does."""
    fields = with_code(site, offer.path, form(offer, "churn-poc"))
    with monkeypatch.context() as broken:
        on_record(broken, never)
        answer = site.post(offer.path, fields)
    assert told(answer) == (503, "E_UNAVAILABLE")
    assert "was not recorded. Please try again" in answer.body
    assert (offer.decision(), site.sweeps.woken) == (None, [])
    assert site.post(offer.path, fields).status == 303


def test_what_nobody_can_tell_is_not_told(site: ReviewSite, offer: Offer, monkeypatch: pytest.MonkeyPatch) -> None:
    """FI-31: written, no reply, and the record cannot be read: the page says neither yes nor no."""
    fields = with_code(site, offer.path, form(offer, "churn-poc"))
    real = AwsTable.get

    def lost_and_blind(table: AwsTable, write: Callable[..., None], *given: Any) -> None:
        monkeypatch.setattr(AwsTable, "get", never)
        lost(table, write, *given)

    on_record(monkeypatch, lost_and_blind)
    answer = site.post(offer.path, fields)
    monkeypatch.setattr(AwsTable, "get", real)
    assert told(answer) == (503, "E_UNAVAILABLE")
    assert "cannot tell right now whether" in answer.body
    assert "Your decision stands" in site.get(offer.path).body


def test_without_a_mac_nothing_is_recorded(site: ReviewSite, offer: Offer, monkeypatch: pytest.MonkeyPatch) -> None:
    """FI-32: KMS is throttled: 503, pending."""
    fields = with_code(site, offer.path, form(offer, "churn-poc"))

    def throttled(*_: object) -> str:
        raise Unavailable("ThrottlingException")

    with monkeypatch.context() as broken:
        broken.setattr(AwsSeals, "mac", throttled)
        assert told(site.post(offer.path, fields)) == (503, "E_UNAVAILABLE")
    assert (offer.now().status, offer.decision()) == (ApprovalStatus.PENDING, None)


@pytest.mark.parametrize(
    ("running", "waiting", "broken", "status", "words"),
    [
        (True, False, False, 202, "within the hour"),
        (False, False, False, 409, "nothing will be deleted"),
        (True, True, True, 202, "within the hour"),
    ],
    ids=["no one waits", "the run is over", "no answer"],
)
def test_nobody_to_wake(
    site: ReviewSite, offer: Offer, running: bool, waiting: bool, broken: bool, status: int, words: str
) -> None:
    """FI-34, FI-35: the decision is recorded all the same, and the page says what becomes of it."""
    site.sweeps.running, site.sweeps.waiting, site.sweeps.broken = running, waiting, broken
    answer = decide(site, offer.path, form(offer, "churn-poc"))
    assert answer.status == status
    assert words in answer.body
    assert words in site.outbox[-1].text
    assert offer.decision() is not None


def test_a_receipt_that_cannot_be_mailed_changes_nothing(
    site: ReviewSite, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The decision is recorded and the page says so."""
    fields = with_code(site, offer.path, form(offer, "churn-poc"))

    def refuse(*_: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(AwsMailer, "send", refuse)
    assert (site.post(offer.path, fields).status, len(offer.now().decisions)) == (303, 1)


def test_a_code_whose_write_lost_its_reply_is_mailed(
    site: ReviewSite, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client repeats the write and finds its own row: no one else mails this code."""
    real, mails = AwsTable.put, len(site.outbox)

    def twice(table: AwsTable, pk: str, sk: str, document: Any, version: int) -> None:
        real(table, pk, sk, document, version)
        if sk.startswith("CODE#"):
            real(table, pk, sk, document, version)

    with monkeypatch.context() as losing:
        losing.setattr(AwsTable, "put", twice)
        site.post(offer.path, form(offer, "resnet-demo", step="review"))
    assert len(site.outbox) == mails + 1
    assert site.post(offer.path, form(offer, "resnet-demo") | {"code": site.code()}).status == 303
