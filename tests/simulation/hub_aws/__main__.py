"""`python -m tests.simulation.hub_aws --port 4566 --scenario default --call-log FILE --data DIR`."""

import argparse
import importlib.metadata
import socket
import sys
from pathlib import Path

from tests.simulation.hub_aws import hearing
from tests.simulation.hub_aws.server import prepare_environment, serve
from tests.simulation.organization import scenarios

MINISTACK_VERSION = "1.5.33"  # the patches were written against exactly this one


def main() -> None:
    parser = argparse.ArgumentParser(prog="gateway", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--scenario", default="default", choices=scenarios.names())
    parser.add_argument("--call-log", type=Path, required=True, help="append one JSON line a call")
    parser.add_argument("--data", type=Path, required=True, help="a folder for the server's own files")
    parser.add_argument("--heard", type=Path, help="append what only this process sees, for a test run")
    parser.add_argument("--stop-with-stdin", action="store_true", help="stop when standard input ends")
    given = parser.parse_args()
    found = importlib.metadata.version("ministack")
    if found != MINISTACK_VERSION:
        sys.exit(f"gateway: MiniStack {MINISTACK_VERSION} is needed, {found} is installed")
    if not _is_free(given.port):
        sys.exit(f"gateway: port {given.port} is in use")
    given.call_log.parent.mkdir(parents=True, exist_ok=True)
    organization = scenarios.build(given.scenario)
    prepare_environment(organization, given.port, given.data.resolve())
    if given.heard:
        hearing.write_to(given.heard.resolve())
    serve(given.scenario, organization, given.port, given.call_log.resolve(), stop_with_stdin=given.stop_with_stdin)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


if __name__ == "__main__":
    main()
