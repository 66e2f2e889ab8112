"""`endpoint-sweep doctor`: whether an installation is sound, and how to mend what is not. Read-only."""

import argparse
import io
import json
import re
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table
from rich.text import Text

from endpoint_sweep import __version__
from endpoint_sweep.aws.installation.asking import Asking
from endpoint_sweep.aws.sessions import Sessions
from endpoint_sweep.cli import shell
from endpoint_sweep.doctor import hub, mail, organization, running, storage
from endpoint_sweep.doctor.finding import Check, Result, State, diagnose
from endpoint_sweep.doctor.installation import Asked, Caller, Installation
from endpoint_sweep.domain.documents import to_data
from endpoint_sweep.domain.errors import CellFailed, NotAllowed, NotAnswered, UsageError
from endpoint_sweep.reports.text import clean

SOUND, SOMETHING_WRONG, NOT_SEEN = 0, 1, 3
SCHEMA = 1
CHECKS: tuple[Check[Installation], ...] = (
    *hub.CHECKS,
    *organization.CHECKS,
    *mail.CHECKS,
    *running.CHECKS,
    *storage.CHECKS,
)
_ACCOUNT = re.compile(r"[0-9]{12}")
_STACK = re.compile(r"[a-zA-Z][a-zA-Z0-9-]{0,127}")
_SHOWN, _TYPED = 400, 4_000


def add_parser(commands: Any) -> None:
    """The options of the command."""
    words = "check an installation and say how to mend it; read-only"
    parser = commands.add_parser("doctor", help=words, description=f"{words[:1].upper()}{words[1:]}.")
    add = parser.add_argument
    add("--stack", default="endpoint-sweep", metavar="NAME", help="the hub's stack; endpoint-sweep by default")
    add("--accounts", default="", metavar="a,b", help="check the StackSet and the roles for these accounts only")
    add("--skip", default="", metavar="c,d", help=f"leave out these checks: {', '.join(one.name for one in CHECKS)}")
    add("--assume", action="store_true", help="assume the member roles with these credentials, which they must trust")
    add("--format", choices=("table", "json"), default="table", help="the output format")
    shell.add_session(parser)
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """The exit status: 0 nothing is wrong, 1 something is, 3 not everything could be seen. Raises UsageError."""
    asked, checks = _checked(given)
    started = datetime.now(UTC)
    try:
        one = _installation(asked, shell.opened(given), started)
    except (CellFailed, NotAllowed, NotAnswered) as error:
        print(f"endpoint-sweep doctor: {clean(str(error), _SHOWN)}", file=sys.stderr)
        return NOT_SEEN
    rows: list[Result] = []
    for number, check in enumerate(checks, 1):
        rows += diagnose(check, one)
        print(f"{number} of {len(checks)} checks: {check.name}", file=sys.stderr, flush=True)
    sys.stdout.write(_json(rows, asked, one.region, started) if given.format == "json" else _table(rows))
    states = {row.finding.state for row in rows}
    if State.WRONG in states:
        return SOMETHING_WRONG
    return NOT_SEEN if State.UNKNOWN in states else SOUND


def _checked(given: argparse.Namespace) -> tuple[Asked, list[Check[Installation]]]:
    """Raises UsageError."""
    accounts, skipped = (_split(text) for text in (given.accounts, given.skip))
    if wrong := [one for one in accounts if not _ACCOUNT.fullmatch(one)]:
        raise UsageError(f"--accounts must be 12-digit account ids separated by commas, not {wrong[0]!r}")
    names = [one.name for one in CHECKS]
    if strange := [one for one in skipped if one not in names]:
        raise UsageError(f"--skip: there is no check {strange[0]!r}; the checks are {', '.join(names)}")
    if not _STACK.fullmatch(given.stack):
        raise UsageError("--stack must be the name of a stack, such as endpoint-sweep")
    left = [one for one in CHECKS if one.name not in skipped]
    if not left:
        raise UsageError("--skip leaves no check")
    return Asked(given.stack, given.profile or "", accounts, given.assume), left


def _split(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def _installation(asked: Asked, sessions: Sessions, now: datetime) -> Installation:
    """Raises CellFailed, NotAllowed or NotAnswered where the credentials cannot be used."""
    sessions.credentials()
    ask = Asking(sessions)
    answer = ask.sure("sts:GetCallerIdentity")
    return Installation(ask, asked, Caller(answer["Account"], answer["Arn"]), sessions.region(), now)


def _json(rows: Sequence[Result], asked: Asked, region: str, started: datetime) -> str:
    document = {
        "schema": SCHEMA,
        "version": __version__,
        "started_at": to_data(started),
        "stack": asked.stack,
        "region": region,
        "findings": [
            {
                "check": row.check,
                "state": row.finding.state.value,
                "seen": clean(row.finding.seen, _SHOWN),
                "fix": [{"command": clean(one.command, _TYPED), "account": one.account} for one in row.finding.fixes],
            }
            for row in rows
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _table(rows: Sequence[Result]) -> str:
    out = io.StringIO()
    console = Console(file=out, width=150, highlight=False)
    table = Table("Check", "State", "Seen", box=SIMPLE)
    for row in rows:
        table.add_row(row.check, row.finding.state.value, Text(clean(row.finding.seen, _SHOWN)))
    console.print(table)
    for row in rows:
        if row.finding.fixes:
            console.print(f"{row.check}, {row.finding.state.value}:")
        for fix in row.finding.fixes:
            # One line whatever its length, so that it can be copied.
            where = f"   # in account {fix.account}" if fix.account else ""
            console.print(Text(f"  {clean(fix.command, _TYPED)}{where}"), soft_wrap=True)
    count = Counter(row.finding.state for row in rows)
    told = ", ".join(f"{count[state]} {state.value}" for state in State if count[state])
    console.print(f"{len(rows)} findings: {told}.")
    return out.getvalue()
