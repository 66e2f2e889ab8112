"""One email to all who get the summaries."""

from contextlib import suppress

from endpoint_sweep.domain.errors import ListUnreadable, MailRefused
from endpoint_sweep.ports import Mailer, StackList


def mail_to_all(recipients: StackList, mailer: Mailer, subject: str, text: str, html: str) -> int | None:
    """How many got it, none of them if the list cannot be read. None: no one is to get it."""
    try:
        addresses = recipients()
    except ListUnreadable:
        return 0
    mailed = 0
    for address in addresses:
        with suppress(MailRefused):
            mailer.send(address, subject, text, html)
            mailed += 1
    return mailed if addresses else None
