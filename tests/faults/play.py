"""Plays one case in this process: the real state machine, the real functions, the real page. Then judges it."""

import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from endpoint_sweep.approvals import approval_id
from tests.faults.case import Case
from tests.faults.mishaps import Mishaps
from tests.faults.people import LONG, People
from tests.faults.quick import hurried
from tests.simulation.approval_rows import key_of
from tests.simulation.hub_resources import STACK
from tests.workflow.invariants import before, violations
from tests.workflow.stage import Stage, opened

LIMIT = 40.0
PATIENCE = 3.0


@dataclass(frozen=True, slots=True)
class Played:
    """What became of a case. `endings`: the final status of its sweeps; `deletions`: how many calls were sent."""

    case: Case
    wrong: tuple[str, ...]
    endings: tuple[str, ...]
    deletions: int
    dispositions: Counter[str]


def play(case: Case) -> Played:
    with opened(case.world, **case.parameters) as stage, hurried():
        start = before(stage)
        mishaps = Mishaps(stage, case)
        wrong = []
        with mishaps.in_place():
            sweep = stage.start_with(case.asked)
            try:
                _meanwhile(stage, case, sweep, mishaps)
            except Exception as error:  # noqa: BLE001 - whatever a person is met with is a find
                wrong.append(f"a person met {type(error).__name__}: {error}")
            wrong += _finish(stage)
            if any(move.what == "redrive" for move in case.moves):
                _redrive(stage, mishaps)
        try:
            wrong += violations(stage, start)
        except Exception as error:  # noqa: BLE001 - what cannot be judged is no promise kept
            wrong.append(f"it cannot be judged: {type(error).__name__}: {error}")
        endings = tuple(stage.onlooker.status(one) for one in stage.sweeps)
        return Played(case, tuple(wrong), endings, len(stage.onlooker.sent), _dispositions(stage, sweep))


def _meanwhile(stage: Stage, case: Case, sweep: str, mishaps: Mishaps) -> None:
    """Until the sweep waits for somebody, then what people do. Nothing, where it never asks."""
    end, patience = time.monotonic() + LIMIT, time.monotonic() + PATIENCE
    while not (_is_waiting(stage, sweep) or (time.monotonic() > patience and _record(stage, sweep))):
        if stage.onlooker.status(sweep) != "RUNNING":
            return
        if time.monotonic() > end:
            raise TimeoutError(f"{sweep} neither asks nor ends: {stage.states(sweep)[-1:]}")
        time.sleep(0.02)
    people = People(stage, case, sweep)
    mishaps.before_the_decision(people.offered)
    for move in case.moves:
        people.play(move)


def _finish(stage: Stage) -> list[str]:
    """Waits for every sweep; where nobody decides any more, time passes. Then the watchdog, twice if it fails."""
    wrong = []
    for sweep in list(stage.sweeps):
        began = time.monotonic()
        while (status := stage.onlooker.status(sweep)) == "RUNNING":
            took = time.monotonic() - began
            record = _record(stage, sweep)
            is_pending = record is not None and record["status"] == "pending" and _is_waiting(stage, sweep)
            is_open = record is not None and record["status"] in ("pending", "decided")
            # Never while it acts: a clock that jumps between a look and a call would be nobody's mistake.
            if is_pending or (is_open and took > PATIENCE):
                stage.hub.ahead = LONG
            if took > LIMIT:
                wrong.append(f"{sweep} never ends: {stage.states(sweep)[-3:]}")
                break
            time.sleep(0.02)
        if status in ("FAILED", "ABORTED", "TIMED_OUT"):
            _watch(stage, sweep, status)
    stage.world.clear_faults()
    return wrong


def _watch(stage: Stage, sweep: str, status: str) -> None:
    try:
        stage.watchdog(sweep, status)
    except Exception:  # noqa: BLE001 - Lambda calls it again, later
        stage.world.clear_faults()
        stage.watchdog(sweep, status)


def _redrive(stage: Stage, mishaps: Mishaps) -> None:
    """Three days later somebody runs the failed states again: with the input that they had (FI-39)."""
    stage.hub.ahead += timedelta(days=3)
    for event in list(mishaps.events):
        with suppress(Exception):  # It may die once more, as before.
            stage.hub.handlers[f"{STACK}-ApplyDecisionFunction"](event, None)


def _is_waiting(stage: Stage, sweep: str) -> bool:
    return stage.onlooker.document(*key_of("WAIT", approval_id(sweep))) is not None


def _record(stage: Stage, sweep: str) -> dict[str, Any] | None:
    return stage.onlooker.approval(approval_id(sweep))


def _dispositions(stage: Stage, sweep: str) -> Counter[str]:
    try:
        return Counter(row["disposition"] for row in stage.report(sweep)["findings"])
    except stage.hub.client("s3").exceptions.NoSuchKey:
        return Counter()
