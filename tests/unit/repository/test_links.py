"""Every link of a document to another file leads to a file, and to a heading or an anchor in it."""

import re
from pathlib import Path

import pytest

from tests.simulation.hub.cloudformation import ROOT

DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\((?!https?://|mailto:)([^)\s]+)\)")
FENCED = re.compile(r"^ *```.*?^ *```", re.DOTALL | re.MULTILINE)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
ANCHOR = re.compile(r'<a id="([^"]+)">')


def links() -> list[tuple[Path, str]]:
    return [(path, target) for path in DOCUMENTS for target in LINK.findall(path.read_text(encoding="utf-8"))]


def anchors(path: Path) -> set[str]:
    """As GitHub makes them: lower case, blanks become dashes, punctuation goes."""
    text = FENCED.sub("", path.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in HEADING.findall(text)} | {
        *ANCHOR.findall(text)
    }


@pytest.mark.parametrize(("path", "target"), links(), ids=lambda one: one.name if isinstance(one, Path) else one)
def test_a_link_leads_somewhere(path: Path, target: str) -> None:
    place, _, anchor = target.partition("#")
    there = (path.parent / place).resolve() if place else path
    assert there.exists()
    if anchor and there.suffix == ".md":
        assert anchor in anchors(there)


def test_links_are_found() -> None:
    """A pattern that matches nothing would pass."""
    assert (ROOT / "README.md", "docs/deploy.md") in links()
