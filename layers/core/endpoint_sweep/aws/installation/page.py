"""The review page, asked the way a browser does: without credentials."""

import socket
import ssl
from dataclasses import dataclass
from enum import StrEnum
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

_SECONDS = 15
# The page that follows a decision is the same for everyone. Opening it reads nothing and raises no alarm, as a made-up
# link would.
_PLACE = "/a/doctor/result"


class Reached(StrEnum):
    """How far the question came."""

    PAGE = "page"
    REFUSED = "refused"
    SOMETHING_ELSE = "something else"
    NO_TLS = "no TLS"
    BAD_CERTIFICATE = "bad certificate"
    NO_NAME = "no name"
    NO_CONNECTION = "no connection"


@dataclass(frozen=True, slots=True)
class PageAnswer:
    reached: Reached
    host: str
    status: int = 0


def open_page(base_url: str) -> PageAnswer:
    """GET of the page that needs no link."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    if parts.scheme != "https":
        return PageAnswer(Reached.NO_TLS, host)
    request = Request(f"{base_url.rstrip('/')}{_PLACE}", headers={"User-Agent": "endpoint-sweep"})  # noqa: S310 - https
    try:
        with urlopen(request, timeout=_SECONDS, context=ssl.create_default_context()) as answer:  # noqa: S310 - https
            # Only our own page forbids everything that it does not need.
            is_ours = answer.status == 200 and "default-src 'none'" in answer.headers.get("Content-Security-Policy", "")
            return PageAnswer(Reached.PAGE if is_ours else Reached.SOMETHING_ELSE, host, answer.status)
    except HTTPError as error:
        with error:
            refused = error.code == 403
            return PageAnswer(Reached.REFUSED if refused else Reached.SOMETHING_ELSE, host, error.code)
    except URLError as error:
        return PageAnswer(_how_far(error.reason), host)
    except OSError as error:
        return PageAnswer(_how_far(error), host)


def _how_far(cause: object) -> Reached:
    if isinstance(cause, socket.gaierror):
        return Reached.NO_NAME
    if isinstance(cause, ssl.SSLError):
        return Reached.BAD_CERTIFICATE
    return Reached.NO_CONNECTION
