"""Many at the same moment: one decision, and everybody gets its recorded answer (FI-28, FI-29)."""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from endpoint_sweep.approvals import Choice
from endpoint_sweep.aws import wiring
from endpoint_sweep.errors import AlreadyRecorded
from endpoint_sweep.ports import Row
from endpoint_sweep.records import Records
from endpoint_sweep.steps.review import Desk, Page, link
from tests.simulation.offers import Offer, put_on_offer
from tests.simulation.review_site import GRACE, ReviewSite
from tests.unit.review.forms import Fields, form, with_code


class MemoryTable:
    """`ports.Table` whose conditional writes are atomic, as DynamoDB's are and moto's, between threads, are not."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], Row] = {}
        self.writes: Counter[str] = Counter()
        self._lock = threading.Lock()

    def get(self, pk: str, sk: str) -> Row | None:
        return self.rows.get((pk, sk))

    def put(self, pk: str, sk: str, document: Mapping[str, Any], version: int) -> None:
        with self._lock:
            found = self.rows.get((pk, sk))
            if (found.version if found else 0) != version:
                raise AlreadyRecorded(sk)
            self.rows[pk, sk] = Row((pk, sk), dict(document), version + 1)
            self.writes[sk] += 1

    def remove(self, pk: str, sk: str, version: int) -> None:
        raise NotImplementedError

    def query(self, pk: str, prefix: str = "") -> list[Row]:
        raise NotImplementedError


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> MemoryTable:
    table = MemoryTable()
    monkeypatch.setattr(wiring.Hub, "records", Records(table))
    return table


@pytest.fixture
def site(table: MemoryTable) -> Iterator[ReviewSite]:
    with ReviewSite.open() as opened:
        yield opened


@pytest.fixture
def offer(site: ReviewSite) -> Offer:
    return put_on_offer()


def desk() -> Desk:
    at = wiring.hub()
    return Desk(at.records, at.store, at.executions, at.mailer, at.seals, at.settings.rules, at.now)


def sent(offer: Offer, path: str, fields: Fields) -> Page:
    values = {name: value if isinstance(value, list) else [value] for name, value in fields.items()}
    return link.answer(offer.approval.id, values | {"k": [path.partition("k=")[2]]}, desk())


def test_a_thousand_identical_forms_make_one_decision(site: ReviewSite, offer: Offer, table: MemoryTable) -> None:
    """FI-28, BI-31, I4: 50 threads; one winner, 999 times its recorded answer; one waking, one receipt."""
    fields = with_code(site, offer.path, form(offer, "churn-poc"))
    mails, writes = len(site.outbox), table.writes["RECORD"]
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: sent(offer, offer.path, fields), range(1000)))
    assert Counter(one.status for one in answers) == {303: 1, 200: 999}
    assert all("Already recorded" in one.html for one in answers if one.status == 200)
    assert table.writes["RECORD"] == writes + 1
    assert (len(offer.now().decisions), len(site.sweeps.woken), len(site.outbox)) == (1, 1, mails + 1)


def test_a_thousand_guesses_at_once_are_five(site: ReviewSite, offer: Offer) -> None:
    """The right digits among the guesses of 50 threads are of no use once five wrong ones were counted."""
    fields = with_code(site, offer.path, form(offer, "churn-poc"))
    wrong = [f"{number:06}" for number in range(400) if f"{number:06}" != fields["code"]]
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda code: sent(offer, offer.path, fields | {"code": code}), wrong))
    found = wiring.hub().records.code(offer.approval.id, "ada@example.com")
    assert found
    assert found[0].tries == 5
    assert {one.status for one in answers} <= {400, 503}
    assert sent(offer, offer.path, fields).status == 400
    assert offer.decision() is None


@pytest.mark.parametrize("attempt", range(10))
def test_approve_and_reject_race(site: ReviewSite, offer: Offer, attempt: int) -> None:
    """FI-29: whoever is faster, the rejection stands, and both are told the truth."""
    delete = with_code(site, offer.path, form(offer, "churn-poc"))
    keep = with_code(site, offer.second, form(offer), GRACE)
    both = [(offer.path, delete), (offer.second, keep)]
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda one: sent(offer, *one), both if attempt % 2 else both[::-1])
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
        answers = list(pool.map(lambda one: sent(offer, *one), both))
    assert [one.status for one in answers] == [303, 303]
    assert len(offer.now().decisions) == 2
