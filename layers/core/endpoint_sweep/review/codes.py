"""Six digits in the approver's mailbox, so that a forwarded link is useless (S1.9).

Each link has its own budget. Emailed codes and guesses are counted as object names that no one can take back, so
restoring an old table row gains nothing. Using up a link locks only that link: its approver is emailed another one,
and can keep everything without a code.
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
from endpoint_sweep.rules.approvals import Code, Link, Refusal, RefusalCode, Tries, hash_code, mint_code

GOOD_FOR = timedelta(minutes=10)
FRESH = timedelta(seconds=60)
TRIES = 5
CODES = 10
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
    """The newest code of a link, the version of its row, and how often it was tried."""

    code: Code | None
    version: int
    tries: Tries

    @property
    def sent(self) -> int:
        return max(self.tries.codes, self.code.number if self.code else 0)

    def good(self, now: datetime) -> bool:
        return bool(self.code) and now < self.code.expires_at and self.guesses < TRIES  # type: ignore[union-attr]

    @property
    def guesses(self) -> int:
        """Guesses at the newest code."""
        return self.tries.guesses if self.code and self.tries.codes == self.code.number else 0


def _known(opened: Opened, link: Link, desk: Desk) -> _Known:
    """Raises RecordForged if the row is not the last one written for this link."""
    tries = desk.records.tries(opened.approval.sweep_id, link.id)
    found = desk.records.code(opened.approval.id, link.id)
    if found is None:
        return _Known(None, 0, tries)
    if found[0].number < tries.codes:
        raise RecordForged("an earlier code was put back")
    return _Known(found[0], found[1], tries)


def mail_code(opened: Opened, desk: Desk, wake: Callable[[], object]) -> Refusal | None:
    """Emails a code, unless a usable one is on its way. The row is written first, so every code that arrives works.

    Calls `wake` if this link has no codes left: the sweep then emails another link.
    """
    link, now, unless = _link(opened), desk.now(), None
    try:
        known = _known(opened, link, desk)
    except RecordForged:
        known, unless = _anew(opened, link, desk), _FORGED_ANEW
    if known.code and known.good(now) and now < known.code.expires_at - GOOD_FOR + FRESH:
        return None  # the email may still be on its way
    if known.sent >= CODES:
        return None if known.good(now) else _used_up(opened, link, desk, wake)
    digits = mint_code()
    hashed, number = hash_code(digits, opened.secret), known.sent + 1
    code = Code(opened.approval.id, link.id, hashed, now + GOOD_FOR, number)
    try:
        desk.records.save_code(code, known.version)
    except AlreadyRecorded:
        there = desk.records.code(opened.approval.id, link.id)
        if there is None or there[0].hash != hashed:
            return None  # another request of the same link is emailing one right now
        # This is our own write, and only its reply was lost: no one else emails this code.
    with suppress(AlreadyRecorded):
        desk.records.count_code(opened.approval.sweep_id, link.id, number)
    sweep = opened.approval.sweep_id
    text, html = reports.code_mail(sweep, digits, int(GOOD_FOR.total_seconds() // 60))
    try:
        desk.mailer.send(opened.approver, reports.code_subject(sweep), text, html, approval=opened.approval.id)
    except MailRefused:
        desk.records.save_code(replace(code, expires_at=now), known.version + 1)
        return _NOT_MAILED
    return unless


def check_code(opened: Opened, typed: str, desk: Desk, proven: set[str], wake: Callable[[], object]) -> Refusal | None:
    """None if the code is right. Each guess is counted before it is compared, so parallel guesses are counted one by
    one. Raises AlreadyRecorded if another request was faster: read again.

    `proven`: hashes of codes that this request already got right before it had to read again.
    """
    link = _link(opened)
    try:
        known = _known(opened, link, desk)
    except RecordForged:
        return _FORGED
    code = known.code
    if code is None or not known.good(desk.now()):
        return _used_up(opened, link, desk, wake) if known.sent >= CODES else _SPENT
    if code.hash in proven:
        return None
    number = known.guesses + 1
    desk.records.count_guess(opened.approval.sweep_id, link.id, code.number, number)
    if compare_digest(hash_code(re.sub(r"\s", "", typed), opened.secret), code.hash):
        proven.add(code.hash)
        return None
    left = TRIES - number
    if not left:
        return _used_up(opened, link, desk, wake) if code.number >= CODES else _SPENT
    ways = "one more try" if left == 1 else f"{left} more tries"
    return Refusal(RefusalCode.CODE, f"This is not the code from your latest email. You have {ways}.")


def _anew(opened: Opened, link: Link, desk: Desk) -> _Known:
    """Replaces a forged row. The counts come from the names that no one can take back."""
    version = desk.records.code_version(opened.approval.id, link.id)
    return _Known(None, version, desk.records.tries(opened.approval.sweep_id, link.id))


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
