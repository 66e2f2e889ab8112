"""What the browser gets: the HTML of each state, with its HTTP status."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from decimal import Decimal

from endpoint_sweep import reports
from endpoint_sweep.domain.model import Plan
from endpoint_sweep.reports.rendering import render
from endpoint_sweep.reports.text import clean
from endpoint_sweep.review.access import HTTP, Desk, Opened
from endpoint_sweep.review.progress import progress_of
from endpoint_sweep.review.receipts import others, quorum_with, receipt_of
from endpoint_sweep.review.recording import Next, Recorded
from endpoint_sweep.review.selection import DELETE, Wish
from endpoint_sweep.rules.approval_rules import agreed, reach
from endpoint_sweep.rules.approvals import Decision, Refusal, RefusalCode, can_be_kept, phrase
from endpoint_sweep.storage.sweep_folder import SweepFolder


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


def refused(refusal: Refusal) -> Page:
    page = message("Nothing was changed", refusal.message, code=refusal.code, status=HTTP[refusal.code])
    return replace(page, alarm=refusal.alarm)


def closed(opened: Opened, refusal: Refusal) -> Page:
    """The approval is closed: why, and who decided what (BI-30 to BI-32)."""
    decided = refusal.code is RefusalCode.ALREADY_DECIDED
    title = "Already decided" if decided else "Nothing to decide"
    told = reports.decision_views(opened.approval) if decided else ()
    return message(title, refusal.message, code=refusal.code, status=HTTP[refusal.code], told=told)


def unavailable(line: str) -> Page:
    return message("Not available", line, code="E_UNAVAILABLE", status=503)


def listed(
    opened: Opened, plan: Plan, desk: Desk, refusal: Refusal | None = None, wish: Wish | None = None
) -> Page:  # fmt: skip
    """Step one: every endpoint and its findings. Everything is kept unless selected."""
    view = _view(opened, plan, desk)
    numbers = {row.id: number for number, row in enumerate(view.rows)}
    chosen = {str(target): DELETE for target in wish.delete} if wish else {}
    chosen |= {str(one.id): str(one.days) for one in wish.snoozes} if wish else {}
    html = render(
        "review.html.j2", view=view, approver=opened.approver, secret=opened.secret, numbers=numbers, chosen=chosen,
        others=reports.decision_views(opened.approval, opened.approver), rules=desk.rules,
        reach=reach(opened.approval, plan, desk.rules, opened.approver),
        always_two=sorted(desk.rules.two_for_accounts & {one.account for one in view.accounts}),
        error=refusal.message if refusal else "", wrong=refusal.code.value if refusal else "",
    )  # fmt: skip
    return Page(HTTP[refusal.code] if refusal else 200, html, code=refusal.code if refusal else "")


def confirmation(opened: Opened, plan: Plan, draft: Decision, desk: Desk, typed: Typed, *, needs_code: bool) -> Page:
    """Step two: what will happen, how many approvers it takes and why, the phrase and, if needed, the code."""
    view = _view(opened, plan, desk)
    by_id = {row.id: (number, row) for number, row in enumerate(view.rows)}
    chosen = [by_id[str(target)] for target in draft.selected]
    chosen.sort(key=lambda pair: pair[0])
    snoozed = [(*by_id[str(one.id)], one.days) for one in draft.snoozes]
    known = [row.monthly for _, row in chosen if row.monthly is not None]
    before = others(opened.approval, opened.approver)
    quorum = quorum_with(opened.approval, draft, plan, desk)
    refusal = typed.refusal
    html = render(
        "confirm.html.j2", view=view, approver=opened.approver, secret=opened.secret, choice=draft.choice.value,
        chosen=chosen, snoozed=snoozed, kept=len(plan.items) - len(chosen),
        monthly=sum(known, Decimal(0)), unpriced=len(chosen) - len(known),
        phrase=phrase(draft.choice, len(chosen), draft.plan_sha256),
        quorum=quorum, given=len(before) + 1, others=reports.decision_views(opened.approval, opened.approver),
        agreed=len(agreed((*before, draft))), code_required=needs_code, at_once=draft.at_once,
        grace=int(desk.rules.grace.total_seconds() // 60), progress=progress_of(opened.approval, desk),
        error=refusal.message if refusal else "", wrong=refusal.code.value if refusal else "",
        comment=clean(typed.comment, 500), code=typed.code,
    )  # fmt: skip
    if refusal is None:
        return Page(200, html)
    return Page(HTTP[refusal.code], html, code=refusal.code, alarm=refusal.alarm, approval=opened.approval.id)


def stands(opened: Opened, plan: Plan, desk: Desk, *, title: str, status: int = 200, coming: str = "") -> Page:
    """What is recorded, how far the deletions have come, and a way to keep the rest."""
    mine = opened.mine
    approval = opened.approval
    receipt = receipt_of(approval, mine, plan, desk, coming) if mine else None
    progress = receipt.progress if receipt else progress_of(approval, desk)
    if approval.kept_by and mine not in approval.kept_by:
        title = "Another approver kept everything" if not progress.sent else "Another approver kept the rest"
    html = render(
        "recorded.html.j2", title=title, sweep_id=approval.sweep_id, plan_hash=approval.plan.sha256[:8],
        plan_sha256=approval.plan.sha256, secret=opened.secret, receipt=receipt,
        decisions=reports.decision_views(approval), progress=progress,
        can_keep=can_be_kept(approval) and not progress.is_over,
        expires_at=approval.expires_at,
    )  # fmt: skip
    return Page(status, html)


def page_after_recording(opened: Opened, recorded: Recorded, plan: Plan, desk: Desk) -> Page:
    """The response to a recorded decision (S1.4, FI-35)."""
    if recorded.next is Next.OVER:
        line = "Your decision is recorded, but the sweep is no longer running, so nothing will be deleted."
        return message("The sweep is over", line, code=RefusalCode.CLOSED, status=409)
    if recorded.next is Next.LATER:
        seen = replace(opened, approval=recorded.approval)
        return stands(seen, plan, desk, title="Recorded", status=202, coming=Next.LATER)
    return Page(303, location=f"{opened.approval.id}/result")


def _view(opened: Opened, plan: Plan, desk: Desk) -> reports.ApprovalView:
    folder = SweepFolder(desk.store, opened.approval.sweep_id)
    return reports.approval_view(
        opened.approval, plan, folder.coverage(plan.pins), folder.accounts(plan.pins), desk.rules.caps
    )
