"""`make mutants`: mutmut changes the rules, and a unit test must notice every change.

`ARGS='rules.snoozes resources.endpoint.recheck'` tries some modules only. What was noticed is not tried again until
its function changes; `make clean` forgets it. mutmut changes neither properties nor what stands outside of functions.
"""

import hashlib
import json
import os
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from configparser import ConfigParser
from pathlib import Path
from typing import Any

from scripts.bootstrap import ROOT, UV, VENV, install_uv
from tests.mutants.changes import Change, changes

MUTMUT = "mutmut==3.8.1"
FOLDERS = ROOT / "build" / "mutants"
PACKAGE = "endpoint_sweep"
# A result of mutmut: the exit code of pytest. Others are a kill.
SURVIVED, NO_TESTS, NO_END = 0, (5, 33), (-24, 24, 36, 152, 255)
KINDS = ("noticed", "no end", "wording", "equivalent", "missed")
LINKS = {"src": "layers/core"} | {
    name: name for name in ("functions", "tests", "scripts", "template.yaml", "pyproject.toml")
}


def lay_out(only: Sequence[str]) -> Path:
    """A folder as mutmut expects a project to be; each choice of modules has one of its own."""
    # Their hash, because the names of many modules are too long for the name of a folder.
    folder = FOLDERS / (hashlib.sha256(" ".join(sorted(only)).encode()).hexdigest()[:16] if only else "all")
    folder.mkdir(parents=True, exist_ok=True)
    for name, target in LINKS.items():
        link = folder / name
        link.unlink(missing_ok=True)
        link.symlink_to(ROOT / target)
    settings = ConfigParser()
    settings.read(Path(__file__).parent / "setup.cfg")
    if only:
        files = [f"src/{PACKAGE}/{one.replace('.', '/')}.py" for one in only]
        settings["mutmut"]["only_mutate"] = "\n".join(["", *files])
        if not any(one.startswith("review.") for one in only):
            tests = settings["mutmut"]["pytest_add_cli_args_test_selection"]
            settings["mutmut"]["pytest_add_cli_args_test_selection"] = tests.replace("\ntests/unit/review", "")
    with (folder / "setup.cfg").open("w", encoding="utf-8") as file:
        settings.write(file)
    return folder


def results(folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """mutmut's own notes about each file."""
    for path in sorted((folder / "mutants" / "src").rglob("*.py.meta")):
        yield path, json.loads(path.read_text())


def forget_what_tests_may_have_changed(folder: Path) -> None:
    """New tests may notice what survived, and changed tests run other functions."""
    for path, notes in results(folder):
        codes = notes["exit_code_by_key"]
        notes["exit_code_by_key"] = {name: None if was_missed(code) else code for name, code in codes.items()}
        path.write_text(json.dumps(notes))
    (folder / "mutants" / "mutmut-stats.json").unlink(missing_ok=True)


def was_missed(code: int | None) -> bool:
    """What was not tried was missed as well."""
    return code is None or code == SURVIVED or code in NO_TESTS


def run_mutmut(folder: Path) -> None:
    workers = os.environ.get("MUTANTS_AT_ONCE", str(os.cpu_count() or 1))
    tool = [str(UV), "run", "--quiet", "--no-project", "--python", str(VENV / "bin" / "python"), "--with", MUTMUT]
    command = [*tool, "mutmut", "run", "--max-children", workers]
    environment = install_uv() | {"PYTHONDONTWRITEBYTECODE": "1"}
    environment.pop("PYTHONPATH", None)  # The package that is changed is to be found first.
    subprocess.run(command, cwd=folder, env=environment, check=True)


def judge(folder: Path) -> int:
    """One line a module, every change that was missed, and every exception that excuses none."""
    rows: dict[str, Counter[str]] = {}
    missed: list[Change] = []
    listed = tomllib.loads((Path(__file__).parent / "equivalent.toml").read_text()).get("equivalent", [])
    excused = {(one["function"], one["was"], one["becomes"]) for one in listed}
    used: set[tuple[str, str, str]] = set()
    for path, notes in results(folder):
        module = ".".join(path.relative_to(folder / "mutants" / "src").with_suffix("").with_suffix("").parts)
        codes = {name.rpartition(".")[2]: code for name, code in notes["exit_code_by_key"].items()}
        if not codes:
            continue
        row = rows[module] = Counter({"no end": sum(code in NO_END for code in codes.values())})
        row["noticed"] = sum(not was_missed(code) for code in codes.values()) - row["no end"]
        for change in changes(
            module, path.with_suffix("").read_text(), [one for one in codes if was_missed(codes[one])]
        ):
            kind = "equivalent" if change.key in excused else "wording" if change.is_wording else "missed"
            row[kind] += 1
            used.add(change.key)
            missed += [change] if kind == "missed" else []
    stale = [key for key in excused - used if key[0].rpartition(".")[0] in rows]
    for change in missed:
        print(f"\n{change.function} ({change.name})\n  - {change.was}\n  + {change.becomes}")
    for function, was, _ in stale:
        print(f"\nexcused in equivalent.toml, but no longer missed: {function}: {was}")
    print()
    for module, row in rows.items():
        print(f"{module:50}" + "".join(f"{row[one]:5} {one}" for one in KINDS))
    return 1 if missed or stale else 0


def main(only: Sequence[str]) -> int:
    folder = lay_out(only)
    forget_what_tests_may_have_changed(folder)
    run_mutmut(folder)
    return judge(folder)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
