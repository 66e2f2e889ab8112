"""Every code that a comment, a docstring or a test cites stands in the documents, and every code there is cited."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
CODE = r"(?:D\d+\.\d+|S\d\.\d+|FI-\d\d|BI-\d\d|I\d{1,2}|P\d{1,2})"
CITED = re.compile(rf"(?<![\w.-]){CODE}(?!\.?\w)")
RANGE = re.compile(rf"({CODE})(?: to |[-–])({CODE})")
DEFINED = re.compile(rf"^\| ({CODE}) \|", re.MULTILINE)
DOCUMENTS = ("docs/facts.md", "docs/promises.md")
FOLDERS = ("docs", "functions", "layers", "scripts", "statemachine", "tests")
CITING = (".py", ".yaml", ".json", ".md", ".j2", ".css")


def cited(text: str) -> set[str]:
    """Codes in a text, and those within ranges such as `FI-40 to FI-44`."""
    found = set(CITED.findall(text))
    for first, last in RANGE.findall(text):
        family, start, end = first.rstrip("0123456789"), number(first), number(last)
        width = len(first) - len(family) if family.endswith("-") else 1
        if last.startswith(family):
            found |= {f"{family}{one:0{width}}" for one in range(start, end + 1)}
    return found


def number(code: str) -> int:
    return int(re.findall(r"\d+", code)[-1])


def citing() -> list[Path]:
    here = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*")]
    others = {ROOT / name for name in DOCUMENTS} | {Path(__file__).resolve()}
    return [path for path in (*here, *ROOT.iterdir()) if path.suffix in CITING and path not in others]


@pytest.fixture(scope="module")
def defined() -> list[str]:
    return [code for name in DOCUMENTS for code in DEFINED.findall((ROOT / name).read_text(encoding="utf-8"))]


def test_ranges_are_read() -> None:
    """As people write them."""
    assert cited("BI-08 to BI-11, and I1") == {"BI-08", "BI-09", "BI-10", "BI-11", "I1"}
    assert cited("(D1.1-D1.4, D0.7)") == {"D1.1", "D1.2", "D1.3", "D1.4", "D0.7"}
    assert cited("ml.p3.2xlarge, P13, C1") == {"P13"}


def test_each_code_is_defined_once(defined: list[str]) -> None:
    """So that no one reads an older meaning."""
    assert sorted(set(defined)) == sorted(defined)


def test_each_cited_code_is_defined(defined: list[str]) -> None:
    """A reader finds out what it means and who says so."""
    known = set(defined)
    unknown = {
        f"{path.relative_to(ROOT)}: {code}"
        for path in citing()
        for code in cited(path.read_text(encoding="utf-8")) - known
    }
    assert sorted(unknown) == []


def test_each_defined_code_is_cited(defined: list[str]) -> None:
    """What no one relies on does not stand here."""
    everywhere = set[str]().union(*(cited(path.read_text(encoding="utf-8")) for path in citing()))
    assert sorted(set(defined) - everywhere) == []


def test_each_fact_has_a_source_and_says_how_sure_it_is() -> None:
    """A link, and one of the five words that the document explains."""
    text = (ROOT / DOCUMENTS[0]).read_text(encoding="utf-8")
    rows = [line.split(" | ") for line in text.splitlines() if DEFINED.match(line)]
    assert rows
    words = {"API model", "documented", "measured by others", "inferred", "unverified"}
    assert [row[0] for row in rows if len(row) != 4 or row[2] not in words or "](https://" not in row[3]] == []
