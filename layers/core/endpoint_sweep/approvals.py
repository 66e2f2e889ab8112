"""Who may decide, what was decided, whether it counts. Pure: secrets, codes, macs and times are arguments.

The decisions in the table are the truth, each with a MAC that only the review function can make; a task token is only a
wake-up call (safety S1.2).
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from endpoint_sweep.documents import digest, to_json
from endpoint_sweep.model import EndpointId, Plan, Pointer
from endpoint_sweep.planning import by_id, over_caps, short_hash
from endpoint_sweep.pricing import total_monthly

MAX_COMMENT = 500
CLOCKS_DIFFER = timedelta(minutes=1)
SNOOZE_DAYS = (7, 30, 90)


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


@dataclass(frozen=True, slots=True)
class Rules:
    """Who may decide, and when one person is not enough. `principals` maps caller ARNs to approvers' addresses."""

    approvers: tuple[str, ...]
    minimum: int = 1
    two_above_endpoints: int = 25
    two_above_usd: int = 10_000
    two_for_accounts: frozenset[str] = frozenset()
    code_required: bool = True
    principals: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Quorum:
    """How many distinct persons a selection needs, and why more than usual."""

    needed: int
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ruling:
    """What may be deleted, or why nothing is. `alarm` names what no honest hand causes."""

    selected: tuple[EndpointId, ...] = ()
    why: str = ""
    alarm: str = ""


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
    SELF_APPROVAL = "E_SELF_APPROVAL"


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


def quorum(
    plan: Plan, selected: Collection[EndpointId], approving: Collection[str], requester: str, rules: Rules
) -> Quorum:
    """How many persons must approve this selection (S1.10). `approving`: the addresses of those who did."""
    reasons = []
    if len(selected) > rules.two_above_endpoints:
        reasons.append(f"more than {rules.two_above_endpoints} endpoints are selected")
    findings = by_id(plan.items)
    saving, _ = total_monthly(tuple(findings[one] for one in selected if one in findings))
    if saving > Decimal(rules.two_above_usd):
        reasons.append(f"more than {rules.two_above_usd:,} USD a month are selected")
    accounts = sorted({one.account for one in selected})
    reasons += [f"account {one} always needs two" for one in accounts if one in rules.two_for_accounts]
    reasons += [plan.flagged[one] for one in ("*", *accounts) if one in plan.flagged and selected]
    if requester and person(requester) in {person(one) for one in approving}:
        reasons.append("who started a sweep cannot be its only approver")
    return Quorum(max(rules.minimum, 2 if reasons else 1), tuple(reasons))


def agreed(decisions: Collection[Decision]) -> tuple[EndpointId, ...]:
    """What everybody who decided selected; nothing where somebody kept everything."""
    if not decisions or any(one.choice is Choice.KEEP for one in decisions):
        return ()
    return tuple(sorted(set.intersection(*(set(one.selected) for one in decisions))))


def admit(approval: Approval, decision: Decision, plan: Plan, rules: Rules) -> Approval | Refusal:
    """The record with this decision in it, `decided` as soon as it needs nobody else.

    A rejection is final and ends the asking; it may come, from anyone, until the decision was verified. Nobody decides
    twice, but one's own approval can be taken back by keeping everything.
    """
    mine = next((one for one in approval.decisions if person(one.approver) == person(decision.approver)), None)
    rejected = next((one for one in approval.decisions if one.choice is Choice.KEEP), None)
    if rejected or approval.status not in (ApprovalStatus.PENDING, ApprovalStatus.DECIDED):
        return Refusal(RefusalCode.ALREADY_DECIDED, "This sweep has already been decided.")
    if decision.choice is Choice.KEEP:
        others = tuple(one for one in approval.decisions if one is not mine)
        withdrawn = approval.withdrawn + ((mine,) if mine else ())
        return replace(approval, status=ApprovalStatus.DECIDED, decisions=(*others, decision), withdrawn=withdrawn)
    if mine:
        return Refusal(RefusalCode.ALREADY_DECIDED, "You have already decided. You can still keep everything.")
    if approval.status is ApprovalStatus.DECIDED:
        return Refusal(
            RefusalCode.ALREADY_DECIDED, "This sweep has already been decided. You can still keep everything."
        )
    others_than_requester = {person(one) for one in rules.approvers} - {person(approval.requester)}
    if approval.requester and person(decision.approver) == person(approval.requester) and not others_than_requester:
        return Refusal(
            RefusalCode.SELF_APPROVAL, "Who started a sweep cannot be the only one to approve its deletions."
        )
    decisions = (*approval.decisions, decision)
    enough = _persons(decisions) >= _quorum_of(approval, decisions, plan, rules).needed
    return replace(approval, decisions=decisions, status=ApprovalStatus.DECIDED if enough else ApprovalStatus.PENDING)


