"""What this machine offers: a Python 3.13, package settings, system packages. Standard library, Python 3.11 on."""

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

WANTED_PYTHON = "cpython 3.13"
# ssl and ctypes are what a hand-built Python may lack, and what the tools need.
PROBE = "import ctypes, ssl, sys, zlib; v = sys.version_info; print(sys.implementation.name, f'{v[0]}.{v[1]}')"

# pip's setting -> the variable that uv reads, and how several values are joined there. uv does not read pip.conf.
UV_VARIABLES = {
    "index-url": ("UV_DEFAULT_INDEX", " "),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "no-index": ("UV_NO_INDEX", " "),
    "trusted-host": ("UV_INSECURE_HOST", " "),
    "cert": ("SSL_CERT_FILE", " "),
    "timeout": ("UV_HTTP_TIMEOUT", " "),
    "default-timeout": ("UV_HTTP_TIMEOUT", " "),
    "proxy": ("ALL_PROXY", " "),
}
OLD_UV_NAMES = {"UV_DEFAULT_INDEX": "UV_INDEX_URL", "UV_INDEX": "UV_EXTRA_INDEX_URL"}


class MachineError(Exception):
    """A sentence for the person who ran it."""


def python_version(python: Path) -> str | None:
    """`cpython 3.13`, or None where it does not run: a version manager's shim is a file, but no interpreter."""
    try:
        done = subprocess.run([python, "-I", "-c", PROBE], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def find_python() -> str | None:
    """The first Python 3.13 that runs: on PATH, in pyenv's folder, in the system's."""
    seen: set[Path] = set()
    for candidate in _python_candidates():
        if candidate in seen or not candidate.is_file():
            continue
        seen.add(candidate)
        if python_version(candidate) == WANTED_PYTHON:
            return _base_interpreter(candidate)
    return None


def _python_candidates() -> Iterator[Path]:
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    for name in ("python3.13", "python3", "python"):
        yield from (folder / name for folder in folders)
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    yield from (folder / "bin" / "python3.13" for folder in sorted(pyenv.glob("3.13*"), reverse=True))
    yield from (Path(folder) / "python3.13" for folder in ("/usr/bin", "/usr/local/bin"))


def _base_interpreter(python: Path) -> str:
    """Behind a virtual environment (an activated one is on PATH) stands the interpreter that made it."""
    code = "import sys; print(sys._base_executable)"
    done = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip() or str(python)


def package_index_settings(python: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """The environment plus pip's settings of this machine (files and PIP_*) in uv's words; uv's own settings win."""
    done = subprocess.run(
        [python, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False, env=environment
    )
    settings = dict(environment)
    for key, value in pip_settings(done.stdout).items():
        name, separator = UV_VARIABLES.get(key, ("", ""))
        if name and name not in environment and OLD_UV_NAMES.get(name, name) not in environment:
            settings[name] = separator.join(value.split())
    if "UV_INDEX" in settings:
        # pip looks into all indexes alike. Hashes make it harmless.
        settings.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    return settings


def pip_settings(listing: str) -> dict[str, str]:
    """`global.index-url='...'` lines as {index-url: ...}; PIP_* variables (`:env:`) win over files, as in pip."""
    found: dict[str, tuple[int, str]] = {}
    for line in listing.splitlines():
        name, separator, value = line.partition("=")
        section, _, key = name.rpartition(".")
        rank = {"global": 0, "install": 1, ":env:": 2}.get(section, -1)
        if separator and rank >= found.get(key, (0, ""))[0]:
            found[key] = (rank, str(ast.literal_eval(value)))
    return {key: value for key, (_, value) in found.items()}


def node_settings(bin_folder: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """npm in a virtual environment has a prefix of its own: it is told of the machine's npmrc and certificates."""
    settings = {**environment, "PATH": f"{bin_folder}{os.pathsep}{environment.get('PATH', '')}"}
    known = {name.lower() for name in environment}
    for folder in ("/usr/etc", "/usr/local/etc", "/etc"):
        if "npm_config_globalconfig" not in known and Path(folder, "npmrc").is_file():
            settings["NPM_CONFIG_GLOBALCONFIG"] = f"{folder}/npmrc"
            break
    certificates = environment.get("SSL_CERT_FILE") or environment.get("PIP_CERT")
    if certificates:
        settings.setdefault("NODE_EXTRA_CA_CERTS", certificates)
    return settings


def can_install_packages() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install_package(name: str) -> None:
    """Debian's package, after a refresh of the lists where the first try fails (a new machine has none)."""
    install = ("install", "-y", "-qq", "--no-install-recommends", name)
    if _apt_get(*install).returncode == 0:
        return
    _apt_get("update", "-qq")
    done = _apt_get(*install)
    if done.returncode:
        sys.stderr.write(done.stderr[-2000:])
        raise MachineError(f"apt-get could not install {name}")


def _apt_get(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(["apt-get", *arguments], env=environment, capture_output=True, text=True, check=False)
