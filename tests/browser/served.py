"""The review function behind a real HTTP server of this machine: real headers, real redirects, a real browser."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from tests.simulation.hub.review_site import ReviewSite


@contextmanager
def served(site: ReviewSite, base_path: str = "") -> Iterator[str]:
    """Yields the base URL: what the parameter ReviewBaseUrl would be. `base_path`: of a custom domain."""

    class Api(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer("GET", None)

        def do_HEAD(self) -> None:
            self._answer("HEAD", None)

        def do_OPTIONS(self) -> None:
            self._answer("OPTIONS", None)

        def do_POST(self) -> None:
            self._answer("POST", self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())

        def _answer(self, method: str, body: str | None) -> None:
            url = urlsplit(self.path)
            if not url.path.startswith(f"{base_path}/"):
                self.send_error(403)  # API Gateway knows no such mapping.
                return
            path = url.path.removeprefix(base_path)
            answer = site.send(method, path, url.query, body, dict(self.headers.items()))
            payload = b"" if method == "HEAD" else answer.body.encode()
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    site.base_path = base_path
    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{base_path}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        site.base_path = ""
