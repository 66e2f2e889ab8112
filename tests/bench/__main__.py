"""`make bench`: API calls, seconds and memory of `endpoint-sweep scan`, beside the reference in the same run.

`make bench ARGS=20x4x20` measures one shape. `make bench ARGS=calls` counts the calls alone, which do not depend on how
fast the machine is: without a delay and without the reference. Otherwise every call takes 50 ms longer than the
simulation needs. Writes docs/performance.md between its markers.
"""

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.world import build

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "performance.md"
LAYER = ROOT / ".aws-sam" / "build" / "CoreLayer" / "python"
LATENCY, COUNTING = 0.05, "calls"
IDLE = 0.38
SHAPES = ((5, 3, 20, 1.0), (20, 4, 20, 1.0), (200, 17, 20, 0.05))
MARKERS = {name: (f"<!-- {name} -->\n", f"<!-- end of {name} -->") for name in ("calls", "figures")}


@dataclass(frozen=True, slots=True)
class Run:
    """One run of one program: what it cost and what it found."""

    calls: dict[str, int]
    seconds: float
    megabytes: float
    idle: set[str]

    @property
    def total(self) -> int:
        return sum(self.calls.values())


def main() -> int:
    asked = set(sys.argv[1:])
    is_counting = COUNTING in asked
    shapes = asked - {COUNTING}
    calls, figures, by_operation = [], [], []
    for shape in SHAPES:
        accounts, regions, endpoints, filled = shape
        if shapes and f"{accounts}x{regions}x{endpoints}" not in shapes:
            continue
        world = build(accounts, regions, endpoints, IDLE, filled)
        truth = {f"{account}/{region}/{name}" for account, region, name in world.expected_idle()}
        members = [one.id for one in world.accounts if one.name.startswith("team-")]
        given = (accounts, regions, endpoints, IDLE, filled)
        scan = ["-m", "endpoint_sweep.cli", "scan", "--organization", "--accounts", ",".join(members)]
        scan += ["--regions", ",".join(world.regions), "--external-id", world.external_id, "--format", "json"]
        ours = _run(given, scan, _findings, 0 if is_counting else LATENCY)
        print(f"{accounts} × {regions} × {endpoints}: {ours.total} calls, {ours.seconds:.1f} s", file=sys.stderr)
        _compare(ours, truth)
        calls.append(_calls(shape, len(world.endpoints), truth, ours))
        by_operation.append(_by_operation(shape, ours))
        if not is_counting:
            reference = ["-m", "tests.bench.reference", ",".join(members), ",".join(world.regions), world.external_id]
            theirs = _run(given, reference, lambda text: set(json.loads(text)), LATENCY)
            print(f"  reference: {theirs.total} calls, {theirs.seconds:.1f} s", file=sys.stderr)
            _compare(theirs, truth)
            figures.append(_seconds(shape, ours, theirs))
    _write("calls", [*_table(_CALLS, calls), "", "By operation:", "", *by_operation])
    if not is_counting:
        _write("figures", [*_table(_SECONDS, figures), "", *_imports()])
    return 0


def _compare(run: Run, truth: set[str]) -> None:
    if run.idle != truth:
        print(f"  found {len(run.idle & truth)} of {len(truth)} idle, {len(run.idle - truth)} wrongly")


def _table(columns: tuple[str, ...], rows: list[str]) -> list[str]:
    return [f"| {' | '.join(columns)} |", "|" + "---|" * len(columns), *rows]


_CALLS = (
    "accounts × regions × endpoints",
    "endpoints, idle",
    "calls",
    "with the check of act roles",
    "calls per endpoint before the idle ones are described",
)
_SECONDS = (
    "accounts × regions × endpoints",
    "seconds",
    "peak memory",
    "reference: calls, seconds",
    "faster by",
)


# What is asked only where something is idle: what it is, whether it could be made again, and who needs it.
_OF_THE_IDLE = (
    *("DescribeEndpoint", "DescribeEndpointConfig", "ListModels", "DescribeModel"),
    *("ListInferenceRouters", "DescribeInferenceRouter"),
)


def _name(shape: tuple[float, ...]) -> str:
    *sizes, filled = shape
    empty = "" if filled == 1 else f", {100 - 100 * filled:.0f}% of the cells empty"
    return f"{' × '.join(map(str, sizes))}{empty}"


