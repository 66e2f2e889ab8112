"""`endpoint-sweep approve`: decide on a sweep with AWS credentials instead of the link from the email.

It shows what is offered, asks for the same phrase as the page, and prints what was recorded.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table
from rich.text import Text

from endpoint_sweep.aws.approval_api import ApprovalApi
from endpoint_sweep.cli import shell
from endpoint_sweep.domain.errors import UsageError
from endpoint_sweep.domain.model import Verdict
from endpoint_sweep.domain.resource import ResourceId, noun_of
from endpoint_sweep.reports.text import clean, plural, usd
from endpoint_sweep.rules.approvals import SNOOZE_DAYS, Choice, approval_id, phrase

DONE = 0
_UNDECIDED = "nothing was typed, so nothing was decided"


@dataclass(frozen=True, slots=True)
class Asked:
    """The command's options, checked. `phrase` is None if the terminal asks for it."""

    sweep_id: str
    api: str
    delete: tuple[str, ...]
    delete_all: bool
    keep_all: bool
    snoozes: dict[str, int]
    comment: str
    phrase: str | None
    at_once: bool = False


def add_parser(commands: Any) -> None:
    """The options of the command."""
    parser = commands.add_parser("approve", help="approve or reject the deletions of a sweep, with AWS credentials")
    add = parser.add_argument
    add("sweep", metavar="SWEEP", help="the name of the sweep, as in the subject of its emails")
    add("--api", required=True, metavar="URL", help="the review API: the ReviewUrl output of the stack")
    add(
        "--delete",
        action="append",
        default=[],
        metavar="ID",
        help="delete this endpoint, written account/region/name; repeat for more",
    )
    add(
        "--delete-all",
        action="store_true",
        help="delete every idle endpoint that is offered, but none that is barely used",
    )
    add("--keep-all", action="store_true", help="keep everything; this is final for all approvers")
    add(
        "--snooze",
        action="append",
        default=[],
        metavar="ID=DAYS",
        help="keep it and do not offer it for 7, 30 or 90 days",
    )
    add("--comment", default="", metavar="TEXT", help="a comment for the record")
    add(
        "--now",
        action="store_true",
        help="skip the grace period; takes effect only if at least two approvers decide and all of them choose it",
    )
    shell.add_session(parser)
    add("--yes-i-typed", metavar="PHRASE", help="the confirmation phrase, instead of a prompt")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """The exit status: 0, recorded or only shown. Raises UsageError, or what the API refuses."""
    asked = check(given)
    _decide(asked, ApprovalApi(asked.api, shell.opened(given, needs_region=False)), _ask)
    return DONE


def check(given: argparse.Namespace) -> Asked:
    """Raises UsageError naming the option and the fix."""
    ways = [bool(given.delete), given.delete_all, given.keep_all]
    if sum(ways) > 1:
        raise UsageError("use only one of --delete, --delete-all and --keep-all")
    if len(set(given.delete)) != len(given.delete):
        raise UsageError("--delete has a duplicate entry")
    if given.now and not (given.delete or given.delete_all):
        raise UsageError("--now needs --delete or --delete-all: keeping always takes effect at once")
    return Asked(
        given.sweep,
        given.api,
        tuple(given.delete),
        given.delete_all,
        given.keep_all,
        _snoozes(given.snooze),
        given.comment,
        given.yes_i_typed,
        given.now,
    )


