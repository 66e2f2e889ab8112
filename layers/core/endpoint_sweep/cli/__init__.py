"""The command line: `endpoint-sweep`."""

import argparse
from collections.abc import Sequence

from endpoint_sweep import __version__


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit status: 0 done, 2 bad usage."""
    parser = argparse.ArgumentParser(prog="endpoint-sweep", description=__doc__)
    parser.add_argument("--version", action="version", version=f"endpoint-sweep {__version__}")
    parser.parse_args(arguments)
    parser.print_help()
    return 0
