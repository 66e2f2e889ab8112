"""Six digits in the mailbox: mailed once a minute, tried five times, ten of them at most, three at a time."""

import re
from datetime import timedelta

import pytest

from endpoint_sweep.aws.mailer import AwsMailer
from endpoint_sweep.domain.errors import MailRefused
from endpoint_sweep.review import codes
from endpoint_sweep.rules.approvals import Codes
from endpoint_sweep.storage.records import Records
from tests.simulation.hub.offers import Offer
from tests.simulation.hub.review_site import ADA, GRACE, ReviewSite
from tests.unit.review.forms import decide, form, told, with_code


def test_a_code_is_mailed_once_a_minute(site: ReviewSite, offer: Offer) -> None:
    """In the body and never in the subject; another minute, another code."""
    sent = len(site.outbox)
    for _ in range(3):
        site.post(offer.path, form(offer, "resnet-demo", step="review"))
    assert len(site.outbox) == sent + 1
    mail, digits = site.outbox[-1], site.code()
    assert re.fullmatch(r"[0-9]{6}", digits)
    assert digits in mail.html
    assert digits not in mail.subject
    assert mail.to == ADA
    site.ahead = timedelta(seconds=61)
    site.post(offer.path, form(offer, "resnet-demo", step="review"))
    assert len(site.outbox) == sent + 2
    assert site.code() != digits


def test_a_code_has_five_tries(site: ReviewSite, offer: Offer) -> None:
    """Each wrong one is counted and told; then even the right one is refused, and a new one works."""
    fields = with_code(site, offer.path, form(offer, "resnet-demo"))
    wrong = "000000" if fields["code"] != "000000" else "111111"
    for left in ("4 more tries", "3 more tries", "2 more tries", "one more try", "no longer valid"):
        answer = site.post(offer.path, fields | {"code": wrong})
        assert told(answer) == (400, "E_CODE")
        assert left in answer.body
    assert told(site.post(offer.path, fields)) == (400, "E_CODE")
    assert offer.decision() is None
    assert decide(site, offer.path, fields).status == 303


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "１２３４５６", "000000\x00", " "])
def test_what_is_no_code_is_refused(site: ReviewSite, offer: Offer, typed: str) -> None:
    """And not shown again."""
    fields = with_code(site, offer.path, form(offer, "resnet-demo"))
    answer = site.post(offer.path, fields | {"code": typed})
    assert (told(answer), offer.decision()) == ((400, "E_CODE"), None)


def test_a_code_may_be_typed_with_a_space(site: ReviewSite, offer: Offer) -> None:
    """As people write six digits."""
    fields = with_code(site, offer.path, form(offer, "resnet-demo"))
    spaced = f" {fields['code'][:3]} {fields['code'][3:]} "
    assert site.post(offer.path, fields | {"code": spaced}).status == 303


@pytest.mark.parametrize(("seconds", "status"), [(3595, 303), (3601, 400)])
def test_a_code_is_valid_for_an_hour_and_its_own_link(
    site: ReviewSite, offer: Offer, seconds: int, status: int
) -> None:
    """Not for another approver, not without having been asked for, not too late, whatever was mailed since."""
    fields = with_code(site, offer.path, form(offer, "resnet-demo"))
    assert told(site.post(offer.second, fields)) == (400, "E_CODE")
    site.ahead = timedelta(minutes=10)
    with_code(site, offer.path, fields)
    site.ahead = timedelta(seconds=seconds)
    assert site.post(offer.path, fields).status == status
    assert len(offer.now().decisions) == (status == 303)


def codes_of(site: ReviewSite, offer: Offer, count: int) -> list[str]:
    """That many codes, five minutes apart."""
    found = []
    for _ in range(count):
        site.ahead += timedelta(minutes=5)
        found.append(str(with_code(site, offer.path, form(offer, "resnet-demo"))["code"]))
    return found


@pytest.mark.parametrize("which", range(4))
def test_asking_again_kills_none_of_the_newest_three(site: ReviewSite, offer: Offer, which: int) -> None:
    """Whichever arrives first decides; the one before them is no longer valid."""
    mailed = codes_of(site, offer, 4)
    answer = site.post(offer.path, form(offer, "resnet-demo", code=mailed[which]))
    assert (answer.status, offer.decision() is None) == ((400, True) if which == 0 else (303, False))
    assert which or "not a code from your latest 3 emails. You have 4 more tries." in answer.body


