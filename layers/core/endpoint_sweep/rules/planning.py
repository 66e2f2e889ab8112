"""From the results of the cells to a plan: joined by cell, capped, hashed. No I/O."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from endpoint_sweep.domain.documents import digest, to_json
from endpoint_sweep.domain.model import (
    Caps,
    Cell,
    CellResult,
    CoverageStatus,
    Finding,
    GapCause,
    Plan,
    ResourceId,
    Verdict,
)
from endpoint_sweep.domain.resource import noun_of, share_of
from endpoint_sweep.rules.access import closed_in, is_closed, why_nobody
from endpoint_sweep.rules.offers import is_idle, may_be_offered

NO_RESULT = "the scan of this account and region produced no result"
FOREIGN = "the result named another account or region and was ignored"
FEWEST = 3
# What fits into one page, one form and one table record (6 MB, 400 KB). A stack cannot let one decision delete more.
MOST_OFFERED = 1000
OFF_EVERYWHERE = "the sweep names this region, and no account has it"
# A cell that an administrator closed on purpose is not a gap in the measurement (FI-10, FI-11).
# Skipped on purpose: listed apart, and without effect on the percentage.
NOT_EXPECTED = {CoverageStatus.SKIPPED, CoverageStatus.REGION_OFF}


@dataclass(frozen=True, slots=True)
class Coverage:
    """One row for each expected cell, and no row for any other."""

    rows: tuple[CellResult, ...]

    @property
    def percent(self) -> int:
        """Share of cells that were fully scanned, rounded down; 0 if there was nothing to scan."""
        return 100 * self.scanned // self.wanted if self.wanted else 0

    @property
    def wanted(self) -> int:
        """Cells that should have been scanned."""
        return sum(row.status not in NOT_EXPECTED for row in self.rows)

    @property
    def scanned(self) -> int:
        """Cells that were fully scanned."""
        return sum(row.status is CoverageStatus.SCANNED for row in self.rows)

    @property
    def counts(self) -> Counter[CoverageStatus]:
        return Counter(row.status for row in self.rows)

    @property
    def complete(self) -> bool:
        return self.percent == 100


def join(expected: Iterable[Cell], results: Iterable[CellResult], named: Collection[str] = ()) -> Coverage:
    """Exactly one row per expected cell. A missing row is failed; a foreign row never counts (FI-14, FI-15).

    `named`: regions that someone asked for. One that is off everywhere is a mistake, and so a gap.
    """
    by_cell = {result.cell: result for result in results}
    rows = []
    for cell in sorted(set(expected)):
        row = by_cell.get(cell)
        if row is None:
            row = CellResult(cell.account, cell.region, CoverageStatus.FAILED, NO_RESULT, cause=GapCause.NO_RESULT)
        elif any(finding.id.cell != cell for finding in row.findings):
            row = CellResult(cell.account, cell.region, CoverageStatus.FAILED, FOREIGN, cause=GapCause.FOREIGN)
        rows.append(row)
    nowhere = _off_everywhere(rows) & set(named)
    return Coverage(tuple(_missed(row) if row.region in nowhere else row for row in rows))


def _off_everywhere(rows: Iterable[CellResult]) -> set[str]:
    """The regions that are off in every account that let itself be asked."""
    found: dict[CoverageStatus, set[str]] = defaultdict(set)
    for row in rows:
        found[row.status].add(row.region)
    return found[CoverageStatus.REGION_OFF] - found[CoverageStatus.SCANNED] - found[CoverageStatus.PARTIAL]


def _missed(row: CellResult) -> CellResult:
    if row.status is not CoverageStatus.REGION_OFF:
        return row
    return replace(row, status=CoverageStatus.FAILED, reason=OFF_EVERYWHERE, cause=GapCause.REGION_OFF_EVERYWHERE)


def make_plan(
    sweep_id: str,
    coverage: Coverage,
    caps: Caps,
    minimum_coverage: int,
    last: Coverage | None = None,
    deny_accounts: Collection[str] = (),
    below: int = 0,
) -> Plan:
    """The most expensive resources that may be offered. Idle ones in denied accounts are reported, not offered.

    `last` is the sweep before this one. `below`: barely used ones take the places that idle ones leave.
    """
    offered = offerable(coverage, deny_accounts, below)
    found = _counted(coverage.rows)
    items, beyond = tuple(offered[:MOST_OFFERED]), sum(is_idle(one) for one in offered[MOST_OFFERED:])
    closed = closed_in(coverage.rows, deny_accounts)
    return Plan(sweep_id, items, dict(found), caps, minimum_coverage, jumps(coverage, last), beyond, closed=closed)


def offerable(coverage: Coverage, deny_accounts: Collection[str] = (), below: int = 0) -> list[Finding]:
    """Findings of fully scanned cells that may be offered, without those that are snoozed or whose account does not let
    them be deleted. Idle ones first, of each kind the most expensive, unknown prices last.
    """
    whole = [row for row in coverage.rows if row.status is CoverageStatus.SCANNED and row.account not in deny_accounts]
    findings = [finding for row in whole for finding in row.findings]
    awake = [one for one in findings if may_be_offered(one, below) and one.snoozed_until is None]
    opened = [one for one in awake if not is_closed(one)]
    return sorted(opened, key=lambda finding: (not is_idle(finding), -(finding.monthly_usd or 0), finding.id))


def jumps(coverage: Coverage, last: Coverage | None) -> dict[str, str]:
    """A suspicious jump compared with the last sweep: the reason by account, or for all (`*`) (S3.8).

    Twice as many idle resources of a type as last time, or more than half of an account's newly idle. Only cells that
    both sweeps scanned are compared, so a cell's first sweep is not a jump. At least three must be newly idle.
    """
    if last is None:
        return {}
    both = _scanned(coverage).keys() & _scanned(last).keys()
    before = {one for cell, row in _scanned(last).items() if cell in both for one in _idle(row)}
    now = {one for cell, row in _scanned(coverage).items() if cell in both for one in _idle(row)}
    found = _counted(row for cell, row in _scanned(coverage).items() if cell in both)
    reasons: defaultdict[str, list[str]] = defaultdict(list)
    for type_ in sorted({one.type for one in now}):
        noun = f"{noun_of([type_])}s"
        new = Counter(one.account for one in now - before if one.type == type_)
        for account, count in sorted(new.items()):
            seen = found[share_of(account, type_)]
            if count >= FEWEST and 2 * count > seen:
                reasons[account].append(f"{count} of its {seen} {noun} are idle and were not idle in the last sweep")
        idle, was = (sum(one.type == type_ for one in ids) for ids in (now, before))
        if new.total() >= FEWEST and idle >= 2 * was:
            reasons["*"].append(f"{idle} {noun} are idle, up from {was} in the last sweep")
    return {where: "; ".join(whys) for where, whys in reasons.items()}


def _counted(rows: Iterable[CellResult]) -> Counter[str]:
    """How many resources of each type an account has, by `share_of`. What was not evaluated is an endpoint."""
    found: Counter[str] = Counter()
    for row in rows:
        found[row.account] += row.resources - len(row.findings)
        found.update(share_of(one.account, one.type) for one in row.findings)
    return found


def _scanned(coverage: Coverage) -> dict[Cell, CellResult]:
    return {row.cell: row for row in coverage.rows if row.status is CoverageStatus.SCANNED}


def _idle(row: CellResult) -> set[ResourceId]:
    return {finding.id for finding in row.findings if finding.verdict is Verdict.IDLE}


def plan_digest(plan: Plan) -> str:
    """SHA-256 of the canonical plan, which approvals are bound to."""
    return digest(to_json(plan))


def short_hash(sha256: str) -> str:
    """The eight digits that a person types."""
    return sha256[:8]


def over_caps(plan: Plan, selected: Collection[ResourceId], stack: Caps) -> list[str]:
    """Why this selection is too large, with figures, or empty. A selection is refused as a whole (S3.8).

    `stack`: the stack's current caps. A plan can be stricter, never more generous.
    """
    caps, reasons = plan.caps.within(stack), []
    if len(selected) > caps.per_sweep:
        nouns = f"{noun_of(one.type for one in selected)}s"
        reasons.append(f"{len(selected)} {nouns} are selected, but the limit for one decision is {caps.per_sweep}")
    for account, count in sorted(Counter(one.account for one in selected).items()):
        if count > caps.per_account:
            limit = f"the limit for an account is {caps.per_account}"
            reasons.append(f"{count} in account {account} are selected, but {limit}")
    for (account, type_), count in sorted(Counter((one.account, one.type) for one in selected).items()):
        found, share = share_within(plan, caps, account, type_)
        if count > share:
            reasons.append(
                f"{count} in account {account} are selected, but the limit is {caps.percent_of_account}% "
                f"of its {found} {noun_of({type_})}s, which is {share}"
            )
    return reasons


def share_within(plan: Plan, caps: Caps, account: str, type_: str) -> tuple[int, int]:
    """How many of a type were found in an account, and how many of these the percentage allows: one at least."""
    found = plan.found.get(share_of(account, type_), 0)
    return found, max(1, found * caps.percent_of_account // 100)


def fitting(
    plan: Plan, wanted: Iterable[ResourceId], chosen: Collection[ResourceId], stack: Caps
) -> tuple[ResourceId, ...]:
    """The first of `wanted` that fit into the caps beside what is chosen already."""
    caps, fits = plan.caps.within(stack), list[ResourceId]()
    accounts = Counter(one.account for one in chosen)
    types = Counter((one.account, one.type) for one in chosen)
    for one in wanted:
        _, share = share_within(plan, caps, one.account, one.type)
        room = accounts[one.account] < caps.per_account and types[one.account, one.type] < share
        if room and len(chosen) + len(fits) < caps.per_sweep:
            fits.append(one)
            accounts[one.account] += 1
            types[one.account, one.type] += 1
    return tuple(fits)


def why_not_offered(plan: Plan, coverage: Coverage) -> str | None:
    """Why a sweep that may ask for approval does not, or None."""
    if not coverage.scanned:
        return "no one was asked to approve: no account-region pair was scanned"
    if not plan.items:
        return why_nobody(plan) or _why_nothing(coverage)
    if coverage.percent < plan.minimum_coverage:
        return (
            f"no one was asked to approve. {coverage.scanned} of {coverage.wanted} account-region pairs were scanned "
            f"({coverage.percent}%), and the minimum is {plan.minimum_coverage}%. Deploy the scan role in the "
            "others, use ExcludeAccounts, or lower MinCoveragePercent"
        )
    return None


def _why_nothing(coverage: Coverage) -> str:
    """Where everything idle is, if nothing is offered and no act role is the reason."""
    idle = [(row.status, one) for row in coverage.rows for one in row.findings if is_idle(one)]
    whole = [one for status, one in idle if status is CoverageStatus.SCANNED]
    where = {
        "in accounts on the deny list": any(not one.snoozed_until for one in whole),
        "snoozed": any(one.snoozed_until for one in whole),
        "in account-region pairs that were only partly scanned": len(whole) < len(idle),
    }
    places = [place for place, holds in where.items() if holds]
    return f"everything idle is {' or '.join(places)}" if places else "nothing idle was found"


def not_offered(plan: Plan) -> str:
    """How many more are idle than one sweep offers, and what helps. Empty if all are offered."""
    if not plan.beyond:
        return ""
    noun = noun_of(one.type for one in plan.items)
    more = f"1 more idle {noun}" if plan.beyond == 1 else f"{plan.beyond:,} more idle {noun}s"
    are = "is" if plan.beyond == 1 else "are"
    return (
        f"{more} {are} not offered, because one sweep offers only the {MOST_OFFERED:,} most expensive. "
        "Run a sweep of fewer accounts to decide on the rest."
    )


def by_id(findings: Iterable[Finding]) -> dict[ResourceId, Finding]:
    return {finding.id: finding for finding in findings}
