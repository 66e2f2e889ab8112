"""What a request asks for, read from a form or JSON and compared with the plan, but not yet confirmed. No I/O."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from endpoint_sweep.domain.model import Caps, Plan, ResourceId
from endpoint_sweep.reports.text import clean
from endpoint_sweep.review.access import Opened
from endpoint_sweep.review.browsing import Look
from endpoint_sweep.rules.approvals import (
    MAX_COMMENT,
    SNOOZE_DAYS,
    Choice,
    Decision,
    Refusal,
    RefusalCode,
    Snooze,
    resolve_ids,
    select,
)

# Form rows are named by their number in the plan, which the plan hash in the form pins. 500 rows take 4 KB.
_ROW = re.compile(r"([iz])(0|[1-9][0-9]{0,5})", re.ASCII)
_SNOOZES = frozenset(map(str, SNOOZE_DAYS))
DELETE = "d"
_MISFIT = Refusal(RefusalCode.ITEM_SELECTION, "The selection does not match this plan. Reload the page.")
_NOTHING = Refusal(RefusalCode.ITEM_SELECTION, "Nothing is selected for deletion. Select at least one row.")


@dataclass(frozen=True, slots=True)
class Form:
    """The form of the page as it was posted. A field that does not occur exactly once is empty.

    `delete` and `snoozes` name rows by their number in the plan, a snooze with its days. `is_readable`: whether every
    row was understood. `delete_all` and `keep_all`: a row whose whole group is meant, or `found`; `found-5` selects
    five of them at most. `look`: what the list shows next; `shown`: what it showed when the button was pressed.
    """

    secret: str = ""
    plan_sha256: str = ""
    step: str = ""
    choice: str = ""
    delete: tuple[int, ...] = ()
    snoozes: tuple[tuple[int, int], ...] = ()
    is_readable: bool = True
    delete_all: str = ""
    keep_all: str = ""
    look: Look = field(default_factory=Look)
    shown: Look = field(default_factory=Look)
    at_once: bool = False
    comment: str = ""
    phrase: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """Resources to delete and to snooze; the others are kept. `at_once`: skip the grace period. `both`: what was asked
    to be deleted and snoozed; it is only snoozed.
    """

    delete: tuple[ResourceId, ...] = ()
    snoozes: tuple[Snooze, ...] = ()
    at_once: bool = False
    both: tuple[ResourceId, ...] = ()

    @property
    def choice(self) -> Choice:
        return Choice.DELETE if self.delete else Choice.KEEP


def form_of(fields: Mapping[str, Sequence[str]]) -> Form:
    """Field `i<row>` with `d` deletes; `z<row>` with `7`, `30` or `90` snoozes for that many days; no field keeps
    (BI-35).
    """
    values = {name: given[0] for name, given in fields.items() if len(given) == 1}
    rows = {name: values.get(name, "") for name in fields if name.startswith(("i", "z"))}
    asked = [(row[1], int(row[2]), value) for name, value in rows.items() if (row := _ROW.fullmatch(name))]
    delete = tuple(number for mark, number, value in asked if mark == "i" and value == DELETE)
    snoozes = tuple((number, int(value)) for mark, number, value in asked if mark == "z" and value in _SNOOZES)
    page = values.get("page", "") or ("" if values.get("step") == "list" else values.get("shown_page", ""))
    return Form(
        secret=values.get("k", ""),
        plan_sha256=values.get("plan_sha256", ""),
        step=values.get("step", ""),
        choice=values.get("choice", ""),
        delete=delete,
        snoozes=snoozes,
        is_readable=len(delete) + len(snoozes) == len(rows),
        delete_all=values.get("delete_all", ""),
        keep_all=values.get("keep_all", ""),
        look=Look.of(values.get("find", ""), values.get("group", ""), values.get("order", ""), page),
        shown=Look.of(*(values.get(f"shown_{name}", "") for name in ("find", "group", "order", "page"))),
        at_once=values.get("at_once") == "yes",
        comment=values.get("comment", ""),
        phrase=values.get("phrase", ""),
        code=values.get("code", ""),
    )


def from_form(form: Form, plan: Plan) -> Wish | Refusal:
    """The selected rows. `step=keep` drops the deletions."""
    numbers = (*form.delete, *(number for number, _ in form.snoozes))
    if not form.is_readable or any(number >= len(plan.items) for number in numbers):
        return _MISFIT
    snoozes = _sorted([Snooze(plan.items[number].id, days) for number, days in form.snoozes])
    if form.step == "keep":
        return Wish((), snoozes)
    wanted = {plan.items[number].id for number in form.delete}
    both = wanted & {snooze.id for snooze in snoozes}
    return Wish(tuple(sorted(wanted - both)), snoozes, form.at_once, tuple(sorted(both)))


def from_ids(delete: Sequence[str], snoozes: Mapping[str, int], plan: Plan, *, at_once: bool) -> Wish | Refusal:
    """Takes ids, as in the JSON."""
    found, sleeping = resolve_ids(plan, delete), resolve_ids(plan, list(snoozes))
    if isinstance(found, Refusal) or isinstance(sleeping, Refusal):
        return _MISFIT
    if set(found) & set(sleeping) or any(days not in SNOOZE_DAYS for days in snoozes.values()):
        return _MISFIT
    return Wish(found, _sorted([Snooze(target, snoozes[str(target)]) for target in sleeping]), at_once)


def _sorted(snoozes: list[Snooze]) -> tuple[Snooze, ...]:
    return tuple(sorted(snoozes, key=lambda snooze: snooze.id))


def drafted(
    opened: Opened, plan: Plan, wish: Wish, choice: str, *, comment: str, nonce: str, at: datetime, caps: Caps
) -> Decision | Refusal:
    """The decision that the wish makes, within the caps and without its MAC.

    `choice` is what the form claims to do, or empty. If rows of the form were lost on the way, the two differ.
    """
    if choice and choice != wish.choice:
        return _NOTHING if choice == Choice.DELETE else _MISFIT
    if wish.delete and isinstance(refused := select(plan, [str(target) for target in wish.delete], caps), Refusal):
        return refused
    approval = opened.approval
    return Decision(
        approval=approval.id,
        approver=opened.approver,
        identity=opened.identity,
        choice=wish.choice,
        selected=wish.delete,
        plan_sha256=approval.plan.sha256,
        plan_version=approval.plan.version_id,
        expires_at=approval.expires_at,
        at=at,
        nonce=nonce,
        snoozes=wish.snoozes,
        comment=clean(comment, MAX_COMMENT),
        principal=opened.principal,
        at_once=wish.at_once and wish.choice is Choice.DELETE,
    )


def is_same(one_decision: Decision, other: Decision) -> bool:
    """Whether both decide the same, regardless of time and comment."""
    return (one_decision.choice, one_decision.selected, one_decision.snoozes) == (
        other.choice,
        other.selected,
        other.snoozes,
    )
