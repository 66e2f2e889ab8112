"""Someone who may write to table and bucket, but has no key: nothing allows more by that, nothing is taken back."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from endpoint_sweep.aws.store import AwsStore
from endpoint_sweep.domain.documents import to_data, to_json
from endpoint_sweep.domain.errors import AlreadyRecorded, RecordForged
from endpoint_sweep.ports import Maker
from endpoint_sweep.rules.approvals import Code, Codes, Link, Stop, StopKind, Tries, hash_secret
from tests.unit.rows import Stored
from tests.unit.samples import ADA, NOW, approval, decision, plan

ASKED = approval(plan())
ROW = ("ASKED#a1", "REQUEST")
LINK = ASKED.links[0].id
MINE = to_data(Link(hash_secret("mine"), "mallory@example.com", NOW))
CODES = Codes("a1", LINK, (Code("hash", NOW, NOW, 1),))
THERE = to_data(CODES.codes[0])
CODE_ROW = ("DECIDED#a1", f"CODE#{LINK}")
CLOSED = Stop(StopKind.CLOSED, NOW, "it ended")
STOPS = "sweeps/sweep-1/stops"


@pytest.mark.parametrize(
    "changes",
    [
        {"links": [MINE]},
        {"links": []},
        {"expires_at": "2030-01-01T00:00:00Z"},
        {"requester": "somebody@example.com"},
        {"sweep_id": "sweep-2"},
        {"execution": "arn:other"},
        {"reminders": 99},
        {"mac": ""},
        {"mac": "AAAA"},
        {"asked_at": "2020-01-01T00:00:00Z"},
        {"plan": to_data(replace(ASKED.plan, version_id="v2"))},
    ],
    ids=str,
)
def test_an_edited_request_is_not_believed(hub: Stored, changes: dict[str, Any]) -> None:
    """No link, no plan, no time that the mailing functions did not write."""
    hub.records.save_request(ASKED, 0)
    hub.change_row(*ROW, **changes)
    with pytest.raises(RecordForged):
        hub.records.approval("a1")


def test_a_request_is_of_its_own_approval(hub: Stored) -> None:
    """Nor one that was copied here from another sweep, with its own right MAC, renamed or not."""
    hub.records.save_request(ASKED, 0)
    document = hub.row(*ROW)
    hub.put_row("ASKED#a2", "REQUEST", document | {"id": "a2"})
    with pytest.raises(RecordForged):
        hub.records.approval("a2")
    hub.put_row("ASKED#a2", "REQUEST", document)
    with pytest.raises(Exception, match="belongs to another approval"):
        hub.records.approval("a2")


def test_only_the_mailing_functions_sign_a_request(hub: Stored) -> None:
    """A MAC by any other maker's key is none."""
    for maker in set(Maker) - {Maker.LINKS}:
        mac = hub.seals.mac(maker, ASKED.request.digest)
        hub.put_row(*ROW, to_data(replace(ASKED.request, mac=mac)))
        with pytest.raises(RecordForged):
            hub.records.approval("a1")


# codes


@pytest.mark.parametrize(
    "forge",
    [
        lambda hub: hub.change_row(*CODE_ROW, codes=[THERE | {"hash": "mine"}]),
        lambda hub: hub.change_row(*CODE_ROW, codes=[THERE | {"expires_at": "2030-01-01T00:00:00Z"}]),
        lambda hub: hub.change_row(*CODE_ROW, codes=[THERE | {"number": 2}]),
        lambda hub: hub.change_row(*CODE_ROW, codes=[THERE | {"hash": "mine"}, THERE]),
        lambda hub: hub.change_row(*CODE_ROW, codes=[]),
        lambda hub: hub.change_row(*CODE_ROW, mac=""),
        lambda hub: hub.put_row(*CODE_ROW, {"codes": 1}),
        lambda hub: hub.put_row(*CODE_ROW, []),
    ],
    ids=["hash", "longer", "number", "one more", "none", "no mac", "other shape", "a list"],
)
def test_a_code_that_the_page_did_not_write_is_no_code(hub: Stored, forge: Callable[[Stored], None]) -> None:
    """Whoever writes to the table cannot set the digits that are accepted."""
    hub.records.save_codes(CODES, 0)
    assert hub.records.codes("a1", LINK) is not None
    forge(hub)
    with pytest.raises(RecordForged):
        hub.records.codes("a1", LINK)