def test_all_codes_together_have_five_tries(site: ReviewSite, offer: Offer) -> None:
    """After five wrong ones none of the three is valid, until another one is mailed."""
    mailed = codes_of(site, offer, 3)
    wrong = next(one for one in ("000000", "111111", "222222", "333333") if one not in mailed)
    for _ in range(5):
        assert told(site.post(offer.path, form(offer, "resnet-demo", code=wrong))) == (400, "E_CODE")
    for code in mailed:
        assert told(site.post(offer.path, form(offer, "resnet-demo", code=code))) == (400, "E_CODE")
    assert offer.decision() is None
    codes_of(site, offer, 1)
    assert site.post(offer.path, form(offer, "resnet-demo", code=mailed[2])).status == 303


def test_the_odds_of_whoever_has_a_link_without_its_mailbox(
    site: ReviewSite, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten codes, five guesses after each: 135 comparisons with one of a million codes, as the module says."""
    compared: list[str] = []

    def comparing(typed: str, code: str) -> bool:
        compared.append(code)
        return False

    monkeypatch.setattr(codes, "compare_digest", comparing)
    for _ in range(12):
        site.ahead += timedelta(minutes=2)
        site.post(offer.path, form(offer, "resnet-demo", step="review"))
        for _ in range(7):
            site.post(offer.path, form(offer, "resnet-demo", code="123456"))
    assert (len(compared), len(set(compared))) == (135, 10)
    assert offer.decision() is None


def test_ten_codes_are_enough(site: ReviewSite, offer: Offer) -> None:
    """The eleventh is not mailed, and the page says how to go on; nothing else is hindered."""
    sent = len(site.outbox)
    statuses = []
    for minutes in range(0, 22, 2):
        site.ahead = timedelta(minutes=minutes)
        statuses.append(site.post(offer.path, form(offer, "resnet-demo", step="review")).status)
    # The tenth is valid for an hour: whoever asks again while it is, is not turned away.
    assert (len(site.outbox), statuses) == (sent + 10, [200] * 11)
    site.ahead = timedelta(minutes=79)
    answer = site.post(offer.path, form(offer, "resnet-demo", step="review"))
    assert (told(answer), len(site.outbox)) == ((400, "E_CODE"), sent + 10)
    assert "A new link is on its way to ada@example.com" in answer.body
    assert decide(site, offer.second, form(offer, "resnet-demo"), GRACE).status == 303


def test_a_code_that_could_not_be_mailed(site: ReviewSite, offer: Offer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is told, and does not keep the next one from being mailed at once."""

    def refuse(*_: object, **__: object) -> None:
        raise MailRefused("throttled")

    with monkeypatch.context() as broken:
        broken.setattr(AwsMailer, "send", refuse)
        assert told(site.post(offer.path, form(offer, "resnet-demo", step="review"))) == (400, "E_CODE")
    assert decide(site, offer.path, form(offer, "resnet-demo")).status == 303


def test_a_code_that_could_not_be_mailed_replaces_none(
    site: ReviewSite, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two are on their way, and they still work."""
    first, second = codes_of(site, offer, 2)
    site.ahead += timedelta(minutes=5)

    def refuse(*_: object, **__: object) -> None:
        raise MailRefused("throttled")

    with monkeypatch.context() as broken:
        broken.setattr(AwsMailer, "send", refuse)
        assert told(site.post(offer.path, form(offer, "resnet-demo", step="review"))) == (400, "E_CODE")
    refused = site.post(offer.path, form(offer, "resnet-demo", code="12345"))
    assert "not a code from your latest 2 emails. You have 4 more tries." in refused.body
    assert first != second
    assert site.post(offer.path, form(offer, "resnet-demo", code=first)).status == 303


def test_a_right_guess_counts_after_the_wrong_ones_before_it(
    site: ReviewSite, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five wrong tries were counted between its reading and its answer: the code is spent, right or not."""
    fields = with_code(site, offer.path, form(offer, "resnet-demo"))
    real = Records.codes
    raced: list[object] = []

    def read(records: Records, approval_id: str, link: str) -> tuple[Codes, int] | None:
        found = real(records, approval_id, link)
        if found and not raced:
            raced.append(found)
            for number in range(1, 6):
                records.count_guess(offer.approval.sweep_id, link, found[0].newest, number)
        return found

    monkeypatch.setattr(Records, "codes", read)
    assert (told(site.post(offer.path, fields)), len(raced)) == ((400, "E_CODE"), 1)
    assert offer.decision() is None
