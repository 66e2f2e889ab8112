"""The model's words as real values of the product, and the product's own judgements over them, each made once.

A time is a tick of an hour. An approval ends at tick 2, a decision is good for two ticks, a grace period takes one.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from typing import Any, NamedTuple
from unittest.mock import patch

from endpoint_sweep.domain import approval_record
from endpoint_sweep.domain.documents import digest, to_json
from endpoint_sweep.domain.model import Mode
from endpoint_sweep.resources.endpoint import recheck
from endpoint_sweep.review.selection import is_same
from endpoint_sweep.rules import approval_rules, approvals, decision_rules
from endpoint_sweep.rules.acting import Kept
from endpoint_sweep.rules.approvals import (
    Approval,
    ApprovalStatus,
    Choice,
    Decision,
    Refusal,
    RefusalCode,
    Stop,
    StopKind,
)
from endpoint_sweep.rules.decision_rules import Rules
from endpoint_sweep.rules.planning import by_id, plan_digest
from endpoint_sweep.rules.scopes import Scope
from endpoint_sweep.settings.sweep_input import SweepInput
from tests.unit.samples import ADA, CAPS, NOW, POLICY, approval, decision, description, finding, plan

GRACE = "grace@example.com"
PEOPLE = (ADA, GRACE)
INPUT = to_json(SweepInput("sweep-1", Mode.APPROVE, POLICY, CAPS, Scope()))
PLAN = replace(plan([finding("a"), finding("b")]), pins={"input.json": digest(INPUT)})
DIGEST = plan_digest(PLAN)
TARGETS = tuple(sorted(by_id(PLAN.items)))
EXPIRY, WINDOW, LAST = 2, 2, 4
TICK = timedelta(hours=1)
REQUEST = replace(approval(PLAN), expires_at=NOW + EXPIRY * TICK).request
KEEP = 0  # the selection of who keeps everything; else a mask: 1 and 2 are one endpoint, 3 is both


class Chosen(NamedTuple):
    """A decision: who (0 or 1), which endpoints, when. `signed`: what its MAC was made over, or empty."""

    who: int
    selected: int
    at: int
    at_once: bool = False
    signed: tuple[int, ...] = ()

    @property
    def is_honest(self) -> bool:
        return self.signed == (self.selected, self.at, self.at_once)


class Record(NamedTuple):
    """What a step has read of an approval."""

    choices: tuple[Chosen, ...] = ()
    decided: bool = False
    status: str = ""
    note: str = ""
    stops: tuple[str, ...] = ()


class Ruled(NamedTuple):
    """What the verifying step makes of a record: `wait`, `kept` as it is, or what it writes and whom it lets pass."""

    word: str
    status: str = ""
    note: str = ""
    selected: int = 0


@dataclass(frozen=True, slots=True)
class Laws:
    """The product's rules as one configuration of the model has them."""

    minimum: int = 1
    grace: int = 0
    authentic: Callable[[Decision], bool] | None = None

    @property
    def rules(self) -> Rules:
        return Rules(PEOPLE, minimum=self.minimum, grace=self.grace * TICK, window=WINDOW * TICK)


def honest(who: int, selected: int, at: int, *, at_once: bool = False) -> Chosen:
    return Chosen(who, selected, at, at_once, (selected, at, at_once))


def _unsigned(who: int, selected: int, at: int, *, at_once: bool) -> Decision:
    targets = tuple(one for bit, one in enumerate(TARGETS) if selected & 1 << bit)
    made = decision(PLAN, PEOPLE[who], *targets, at=NOW + at * TICK, at_once=at_once)
    return replace(made, expires_at=REQUEST.expires_at)


@cache
def real(chosen: Chosen) -> Decision:
    """The decision; its MAC is the model's: the digest of what the review page signed."""
    made = _unsigned(chosen.who, chosen.selected, chosen.at, at_once=chosen.at_once)
    if not chosen.signed:
        return made
    selected, at, at_once = chosen.signed
    return replace(made, mac=_unsigned(chosen.who, selected, at, at_once=bool(at_once)).digest.hex())


@cache
def is_authentic(one: Decision) -> bool:
    return one.mac == replace(one, mac="").digest.hex()


@cache
def stop_of(name: str) -> Stop:
    if name.startswith("kept-"):
        return Stop(StopKind.KEPT, NOW, decision=real(honest(int(name[-1]), KEEP, 0)))
    return Stop(StopKind(name), NOW, f"stopped: {name}")


@cache
def joined(record: Record) -> Approval:
    """As `ApprovalRows.unproven` joins it."""
    status = ApprovalStatus(record.status) if record.status else None
    return approval_record.joined(
        REQUEST,
        tuple(map(real, record.choices)),
        tuple(map(stop_of, record.stops)),
        decided=record.decided,
        ended=status if status in (ApprovalStatus.VERIFIED, ApprovalStatus.EXPIRED) else None,
        note=record.note,
    )


