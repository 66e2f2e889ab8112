"""The layer as `sam build` makes it: what the lock says, for Lambda's processor, with byte code that is used there."""

import os
import shutil
import subprocess
import sys
from importlib.util import cache_from_source, source_hash
from pathlib import Path

import pytest

from tests.simulation.hub.cloudformation import ROOT

SOURCE = ROOT / "layers" / "core"
UNCHECKED_HASH = 0b01


def build(folder: Path, requirements: str | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """As sam does it: in a copy of the source, with the target named after the resource."""
    copy, artifacts = folder / "copy", folder / "artifacts"
    shutil.copytree(SOURCE, copy)
    if requirements is not None:
        (copy / "requirements.txt").write_text(requirements, encoding="utf-8")
    artifacts.mkdir()
    make = [str(shutil.which("make")), "--makefile", str(SOURCE / "Makefile"), "build-CoreLayer"]
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    made_with = os.environ | {"PATH": programs, "ARTIFACTS_DIR": str(artifacts)} | environment
    return subprocess.run(make, cwd=copy, env=made_with, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def layer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("layer")
    done = build(folder)
    assert done.returncode == 0, done.stderr
    return folder / "artifacts" / "python"


def test_every_module_brings_byte_code_that_is_not_checked(layer: Path) -> None:
    """A zip changes times, and a function cannot write: other byte code would be made anew at each cold start."""
    modules = sorted(layer.rglob("*.py"))
    assert {"endpoint_sweep", "boto3", "jinja2"} <= {path.relative_to(layer).parts[0] for path in modules}
    for path in modules:
        compiled = Path(cache_from_source(str(path))).read_bytes()
        assert int.from_bytes(compiled[4:8], "little") == UNCHECKED_HASH, path
        assert compiled[8:16] == source_hash(path.read_bytes()), path
        assert str(Path("/opt/python", path.relative_to(layer))).encode() in compiled


def test_nothing_in_it_tells_where_it_was_built(layer: Path) -> None:
    """The same source is the same layer on every machine, so a deployment does not replace it for nothing."""
    here = str(layer.parent).encode()
    assert [path for path in layer.rglob("*") if path.is_file() and here in path.read_bytes()] == []
    # They hold the hash of a program that names the interpreter, and how it was installed.
    assert [path for name in ("bin", "RECORD", "INSTALLER", "REQUESTED") for path in layer.rglob(name)] == []


def test_it_is_for_the_processor_of_the_functions(layer: Path) -> None:
    """Whichever this machine has; test_hub_stack.py holds the functions to arm64."""
    compiled = {path.name.split(".")[1] for path in layer.rglob("*.so")}
    assert compiled == {"cpython-313-aarch64-linux-gnu"}


def test_data_is_there(layer: Path) -> None:
    """What is no code but is read at run time."""
    package = layer / "endpoint_sweep"
    data = {path.relative_to(SOURCE) for path in (SOURCE / "endpoint_sweep").rglob("*") if path.is_file()}
    assert {path for path in data if path.suffix != ".pyc"} == {
        path.relative_to(layer) for path in package.rglob("*") if path.is_file() and path.suffix != ".pyc"
    }
    assert (layer / "botocore" / "data" / "sagemaker").is_dir()


@pytest.mark.parametrize(
    ("requirements", "says"),
    [
        ("six==1.17.0\n", "Hashes are required"),
        (f"six==1.17.0 --hash=sha256:{'0' * 64}\n", "DO NOT MATCH THE HASHES"),
    ],
)
def test_what_the_lock_does_not_know_is_not_installed(tmp_path: Path, requirements: str, says: str) -> None:
    done = build(tmp_path, requirements)
    assert done.returncode != 0
    assert says in done.stderr


def test_another_python_is_refused_in_a_sentence(tmp_path: Path) -> None:
    """Only shims that do not run, and one that is something else."""
    for name, code in (("python3.13", 127), ("python3", 1), ("python", 1)):
        (tmp_path / name).write_text(f"#!/bin/sh\nexit {code}\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    done = build(tmp_path, PATH=str(tmp_path))
    assert done.returncode != 0
    assert "there is no Python 3.13 on PATH" in done.stderr
