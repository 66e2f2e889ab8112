"""Many cells (an account and a region each) at a time: every one has a row, and none stops another."""

import threading
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import pytest

from endpoint_sweep.domain.errors import (
    CellUnreachable,
    EndpointSweepError,
    RegionNotOffered,
    RoleDenied,
    TargetsIncomplete,
)
from endpoint_sweep.domain.model import Cell, CellResult, CoverageStatus, GapCause
from endpoint_sweep.resources.endpoint.traffic_series import of_variant
from endpoint_sweep.scanning.many_cells import NOT_ASKED, Done, scan_cells, scan_one
from tests.unit.fake_cell import TYPES, FakeCell
from tests.unit.samples import ACCOUNT, ARN, NAME, NOW, POLICY, REGION, description, listed

HERE = Cell(ACCOUNT, REGION)
PLAIN = of_variant(NAME, "AllTraffic")
SILENT, BUSY = {PLAIN: (0.0,) * 56}, {PLAIN: (7.0,)}


@dataclass
class Readers:
    """A way into every cell, but where an error is in the way. It counts how many are asked at once."""

    errors: Mapping[Cell, Exception] = field(default_factory=dict)
    meeting: threading.Barrier | None = None
    asked: list[Cell] = field(default_factory=list)

    def readers(self, cell: Cell) -> FakeCell:
        self.asked.append(cell)
        if self.meeting:
            self.meeting.wait(timeout=30)
        if cell in self.errors:
            raise self.errors[cell]
        return FakeCell(listing=[listed(status="Creating")])


def cells(count: int) -> list[Cell]:
    return [Cell(f"{number:012}", REGION) for number in range(count)]


def scanned(
    wanted: list[Cell], readers: "Readers | Routed", concurrency: int = 4
) -> tuple[list[CellResult], list[Done]]:
    told: list[Done] = []
    return scan_cells(wanted, TYPES, readers, POLICY, NOW, concurrency, told.append), told


@pytest.mark.parametrize("concurrency", [0, 1, 4, 100])
@pytest.mark.parametrize("count", [0, 1, 9])
def test_every_cell_has_one_row(count: int, concurrency: int) -> None:
    """However many there are, and however many at a time."""
    wanted = cells(count)
    rows, _ = scanned(wanted, Readers(), concurrency)
    assert sorted(row.cell for row in rows) == wanted
    assert {row.status for row in rows} <= {CoverageStatus.SCANNED}


def test_cells_are_scanned_side_by_side() -> None:
    """Each waits here until four are asked, so a scan of one after the other would never end."""
    rows, _ = scanned(cells(8), Readers(meeting=threading.Barrier(4)), concurrency=4)
    assert len(rows) == 8


def test_one_that_fails_stops_no_other() -> None:
    """And the progress says how far it is, how much was found and how many are gaps."""
    wanted = cells(6)
    rows, told = scanned(wanted, Readers({wanted[2]: RoleDenied("no trust"), wanted[4]: RuntimeError("!")}))
    assert {row.account: row.status for row in rows if row.status is not CoverageStatus.SCANNED} == {
        wanted[2].account: CoverageStatus.DENIED,
        wanted[4].account: CoverageStatus.FAILED,
    }
    assert [one.cells for one in told] == [1, 2, 3, 4, 5, 6]
    assert {one.of for one in told} == {6}
    assert told[-1] == Done(cells=6, of=6, resources=4, failed=2)


