"""The record of an approval: links, decisions, what is said to whom. Pure: secrets and times are arguments.

The decisions in the table are the truth, each with a MAC that only the review function can make; a task token is only a
wake-up call (safety S1.2). Whether they count is in `ruling`.
"""

import hashlib
import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from endpoint_sweep.documents import digest, to_json
from endpoint_sweep.model import EndpointId, Plan, Pointer
from endpoint_sweep.planning import by_id, over_caps, short_hash

MAX_COMMENT = 500
SNOOZE_DAYS = (7, 30, 90)
LAST_REMINDER = timedelta(hours=6)


class ApprovalStatus(StrEnum):
    """`pending` -> `decided` -> `verified`. Else `expired`: nobody answered in time; `superseded`: a newer sweep asks;
    `closed`: the sweep ended.
    """

    PENDING = "pending"
    DECIDED = "decided"
    VERIFIED = "verified"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    CLOSED = "closed"


class Choice(StrEnum):
    """`delete` approves a selection; `keep` rejects the whole plan, for every approver."""

    DELETE = "delete"
    KEEP = "keep"


class Identity(StrEnum):
    """How the person was told from others: by the secret in the mail, by a code as well, or by AWS."""

    LINK = "link"
    LINK_AND_CODE = "link+code"
    IAM = "iam"


@dataclass(frozen=True, slots=True)
class Snooze:
    """An endpoint that shall not be offered for some days."""

    id: EndpointId
    days: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What one approver decided, bound to one plan of one approval. `selected` is empty for `keep`.

    `principal`: the caller's ARN where AWS told it. `nonce` tells one's own write from another's after a lost reply.
    `mac` is over everything else.
    """

    approval: str
    approver: str
    identity: Identity
    choice: Choice
    selected: tuple[EndpointId, ...]
    plan_sha256: str
    plan_version: str
    expires_at: datetime
    at: datetime
    nonce: str
    snoozes: tuple[Snooze, ...] = ()
    comment: str = ""
    principal: str = ""
    mac: str = ""

    @property
    def digest(self) -> bytes:
        """SHA-256 of everything but the MAC: what the MAC is made over."""
        return bytes.fromhex(digest(to_json(replace(self, mac=""))))


@dataclass(frozen=True, slots=True)
class Approval:
    """One request for approval. `secrets` maps a SHA-256 of a link's secret to the approver it was mailed to.

    `requester`: who started the sweep, an address, or empty where the schedule did. `decisions`: one a person;
    `withdrawn`: approvals that their authors took back. `unreachable`: approvers whose mail came back. `reminders`: how
    many were sent. `note` says why a verified record deletes nothing; `newer` names the sweep that superseded it.
    """

    id: str
    sweep_id: str
    execution: str
    plan: Pointer
    expires_at: datetime
    asked_at: datetime
    status: ApprovalStatus = ApprovalStatus.PENDING
    requester: str = ""
    secrets: dict[str, str] = field(default_factory=dict)
    decisions: tuple[Decision, ...] = ()
    withdrawn: tuple[Decision, ...] = ()
    unreachable: tuple[str, ...] = ()
    reminders: int = 0
    note: str = ""
    newer: str = ""

    @property
    def decided_by(self) -> str:
        """The addresses of all who decided."""
        return ", ".join(one.approver for one in self.decisions) or "nobody"


@dataclass(frozen=True, slots=True)
class Code:
    """The six digits mailed to one approver. `hash` is over the link's secret, too: the table alone cannot be searched.

    `tries` were wrong; `sent` codes were mailed so far for this approval.
    """

    approver: str
    hash: str
    expires_at: datetime
    tries: int = 0
    sent: int = 1


class RefusalCode(StrEnum):
    """Codes of safety.md 8; each has one HTTP status."""

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


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request was turned down: a code for the log, a sentence for the person."""

    code: RefusalCode
    message: str


def approval_id(sweep_id: str) -> str:
    """128 bits, not a secret; the same for every attempt to ask about one sweep, so a retry cannot open a second."""
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


