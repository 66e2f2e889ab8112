"""Treats text from member accounts as hostile: names, tags, account names, failure reasons (S1.13)."""

import re
import unicodedata
from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from endpoint_sweep.domain.resource import ENDPOINT, ResourceId, noun_of

_UNSEEN = {"Cc", "Cf", "Zl", "Zp", "Co", "Cs", "Cn"}
_FORMULA = "=+-@\t\r＝＋－＠"
_MAX = 80
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]+(\.[\w-]+)+", re.ASCII)
_NON_JOINER = "\u200c"


def clean(text: str | None, limit: int = _MAX) -> str:
    """One visible line of at most `limit` characters, normalised, without control, format or separator characters."""
    if not text:
        return ""
    if not (text.isascii() and text.isprintable()):
        text = "".join(" " if c in "\n\r\t" else c for c in text)
        # Normalised last: what is left beside a removed character may compose, and cleaning twice must change nothing.
        text = unicodedata.normalize("NFC", "".join(c for c in text if unicodedata.category(c) not in _UNSEEN))
    kept = " ".join(text.split())
    return kept if len(kept) <= limit else f"{kept[: limit - 1]}…"


def clip(text: str | None, limit: int) -> str:
    """`clean`, but a long text is cut after a word if one ends nearby."""
    whole = clean(text, 10_000)
    if len(whole) <= limit:
        return whole
    head, space, _ = whole[:limit].rpartition(" ")
    return f"{head.rstrip(' ,;:') if space and len(head) > limit // 2 else whole[: limit - 1]} …"


def inert(text: str) -> str:
    """For emails: mail programs turn anything that looks like a link into one, even a tag like `pay.example/login`.

    An invisible non-joiner after the dots and the scheme stops them. A plain email address stays as it is.
    """
    return text if _ADDRESS.fullmatch(text) else re.sub(r"(\.(?=\w)|:(?=//))", rf"\1{_NON_JOINER}", text)


def sentence(text: str) -> str:
    """Turns a reason into a sentence."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}." if text else ""


def cell(text: str) -> str:
    """A spreadsheet cell that no program reads as a formula: an apostrophe precedes a leading formula character."""
    return f"'{text}" if text.lstrip()[:1] and text.lstrip()[0] in _FORMULA else text


def usd(amount: Decimal | None) -> str:
    """`$1,234.56`, or `price unknown`. An unknown price is never shown as zero."""
    return "price unknown" if amount is None else f"${amount:,.2f}"


def moment(at: datetime) -> str:
    return f"{at:%d %b %Y, %H:%M} UTC"


def day(at: datetime) -> str:
    """For what is measured by the hour or the day: a time of day would be made up."""
    return f"{at.day} {at:%b %Y}"


def plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 or noun.endswith("s") else f"{count:,} {noun}s"


def title_of(one: ResourceId) -> str:
    """An endpoint's name; before that of another type stands what it is."""
    return clean(one.name) if one.type == ENDPOINT else f"{noun_of([one.type])} {clean(one.name)}"


def mentions(text: str, addresses: Collection[str]) -> bool:
    """Whether any of these addresses stands in it, in whatever case."""
    lowered = text.lower()
    return any(one.lower() in lowered for one in addresses)
