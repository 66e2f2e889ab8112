"""An approval is joined from what each function wrote: who keeps takes back, what stops goes before what allows."""

import dataclasses
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from endpoint_sweep.domain.approval_record import person
from endpoint_sweep.domain.documents import digest, sealed_digest, to_json
from endpoint_sweep.domain.model import Caps, Plan, Pointer, ResourceId
from endpoint_sweep.domain.why import Cause, Why
from endpoint_sweep.rules.approvals import (
    Approval,
    ApprovalStatus,
    Code,
    Codes,
    Decision,
    Link,
    Request,
    Stop,
    StopKind,
    joined,
)
from endpoint_sweep.rules.planning import plan_digest
from tests.unit.decisions import GRACE, LINUS, PLAN, A, B, decided, ruled, signed
from tests.unit.samples import ADA, NOW, approval, decision

REQUEST = approval(PLAN).request
KEEP = Stop(StopKind.KEPT, NOW, decision=decision(PLAN, GRACE))
KILLED, CLOSED = Stop(StopKind.KILL_SWITCH, NOW, "the kill switch is on"), Stop(StopKind.CLOSED, NOW, "it ended")
SUPERSEDED = Stop(StopKind.SUPERSEDED, NOW, newer="sweep-2")
PENDING, DECIDED, VERIFIED = ApprovalStatus.PENDING, ApprovalStatus.DECIDED, ApprovalStatus.VERIFIED


def test_without_anything_it_is_what_was_asked() -> None:
    """Every field of the request is in it, and it is pending."""
    found = joined(REQUEST)
    assert found == approval(PLAN)
    assert (found.request, found.status) == (REQUEST, PENDING)


@pytest.mark.parametrize("address", [ADA, "Ada@Example.com", "ada+sweeps@example.com"])
def test_who_keeps_takes_back_the_own_choice(address: str) -> None:
    """By whichever address; what others chose stays beside it, and nothing is deleted."""
    mine, theirs = signed(ADA, A), signed(GRACE, A)
    keep = signed(address)
    found = joined(REQUEST, (mine, theirs), (Stop(StopKind.KEPT, NOW, decision=keep),), decided=True)
    assert (found.decisions, found.withdrawn, found.kept_by) == ((theirs, keep), (mine,), (keep,))
    assert ruled(found).selected == ()


@pytest.mark.parametrize(
    ("stops", "decided", "ended", "status"),
    [
        ((), False, None, PENDING),
        ((), True, None, DECIDED),
        ((KEEP,), False, None, DECIDED),
        ((KILLED,), True, None, ApprovalStatus.CLOSED),
        ((CLOSED,), False, None, ApprovalStatus.CLOSED),
        ((SUPERSEDED,), False, None, ApprovalStatus.SUPERSEDED),
        ((CLOSED, KEEP, KILLED, SUPERSEDED), True, None, ApprovalStatus.SUPERSEDED),
        ((KEEP, CLOSED), True, None, ApprovalStatus.CLOSED),
        ((), False, ApprovalStatus.EXPIRED, ApprovalStatus.EXPIRED),
        ((), True, ApprovalStatus.EXPIRED, DECIDED),
        ((KEEP, SUPERSEDED), True, VERIFIED, VERIFIED),
    ],
)
def test_of_several_statuses_one_counts(
    stops: tuple[Stop, ...], decided: bool, ended: ApprovalStatus | None, status: ApprovalStatus
) -> None:
    """How it ended, then a newer sweep, then what closed it, then that someone decided, in whatever order."""
    for order in (stops, stops[::-1]):
        found = joined(REQUEST, (), order, decided=decided, ended=ended)
        assert (found.status, set(found.stops)) == (status, set(stops))


def test_the_note_of_the_end_goes_before_that_of_a_stop() -> None:
    """And the newer sweep is named."""
    assert joined(REQUEST, (), (KILLED,)).note == "the kill switch is on"
    assert joined(REQUEST, (), (KILLED,), ended=VERIFIED, note="kept by ada").note == "kept by ada"
    assert (joined(REQUEST, (), (SUPERSEDED, KILLED)).newer, joined(REQUEST, (), (KEEP,)).note) == ("sweep-2", "")


def test_a_record_keeps_the_cause_of_its_end() -> None:
    """For the code that asks why nothing is deleted."""
    assert joined(REQUEST, ended=VERIFIED, note="kept by ada", cause=Cause.KEPT).cause is Cause.KEPT


def test_a_person_is_written_in_one_way() -> None:
    """What follows the first plus does not count; what is no address is no one else's."""
    assert person(" Ada+Sweeps@Example.com ") == "ada@example.com"
    assert (person("ada"), person("ada+x@b@c")) == ("ada@", "ada@b@c")


def test_each_reason_and_each_person_has_a_document_of_its_own() -> None:
    """One cannot take another's place; one person with two addresses has one."""
    names = [one.name for one in (KILLED, CLOSED, SUPERSEDED, KEEP, Stop(StopKind.KEPT, NOW, decision=signed(LINUS)))]
    assert len(set(names)) == len(names)
    assert Stop(StopKind.KEPT, NOW, decision=signed("Grace+x@example.com")).name == KEEP.name