def approver_of(approval: Approval, secret: str) -> str | None:
    """Whose link this is, or None. Compared in constant time, every entry each time."""
    given, found = hash_secret(secret), None
    for stored, approver in approval.secrets.items():
        if hmac.compare_digest(stored, given):
            found = approver
    return found


def person(approver: str) -> str:
    """Two addresses of one person are one person: letter case and what follows a plus do not count (BI-10, BI-42)."""
    local, _, domain = approver.strip().lower().partition("@")
    return f"{local.partition('+')[0]}@{domain}"


def phrase(choice: Choice, count: int, plan_sha256: str) -> str:
    """What the person types: it names the count and the plan, so a robot or a stale page cannot know it by heart."""
    if choice is Choice.DELETE:
        return f"DELETE {count} {short_hash(plan_sha256)}"
    return f"KEEP ALL {short_hash(plan_sha256)}"


def is_phrase(typed: str, choice: Choice, count: int, plan_sha256: str) -> bool:
    """White space around it is forgiven, nothing else."""
    return hmac.compare_digest(typed.strip().encode(), phrase(choice, count, plan_sha256).encode())


def why_closed(approval: Approval, now: datetime) -> Refusal | None:
    """Why nobody can decide anything any more, or None. A `decided` record can still be rejected."""
    match approval.status:
        case ApprovalStatus.VERIFIED:
            return Refusal(RefusalCode.ALREADY_DECIDED, "This sweep has already been decided.")
        case ApprovalStatus.EXPIRED:
            return _expired(approval)
        case ApprovalStatus.SUPERSEDED:
            return Refusal(
                RefusalCode.SUPERSEDED, f"A newer sweep, {approval.newer}, asks instead. Please use its mail."
            )
        case ApprovalStatus.CLOSED:
            return Refusal(RefusalCode.CLOSED, "This sweep is no longer running. Nothing more will be deleted.")
        case ApprovalStatus.PENDING | ApprovalStatus.DECIDED:
            return _expired(approval) if now >= approval.expires_at else None


def _expired(approval: Approval) -> Refusal:
    when = f"{approval.expires_at:%d %B %Y, %H:%M} UTC"
    return Refusal(RefusalCode.EXPIRED, f"This approval expired on {when}. Nothing was deleted.")


def reminder_times(approval: Approval) -> tuple[datetime, ...]:
    """When those who have not decided are reminded: at half time, and six hours before the end where that is later."""
    half = approval.asked_at + (approval.expires_at - approval.asked_at) / 2
    last = approval.expires_at - LAST_REMINDER
    return (half, last) if last > half else (half,)


def reminders_due(approval: Approval, now: datetime) -> int:
    """How many reminders should have been sent by now."""
    return sum(one <= now for one in reminder_times(approval))


def undecided(approval: Approval, approvers: Collection[str]) -> tuple[str, ...]:
    """The approvers who can be reached and have not decided."""
    done = {person(one.approver) for one in approval.decisions}
    lost = {person(one) for one in approval.unreachable}
    return tuple(one for one in approvers if person(one) not in done | lost)


def select(plan: Plan, wanted: Collection[str]) -> tuple[EndpointId, ...] | Refusal:
    """The endpoints with these ids (`account/region/endpoint`), all of them in the plan, within the caps."""
    if not wanted:
        return Refusal(RefusalCode.ITEM_SELECTION, "Nothing is selected for deletion. Choose at least one endpoint.")
    found = known(plan, wanted)
    if isinstance(found, Refusal):
        return found
    if reasons := over_caps(plan, found):
        return Refusal(RefusalCode.OVER_CAP, f"{'; '.join(reasons)}.")
    return found


def known(plan: Plan, wanted: Collection[str]) -> tuple[EndpointId, ...] | Refusal:
    """These ids, each once and each in the plan."""
    ids = {str(one): one for one in by_id(plan.items)}
    if len(set(wanted)) != len(wanted) or any(one not in ids for one in wanted):
        return Refusal(RefusalCode.ITEM_SELECTION, "The selection does not fit this plan. Load the page again.")
    return tuple(sorted(ids[one] for one in wanted))
