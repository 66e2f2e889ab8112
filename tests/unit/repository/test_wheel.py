"""The package by itself: a wheel that holds what it needs, and the command line installed from nothing else."""

import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from endpoint_sweep import __version__
from scripts import machine
from scripts.bootstrap import UV
from tests.simulation.hub.cloudformation import ROOT
from tests.unit.repository.test_architecture import CORE, imports


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built by the backend of this environment, so nothing is downloaded."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], cwd=ROOT, check=True)
    [built] = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment that holds the wheel and what it asks for, in the locked versions."""
    folder = tmp_path_factory.mktemp("environment") / "venv"
    settings = machine.package_index_settings(Path(sys.executable), os.environ)
    subprocess.run(
        [UV, "venv", "--quiet", "--no-project", "--python", sys.executable, folder], env=settings, check=True
    )
    where = ["--python", str(folder), "--constraint", str(ROOT / "requirements/dev.txt")]
    subprocess.run([UV, "pip", "install", "--quiet", *where, wheel], env=settings, check=True)
    return folder / "bin"


def test_wheel_holds_every_file_of_the_package(wheel: Path) -> None:
    """Templates, prices and the mark that it is typed as well as the code; the version is that of the package."""
    wanted = {
        str(path.relative_to(CORE.parent))
        for path in CORE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {"endpoint_sweep/py.typed", "endpoint_sweep/prices.csv", "endpoint_sweep/templates/page.css"} <= wanted
    found = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert found == wanted
    assert wheel.name == f"endpoint_sweep-{__version__}-py3-none-any.whl"


@pytest.mark.parametrize(
    ("arguments", "says"), [(["--version"], f"endpoint-sweep {__version__}"), (["scan", "--help"], "--organization")]
)
def test_installed_alone_it_runs(installed: Path, arguments: list[str], says: str) -> None:
    """With nothing around it but what the wheel declares."""
    alone = {"PATH": os.defpath}
    done = subprocess.run(
        [installed / "endpoint-sweep", *arguments],
        cwd=installed,
        env=alone,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert says in done.stdout


def test_what_is_imported_is_declared() -> None:
    """And nothing else: a dependency that only another one brings may be gone with its next version.

    What only a type checker reads, under `if TYPE_CHECKING`, is not installed with the package.
    """
    imported = {
        name.partition(".")[0]
        for path in CORE.rglob("*.py")
        for name in imports(path.read_text(encoding="utf-8"), only_at_run_time=True)
    }
    needed = {name.replace("_", "-") for name in imported - sys.stdlib_module_names - {"endpoint_sweep"}}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {line.partition(">=")[0] for line in project["dependencies"]} == needed
