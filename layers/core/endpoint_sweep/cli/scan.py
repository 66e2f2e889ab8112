"""`endpoint-sweep scan`: one account or a whole Organization from this shell, read-only."""

import argparse
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from endpoint_sweep.aws import plugs
from endpoint_sweep.aws.organizations import AwsOrganization
from endpoint_sweep.aws.price_list import AwsPriceList
from endpoint_sweep.aws.regions import AwsRegions
from endpoint_sweep.aws.sessions import Sessions
from endpoint_sweep.aws.shell_credentials import LaptopReaders, caller
from endpoint_sweep.cli import output, shell
from endpoint_sweep.cli.progress import shown
from endpoint_sweep.domain.errors import UsageError
from endpoint_sweep.domain.model import Account, Cell, CellResult, CoverageStatus, Policy
from endpoint_sweep.domain.seen import MAX_LOOKBACK
from endpoint_sweep.rules.needed import without_needed
from endpoint_sweep.rules.planning import Coverage, join
from endpoint_sweep.rules.pricing import PriceBook
from endpoint_sweep.rules.scopes import ENABLED, Scope
from endpoint_sweep.rules.targets import Target, choose, in_enabled_regions
from endpoint_sweep.scanning.many_cells import scan_cells

COMPLETE, BUT_FOR_CELLS = 0, 3
_ACCOUNT = re.compile(r"[0-9]{12}")
_FINE = {CoverageStatus.SCANNED, CoverageStatus.SKIPPED}


@dataclass(frozen=True, slots=True)
class Asked:
    """The command's options, checked."""

    organization: bool
    role: str
    external_id: str | None
    scope: Scope
    policy: Policy
    concurrency: int
    format: str
    output: Path | None


def add_parser(commands: Any) -> None:
    """The options of the command."""
    parser = commands.add_parser("scan", help="find idle endpoints in an account or an Organization; read-only")
    add = parser.add_argument
    add("--organization", action="store_true", help="scan every account of the Organization, not only this one")
    shell.add_session(parser)
    shell.add_role(parser)
    add("--accounts", default="", metavar="a,b", help="only these accounts")
    add("--exclude-accounts", default="", metavar="a,b", help="skip these accounts")
    add("--organizational-units", default="", metavar="a,b", help="only accounts in or below these units")
    add("--exclude-organizational-units", default="", metavar="a,b", help="skip accounts in or below these units")
    add(
        "--regions",
        default="",
        metavar="r,s|enabled",
        help="these regions instead of the configured one, or enabled: all that each account has enabled",
    )
    add(
        "--lookback-days",
        type=int,
        default=30,
        metavar="N",
        help="idle means not invoked for N days, 7 to 400; 30 by default",
    )
    add(
        "--threshold",
        type=int,
        default=0,
        metavar="N",
        help="report endpoints with fewer than N calls as barely used; none by default",
    )
    add(
        "--min-age-days",
        type=int,
        default=14,
        metavar="N",
        help="do not judge endpoints younger than N days; 14 by default, at least the lookback",
    )
    add("--protect-tag", action="append", default=[], metavar="k[=v]", help="a tag that protects; repeat for more")
    add(
        "--concurrency",
        type=int,
        default=24,
        metavar="N",
        help="account-region pairs to scan in parallel, 1 to 64; 24 by default",
    )
    add("--format", choices=("table", "json", "csv"), default="table", help="the output format")
    shell.add_output(parser)
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """The exit status: 0 complete, 3 complete but for the cells that it names.

    Raises UsageError, InputRejected where the scope does not fit the Organization, what AWS refuses first, and OSError
    where the file cannot be written. Nothing is written then.
    """
    asked = check(given)
    coverage, accounts, started = look(asked, shell.opened(given, lean=True))
    shell.put(output.write(asked.format, coverage, accounts, asked.policy, started), asked.output)
    is_complete = coverage.scanned and all(row.status in _FINE for row in coverage.rows)
    return COMPLETE if is_complete else BUT_FOR_CELLS


