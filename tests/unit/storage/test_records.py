"""The table: every write is conditional, no one's word is overwritten unseen. Against AWS as moto plays it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from endpoint_sweep.domain.errors import AlreadyRecorded, RecordUnreadable
from endpoint_sweep.domain.model import Outcome, OutcomeStatus, ResourceId
from endpoint_sweep.rules.approvals import Approval, ApprovalStatus, Stop, StopKind, approval_id
from endpoint_sweep.rules.snoozes import Snoozed
from endpoint_sweep.storage.records import Records, Versions
from tests.unit.rows import Stored
from tests.unit.samples import ACCOUNT, ADA, NOW, REGION, approval, decision, finding, plan

TARGET = finding().id
A = ResourceId(ACCOUNT, REGION, "a")
CLOSED = Stop(StopKind.CLOSED, NOW)


def outcome(status: OutcomeStatus, request_id: str | None = None) -> Outcome:
    return Outcome(TARGET.account, TARGET.region, TARGET.name, status, "because", NOW, request_id)


def test_an_approval_comes_back_with_its_versions(records: Records) -> None:
    """Each part has its own, one more with each write; together they are the approval that was written."""
    asked = approval(plan())
    records.save_request(asked, 0)
    assert records.approval("a1") == (asked, Versions(1))
    ended = replace(asked, status=ApprovalStatus.VERIFIED, note="x", unreachable=(ADA,), reminders=1)
    records.save_request(ended, 1)
    records.save_end(ended, 0)
    assert records.approval("a1") == (ended, Versions(2, 0, 1))
    assert records.approval("unknown") is None


@pytest.mark.parametrize("save", [Records.save_request, Records.save_choices, Records.save_end])
def test_a_record_that_changed_since_it_was_read_is_not_overwritten(
    records: Records, save: Callable[[Records, Approval, int], None]
) -> None:
    """Neither by the same write again nor by a second first one."""
    records.save_request(approval(plan()), 0)
    late = replace(
        approval(plan()), note="late", reminders=9, status=ApprovalStatus.DECIDED, decisions=(decision(plan(), ADA, A),)
    )
    first = 1 if save is Records.save_request else 0
    save(records, approval(plan()), first)
    save(records, approval(plan()), first + 1)
    for version in (0, first + 1, first + 3):
        with pytest.raises(AlreadyRecorded):
            save(records, late, version)
    found = records.approval("a1")
    assert found
    assert found.approval == approval(plan())


def test_of_many_deciders_at_once_one_wins(records: Records) -> None:
    """Sixteen threads, one version: exactly one decision is recorded."""
    records.save_request(approval(plan()), 0)

    def decide(number: int) -> bool:
        made = (decision(plan(), f"p{number}@example.com", A),)
        try:
            records.save_choices(replace(approval(plan()), status=ApprovalStatus.DECIDED, decisions=made), 0)
        except AlreadyRecorded:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        won = list(pool.map(decide, range(16)))
    assert won.count(True) == 1
    found = records.approval("a1")
    assert found
    assert [one.approver for one in found.approval.decisions] == [f"p{won.index(True)}@example.com"]


@pytest.mark.parametrize(
    ("status", "closes"),
    [
        (ApprovalStatus.PENDING, True),
        (ApprovalStatus.DECIDED, True),
        (ApprovalStatus.VERIFIED, False),
        (ApprovalStatus.EXPIRED, False),
    ],
)
def test_only_what_is_open_is_told_as_closed(records: Records, status: ApprovalStatus, closes: bool) -> None:
    """How it ended stays as it is; that nothing more may be sent is written down in any case, and told once."""
    name = approval_id("sweep-1")
    asked = replace(approval(plan(), status=status), id=name, decisions=(decision(plan(), ADA, A),))
    records.save_request(asked, 0)
    if status in (ApprovalStatus.DECIDED, ApprovalStatus.VERIFIED):
        records.save_choices(asked, 0)
    if status in (ApprovalStatus.VERIFIED, ApprovalStatus.EXPIRED):
        records.save_end(asked, 0)
    assert [records.close_approval("sweep-1", CLOSED) for _ in range(2)] == [closes, False]
    found = records.approval(name)
    assert found
    assert (found.approval.status, found.approval.stops) == (ApprovalStatus.CLOSED if closes else status, (CLOSED,))
    assert not records.close_approval("unknown", CLOSED)


@pytest.mark.parametrize("key", [("ASKED#a1", "REQUEST"), ("DECIDED#a1", "DECISIONS"), ("APPROVAL#a1", "STATE")])
@pytest.mark.parametrize("document", [{"status": "APPROVED", "decisions": [1]}, {"decided": "yes", "status": []}])
def test_a_record_that_somebody_else_wrote_is_named_so(
    hub: Stored, key: tuple[str, str], document: dict[str, Any]
) -> None:
    """And does not hold up what closes a sweep."""
    hub.records.save_request(approval(plan()), 0)
    hub.put_row(*key, document)
    with pytest.raises(RecordUnreadable):
        hub.records.approval("a1")
    hub.records.close_approval("sweep-1", CLOSED)
    assert hub.records.stops("sweep-1") == (CLOSED,)


def test_the_newest_wait_is_kept_and_forgotten(records: Records) -> None:
    """One token at a time; writing the same one again, after a lost reply, is no conflict."""
    assert records.waiting("a1") is None
    records.forget_waiting("a1")
    records.save_waiting("a1", "one")
    records.save_waiting("a1", "two")
    records.save_waiting("a1", "two")
    assert records.waiting("a1") == "two"
    records.forget_waiting("a1")
    assert records.waiting("a1") is None


def test_one_lock_and_only_its_holder_releases_it(records: Records) -> None:
    """A second taker is told; a dead holder's lock is replaced by naming its version."""
    records.take_lock("s1", "arn:1", replacing=None)
    with pytest.raises(AlreadyRecorded):
        records.take_lock("s2", "arn:2", replacing=None)
    assert not records.release_lock("arn:2")
    held = records.lock_holder()
    assert held
    records.take_lock("s2", "arn:2", replacing=held)
    with pytest.raises(AlreadyRecorded):
        records.take_lock("s3", "arn:3", replacing=held)
    assert not records.release_lock("arn:1")
    assert records.release_lock("arn:2")
    assert not records.release_lock("arn:2")