def _persons(decisions: Collection[Decision]) -> int:
    return len({person(one.approver) for one in decisions})


def _quorum_of(approval: Approval, decisions: Collection[Decision], plan: Plan, rules: Rules) -> Quorum:
    approving = [one.approver for one in decisions]
    return quorum(plan, agreed(decisions), approving, approval.requester, rules)


def rule(  # noqa: PLR0911 - one return a reason
    approval: Approval,
    plan: Plan,
    plan_sha256: str,
    rules: Rules,
    is_authentic: Callable[[Decision], bool],
    now: datetime,
    window: timedelta,
) -> Ruling:
    """What a record allows to delete at this moment. Trusts nothing that was checked before.

    `plan_sha256` is what the hash of the plan's pinned version is now. `window`: how long a decision is good for, from
    the last one that was needed (S1.5, FI-39).
    """
    if approval.plan.sha256 != plan_sha256:
        return Ruling(why="the plan is not the one that was offered", alarm="PlanTampered")
    if not approval.decisions:
        return Ruling(why="nobody answered in time")
    if not all(_fits(one, approval) and is_authentic(one) for one in approval.decisions):
        return Ruling(why="a decision in the record was not made on the review page", alarm="DecisionForged")
    if doubts := [why for one in approval.decisions if (why := _why_not(one, approval, plan, rules))]:
        return Ruling(why=doubts[0])
    if keeper := next((one for one in approval.decisions if one.choice is Choice.KEEP), None):
        return Ruling(why=f"kept by {keeper.approver}")
    selected = agreed(approval.decisions)
    if not selected:
        return Ruling(why="the approvers agreed on no endpoint")
    asked = _quorum_of(approval, approval.decisions, plan, rules)
    if _persons(approval.decisions) < asked.needed:
        why = f"{asked.needed} approvers were needed" + "".join(f"; {one}" for one in asked.reasons)
        return Ruling(why=why)
    if is_stale(max(one.at for one in approval.decisions), now, window):
        return Ruling(why="the approval is too old to act on")
    return Ruling(selected)


def _fits(decision: Decision, approval: Approval) -> bool:
    """Whether it was made for this approval, this version of the plan and this expiry: an edited row shows here."""
    return (decision.approval, decision.plan_sha256, decision.plan_version, decision.expires_at) == (
        approval.id,
        approval.plan.sha256,
        approval.plan.version_id,
        approval.expires_at,
    )


def _why_not(decision: Decision, approval: Approval, plan: Plan, rules: Rules) -> str:
    if decision.at >= approval.expires_at:
        return "it was decided after the approval had expired"
    if decision.approver not in rules.approvers:
        return "the person who decided is not an approver"
    if rules.code_required and decision.identity is Identity.LINK:
        return "it was decided without the code from the mail"
    found = known(plan, [str(one) for one in decision.selected])
    if isinstance(found, Refusal):
        return "it names an endpoint that is not in the plan"
    return "; ".join(over_caps(plan, decision.selected))


def is_stale(at: datetime, now: datetime, window: timedelta) -> bool:
    """Whether too much time went by since a decision to act on it still.

    A decision from the future counts as stale, too, but for what the clocks of two functions may differ.
    """
    return not at - CLOCKS_DIFFER <= now <= at + window
