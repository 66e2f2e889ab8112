"""What somebody asks for: read from a form or from JSON, compared with the plan, not yet confirmed. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from endpoint_sweep.domain.model import Caps, EndpointId, Plan
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
    known,
    select,
)

Form = Mapping[str, Sequence[str]]
# A row of the form is named by its number in the plan, which the plan's hash in the same form pins: 500 rows are 4 KB.
_ROW = re.compile(r"i(0|[1-9][0-9]{0,5})", re.ASCII)
DELETE = "d"
_MISFIT = Refusal(RefusalCode.ITEM_SELECTION, "The selection does not match this plan. Reload the page.")
_NOTHING = Refusal(RefusalCode.ITEM_SELECTION, "Nothing is selected for deletion. Select at least one endpoint.")


@dataclass(frozen=True, slots=True)
class Wish:
    """Endpoints to delete, endpoints to snooze; the others are kept. `at_once`: without the grace period."""

    delete: tuple[EndpointId, ...] = ()
    snoozes: tuple[Snooze, ...] = ()
    at_once: bool = False

    @property
    def choice(self) -> Choice:
        return Choice.DELETE if self.delete else Choice.KEEP


def one(form: Form, name: str) -> str:
    """The value of a field that is there exactly once, else an empty text."""
    values = form.get(name, ())
    return values[0] if len(values) == 1 else ""


def from_form(form: Form, plan: Plan) -> Wish | Refusal:
    """Fields `i<row>`: `d` to delete, `7`, `30` or `90` to snooze for as many days; no field keeps (BI-35)."""
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
    """Ids `account/region/endpoint`, as JSON names them."""
    found, sleeping = known(plan, delete), known(plan, list(snoozes))
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
    """The decision that the wish would be, without its MAC, within the caps.

    `choice` is what the form says of itself, or empty: a form whose rows were lost on the way says one thing and asks
    for another.
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
    """Whether both decide the same, whatever their time and comment."""
    return (one_decision.choice, one_decision.selected, one_decision.snoozes) == (
        other.choice,
        other.selected,
        other.snoozes,
    )
