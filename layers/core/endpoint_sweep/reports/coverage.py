"""What was scanned and what was not: one entry per cause, in words for people who do not read AWS errors."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from endpoint_sweep.domain.model import Account, CellResult, CoverageStatus, GapCause
from endpoint_sweep.domain.resource import noun_of
from endpoint_sweep.reports.text import clean, clip
from endpoint_sweep.rules.needed import Known, known
from endpoint_sweep.rules.planning import NOT_EXPECTED, Coverage

# What a person reads, and whether the reason of the row adds something to it.
_CAUSES: dict[GapCause, tuple[str, bool]] = {
    GapCause.ROLE_DENIED: ("The scan role is missing or does not trust the hub", True),
    GapCause.ROLE_FAILED: ("The scan role could not be assumed", True),
    GapCause.PERMISSION: ("The scan role lacks a permission", True),
    GapCause.REGION_DENIED: ("An Organization policy blocks the region", False),
    GapCause.REGION_OFF: ("The region is not enabled in the account", False),
    GapCause.REGION_NOT_OFFERED: ("SageMaker is not available in the region", False),
    GapCause.REGION_OFF_EVERYWHERE: ("The sweep names a region that is off in every account", False),
    GapCause.REGIONS_NOT_KNOWN: ("Which regions the account has enabled is not known", True),
    GapCause.NO_CONNECTION: ("No connection to the region", True),
    GapCause.TOKEN_REFUSED: ("The region refused the session's token", True),
    GapCause.ACCOUNT_SUSPENDED: ("The account is suspended", False),
    GapCause.ACCOUNT_CLOSED: ("The account is being closed or is closed", False),
    GapCause.ACCOUNT_INACTIVE: ("The account is not active", True),
    GapCause.EXCLUDED: ("Excluded by the sweep input", False),
    GapCause.EXCLUDED_BY_STACK: ("Excluded by the stack", False),
    GapCause.LEFT_OUT: ("Skipped", True),
    GapCause.NO_RESULT: ("The scan produced no result", False),
    GapCause.FOREIGN: ("The scan returned another account or region", False),
    GapCause.TIMED_OUT: ("The scan took too long", False),
    GapCause.PARTIAL: ("Only partly scanned", True),
    GapCause.FAILED: ("The scan failed", True),
}
_MAX_DETAIL = 190


@dataclass(frozen=True, slots=True)
class Place:
    """One account and the affected regions."""

    account: str
    name: str
    regions: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Cells that were not scanned for one cause. `detail`: AWS's error for one of them, or empty."""

    cause: str
    detail: str
    places: tuple[Place, ...]
    cells: int


@dataclass(frozen=True, slots=True)
class CoverageView:
    """Of all `cells`, `wanted` should be scanned and `scanned` were. `gaps` is the difference, `left_out` the rest.
    `scope`: what the sweep is about, in words.
    """

    percent: int
    scanned: int
    wanted: int
    cells: int
    accounts: int
    regions: int
    resources: int
    noun: str
    gaps: tuple[Gap, ...]
    left_out: tuple[Gap, ...]
    routers: Known
    scope: tuple[str, ...] = ()


def coverage_view(coverage: Coverage, accounts: Mapping[str, Account], scope: tuple[str, ...] = ()) -> CoverageView:
    missed = [row for row in coverage.rows if row.status not in (CoverageStatus.SCANNED, *NOT_EXPECTED)]
    regions = len({row.region for row in coverage.rows})
    return CoverageView(
        coverage.percent,
        coverage.scanned,
        coverage.wanted,
        len(coverage.rows),
        len({row.account for row in coverage.rows}),
        regions,
        sum(row.resources for row in coverage.rows),
        noun_of(one.type for row in coverage.rows for one in row.findings),
        _gaps(missed, accounts, regions),
        _gaps((row for row in coverage.rows if row.status in NOT_EXPECTED), accounts, regions),
        known(coverage),
        scope,
    )


def account_name(account: str, accounts: Mapping[str, Account]) -> str:
    return clean(accounts[account].name, 50) if account in accounts else ""


def _gaps(rows: Iterable[CellResult], accounts: Mapping[str, Account], regions: int) -> tuple[Gap, ...]:
    """One entry per cause, the one with the most cells first."""

    def cause(row: CellResult) -> tuple[str, bool]:
        return _CAUSES[row.cause or GapCause.FAILED]

    gaps = []
    for (sentence, more), members in groupby(sorted(rows, key=cause), key=cause):
        of_cause = sorted(members, key=lambda row: row.cell)
        detail = clip(of_cause[0].reason, _MAX_DETAIL) if more else ""
        gaps.append(Gap(sentence, detail, _places(of_cause, accounts, regions), len(of_cause)))
    return tuple(sorted(gaps, key=lambda gap: (-gap.cells, gap.cause)))


def _places(rows: list[CellResult], accounts: Mapping[str, Account], regions: int) -> tuple[Place, ...]:
    places = []
    for account, members in groupby(rows, key=lambda row: row.account):
        names = [row.region for row in members]
        told = f"all {regions} regions" if len(names) == regions > 1 else ", ".join(names)
        places.append(Place(account, account_name(account, accounts), told))
    return tuple(places)