def _calls(shape: tuple[float, ...], endpoints: int, truth: set[str], ours: Run) -> str:
    # One AssumeRole for each account with something idle: only a sweep needs it.
    checked = ours.total + len({one.partition("/")[0] for one in truth})
    described = sum(ours.calls.get(f"sagemaker:{one}", 0) for one in _OF_THE_IDLE)
    return (
        f"| {_name(shape)} | {endpoints:,}, {len(truth):,} "
        f"| {ours.total:,} ({ours.total / endpoints:.2f} per endpoint) "
        f"| {checked:,} ({checked / endpoints:.2f}) | {(ours.total - described) / endpoints:.2f} |"
    )


def _seconds(shape: tuple[float, ...], ours: Run, theirs: Run) -> str:
    return (
        f"| {_name(shape)} | {ours.seconds:.1f} | {ours.megabytes:.0f} MB | {theirs.total:,}, {theirs.seconds:.1f} "
        f"| {theirs.seconds / ours.seconds:.1f} × |"
    )


def _by_operation(shape: tuple[float, ...], ours: Run) -> str:
    most = sorted(ours.calls.items(), key=lambda one: (-one[1], one[0]))
    told = ", ".join(f"{name.partition(':')[2]} {count:,}" for name, count in most)
    return f"* {_name(shape)}: {told}"


@contextmanager
def _server(shape: tuple[float, ...], latency: float) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    command = [sys.executable, "-m", "tests.bench.server", *map(str, shape), "--latency", str(latency)]
    server = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        yield f"http://127.0.0.1:{server.stdout.readline().strip()}", server
    finally:
        server.kill()
        server.wait()


def _run(shape: tuple[float, ...], arguments: list[str], read: Callable[[str], set[str]], latency: float) -> Run:
    with _server(shape, latency) as (url, server):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | {
            "AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": "AKIASIMULATEDHUB0001", "AWS_SECRET_ACCESS_KEY": "simulated",
            "AWS_DEFAULT_REGION": "us-east-1", "AWS_CONFIG_FILE": os.devnull, "AWS_EC2_METADATA_DISABLED": "true",
        }  # fmt: skip
        with tempfile.TemporaryFile() as out:
            before = time.monotonic()
            program = subprocess.Popen(
                [sys.executable, *arguments], cwd=ROOT, env=environment, stdout=out, stderr=subprocess.DEVNULL
            )
            _, status, usage = os.wait4(program.pid, 0)
            seconds = time.monotonic() - before
            program.returncode = os.waitstatus_to_exitcode(status)
            out.seek(0)
            found = read(out.read().decode())
        told, _ = server.communicate("")
    return Run(json.loads(told.splitlines()[-1]), seconds, usage.ru_maxrss / 1024, found)


def _findings(text: str) -> set[str]:
    rows = json.loads(text)["findings"]
    return {f"{row['account']}/{row['region']}/{row['name']}" for row in rows if row["verdict"] == "idle"}


def _imports() -> list[str]:
    """Import time of each function's handler from the layer as it is deployed, median of five fresh processes."""
    rows = ["| handler | import, ms |", "|---|---|"]
    alone = {"PYTHONPATH": str(LAYER), "PATH": os.environ["PATH"]}
    for path in sorted((ROOT / "functions").glob("*/app.py")):
        code = f"import time, runpy; t = time.perf_counter(); runpy.run_path({str(path)!r}); "
        code += "print((time.perf_counter() - t) * 1000)"
        times = [
            float(subprocess.check_output([sys.executable, "-S", "-c", code], text=True, env=alone)) for _ in range(5)
        ]
        rows.append(f"| {path.parent.name} | {statistics.median(times):.0f} |")
    return rows


def _write(name: str, lines: list[str]) -> None:
    table = "\n".join(lines) + "\n"
    print(table)
    text = DOCUMENT.read_text(encoding="utf-8")
    start, end = MARKERS[name]
    between = re.escape(start) + ".*?" + re.escape(end)
    DOCUMENT.write_text(re.sub(between, lambda _: start + table + end, text, flags=re.DOTALL), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
