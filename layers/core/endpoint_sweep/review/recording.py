"""One conditional write makes a decision. Everything after it is best effort and cannot undo it."""

from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum

from endpoint_sweep import reports
from endpoint_sweep.domain.errors import AlreadyRecorded, DecisionUncertain, Unavailable
from endpoint_sweep.domain.model import Plan
from endpoint_sweep.domain.sweep_events import decision_recorded
from endpoint_sweep.ports import Maker
from endpoint_sweep.review.access import Desk, Opened
from endpoint_sweep.review.loading import load_receipt
from endpoint_sweep.rules.approval_rules import admit
from endpoint_sweep.rules.approvals import Approval, ApprovalStatus, Choice, Decision, Refusal, Stop, StopKind

_ENDED = (ApprovalStatus.EXPIRED, ApprovalStatus.SUPERSEDED, ApprovalStatus.CLOSED)


class Next(StrEnum):
    """What happens to a recorded decision: the sweep was woken, finds it within the hour, waits for another approver,
    sends no more deletions, or no longer exists.
    """

    WOKEN = "woken"
    LATER = "later"
    AWAITING = "awaiting"
    STOPPED = "stopped"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Recorded:
    """The record including the decision."""

    approval: Approval
    next: Next


def record(opened: Opened, decision: Decision, plan: Plan, desk: Desk) -> Recorded | Refusal:
    """Raises AlreadyRecorded if the record changed since it was read, Unavailable if nothing was recorded, and
    DecisionUncertain if that cannot be known.
    """
    signed = replace(decision, mac=_mac(decision, desk))
    admitted = admit(opened.approval, signed, plan, desk.rules)
    if isinstance(admitted, Refusal):
        return admitted
    try:
        if signed.choice is Choice.KEEP:
            desk.records.stop(admitted.sweep_id, Stop(StopKind.KEPT, signed.at, decision=signed))
        else:
            desk.records.save_choices(admitted, opened.versions.chosen)
    except AlreadyRecorded:
        raise
    except Exception as error:
        # The write may have succeeded and its reply may be lost, so read the record (FI-30, FI-31).
        if not _is_there(signed, desk):
            raise Unavailable("the decision was not recorded") from error
    return wake_and_mail_receipt(admitted, signed, plan, desk)


def _mac(decision: Decision, desk: Desk) -> str:
    """A keep counts without a MAC; then only the name cannot be proven."""
    try:
        return desk.seals.mac(Maker.DECISIONS, decision.digest)
    except Unavailable:
        if decision.choice is Choice.KEEP:
            return ""
        raise


def _is_there(decision: Decision, desk: Desk) -> bool:
    """Compares the nonce, because the same person may have made another decision."""
    try:
        found = desk.records.unproven(decision.approval)
    except Exception as error:
        raise DecisionUncertain("the record cannot be read") from error
    return found is not None and any(one.nonce == decision.nonce for one in found.approval.decisions)


def wake_and_mail_receipt(approval: Approval, decision: Decision, plan: Plan, desk: Desk) -> Recorded:
    """Wakes the sweep, emails the receipt and tells subscribers."""
    recorded = Recorded(approval, _next(approval, desk))
    with suppress(Exception):
        receipt = load_receipt(approval, decision, plan, desk, recorded.next.value)
        text, html = reports.receipt_mail(receipt)
        desk.mailer.send(decision.approver, reports.receipt_subject(receipt), text, html)
    desk.events.emit(
        decision_recorded(approval.sweep_id, decision.digest, decision.choice.value, len(decision.selected))
    )
    return recorded


def _next(approval: Approval, desk: Desk) -> Next:
    """If the sweep is not waiting right now, its next slice finds the record (S1.3, FI-35)."""
    enough = approval.status is not ApprovalStatus.PENDING
    if enough and wake(approval, desk):
        return Next.WOKEN
    with suppress(Exception):
        # The sweep may have ended during the write. Then the approver must not be told that the decision counts.
        there = desk.records.unproven(approval.id)
        is_ended = there is not None and there.approval.status in _ENDED
        if is_ended or not desk.executions.is_running(approval.execution):
            return Next.OVER
    if approval.status is ApprovalStatus.VERIFIED:
        return Next.STOPPED
    return Next.LATER if enough else Next.AWAITING


def wake(approval: Approval, desk: Desk) -> bool:
    """Returns whether the sweep was waiting. The token only wakes it."""
    with suppress(Exception):
        sealed = desk.records.waiting(approval.id)
        return bool(sealed and desk.executions.wake(desk.seals.unseal(sealed, approval.id)))
    return False
