"""One page of the list with what is chosen, and what its buttons choose. Nothing here decides anything."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from endpoint_sweep.domain.model import ResourceId, Verdict
from endpoint_sweep.reports.grouping import sum_of
from endpoint_sweep.reports.views import RowView
from endpoint_sweep.review.browsing import Group, Look, dearest, groups_of, key_of, matching, on_page
from endpoint_sweep.review.selection import DELETE, Form, Wish
from endpoint_sweep.review.views import OfferView
from endpoint_sweep.rules.planning import fitting

FOUND = "found"
_MOST = "-"  # before the number of rows that a button selects at most
_COUNT = re.compile(r"[0-9]{1,6}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Bulk:
    """What one button would select. Of `selectable` rows, idle and not snoozed, `taken` are selected, and the caps
    allow `fits` more.
    """

    selectable: int
    taken: int
    fits: int

    @property
    def label(self) -> str:
        """Empty if it would select nothing."""
        left = self.selectable - self.taken
        if not left or not self.fits:
            return ""
        if self.fits == left:
            return f"Select all {self.selectable}" if self.selectable > 1 else "Select it"
        if self.taken:
            return f"Select {self.fits} more"
        return f"Select the {self.fits} most expensive" if self.fits > 1 else "Select the most expensive"

    @property
    def most(self) -> int:
        """How many the label speaks of, whatever is unticked before the button is pressed."""
        return self.selectable if self.fits == self.selectable - self.taken else self.fits


@dataclass(frozen=True, slots=True)
class Section:
    """A group, and its rows on this page."""

    group: Group
    shown: tuple[RowView, ...]
    bulk: Bulk


@dataclass(frozen=True, slots=True)
class Listing:
    """`chosen` and `elsewhere`, on other pages: row id -> `d` or the days of a snooze. `found`: how many rows contain
    what is searched for, `monthly` their sum, and `idle` how many of them are idle.
    """

    look: Look
    sections: tuple[Section, ...]
    pages: int
    found: int
    idle: int
    monthly: Decimal
    bulk: Bulk
    chosen: Mapping[str, str]
    elsewhere: Mapping[str, str]

    @property
    def selected_elsewhere(self) -> int:
        return sum(value == DELETE for value in self.elsewhere.values())

    @property
    def snoozed_elsewhere(self) -> int:
        return len(self.elsewhere) - self.selected_elsewhere


def listing(offer: OfferView, wish: Wish, look: Look) -> Listing:
    rows = matching(offer.shown.rows, look.find)
    shown, page, pages = on_page(groups_of(rows, look), look.page)
    chosen = {str(target): DELETE for target in wish.delete} | {str(one.id): str(one.days) for one in wish.snoozes}
    sections = tuple(Section(group, some, _bulk(group.rows, wish, offer)) for group, some in shown)
    seen = {row.id for section in sections for row in section.shown}
    return Listing(
        look=replace(look, page=page),
        sections=sections,
        pages=pages,
        found=len(rows),
        idle=sum(row.verdict == Verdict.IDLE for row in rows),
        monthly=sum_of(rows)[0],
        bulk=_bulk(rows, wish, offer),
        chosen=chosen,
        elsewhere={row: value for row, value in chosen.items() if row not in seen},
    )


def with_buttons(form: Form, wish: Wish, offer: OfferView) -> Wish:
    """The wish after `delete_all` or `keep_all`: for all idle rows that were found, or for those in the group of a row.

    As many are selected as the caps allow and the button said, the most expensive first. What is snoozed stays snoozed
    unless it is kept. Barely used ones are selected row by row. No browser sends both; then all are kept.
    """
    which, limited, most = form.delete_all.partition(_MOST)
    rows = _meant(form.keep_all or which, offer, form.shown)
    if not form.keep_all:
        limit = int(most) if _COUNT.fullmatch(most) else 0
        added = _addable(rows, wish, offer)[: limit if limited else None]
        return replace(wish, delete=tuple(sorted({*wish.delete, *added})))
    ids = {row.id for row in rows}
    return replace(
        wish,
        delete=tuple(one for one in wish.delete if str(one) not in ids),
        snoozes=tuple(one for one in wish.snoozes if str(one.id) not in ids),
    )


def _meant(which: str, offer: OfferView, shown: Look) -> list[RowView]:
    """`found` or the number of a row. Nothing if it is neither."""
    everything = offer.shown.rows
    idle = [row for row in matching(everything, shown.find) if row.verdict == Verdict.IDLE]
    if which == FOUND:
        return idle
    if not _COUNT.fullmatch(which) or int(which) >= len(everything):
        return []
    key = key_of(everything[int(which)], shown.grouping)
    return [row for row in idle if key_of(row, shown.grouping) == key]


def _bulk(rows: Sequence[RowView], wish: Wish, offer: OfferView) -> Bulk:
    snoozed, taken = {str(one.id) for one in wish.snoozes}, {str(one) for one in wish.delete}
    selectable = [row for row in rows if row.verdict == Verdict.IDLE and row.id not in snoozed]
    return Bulk(len(selectable), sum(row.id in taken for row in selectable), len(_addable(selectable, wish, offer)))


def _addable(rows: Iterable[RowView], wish: Wish, offer: OfferView) -> tuple[ResourceId, ...]:
    """The idle rows that can be selected as well, the most expensive first."""
    taken = {*wish.delete, *(one.id for one in wish.snoozes)}
    idle = (ResourceId.parse(row.id) for row in dearest(rows) if row.verdict == Verdict.IDLE)
    return fitting(offer.plan, (one for one in idle if one not in taken), wish.delete, offer.rules.caps)
