"""Keeps what something in another account or region needs, and says where that is not known. No I/O."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from endpoint_sweep.domain.kinds import UNUSED
from endpoint_sweep.domain.model import Cell, CellResult, CoverageStatus, Finding, Verdict
from endpoint_sweep.domain.needs import Need
from endpoint_sweep.rules.planning import NOT_EXPECTED, Coverage

_FEW = 5  # accounts in a sentence, and regions of each
_LOOKED = {CoverageStatus.SCANNED, CoverageStatus.PARTIAL}


@dataclass(frozen=True, slots=True)
class Known:
    """How many of the cells that should be scanned have known inference routers. `missing`: the others, sorted."""

    cells: int
    of: int
    missing: tuple[Cell, ...] = ()

    @property
    def sentence(self) -> str:
        """One line for the whole sweep."""
        if not self.missing:
            pairs = "the one account-region pair" if self.of == 1 else f"all {self.of:,} account-region pairs"
            return f"Inference routers are known in {pairs}."
        places = [f"{account} ({_listed(regions)})" for account, regions in self.regions.items()]
        return (
            f"Routers of {len(self.missing):,} of {self.of:,} account-region pairs are not known: {_listed(places)}. "
            "Endpoints that only these routers use look unused."
        )

    @property
    def regions(self) -> dict[str, list[str]]:
        """Where they are not known, by account."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for cell in self.missing:
            found[cell.account].append(cell.region)
        return dict(found)


def known(coverage: Coverage) -> Known:
    wanted = [row for row in coverage.rows if row.status not in NOT_EXPECTED]
    missing = tuple(sorted(row.cell for row in wanted if why_unknown(row)))
    return Known(len(wanted) - len(missing), len(wanted), missing)


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _FEW
    return ", ".join(names[:_FEW]) + (f" and {more:,} more" if more > 0 else "")


def why_unknown(row: CellResult) -> str:
    """Why the routers of a cell are not known, or empty."""
    return row.needs.unread if row.status in _LOOKED else "not scanned"


def may_be_needed(row: CellResult) -> bool:
    """Whether it holds anything that is kept only if something needs it."""
    return any({one.verdict, one.unprotected} & UNUSED for one in row.findings)


def without_needed(coverage: Coverage) -> Coverage:
    """Unused resources that something needs are protected. The others say in which regions of their account the routers
    are not known (D13.1).

    A stand-by destination of a router was never called: nothing that is measured tells it from a forgotten endpoint.
    """
    needs = by_arn(need for row in coverage.rows for need in row.needs.known)
    advice = {
        account: f"the inference routers of its account in {_listed(regions)} are not known"
        for account, regions in known(coverage).regions.items()
    }
    return Coverage(
        tuple(
            replace(row, findings=tuple(_judged(one, needs, advice.get(one.account, "")) for one in row.findings))
            for row in coverage.rows
        )
    )


def _judged(finding: Finding, needs: Mapping[str, Need], advice: str) -> Finding:
    if finding.unprotected is Verdict.IDLE and why_needed(finding, needs):
        return replace(finding, unprotected=Verdict.PROTECTED)
    if finding.verdict not in UNUSED:
        return finding
    if why := why_needed(finding, needs):
        return replace(finding, verdict=Verdict.PROTECTED, reason=why)
    return replace(finding, advice="; ".join(part for part in (finding.advice, advice) if part))


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