def test_any_stop_stops() -> None:
    """Whatever was decided, verified or not: each alone is enough, and a keep is told by its name."""
    approved = decided(signed(ADA, A))
    assert ruled(approved).selected == (A,)
    honest = Stop(StopKind.KEPT, NOW, decision=signed(GRACE))
    for stop, why in (
        (honest, f"kept by {GRACE}"),
        (KEEP, "someone who cannot be named stopped this sweep"),
        (KILLED, "the kill switch is on"),
        (Stop(StopKind.CLOSED, NOW), "the approval is closed"),
        (SUPERSEDED, "the approval is superseded"),
    ):
        for ended in (None, VERIFIED):
            found = joined(REQUEST, approved.decisions, (stop,), decided=True, ended=ended)
            ruling = ruled(found)
            assert ruling.selected == ()
            assert ruling.why
            told = why if ended is None or stop.decision or stop.note else "the approval is verified"
            assert ruling.why.sentence == told
    assert ruled(joined(REQUEST, approved.decisions, (KEEP, honest))).why == Why(Cause.KEPT, f"kept by {GRACE}")
    assert ruled(joined(REQUEST, approved.decisions, (KEEP,))).alarm == "DecisionForged"


def test_the_newest_of_an_approvers_links_is_the_one_in_use() -> None:
    """A reminder brings another one; that of someone else is not theirs."""
    old, new, other = Link("1" * 64, ADA, NOW), Link("2" * 64, ADA, NOW + timedelta(days=1)), Link("3" * 64, GRACE, NOW)
    asked = dataclasses.replace(approval(PLAN), links=(other, new, old))
    assert (asked.newest_link(ADA), asked.newest_link(GRACE), asked.newest_link(LINUS)) == (new, other, None)


def test_a_link_is_counted_under_a_name_that_opens_nothing() -> None:
    """Half of its hash: the secret cannot be found from it, and no two links share it."""
    assert Link("0123456789abcdef" * 4, ADA, NOW).id == "0123456789abcdef" * 2


def test_everybody_who_decided_is_named() -> None:
    """As the audit and the tags of a session show it."""
    assert decided(signed(ADA, A), signed(GRACE, A)).decided_by == f"{ADA}, {GRACE}"
    assert decided().decided_by == "no one"


# digests: whoever adds a field need not think of them


def another(value: Any) -> Any:  # noqa: PLR0911 - one return a shape
    """A value of the same shape that is not this one."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case datetime():
            return value + timedelta(seconds=1)
        case str() if type(value) is not str:
            return next(one for one in type(value) if one is not value)  # type: ignore[attr-defined]
        case str():
            return value + "x"
        case tuple():
            return value[:-1] if value else ("x",)
        case dict():
            return {**value, "x": "y"}
        case Pointer() | Caps():
            first = dataclasses.fields(value)[0].name
            return dataclasses.replace(value, **{first: another(getattr(value, first))})
    raise TypeError(f"tell how a {type(value).__name__} differs")


def decision_digest(one: Decision) -> object:
    return one.digest


def request_digest(one: Request) -> object:
    return one.digest


def codes_digest(one: Codes) -> object:
    return one.digest


def plan_hash(one: Plan) -> object:
    return plan_digest(one)


@pytest.mark.parametrize(
    ("value", "digest_of"),
    [
        (signed(ADA, A, B), decision_digest),
        (dataclasses.replace(REQUEST, requester=ADA), request_digest),
        (Codes("a1", "link", (Code("hash", NOW, NOW, 2),)), codes_digest),
        (PLAN, plan_hash),
    ],
    ids=["decision", "request", "codes", "plan"],
)
def test_changing_any_one_field_changes_the_digest(value: Any, digest_of: Callable[[Any], object]) -> None:
    """All fields but the MAC itself, whatever fields there are."""
    seen = {digest_of(value)}
    fields = [one.name for one in dataclasses.fields(value) if one.name != "mac"]
    for name in fields:
        seen.add(digest_of(dataclasses.replace(value, **{name: another(getattr(value, name))})))
    assert len(seen) == len(fields) + 1
    if hasattr(value, "mac"):
        assert digest_of(dataclasses.replace(value, mac="another")) in seen


@pytest.mark.parametrize("name", [one.name for one in dataclasses.fields(Link)])
def test_changing_any_one_field_of_a_link_changes_the_request(name: str) -> None:
    """No one becomes the owner of another's link."""
    link = REQUEST.links[0]
    changed = dataclasses.replace(link, **{name: another(getattr(link, name))})
    assert dataclasses.replace(REQUEST, links=(changed,)).digest != REQUEST.digest


def test_what_is_joined_of_the_request_is_all_of_it() -> None:
    """A new field of the request that the approval forgot would not be signed."""
    named = {one.name for one in dataclasses.fields(Request)} - {"mac"}
    assert named <= {one.name for one in dataclasses.fields(Approval)}
    for name in named:
        changed = dataclasses.replace(REQUEST, **{name: another(getattr(REQUEST, name))})
        assert joined(changed).request == changed


def test_a_digest_is_of_one_place() -> None:
    """The same words somewhere else are other words, and no place and value can be cut differently."""
    one = signed(ADA, A)
    places = {
        one.digest,
        signed(GRACE, A).digest,
        signed(ADA, A, approval="a2").digest,
        Codes("a1", "l1", ()).digest,
        Codes("a1", "l2", ()).digest,
        Codes("a2", "l1", ()).digest,
        sealed_digest("sweeps/s1/plan.json", digest(to_json(PLAN))),
        sealed_digest("sweeps/s2/plan.json", digest(to_json(PLAN))),
        sealed_digest("a", "b c"),
        sealed_digest("a b", "c"),
    }
    assert len(places) == 10
    assert signed(ResourceId.__name__, A).digest not in places
