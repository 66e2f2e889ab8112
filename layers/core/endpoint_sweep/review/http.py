"""HTTP for the review page: its paths, headers on every response, accepted bodies, allowed origins of forms."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from endpoint_sweep.domain.caller_proof import HEADER, Binding
from endpoint_sweep.domain.errors import CallerUnproven
from endpoint_sweep.reports.rendering import source_of
from endpoint_sweep.review.json_api import Reply, refusing
from endpoint_sweep.review.pages import Page, message
from endpoint_sweep.review.selection import Form, form_of

MAX_BODY = 64 * 1024
_FORM = "application/x-www-form-urlencoded"
_JSON = "application/json"


def headers() -> dict[str, str]:
    """Headers of every response, errors too (S1.8): no caching, frames, scripts, sniffing, indexing or referrers."""
    policy = (
        f"default-src 'none'; style-src {source_of('page.css')}; form-action 'self'; base-uri 'none'; "
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


def path_of(event: Mapping[str, Any]) -> str:
    """The path within the API. Behind a custom domain, the event's path begins with the base path of the mapping, so
    only the last segments count: as many as the route has (D13.50).
    """
    path, depth = str(event.get("path") or ""), str(event.get("resource") or "").count("/")
    return "/".join(["", *path.strip("/").split("/")[-depth:]]) if depth else path


def read_form(given: Mapping[str, str], body: str | None, *, encoded: bool) -> Form | Page:
    """The form of a POST, or the page that rejects it."""
    sent = {name.lower(): value for name, value in given.items()}
    if _is_foreign(sent):
        return message("Nothing was changed", "This form came from another site.", code="E_CROSS_SITE", status=403)
    text = _text(sent, body, _FORM, encoded=encoded)
    if isinstance(text, _Unread):
        return message("Nothing was changed", text.why, code="E_BODY", status=text.status)
    return form_of(parse_qs(text, keep_blank_values=False, max_num_fields=None))


def read_json(given: Mapping[str, str], body: str | None, *, encoded: bool) -> object | Reply:
    """The document of a POST with AWS credentials, or the reply that rejects it."""
    text = _text({name.lower(): value for name, value in given.items()}, body, _JSON, encoded=encoded)
    if isinstance(text, _Unread):
        return refusing(text.status, "E_BODY", text.why)
    try:
        found: object = json.loads(text)
    except (ValueError, RecursionError):
        return refusing(400, "E_BODY", "The body is not JSON.")
    return found


def read_proof(given: Mapping[str, str]) -> str:
    """The caller proof, or empty."""
    return next((value for name, value in given.items() if name.lower() == HEADER.lower()), "")


def binding_of(approval_id: str, method: str, body: str | None, *, encoded: bool) -> Binding:
    """What the caller proof of this request must be bound to. Raises CallerUnproven."""
    # Different bodies must have different bytes, even bodies that no client can send.
    raw = (body or "").encode("utf-8", "surrogatepass")
    try:
        return Binding.of(approval_id, method, base64.b64decode(raw, validate=True) if encoded else raw)
    except binascii.Error as error:
        raise CallerUnproven("The body that the proof covers cannot be read.") from error


@dataclass(frozen=True, slots=True)
class _Unread:
    status: int
    why: str


def _text(sent: Mapping[str, str], body: str | None, kind: str, *, encoded: bool) -> str | _Unread:
    """The body as text: one content type, not compressed, at most 64 KiB after decoding (BI-36)."""
    if sent.get("content-type", "").partition(";")[0].strip().lower() != kind:
        return _Unread(415, "Only the form on the page is accepted." if kind == _FORM else f"Only {kind} is accepted.")
    if sent.get("content-encoding", "identity").strip().lower() != "identity":
        return _Unread(415, "A compressed body is not accepted.")
    text = body or ""
    if len(text) > MAX_BODY * 2:
        return _TOO_LARGE
    if encoded:
        try:
            text = base64.b64decode(text, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return _Unread(415, "The body could not be read.")
    return text if len(text.encode("utf-8", "replace")) <= MAX_BODY else _TOO_LARGE


_TOO_LARGE = _Unread(413, "The form is larger than 64 KiB.")


def _is_foreign(sent: Mapping[str, str]) -> bool:
    """A browser that hides the origin (`null`, because of our Referrer-Policy) still sends Sec-Fetch-Site."""
    origin = sent.get("origin", "null")
    if origin != "null" and urlsplit(origin).netloc != sent.get("host", ""):
        return True
    return sent.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")
