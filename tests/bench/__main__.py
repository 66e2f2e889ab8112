"""`make bench`: API calls, seconds and memory of `endpoint-sweep scan`, beside the reference in the same run.

`make bench ARGS=20x4x20` measures one shape.
Every call takes 50 ms longer than the simulation needs. Writes docs/performance.md between its two markers.
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
LATENCY = 0.05
IDLE = 0.38
SHAPES = ((5, 3, 20, 1.0), (20, 4, 20, 1.0), (200, 17, 20, 0.05))
MARKERS = ("<!-- figures -->\n", "<!-- end of figures -->")


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
    rows, by_operation = [], []
    asked = set(sys.argv[1:])
    for accounts, regions, endpoints, filled in SHAPES:
        if asked and f"{accounts}x{regions}x{endpoints}" not in asked:
            continue
        world = build(accounts, regions, endpoints, IDLE, filled)
        truth = {f"{account}/{region}/{name}" for account, region, name in world.expected_idle()}
        members = [one.id for one in world.accounts if one.name.startswith("team-")]
        shape = (accounts, regions, endpoints, IDLE, filled)
        scan = ["-m", "endpoint_sweep.cli", "scan", "--organization", "--accounts", ",".join(members)]
        scan += ["--regions", ",".join(world.regions), "--external-id", world.external_id, "--format", "json"]
        ours = _run(shape, scan, _findings)
        print(f"{accounts} × {regions} × {endpoints}: {ours.total} calls, {ours.seconds:.1f} s", file=sys.stderr)
        reference = ["-m", "tests.bench.reference", ",".join(members), ",".join(world.regions), world.external_id]
        theirs = _run(shape, reference, lambda text: set(json.loads(text)))
        print(f"  reference: {theirs.total} calls, {theirs.seconds:.1f} s", file=sys.stderr)
        for run in (ours, theirs):
            if run.idle != truth:
                print(f"  found {len(run.idle & truth)} of {len(truth)} idle, {len(run.idle - truth)} wrongly")
        rows.append(_row(shape, len(world.endpoints), truth, ours, theirs))
        by_operation.append(_by_operation(shape, ours))
    table = (
        "\n".join((f"| {' | '.join(_COLUMNS)} |", "|" + "---|" * len(_COLUMNS), *rows))
        + "\n\nBy operation:\n\n"
        + "\n".join(by_operation)
        + "\n\n"
        + "\n".join(_imports())
        + "\n"
    )
    print(table)
    _write(table)
    return 0


_COLUMNS = (
    "accounts × regions × endpoints",
    "endpoints, idle",
    "calls",
    "with the check of act roles",
    "calls per endpoint before the idle ones are described",
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


def _row(shape: tuple[float, ...], endpoints: int, truth: set[str], ours: Run, theirs: Run) -> str:
    # One AssumeRole for each account with something idle: only a sweep needs it.
    checked = ours.total + len({one.partition("/")[0] for one in truth})
    described = sum(ours.calls.get(f"sagemaker:{one}", 0) for one in _OF_THE_IDLE)
    accounts, regions, per_cell, _, filled = shape
    empty = "" if filled == 1 else f", {100 - 100 * filled:.0f}% of the cells empty"
    return (
        f"| {accounts} × {regions} × {per_cell}{empty} | {endpoints:,}, {len(truth):,} "
        f"| {ours.total:,} ({ours.total / endpoints:.2f} per endpoint) "
        f"| {checked:,} ({checked / endpoints:.2f}) | {(ours.total - described) / endpoints:.2f} "
        f"| {ours.seconds:.1f} | {ours.megabytes:.0f} MB | {theirs.total:,}, {theirs.seconds:.1f} "
        f"| {theirs.seconds / ours.seconds:.1f} × |"
    )


def _by_operation(shape: tuple[float, ...], ours: Run) -> str:
    most = sorted(ours.calls.items(), key=lambda one: (-one[1], one[0]))
    told = ", ".join(f"{name.partition(':')[2]} {count:,}" for name, count in most)
    return f"* {' × '.join(f'{number:.0f}' for number in shape[:3])}: {told}"


@contextmanager
def _server(shape: tuple[float, ...]) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    command = [sys.executable, "-m", "tests.bench.server", *map(str, shape), "--latency", str(LATENCY)]
    server = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        yield f"http://127.0.0.1:{server.stdout.readline().strip()}", server
    finally:
        server.kill()
        server.wait()


def _run(shape: tuple[float, ...], arguments: list[str], read: Callable[[str], set[str]]) -> Run:
    with _server(shape) as (url, server):
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


def _write(table: str) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    start, end = MARKERS
    DOCUMENT.write_text(
        re.sub(re.escape(start) + ".*?" + re.escape(end), lambda _: start + table + end, text, flags=re.DOTALL)
    )


if __name__ == "__main__":
    sys.exit(main())
