"""The simulated Organization behind HTTP, in a process of its own, slow by a fixed time a call and counting."""

import argparse
import json
import logging
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from moto.core import responses
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.bench.world import build
from tests.simulation.member_aws.server import create_wsgi_app


class _Silent(WSGIRequestHandler):
    def log_request(self, *_: object) -> None:
        """The simulation keeps its own log."""


def main() -> None:
    """Prints its port, serves until its standard input closes, then prints the calls it saw by operation."""
    parser = argparse.ArgumentParser()
    parser.add_argument("shape", type=float, nargs=5, help="accounts regions endpoints idle filled")
    parser.add_argument("--latency", type=float, default=0.05)
    given = parser.parse_args()
    accounts, regions, endpoints, idle, filled = given.shape
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app = create_wsgi_app(build(int(accounts), int(regions), int(endpoints), idle, filled))
    # moto inspects the whole class of a service at every call.
    responses.method_names_from_class = cache(responses.method_names_from_class)
    # Many threads at work in one interpreter hinder each other: calls wait side by side and are answered in turn.
    turn = threading.Lock()

    def slow(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        time.sleep(given.latency)
        with turn:
            return app(environ, start_response)

    server = make_server("127.0.0.1", 0, slow, threaded=True, request_handler=_Silent)
    print(server.server_port, flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()
    server.shutdown()
    print(json.dumps(Counter(call.name for call in app.world.log)), flush=True)


if __name__ == "__main__":
    main()
