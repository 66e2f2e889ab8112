"""How far a question to the review page comes."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from unittest.mock import patch
from urllib.request import Request

import pytest

from endpoint_sweep.aws.installation import page
from endpoint_sweep.aws.installation.page import Reached, open_page
from endpoint_sweep.review.http import headers


class Gateway(BaseHTTPRequestHandler):
    status, sent = 200, dict[str, str]()

    def do_GET(self) -> None:
        self.send_response(self.status)
        for name, value in self.sent.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Logs nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    """A server without TLS, reached as if it had it."""
    server = HTTPServer(("127.0.0.1", 0), Gateway)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    plain = f"http://127.0.0.1:{server.server_port}/v1"

    def request(url: str, **named: Any) -> Any:
        return Request(url.replace("https://", "http://"), **named)

    with patch.object(page, "Request", request), patch.dict("os.environ", {"no_proxy": "*"}):
        yield plain.replace("http://", "https://")
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("status", "sent", "reached"),
    [
        (200, headers(), Reached.PAGE),
        (200, {}, Reached.SOMETHING_ELSE),
        (403, {}, Reached.REFUSED),
        (404, {}, Reached.SOMETHING_ELSE),
        (503, headers(), Reached.SOMETHING_ELSE),
    ],
)
def test_what_answers(
    address: str, status: int, sent: dict[str, str], reached: Reached, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the page's own headers are a proof; API Gateway says 403 to addresses that are not allowed."""
    monkeypatch.setattr(Gateway, "status", status)
    monkeypatch.setattr(Gateway, "sent", sent)
    found = open_page(address)
    assert (found.reached, found.status, found.host) == (reached, status, "127.0.0.1")


def test_no_tls(address: str) -> None:
    """A link with a secret is never opened without it."""
    assert open_page("http://review.example.com/v1").reached is Reached.NO_TLS


def test_a_server_without_a_certificate() -> None:
    server = HTTPServer(("127.0.0.1", 0), Gateway)
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    with patch.dict("os.environ", {"no_proxy": "*"}):
        assert open_page(f"https://127.0.0.1:{server.server_port}/v1").reached is Reached.BAD_CERTIFICATE
    thread.join()
    port = server.server_port
    server.server_close()
    assert open_page(f"https://127.0.0.1:{port}/v1").reached is Reached.NO_CONNECTION
