"""Set-up: locks that name no address, a Python that really runs, the machine's own package settings."""

import json
import re
import sys
from pathlib import Path

import pytest

from scripts import machine
from tests.simulation.hub.cloudformation import ROOT

LOCKS = [
    ROOT / "requirements/dev.txt",
    ROOT / "requirements/uv.txt",
    ROOT / "layers/core/requirements.txt",
    ROOT / "requirements/checkov.txt",
]


def pins(lock: Path) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", lock.read_text(), flags=re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: str(path.relative_to(ROOT)))
def test_lock_pins_with_hashes_and_names_no_address(lock: Path) -> None:
    """Each requirement is one version with its hashes; where it comes from is the machine's business."""
    entries = lock.read_text().replace("\\\n", " ").splitlines()
    assert entries
    for entry in entries:
        assert re.match(r"^[a-z0-9._-]+==\S+( ; .+?)?\s+--hash=sha256:[0-9a-f]{64}", entry), entry
    assert "//" not in lock.read_text()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: str(path.relative_to(ROOT)))
def test_lock_holds_the_versions_that_are_asked_for(lock: Path) -> None:
    """A version that was changed in the *.in file alone is installed nowhere: `make lock`."""
    asked = re.findall(r"^([a-z0-9._-]+)(?:\[.*\])?==(\S+)", lock.with_suffix(".in").read_text(), flags=re.MULTILINE)
    assert asked
    assert dict(asked).items() <= pins(lock).items()


def test_node_lock_names_no_address() -> None:
    """npm finds the packages where the machine's settings say, and checks them against the lock."""
    lock = json.loads((ROOT / "package-lock.json").read_text())
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages
    for name, package in packages.items():
        assert package["integrity"].startswith("sha512-"), name
        assert "resolved" not in package, name


def test_what_is_tested_is_what_is_deployed() -> None:
    """The layer's versions are the ones that tests run with."""
    layer, dev = pins(LOCKS[2]), pins(LOCKS[0])
    assert layer
    assert layer.items() <= dev.items()


def test_layer_can_be_built_for_both_processors() -> None:
    """The one compiled package has hashes for more than this machine's processor."""
    text = LOCKS[2].read_text()
    assert text.partition("markupsafe==")[2].partition("\n\n")[0].count("sha256:") > 50


def test_a_shim_is_no_interpreter(tmp_path: Path) -> None:
    """A file named python3.13 that only says that no version is selected is passed over."""
    shim = tmp_path / "python3.13"
    shim.write_text("#!/bin/sh\necho 'python3.13: command not found' >&2\nexit 127\n")
    shim.chmod(0o755)
    assert machine.python_version(shim) is None
    assert machine.python_version(tmp_path / "nothing") is None
    assert machine.python_version(Path(sys.executable)) == machine.WANTED_PYTHON


def test_shims_on_path_do_not_hide_the_real_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With only a shim on PATH, the interpreter in the version manager's folder is found."""
    shims, real = tmp_path / "shims", tmp_path / "pyenv" / "versions" / "3.13.9" / "bin"
    for folder in (shims, real):
        folder.mkdir(parents=True)
    (shims / "python3.13").write_text("#!/bin/sh\nexit 127\n")
    (shims / "python3.13").chmod(0o755)
    (real / "python3.13").symlink_to(sys.executable)
    monkeypatch.setenv("PATH", str(shims))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    found = machine.find_python()
    assert found is not None
    assert machine.python_version(Path(found)) == machine.WANTED_PYTHON


def test_variables_win_over_files() -> None:
    """pip's order: a PIP_ variable, then the section of the command, then the global one."""
    listing = ":env:.index-url='of-env'\nglobal.index-url='of-file'\nglobal.cert='/c'\ninstall.cert='/d'\nbroken\n"
    assert machine.pip_settings(listing) == {"index-url": "of-env", "cert": "/d"}


def fake_pip(folder: Path, listing: str) -> Path:
    """Something that answers `python -m pip config list`."""
    python = folder / "python"
    python.write_text(f"#!/bin/sh\ncat <<'END'\n{listing}\nEND\n")
    python.chmod(0o755)
    return python


def test_settings_of_pip_reach_uv(tmp_path: Path) -> None:
    """uv does not read pip's files, so it is told in its own variables; several values keep their order."""
    python = fake_pip(tmp_path, "global.index-url='i'\nglobal.extra-index-url='a\\nb'\nglobal.find-links='c d'")
    settings = machine.package_index_settings(python, {"HOME": "h"})
    assert settings == {
        "HOME": "h",
        "UV_DEFAULT_INDEX": "i",
        "UV_INDEX": "a b",
        "UV_FIND_LINKS": "c,d",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    }


@pytest.mark.parametrize("own", ["UV_DEFAULT_INDEX", "UV_INDEX_URL"])
def test_settings_of_uv_win(tmp_path: Path, own: str) -> None:
    """Who has set uv up is not overruled by pip's settings."""
    python = fake_pip(tmp_path, "global.index-url='of-pip'")
    assert machine.package_index_settings(python, {own: "of-uv"}) == {own: "of-uv"}
