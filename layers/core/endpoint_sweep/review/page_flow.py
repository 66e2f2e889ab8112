"""The page behind the link: GET shows, POST decides. Nothing else decides (S1.1)."""

import re
import secrets
from dataclasses import replace

from endpoint_sweep.domain.errors import AlreadyRecorded, DecisionUncertain, Unavailable
from endpoint_sweep.review import pages
from endpoint_sweep.review.access import Desk, Opened, by_link, plan_of
from endpoint_sweep.review.codes import check_code, mail_code
from endpoint_sweep.review.drafting import LOOKS, Case, SameDecision, Stop, case_of, draft_decision
from endpoint_sweep.review.listing import with_buttons
from endpoint_sweep.review.loading import load_offer, load_recorded
from endpoint_sweep.review.pages import Page, Typed
from endpoint_sweep.review.recording import Next, Recorded, record, wake, wake_and_mail_receipt
from endpoint_sweep.review.selection import Form, Wish, from_form
from endpoint_sweep.rules.approvals import (
    ApprovalStatus,
    Decision,
    Identity,
    Refusal,
    RefusalCode,
    is_phrase,
    why_closed,
)
from endpoint_sweep.storage.retrying import retry_if_changed

_STEPS = ("review", "keep", "decide")
_SIX = re.compile(r"[0-9]{6}", re.ASCII)
_TWICE = Refusal(
    RefusalCode.ITEM_SELECTION,
    "Some rows were selected for deletion and snoozed as well. They are only snoozed now: check them and go on.",
)
_PHRASE = Refusal(
    RefusalCode.CONFIRM_PHRASE, "Type the confirmation exactly as shown, with its capital letters and numbers."
)


def show(approval_id: str, secret: str, desk: Desk) -> Page:
    """GET: the findings with every endpoint kept by default, the decisions so far, or why no one can decide."""
    opened = by_link(approval_id, secret, desk)
    if isinstance(opened, Refusal):
        return pages.refused(opened)
    refusal = why_closed(opened.approval, desk.now())
    if refusal and refusal.code is not RefusalCode.ALREADY_DECIDED:
        return pages.closed(opened.approval, refusal)
    plan = plan_of(opened.approval, desk)
    if isinstance(plan, Refusal):
        return pages.refused(plan)
    if opened.mine or opened.approval.status is not ApprovalStatus.PENDING:
        title = "Your decision stands" if opened.mine else "Already decided"
        return pages.recorded(load_recorded(opened, plan, desk), title=title)
    return pages.listed(load_offer(opened, plan, desk))


def answer(approval_id: str, form: Form, desk: Desk) -> Page:
    """POST: `step=review` or `keep` shows what would happen, `step=decide` decides, anything else shows the list."""
    nonce, proven = secrets.token_hex(16), set[str]()
    try:
        return retry_if_changed(lambda: _answer(approval_id, form, nonce, proven, desk), LOOKS)
    except (AlreadyRecorded, Unavailable):
        return pages.unavailable("Your decision was not recorded. Please try again in a minute.")
    except DecisionUncertain:
        return pages.unavailable(
            "We cannot tell right now whether your decision was recorded. Open the link in your email in a minute: it "
            "shows what is recorded."
        )


def _answer(  # noqa: PLR0911 - one return per answer
    approval_id: str, form: Form, nonce: str, proven: set[str], desk: Desk
) -> Page:
    opened = by_link(approval_id, form.secret, desk)
    case = case_of(opened, form.plan_sha256, desk)
    if isinstance(case, Stop):
        return _stopped(case)
    mine = case.opened.mine
    if mine and mine.nonce == nonce:
        # Our own write succeeded and only its reply was lost (FI-30).
        return _recorded(case, wake_and_mail_receipt(case.opened.approval, mine, case.plan, desk), desk)
    wish = from_form(form, case.plan)
    if isinstance(wish, Refusal):
        return _stopped(Stop(case.closed, case.opened)) if case.closed else _list(case, form, Wish(), desk, wish)
    if form.step not in _STEPS or wish.both:
        twice = _TWICE if wish.both else None
        return _stopped(Stop(case.closed, case.opened)) if case.closed else _list(case, form, wish, desk, twice)
    weighed = draft_decision(case, wish, choice=form.choice, comment=form.comment, nonce=nonce, desk=desk)
    if isinstance(weighed, SameDecision):
        return pages.recorded(load_recorded(case.opened, case.plan, desk), title="Already recorded")
    if isinstance(weighed, Stop):
        return _list(case, form, wish, desk, weighed.refusal) if weighed.can_choose else _stopped(weighed)
    return _decide(case, weighed, form, proven, desk)


def _decide(case: Case, draft: Decision, form: Form, proven: set[str], desk: Desk) -> Page:
    """Shows the second step until it is confirmed, then records the decision."""
    # Keeping everything needs no code, but snoozing does, because it hides endpoints from the next sweeps.
    needs_code = desk.rules.code_required and bool(draft.selected or draft.snoozes)
    if form.step != "decide":
        unsent = mail_code(case.opened, desk, lambda: wake(case.opened.approval, desk)) if needs_code else None
        offer = load_offer(case.opened, case.plan, desk)
        return pages.confirmation(offer, draft, Typed(form.comment, refusal=unsent), form.look, needs_code=needs_code)
    if wrong := _unconfirmed(case.opened, form, draft, proven, desk, needs_code=needs_code):
        digits = form.code.strip()
        typed = Typed(form.comment, digits if _SIX.fullmatch(digits) else "", wrong)
        offer = load_offer(case.opened, case.plan, desk)
        return pages.confirmation(offer, draft, typed, form.look, needs_code=needs_code)
    draft = replace(draft, identity=Identity.LINK_AND_CODE) if needs_code else draft
    recorded = record(case.opened, draft, case.plan, desk)
    if isinstance(recorded, Refusal):
        return pages.closed(case.opened.approval, recorded)
    return _recorded(case, recorded, desk)


def _recorded(case: Case, recorded: Recorded, desk: Desk) -> Page:
    """The response to a recorded decision (S1.4, FI-35)."""
    if recorded.next is Next.OVER:
        return pages.over()
    if recorded.next is Next.LATER:
        opened = replace(case.opened, approval=recorded.approval)
        return pages.recorded(load_recorded(opened, case.plan, desk, Next.LATER), title="Recorded", status=202)
    return Page(303, location=f"{recorded.approval.id}/result")


def _stopped(stop: Stop) -> Page:
    return pages.closed(stop.opened.approval, stop.refusal) if stop.opened else pages.refused(stop.refusal)


def _list(case: Case, form: Form, wish: Wish, desk: Desk, refusal: Refusal | None = None) -> Page:
    offer = load_offer(case.opened, case.plan, desk)
    if form.delete_all or form.keep_all:
        return pages.listed(offer, refusal, with_buttons(form, wish, offer), form.shown)
    return pages.listed(offer, refusal, wish, form.look)


def _unconfirmed(
    opened: Opened, form: Form, draft: Decision, proven: set[str], desk: Desk, *, needs_code: bool
) -> Refusal | None:
    """Checks the phrase first, so a typo in it does not cost a try of the code."""
    if not is_phrase(form.phrase, draft.choice, len(draft.selected), draft.plan_sha256):
        return _PHRASE
    if not needs_code:
        return None
    return check_code(opened, form.code, desk, proven, lambda: wake(opened.approval, desk))
