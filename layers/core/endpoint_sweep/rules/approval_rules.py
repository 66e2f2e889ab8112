"""Whose decisions count, how many it takes, and what a record allows to delete. No I/O.

Nothing relies on earlier checks: the verify step and the delete step check everything again (S1.2, S1.10).
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from endpoint_sweep.domain.documents import to_json
from endpoint_sweep.domain.model import Plan, ResourceId
from endpoint_sweep.domain.why import Cause, Why
from endpoint_sweep.rules.approvals import (
    Approval,
    ApprovalStatus,
    Choice,
    Decision,
    Identity,
    Refusal,
    RefusalCode,
    Stop,
    StopKind,
    can_be_kept,
    joined,
    person,
    resolve_ids,
)
from endpoint_sweep.rules.decision_rules import CLOCKS_DIFFER, Rules, grace_ends, is_stale
from endpoint_sweep.rules.offers import may_be_offered
from endpoint_sweep.rules.planning import by_id, over_caps
from endpoint_sweep.rules.quorum import Quorum, people_who_can_decide, quorum, quorum_of

# A table item can have 400 KB, and a rejection must always fit.
MOST_BYTES = 320_000
NO_LONGER_OFFERED = "the decision names something that is not idle, and this deployment does not offer it"


@dataclass(frozen=True, slots=True)
class Ruling:
    """What may be deleted, or why nothing may."""

    selected: tuple[ResourceId, ...] = ()
    why: Why | None = None

    @property
    def alarm(self) -> str:
        """The alarm metric if only tampering can cause this, or empty."""
        return self.why.alarm if self.why else ""


def can_be_decided(approval: Approval, plan: Plan, rules: Rules) -> bool:
    """Whether those who decided and those who can still be reached can approve anything together (FI-24)."""
    persons = people_who_can_decide(approval, rules)
    findings = by_id(plan.items)
    offered = agreed(approval.decisions) if approval.decisions else tuple(findings)
    quorums = (quorum_of(plan, findings, (one,), persons, approval.requester, rules) for one in offered)
    return any(one.needed <= len(persons) for one in quorums)


def agreed(decisions: Collection[Decision]) -> tuple[ResourceId, ...]:
    """What everyone who decided selected; nothing if someone kept everything."""
    if not decisions or any(one.choice is Choice.KEEP for one in decisions):
        return ()
    return tuple(sorted(set.intersection(*(set(one.selected) for one in decisions))))


def approved(approval: Approval) -> tuple[ResourceId, ...]:
    """What a verified record approved, even if someone kept the rest later."""
    chosen = [one for one in approval.decisions if one.choice is Choice.DELETE]
    return agreed((*chosen, *approval.withdrawn))


def effective(approval: Approval) -> tuple[ResourceId, ...]:
    """The approved resources: what a verified record approved, otherwise what everyone agrees on right now."""
    was_acted_on = approval.status is ApprovalStatus.VERIFIED and not approval.note
    return approved(approval) if was_acted_on else agreed(approval.decisions)


def admit(approval: Approval, decision: Decision, plan: Plan, rules: Rules) -> Approval | Refusal:
    """The record including this decision, `decided` once it needs no one else. Refuses a decision that would wait in
    vain or that the table cannot hold.

    A rejection is final and closes the approval. Any approver can reject until the last deletion was sent. No one
    decides twice, but an approver can take back an approval by keeping everything.
    """
    admitted = _admitted(approval, decision, plan, rules)
    names_something = decision.selected or decision.snoozes
    if isinstance(admitted, Approval) and names_something and len(to_json(admitted)) > MOST_BYTES:
        return Refusal(
            RefusalCode.OVER_CAP,
            "Together with the earlier decisions, this is more than the approval record can hold. "
            "Select or snooze fewer rows.",
        )
    return admitted


def _admitted(  # noqa: PLR0911 - one return per reason
    approval: Approval, decision: Decision, plan: Plan, rules: Rules
) -> Approval | Refusal:
    mine = next((one for one in approval.decisions if person(one.approver) == person(decision.approver)), None)
    if decision.choice is Choice.KEEP:
        if not can_be_kept(approval):
            return Refusal(RefusalCode.ALREADY_DECIDED, "This sweep has already been decided.")
        stop = Stop(StopKind.KEPT, decision.at, decision=decision)
        ended = approval.status if approval.status in (ApprovalStatus.VERIFIED, ApprovalStatus.EXPIRED) else None
        return joined(approval.request, approval.decisions, (stop,), ended=ended, unreachable=approval.unreachable)
    if approval.stops or approval.status not in (ApprovalStatus.PENDING, ApprovalStatus.DECIDED):
        return Refusal(RefusalCode.ALREADY_DECIDED, "This sweep has already been decided.")
    if mine:
        return Refusal(RefusalCode.ALREADY_DECIDED, "You have already decided. You can still keep everything.")
    if approval.status is ApprovalStatus.DECIDED:
        return Refusal(
            RefusalCode.ALREADY_DECIDED, "This sweep has already been decided. You can still keep everything."
        )
    if _no_longer_offered(decision, plan, rules):
        return Refusal(RefusalCode.ITEM_SELECTION, f"{NO_LONGER_OFFERED[:1].upper()}{NO_LONGER_OFFERED[1:]}.")
    others_than_requester = {person(one) for one in rules.approvers} - {person(approval.requester)}
    if approval.requester and person(decision.approver) == person(approval.requester) and not others_than_requester:
        return Refusal(RefusalCode.SELF_APPROVAL, "The person who started a sweep cannot approve its deletions alone.")
    decisions = (*approval.decisions, decision)
    asked, persons = (
        _quorum_of(approval, decisions, plan, rules),
        len(people_who_can_decide(approval, rules, decision.approver)),
    )
    if asked.needed > persons:
        return Refusal(RefusalCode.QUORUM, _too_few(asked, persons))
    enough = _persons(decisions) >= asked.needed
    return replace(approval, decisions=decisions, status=ApprovalStatus.DECIDED if enough else ApprovalStatus.PENDING)


def _too_few(asked: Quorum, persons: int) -> str:
    """What is missing, why, and what to do about it."""
    who = "you are the only approver who can decide" if persons == 1 else f"only {persons} approvers can decide"
    why = f" ({'; '.join(asked.reasons)})" if asked.reasons else ""
    return (
        f"This selection needs {asked.needed} approvers{why}, but {who}. Select fewer or different rows, "
        "or ask the team that deployed the stack to add an approver."
    )


def _persons(decisions: Collection[Decision]) -> int:
    return len({person(one.approver) for one in decisions})


def _quorum_of(approval: Approval, decisions: Collection[Decision], plan: Plan, rules: Rules) -> Quorum:
    approving = [one.approver for one in decisions]
    return quorum(plan, agreed(decisions), approving, approval.requester, rules)


def authentic(approval: Approval, is_authentic: Callable[[Decision], bool]) -> tuple[Decision, ...]:
    """The decisions that were made on the review page for this approval, valid or not."""
    return tuple(one for one in approval.decisions if _fits(one, approval) and is_authentic(one))


def what_may_be_deleted(  # noqa: PLR0911 - one return per reason
    approval: Approval,
    plan: Plan,
    plan_sha256: str,
    rules: Rules,
    is_authentic: Callable[[Decision], bool],
    now: datetime,
    window: timedelta,
) -> Ruling:
    """What a record allows to delete right now. It relies on no earlier check, and any stop stops it.

    `plan_sha256`: the current hash of the plan's pinned version. `window`: how long decisions are valid after the last
    one that was needed (S1.5, FI-39).
    """
    if approval.plan.sha256 != plan_sha256:
        return Ruling(why=Why(Cause.NOT_OFFERED))
    if approval.stops:
        return Ruling(why=why_stopped(approval, is_authentic))
    if not approval.decisions:
        return Ruling(why=Why(Cause.NO_ANSWER))
    if authentic(approval, is_authentic) != approval.decisions:
        return Ruling(why=Why(Cause.FORGED))
    if doubts := [why for one in approval.decisions if (why := _why_not(one, approval, plan, rules))]:
        return Ruling(why=Why(Cause.INVALID_DECISION, doubts[0]))
    selected = agreed(approval.decisions)
    if not selected:
        return Ruling(why=Why(Cause.NOTHING_AGREED))
    asked = _quorum_of(approval, approval.decisions, plan, rules)
    if _persons(approval.decisions) < asked.needed:
        detail = f"{asked.needed} approvers were needed" + "".join(f"; {one}" for one in asked.reasons)
        return Ruling(why=Why(Cause.TOO_FEW_APPROVERS, detail))
    if is_stale(max(one.at for one in approval.decisions), now, window):
        return Ruling(why=Why(Cause.TOO_OLD))
    if now + CLOCKS_DIFFER < grace_ends(approval.decisions, rules):
        return Ruling(why=Why(Cause.TOO_EARLY))
    return Ruling(selected)


def why_stopped(approval: Approval, is_authentic: Callable[[Decision], bool]) -> Why:
    """Why nothing more is deleted. Names who kept everything if that can be proven."""
    keeps = approval.kept_by
    known = [one for one in keeps if _fits(one, approval) and is_authentic(one)]
    if known:
        return Why(Cause.KEPT, f"kept by {known[0].approver}")
    if keeps:
        return Why(Cause.UNNAMED)
    note = next((stop.note for stop in approval.stops if stop.note), f"the approval is {approval.status.value}")
    return Why(Cause.STOPPED, note)


def _fits(decision: Decision, approval: Approval) -> bool:
    """Whether it was made for this approval, plan version and expiry. This detects an edited row."""
    return (decision.approval, decision.plan_sha256, decision.plan_version, decision.expires_at) == (
        approval.id,
        approval.plan.sha256,
        approval.plan.version_id,
        approval.expires_at,
    )


def _why_not(decision: Decision, approval: Approval, plan: Plan, rules: Rules) -> str:
    if decision.at >= approval.expires_at:
        return "the decision was made after the approval had expired"
    if decision.approver not in rules.approvers:
        return "the person who decided is not an approver"
    if rules.code_required and decision.identity is Identity.LINK:
        return "the decision was made without the emailed code"
    found = resolve_ids(plan, [str(one) for one in decision.selected])
    if isinstance(found, Refusal):
        return "the decision names something that is not in the plan"
    if _no_longer_offered(decision, plan, rules):
        return NO_LONGER_OFFERED
    return "; ".join(over_caps(plan, decision.selected, rules.caps))


def _no_longer_offered(decision: Decision, plan: Plan, rules: Rules) -> bool:
    """Whether it names a barely used resource that the stack does not offer, or not with so many calls."""
    findings = by_id(plan.items)
    chosen = (findings[one] for one in decision.selected if one in findings)
    return not all(may_be_offered(one, rules.offered_below) for one in chosen)
