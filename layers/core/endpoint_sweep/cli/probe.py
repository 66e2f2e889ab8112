"""`endpoint-sweep probe`: which beliefs of docs/facts.md hold on these accounts. Read-only."""

import argparse
import io
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table
from rich.text import Text

from endpoint_sweep import __version__
from endpoint_sweep.aws.shell_credentials import LaptopReaders, caller
from endpoint_sweep.cli import shell
from endpoint_sweep.domain.documents import to_data
from endpoint_sweep.domain.errors import UsageError
from endpoint_sweep.probe import metrics, sagemaker, surroundings
from endpoint_sweep.probe.belief import Observation, Outcome, Result, observe, summarize
from endpoint_sweep.probe.place import Place
from endpoint_sweep.probe.surroundings import Surroundings
from endpoint_sweep.reports.text import clean

FINE, NOT_ALL = 0, 3
SCHEMA = 1
_ACCOUNT = re.compile(r"[0-9]{12}")


def add_parser(commands: Any) -> None:
    """The options of the command."""
    words = "check on these accounts what this program assumes about AWS; read-only"
    closing = "The result names no account, no endpoint and no tag, so that you can send it to the maintainers."
    parser = commands.add_parser("probe", help=words, description=f"{words[:1].upper()}{words[1:]}. {closing}")
    add = parser.add_argument
    add(
        "--account", action="append", default=[], metavar="ID", help="this account instead of your own; repeat for more"
    )
    shell.add_session(parser)
    shell.add_role(parser)
    add("--regions", default="", metavar="r,s", help="these regions instead of the configured one")
    add("--format", choices=("table", "json"), default="table", help="the output format")
    shell.add_output(parser)
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """The exit status: 0 no belief was refuted, 3 one was, or AWS did not answer.

    Raises UsageError, what AWS says to the first calls, and OSError where the file cannot be written.
    """
    for account in given.account:
        if not _ACCOUNT.fullmatch(account):
            raise UsageError("--account must be a 12-digit account id")
    shell.check_output(given.output)
    (role, external_id), named = shell.role_of(given), shell.listed_regions(given.regions)
    started, sessions = datetime.now(UTC), shell.opened(given)
    own, partition = caller(sessions)
    regions = list(named) or [sessions.region()]
    shell.refuse_unknown("--regions" if named else "the region of this shell", regions, sessions)
    readers = LaptopReaders(sessions, own, partition, role, external_id)
    accounts = list(dict.fromkeys(given.account)) or [own]
    places = [Place(partial(readers.member, one), region, started) for one in accounts for region in regions]
    rows = look(places, Surroundings(sessions, own, places, started))
    text = _json(rows, len(accounts), regions, started) if given.format == "json" else _table(rows)
    shell.put(text, given.output)
    return FINE if all(one.is_fine for one in rows) else NOT_ALL


def look(places: list[Place], around: Surroundings) -> list[Result]:
    """Every belief, in the order of the facts."""
    in_cells = (*metrics.BELIEFS, *sagemaker.BELIEFS)
    seen: list[list[Observation]] = [[] for _ in in_cells]
    for number, place in enumerate(places, 1):
        for observations, belief in zip(seen, in_cells, strict=True):
            observations.append(observe(belief, place))
        print(f"{number} of {len(places)} account-region pairs", file=sys.stderr, flush=True)
    rows = [summarize(belief, observations) for belief, observations in zip(in_cells, seen, strict=True)]
    rows += [summarize(belief, [observe(belief, around)]) for belief in surroundings.BELIEFS]
    return sorted(rows, key=lambda one: _number(one.fact))


def _number(fact: str) -> tuple[int, ...]:
    return tuple(int(part) for part in fact.removeprefix("D").split("."))


def _json(rows: Iterable[Result], accounts: int, regions: list[str], started: datetime) -> str:
    document = {
        "schema": SCHEMA,
        "version": __version__,
        "started_at": to_data(started),
        "accounts": accounts,
        "regions": regions,
        "beliefs": [to_data(one) for one in rows],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _table(rows: list[Result]) -> str:
    out = io.StringIO()
    console = Console(file=out, width=150, highlight=False)
    table = Table("Fact", "Belief", "Seen", "", box=SIMPLE)
    for one in rows:
        table.add_row(one.fact, Text(one.belief), Text(clean(one.seen, 400)), one.outcome.value)
    console.print(table)
    count = Counter(one.outcome for one in rows)
    console.print(
        f"{len(rows)} beliefs: {count[Outcome.HOLDS]} hold, {count[Outcome.DIFFERS]} do not, "
        f"{count[Outcome.UNKNOWN]} are unknown. docs/facts.md says where each comes from."
    )
    return out.getvalue()
