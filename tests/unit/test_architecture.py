"""Imports point one way, AWS stays behind its adapters, files stay readable."""

import ast
from pathlib import Path

import pytest

from tests.simulation.cloudformation import ROOT

CORE = ROOT / "layers" / "core" / "endpoint_sweep"
FUNCTIONS = ROOT / "functions"

# From the words and rules at the bottom to the doors at the top. A module imports from its own row or below.
ROWS: tuple[frozenset[str], ...] = (
    frozenset({"errors", "kinds", "model", "documents", "proofs", "approval_record"}),
    frozenset({"metrics", "guards", "idleness", "pricing", "targets", "witness", "planning", "approvals"})
    | {"decision_rules", "reports", "ruling", "snoozes", "acting", "restoring", "savings"},
    frozenset({"config", "contracts", "ports", "sweep_input"}),
    frozenset({"approval_rows", "act_rows"}),
    frozenset({"records", "sweep_folder", "hangers", "scanning", "kill_switch"}),
    frozenset({"steps", "aws", "laptop"}),
    frozenset({"cli", "journal", "review_http"}),
)
ROW = {module: number for number, row in enumerate(ROWS) for module in row}
# Steps are tried with fakes, adapters against engines: neither may know the other.
STRANGERS = {("steps", "aws"), ("aws", "steps"), ("aws", "reports"), ("aws", "approvals"), ("aws", "planning")}
PURE = ROWS[0] | ROWS[1]
# A pure module is given the time and its settings.
IMPURE = {"os", "socket", "subprocess", "requests", "urllib.request", "time"}
AWS_LIBRARIES = {"boto3", "botocore", "s3transfer"}
FUNCTION_LIBRARIES = {"endpoint_sweep", "aws_lambda_powertools"}
STANDARD_LIBRARY_IN_FUNCTIONS = {"json", "os", "datetime", "typing", "collections", "functools"}


def imports(source: str) -> set[str]:
    """Every imported name in full: `from a.b import c` is both `a.b` and `a.b.c`."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide where they lead"
            found |= {str(node.module)} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def module_of(path: Path) -> str:
    """The core's module or sub-package that the file belongs to."""
    return path.relative_to(CORE).parts[0].removesuffix(".py")


def wrong_imports(module: str, source: str) -> list[str]:
    found = []
    names = imports(source)
    if module != "aws":
        found += [name for name in names if name.split(".")[0] in AWS_LIBRARIES]
    if module in PURE:
        found += [name for name in names if name in IMPURE]
    for name in names:
        parts = name.split(".")
        if parts[0] != "endpoint_sweep" or len(parts) < 2 or parts[1] not in ROW:
            continue
        if ROW[parts[1]] > ROW[module] or (module, parts[1]) in STRANGERS:
            found.append(name)
    return sorted(found)


def core_files() -> list[Path]:
    return [path for path in sorted(CORE.rglob("*.py")) if path.parent != CORE or path.name != "__init__.py"]


@pytest.mark.parametrize("path", core_files(), ids=lambda path: str(path.relative_to(CORE)))
def test_core_imports_point_one_way(path: Path) -> None:
    """Rules know no steps, steps know no AWS, and a new module is given its row here."""
    module = module_of(path)
    assert module in ROW, f"place {module} in ROWS"
    assert wrong_imports(module, path.read_text()) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("model", "from endpoint_sweep.planning import join"),
        ("idleness", "from endpoint_sweep import ports"),
        ("planning", "import os"),
        ("steps", "from endpoint_sweep.aws.hub import AwsStore"),
        ("aws", "from endpoint_sweep.steps.scan_cell import scan_cell"),
        ("steps", "import boto3"),
        ("records", "def late():\n    from botocore.exceptions import ClientError"),
    ],
)
def test_a_wrong_import_is_noticed(module: str, source: str) -> None:
    """Each forbidden direction is one that the rule sees."""
    assert wrong_imports(module, source) != []


def foreign_imports(source: str) -> list[str]:
    roots = {name.split(".")[0] for name in imports(source)}
    return sorted(roots - FUNCTION_LIBRARIES - STANDARD_LIBRARY_IN_FUNCTIONS)


@pytest.mark.parametrize("path", sorted(FUNCTIONS.glob("*/*.py")), ids=lambda path: path.parent.name)
def test_functions_only_wire(path: Path) -> None:
    """A function's entry imports the core and nothing that would let it grow."""
    assert foreign_imports(path.read_text()) == []


@pytest.mark.parametrize("path", sorted(FUNCTIONS.glob("*/*.py")), ids=lambda path: path.parent.name)
def test_no_function_stops_at_a_point(path: Path) -> None:
    """The hook at the points of a deletion is for tests: nothing that is deployed passes one."""
    called = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.keyword)]
    assert "at" not in {one.arg for one in called}


def test_a_foreign_import_in_a_function_is_noticed() -> None:
    """boto3 in a function is named."""
    assert foreign_imports("import boto3\nfrom endpoint_sweep import config") == ["boto3"]


@pytest.mark.parametrize("folder", ["functions", "layers", "scripts", "tests"])
def test_no_file_is_longer_than_three_hundred_lines(folder: str) -> None:
    """A file is read in one sitting."""
    long = [path for path in (ROOT / folder).rglob("*.py") if len(path.read_text().splitlines()) > 300]
    assert long == []


@pytest.mark.parametrize("folder", ["functions", "layers"])
def test_the_product_does_not_know_its_simulation(folder: str) -> None:
    """Nothing that is deployed names a local engine or this machine."""
    words = ("moto", "ministack", "simulation", "localhost", "127.0.0.1", "tests.")
    found = [
        (path.relative_to(ROOT), word)
        for path in (ROOT / folder).rglob("*.py")
        for word in words
        if word in path.read_text().lower()
    ]
    assert found == []
