"""The command line: `endpoint-sweep`."""

import argparse
import os
import sys
import traceback
from collections.abc import Sequence

from endpoint_sweep import __version__
from endpoint_sweep.cli import approve, doctor, init, member_roles, preview, probe, report, restore, scan, verify
from endpoint_sweep.domain.errors import EndpointSweepError, InputRejected, UsageError
from endpoint_sweep.reports.text import clean

FAILED, BAD_USAGE, INTERRUPTED = 1, 2, 130
DEBUG = "ENDPOINT_SWEEP_DEBUG"
_LONGEST = 2_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit status: 0 complete, 3 complete but for what is named, 2 bad usage, 1 failed, 130 interrupted."""
    parser = argparse.ArgumentParser(
        prog="endpoint-sweep", description="Finds idle SageMaker endpoints across an AWS Organization."
    )
    parser.add_argument("--version", action="version", version=f"endpoint-sweep {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command")
    init.add_parser(commands)
    member_roles.add_parser(commands)
    scan.add_parser(commands)
    approve.add_parser(commands)
    report.add_parser(commands)
    restore.add_parser(commands)
    verify.add_parser(commands)
    preview.add_parser(commands)
    probe.add_parser(commands)
    doctor.add_parser(commands)
    try:
        given = parser.parse_args(arguments)
    except SystemExit as ended:  # argparse ends the process after --help, or with status 2
        return int(ended.code or 0)
    if given.command is None:
        parser.print_help()
        return BAD_USAGE
    try:
        return int(given.run(given))
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - whatever goes wrong ends in one line
        status, text = _explain(error)
    # Text from AWS can hold anything, and a terminal obeys control characters.
    print(f"endpoint-sweep {given.command}: {clean(text, _LONGEST)}", file=sys.stderr)
    return status


def _explain(error: BaseException) -> tuple[int, str]:
    """The exit status, and the text for people."""
    match error:
        case UsageError() | InputRejected():  # a scan chooses its accounts by the rules of a sweep
            return BAD_USAGE, str(error)
        case EndpointSweepError() | OSError():
            return FAILED, str(error)
        case KeyboardInterrupt():
            return INTERRUPTED, str(error) or "interrupted"
    if os.environ.get(DEBUG):
        traceback.print_exception(error)
    return FAILED, (
        f"this is a bug ({type(error).__name__}). Please open an issue in the endpoint-sweep repository and include "
        f"what the command prints with {DEBUG}=1"
    )
