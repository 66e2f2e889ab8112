"""A call to moto: its WSGI application, run in this process."""

import io
import sys
from collections.abc import Callable, Iterable
from typing import Any

from tests.simulation.hub_aws.request import Request
from tests.simulation.wire.protocols import Reply

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def call_member(app: WsgiApp, request: Request, account: str) -> Reply:
    """Answer the request from moto's world of that account; moto takes the region from the signature."""
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> None:
        started.append((status, headers))

    parts = app(_environ(request, account), start_response)
    try:
        body = b"".join(parts)
    finally:
        if close := getattr(parts, "close", None):
            close()
    status, headers = started[-1]
    return Reply(int(status.split()[0]), dict(headers), body)


def _environ(request: Request, account: str) -> dict[str, Any]:
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": request.path.encode().decode("latin-1"),
        "RAW_URI": request.raw_path,
        "QUERY_STRING": request.query,
        "CONTENT_TYPE": request.headers.get("content-type", ""),
        "CONTENT_LENGTH": str(len(request.body)),
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    headers = {**request.headers, "x-moto-account-id": account}
    return environ | {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
