"""Six digits in the approver's mailbox, so that a forwarded link is useless (S1.9).

Emails can be late: mail gateways hold them back. So a code stays valid while later ones are on their way, but only the
newest three of a link are.

Each link has its own budget: ten codes, and five guesses after each. Whoever has a link without its mailbox makes at
most 50 guesses, and each is compared with one, two and then three codes: 5 × (1 + 2 + 8 × 3) = 135 comparisons with one
of a million codes each. The odds of one right guess are below 1 in 7,400, and CodesUsedUp alerts the operators.

Emailed codes and guesses are counted as object names that no one can take back, so restoring an old table row gains
nothing. Using up a link locks only that link: its approver is emailed another one, and can keep everything without a
code.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hmac import compare_digest

from endpoint_sweep import reports
from endpoint_sweep.domain.errors import AlreadyRecorded, MailRefused, RecordForged
from endpoint_sweep.domain.kinds import Alarm
from endpoint_sweep.review.access import Desk, Opened
from endpoint_sweep.rules.approvals import Code, Codes, Link, Refusal, RefusalCode, Tries, hash_code, mint_code

FRESH = timedelta(seconds=60)
TRIES = 5
CODES = 10
AT_ONCE = 3
_NOT_MAILED = Refusal(RefusalCode.CODE, "The code could not be emailed. Please request a new one in a minute.")
_SPENT = Refusal(RefusalCode.CODE, "This code is no longer valid. Press “Email me a new code” below.")
_FORGED = Refusal(
    RefusalCode.CODE, "Someone tampered with the record of your code. Press “Email me a new code” below.",
    Alarm.RECORD_FORGED,
)  # fmt: skip
_FORGED_ANEW = Refusal(
    RefusalCode.CODE, "Someone tampered with the record of your code, so a new one is on its way to you.",
    Alarm.RECORD_FORGED,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Known:
    """The codes that a link's row has, the version of the row, and how often they were tried."""

    codes: tuple[Code, ...]
    version: int
    tries: Tries

    @property
    def sent(self) -> int:
        """The number of the newest code. Its row is written before it is counted."""
        return max(self.tries.codes, *(one.number for one in self.codes), 0)

    @property
    def guesses(self) -> int:
        """Guesses since the newest code, at any of them."""
        return self.tries.guesses if self.tries.codes == self.sent else 0

    def valid(self, now: datetime) -> tuple[Code, ...]:
        """The codes that can be typed now, oldest first."""
        live = [one for one in self.codes if now < one.expires_at] if self.guesses < TRIES else []
        return tuple(live[-AT_ONCE:])


def _known(opened: Opened, link: Link, desk: Desk) -> _Known:
    """Raises RecordForged if the row is not the last one written for this link."""
    tries = desk.records.tries(opened.approval.sweep_id, link.id)
    found = desk.records.codes(opened.approval.id, link.id)
    if found is None:
        return _Known((), 0, tries)
    if found[0].newest < tries.codes:
        raise RecordForged("earlier codes were put back")
    return _Known(found[0].codes, found[1], tries)


def mail_code(opened: Opened, desk: Desk, wake: Callable[[], object]) -> Refusal | None:
    """Emails a code, unless one was emailed within the last minute. The row is written first, so every code that
    arrives works.

    Calls `wake` if this link has no codes left: the sweep then emails another link.
    """
    link, now, unless = _link(opened), desk.now(), None
    try:
        known = _known(opened, link, desk)
    except RecordForged:
        known, unless = _anew(opened, link, desk), _FORGED_ANEW
    valid = known.valid(now)
    if valid and now < valid[-1].mailed_at + FRESH:
        return None  # the email may still be on its way
    if known.sent >= CODES:
        return None if valid else _used_up(opened, link, desk, wake)
    digits = mint_code()
    code = Code(hash_code(digits, opened.secret), now, now + desk.code_ttl, known.sent + 1)
    # The guesses begin anew with this code, also for those that are still on their way.
    others = tuple(one for one in known.codes if now < one.expires_at)[1 - AT_ONCE :]
    codes = Codes(opened.approval.id, link.id, (*others, code))
    try:
        desk.records.save_codes(codes, known.version)
    except AlreadyRecorded:
        there = desk.records.codes(opened.approval.id, link.id)
        if there is None or code not in there[0].codes:
            return None  # another request of the same link is emailing one right now
        # This is our own write, and only its reply was lost: no one else emails this code.
    with suppress(AlreadyRecorded):
        desk.records.count_code(opened.approval.sweep_id, link.id, code.number)
    sweep = opened.approval.sweep_id
    text, html = reports.code_mail(sweep, digits, int(desk.code_ttl.total_seconds() // 60))
    try:
        desk.mailer.send(opened.approver, reports.code_subject(sweep), text, html, approval=opened.approval.id)
    except MailRefused:
        desk.records.save_codes(replace(codes, codes=(*others, replace(code, expires_at=now))), known.version + 1)
        return _NOT_MAILED
    return unless


def check_code(opened: Opened, typed: str, desk: Desk, proven: set[str], wake: Callable[[], object]) -> Refusal | None:
    """None if it is one of the valid codes. Each guess is counted before it is compared, so parallel guesses are
    counted one by one. Raises AlreadyRecorded if another request was faster: read again.

    `proven`: hashes of codes that this request already got right before it had to read again.
    """
    link = _link(opened)
    try:
        known = _known(opened, link, desk)
    except RecordForged:
        return _FORGED
    valid = known.valid(desk.now())
    if not valid:
        return _used_up(opened, link, desk, wake) if known.sent >= CODES else _SPENT
    if any(one.hash in proven for one in valid):
        return None
    number = known.guesses + 1
    desk.records.count_guess(opened.approval.sweep_id, link.id, known.sent, number)
    hashed = hash_code(re.sub(r"\s", "", typed), opened.secret)
    # Every code is compared, so the time it takes says nothing.
    if right := [one.hash for one in valid if compare_digest(hashed, one.hash)]:
        proven.update(right)
        return None
    left = TRIES - number
    if not left:
        return _used_up(opened, link, desk, wake) if known.sent >= CODES else _SPENT
    ways = "one more try" if left == 1 else f"{left} more tries"
    wrong = "the code from your latest email" if len(valid) == 1 else f"a code from your latest {len(valid)} emails"
    return Refusal(RefusalCode.CODE, f"This is not {wrong}. You have {ways}.")


def _anew(opened: Opened, link: Link, desk: Desk) -> _Known:
    """Replaces a forged row. The counts come from the names that no one can take back."""
    version = desk.records.codes_version(opened.approval.id, link.id)
    return _Known((), version, desk.records.tries(opened.approval.sweep_id, link.id))


def _used_up(opened: Opened, link: Link, desk: Desk, wake: Callable[[], object]) -> Refusal:
    """Alerts the operators once, and wakes the sweep once to email another link."""
    is_first = desk.records.mark_used_up(opened.approval.sweep_id, link.id)
    if is_first:
        wake()
    return Refusal(
        RefusalCode.CODE,
        f"This link has used all of its {CODES} codes. A new link is on its way to {opened.approver}: please use that "
        "one. You can still keep everything here, without a code.",
        Alarm.CODES_USED_UP if is_first else "",
    )


def _link(opened: Opened) -> Link:
    if opened.link is None:
        raise ValueError("codes are for links")
    return opened.link
