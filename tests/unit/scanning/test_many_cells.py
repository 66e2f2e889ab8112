"""Many cells at a time: what an interruption leaves undone."""

import time

import pytest

from endpoint_sweep.domain.model import Cell
from endpoint_sweep.ports import CellReaders
from endpoint_sweep.scanning.many_cells import Done, scan_cells
from tests.unit.samples import ACCOUNT, NOW, POLICY

CELLS = [Cell(ACCOUNT, f"region-{number}") for number in range(200)]


class Visited(list[Cell]):
    """Notes who is visited, takes its time, and finds nothing there."""

    def readers(self, cell: Cell) -> CellReaders:
        self.append(cell)
        time.sleep(0.01)
        raise LookupError


def interrupt(_: Done) -> None:
    raise KeyboardInterrupt


def test_an_interrupted_scan_begins_no_other_cell() -> None:
    """Ctrl-C ends a scan of a thousand cells at once, not after the last of them."""
    visited = Visited()
    with pytest.raises(KeyboardInterrupt):
        scan_cells(CELLS, {}, visited, POLICY, NOW, 1, interrupt)
    assert len(visited) < len(CELLS) / 2
