"""`endpoint-sweep report` fetches the report of a sweep, `endpoint-sweep sweeps` lists the sweeps that ended."""

import argparse
import json
import webbrowser
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from endpoint_sweep.aws.written_report import ended_sweeps, written_report
from endpoint_sweep.cli import shell
from endpoint_sweep.domain.errors import UsageError
from endpoint_sweep.reports.text import clean
from endpoint_sweep.settings.deployment import STACK

_FORMATS = ("html", "csv", "json")
_COLUMNS = {
    "sweep_id": "Sweep",
    "ending": "Ended",
    "found": "Found",
    "deleted": "Deleted",
    "failed": "Failed",
    "monthly_saving_usd": "Saved a month",
}


def add_parser(commands: Any) -> None:
    """The options of both commands."""
    words = "fetch the report of a sweep"
    parser = commands.add_parser("report", help=words, description=f"{words.capitalize()} into a file. Only reads.")
    add = parser.add_argument
    add("sweep", metavar="SWEEP", nargs="?", default="", help="the name of the sweep; by default the latest that ended")
    add("--format", choices=_FORMATS, default="html", help="html to read, csv for a spreadsheet, json for programs")
    add("--open", action="store_true", help="open the file in the browser")
    add("--stack", default=STACK, metavar="NAME", help="the hub's stack")
    shell.add_output(parser)
    shell.add_session(parser)
    parser.set_defaults(run=run)
    words = "list the sweeps that ended, the newest first"
    parser = commands.add_parser("sweeps", help=words, description=f"{words.capitalize()}. Only reads.")
    add = parser.add_argument
    add("--most", type=int, default=20, metavar="N", help="how many to list (20)")
    add("--format", choices=("table", "json"), default="table", help="a table to read, or json for programs")
    add("--stack", default=STACK, metavar="NAME", help="the hub's stack")
    shell.add_session(parser)
    parser.set_defaults(run=list_sweeps)


def run(given: argparse.Namespace) -> int:
    """The exit status: 0. Raises UsageError, CellDenied, CellFailed or OSError."""
    shell.check_output(given.output)
    if given.sweep:
        shell.check_sweep(given.sweep)
    sessions = shell.opened(given)
    sweep = given.sweep or _latest(ended_sweeps(sessions, given.stack), given.stack)
    body = written_report(sessions, given.stack, sweep, f"report.{given.format}")
    path: Path = given.output or Path(f"{sweep}.{given.format}")
    path.write_bytes(body)
    print(path)
    if given.open:
        webbrowser.open(path.absolute().as_uri())
    return 0


def list_sweeps(given: argparse.Namespace) -> int:
    """The exit status: 0. Raises UsageError, CellDenied or CellFailed."""
    if given.most < 1:
        raise UsageError("--most must be at least 1")
    rows = ended_sweeps(shell.opened(given), given.stack)[: given.most]
    if given.format == "json":
        print(json.dumps([{name: row.get(name) for name in ("at", *_COLUMNS)} for row in rows], indent=2))
        return 0
    table = Table(*_COLUMNS.values(), box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(clean(str(row.get(name, ""))) for name in _COLUMNS))
    Console().print(table)
    return 0


def _latest(rows: list[dict[str, Any]], stack: str) -> str:
    """Anyone who may write to the table could have named a sweep anything, and its name becomes that of a file."""
    names = [row["sweep_id"] for row in rows if shell.is_sweep(row["sweep_id"])]
    if not names:
        raise UsageError(f"no sweep of the stack {stack} has ended yet")
    return str(names[0])