@pytest.mark.parametrize(("name", "link"), [("a1", "f" * 32), ("a2", LINK)])
def test_a_code_is_of_its_own_link(hub: Stored, name: str, link: str) -> None:
    """Moved to another link, or to another approval, with its right MAC, it is none; renamed, neither."""
    hub.records.save_codes(CODES, 0)
    document = hub.row(*CODE_ROW)
    for moved in (document, document | {"approval": name, "link": link}):
        hub.put_row(f"DECIDED#{name}", f"CODE#{link}", moved)
        with pytest.raises(RecordForged):
            hub.records.codes(name, link)


# tries: what was ever written counts


def count(hub: Stored, codes: int, guesses: int) -> None:
    for number in range(1, codes + 1):
        hub.records.count_code("sweep-1", LINK, number)
    for number in range(1, guesses + 1):
        hub.records.count_guess("sweep-1", LINK, codes, number)


def test_tries_never_go_down(hub: Stored) -> None:
    """Removed, written over, removed again: as many codes and guesses as there ever were, and used up stays so."""
    assert hub.records.tries("sweep-1", LINK) == Tries()
    count(hub, 3, 4)
    assert hub.records.mark_used_up("sweep-1", LINK)
    written = hub.names()
    for _ in range(2):
        for one in written:
            hub.remove_object(one)
    assert hub.names() == []
    assert hub.records.tries("sweep-1", LINK) == Tries(3, 4, used_up=True)


def test_a_try_is_taken_once(hub: Stored) -> None:
    """Of two requests one gets a number; a mark is set once."""
    count(hub, 1, 1)
    with pytest.raises(AlreadyRecorded):
        hub.records.count_code("sweep-1", LINK, 1)
    with pytest.raises(AlreadyRecorded):
        hub.records.count_guess("sweep-1", LINK, 1, 1)
    assert [hub.records.mark_used_up("sweep-1", LINK) for _ in range(2)] == [True, False]


def test_tries_are_of_one_link_of_one_sweep(hub: Stored) -> None:
    """Who uses up one link locks no one else out; the guesses of an earlier code are not those of the newest."""
    count(hub, 1, 5)
    hub.records.count_code("sweep-1", LINK, 2)
    assert hub.records.tries("sweep-1", LINK) == Tries(2, 0)
    assert hub.records.tries("sweep-1", "f" * 32) == Tries() == hub.records.tries("sweep-2", LINK)


# stops: they can only be added


def test_a_stop_cannot_be_taken_back(hub: Stored) -> None:
    """Removed by a delete marker, or written over with something milder: the first version stands."""
    keep = Stop(StopKind.KEPT, NOW, decision=decision(plan(), ADA))
    hub.records.stop("sweep-1", keep)
    hub.records.stop("sweep-1", CLOSED)
    hub.records.stop("sweep-1", replace(CLOSED, note="a second one of the same name"))
    for name in (keep.name, CLOSED.name):
        hub.put_object(f"{STOPS}/{name}", to_json(replace(CLOSED, note="milder")))
        hub.remove_object(f"{STOPS}/{name}")
    assert hub.names() == []
    assert set(hub.records.stops("sweep-1")) == {keep, CLOSED}
    assert hub.records.stops("sweep-10") == ()


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"kind": "never"}', b'{"kind": "kept"}', b"\xff"])
def test_a_stop_that_cannot_be_read_stops(hub: Stored, body: bytes) -> None:
    """Whatever it was meant to say, and also once it was removed."""
    hub.put_object(f"{STOPS}/x", body)
    hub.remove_object(f"{STOPS}/x")
    [stop] = hub.records.stops("sweep-1")
    assert stop.kind is StopKind.CLOSED


def test_what_people_read_of_a_stop_is_short_and_plain(hub: Stored) -> None:
    """Whoever may write there cannot write a page, nor a link in place of a name."""
    hub.put_object(f"{STOPS}/x", to_json(replace(CLOSED, note="n" * 10_000, newer="https://evil.example/")))
    [stop] = hub.records.stops("sweep-1")
    assert (len(stop.note), stop.newer) == (300, "")


@pytest.mark.parametrize("code", ["AccessDenied", "SlowDown", "InternalError"])
def test_stops_that_cannot_be_listed_are_not_none(hub: Stored, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Who cannot see must not act: neither the stops nor the approval nor the tries can be read."""
    hub.records.save_request(ASKED, 0)

    def refuse(_store: AwsStore, _prefix: str) -> None:
        raise ClientError({"Error": {"Code": code, "Message": "no"}}, "ListObjectVersions")

    monkeypatch.setattr(AwsStore, "history", refuse)
    for look in (
        lambda: hub.records.stops("sweep-1"),
        lambda: hub.records.approval("a1"),
        lambda: hub.records.unproven("a1"),
        lambda: hub.records.tries("sweep-1", LINK),
        lambda: hub.records.close_approval("sweep-1", CLOSED),
    ):
        with pytest.raises(ClientError):
            look()
