"""A scan without a deployment: the same core, many cells in parallel, read-only."""

import gc
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from endpoint_sweep.domain.errors import CellFailed, CellUnreachable, EndpointSweepError
from endpoint_sweep.domain.model import Cell, CellResult, CoverageStatus, Policy
from endpoint_sweep.domain.needs import Needs
from endpoint_sweep.ports import CellReaders
from endpoint_sweep.resources.resource_type import ResourceTypes
from endpoint_sweep.rules.needed import may_be_needed
from endpoint_sweep.scanning.one_cell import scan, with_needs

# A client is a reference cycle of a quarter of a megabyte; hundreds of dead ones would wait for the collector.
_COLLECT_EVERY = 4
NOT_ASKED = Needs(unread="not asked, because nothing is idle anywhere")


class Readers(Protocol):
    """A way into each cell. The role of an account is assumed once for all its regions. Raises RoleDenied."""

    def readers(self, cell: Cell) -> CellReaders: ...


@dataclass(frozen=True, slots=True)
class Done:
    """The progress of a scan."""

    cells: int
    of: int
    resources: int
    failed: int


def scan_cells(
    cells: Iterable[Cell],
    types: ResourceTypes,
    readers: Readers,
    policy: Policy,
    now: datetime,
    concurrency: int,
    progress: Callable[[Done], None],
) -> list[CellResult]:
    """One result per cell, whatever happens in the others."""
    wanted = list(cells)
    results: list[CellResult] = []
    with ThreadPoolExecutor(max(1, min(concurrency, len(wanted) or 1)), thread_name_prefix="scan") as pool:
        running: list[Future[CellResult]] = [
            pool.submit(scan_one, cell, types, readers, policy, now) for cell in wanted
        ]
        try:
            for done in as_completed(running):
                results.append(done.result())
                _free_memory(len(results))
                failed = sum(one.status is not CoverageStatus.SCANNED for one in results)
                progress(Done(len(results), len(wanted), sum(one.resources for one in results), failed))
            if any(map(may_be_needed, results)):
                for number, row in enumerate(pool.map(lambda one: _asked(one, types, readers), tuple(results))):
                    results[number] = row
                    _free_memory(number + 1)
        except BaseException:
            # Interrupted: no one waits for the cells that have not begun.
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return results


def _asked(row: CellResult, types: ResourceTypes, readers: Readers) -> CellResult:
    """A cell where nothing is idle may still need what is idle elsewhere (D13.1)."""
    if row.needs != NOT_ASKED:
        return row
    try:
        return with_needs(types, readers.readers(row.cell), row)
    except Exception as error:  # noqa: BLE001 - as in scan_one
        return replace(row, needs=Needs(unread=f"{type(error).__name__} during the scan"))


def _free_memory(done: int) -> None:
    if done % _COLLECT_EVERY == 0:
        gc.collect()
        if done == _COLLECT_EVERY:
            gc.freeze()  # AWS's models are loaded by now: a hundred thousand objects that stay.


def scan_one(cell: Cell, types: ResourceTypes, readers: Readers, policy: Policy, now: datetime) -> CellResult:
    """Always returns a row. An error in one cell becomes its reason and does not stop the others."""
    try:
        found = readers.readers(cell)
        row = scan(types, found, cell, policy, now)
        return with_needs(types, found, row) if may_be_needed(row) else replace(row, needs=NOT_ASKED)
    except CellUnreachable as error:
        return _row(cell, error, str(error)[:300])
    except EndpointSweepError as error:
        return _row(cell, CellFailed(), str(error)[:300])
    except Exception as error:  # noqa: BLE001 - a surprise in one cell is that cell's row, too
        return _row(cell, CellFailed(), f"{type(error).__name__} during the scan")


def _row(cell: Cell, error: CellUnreachable, reason: str) -> CellResult:
    return CellResult(cell.account, cell.region, error.status, reason, cause=error.cause)
