"""What the browser gets: the HTML of each state, with its HTTP status."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from endpoint_sweep import reports
from endpoint_sweep.domain.model import Verdict
from endpoint_sweep.reports.rendering import render
from endpoint_sweep.reports.text import clean
from endpoint_sweep.review.browsing import GROUPINGS, ROWS, SORTINGS, Look
from endpoint_sweep.review.listing import FOUND, listing
from endpoint_sweep.review.receipts import others, quorum_with
from endpoint_sweep.review.selection import Wish
from endpoint_sweep.review.views import HTTP, OfferView, RecordedView
from endpoint_sweep.rules.approval_rules import agreed
from endpoint_sweep.rules.approvals import Approval, Decision, Refusal, RefusalCode, can_be_kept, phrase
from endpoint_sweep.rules.quorum import reach


@dataclass(frozen=True, slots=True)
class Page:
    """What the browser gets. `location` is set only on a redirect and is relative to the page. `code`, `alarm` and the
    `approval` of the alarm are for the log.
    """

    status: int
    html: str = ""
    location: str | None = None
    code: str = ""
    alarm: str = ""
    approval: str = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """What the person typed on the confirmation, to show it again after a refusal."""

    comment: str = ""
    code: str = ""
    refusal: Refusal | None = field(default=None)


def message(title: str, *lines: str, code: str = "", status: int = 200, told: Collection[object] = ()) -> Page:
    """A page with a heading and sentences. `told`: recorded decisions to list."""
    return Page(status, render("message.html.j2", title=title, lines=lines, code=code, decisions=told), code=code)


def result() -> Page:
    """The page after a decision. Its address holds no secret, and it shows nothing of the plan."""
    receipt = "A receipt is on its way to you. It says what was recorded, who else must decide, and what happens next."
    link = (
        "Your link now shows the same, and how far the deletions have come. You can still keep there what has not been "
        "sent for deletion."
    )
    return message("Recorded", receipt, link)


def over() -> Page:
    line = "Your decision is recorded, but the sweep is no longer running, so nothing will be deleted."
    return message("The sweep is over", line, code=RefusalCode.CLOSED, status=409)


def refused(refusal: Refusal) -> Page:
    page = message("Nothing was changed", refusal.message, code=refusal.code, status=HTTP[refusal.code])
    return replace(page, alarm=refusal.alarm)


def closed(approval: Approval, refusal: Refusal) -> Page:
    """The approval is closed: why, and who decided what (BI-30 to BI-32)."""
    decided = refusal.code is RefusalCode.ALREADY_DECIDED
    title = "Already decided" if decided else "Nothing to decide"
    told = reports.decision_views(approval) if decided else ()
    return message(title, refusal.message, code=refusal.code, status=HTTP[refusal.code], told=told)


def unavailable(line: str) -> Page:
    return message("Not available", line, code="E_UNAVAILABLE", status=503)


def listed(
    offer: OfferView, refusal: Refusal | None = None, wish: Wish | None = None, look: Look | None = None
) -> Page:
    """Step one: the endpoints and their findings, a hundred on a page. Everything is kept unless selected."""
    view, rules = offer.shown, offer.rules
    numbers = {row.id: number for number, row in enumerate(view.rows)}
    can = reach(offer.approval, offer.plan, rules, offer.approver)
    html = render(
        "review.html.j2", view=view, approver=offer.approver, secret=offer.secret, numbers=numbers,
        list=listing(offer, wish or Wish(), look or Look()), groupings=GROUPINGS, sortings=SORTINGS, found=FOUND,
        rows_on_page=ROWS, others=reports.decision_views(offer.approval, offer.approver), rules=rules,
        reach=can, beyond={str(one) for one in can.beyond},
        always_two=sorted(rules.two_for_accounts & view.places),
        error=refusal.message if refusal else "", wrong=refusal.code.value if refusal else "",
    )  # fmt: skip
    return Page(HTTP[refusal.code] if refusal else 200, html, code=refusal.code if refusal else "")


def confirmation(offer: OfferView, draft: Decision, typed: Typed, look: Look, *, needs_code: bool) -> Page:
    """Step two: what will happen, how many approvers it takes and why, the phrase and, if needed, the code."""
    view, approval = offer.shown, offer.approval
    by_id = {row.id: (number, row) for number, row in enumerate(view.rows)}
    chosen = [by_id[str(target)] for target in draft.selected]
    chosen.sort(key=lambda pair: pair[0])
    snoozed = [(*by_id[str(one.id)], one.days) for one in draft.snoozes]
    selected = set(draft.selected)
    money = reports.money_view(one for one in offer.plan.items if one.id in selected)
    before = others(approval, offer.approver)
    quorum = quorum_with(approval, draft, offer.plan, offer.rules)
    refusal = typed.refusal
    html = render(
        "confirm.html.j2", view=view, approver=offer.approver, secret=offer.secret, choice=draft.choice.value,
        chosen=chosen, snoozed=snoozed, kept=len(offer.plan.items) - len(chosen),
        idle=[row for _, row in chosen if row.verdict == Verdict.IDLE],
        barely_used=[row for _, row in chosen if row.verdict != Verdict.IDLE], money=money,
        phrase=phrase(draft.choice, len(chosen), draft.plan_sha256),
        quorum=quorum, given=len(before) + 1, others=reports.decision_views(approval, offer.approver),
        agreed=len(agreed((*before, draft))), code_required=needs_code, code_minutes=offer.code_minutes,
        at_once=draft.at_once, grace=int(offer.rules.grace.total_seconds() // 60), progress=offer.progress,
        error=refusal.message if refusal else "", wrong=refusal.code.value if refusal else "",
        comment=clean(typed.comment, 500), code=typed.code, look=look,
    )  # fmt: skip
    if refusal is None:
        return Page(200, html)
    return Page(HTTP[refusal.code], html, code=refusal.code, alarm=refusal.alarm, approval=approval.id)


def recorded(view: RecordedView, *, title: str, status: int = 200) -> Page:
    """What is recorded, how far the deletions have come, and a way to keep the rest."""
    approval, progress = view.approval, view.progress
    if approval.kept_by and view.mine not in approval.kept_by:
        title = "Another approver kept everything" if not progress.sent else "Another approver kept the rest"
    html = render(
        "recorded.html.j2", title=title, sweep_id=approval.sweep_id, plan_hash=approval.plan.sha256[:8],
        plan_sha256=approval.plan.sha256, secret=view.secret, receipt=view.receipt,
        decisions=reports.decision_views(approval), progress=progress,
        can_keep=can_be_kept(approval) and not progress.is_over,
        expires_at=approval.expires_at,
    )  # fmt: skip
    return Page(status, html)
