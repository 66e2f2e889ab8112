"""One cell (an account and a region), whatever the types of its resources: their findings become one row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

import pytest

from endpoint_sweep.domain.errors import CellDenied, CellFailed, RegionOff, RegionsNotKnown, TokenRefused
from endpoint_sweep.domain.model import Cell, CellResult, CoverageStatus, Finding, GapCause, Policy, Verdict
from endpoint_sweep.resources.resource_type import Found, ResourceType
from endpoint_sweep.scanning.one_cell import scan
from tests.unit.samples import ACCOUNT, NOW, POLICY, REGION, finding

HERE, OPT_IN = Cell(ACCOUNT, REGION), Cell(ACCOUNT, "eu-south-2")
IDLE, BUSY = finding("idle"), finding("busy", verdict=Verdict.BUSY, reason="it is called")
NOTEBOOK = finding("notes", type="notebook-instance")
BROKEN = "listing endpoints: InternalFailure"


@dataclass
class Listed:
    """A type whose resources are these. It notes what it is given."""

    found: Found | Exception
    name: str = ""
    given: list[tuple[Any, ...]] = field(default_factory=list)

    def find(self, reader: Any, cell: Cell, policy: Policy, now: datetime) -> Found:
        self.given.append((reader, cell, policy, now))
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


@dataclass
class Readers:
    """`own`: the regions that the account has enabled. `asked`: how often the witnesses were."""

    own: frozenset[str] | None = None
    asked: int = 0

    def reader(self, type_: str) -> str:
        return f"the reader of {type_}"

    def retries(self) -> int:
        return 3

    def enabled(self) -> frozenset[str] | None:
        self.asked += 1
        return self.own

    def offered(self) -> frozenset[str] | None:
        self.asked += 1
        return None


def scanned(types: Mapping[str, Listed], readers: Readers | None = None, cell: Cell = HERE) -> CellResult:
    for name, one in types.items():
        one.name = name
    return scan(cast("Mapping[str, ResourceType]", types), readers or Readers(), cell, POLICY, NOW)


def listed(*findings: Finding, broken: str = "") -> Listed:
    return Listed(Found(findings, broken))


def test_every_type_looks_with_its_own_reader() -> None:
    """At the same cell, by the same policy and clock."""
    types = {"endpoint": listed(), "notebook-instance": listed()}
    scanned(types)
    assert {name: one.given for name, one in types.items()} == {
        name: [(f"the reader of {name}", HERE, POLICY, NOW)] for name in types
    }


def test_what_the_types_find_is_one_row() -> None:
    """In the order of their names, so that two scans of one world write the same bytes."""
    row = scanned({"notebook-instance": listed(NOTEBOOK), "endpoint": listed(IDLE, BUSY)})
    assert row == CellResult(ACCOUNT, REGION, CoverageStatus.SCANNED, "", 3, (IDLE, BUSY, NOTEBOOK), 3)


def test_an_empty_cell_was_scanned() -> None:
    """Nothing there is an answer; it is no gap."""
    assert scanned({"endpoint": listed()}) == CellResult(ACCOUNT, REGION, CoverageStatus.SCANNED, retries=3)


@pytest.mark.parametrize("broken", ["endpoint", "notebook-instance"])
def test_nothing_is_idle_where_a_listing_broke_off(broken: str) -> None:
    """Of no type: what is known to be busy stays so, and the row says that it is partial and why (FI-03)."""
    findings = {"endpoint": (IDLE, BUSY), "notebook-instance": (NOTEBOOK,)}
    row = scanned({name: listed(*each, broken=BROKEN * (name == broken)) for name, each in findings.items()})
    assert (row.status, row.cause, row.reason) == (CoverageStatus.PARTIAL, GapCause.PARTIAL, BROKEN)
    assert (row.resources, row.retries) == (3, 3)
    assert {one.name: (one.verdict, one.reason) for one in row.findings} == {
        "idle": (Verdict.NO_EVIDENCE, unlisted(IDLE, "endpoints")),
        "busy": (Verdict.BUSY, "it is called"),
        "notes": (Verdict.NO_EVIDENCE, unlisted(NOTEBOOK, "notebook instances")),
    }


def unlisted(one: Finding, nouns: str) -> str:
    return f"{one.reason}, but the {nouns} in its account and region could not all be listed"


def test_each_listing_that_broke_off_is_told() -> None:
    """In one sentence of the row."""
    row = scanned({"endpoint": listed(broken="endpoints: no"), "notebook-instance": listed(broken="notebooks: no")})
    assert row.reason == "endpoints: no; notebooks: no"


def test_a_type_that_cannot_be_listed_is_a_gap_of_the_cell() -> None:
    """Whatever another type found: half a cell is not scanned."""
    with pytest.raises(CellDenied):
        scanned({"endpoint": listed(IDLE), "notebook-instance": Listed(CellDenied("no"))})


def test_a_type_that_finds_another_type_is_refused() -> None:
    """Otherwise the other type would act on it."""
    with pytest.raises(CellFailed, match=r"^the type notebook-instance found a resource of another type$"):
        scanned({"notebook-instance": listed(IDLE)})


def test_a_region_is_off_if_the_account_says_so() -> None:
    """Not because a call failed; a type that answers is scanned all the same."""
    deaf = Listed(TokenRefused("the token was refused"))
    elsewhere = frozenset({"us-east-1"})
    assert scanned({"endpoint": listed(IDLE), "notebook-instance": deaf}, Readers(elsewhere), OPT_IN).findings == (
        IDLE,
    )
    with pytest.raises(RegionOff, match="not enabled in this account"):
        scanned({"notebook-instance": deaf}, Readers(elsewhere), OPT_IN)


@pytest.mark.parametrize(
    ("cell", "own", "expected"),
    [(HERE, None, TokenRefused), (OPT_IN, None, RegionsNotKnown), (OPT_IN, {OPT_IN.region}, TokenRefused)],
    ids=["default region", "no list", "on"],
)
def test_a_doubt_that_stays_is_a_gap(cell: Cell, own: frozenset[str] | None, expected: type[CellFailed]) -> None:
    """Of the whole cell, whatever another type found."""
    deaf = Listed(TokenRefused("the token was refused"))
    with pytest.raises(expected, match="the token was refused"):
        scanned({"endpoint": listed(IDLE), "notebook-instance": deaf}, Readers(own), cell)


def test_a_cell_that_answers_asks_no_witness() -> None:
    """Nor does one that fails for another reason: a list costs a call."""
    readers = Readers()
    scanned({"endpoint": listed(IDLE)}, readers, OPT_IN)
    with pytest.raises(CellDenied):
        scanned({"endpoint": Listed(CellDenied("no"))}, readers, OPT_IN)
    assert readers.asked == 0
