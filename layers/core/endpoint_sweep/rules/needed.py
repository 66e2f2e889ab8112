"""Keeps what something in another account or region needs, and says where that is not known. No I/O."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from endpoint_sweep.domain.model import CellResult, CoverageStatus, Finding, Verdict
from endpoint_sweep.domain.needs import Need
from endpoint_sweep.rules.planning import NOT_EXPECTED, Coverage

_LOOKED = {CoverageStatus.SCANNED, CoverageStatus.PARTIAL}


@dataclass(frozen=True, slots=True)
class Known:
    """In how many of the cells that should be scanned the inference routers are known."""

    cells: int
    of: int

    @property
    def missing(self) -> int:
        return self.of - self.cells


def known(coverage: Coverage) -> Known:
    wanted = [row for row in coverage.rows if row.status not in NOT_EXPECTED]
    return Known(sum(not why_unknown(row) for row in wanted), len(wanted))


def why_unknown(row: CellResult) -> str:
    """Why the routers of a cell are not known, or empty."""
    return row.needs.unread if row.status in _LOOKED else "not scanned"


def without_needed(coverage: Coverage) -> Coverage:
    """Unused resources that something needs are protected. The others say of how many cells that is not known (D13.1).

    A stand-by destination of a router was never called: nothing that is measured tells it from a forgotten endpoint.
    """
    needs = by_arn(need for row in coverage.rows for need in row.needs.known)
    there = known(coverage)
    told = f"inference routers of {there.missing} of {there.of} accounts and regions not known" if there.missing else ""
    return Coverage(
        tuple(replace(row, findings=tuple(_judged(one, needs, told) for one in row.findings)) for row in coverage.rows)
    )


def _judged(finding: Finding, needs: Mapping[str, Need], told: str) -> Finding:
    if finding.unprotected is Verdict.IDLE and why_needed(finding, needs):
        return replace(finding, unprotected=Verdict.PROTECTED)
    if finding.verdict not in (Verdict.IDLE, Verdict.BARELY_USED):
        return finding
    if why := why_needed(finding, needs):
        return replace(finding, verdict=Verdict.PROTECTED, reason=why)
    return replace(finding, advice="; ".join(part for part in (finding.advice, told) if part))


def why_needed(finding: Finding, needs: Mapping[str, Need]) -> str:
    """Empty where nothing needs it. `needs` by lower-case ARN: names differ in nothing else (D2.6)."""
    if need := needs.get(finding.arn.lower()):
        return need.why
    for part in finding.components:
        if need := needs.get(part.arn.lower()):
            return f"its inference component {part.name}: {need.why}"
    return ""


def by_arn(needs: Iterable[Need]) -> dict[str, Need]:
    return {need.arn.lower(): need for need in needs}
