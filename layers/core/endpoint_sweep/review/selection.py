"""What a request asks for, read from a form or JSON and compared with the plan, but not yet confirmed. No I/O."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from endpoint_sweep.domain.model import Caps, Plan, ResourceId
from endpoint_sweep.reports.text import clean
from endpoint_sweep.review.access import Opened
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
from endpoint_sweep.rules.offers import is_idle

# Form rows are named by their number in the plan, which the plan hash in the form pins. 500 rows take 4 KB.
_ROW = re.compile(r"i(0|[1-9][0-9]{0,5})", re.ASCII)
DELETE = "d"
_MISFIT = Refusal(RefusalCode.ITEM_SELECTION, "The selection does not match this plan. Reload the page.")
_NOTHING = Refusal(RefusalCode.ITEM_SELECTION, "Nothing is selected for deletion. Select at least one row.")


@dataclass(frozen=True, slots=True)
class Form:
    """The form of the page as it was posted. A field that does not occur exactly once is empty.

    `delete` and `snoozes` name rows by their number in the plan, a snooze with its days. `is_readable`: whether every
    row was understood. `delete_all` and `keep_all` name an account.
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
    at_once: bool = False
    comment: str = ""
    phrase: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """Resources to delete and to snooze; the others are kept. `at_once`: skip the grace period."""

    delete: tuple[ResourceId, ...] = ()
    snoozes: tuple[Snooze, ...] = ()
    at_once: bool = False

    @property
    def choice(self) -> Choice:
        return Choice.DELETE if self.delete else Choice.KEEP


def form_of(fields: Mapping[str, Sequence[str]]) -> Form:
    """Fields `i<row>`: `d` deletes; `7`, `30` or `90` snoozes for that many days; no field keeps (BI-35)."""
    values = {name: given[0] for name, given in fields.items() if len(given) == 1}
    rows = {name: values.get(name, "") for name in fields if name.startswith("i")}
    numbers = {int(row[1]): value for name, value in rows.items() if (row := _ROW.fullmatch(name))}
    delete = tuple(number for number, value in numbers.items() if value == DELETE)
    snoozes = tuple((number, int(value)) for number, value in numbers.items() if value in map(str, SNOOZE_DAYS))
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
        at_once=values.get("at_once") == "yes",
        comment=values.get("comment", ""),
        phrase=values.get("phrase", ""),
        code=values.get("code", ""),
    )


def from_form(form: Form, plan: Plan) -> Wish | Refusal:
    """The selected rows. `step=keep` drops the deletions; `delete_all` and `keep_all` change the idle ones of their
    account. Barely used endpoints are chosen row by row.
    """
    numbers = (*form.delete, *(number for number, _ in form.snoozes))
    if not form.is_readable or any(number >= len(plan.items) for number in numbers):
        return _MISFIT
    delete = [plan.items[number].id for number in form.delete]
    snoozes = [Snooze(plan.items[number].id, days) for number, days in form.snoozes]
    if form.step == "keep":
        return Wish((), _sorted(snoozes))
    if account := form.delete_all or form.keep_all:
        idle = {item.id for item in plan.items if item.account == account and is_idle(item)}
        delete = [target for target in delete if target not in idle] + [*(idle if form.delete_all else ())]
        snoozes = [snooze for snooze in snoozes if snooze.id not in idle]
    return Wish(tuple(sorted(delete)), _sorted(snoozes), form.at_once)


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
