"""What the review function works with, and who may open an approval."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from endpoint_sweep.domain.errors import DocumentNotFound, DocumentTampered, RecordForged
from endpoint_sweep.domain.kinds import Alarm
from endpoint_sweep.domain.model import Plan
from endpoint_sweep.ports import Clock, Events, Executions, Mailer, Seals, Store
from endpoint_sweep.rules.approvals import (
    Approval,
    Decision,
    Identity,
    Link,
    Refusal,
    RefusalCode,
    hash_secret,
    link_of,
    person,
)
from endpoint_sweep.rules.decision_rules import Rules
from endpoint_sweep.rules.principals import Principal, approver_of
from endpoint_sweep.storage.records import Records, Versions
from endpoint_sweep.storage.sweep_folder import SweepFolder

_ID = re.compile(r"[0-9a-f]{1,64}", re.ASCII)
_NOBODYS = "0" * 32
_INVALID = Refusal(RefusalCode.LINK_INVALID, "This link is not valid. Please use the link in your latest email.")
_FORGED = Refusal(
    RefusalCode.FORGED,
    "Someone tampered with the record of this sweep, so no one can decide on it. Everything is kept.",
    Alarm.RECORD_FORGED,
)
_NO_APPROVER = Refusal(
    RefusalCode.NOT_AN_APPROVER, "You are not an approver. The team that deployed the stack can add you."
)


@dataclass(frozen=True, slots=True)
class Desk:
    """The ports and rules of the review function. `principals`: who may decide with AWS credentials, read only for
    callers that have some, because anyone with a link can keep everything without it. `code_ttl`: how long an emailed
    code is valid.
    """

    records: Records
    store: Store
    executions: Executions
    mailer: Mailer
    seals: Seals
    rules: Rules
    principals: Callable[[], Iterable[Principal]]
    events: Events
    now: Clock
    code_ttl: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Opened:
    """An approval that someone opened who may decide on it: the record as it was read, and who that person is.

    `link` and `secret` come from the email; `principal` is the caller's ARN if AWS confirmed it.
    """

    approval: Approval
    versions: Versions
    approver: str
    identity: Identity
    link: Link | None = None
    secret: str = ""
    principal: str = ""

    @property
    def mine(self) -> Decision | None:
        """This person's earlier decision."""
        given = self.approval.decisions
        return next((one for one in given if person(one.approver) == person(self.approver)), None)


def by_link(approval_id: str, secret: str, desk: Desk) -> Opened | Refusal:
    """Finds the owner of a link. An unknown approval and a wrong secret get the same answer and cost the same work
    (S1.6, BI-27).
    """
    try:
        found = desk.records.approval(approval_id if _ID.fullmatch(approval_id) else _NOBODYS)
    except RecordForged:
        return _FORGED
    if found is None:
        _look_alike(secret, desk)
        return _INVALID
    approval, versions = found
    link = link_of(approval, secret)
    if link is None:
        return _INVALID
    if link.approver not in desk.rules.approvers:
        return _NO_APPROVER
    return Opened(approval, versions, link.approver, Identity.LINK, link, secret)


def _look_alike(secret: str, desk: Desk) -> None:
    """Does the comparisons that a real approval would cost."""
    for approver in desk.rules.approvers:
        hash_secret(approver + secret)


def by_principal(approval_id: str, principal: str, desk: Desk) -> Opened | Refusal:
    """Finds the approver that AWS says is calling. Strangers learn nothing, not even whether the approval exists."""
    approver = approver_of(desk.principals(), principal)
    if approver not in desk.rules.approvers:
        return _NO_APPROVER
    try:
        found = desk.records.approval(approval_id if _ID.fullmatch(approval_id) else _NOBODYS)
    except RecordForged:
        return _FORGED
    if found is None:
        return Refusal(RefusalCode.LINK_INVALID, "There is no approval for this sweep.")
    return Opened(*found, approver, Identity.IAM, principal=principal)


def plan_of(approval: Approval, desk: Desk) -> Plan | Refusal:
    """The pinned version of the plan, with its hash checked."""
    try:
        return SweepFolder(desk.store, approval.sweep_id).plan(approval.plan)
    except (DocumentNotFound, DocumentTampered):
        return Refusal(RefusalCode.PLAN_CHANGED, "The plan is not the one you were offered. Nothing is deleted.")
