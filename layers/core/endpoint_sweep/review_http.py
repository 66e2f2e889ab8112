"""What HTTP adds to the review page: headers on every answer, which bodies are read, where a form may come from."""

import base64
import binascii
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from endpoint_sweep.reports.rendering import stylesheet_source
from endpoint_sweep.steps.review import Form, Page, message

MAX_BODY = 64 * 1024
_FORM = "application/x-www-form-urlencoded"


def headers() -> dict[str, str]:
    """On every answer, errors too (safety S1.8): nothing cached, framed, scripted, sniffed, indexed or referred."""
    policy = (
        f"default-src 'none'; style-src {stylesheet_source()}; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
    return {
        "Cache-Control": "no-store",
        "Content-Security-Policy": policy,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "Strict-Transport-Security": "max-age=31536000",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "X-Robots-Tag": "noindex",
    }


def read_form(given: Mapping[str, str], body: str | None, *, encoded: bool) -> Form | Page:
    """The fields of a POST, or the page that refuses it."""
    sent = {name.lower(): value for name, value in given.items()}
    if _is_foreign(sent):
        return message("Nothing was changed", "This form came from another site.", code="E_CROSS_SITE", status=403)
    if sent.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        return message("Nothing was changed", "Only the form of the page is read.", code="E_BODY", status=415)
    text = body or ""
    if len(text) > MAX_BODY * 2:
        return _too_large()
    if encoded:
        try:
            text = base64.b64decode(text, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return message("Nothing was changed", "The form could not be read.", code="E_BODY", status=415)
    if len(text.encode("utf-8", "replace")) > MAX_BODY:
        return _too_large()
    return parse_qs(text, keep_blank_values=False, max_num_fields=None)


def _too_large() -> Page:
    return message("Nothing was changed", "The form is larger than 64 KiB.", code="E_BODY", status=413)


def _is_foreign(sent: Mapping[str, str]) -> bool:
    """A browser that hides the origin (`null`, as our own Referrer-Policy makes it do) still tells Sec-Fetch-Site."""
    origin = sent.get("origin", "null")
    if origin != "null" and urlsplit(origin).netloc != sent.get("host", ""):
        return True
    return sent.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")
