"""Scans one cell: finds and judges the resources of every type."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from endpoint_sweep.domain.errors import CellFailed, CellUnreachable, RegionOff, RegionUnclear
from endpoint_sweep.domain.model import Cell, CellResult, CoverageStatus, Finding, GapCause, Policy, Verdict
from endpoint_sweep.domain.needs import Needs
from endpoint_sweep.domain.resource import noun_of
from endpoint_sweep.ports import CellReaders
from endpoint_sweep.resources.resource_type import Found, ResourceType, ResourceTypes
from endpoint_sweep.rules.witnesses import settled


def scan(types: ResourceTypes, readers: CellReaders, cell: Cell, policy: Policy, now: datetime) -> CellResult:
    """The cell's coverage row with one finding per resource. Raises CellUnreachable if a type cannot be listed."""
    found: list[Found] = []
    off: CellUnreachable | None = None
    for name, one in sorted(types.items()):
        try:
            found.append(_found(one, readers.reader(name), cell, policy, now))
        except RegionUnclear as error:
            why = settled(error, cell.region, readers.enabled, readers.offered)
            if not isinstance(why, RegionOff):
                raise why from error
            off = why  # This type is not there; others may be.
    if off and not found:
        raise off
    broken = "; ".join(one.broken for one in found if one.broken)
    findings = tuple(finding for one in found for finding in one.findings)
    if broken:
        findings = tuple(_withheld(one) for one in findings)
    status = CoverageStatus.PARTIAL if broken else CoverageStatus.SCANNED
    cause = GapCause.PARTIAL if broken else None
    return CellResult(cell.account, cell.region, status, broken, len(findings), findings, readers.retries(), cause)


def with_needs(types: ResourceTypes, readers: CellReaders, row: CellResult) -> CellResult:
    """The row with what something in its cell needs, here or in another one."""
    asked = [one.needs(readers.reader(name), row.cell) for name, one in sorted(types.items())]
    needs = Needs(
        tuple(need for one in asked for need in one.known), "; ".join(one.unread for one in asked if one.unread)
    )
    return replace(row, needs=needs)


def _found(one: ResourceType, reader: Any, cell: Cell, policy: Policy, now: datetime) -> Found:
    """What a type finds. Raises CellFailed where it is not of that type, because another type would act on it."""
    found = one.find(reader, cell, policy, now)
    if any(finding.type != one.name for finding in found.findings):
        raise CellFailed(f"the type {one.name} found a resource of another type")
    return found


def _withheld(finding: Finding) -> Finding:
    """Nothing is called idle in a cell whose listing is incomplete (FI-03)."""
    if finding.verdict is not Verdict.IDLE:
        return finding
    reason = f"{finding.reason}, but the {noun_of([finding.type])}s in its account and region could not all be listed"
    return replace(finding, verdict=Verdict.NO_EVIDENCE, reason=reason)
