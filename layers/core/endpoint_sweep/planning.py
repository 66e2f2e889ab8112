"""From the results of the cells to a plan: joined by cell, capped, hashed. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from endpoint_sweep.documents import digest, to_json
from endpoint_sweep.model import Caps, Cell, CellResult, CoverageStatus, EndpointId, Finding, Plan, Verdict

NO_RESULT = "the scan of this cell left no result"
FOREIGN = "the result named another account or region and was set aside"
# A cell that an administrator closed on purpose is not a gap in the measurement (FI-10, FI-11).
_NOT_EXPECTED = {CoverageStatus.SKIPPED, CoverageStatus.REGION_OFF}


@dataclass(frozen=True, slots=True)
class Coverage:
    """One row for each expected cell, and no row for any other."""

    rows: tuple[CellResult, ...]

    @property
    def percent(self) -> int:
        """Cells scanned whole, of all that should have been: rounded down, 100 where there was nothing to scan."""
        wanted = [row for row in self.rows if row.status not in _NOT_EXPECTED]
        scanned = sum(row.status is CoverageStatus.SCANNED for row in wanted)
        return 100 * scanned // len(wanted) if wanted else 100

    @property
    def counts(self) -> Counter[CoverageStatus]:
        return Counter(row.status for row in self.rows)

    @property
    def complete(self) -> bool:
        return self.percent == 100


def join(expected: Iterable[Cell], results: Iterable[CellResult]) -> Coverage:
    """Exactly one row for each expected cell. A missing one is failed; a foreign one never counts (FI-14, FI-15)."""
    by_cell = {result.cell: result for result in results}
    rows = []
    for cell in sorted(set(expected)):
        row = by_cell.get(cell)
        if row is None:
            row = CellResult(cell.account, cell.region, CoverageStatus.FAILED, NO_RESULT)
        elif any(finding.id.cell != cell for finding in row.findings):
            row = CellResult(cell.account, cell.region, CoverageStatus.FAILED, FOREIGN)
        rows.append(row)
    return Coverage(tuple(rows))


def make_plan(sweep_id: str, coverage: Coverage, caps: Caps, minimum_coverage: int) -> Plan:
    """The idle findings of cells that were scanned whole and do not sleep, dearest first; unknown prices last."""
    whole = [row for row in coverage.rows if row.status is CoverageStatus.SCANNED]
    findings = [finding for row in whole for finding in row.findings]
    idle = [one for one in findings if one.verdict is Verdict.IDLE and one.snoozed_until is None]
    idle.sort(key=lambda finding: (-(finding.monthly_usd or 0), finding.id))
    found: Counter[str] = Counter()
    for row in coverage.rows:
        found[row.account] += row.endpoints
    return Plan(sweep_id, tuple(idle), dict(found), caps, minimum_coverage)


def plan_digest(plan: Plan) -> str:
    """SHA-256 of the canonical plan: what an approval is bound to."""
    return digest(to_json(plan))


def short_hash(sha256: str) -> str:
    """The eight digits that a person types."""
    return sha256[:8]


def over_caps(plan: Plan, selected: Collection[EndpointId]) -> list[str]:
    """Why this selection is too large, with the figures; empty where it is not. A selection is refused whole (S3.8)."""
    caps, reasons = plan.caps, []
    if len(selected) > caps.per_sweep:
        reasons.append(f"{len(selected)} endpoints are selected, one decision may delete {caps.per_sweep}")
    for account, count in sorted(Counter(one.account for one in selected).items()):
        if count > caps.per_account:
            reasons.append(f"{count} of account {account} are selected, the limit for an account is {caps.per_account}")
        share = max(1, plan.found.get(account, 0) * caps.percent_of_account // 100)
        if count > share:
            reasons.append(
                f"{count} of account {account} are selected, the limit is {caps.percent_of_account} % "
                f"of its {plan.found.get(account, 0)} endpoints, which is {share}"
            )
    return reasons


def why_not_offered(plan: Plan, coverage: Coverage) -> str | None:
    """Why nobody is asked although the sweep may ask, or None."""
    if not plan.items:
        return "nothing idle was found"
    if coverage.percent < plan.minimum_coverage:
        return f"only {coverage.percent} % of the cells were scanned, at least {plan.minimum_coverage} % are needed"
    return None


def by_id(findings: Iterable[Finding]) -> dict[EndpointId, Finding]:
    return {finding.id: finding for finding in findings}
