"""What a mutant of mutmut is: the lines of a function that are other lines in it."""

import ast
import difflib
from collections.abc import Collection, Iterator
from dataclasses import dataclass

SEPARATOR = "ǁ"  # mutmut's, between a class and its method


@dataclass(frozen=True, slots=True)
class Change:
    """`function` with its module; `was` and `becomes`: the lines that differ, joined."""

    name: str
    function: str
    was: str
    becomes: str
    is_wording: bool

    @property
    def key(self) -> tuple[str, str, str]:
        return self.function, self.was, self.becomes


def changes(module: str, source: str, names: Collection[str]) -> Iterator[Change]:
    """The changes with these names, from a file in which mutmut wrote every function once for each of its mutants."""
    functions = {
        node.name: node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    for name in sorted(names, key=lambda one: (one.rpartition("_")[0], int(one.rpartition("_")[2]))):
        stem = name.partition("__mutmut_")[0]
        before, after = functions[f"{stem}__mutmut_orig"], functions[name]
        was, becomes = _differing(_lines(before), _lines(after))
        called = stem.removeprefix("x_").removeprefix(f"x{SEPARATOR}").replace(SEPARATOR, ".")
        yield Change(name, f"{module}.{called}", was, becomes, _is_wording(before, after))


def _lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """Without its name, which is another one for each change, and its decorators."""
    function.name, function.decorator_list = "_", []
    return [line.strip() for line in ast.unparse(function).splitlines()]


def _differing(before: list[str], after: list[str]) -> tuple[str, str]:
    lines = list(difflib.ndiff(before, after))
    was, becomes = (" | ".join(line[2:] for line in lines if line.startswith(sign)) for sign in ("- ", "+ "))
    return was, becomes


def _is_wording(before: ast.AST, after: ast.AST) -> bool:
    """Whether only a sentence reads otherwise: letters of another case, or marks around it."""
    pairs = list(zip(ast.walk(before), ast.walk(after), strict=False))
    if any(type(one) is not type(other) for one, other in pairs):
        return False
    constants = [
        (one, other) for one, other in pairs if isinstance(one, ast.Constant) and isinstance(other, ast.Constant)
    ]
    texts = [(one.value, other.value) for one, other in constants if one.value != other.value]
    return len(texts) == 1 and all(isinstance(text, str) and " " in text for text in texts[0])
