"""Imports point one way, AWS stays behind its adapters, files stay readable."""

import ast
from pathlib import Path

import pytest

from tests.simulation.hub.cloudformation import ROOT

CORE = ROOT / "layers" / "core" / "endpoint_sweep"
FUNCTIONS = ROOT / "functions"

# From the bottom up. A room imports from its own folder and from lower floors. Rooms of one floor do not know each
# other: steps are tested with fakes, and adapters against engines.
FLOORS: tuple[frozenset[str], ...] = (
    frozenset({"domain"}),
    frozenset({"rules"}),
    frozenset({"resources"}),
    frozenset({"ports"}),
    frozenset({"settings"}),
    frozenset({"storage", "scanning", "reports"}),
    frozenset({"steps", "review", "aws"}),
    frozenset({"probe", "doctor"}),
    frozenset({"cli"}),
)
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
# Only these know all types, so nothing of a type knows them.
REGISTERS = {("aws", "plugs"), ("aws", "wiring"), ("aws", "members")}
PURE = frozenset({"domain", "rules", "resources"})
# A pure module is given the time and its settings.
IMPURE = {"os", "socket", "subprocess", "requests", "urllib.request", "time"}
# What is shown is loaded before: these are given views.
RENDERING = ("review/pages.py", "review/receipts.py", "review/views.py")
READING = (
    "endpoint_sweep.ports",
    "endpoint_sweep.storage",
    "endpoint_sweep.review.access",
    "endpoint_sweep.review.loading",
    "endpoint_sweep.review.Desk",
)
AWS_LIBRARIES = ("boto3", "botocore", "s3transfer", "mypy_boto3_")
FUNCTION_LIBRARIES = {"endpoint_sweep", "aws_lambda_powertools"}
STANDARD_LIBRARY_IN_FUNCTIONS = {"json", "os", "datetime", "typing", "collections", "functools"}


def imports(source: str, *, only_at_run_time: bool = False) -> set[str]:
    """Every imported name in full: `from a.b import c` is both `a.b` and `a.b.c`."""
    found: set[str] = set()
    tree = ast.parse(source)
    if only_at_run_time:
        tree.body = [node for node in tree.body if not _is_for_types(node)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide where they lead"
            found |= {str(node.module)} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _is_for_types(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING" and not node.orelse


def room_of(path: Path) -> tuple[str, ...]:
    """The folder of the core that the file lies in; of resources and their adapters, the type as well."""
    parts = path.relative_to(CORE).with_suffix("").parts
    return parts[:2] if parts[0] in ("resources", "aws") and len(parts) > 2 else parts[:1]


def is_shared(parts: tuple[str, ...], room: tuple[str, ...]) -> bool:
    """What lies beside the types' folders is there for all of them, but one type does not know another."""
    here = parts[0] == room[0] and len(room) > 1
    beside = len(parts) < 2 or not (CORE / parts[0] / parts[1]).is_dir()
    return here and beside and parts[:2] not in REGISTERS


def wrong_imports(room: tuple[str, ...], source: str) -> list[str]:
    names = imports(source)
    found = []
    if room[0] != "aws":
        found += [name for name in names if name.startswith(AWS_LIBRARIES)]
    if room[0] in PURE:
        found += [name for name in names if name in IMPURE]
    for name in names:
        parts = tuple(name.split("."))[1:]
        if not name.startswith("endpoint_sweep.") or parts[0] not in FLOOR or parts[: len(room)] == room:
            continue
        if FLOOR[parts[0]] >= FLOOR[room[0]] and not is_shared(parts, room):
            found.append(name)
    return sorted(found)


def core_files() -> list[Path]:
    return [path for path in sorted(CORE.rglob("*.py")) if path.parent != CORE or path.name != "__init__.py"]


@pytest.mark.parametrize("path", core_files(), ids=lambda path: str(path.relative_to(CORE)))
def test_core_imports_point_down(path: Path) -> None:
    """Rules know no steps and steps know no AWS. A new folder gets its floor in FLOORS."""
    room = room_of(path)
    assert room[0] in FLOOR, f"place {room[0]} in FLOORS"
    assert wrong_imports(room, path.read_text()) == []


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("domain", "from endpoint_sweep.rules.planning import join"),
        ("resources/endpoint", "from endpoint_sweep import ports"),
        ("resources/notebook", "from endpoint_sweep.resources.endpoint import idleness"),
        ("aws/notebook", "from endpoint_sweep.aws.endpoint import cloudwatch"),
        ("aws/endpoint", "from endpoint_sweep.aws.plugs import PLUGS"),
        ("rules", "from endpoint_sweep.resources.endpoint.idleness import judge"),
        ("rules", "import os"),
        ("steps", "from endpoint_sweep.aws.store import AwsStore"),
        ("steps", "from endpoint_sweep.review.pages import Page"),
        ("aws", "from endpoint_sweep.steps.scan_cell import scan_cell"),
        ("steps", "import boto3"),
        ("steps", "if TYPE_CHECKING:\n    from mypy_boto3_s3 import S3Client"),
        ("storage", "def late():\n    from botocore.exceptions import ClientError"),
    ],
)
def test_a_wrong_import_is_noticed(room: str, source: str) -> None:
    """Each forbidden direction is one that the rule sees."""
    assert wrong_imports(tuple(room.split("/")), source) != []


def reading_imports(source: str) -> list[str]:
    return sorted(name for name in imports(source) for one in READING if f"{name}.".startswith(f"{one}."))


@pytest.mark.parametrize("name", RENDERING)
def test_pages_take_views(name: str) -> None:
    """They can neither read nor write, so what they show is loaded in one place."""
    assert reading_imports((CORE / name).read_text()) == []


@pytest.mark.parametrize(
    "source",
    [
        "from endpoint_sweep import ports",
        "from endpoint_sweep.ports import Store",
        "from endpoint_sweep.storage.sweep_folder import SweepFolder",
        "from endpoint_sweep.review.access import Desk",
        "from endpoint_sweep.review import Desk",
        "from endpoint_sweep.review import access",
        "from endpoint_sweep.review.loading import load_offer",
    ],
)
def test_a_page_that_reads_is_noticed(source: str) -> None:
    """Each way to a port is one that the rule sees."""
    assert reading_imports(source) != []


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
