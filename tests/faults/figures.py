"""`make figures`: whole sweeps in which things go wrong by chance, and what the promises made of them.

`ARGS=200` plays so many instead of 3,000; `ARGS="--seed 17"` plays one and says what happened. Writes the table of
docs/safety.md between its two markers when the whole number was played.
"""

import argparse
import gc
import logging
import multiprocessing
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.progress import track

from tests.faults.bugs import BUGS
from tests.faults.case import draw
from tests.faults.play import Played, play

ENOUGH = 3000
TRIES = 6
FRESH = 100  # cases until a process is replaced: the engines keep what they once held
MARKERS = ("<!-- figures -->\n", "<!-- end of figures -->")
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "safety.md"
_errors = Console(stderr=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make figures", description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=ENOUGH, help="how many sweeps")
    parser.add_argument("--seed", type=int, help="only this one, with everything that it says")
    given = parser.parse_args()
    if given.seed is not None:
        return _one(given.seed)
    began = time.monotonic()
    with multiprocessing.get_context("spawn").Pool((os.cpu_count() or 1) + 1, _quiet, maxtasksperchild=FRESH) as pool:
        runs = pool.imap_unordered(_played, range(given.count))
        played = []
        for one in track(runs, "sweeps", given.count, console=_errors):
            played.append(one)
            if len(played) % 100 == 0 and not _errors.is_terminal:
                print(f"{len(played)} of {given.count}", file=sys.stderr, flush=True)
            if one.wrong:
                print(one.case, *one.wrong, sep="\n  ", flush=True)
        seen = sum(track(pool.imap_unordered(_is_seen, range(len(BUGS))), "bugs", len(BUGS), console=_errors))
    table = _table(played, seen, time.monotonic() - began)
    print(table)
    if given.count >= ENOUGH:
        _write(table)
    return 1 if any(one.wrong for one in played) or seen < len(BUGS) else 0


def _one(seed: int) -> int:
    played = play(draw(seed))
    print(played.case, *played.wrong, sep="\n  ")
    print(*played.endings, dict(played.dispositions))
    return 1 if played.wrong else 0


def _quiet() -> None:
    """The engines and the functions log every failure, and here everything fails. What they leave behind goes with
    the process.
    """
    gc.set_threshold(200_000, 50, 100)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    logging.getLogger("moto").setLevel(logging.CRITICAL)


def _played(seed: int) -> Played:
    return play(draw(seed))


def _is_seen(number: int) -> bool:
    """Whether the promises see a fault in the product itself, in one of a few worlds."""
    for seed in range(TRIES):
        with BUGS[number].put_in():
            wrong = play(BUGS[number].case(draw(seed))).wrong
        if wrong:
            return True
    return False


def _table(played: list[Played], seen: int, seconds: float) -> str:
    wrong = sum(bool(one.wrong) for one in played)
    endings = Counter(ending for one in played for ending in one.endings)
    told = Counter[str]()
    for one in played:
        told += one.dispositions
    strikes = sum(len(one.case.strikes) for one in played)
    crashes = sum(len(one.case.crashes) for one in played)
    hands = sum(len(one.case.hands) for one in played)
    moves = Counter(move.what for one in played for move in one.case.moves)
    deeds = Counter(deed.what for one in played for deed in one.case.deeds)
    inside = sum(bool(one.case.deeds) for one in played)
    rows = [
        ("sweeps run; sweeps that broke a promise", f"{len(played):,}, {wrong}"),
        ("how their executions ended", _listed(endings)),
        ("injected AWS faults (errors, lost or garbled responses)", f"{strikes:,}"),
        ("functions that died, were throttled or ran twice", f"{crashes:,}"),
        ("endpoints changed by someone else at a named point", f"{hands:,}"),
        ("what people and robots did", _listed(moves)),
        (
            "sweeps with an insider in the hub account, and what that person wrote or called",
            f"{inside:,}: {_listed(deeds)}",
        ),
        ("deletions sent, each of them approved", f"{sum(one.deletions for one in played):,}"),
        ("outcomes of the endpoints found", _listed(told)),
        ("deliberate bugs: injected, caught", f"{len(BUGS)}, {seen}"),
        ("run time", f"{seconds / 60:.0f} minutes on {os.cpu_count()} cores"),
    ]
    return "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)]) + "\n"


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in _sorted(counts.items()))


def _sorted(pairs: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))


def _write(table: str) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    start, end = MARKERS
    found = re.sub(re.escape(start) + ".*?" + re.escape(end), lambda _: start + table + end, text, flags=re.DOTALL)
    DOCUMENT.write_text(found, encoding="utf-8")