@cache
def answered(record: Record, who: int, selected: int, now: int, *, at_once: bool, laws: Laws) -> tuple[bool, bool]:
    """Whether the page records this decision over what it read, and whether the record is decided then: as in
    `drafting` and `recording`.
    """
    asked, draft = joined(record), real(honest(who, selected, now, at_once=at_once))
    closed = approvals.why_closed(asked, NOW + now * TICK)
    mine = next((one for one in asked.decisions if one.approver == draft.approver), None)
    can_keep = approvals.can_be_kept(asked) and NOW + now * TICK < decision_rules.keep_ends(asked, laws.rules)
    if closed and closed.code is not RefusalCode.ALREADY_DECIDED and not can_keep:
        return False, False
    if mine and is_same(mine, draft):
        return False, False
    if closed and not (draft.choice is Choice.KEEP and approvals.can_be_kept(asked)):
        return False, False
    if selected and isinstance(approvals.select(PLAN, [str(one) for one in draft.selected], laws.rules.caps), Refusal):
        return False, False
    admitted = approval_rules.admit(asked, draft, PLAN, laws.rules)
    return not isinstance(admitted, Refusal), isinstance(
        admitted, Approval
    ) and admitted.status is not ApprovalStatus.PENDING


def allowed(record: Record, now: int, laws: Laws) -> tuple[int, str]:
    """What `what_may_be_deleted` makes of it: the endpoints as a mask, and why none."""
    found = approval_rules.what_may_be_deleted(
        joined(record), PLAN, DIGEST, laws.rules, laws.authentic or is_authentic, NOW + now * TICK, WINDOW * TICK
    )
    mask = sum(1 << bit for bit, one in enumerate(TARGETS) if one in found.selected)
    return mask, found.why.sentence if found.why else ""


@cache
def acted(record: Record, target: int, now: int, laws: Laws) -> bool:
    """Whether the deleting step may go on with this endpoint: as in `apply_decision._approved`."""
    if joined(record).status is not ApprovalStatus.VERIFIED:
        return False
    return bool(allowed(record, now, laws)[0] & 1 << target)


@cache
def asks_switch(record: Record) -> bool:
    """Whether the verifying step looks at the kill switch at all."""
    asked = joined(record)
    return asked.status in (ApprovalStatus.PENDING, ApprovalStatus.DECIDED) and not asked.stops


@cache
def verified(record: Record, tick: int, laws: Laws) -> Ruled:
    """What the verifying step does with a record where the kill switch is off: as in `verify_decision._judge`."""
    asked, now = joined(record), NOW + tick * TICK
    if asked.status is ApprovalStatus.PENDING and now < asked.expires_at:
        return Ruled("wait")
    if asked.status is ApprovalStatus.DECIDED and not asked.stops and asked.decisions:
        latest = asked.expires_at + laws.rules.grace
        if now < min(latest, decision_rules.grace_ends(asked.decisions, laws.rules)):
            return Ruled("wait")
    if asked.status in (ApprovalStatus.SUPERSEDED, ApprovalStatus.CLOSED):
        return Ruled("kept")
    selected, why = allowed(record, tick, laws)
    expired = asked.status in (ApprovalStatus.PENDING, ApprovalStatus.EXPIRED)
    why = why or ("no one responded in time" if expired else "")
    status = ApprovalStatus.EXPIRED if expired else ApprovalStatus.VERIFIED
    return Ruled("kept" if why else "approved", status.value, why, 0 if why else selected)


APPROVED_STATE = description(config="a-config")


@cache
def looked(world: str) -> str:
    """What `check_fingerprint` says of an endpoint: nothing, `kept`, or `already-gone` where there is none."""
    if world in ("gone", "removed"):
        return "already-gone"
    seen = APPROVED_STATE
    if world == "re-created":
        seen = replace(seen, created_at=NOW)
    if world == "changed":
        seen = replace(seen, config="another")
    try:
        recheck.check_fingerprint(seen, by_id(PLAN.items)[TARGETS[0]])
    except Kept:
        return "kept"
    return ""


_CACHES = (real, is_authentic, stop_of, joined, answered, acted, asks_switch, verified, looked)


@contextmanager
def product(patches: tuple[tuple[Any, str, Any], ...] = ()) -> Iterator[None]:
    """The judgements with some functions of the product replaced; nothing is remembered from before or kept after."""
    undo = [patch.object(*one) for one in patches]
    for one in undo:
        one.start()
    try:
        for cached in _CACHES:
            cached.cache_clear()
        yield
    finally:
        for one in undo:
            one.stop()
        for cached in _CACHES:
            cached.cache_clear()
