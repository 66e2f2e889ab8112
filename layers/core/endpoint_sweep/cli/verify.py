"""`endpoint-sweep verify`: whether the record of a sweep is what the hub's functions wrote. Only reads."""

import argparse
from typing import Any

from endpoint_sweep.aws.written_record import audited_sweep
from endpoint_sweep.cli import shell
from endpoint_sweep.domain.errors import UsageError
from endpoint_sweep.reports.text import clean, plural
from endpoint_sweep.settings.deployment import STACK

PROVEN, NOT_PROVEN = 0, 3
_SHOWN = 300


def add_parser(commands: Any) -> None:
    """The options of the command."""
    words = "verify that the record of a sweep is what the hub wrote"
    parser = commands.add_parser("verify", help=words, description=f"{words[:1].upper()}{words[1:]}. Only reads.")
    add = parser.add_argument
    add("sweep", metavar="SWEEP", help="the name of the sweep, as in its emails")
    add(
        "--stack",
        default=STACK,
        metavar="NAME",
        help="the hub's stack, or the id of one that was deleted; endpoint-sweep by default",
    )
    shell.add_session(parser)
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """The exit status: 0 every record is proven, 3 some are not.

    Raises UsageError, Unavailable, CellDenied or CellFailed.
    """
    shell.check_sweep(given.sweep)
    proofs = audited_sweep(shell.opened(given), given.stack, given.sweep)
    if not proofs:
        raise UsageError(f"the stack {given.stack} has no plan and no request of a sweep {given.sweep}")
    for one in proofs:
        state, why = ("NOT PROVEN", f": {one.doubt}") if one.doubt else ("proven", "")
        print(f"{state:<10}  {clean(f'{one.record}{why}', _SHOWN)}")
    wrong = sum(bool(one.doubt) for one in proofs)
    print(f"{plural(len(proofs), 'record')}, {wrong or 'none'} not proven.")
    return NOT_PROVEN if wrong else PROVEN
