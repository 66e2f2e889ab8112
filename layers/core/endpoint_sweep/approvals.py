"""Who may decide, what was decided, whether it counts. Pure: secrets and times are arguments.

The decision record in the table is the truth; a task token is only a wake-up call (safety S1.2).
"""

import hashlib
import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from endpoint_sweep.model import EndpointId, Plan, Pointer
from endpoint_sweep.planning import by_id, over_caps, short_hash

MAX_COMMENT = 500
CLOCKS_DIFFER = timedelta(minutes=1)


class ApprovalStatus(StrEnum):
    """`pending` -> `decided` -> `verified`; or `expired` (nobody answered in time) or `closed` (the sweep ended)."""

    PENDING = "pending"
    DECIDED = "decided"
    VERIFIED = "verified"
    EXPIRED = "expired"
    CLOSED = "closed"


class Choice(StrEnum):
    DELETE = "delete"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Decision:
    """What one approver decided, bound to one plan. `selected` is empty for `keep`."""

    approver: str
    choice: Choice
    selected: tuple[EndpointId, ...]
    plan_sha256: str
    at: datetime
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Approval:
    """One request for approval. `secrets` maps a SHA-256 of a link's secret to the approver it was mailed to.

    `note` says why a verified decision deletes nothing.
    """

    id: str
    sweep_id: str
    execution: str
    plan: Pointer
    expires_at: datetime
    status: ApprovalStatus = ApprovalStatus.PENDING
    secrets: dict[str, str] = field(default_factory=dict)
    decision: Decision | None = None
    note: str = ""


class RefusalCode(StrEnum):
    """Codes of safety.md 8; each has one HTTP status."""

    LINK_INVALID = "E_LINK_INVALID"
    EXPIRED = "E_APPROVAL_EXPIRED"
    ALREADY_DECIDED = "E_ALREADY_DECIDED"
    CLOSED = "E_RUN_OVER"
    PLAN_CHANGED = "E_PLAN_CHANGED"
    CONFIRM_PHRASE = "E_CONFIRM_PHRASE"
    ITEM_SELECTION = "E_ITEM_SELECTION"
    OVER_CAP = "E_OVER_CAP"


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


def approver_of(approval: Approval, secret: str) -> str | None:
    """Whose link this is, or None. Compared in constant time, every entry each time."""
    given, found = hash_secret(secret), None
    for stored, approver in approval.secrets.items():
        if hmac.compare_digest(stored, given):
            found = approver
    return found


def phrase(choice: Choice, count: int, plan_sha256: str) -> str:
    """What the person types: it names the count and the plan, so a robot or a stale page cannot know it by heart."""
    if choice is Choice.DELETE:
        return f"DELETE {count} {short_hash(plan_sha256)}"
    return f"KEEP ALL {short_hash(plan_sha256)}"


def why_closed(approval: Approval, now: datetime) -> Refusal | None:
    """Why nothing can be decided any more, or None."""
    match approval.status:
        case ApprovalStatus.DECIDED | ApprovalStatus.VERIFIED:
            return Refusal(RefusalCode.ALREADY_DECIDED, "This sweep has already been decided.")
        case ApprovalStatus.EXPIRED:
            return _expired(approval)
        case ApprovalStatus.CLOSED:
            return Refusal(RefusalCode.CLOSED, "This sweep is no longer running. Nothing more will be deleted.")
        case ApprovalStatus.PENDING:
            return _expired(approval) if now >= approval.expires_at else None


def _expired(approval: Approval) -> Refusal:
    when = f"{approval.expires_at:%d %B %Y, %H:%M} UTC"
    return Refusal(RefusalCode.EXPIRED, f"This approval expired on {when}. Nothing was deleted.")


def select(plan: Plan, wanted: Collection[str]) -> tuple[EndpointId, ...] | Refusal:
    """The endpoints with these ids (`account/region/endpoint`), all of them in the plan, within the caps."""
    known = {str(one): one for one in by_id(plan.items)}
    if not wanted:
        return Refusal(RefusalCode.ITEM_SELECTION, "Nothing is selected for deletion. Choose at least one endpoint.")
    if len(set(wanted)) != len(wanted) or any(one not in known for one in wanted):
        return Refusal(RefusalCode.ITEM_SELECTION, "The selection does not fit this plan. Load the page again.")
    selected = tuple(sorted(known[one] for one in wanted))
    if reasons := over_caps(plan, selected):
        return Refusal(RefusalCode.OVER_CAP, f"{'; '.join(reasons)}.")
    return selected


def decide(
    approver: str,
    choice: Choice,
    selected: tuple[EndpointId, ...],
    typed: str,
    plan_sha256: str,
    comment: str,
    now: datetime,
) -> Decision | Refusal:
    """The decision, if the typed confirmation is exact (white space around it is forgiven)."""
    expected = phrase(choice, len(selected), plan_sha256)
    if not hmac.compare_digest(typed.strip().encode(), expected.encode()):
        return Refusal(RefusalCode.CONFIRM_PHRASE, f"The confirmation must read exactly: {expected}")
    return Decision(approver, choice, selected, plan_sha256, now, comment[:MAX_COMMENT])


def why_not_effective(  # noqa: PLR0911 - one return a reason
    approval: Approval, plan_sha256: str, plan: Plan, approvers: Collection[str]
) -> str | None:
    """Why a recorded decision may not be acted on, or None. Trusts nothing that was checked before."""
    decision = approval.decision
    if decision is None:
        return "there is no decision"
    if decision.plan_sha256 != plan_sha256 or approval.plan.sha256 != plan_sha256:
        return "the plan is not the one that was approved"
    if decision.at >= approval.expires_at:
        return "it was decided after the approval had expired"
    if decision.approver not in approvers:
        return "the person who decided is not an approver"
    known = by_id(plan.items)
    if any(one not in known for one in decision.selected) or len(set(decision.selected)) != len(decision.selected):
        return "it names an endpoint that is not in the plan"
    if reasons := over_caps(plan, decision.selected):
        return "; ".join(reasons)
    return None


def is_stale(decision: Decision, now: datetime, window: timedelta) -> bool:
    """Whether too much time went by since the decision to act on it still (S1.5, FI-39).

    A decision from the future counts as stale, too, but for what the clocks of two functions may differ.
    """
    return not decision.at - CLOCKS_DIFFER <= now <= decision.at + window
