"""The simulated Organization behind HTTP, in a process of its own, slow by a fixed time a call and counting."""

import argparse
import json
import logging
import sys
import threading

from werkzeug.serving import make_server

from tests.bench.world import build
from tests.simulation.members import create_wsgi_app
from tests.simulation.wire import Fault


def main() -> None:
    """Prints its port, serves until its standard input closes, then prints the calls it saw by operation."""
    parser = argparse.ArgumentParser()
    parser.add_argument("shape", type=float, nargs=5, help="accounts regions endpoints idle filled")
    parser.add_argument("--latency", type=float, default=0.05)
    given = parser.parse_args()
    accounts, regions, endpoints, idle, filled = given.shape
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app = create_wsgi_app(build(int(accounts), int(regions), int(endpoints), idle, filled))
    app.world.faults.add(Fault(latency=given.latency))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    print(server.server_port, flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()
    server.shutdown()
    counts: dict[str, int] = {}
    for call in app.world.log.find():
        name = f"{call.service}:{call.operation}"
        counts[name] = counts.get(name, 0) + 1
    print(json.dumps(counts), flush=True)


if __name__ == "__main__":
    main()
