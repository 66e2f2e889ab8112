"""Plays one case in this process: the real state machine, the real functions, the real page. Then judges it."""

import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from endpoint_sweep.rules.acting import Checkpoint
from endpoint_sweep.rules.approvals import approval_id
from tests.faults.case import Case
from tests.faults.insider import Insider
from tests.faults.mishaps import Mishaps
from tests.faults.people import LONG, People
from tests.faults.quick import hurried
from tests.judging.acts import Key
from tests.judging.invariants import before, violations
from tests.judging.opening import opened
from tests.judging.stage import Stage
from tests.simulation.hub.approval_rows import key_of
from tests.simulation.hub.approver import PageError
from tests.simulation.hub.resources import STACK
from tests.simulation.hub.stack_in_process import APPROVERS

LIMIT = 120.0
PATIENCE = 3.0
LOOKS = 4


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
            earlier = _earlier(stage) if case.follows == "another" else ""
            run = Run(stage, case, mishaps, earlier)
            sweep = stage.start_with(case.asked)
            try:
                run.meanwhile()
            except Exception as error:  # noqa: BLE001 - whatever a person is met with is a find
                wrong.append(f"a person met {type(error).__name__}: {error}")
            wrong += _finish(stage, run)
            if any(move.what == "redrive" for move in case.moves):
                _redrive(stage, mishaps)
            run.insider.act("after")
            if case.follows == "again":
                wrong += _again(stage, case, sweep, run)
        wrong += run.insider.wrong
        try:
            wrong += violations(stage, start)
        except Exception as error:  # noqa: BLE001 - what cannot be judged is no promise kept
            wrong.append(f"it cannot be judged: {type(error).__name__}: {error}")
        endings = tuple(stage.onlooker.status(one) for one in stage.sweeps)
        return Played(case, tuple(wrong), endings, len(stage.onlooker.sent), _dispositions(stage, sweep))


class Run:
    """One sweep with its people and with whoever interferes, each at the moments that the case says."""

    def __init__(self, stage: Stage, case: Case, mishaps: Mishaps, earlier: str) -> None:
        self.stage, self.case, self.mishaps = stage, case, mishaps
        self.sweep = stage.next_name
        self.people: People | None = None
        self.insider = Insider(stage, case, self.sweep, earlier)
        self.insider.act("before")
        self.insider.in_place()
        self._looks = 0
        stage.around("VerifyDecisionFunction", self._verifying)
        mishaps.passing.append(self._deleting)

    @property
    def grace(self) -> timedelta:
        return timedelta(minutes=int(self.stage.hub.parameters["GraceMinutes"]))

    @property
    def patience(self) -> float:
        """How long it may take to act on a decision: a few looks, of which the first may take their time."""
        return PATIENCE if self._looks > LOOKS else 5 * PATIENCE

    def meanwhile(self) -> None:
        """Until the sweep waits for someone, then what people do. Nothing, where it never asks."""
        stage, sweep = self.stage, self.sweep
        end, asked = time.monotonic() + LIMIT, 0.0
        while not (_is_waiting(stage, sweep) or (asked and time.monotonic() > asked + PATIENCE)):
            if not asked and _record(stage, sweep):
                asked = time.monotonic()  # perhaps it never says that it waits
            if stage.onlooker.status(sweep) != "RUNNING":
                return
            if time.monotonic() > end:
                raise TimeoutError(f"{sweep} neither asks nor ends: {stage.states(sweep)[-1:]}")
            time.sleep(0.02)
        people = People(stage, self.case, sweep)
        self.insider.offered, self.people = people.offered, people
        self.mishaps.before_the_decision(people.offered)
        self.insider.act("waiting")
        for number, move in enumerate(self.case.moves):
            if number:
                self.insider.act("amid")
            people.play(move)

    def _verifying(self, event: dict[str, Any]) -> None:
        """It was decided: now someone may change their mind; at the next look the grace period is over."""
        record = _record(self.stage, self.sweep)
        if event["sweep_id"] != self.sweep or not self.people or not record or record["status"] != "decided":
            return
        self._looks += 1
        self.people.veto("grace")
        self.insider.act("grace")
        self.people.tighten()
        if self._looks > 1 and self.stage.hub.ahead < self.grace:
            self.stage.hub.ahead = self.grace + timedelta(minutes=1)

    def _deleting(self, point: Checkpoint, key: Key) -> None:
        if self.people and point in (Checkpoint.KILL_SWITCH, Checkpoint.INTENT, Checkpoint.LAST_LOOK):
            self.people.veto(point, key)
            if self.stage.onlooker.sent:
                self.insider.act("between")


def _earlier(stage: Stage) -> str:
    """A sweep before this one, in which everything is kept."""
    sweep = stage.start()
    with suppress(TimeoutError, AssertionError, PageError, LookupError):  # It never came so far.
        stage.decide(stage.links(sweep, LIMIT)[APPROVERS[0]])
    _finish(stage, None)
    stage.hub.ahead = timedelta()
    return sweep


def _again(stage: Stage, case: Case, sweep: str, run: Run) -> list[str]:
    """Under the same name, which Step Functions has forgotten."""
    backend = stepfunctions_parser_backends[stage.world.organization.hub_account][stage.hub.region]
    machine = backend.describe_state_machine(stage.hub.arn)
    machine.executions = [one for one in machine.executions if one.name != sweep]
    stage.tampered.add(sweep)  # Two sweeps in one folder: what is recorded is not that of one.
    stage.start_with(case.asked, sweep)
    return _finish(stage, run)


def _finish(stage: Stage, run: Run | None) -> list[str]:
    """Waits for every sweep; where no one decides any more, time passes. Then the watchdog, twice if it fails."""
    wrong = []
    for sweep in list(stage.sweeps):
        began, expired = time.monotonic(), False
        while (status := stage.onlooker.status(sweep)) == "RUNNING":
            took = time.monotonic() - began
            record = _record(stage, sweep)
            is_pending = record is not None and record["status"] == "pending" and _is_waiting(stage, sweep)
            is_open = record is not None and record["status"] in ("pending", "decided")
            # Never while it acts: a clock that jumps between a look and a call would be no one's mistake.
            patience = run.patience if run else PATIENCE
            if not expired and (is_pending or (is_open and took > patience)):
                stage.hub.ahead += LONG  # What was asked while the clock was ahead expires later.
                expired = True
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
    """Three days later someone runs the failed states again: with the input that they had (FI-39)."""
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
