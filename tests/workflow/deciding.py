"""A decision as the review page records it: admitted by the rules, with a MAC, written once, the sweep woken."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from endpoint_sweep.approvals import (
    Choice,
    Decision,
    Identity,
    Refusal,
    Snooze,
    approver_of,
    mint_secret,
    select,
    why_closed,
)
from endpoint_sweep.aws.wiring import hub
from endpoint_sweep.errors import AlreadyRecorded, Unavailable
from endpoint_sweep.model import EndpointId, Plan
from endpoint_sweep.ruling import admit
from endpoint_sweep.sweep_folder import SweepFolder
from tests.simulation.hub import Answer

_STATUS = {"E_APPROVAL_EXPIRED": 410, "E_ITEM_SELECTION": 400, "E_OVER_CAP": 400, "E_SELF_APPROVAL": 403}


def decide(link: str, endpoints: Sequence[str], snoozes: Mapping[str, int] | None = None, comment: str = "") -> Answer:
    """The status that the page answers with; the body has the ids that are to be deleted, or the refusal's code."""
    at = hub()
    approval_id, _, secret = link.rpartition("/a/")[2].partition("?k=")
    found = at.records.approval(approval_id)
    assert found, "there is no such approval"
    approval, version = found
    approver = approver_of(approval, secret)
    assert approver, "this is nobody's link"
    if closed := why_closed(approval, at.now()):
        return _refused(closed)
    plan = SweepFolder(at.store, approval.sweep_id).plan(approval.plan)
    selected = select(plan, _ids(plan, endpoints)) if endpoints else ()
    if isinstance(selected, Refusal):
        return _refused(selected)
    asleep = tuple(Snooze(_id(plan, name), days) for name, days in (snoozes or {}).items())
    decision = Decision(
        approval.id, approver, Identity.LINK_AND_CODE, Choice.DELETE if selected else Choice.KEEP, selected,
        approval.plan.sha256, approval.plan.version_id, approval.expires_at, at.now(), mint_secret(), asleep, comment,
    )  # fmt: skip
    admitted = admit(approval, decision, plan, at.settings.rules)
    if isinstance(admitted, Refusal):
        return _refused(admitted)
    try:
        signed = replace(decision, mac=at.seals.mac(decision.digest))
    except Unavailable:
        return Answer(503, {}, "E_UNAVAILABLE")
    decisions = tuple(signed if one == decision else one for one in admitted.decisions)
    try:
        at.records.save_approval(replace(admitted, decisions=decisions), version)
    except AlreadyRecorded:
        return Answer(409, {}, "E_ALREADY_DECIDED")
    with suppress(Exception):
        if sealed := at.records.waiting(approval.id):
            at.executions.wake(at.seals.unseal(sealed, approval.id))
    return Answer(303, {}, " ".join(str(one) for one in selected))


def _ids(plan: Plan, endpoints: Sequence[str]) -> list[str]:
    return [str(_id(plan, one)) for one in endpoints]


def _id(plan: Plan, name: str) -> EndpointId:
    """By its whole id, or by the name alone."""
    [found] = [one.id for one in plan.items if name in (str(one.id), one.endpoint)]
    return found


def _refused(refusal: Refusal) -> Answer:
    return Answer(_STATUS.get(refusal.code, 409), {}, refusal.code)