def check(given: argparse.Namespace) -> Asked:
    """Raises UsageError naming the option and the fix."""
    accounts = _list(given.accounts, "--accounts", _ACCOUNT, "a 12-digit account id")
    excluded = _list(given.exclude_accounts, "--exclude-accounts", _ACCOUNT, "a 12-digit account id")
    units = tuple(part for part in given.organizational_units.split(",") if part)
    no_units = tuple(part for part in given.exclude_organizational_units.split(",") if part)
    if (units or no_units) and not given.organization:
        raise UsageError("--organizational-units needs --organization")
    regions = (ENABLED,) if given.regions == ENABLED else shell.listed_regions(given.regions)
    _in_range(given.lookback_days, "--lookback-days", 7, MAX_LOOKBACK)
    _in_range(given.threshold, "--threshold", 0, 1_000_000)
    _in_range(given.min_age_days, "--min-age-days", 1, 3650)
    _in_range(given.concurrency, "--concurrency", 1, 64)
    if any(not tag.partition("=")[0] for tag in given.protect_tag):
        raise UsageError("--protect-tag must be a key, or key=value")
    shell.check_output(given.output)
    role, external_id = shell.role_of(given)
    return Asked(
        organization=given.organization,
        role=role,
        external_id=external_id,
        scope=Scope(accounts, excluded, units, no_units, regions),
        policy=Policy(given.lookback_days, given.min_age_days, tuple(given.protect_tag), given.threshold),
        concurrency=given.concurrency,
        format=given.format,
        output=given.output,
    )


def look(asked: Asked, sessions: Sessions) -> tuple[Coverage, dict[str, Account], datetime]:
    """The scan itself. Raises what AWS says to the first calls, and UsageError where a region is none; later trouble is
    a row.
    """
    started = datetime.now(UTC)
    own, partition = caller(sessions)
    _refuse_unknown_regions(asked.scope, sessions)
    readers = LaptopReaders(sessions, own, partition, asked.role, asked.external_id)
    targets = _targets(asked, sessions, readers, own)
    cells = [cell for target in targets if not target.skipped for cell in target.cells]
    with shown(len(cells)) as progress:
        results = scan_cells(
            cells, plugs.types_of(plugs.PLUGS), readers, asked.policy, started, asked.concurrency, progress
        )
    results += [_skipped(cell, target) for target in targets if target.skipped for cell in target.cells]
    expected = [cell for target in targets for cell in target.cells]
    joined = without_needed(join(expected, results, asked.scope.named_regions))
    coverage = _priced(joined, sessions, started)
    return coverage, {target.account.id: target.account for target in targets}, started


def _refuse_unknown_regions(scope: Scope, sessions: Sessions) -> None:
    if scope.regions == (ENABLED,):
        return
    place, names = ("--regions", scope.regions) if scope.regions else ("the region of this shell", (sessions.region(),))
    shell.refuse_unknown(place, names, sessions)


def _targets(asked: Asked, sessions: Sessions, readers: LaptopReaders, own: str) -> list[Target]:
    """Every account with its regions, or with the reason why it is skipped."""
    here = sessions.region()
    scope = asked.scope
    if not scope.regions:
        scope = Scope(scope.accounts, scope.exclude_accounts, scope.organizational_units,
                      scope.exclude_organizational_units, (here,))  # fmt: skip
    if asked.organization:
        organization = AwsOrganization(sessions.hub("organizations"))
        accounts = organization.accounts(with_units=scope.needs_units)
        management = organization.management_account()
    else:
        accounts = tuple(Account(account, "", "ACTIVE") for account in scope.accounts or (own,))
        management = None
    targets = [one for one in choose(accounts, scope, management) if one.asked or one.management]
    if not scope.needs_enabled_regions:
        return targets
    asking = AwsRegions(sessions.hub("account"), own, sessions.hub("ssm"))
    offers, names = asking.offered(), asking.known()
    return [
        in_enabled_regions(one, scope, None if one.skipped else _enabled(one, asking, readers), offers, names, (here,))
        for one in targets
    ]


def _enabled(target: Target, asking: AwsRegions, readers: LaptopReaders) -> frozenset[str] | None:
    found = asking.enabled(target.account.id)
    return found if found is not None else readers.enabled(target.account.id)


def _priced(coverage: Coverage, sessions: Sessions, now: datetime) -> Coverage:
    """List prices of the idle endpoints, from AWS or, if it is unavailable, from the dated table."""
    price_list = AwsPriceList.near(sessions.region(), lambda home: sessions.at("pricing", home))
    return output.priced(coverage, plugs.types_of(plugs.PLUGS), PriceBook.from_table(), price_list, now)


def _skipped(cell: Cell, target: Target) -> CellResult:
    return CellResult(cell.account, cell.region, CoverageStatus.SKIPPED, target.skipped or "", cause=target.cause)


def _list(text: str, option: str, pattern: re.Pattern[str], what: str) -> tuple[str, ...]:
    values = tuple(part.strip() for part in text.split(",") if part.strip())
    for value in values:
        if not pattern.fullmatch(value):
            raise UsageError(f"each entry of {option} must be {what}")
    if len(set(values)) != len(values):
        raise UsageError(f"{option} has a duplicate entry")
    return values


def _in_range(value: int, option: str, low: int, high: int) -> None:
    if not low <= value <= high:
        raise UsageError(f"{option} must be from {low} to {high}")