def test_an_intent_is_written_once(records: Records) -> None:
    """The second one is told that there is one."""
    assert not records.has_intent("s", TARGET)
    records.write_intent("s", TARGET, NOW, ADA)
    assert records.has_intent("s", TARGET)
    with pytest.raises(AlreadyRecorded):
        records.write_intent("s", TARGET, NOW, ADA)
    assert records.intents("s") == {str(TARGET)}
    assert records.intents("another") == set()


def test_the_first_final_outcome_stands(records: Records) -> None:
    """`deleting` becomes final and keeps its request id; a final one is not changed any more."""
    records.write_outcome("s", outcome(OutcomeStatus.SENT, "req-1"), signed=True)
    assert records.write_outcome("s", outcome(OutcomeStatus.DONE), signed=True).request_id == "req-1"
    assert records.write_outcome("s", outcome(OutcomeStatus.FAILED)).status is OutcomeStatus.DONE
    assert records.outcomes("s") == {TARGET: outcome(OutcomeStatus.DONE, "req-1")}


def test_only_lock_and_ledger_live_for_ever(hub: Stored) -> None:
    """Everything else carries the table's time to live."""
    records = hub.records
    records.take_lock("s1", "arn:1", replacing=None)
    records.write_summary("s1", {"found": 1})
    records.save_request(approval(plan()), 0)
    records.save_waiting("a1", "token")
    records.write_intent("s", TARGET, NOW, ADA)
    stays = {item["pk"]["S"] for item in hub.dynamodb.scan(TableName=hub.name)["Items"] if "expires_at" not in item}
    assert stays == {"LOCK", "LEDGER"}
    assert records.ledger() == [{"found": 1, "sweep_id": "s1"}]


def test_a_void_intent_takes_the_place(records: Records) -> None:
    """A step that stopped finds its place taken; a void one counts as nothing sent."""
    assert records.void_intent("s", TARGET, NOW)
    assert records.void_intent("s", TARGET, NOW)
    with pytest.raises(AlreadyRecorded):
        records.write_intent("s", TARGET, NOW, ADA)
    assert records.intents("s") == set()


def test_an_intent_cannot_be_voided(records: Records) -> None:
    """Where a deletion may have been sent only looking helps."""
    records.write_intent("s", TARGET, NOW, ADA)
    assert not records.void_intent("s", TARGET, NOW)
    assert records.intents("s") == {str(TARGET)}


def test_components_have_one_intent_each(records: Records) -> None:
    """One record for all of an endpoint; a second intent for a name is refused, the outcome keeps who approved."""
    assert records.components_gone("s", TARGET) == ""
    records.write_component_intent("s", TARGET, "base", NOW, ADA)
    records.write_component_intent("s", TARGET, "adapter", NOW, ADA)
    with pytest.raises(AlreadyRecorded):
        records.write_component_intent("s", TARGET, "base", NOW, ADA)
    records.write_component_outcome("s", TARGET, "base", "sent", NOW, "req-1")
    found = records.components("s", TARGET)
    assert (found["base"]["approver"], found["base"]["said"], found["base"]["request_id"]) == (ADA, "sent", "req-1")
    assert "adapter, base" in records.components_gone("s", TARGET)
    assert records.intents("s") == {str(TARGET)}
    records.settle_components("s", TARGET, NOW)
    assert {one["said"] for one in records.components("s", TARGET).values()} == {"deleted"}


def snoozed(days: int, created: int = 90) -> Snoozed:
    id_, by = (TARGET.account, TARGET.region, TARGET.name), (ADA, f"sweep-{days}")
    return Snoozed(*id_, NOW - timedelta(days=created), NOW + timedelta(days=days), *by)


@pytest.mark.parametrize(("first", "second"), [(30, 7), (7, 30), (30, 30)])
def test_the_longer_snooze_stands(records: Records, first: int, second: int) -> None:
    """Whoever said it, and in whatever order; where both end at once, the first."""
    records.snooze(snoozed(first))
    records.snooze(replace(snoozed(second), by="grace@example.com"))
    [found] = records.snoozed().values()
    assert (found.until, found.by) == (NOW + timedelta(days=30), "grace@example.com" if second > first else ADA)


def test_a_snooze_of_a_namesake_does_not_stand_in_the_way(records: Records) -> None:
    """The endpoint was made anew: its own snooze counts, also where the old one's ends later (D2.7)."""
    records.snooze(snoozed(30))
    records.snooze(snoozed(7, created=20))
    records.snooze(snoozed(60))
    assert records.snoozed() == {TARGET: snoozed(7, created=20)}


def test_the_ledger_is_in_order(records: Records) -> None:
    """By the time of the report, whatever the sweeps are called."""
    records.write_summary("z-first", {"at": "2026-11-01T00:00:00Z"})
    records.write_summary("a-second", {"at": "2026-11-08T00:00:00Z"})
    assert [row["sweep_id"] for row in records.ledger()] == ["z-first", "a-second"]
