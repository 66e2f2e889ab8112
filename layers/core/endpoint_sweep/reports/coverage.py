"""What was scanned and what was not: one entry per cause, in words for people who do not read AWS errors."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from endpoint_sweep.domain.model import Account, CellResult, CoverageStatus
from endpoint_sweep.reports.text import clean, clip
from endpoint_sweep.rules.planning import FOREIGN, NO_RESULT, Coverage

# Pattern in the AWS or step error -> what a person reads. The first match wins. False: AWS's own words add nothing.
_CAUSES: tuple[tuple[str, str, bool], ...] = (
    (r"cannot be assumed: AccessDenied", "The scan role is missing or does not trust the hub", True),
    (r"cannot be assumed", "The scan role could not be assumed", True),
    (r"closed by a policy of the Organization", "An Organization policy blocks the region", False),
    (r"is not enabled in this account", "The region is not enabled in the account", False),
    (r"has no endpoint there", "SageMaker is not available in the region", False),
    (r"the account is SUSPENDED", "The account is suspended", False),
    (r"the account is (PENDING_CLOSURE|CLOSED)", "The account is being closed or is closed", False),
    (r"the account is ", "The account is not active", True),
    (r"excluded by the input", "Excluded by the sweep input", False),
    (re.escape(NO_RESULT), "The scan produced no result", False),
    (re.escape(FOREIGN), "The scan returned another account or region", False),
    (r"^States\.Timeout|Task timed out", "The scan took too long", False),
)
_OTHERWISE = {
    CoverageStatus.PARTIAL: "Only partly scanned",
    CoverageStatus.DENIED: "The scan role lacks a permission",
    CoverageStatus.REGION_OFF: "The region is not enabled in the account",
    CoverageStatus.SKIPPED: "Skipped",
    CoverageStatus.FAILED: "The scan failed",
}
# These were skipped on purpose. They are listed separately and do not lower the percentage.
_ON_PURPOSE = {CoverageStatus.SKIPPED, CoverageStatus.REGION_OFF}
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
    """Of all `cells`, `wanted` should be scanned and `scanned` were. `gaps` is the difference, `left_out` the rest."""

    percent: int
    scanned: int
    wanted: int
    cells: int
    accounts: int
    regions: int
    endpoints: int
    gaps: tuple[Gap, ...]
    left_out: tuple[Gap, ...]


def coverage_view(coverage: Coverage, accounts: Mapping[str, Account]) -> CoverageView:
    wanted = [row for row in coverage.rows if row.status not in _ON_PURPOSE]
    missed = [row for row in wanted if row.status is not CoverageStatus.SCANNED]
    regions = len({row.region for row in coverage.rows})
    return CoverageView(
        coverage.percent,
        len(wanted) - len(missed),
        len(wanted),
        len(coverage.rows),
        len({row.account for row in coverage.rows}),
        regions,
        sum(row.endpoints for row in coverage.rows),
        _gaps(missed, accounts, regions),
        _gaps((row for row in coverage.rows if row.status in _ON_PURPOSE), accounts, regions),
    )


def explain(status: CoverageStatus, reason: str) -> tuple[str, bool]:
    """The cause as a short sentence, and whether AWS's own words add something to it."""
    for pattern, cause, more in _CAUSES:
        if re.search(pattern, reason):
            return cause, more
    return _OTHERWISE.get(status, "Not scanned"), bool(reason)


def account_name(account: str, accounts: Mapping[str, Account]) -> str:
    return clean(accounts[account].name, 50) if account in accounts else ""


def _gaps(rows: Iterable[CellResult], accounts: Mapping[str, Account], regions: int) -> tuple[Gap, ...]:
    """One entry per cause, the one with the most cells first."""

    def cause(row: CellResult) -> tuple[str, bool]:
        return explain(row.status, row.reason)

    gaps = []
    for (sentence, more), members in groupby(sorted(rows, key=cause), key=cause):
        of_cause = sorted(members, key=lambda row: row.cell)
        words = of_cause[0].reason.rpartition("cannot be assumed: ")[2]
        detail = clip(words, _MAX_DETAIL) if more else ""
        gaps.append(Gap(sentence, detail, _places(of_cause, accounts, regions), len(of_cause)))
    return tuple(sorted(gaps, key=lambda gap: (-gap.cells, gap.cause)))


def _places(rows: list[CellResult], accounts: Mapping[str, Account], regions: int) -> tuple[Place, ...]:
    places = []
    for account, members in groupby(rows, key=lambda row: row.account):
        names = [row.region for row in members]
        told = f"all {regions} regions" if len(names) == regions > 1 else ", ".join(names)
        places.append(Place(account, account_name(account, accounts), told))
    return tuple(places)
