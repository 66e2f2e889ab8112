"""What people read decides nothing: no code compares, cuts or searches a reason. Causes are enums (domain/why.py)."""

import ast
from pathlib import Path

import pytest

from tests.simulation.hub.cloudformation import ROOT

SOURCES = [*(ROOT / "layers" / "core" / "endpoint_sweep").rglob("*.py"), *(ROOT / "functions").rglob("*.py")]
# Sentences for people, wherever they are kept.
SENTENCES = {"reason", "why", "note", "sentence", "detail", "kept_reason", "disposition_reason", "advice"}
CUTTING = {
    *("startswith", "endswith", "partition", "rpartition", "split", "rsplit", "removeprefix", "removesuffix"),
    *("replace", "find", "index", "count", "match", "search", "fullmatch", "sub", "findall"),
}


def is_sentence(node: ast.expr) -> bool:
    return (node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")) in SENTENCES


def is_text(node: ast.expr) -> bool:
    """A literal that is not empty, or a constant."""
    is_literal = isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and bool(node.value))
    return is_literal or (isinstance(node, ast.Name) and node.id.isupper())


def judged_by_words(source: str) -> list[int]:
    """The lines on which a sentence is compared with a text, searched, or cut."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Compare):
            operands = [node.left, *node.comparators]
            searched = any(
                isinstance(how, ast.In | ast.NotIn) and (is_sentence(of) or (is_sentence(node.left) and is_text(of)))
                for how, of in zip(node.ops, node.comparators, strict=True)
            )
            equals = any(map(is_sentence, operands)) and any(map(is_text, operands))
            if searched or equals:
                found.append(node.lineno)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CUTTING:
            if is_sentence(node.func.value) or any(map(is_sentence, node.args)):
                found.append(node.lineno)
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Name) and is_sentence(node.slice):
            found.append(node.lineno)  # a table by sentence
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_branch_on_a_sentence(path: Path) -> None:
    """Whoever mends a sentence cannot switch off an alarm."""
    assert judged_by_words(path.read_text()) == []


@pytest.mark.parametrize(
    "source",
    [
        "if ruling.why == TOO_OLD: pass",
        "if shown.note.startswith('kept by'): pass",
        "answer = finding.reason.partition(': ')",
        "if 'AccessDenied' in outcome.reason: pass",
        "import re\nif re.search(pattern, reason): pass",
        "alarm = ALARMS[reason]",
        "if reason in ALARMS: pass",
        "if why != f'{n} approvers': pass",
    ],
)
def test_a_branch_on_a_sentence_is_noticed(source: str) -> None:
    """Each way that was once used."""
    assert judged_by_words(source) != []


@pytest.mark.parametrize("source", ["if ruling.why: pass", "if why.cause is Cause.KEPT: pass", "x = note[:300]"])
def test_what_is_no_branch_on_a_sentence(source: str) -> None:
    """Whether there is a reason at all, its cause, and how much of it fits."""
    assert judged_by_words(source) == []
