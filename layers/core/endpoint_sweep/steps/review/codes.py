"""Six digits in the approver's mailbox: a forwarded link decides nothing (S1.9)."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from hmac import compare_digest

from endpoint_sweep import reports
from endpoint_sweep.approvals import Code, Refusal, RefusalCode, hash_code, mint_code
from endpoint_sweep.errors import AlreadyRecorded, MailRefused
from endpoint_sweep.steps.review.desk import Desk, Opened

GOOD_FOR = timedelta(minutes=10)
FRESH = timedelta(seconds=60)
TRIES = 5
CODES = 10
_NOT_MAILED = Refusal(RefusalCode.CODE, "The code could not be mailed. Please ask for a new one in a minute.")
_NO_MORE = Refusal(
    RefusalCode.CODE,
    f"You were mailed {CODES} codes for this sweep, and no more are. Another approver can decide; else everything "
    "is kept.",
)
_SPENT = Refusal(RefusalCode.CODE, "This code is no longer good. Press “Mail me a new code” below.")


def mail_code(opened: Opened, desk: Desk) -> Refusal | None:
    """Mails a code, unless a usable one is on its way. The row is written first: what arrives always works."""
    now = desk.now()
    found = desk.records.code(opened.approval.id, opened.approver)
    if found and _is_fresh(found[0], now):
        return None
    sent, version = (found[0].sent, found[1]) if found else (0, 0)
    if sent >= CODES:
        return None if found and is_good(found[0], now) else _NO_MORE
    digits = mint_code()
    code = Code(opened.approver, hash_code(digits, opened.secret), now + GOOD_FOR, sent=sent + 1)
    try:
        desk.records.save_code(opened.approval.id, code, version)
    except AlreadyRecorded:
        there = desk.records.code(opened.approval.id, opened.approver)
        if there is None or there[0] != code:
            return None  # another request of the same person mails one at this moment
        # Our own write, whose reply was lost: nobody else mails this code.
    sweep = opened.approval.sweep_id
    text, html = reports.code_mail(sweep, digits, int(GOOD_FOR.total_seconds() // 60))
    try:
        desk.mailer.send(opened.approver, reports.code_subject(sweep), text, html, approval=opened.approval.id)
    except MailRefused:
        desk.records.save_code(opened.approval.id, replace(code, expires_at=now), version + 1)
        return _NOT_MAILED
    return None


def check_code(opened: Opened, typed: str, desk: Desk) -> Refusal | None:
    """None where it is right. Right or wrong, the row is written as it was read, so that guesses at the same moment
    count one after the other. Raises AlreadyRecorded where another request was faster: look again.
    """
    found = desk.records.code(opened.approval.id, opened.approver)
    if found is None or not is_good(found[0], desk.now()):
        return _SPENT
    code, version = found
    digits = re.sub(r"\s", "", typed)
    if compare_digest(hash_code(digits, opened.secret), code.hash):
        desk.records.save_code(opened.approval.id, code, version)
        return None
    desk.records.save_code(opened.approval.id, replace(code, tries=code.tries + 1), version)
    left = TRIES - code.tries - 1
    if not left:
        return _SPENT
    ways = "one more try" if left == 1 else f"{left} more tries"
    return Refusal(RefusalCode.CODE, f"This is not the code from your newest mail. It has {ways}.")


def is_good(code: Code, now: datetime) -> bool:
    return now < code.expires_at and code.tries < TRIES


def _is_fresh(code: Code, now: datetime) -> bool:
    """Usable, and mailed less than a minute ago: the mail may still be on its way."""
    return is_good(code, now) and now < code.expires_at - GOOD_FOR + FRESH
