"""The same decision with AWS credentials. STS confirms the caller, and `principals` maps it to an approver.

JSON in, JSON out. No emailed code is needed, because the caller's signature is stronger (S1.9).
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from endpoint_sweep import reports
from endpoint_sweep.domain.documents import to_data
from endpoint_sweep.domain.errors import AlreadyRecorded, DecisionUncertain, Unavailable
from endpoint_sweep.domain.model import Plan
from endpoint_sweep.review.access import Desk, Opened, by_principal, plan_of
from endpoint_sweep.review.drafting import LOOKS, SameDecision, Stop, case_of, draft_decision
from endpoint_sweep.review.loading import load_offer, load_progress, load_receipt
from endpoint_sweep.review.recording import Next, record, wake_and_mail_receipt
from endpoint_sweep.review.selection import Wish, from_ids
from endpoint_sweep.review.views import HTTP, OfferView
from endpoint_sweep.rules.approvals import (
    Approval,
    Choice,
    Refusal,
    RefusalCode,
    can_be_kept,
    is_phrase,
    phrase,
    why_closed,
)
from endpoint_sweep.storage.retrying import retry_if_changed

SCHEMA = 2


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP status and a JSON document; `alarm` is for the log."""

    status: int
    data: dict[str, Any]
    alarm: str = ""


@dataclass(frozen=True, slots=True)
class _Body:
    """The document of a POST, every field of its type."""

    choice: str
    selected: Sequence[str] = ()
    snoozes: Mapping[str, int] = field(default_factory=dict)
    plan_sha256: str = ""
    phrase: str = ""
    comment: str = ""
    at_once: bool = False


_FIELDS = {one.name for one in fields(_Body)}


def refusing(status: int, code: str, line: str) -> Reply:
    return Reply(status, {"schema": SCHEMA, "code": code, "message": line})


def offer(approval_id: str, principal: str, desk: Desk) -> Reply:
    """GET: what the page shows, as data."""
    opened = by_principal(approval_id, principal, desk)
    if isinstance(opened, Refusal):
        return _refused(opened)
    refusal = why_closed(opened.approval, desk.now())
    if refusal and not _is_left(refusal, opened, desk):
        return _refused(refusal, opened)
    plan = plan_of(opened.approval, desk)
    if isinstance(plan, Refusal):
        return _refused(plan)
    return Reply(200, _offered(load_offer(opened, plan, desk)))


def _is_left(refusal: Refusal, opened: Opened, desk: Desk) -> bool:
    """Whether it is only too late to choose deletions, and something can still be kept."""
    can_keep = refusal.code is RefusalCode.ALREADY_DECIDED and can_be_kept(opened.approval)
    return can_keep and not load_progress(opened.approval, desk).is_over


def decide(approval_id: str, principal: str, body: object, desk: Desk) -> Reply:
    """POST: decides, once."""
    nonce = secrets.token_hex(16)
    try:
        return retry_if_changed(lambda: _decide(approval_id, principal, body, nonce, desk), LOOKS)
    except (AlreadyRecorded, Unavailable):
        return refusing(503, "E_UNAVAILABLE", "Your decision was not recorded. Please try again in a minute.")
    except DecisionUncertain:
        line = "We cannot tell right now whether your decision was recorded. Please check again in a minute."
        return refusing(503, "E_UNAVAILABLE", line)


def _decide(  # noqa: PLR0911 - one return per answer
    approval_id: str, principal: str, body: object, nonce: str, desk: Desk
) -> Reply:
    opened = by_principal(approval_id, principal, desk)
    if isinstance(opened, Refusal):
        return _refused(opened)
    given = _checked(body)
    if isinstance(given, str):
        return refusing(400, "E_BODY", given)
    case = case_of(opened, given.plan_sha256, desk)
    if isinstance(case, Stop):
        return _refused(case.refusal, case.opened)
    mine = opened.mine
    if mine and mine.nonce == nonce:
        # Our own write succeeded and only its reply was lost (FI-30).
        return _recorded(opened, case.plan, desk, wake_and_mail_receipt(opened.approval, mine, case.plan, desk).next)
    wish = from_ids(given.selected, given.snoozes, case.plan, at_once=given.at_once)
    if isinstance(wish, Refusal):
        return _refused(wish)
    weighed = draft_decision(case, wish, choice=given.choice, comment=given.comment, nonce=nonce, desk=desk)
    if isinstance(weighed, SameDecision):
        return _recorded(opened, case.plan, desk, None)
    if isinstance(weighed, Stop):
        return _refused(weighed.refusal, weighed.opened)
    if not is_phrase(given.phrase, wish.choice, len(wish.delete), opened.approval.plan.sha256):
        return _refused(Refusal(RefusalCode.CONFIRM_PHRASE, f"The phrase must read “{_phrase(wish, opened)}”."))
    recorded = record(opened, weighed, case.plan, desk)
    if isinstance(recorded, Refusal):
        return _refused(recorded, opened)
    return _recorded(replace(opened, approval=recorded.approval), case.plan, desk, recorded.next)