@pytest.mark.parametrize(
    ("error", "status", "cause", "reason"),
    [
        (RoleDenied("it does not trust us"), CoverageStatus.DENIED, GapCause.ROLE_DENIED, "it does not trust us"),
        (RegionNotOffered("no"), CoverageStatus.REGION_OFF, GapCause.REGION_NOT_OFFERED, "no"),
        (CellUnreachable("x" * 301), CoverageStatus.FAILED, GapCause.FAILED, "x" * 300),
        (TargetsIncomplete("half a list"), CoverageStatus.FAILED, GapCause.FAILED, "half a list"),
        (EndpointSweepError("y" * 301), CoverageStatus.FAILED, GapCause.FAILED, "y" * 300),
        (KeyError("a secret"), CoverageStatus.FAILED, GapCause.FAILED, "KeyError during the scan"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_what_goes_wrong_is_the_row(error: Exception, status: CoverageStatus, cause: GapCause, reason: str) -> None:
    """By its name for code and in words for people; of what no one expected only the name, as it may hold anything."""
    row = scan_one(HERE, TYPES, Readers({HERE: error}), POLICY, NOW)
    assert row == CellResult(ACCOUNT, REGION, status, reason, cause=cause)


def test_an_interrupted_scan_begins_no_other_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends a scan of many cells once the ones under way have ended."""
    cancelled = threading.Event()
    shutdown = ThreadPoolExecutor.shutdown

    def shutting_down(pool: ThreadPoolExecutor, *, wait: bool = True, cancel_futures: bool = False) -> None:
        if not cancel_futures:
            return shutdown(pool, wait=wait)
        shutdown(pool, wait=False, cancel_futures=True)
        cancelled.set()
        return None

    @dataclass
    class Slow(Readers):
        def readers(self, cell: Cell) -> FakeCell:
            if self.asked:
                cancelled.wait(timeout=60)
            return super().readers(cell)

    def interrupt(_: Done) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(ThreadPoolExecutor, "shutdown", shutting_down)
    readers = Slow()
    with pytest.raises(KeyboardInterrupt):
        scan_cells(cells(200), TYPES, readers, POLICY, NOW, 1, interrupt)
    assert len(readers.asked) <= 2


@dataclass
class Routed:
    """The first cell holds an idle endpoint, the others a router only. `errors`: of those that are asked again.
    `busy`: cells with an endpoint that is called. `tagged`: the tags of all.
    """

    errors: Mapping[Cell, Exception] = field(default_factory=dict)
    asked: dict[Cell, list[str]] = field(default_factory=dict)
    busy: Collection[Cell] = ()
    tagged: dict[str, dict[str, str]] = field(default_factory=dict)

    def readers(self, cell: Cell) -> FakeCell:
        if cell in self.asked and cell in self.errors:
            raise self.errors[cell]
        own = replace(listed(), arn=ARN.replace(ACCOUNT, cell.account))
        found = FakeCell(
            [own] * (cell == HERE or cell in self.busy),
            BUSY if cell in self.busy else SILENT,
            {NAME: description()},
            self.tagged,
            routed={"r": (ARN,)},
        )
        found.asked = self.asked.setdefault(cell, [])
        return found


EMPTY = [Cell("3" * 12, REGION), Cell("4" * 12, REGION)]


def test_an_empty_cell_is_asked_for_routers_where_something_is_idle() -> None:
    """Anywhere: its router may need what is idle there (D13.1). A cell that cannot be asked is told of."""
    readers = Routed({EMPTY[1]: KeyError("a secret")})
    rows, _ = scanned([HERE, *EMPTY], readers)
    by_cell = {row.cell: row for row in rows}
    assert by_cell[EMPTY[0]].needs.known[0].arn == ARN
    assert by_cell[EMPTY[1]].needs.unread == "KeyError during the scan"
    assert {row.status for row in rows} == {CoverageStatus.SCANNED}
    assert readers.asked[EMPTY[0]] == ["endpoints", "routers", "destinations r"]
    assert readers.asked[HERE].count("routers") == 1


def test_no_cell_is_asked_for_routers_where_nothing_is_idle() -> None:
    """Neither an empty one nor a busy one. Their routers are not known then, and no one has to."""
    rows, _ = scanned(EMPTY, readers := Routed())
    assert readers.asked == {one: ["endpoints"] for one in EMPTY}
    assert {row.needs for row in rows} == {NOT_ASKED}
    rows, _ = scanned([HERE, *EMPTY], readers := Routed(busy=[HERE]))
    assert [row.resources for row in rows if row.cell == HERE] == [1]
    assert "routers" not in {call for calls in readers.asked.values() for call in calls}
    assert {row.needs for row in rows} == {NOT_ASKED}


def test_a_busy_cell_is_asked_for_routers_where_something_is_idle() -> None:
    """Its router may need it, too."""
    readers = Routed(busy=EMPTY[:1])
    rows, _ = scanned([HERE, *EMPTY], readers)
    assert {row.cell: [need.arn for need in row.needs.known] for row in rows}[EMPTY[0]] == [ARN]
    assert readers.asked[EMPTY[0]].count("routers") == 1


def test_what_is_protected_and_unused_may_be_needed() -> None:
    """Its sum leaves out what a router uses."""
    readers = Routed(tagged={ARN: {"endpoint-sweep:keep": ""}})
    rows, _ = scanned([HERE, *EMPTY], readers)
    assert {row.cell for row in rows if row.needs.known} == {HERE, *EMPTY}
