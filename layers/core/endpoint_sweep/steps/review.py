"""The review page: GET shows, POST decides. Nothing else, and nothing in between, writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from endpoint_sweep import reports
from endpoint_sweep.approvals import (
    Approval,
    Choice,
    Decision,
    Refusal,
    RefusalCode,
    approver_of,
    phrase,
    select,
    why_closed,
)
from endpoint_sweep.errors import DocumentNotFound, DocumentTampered
from endpoint_sweep.model import EndpointId, Plan
from endpoint_sweep.ports import Clock, Executions, Store
from endpoint_sweep.records import Records
from endpoint_sweep.reports.rendering import render
from endpoint_sweep.reports.text import clean, moment, plural
from endpoint_sweep.sweep_folder import SweepFolder

Form = Mapping[str, Sequence[str]]
_MAX_SECRET = 200
_HTTP = {
    RefusalCode.LINK_INVALID: 404,
    RefusalCode.EXPIRED: 410,
    RefusalCode.ALREADY_DECIDED: 409,
    RefusalCode.CLOSED: 409,
    RefusalCode.PLAN_CHANGED: 409,
    RefusalCode.CONFIRM_PHRASE: 400,
    RefusalCode.ITEM_SELECTION: 400,
    RefusalCode.OVER_CAP: 400,
}
_INVALID = Refusal(RefusalCode.LINK_INVALID, "This link is not valid. Please use the link in your newest mail.")


@dataclass(frozen=True, slots=True)
class Page:
    """What the browser gets. `location` is set on a redirect only, and relative to the page."""

    status: int
    html: str = ""
    location: str | None = None


@dataclass(frozen=True, slots=True)
class _Open:
    """A request whose link was right."""

    approval: Approval
    version: int
    approver: str
    secret: str


def show(approval_id: str, secret: str, *, records: Records, store: Store, now: Clock) -> Page:
    """GET: the findings with every endpoint kept by default, or why there is nothing to decide."""
    match _open(approval_id, secret, records):
        case Refusal() as refusal:
            return _refused(refusal)
        case opened:
            if closed := why_closed(opened.approval, now()):
                return _closed(opened.approval, closed)
            return _findings(opened, store)


def result() -> Page:
    """Where a browser is sent after a decision: no secret in its address, nothing of the plan on it."""
    lines = ("Your decision was recorded.", "The summary follows by mail as soon as it has been carried out.")
    return message("Recorded", *lines)


def answer(  # noqa: PLR0911 - one return an answer
    approval_id: str,
    form: Form,
    *,
    records: Records,
    store: Store,
    executions: Executions,  # noqa: ARG001
    now: Clock,
) -> Page:
    """POST: `step=review` shows what would happen, `step=list` goes back; only `step=decide` writes."""
    opened = _open(approval_id, _one(form, "k"), records)
    if isinstance(opened, Refusal):
        return _refused(opened)
    if closed := why_closed(opened.approval, now()):
        return _replayed(opened.approval, form, closed)
    try:
        plan = SweepFolder(store, opened.approval.sweep_id).plan(opened.approval.plan)
    except (DocumentNotFound, DocumentTampered):
        return _refused(Refusal(RefusalCode.PLAN_CHANGED, "The plan is not what was offered. Nothing is deleted."))
    if _one(form, "plan_sha256") != opened.approval.plan.sha256:
        return _refused(Refusal(RefusalCode.PLAN_CHANGED, "This page belongs to another plan. Load the link again."))
    choice = _one(form, "choice")
    if choice not in list(Choice):
        return _findings(opened, store, Refusal(RefusalCode.ITEM_SELECTION, "Choose whether to delete or to keep."))
    wanted = _wanted(form) if choice == Choice.DELETE else []
    if _one(form, "step") == "list":
        return _findings(opened, store, chosen=frozenset(wanted))
    selected = select(plan, wanted) if choice == Choice.DELETE else ()
    if isinstance(selected, Refusal):
        return _findings(opened, store, selected, frozenset(wanted))
    if _one(form, "step") != "decide":
        return _confirm(opened, store, plan, Choice(choice), selected)
    comment = clean(_one(form, "comment"), 500)
    refusal = Refusal(RefusalCode.CONFIRM_PHRASE, "Decisions are not recorded here yet.")
    return _confirm(opened, store, plan, Choice(choice), selected, refusal, comment)


def _open(approval_id: str, secret: str, records: Records) -> _Open | Refusal:
    """An unknown approval and a wrong secret get the same answer."""
    found = records.approval(approval_id) if approval_id.isalnum() and len(approval_id) <= 64 else None
    if found is None or not secret or len(secret) > _MAX_SECRET:
        return _INVALID
    approval, version = found
    approver = approver_of(approval, secret)
    return _Open(approval, version, approver, secret) if approver else _INVALID


def _wanted(form: Form) -> list[str]:
    """Ids to delete: `d<number>=<id>` from the list, `item=<id>` from the confirmation."""
    wanted = list(form.get("item", []))
    for name, values in form.items():
        if name.startswith("d") and name[1:].isdecimal():
            wanted += [value for value in values if value]
    return wanted


def _findings(
    opened: _Open, store: Store, refusal: Refusal | None = None, chosen: frozenset[str] = frozenset()
) -> Page:
    view = _view(opened, store)
    numbers = {row.id: index for index, row in enumerate(view.rows)}
    html = render(
        "review.html.j2", view=view, approver=opened.approver, secret=opened.secret,
        numbers=numbers, chosen=chosen, error=refusal.message if refusal else "",
    )  # fmt: skip
    return Page(_HTTP[refusal.code] if refusal else 200, html)


def _confirm(
    opened: _Open, store: Store, plan: Plan, choice: Choice, selected: tuple[EndpointId, ...],
    refusal: Refusal | None = None, comment: str = "",
) -> Page:  # fmt: skip
    view = _view(opened, store)
    ids = {str(one) for one in selected}
    rows = [row for row in view.rows if row.id in ids]
    known = [row.monthly for row in rows if row.monthly is not None]
    html = render(
        "confirm.html.j2", view=view, secret=opened.secret, choice=choice.value, rows=rows,
        kept=len(plan.items) - len(rows), monthly=sum(known, Decimal(0)), unpriced=len(rows) - len(known),
        phrase=phrase(choice, len(rows), opened.approval.plan.sha256), error=refusal.message if refusal else "",
        comment=comment,
    )  # fmt: skip
    return Page(_HTTP[refusal.code] if refusal else 200, html)


def _view(opened: _Open, store: Store) -> reports.ApprovalView:
    folder = SweepFolder(store, opened.approval.sweep_id)
    coverage = folder.coverage()
    return reports.approval_view(opened.approval, folder.plan(opened.approval.plan), coverage, folder.accounts())


def _replayed(approval: Approval, form: Form, closed: Refusal) -> Page:
    """The same decision again gets the recorded answer; another one is told who was first (BI-31)."""
    decision = next(iter(approval.decisions), None)
    if decision is not None and closed.code is RefusalCode.ALREADY_DECIDED:
        same = _one(form, "choice") == decision.choice and set(_wanted(form)) == {str(one) for one in decision.selected}
        if same:
            return message("Already recorded", _told(decision), status=200)
    return _closed(approval, closed, status=_HTTP[closed.code])


def _closed(approval: Approval, closed: Refusal, status: int | None = None) -> Page:
    if approval.decisions and closed.code is RefusalCode.ALREADY_DECIDED:
        return message("Already decided", _told(approval.decisions[0]), code=closed.code, status=status or 200)
    return message("Nothing to decide", closed.message, code=closed.code, status=_HTTP[closed.code])


def _told(decision: Decision) -> str:
    what = (
        f"to delete {plural(len(decision.selected), 'endpoint')}"
        if decision.choice is Choice.DELETE
        else "to keep everything"
    )
    return f"{decision.approver} decided {what} on {moment(decision.at)}."


def _refused(refusal: Refusal) -> Page:
    return message("Nothing was changed", refusal.message, code=refusal.code, status=_HTTP[refusal.code])


def message(title: str, *lines: str, code: str = "", status: int = 200) -> Page:
    """A page with a heading and sentences."""
    return Page(status, render("message.html.j2", title=title, lines=lines, code=code))


def _one(form: Form, name: str) -> str:
    values = form.get(name, ())
    return values[0] if len(values) == 1 else ""
