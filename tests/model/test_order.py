"""The model's order and judgements are those of the code: the real steps over every record that a search meets."""

from functools import cache
from itertools import groupby
from typing import Any

import pytest

from endpoint_sweep.domain.errors import AlreadyRecorded
from endpoint_sweep.review.access import Desk, Opened
from endpoint_sweep.review.drafting import Case, case_of, draft_decision
from endpoint_sweep.review.recording import Recorded, record
from endpoint_sweep.review.selection import Wish
from endpoint_sweep.rules.approvals import ApprovalStatus, Decision, Identity
from endpoint_sweep.steps.apply_decision import apply_decision
from endpoint_sweep.steps.confirm_it_is_gone import confirm_it_is_gone
from endpoint_sweep.steps.contracts import ResourceEvent, ResourceItem
from endpoint_sweep.steps.verify_decision import verify_decision
from tests.model.hub import FakeHub
from tests.model.scopes import SCOPES
from tests.model.search import successors
from tests.model.state import ORDER, Scope
from tests.model.words import (
    KEEP,
    PEOPLE,
    PLAN,
    REQUEST,
    TARGETS,
    TICK,
    Laws,
    Record,
    acted,
    answered,
    asks_switch,
    honest,
    verified,
)
from tests.unit.fake_cell import TYPES
from tests.unit.quiet import NoEvents
from tests.unit.samples import NOW, settings

PLAIN = Laws()
PASSED = Record((honest(0, 3, 0),), decided=True, status="verified")
SAID = {
    "outcome?": ["read OUTCOME"], "intent?": ["read INTENT"], "switch": ["read switch"], "stops": ["read stops"],
    "decisions": ["read DECISIONS"], "state": ["read STATE"], "rule": ["read stops"], "look": ["describe"],
    "traffic": ["traffic"], "bundle": ["write restore"], "intent!": ["write INTENT"], "last look": ["describe"],
    "last switch": ["read switch"], "last stops": ["read stops"], "call": ["call"],
    "outcome!": ["read OUTCOME", "write OUTCOME"],
}  # fmt: skip
_ITEM: ResourceItem = {
    "account": TARGETS[0].account,
    "region": TARGETS[0].region,
    "name": TARGETS[0].name,
    "type": TARGETS[0].type,
}
EVENT: ResourceEvent = {"sweep_id": REQUEST.sweep_id, "approval_id": REQUEST.id, "item": _ITEM, "attempt": 0}


def _settings(laws: Laws) -> Any:
    return settings(
        MIN_APPROVERS=str(laws.minimum),
        GRACE_MINUTES=str(60 * laws.grace),
        DELETE_WINDOW_MINUTES="120",
    )


def apply(hub: FakeHub, now: int = 0, laws: Laws = PLAIN) -> dict[str, Any]:
    return apply_decision(
        EVENT, settings=_settings(laws).act, types=TYPES,
        members=hub.member, store=hub.store, records=hub.records, seals=hub.seals,
        switch=hub.switch, events=NoEvents(), now=lambda: NOW + now * TICK,
    )  # fmt: skip


def verify(hub: FakeHub, now: int, laws: Laws) -> dict[str, Any]:
    return verify_decision(
        EVENT, settings=_settings(laws).decide, store=hub.store, records=hub.records, switch=hub.switch,
        now=lambda: NOW + now * TICK,
    )  # fmt: skip


def met(scope: Scope) -> set[tuple[Record, int]]:
    """The records of a search with their times."""
    seen = {scope.first}
    queue = [scope.first]
    for state in queue:
        for _, one in successors(state, scope):
            if one not in seen:
                seen.add(one)
                queue.append(one)
    return {(one.record, one.clock) for one in seen}


@cache
def records() -> tuple[tuple[Record, int, Laws], ...]:
    named = ("two approvers, grace or at once", "an insider beside the page")
    scopes = [one for one in SCOPES if one.name in named]
    return tuple((read, now, scope.laws) for scope in scopes for read, now in sorted(met(scope)))


def test_the_deleting_step_goes_in_the_models_order() -> None:
    """Each read, write and call of the real step, from the first to the last."""
    hub = FakeHub.of(PASSED)
    assert apply(hub)["status"] == "sent"
    assert hub.log == [one for point in ORDER for one in SAID[point]]


@pytest.mark.parametrize("point", [one for one in ORDER if one != "outcome!"])
def test_whatever_stops_it_at_a_point_keeps_the_endpoint(point: str) -> None:
    """A run that dies just before a read, a write or the call; then a second run, and who looks."""
    hub = FakeHub.of(PASSED)
    dies = [one for before in ORDER[: ORDER.index(point)] for one in SAID[before]]

    class Dying(list[str]):
        def append(self, one: str) -> None:
            if len(self) == len(dies):
                raise KeyboardInterrupt(one)
            super().append(one)

    log = Dying()
    for part in (hub.table, hub.store, hub.seals, hub.switch, hub.member):
        part.log = log
    with pytest.raises(KeyboardInterrupt):
        apply(hub)
    assert log == dies
    for part in (hub.table, hub.store, hub.seals, hub.switch, hub.member):
        part.log = hub.log
    confirmed = confirm_it_is_gone(
        EVENT,
        gone_check=_settings(Laws()).act.gone_check,
        types=TYPES,
        members=hub.member,
        store=hub.store,
        records=hub.records,
        events=NoEvents(),
        now=lambda: NOW,
    )
    assert confirmed["status"] == "failed"
    assert apply(hub)["status"] == "failed"
    assert "call" not in hub.log