def _phrase(wish: Wish, opened: Opened) -> str:
    return phrase(wish.choice, len(wish.delete), opened.approval.plan.sha256)


def _checked(body: object) -> _Body | str:  # noqa: PLR0911 - one return per field
    """The body, or what is wrong with it."""
    if not isinstance(body, dict):
        return "The body must be a JSON object."
    if set(body) - _FIELDS:
        return f"Only these fields are allowed: {', '.join(sorted(_FIELDS))}."
    if body.get("choice") not in list(Choice):
        return "choice must be delete or keep."
    if not _is_list_of_texts(body.get("selected", [])):
        return "selected must be a list of strings like account/region/name."
    snoozes = body.get("snoozes", {})
    if not isinstance(snoozes, dict) or not all(type(days) is int for days in snoozes.values()):
        return "snoozes must map account/region/name to 7, 30 or 90."
    if not all(isinstance(body.get(name, ""), str) for name in ("plan_sha256", "phrase", "comment")):
        return "plan_sha256, phrase and comment must be strings."
    if not isinstance(body.get("at_once", False), bool):
        return "at_once must be true or false."
    return _Body(**body)


def _is_list_of_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _refused(refusal: Refusal, opened: Opened | None = None) -> Reply:
    reply = replace(refusing(HTTP[refusal.code], refusal.code.value, refusal.message), alarm=refusal.alarm)
    if opened and refusal.code is RefusalCode.ALREADY_DECIDED:
        return replace(reply, data=reply.data | {"decisions": _decisions(opened.approval)})
    return reply


def _decisions(approval: Approval) -> Any:
    return to_data(reports.decision_views(approval))


def _recorded(opened: Opened, plan: Plan, desk: Desk, coming: Next | None) -> Reply:
    """`coming` is None if the same decision was recorded before."""
    mine = opened.mine
    if mine is None:
        raise Unavailable("a decision that was recorded is not in the record")
    if coming is Next.OVER:
        line = "Your decision is recorded, but the sweep is no longer running, so nothing will be deleted."
        return refusing(409, RefusalCode.CLOSED, line)
    receipt = load_receipt(opened.approval, mine, plan, desk, coming.value if coming else "")
    told: dict[str, Any] = to_data(receipt)
    ids = {"selected": [str(one) for one in mine.selected], "snoozes": {str(one.id): one.days for one in mine.snoozes}}
    names = ("sweep_id", "approver", "choice", "at", "comment", "needed", "given", "reasons", "agreed", "others")
    data = {name: told[name] for name in names} | ids | {"progress": told["progress"]}
    status = 202 if coming is Next.LATER else 200
    return Reply(status, {"schema": SCHEMA, "recorded": True, "again": coming is None, "next": receipt.next, **data})


def _offered(offer: OfferView) -> dict[str, Any]:
    approval, view, plan = offer.approval, offer.shown, offer.plan
    names = (
        "id", "account", "account_name", "region", "type", "name", "owner", "kind", "instances", "age_days", "verdict",
        "reason", "calls", "per_call", "evidence", "witness", "last_invocation_at", "monthly", "net", "net_basis",
        "wasted", "restorable", "can_be_restored",
    )  # fmt: skip
    return {
        "schema": SCHEMA,
        "approval": approval.id,
        "sweep_id": approval.sweep_id,
        "approver": offer.approver,
        "plan_sha256": approval.plan.sha256,
        "expires_at": to_data(approval.expires_at),
        "coverage_percent": view.coverage.percent,
        "caps": to_data(plan.caps.within(offer.rules.caps)),
        "flags": list(view.flags),
        "decisions": _decisions(approval),
        "progress": offer.progress.sentence,
        "monthly_usd": str(view.monthly),
        "money": to_data(view.money),
        "barely_used": to_data(view.barely_money),
        "beyond": plan.beyond,
        "not_offered": view.not_offered,
        "resources": [{name: to_data(getattr(row, name)) for name in names} for row in view.rows],
    }
