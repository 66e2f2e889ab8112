"""Decisions in words: what someone decided, what it means, what happens next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from endpoint_sweep.domain.model import Account, Plan
from endpoint_sweep.domain.resource import ENDPOINT, noun_of
from endpoint_sweep.reports.text import clean, moment, plural
from endpoint_sweep.reports.views import RowView, row_view
from endpoint_sweep.rules.approvals import Approval, Choice, Decision, Identity, person
from endpoint_sweep.rules.pricing import total_monthly

_HOW = {
    Identity.LINK: "using the emailed link",
    Identity.LINK_AND_CODE: "using the emailed link and code",
    Identity.IAM: "with AWS credentials",
}


@dataclass(frozen=True, slots=True)
class DecisionView:
    """One person's decision. `withdrawn`: the person took it back."""

    approver: str
    what: str
    at: datetime
    how: str
    comment: str
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class SnoozedView:
    """A resource that is snoozed for some days."""

    row: RowView
    days: int


@dataclass(frozen=True, slots=True)
class Progress:
    """Of the `approved` resources, `sent` were sent for deletion and `left` can still be kept.

    `starts_at`: the end of the grace period, while it lasts. `stopped`: no more deletions are sent.
    """

    approved: int
    sent: int
    left: int
    starts_at: datetime | None = None
    stopped: bool = False
    noun: str = ENDPOINT

    @property
    def is_over(self) -> bool:
        """Nothing is left to keep."""
        return self.approved > 0 and (self.left == 0 or self.stopped)

    @property
    def sentence(self) -> str:
        """What is still possible right now."""
        if not self.approved:
            return ""
        of = f"{self.sent} of {plural(self.approved, self.noun)}"
        if self.stopped:
            kept = "The others are kept." if self.sent else "All of them are kept."
            if self.sent == self.approved:
                kept = ""
            return f"{of} {_had(self.sent)} been sent for deletion. {kept}".rstrip()
        if self.starts_at:
            return f"Nothing will be deleted before {moment(self.starts_at)}. Until then, everything can still be kept."
        if not self.left:
            return f"{of} {_had(self.sent)} been sent for deletion and the others are kept. Nothing is left to decide."
        rest = "it" if self.approved == 1 else f"the other {self.left}" if self.sent else f"all {self.left}"
        return f"{of} {_had(self.sent)} been sent for deletion. You can still keep {rest}."

    @property
    def button(self) -> str:
        """What the keep button does right now."""
        return f"Keep the other {self.left}" if self.sent and self.left else "Keep everything"


def _had(count: int) -> str:
    return "has" if count == 1 else "have"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What one approver's decision recorded. `given` of `needed` people have decided. `agreed` counts what all of
    them selected. `coming` is `woken`, `acting`, `later`, `awaiting`, `stopped` or `over`. `progress`: how
    far the deletions have come.
    """

    sweep_id: str
    plan_hash: str
    approver: str
    choice: str
    at: datetime
    how: str
    comment: str
    noun: str
    rows: tuple[RowView, ...]
    snoozed: tuple[SnoozedView, ...]
    kept: int
    monthly: Decimal
    unpriced: int
    needed: int
    given: int
    reasons: tuple[str, ...]
    agreed: int
    others: tuple[DecisionView, ...]
    expires_at: datetime
    coming: str
    progress: Progress = Progress(0, 0, 0)

    @property
    def next(self) -> str:
        """What happens now, in one or two sentences."""
        if self.coming == "over":
            return "The sweep is no longer running: nothing will be deleted."
        if self.progress.stopped and self.progress.approved:
            return f"{self.progress.sentence} You will get the summary by email."
        if self.choice == Choice.KEEP or self.progress.stopped:
            return "Nothing will be deleted in this sweep. You will get the summary by email."
        if self.coming == "awaiting":
            missing = self.needed - self.given
            more = "one more approver agrees" if missing == 1 else f"{missing} more approvers agree"
            return f"Nothing will be deleted until {more}. Otherwise everything is kept."
        when = "right away" if self.coming in ("woken", "acting") else "within the hour"
        if self.progress.starts_at:
            return (
                f"The first deletion starts on {moment(self.progress.starts_at)}. Until then, any approver can keep "
                "everything; after that, any approver can keep what has not been sent for deletion yet. Each one "
                "is checked again right before it is deleted. Anything that was used, changed or protected is kept."
            )
        return (
            f"The sweep will carry this out {when}. Each one is checked again right before it is deleted. Anything "
            "that was used, changed or protected in the meantime is kept. You will get the summary by email."
        )


def decision_views(approval: Approval, but: str = "") -> tuple[DecisionView, ...]:
    """All decisions, oldest first, except those of the person `but`."""
    told = [(one, False) for one in approval.decisions] + [(one, True) for one in approval.withdrawn]
    told.sort(key=lambda pair: pair[0].at)
    return tuple(
        DecisionView(one.approver, in_words(one), one.at, _HOW[one.identity], clean(one.comment, 500), withdrawn)
        for one, withdrawn in told
        if not but or person(one.approver) != person(but)
    )


def in_words(decision: Decision) -> str:
    """The decision as it follows a name: `decided to delete 2 endpoints`."""
    if decision.choice is Choice.DELETE:
        return f"decided to delete {plural(len(decision.selected), noun_of(one.type for one in decision.selected))}"
    return "decided to keep everything"


def receipt(  # noqa: PLR0913 - what a receipt says
    approval: Approval,
    decision: Decision,
    plan: Plan,
    accounts: Mapping[str, Account],
    *,
    coming: str,
    needed: int,
    given: int,
    reasons: tuple[str, ...],
    progress: Progress,
) -> Receipt:
    """The receipt for this decision; the other decisions come from the record."""
    everybody = [one for one in approval.decisions if person(one.approver) != person(decision.approver)] + [decision]
    chosen = tuple(one for one in plan.items if one.id in set(decision.selected))
    rows = {one.id: row_view(one, accounts, decision.at) for one in plan.items}
    monthly, unpriced = total_monthly(chosen)
    return Receipt(
        sweep_id=approval.sweep_id,
        plan_hash=decision.plan_sha256[:8],
        approver=decision.approver,
        choice=decision.choice.value,
        at=decision.at,
        how=_HOW[decision.identity],
        comment=decision.comment,
        noun=noun_of(one.type for one in chosen),
        rows=tuple(rows[one.id] for one in chosen),
        snoozed=tuple(SnoozedView(rows[one.id], one.days) for one in decision.snoozes if one.id in rows),
        kept=len(plan.items) - len(chosen),
        monthly=monthly,
        unpriced=unpriced,
        needed=needed,
        given=given,
        reasons=reasons,
        agreed=len(set.intersection(*(set(one.selected) for one in everybody))),
        others=decision_views(approval, decision.approver),
        expires_at=approval.expires_at,
        coming=coming,
        progress=progress,
    )