def test_a_run_that_comes_second_never_calls() -> None:
    """A void intent is an intent."""
    hub = FakeHub.of(PASSED)
    assert hub.records.void_intent(REQUEST.sweep_id, TARGETS[0], NOW)
    assert apply(hub)["status"] == "sent"
    assert "call" not in hub.log


def test_the_searches_meet_enough() -> None:
    """Waiting, decided, verified, expired, stopped and altered records, at every time."""
    assert len(records()) > 300
    assert {one.status for one, _, _ in records()} == {"", "verified", "expired"}
    assert {now for _, now, _ in records()} == {0, 1, 2, 3, 4}


def test_the_deleting_step_judges_as_the_model() -> None:
    """It calls where the model goes on, and nowhere else."""
    for read, now, laws in records():
        hub = FakeHub.of(read)
        apply(hub, now, laws)
        assert ("call" in hub.log) == acted(read, 0, now, laws), read


def test_the_verifying_step_judges_as_the_model() -> None:
    """The same reads in the same order, the same word, and the same row in the end."""
    for read, now, laws in records():
        hub = FakeHub.of(read)
        said = verify(hub, now, laws)
        reads = ["read DECISIONS", "read STATE", "read stops"] + ["read switch"] * asks_switch(read)
        log = [one for one, _ in groupby(one for one in hub.log if one != "read SNOOZE")]
        assert log[: len(reads)] == reads, read
        expected = verified(read, now, laws)
        assert said["status"].replace("waiting", "wait").replace("remind", "wait") == expected.word, read
        if len(read.stops) > 1:
            continue  # which of two vetoes the note names is of no meaning
        saved = bool(expected.status) and (expected.status, expected.note) != (read.status or "pending", read.note)
        assert log[len(reads) :] == ["write STATE"] * saved + ["write approved"] * (expected.word == "approved"), read
        if saved:
            [(_, row)] = [one for one in hub.table.rows.items() if one[0][1] == "STATE"]
            assert row.document["status"] == expected.status
            assert row.document["note"].partition(" by ")[0] == expected.note.partition(" by ")[0]  # of two, either


def test_the_verifying_step_ends_an_open_record_while_the_switch_is_on() -> None:
    """One stop and nothing else."""
    for read, now, laws in records():
        if not asks_switch(read):
            continue
        hub = FakeHub.of(read)
        hub.switch.value = "on"
        assert verify(hub, now, laws)["status"] == "kept"
        assert [one for one in hub.log if one.startswith("write")] == ["write stops"]


@pytest.mark.parametrize("selected", [KEEP, 1, 3])
@pytest.mark.parametrize("who", [0, 1])
def test_the_page_answers_as_the_model(who: int, selected: int) -> None:
    """It signs and writes once where the model does, over the row that it read, and refuses where the model refuses."""
    for read, now, laws in records():
        hub = FakeHub.of(read)
        takes, decided = answered(read, who, selected, now, at_once=False, laws=laws)
        done = _post(hub, who, selected, now, laws)
        assert done == takes, (read, now)
        writes = [one for one in hub.log if one == "sign" or one.startswith("write")]
        assert writes == (["sign", "write DECISIONS" if selected else "write stops"] if takes else [])
        if takes and selected:
            found = hub.records.unproven(REQUEST.id)
            assert found
            assert (found.approval.status is ApprovalStatus.DECIDED) == (decided or read.decided)


def test_the_page_overwrites_nothing_unseen() -> None:
    """A row that changed between reading and writing stays as it is."""
    hub = FakeHub.of(Record())
    with pytest.raises(AlreadyRecorded):
        _post(hub, 0, 1, 0, Laws(minimum=2), between=lambda: _post(hub, 1, 1, 0, Laws(minimum=2)))


def _post(hub: FakeHub, who: int, selected: int, now: int, laws: Laws, between: Any = None) -> bool:
    clock = lambda: NOW + now * TICK  # noqa: E731
    desk = Desk(hub.records, hub.store, _Nobody(), _Nobody(), hub.seals, laws.rules, tuple, NoEvents(), clock)
    found = hub.records.approval(REQUEST.id)
    assert found
    made = honest(who, selected, now)
    opened = Opened(*found, PEOPLE[who], Identity.LINK_AND_CODE)
    case = case_of(opened, REQUEST.plan.sha256, desk)
    if not isinstance(case, Case):
        return False
    wish = Wish(tuple(one for bit, one in enumerate(TARGETS) if made.selected & 1 << bit))
    draft = draft_decision(case, wish, choice="", comment="", nonce="nonce", desk=desk)
    if not isinstance(draft, Decision):
        return False
    if between:
        between()
    return isinstance(record(opened, draft, PLAN, desk), Recorded)


class _Nobody:
    """Mail and executions: best effort, and none here."""

    def send(self, *_: Any) -> None:
        raise AssertionError("no mail")

    def wake(self, token: str) -> bool:
        return False

    def is_running(self, execution: str) -> bool:
        return True

    def error_of(self, execution: str) -> str:
        return ""

    def start(self, name: str, data: Any) -> str:
        raise AssertionError("nothing starts")
