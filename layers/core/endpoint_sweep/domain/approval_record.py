"""What is written down of an approval: the request with its links, the decisions, the stops. Pure data.

What allows something is signed by the function that makes it: the request by who mails it, the decisions and the codes
(`codes`) by the review page. What forbids something, a `Stop`, needs no proof and can only be added.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from endpoint_sweep.domain.documents import sealed_digest
from endpoint_sweep.domain.model import Pointer, ResourceId
from endpoint_sweep.domain.why import Cause


def person(approver: str) -> str:
    """Two addresses of one person are one person: letter case and what follows a plus do not count (BI-10, BI-42)."""
    local, _, domain = approver.strip().lower().partition("@")
    return f"{local.partition('+')[0]}@{domain}"


class ApprovalStatus(StrEnum):
    """`pending` -> `decided` -> `verified`. Else `expired`: no one responded in time; `superseded`: a newer sweep asks;
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
    """How the person was identified: by the emailed secret, by a code as well, or by AWS."""

    LINK = "link"
    LINK_AND_CODE = "link+code"
    IAM = "iam"


@dataclass(frozen=True, slots=True)
class Snooze:
    """An endpoint that is not offered again for some days."""

    id: ResourceId
    days: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What one approver decided, bound to one plan of one approval. `selected` is empty for `keep`.

    `principal`: the caller's ARN where AWS told it. `nonce` tells one's own write from another's after a lost reply.
    `at_once`: this approver does without the grace period. `mac` is over everything else.
    """

    approval: str
    approver: str
    identity: Identity
    choice: Choice
    selected: tuple[ResourceId, ...]
    plan_sha256: str
    plan_version: str
    expires_at: datetime
    at: datetime
    nonce: str
    snoozes: tuple[Snooze, ...] = ()
    comment: str = ""
    principal: str = ""
    at_once: bool = False
    mac: str = ""

    @property
    def digest(self) -> bytes:
        """SHA-256 of everything but the MAC: what the MAC is made over."""
        return sealed_digest(f"decision {self.approval} {self.approver}", replace(self, mac=""))


@dataclass(frozen=True, slots=True)
class Link:
    """One emailed link: the SHA-256 of its secret, whose it is, when it was made."""

    hash: str
    approver: str
    at: datetime

    @property
    def id(self) -> str:
        """The name under which the link's codes are counted. It opens nothing."""
        return self.hash[:32]


class StopKind(StrEnum):
    """Why nothing more of a sweep is deleted."""

    KEPT = "kept"
    KILL_SWITCH = "kill-switch"
    SUPERSEDED = "superseded"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Stop:
    """Ends an approval: everything that was not yet sent for deletion is kept. It can be added, never taken back.

    `decision`: that of an approver who keeps everything, which says who it was. `newer` names the sweep that superseded
    this one. `note` says why as a person reads it.
    """

    kind: StopKind
    at: datetime
    note: str = ""
    newer: str = ""
    decision: Decision | None = None

    @property
    def name(self) -> str:
        """Of its document: one for each approver who keeps, one for each other reason."""
        if self.decision is None:
            return self.kind.value
        return f"kept-{hashlib.sha256(person(self.decision.approver).encode()).hexdigest()[:16]}"


@dataclass(frozen=True, slots=True)
class Request:
    """What the approvers were asked, and by which links: the part of an approval that the mailing functions sign.

    `requester`: who started the sweep, an address, or empty where the schedule did. `reminders`: how many were sent.
    `mac` is over everything else.
    """

    id: str
    sweep_id: str
    execution: str
    plan: Pointer
    expires_at: datetime
    asked_at: datetime
    requester: str = ""
    links: tuple[Link, ...] = ()
    reminders: int = 0
    mac: str = ""

    @property
    def digest(self) -> bytes:
        """SHA-256 of everything but the MAC: what the MAC is made over."""
        return sealed_digest(f"request {self.id}", replace(self, mac=""))


@dataclass(frozen=True, slots=True)
class Approval:
    """One request for approval with all that became of it, joined from what each function wrote.

    The first fields are those of `Request`. `decisions`: one a person; `withdrawn`: approvals that their authors took
    back. `stops`: why nothing more may be deleted. `unreachable`: approvers whose mail came back. `note` says why a
    verified record deletes nothing, and `cause` the same for code; `newer` names the sweep that superseded it.
    """

    id: str
    sweep_id: str
    execution: str
    plan: Pointer
    expires_at: datetime
    asked_at: datetime
    status: ApprovalStatus = ApprovalStatus.PENDING
    requester: str = ""
    links: tuple[Link, ...] = ()
    decisions: tuple[Decision, ...] = ()
    withdrawn: tuple[Decision, ...] = ()
    stops: tuple[Stop, ...] = ()
    unreachable: tuple[str, ...] = ()
    reminders: int = 0
    note: str = ""
    cause: Cause | None = None
    newer: str = ""

    @property
    def request(self) -> Request:
        """The part that is signed when it is emailed, without its MAC."""
        return Request(
            self.id,
            self.sweep_id,
            self.execution,
            self.plan,
            self.expires_at,
            self.asked_at,
            self.requester,
            self.links,
            self.reminders,
        )

    @property
    def kept_by(self) -> tuple[Decision, ...]:
        """The decisions to keep everything."""
        return tuple(one for one in self.decisions if one.choice is Choice.KEEP)

    def newest_link(self, approver: str) -> Link | None:
        """The link that was emailed last to this approver."""
        return max((one for one in self.links if one.approver == approver), key=lambda one: one.at, default=None)

    @property
    def decided_by(self) -> str:
        """The addresses of all who decided."""
        return ", ".join(one.approver for one in self.decisions) or "no one"


def joined(
    request: Request,
    chosen: tuple[Decision, ...] = (),
    stops: tuple[Stop, ...] = (),
    *,
    decided: bool = False,
    ended: ApprovalStatus | None = None,
    note: str = "",
    cause: Cause | None = None,
    unreachable: tuple[str, ...] = (),
) -> Approval:
    """The approval of what was asked, what was chosen for deletion, what stops it and how it ended.

    Who keeps everything has taken back what they chose before. `decided`: the choices need no one else.
    """
    keeps = tuple(stop.decision for stop in stops if stop.decision)
    keepers = {person(one.approver) for one in keeps}
    kinds = {stop.kind: stop for stop in stops}
    over = kinds.get(StopKind.SUPERSEDED) or kinds.get(StopKind.KILL_SWITCH) or kinds.get(StopKind.CLOSED)
    status = ApprovalStatus.DECIDED if decided or kinds else ApprovalStatus.PENDING
    if decided and ended is ApprovalStatus.EXPIRED:
        ended = None  # A decision made in time does not expire; only a forger writes both.
    if over:
        status = ApprovalStatus.SUPERSEDED if over.kind is StopKind.SUPERSEDED else ApprovalStatus.CLOSED
    return Approval(
        request.id,
        request.sweep_id,
        request.execution,
        request.plan,
        request.expires_at,
        request.asked_at,
        status=ended or status,
        requester=request.requester,
        links=request.links,
        decisions=(*(one for one in chosen if person(one.approver) not in keepers), *keeps),
        withdrawn=tuple(one for one in chosen if person(one.approver) in keepers),
        stops=stops,
        unreachable=unreachable,
        reminders=request.reminders,
        note=note or (over.note if over else ""),
        cause=cause,
        newer=over.newer if over else "",
    )
