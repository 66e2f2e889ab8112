"""Asking for approval: links, codes, the phrase, who must still decide, refusals. Pure: secrets and times are
arguments. A task token is only a wake-up call (S1.2). `approval_rules` says whether decisions count.
"""

import hashlib
import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from endpoint_sweep.domain.approval_record import (
    Approval,
    ApprovalStatus,
    Choice,
    Decision,
    Identity,
    Link,
    Request,
    Snooze,
    Stop,
    StopKind,
    joined,
    person,
)
from endpoint_sweep.domain.codes import Code, Codes, Tries
from endpoint_sweep.domain.model import Caps, Plan, ResourceId
from endpoint_sweep.rules.planning import by_id, over_caps, short_hash

__all__ = [
    "Approval",
    "ApprovalStatus",
    "Choice",
    "Code",
    "Codes",
    "Decision",
    "Identity",
    "Link",
    "Refusal",
    "RefusalCode",
    "Request",
    "Snooze",
    "Stop",
    "StopKind",
    "Tries",
    "approval_id",
    "can_be_kept",
    "hash_code",
    "hash_secret",
    "is_phrase",
    "joined",
    "link_of",
    "mint_code",
    "mint_secret",
    "person",
    "phrase",
    "reminder_times",
    "reminders_due",
    "resolve_ids",
    "select",
    "undecided",
    "why_closed",
]  # fmt: skip

MAX_COMMENT = 500
SNOOZE_DAYS = (7, 30, 90)
LAST_REMINDER = timedelta(hours=6)


class RefusalCode(StrEnum):
    """The codes of refusals; each has one HTTP status."""

    LINK_INVALID = "E_LINK_INVALID"
    EXPIRED = "E_APPROVAL_EXPIRED"
    ALREADY_DECIDED = "E_ALREADY_DECIDED"
    SUPERSEDED = "E_PLAN_SUPERSEDED"
    CLOSED = "E_RUN_OVER"
    PLAN_CHANGED = "E_PLAN_CHANGED"
    CONFIRM_PHRASE = "E_CONFIRM_PHRASE"
    CODE = "E_CODE"
    ITEM_SELECTION = "E_ITEM_SELECTION"
    OVER_CAP = "E_OVER_CAP"
    QUORUM = "E_QUORUM_IMPOSSIBLE"
    SELF_APPROVAL = "E_SELF_APPROVAL"
    NOT_AN_APPROVER = "E_NOT_AN_APPROVER"
    FORGED = "E_RECORD_FORGED"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request was refused: a code for the log, a sentence for the person, an alarm metric or none."""

    code: RefusalCode
    message: str
    alarm: str = ""


def approval_id(sweep_id: str) -> str:
    """128 bits, not a secret. Every attempt for one sweep gets the same id, so a retry cannot open a second one."""
    return hashlib.sha256(f"endpoint-sweep approval {sweep_id}".encode()).hexdigest()[:32]


def mint_secret() -> str:
    """256 bits for one approver's link."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def mint_code() -> str:
    return f"{secrets.randbelow(1_000_000):06}"


def hash_code(code: str, secret: str) -> str:
    return hashlib.sha256(f"{secret} {code}".encode("utf-8", "replace")).hexdigest()


def link_of(approval: Approval, secret: str) -> Link | None:
    """The link with this secret, or None. Compares every entry, in constant time."""
    given, found = hash_secret(secret), None
    for link in approval.links:
        if hmac.compare_digest(link.hash, given):
            found = link
    return found


def phrase(choice: Choice, count: int, plan_sha256: str) -> str:
    """What the person types. It includes the count and the plan hash, so robots and stale pages cannot guess it."""
    if choice is Choice.DELETE:
        return f"DELETE {count} {short_hash(plan_sha256)}"
    return f"KEEP ALL {short_hash(plan_sha256)}"


def is_phrase(typed: str, choice: Choice, count: int, plan_sha256: str) -> bool:
    """Ignores surrounding white space, nothing else."""
    return hmac.compare_digest(typed.strip().encode(), phrase(choice, count, plan_sha256).encode())


def why_closed(approval: Approval, now: datetime) -> Refusal | None:
    """Why it is too late to choose deletions, or None. Keeping may still be possible, see `can_be_kept`."""
    match approval.status:
        case ApprovalStatus.VERIFIED:
            return Refusal(RefusalCode.ALREADY_DECIDED, "This sweep has already been decided.")
        case ApprovalStatus.EXPIRED:
            return _expired(approval)
        case ApprovalStatus.SUPERSEDED:
            return Refusal(
                RefusalCode.SUPERSEDED, f"A newer sweep, {approval.newer}, has replaced this one. Please use its email."
            )
        case ApprovalStatus.CLOSED:
            return Refusal(RefusalCode.CLOSED, "This sweep is no longer running. Nothing more will be deleted.")
        case ApprovalStatus.PENDING:
            return _expired(approval) if now >= approval.expires_at else None
        case ApprovalStatus.DECIDED:
            # A decision made in time can still be carried out, and kept, after the approval ends.
            decided = Refusal(RefusalCode.ALREADY_DECIDED, "This sweep has already been decided.")
            return decided if now >= approval.expires_at else None
        case _:
            assert_never(approval.status)


def can_be_kept(approval: Approval) -> bool:
    """Whether no one has stopped this sweep. Nothing else refuses a keep, as the rest of the record is unsigned."""
    return not approval.stops and approval.status not in (ApprovalStatus.SUPERSEDED, ApprovalStatus.CLOSED)


def _expired(approval: Approval) -> Refusal:
    when = f"{approval.expires_at:%d %B %Y, %H:%M} UTC"
    return Refusal(RefusalCode.EXPIRED, f"This approval expired on {when}. Nothing was deleted.")


def reminder_times(approval: Approval) -> tuple[datetime, ...]:
    """When undecided approvers are reminded: halfway through, and six hours before the end if that is later."""
    half = approval.asked_at + (approval.expires_at - approval.asked_at) / 2
    last = approval.expires_at - LAST_REMINDER
    return (half, last) if last > half else (half,)


def reminders_due(approval: Approval, now: datetime) -> int:
    """How many reminders should have been sent by now."""
    return sum(one <= now for one in reminder_times(approval))


def undecided(approval: Approval, approvers: Collection[str]) -> tuple[str, ...]:
    """The reachable approvers who have not decided."""
    done = {person(one.approver) for one in approval.decisions}
    lost = {person(one) for one in approval.unreachable}
    return tuple(one for one in approvers if person(one) not in done | lost)


def select(plan: Plan, wanted: Collection[str], caps: Caps) -> tuple[ResourceId, ...] | Refusal:
    """The resources with these ids, all in the plan and within both plan and stack caps."""
    if not wanted:
        return Refusal(RefusalCode.ITEM_SELECTION, "Nothing is selected for deletion. Select at least one row.")
    found = resolve_ids(plan, wanted)
    if isinstance(found, Refusal):
        return found
    if reasons := over_caps(plan, found, caps):
        return Refusal(RefusalCode.OVER_CAP, f"{'; '.join(reasons)}.")
    return found


def resolve_ids(plan: Plan, wanted: Collection[str]) -> tuple[ResourceId, ...] | Refusal:
    """The resources with these ids, each of them once and in the plan."""
    ids = {str(one): one for one in by_id(plan.items)}
    if len(set(wanted)) != len(wanted) or any(one not in ids for one in wanted):
        return Refusal(RefusalCode.ITEM_SELECTION, "The selection does not match this plan. Reload the page.")
    return tuple(sorted(ids[one] for one in wanted))
