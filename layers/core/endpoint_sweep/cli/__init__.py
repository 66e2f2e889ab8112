"""The command line: `endpoint-sweep`."""

import argparse
from collections.abc import Sequence

from endpoint_sweep import __version__
from endpoint_sweep.cli import approve, restore, scan

BAD_USAGE = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit status: 0 complete, 3 complete but for named cells, 2 bad usage, 1 failed."""
    parser = argparse.ArgumentParser(
        prog="endpoint-sweep", description="Finds idle SageMaker endpoints across an AWS Organization."
    )
    parser.add_argument("--version", action="version", version=f"endpoint-sweep {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    scan.add_parser(commands)
    approve.add_parser(commands)
    restore.add_parser(commands)
    try:
        given = parser.parse_args(arguments)
    except SystemExit as ended:  # argparse ends the process after --help, or with status 2
        return int(ended.code or 0)
    if not hasattr(given, "run"):
        parser.print_help()
        return BAD_USAGE
    return int(given.run(given))
