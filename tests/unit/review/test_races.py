"""Many at the same moment: one decision, and everybody gets its recorded answer (FI-28, FI-29)."""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from endpoint_sweep.aws import wiring
from endpoint_sweep.aws.table import AwsTable
from endpoint_sweep.ports import Row
from endpoint_sweep.rules.approvals import Choice
from tests.simulation.hub.offers import Offer, put_on_offer
from tests.simulation.hub.review_site import GRACE, ReviewSite
from tests.unit.review.forms import form, with_code

THREADS = 50


@pytest.fixture(scope="module")
def shared() -> Iterator[ReviewSite]:
    """As many instances of the function as there are threads; none waits for another."""
    with ReviewSite.open(THREADS) as opened:
        yield opened


@pytest.fixture(autouse=True)
def distance(monkeypatch: pytest.MonkeyPatch) -> None:
    """The table is a network away: while one looks, the others look as well."""
    get = AwsTable.get

    def far(table: AwsTable, pk: str, sk: str) -> Row | None:
        row = get(table, pk, sk)
        time.sleep(0.01)
        return row

    monkeypatch.setattr(AwsTable, "get", far)


def test_a_thousand_identical_forms_make_one_decision(site: ReviewSite, offer: Offer) -> None:
    """FI-28, BI-31, I4: 50 threads; one winner, 999 times its recorded answer; one waking, one receipt."""
    fields = with_code(site, offer.path, form(offer, "churn-poc"))
    mails, version = len(site.outbox), version_of(offer)
    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(lambda _: site.post(offer.path, fields), range(1000)))
    assert Counter(one.status for one in answers) == {303: 1, 200: 999}
    assert all("Already recorded" in one.body for one in answers if one.status == 200)
    assert version_of(offer) == version + 1
    assert (len(offer.now().decisions), len(site.sweeps.woken), len(site.outbox)) == (1, 1, mails + 1)


def test_a_thousand_guesses_at_once_are_five(site: ReviewSite, offer: Offer) -> None:
    """The right digits among the guesses of 50 threads are of no use once five wrong ones were counted."""
    fields = with_code(site, offer.path, form(offer, "churn-poc"))
    wrong = [f"{number:06}" for number in range(400) if f"{number:06}" != fields["code"]]
    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(lambda code: site.post(offer.path, fields | {"code": code}), wrong))
    tries = wiring.hub().records.tries(offer.approval.sweep_id, offer.approval.links[0].id)
    assert (tries.codes, tries.guesses) == (1, 5)
    assert {one.status for one in answers} <= {400, 503}
    assert site.post(offer.path, fields).status == 400
    assert offer.decision() is None


@pytest.mark.parametrize("attempt", range(10))
def test_approve_and_reject_race(site: ReviewSite, offer: Offer, attempt: int) -> None:
    """FI-29: whoever is faster, the rejection stands, and both are told the truth."""
    delete = with_code(site, offer.path, form(offer, "churn-poc"))
    keep = form(offer)
    both = [(offer.path, delete), (offer.second, keep)]
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda one: site.post(*one), both if attempt % 2 else both[::-1])
    deleting, keeping = (first, second) if attempt % 2 else (second, first)
    recorded = [one.choice for one in offer.now().decisions]
    assert keeping.status == 303
    assert deleting.status == (303 if Choice.DELETE in recorded else 409)
    assert recorded in ([Choice.KEEP], [Choice.DELETE, Choice.KEEP])


def test_two_approvals_at_once_both_count(site: ReviewSite) -> None:
    """Neither of two persons who agree in the same moment is lost."""
    offer = put_on_offer(flagged={"*": "many are idle at once"})
    both = [
        (offer.path, with_code(site, offer.path, form(offer, "churn-poc"))),
        (offer.second, with_code(site, offer.second, form(offer, "churn-poc"), GRACE)),
    ]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda one: site.post(*one), both))
    assert [one.status for one in answers] == [303, 303]
    assert len(offer.now().decisions) == 2


def version_of(offer: Offer) -> int:
    """How often the decisions were written."""
    found = wiring.hub().records.approval(offer.approval.id)
    assert found
    return found.versions.chosen