def _snoozes(given: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in given:
        target, _, days = one.partition("=")
        if days not in map(str, SNOOZE_DAYS):
            raise UsageError("--snooze must be account/region/name=7, =30 or =90")
        if target in found:
            raise UsageError("--snooze has a duplicate entry")
        found[target] = int(days)
    return found


def _decide(asked: Asked, api: ApprovalApi, ask: Callable[[str], str]) -> None:
    name = approval_id(asked.sweep_id)
    offer = api.offer(name)
    console = Console(width=150, highlight=False)
    show(offer, console)
    if not (asked.delete or asked.delete_all or asked.keep_all or asked.snoozes):
        console.print("Nothing has been decided yet. Use --delete ID, --delete-all, --snooze ID=30 or --keep-all.")
        return
    selected = _selected(asked, offer)
    choice = Choice.DELETE if selected else Choice.KEEP
    wanted = phrase(choice, len(selected), offer["plan_sha256"])
    what = f"delete {_counted(selected)}" if selected else "keep everything, for all approvers"
    console.print(f"You are about to {what}.")
    typed = asked.phrase if asked.phrase is not None else ask(wanted)
    decision = {
        "choice": choice.value,
        "selected": selected,
        "snoozes": asked.snoozes,
        "plan_sha256": offer["plan_sha256"],
        "phrase": typed,
        "comment": asked.comment,
        "at_once": asked.at_once,
    }
    receipt(api.decide(name, decision), console)


def _selected(asked: Asked, offer: dict[str, Any]) -> list[str]:
    """Raises UsageError where something is not offered."""
    offered = [str(row["id"]) for row in offer["resources"]]
    if strangers := (set(asked.delete) | set(asked.snoozes)) - set(offered):
        raise UsageError(f"not offered in this sweep: {clean(min(strangers), 120)}")
    if asked.delete_all:
        idle = [str(row["id"]) for row in offer["resources"] if row["verdict"] == Verdict.IDLE]
        return [one for one in idle if one not in asked.snoozes]
    if set(asked.delete) & set(asked.snoozes):
        raise UsageError("an id is in both --delete and --snooze")
    return list(asked.delete)


def _ask(wanted: str) -> str:
    if not sys.stdin.isatty():
        raise UsageError(f'there is no terminal for the prompt: use --yes-i-typed "{wanted}"')
    try:
        return input(f"Type {wanted} to confirm: ")
    except EOFError as error:
        raise UsageError(_UNDECIDED) from error
    except KeyboardInterrupt as error:
        raise KeyboardInterrupt(_UNDECIDED) from error


def show(offer: dict[str, Any], console: Console) -> None:
    """Prints the offer as a table, most expensive first, with the notes that belong to it."""
    console.print(_head(offer))
    table = Table(box=SIMPLE)
    # An id is copied into --delete: it is never broken into lines.
    table.add_column("Id", no_wrap=True)
    for name in ("Owner", "Kind", "Why"):
        table.add_column(name)
    table.add_column("Monthly cost", justify="right")
    for row in offer["resources"]:
        words = [Text(clean(str(row[name]), 200)) for name in ("id", "owner", "kind", "reason")]
        monthly = None if row["monthly"] is None else Decimal(row["monthly"])
        table.add_row(*words, usd(monthly))
    console.print(table)
    for row in offer["resources"]:
        if not row["can_be_restored"]:
            console.print(Text(f"{clean(row['id'], 120)}: {clean(row['restorable'], 200)}"))
    if offer["not_offered"]:
        console.print(Text(clean(offer["not_offered"], 200)))
    for flag in offer["flags"]:
        console.print(Text(f"Two approvers must agree on anything affected by this: {clean(flag, 200)}"))
    if offer["progress"]:
        console.print(Text(clean(offer["progress"], 200)))
    for one in offer["decisions"]:
        console.print(Text(f"{clean(one['approver'])} {clean(one['what'])} on {one['at']}"))


def _head(offer: dict[str, Any]) -> Text:
    few = offer["barely_used"]["count"]
    also = f"{few} barely used, {usd(Decimal(offer['barely_used']['monthly']))}, " if few else ""
    return Text(
        f"Sweep {clean(offer['sweep_id'])}, plan {offer['plan_sha256'][:8]}: {len(offer['resources']) - few} idle, "
        f"{usd(Decimal(offer['monthly_usd']))} per month at list price, {also}"
        f"{offer['coverage_percent']}% of accounts and regions scanned, open until {offer['expires_at']}, "
        f"for {clean(offer['approver'])}"
    )


def receipt(answer: dict[str, Any], console: Console) -> None:
    """What was recorded, and what happens next."""
    again = "Already recorded" if answer["again"] else "Recorded"
    what = f"delete {_counted(answer['selected'])}" if answer["selected"] else "keep everything"
    console.print(Text(f"{again} at {answer['at']} for {clean(answer['approver'])}: {what}."))
    for target, days in answer["snoozes"].items():
        console.print(Text(f"  Snoozed for {days} days: {clean(target, 120)}"))
    if answer["selected"]:
        have = "has" if answer["given"] == 1 else "have"
        console.print(f"{answer['given']} of {plural(answer['needed'], 'approver')} {have} decided.")
    console.print(Text(clean(answer["next"], 400)))


def _counted(ids: Sequence[str]) -> str:
    """As in `2 endpoints`."""
    return plural(len(ids), noun_of(ResourceId.parse(one).type for one in ids))
