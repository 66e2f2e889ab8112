"""What a request asks for, read from a form or JSON and compared with the plan, but not yet confirmed. Pure."""

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

Form = Mapping[str, Sequence[str]]
# Form rows are named by their number in the plan, which the plan hash in the form pins. 500 rows take 4 KB.
_ROW = re.compile(r"i(0|[1-9][0-9]{0,5})", re.ASCII)
DELETE = "d"
_MISFIT = Refusal(RefusalCode.ITEM_SELECTION, "The selection does not match this plan. Reload the page.")
_NOTHING = Refusal(RefusalCode.ITEM_SELECTION, "Nothing is selected for deletion. Select at least one row.")


@dataclass(frozen=True, slots=True)
class Wish:
    """Endpoints to delete and to snooze; the others are kept. `at_once`: skip the grace period."""

    delete: tuple[ResourceId, ...] = ()
    snoozes: tuple[Snooze, ...] = ()
    at_once: bool = False

    @property
    def choice(self) -> Choice:
        return Choice.DELETE if self.delete else Choice.KEEP


def one(form: Form, name: str) -> str:
    """The value of a field that occurs exactly once, otherwise an empty string."""
    values = form.get(name, ())
    return values[0] if len(values) == 1 else ""


def from_form(form: Form, plan: Plan) -> Wish | Refusal:
    """Fields `i<row>`: `d` deletes; `7`, `30` or `90` snoozes for that many days; no field keeps (BI-35)."""
    delete, snoozes = [], []
    for name, values in form.items():
        if not name.startswith("i"):
            continue
        row = _ROW.fullmatch(name)
        if row is None or len(values) != 1 or int(row[1]) >= len(plan.items):
            return _MISFIT
        target, value = plan.items[int(row[1])].id, values[0]
        if value == DELETE:
            delete.append(target)
        elif value in map(str, SNOOZE_DAYS):
            snoozes.append(Snooze(target, int(value)))
        else:
            return _MISFIT
    return Wish(tuple(sorted(delete)), _sorted(snoozes), one(form, "at_once") == "yes")


def from_ids(delete: Sequence[str], snoozes: Mapping[str, int], plan: Plan, *, at_once: bool) -> Wish | Refusal:
    """Takes ids `account/region/endpoint`, as in the JSON."""
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
