"""docs/errors.md explains each code that a person can meet, and no other."""

import re
from pathlib import Path

import pytest

from tests.simulation.hub.cloudformation import ROOT

DOCUMENT = ROOT / "docs" / "errors.md"
CODE = re.compile(r"\bE_[A-Z][A-Z_]*[A-Z]\b")
PRODUCT = ("functions", "layers/core/endpoint_sweep", "statemachine")
COLUMNS = 4


def sources() -> list[Path]:
    inside = [path for folder in PRODUCT for path in (ROOT / folder).rglob("*")]
    return [path for path in (*inside, *ROOT.glob("*.yaml")) if path.suffix in {".py", ".j2", ".json", ".yaml"}]


@pytest.fixture(scope="module")
def rows() -> list[list[str]]:
    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
    return [line.strip("| ").split(" | ") for line in lines if line.startswith("| `E_")]


def test_each_code_has_a_row_and_each_row_a_code(rows: list[list[str]]) -> None:
    """Each once."""
    given = {code for path in sources() for code in CODE.findall(path.read_text(encoding="utf-8"))}
    assert given
    assert sorted(row[0].strip("`") for row in rows) == sorted(given)


def test_each_row_says_where_why_and_what_to_do(rows: list[list[str]]) -> None:
    assert [row for row in rows if len(row) != COLUMNS or not all(cell.strip() for cell in row)] == []
