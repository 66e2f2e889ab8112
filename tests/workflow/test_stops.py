"""The step that deletes, stopped at each of its eleven points, by a kill, by a time limit and by throttling.

Every endpoint ends as it would have without the stop, or is kept; run again afterwards, nothing more happens (FI-48).
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from endpoint_sweep.aws.wiring import hub
from endpoint_sweep.rules.acting import Checkpoint
from endpoint_sweep.steps.apply_decision import apply_decision
from tests.judging.invariants import before, violations
from tests.judging.stage import ADA, Stage
from tests.simulation.organization.scenarios.small import FIRST, REGION, WORKLOADS, one, organization
from tests.simulation.organization.specification import Account, Organization
from tests.workflow.conftest import House

ROOM = {"MaxDeletesPerSweep": "100", "MaxDeletesPerAccount": "100", "MaxDeletePercentOfAccount": "100"}
HOW = ("kill", "timeout", "throttle")
NAMES = [f"{point.name.lower().replace('_', '-')}-{how}" for point in Checkpoint for how in HOW]
# What each point calls first; the table and the switch are not asked about one endpoint by name.
CALLS = {
    Checkpoint.KILL_SWITCH: ("ssm", "GetParameter", "*"),
    Checkpoint.DECISION: ("dynamodb", "GetItem", "*"),
    Checkpoint.ROLE: ("sts", "AssumeRole", "*"),
    Checkpoint.FINGERPRINT: ("sagemaker", "DescribeEndpoint", "{name}"),
    Checkpoint.TAGS: ("sagemaker", "ListTags", "*{name}"),
    Checkpoint.TRAFFIC: ("cloudwatch", "GetMetricData", "*"),
    Checkpoint.BUNDLE: ("s3", "PutObject", "*/restore/*/{name}.json"),
    Checkpoint.INTENT: ("dynamodb", "PutItem", "*"),
    Checkpoint.LAST_LOOK: ("sagemaker", "DescribeEndpoint", "{name}"),
    Checkpoint.DELETE: ("sagemaker", "DeleteEndpoint", "{name}"),
    Checkpoint.OUTCOME: ("dynamodb", "PutItem", "*"),
}
# A function is over before its state gives up, so one that hangs here never goes on: its next call is the deletion.
DEAD = {Checkpoint.LAST_LOOK, Checkpoint.DELETE, Checkpoint.OUTCOME}


class Stopped(BaseException):
    """The process is gone: nothing of the step catches this."""


@dataclass
class Stopper:
    """The apply function, stopped as the endpoint's name says."""

    stage: Stage
    events: list[dict[str, Any]] = field(default_factory=list)
    stopped: set[str] = field(default_factory=set)
    wake: threading.Event = field(default_factory=threading.Event)
    hanging: list[threading.Thread] = field(default_factory=list)

    def __call__(self, event: dict[str, Any], _context: Any) -> Any:
        name = event["item"]["name"]
        where, _, how = name.rpartition("-")
        point = Checkpoint[where.replace("-", "_").upper()]
        self.events.append(event)
        if how == "timeout":
            return self._hang(event, point)
        done = self.run(event, self._kill(name, point) if how == "kill" else self._throttle(name, point))
        assert name in self.stopped
        return done

    def run(self, event: Any, at: Callable[[Checkpoint], None]) -> Any:
        with_ = hub()
        try:
            return apply_decision(
                event, settings=with_.act_settings, types=with_.types, members=with_.act_members, store=with_.store,
                records=with_.records,
                seals=with_.seals, switch=with_.switch, events=with_.events, now=with_.now, at=at,
            )  # fmt: skip
        except Stopped as error:
            raise RuntimeError("RequestId: 1 Error: Runtime exited with error: signal: killed") from error

    def _kill(self, name: str, point: Checkpoint) -> Callable[[Checkpoint], None]:
        def at(here: Checkpoint) -> None:
            if here is point:
                self.stopped.add(name)
                raise Stopped

        return at

    def _throttle(self, name: str, point: Checkpoint) -> Callable[[Checkpoint], None]:
        def at(here: Checkpoint) -> None:
            if here is point and name not in self.stopped:
                self.stopped.add(name)
                service, operation, resource = CALLS[point]
                code, status = ("SlowDown", 503) if service == "s3" else ("ThrottlingException", 400)
                self.stage.world.fault(
                    service=service, operation=operation, resource=resource.format(name=name), nth=[1],
                    code=code, status=status, message="Rate exceeded",
                )  # fmt: skip

        return at

    def _hang(self, event: dict[str, Any], point: Checkpoint) -> None:
        """The time is up while the step hangs at the point; one that is not dead goes on after the sweep's end."""
        reached = threading.Event()

        def at(here: Checkpoint) -> None:
            if here is point:
                self.stopped.add(event["item"]["name"])
                reached.set()
                self.wake.wait(120)
                if point in DEAD:
                    raise Stopped

        def going_on() -> None:
            try:
                self.run(event, at)
            except RuntimeError:
                return

        thread = threading.Thread(target=going_on, daemon=True)
        self.hanging.append(thread)
        thread.start()
        assert reached.wait(30)
        raise TimeoutError("RequestId: 1 Error: Task timed out after 240.00 seconds")


@dataclass(frozen=True)
class Run:
    stage: Stage
    sweep: str
    stopper: Stopper
    wrong: list[str]
    again: list[str]


def world() -> Organization:
    members = (Account(FIRST, "vision-prod", WORKLOADS.id),)
    return organization([one(name, instance_type="ml.m5.large") for name in NAMES], members)


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """One sweep in which every endpoint's deletion is stopped in its own way, and then run again."""
    house = House()
    stage = house.open(world(), **ROOM)
    start = before(stage)
    stopper = Stopper(stage)
    apply = stage.hub.handlers["endpoint-sweep-ApplyDecisionFunction"]
    stage.hub.handlers["endpoint-sweep-ApplyDecisionFunction"] = stopper
    sweep = stage.start()
    assert stage.decide(stage.links(sweep)[ADA], *NAMES).status == 303
    stage.end(sweep, 180)
    stopper.wake.set()
    for thread in stopper.hanging:
        thread.join(30)
    stage.world.clear_faults()
    again = [apply(event, None)["status"] for event in stopper.events]
    yield Run(stage, sweep, stopper, violations(stage, start), again)
    house.close()


@pytest.mark.parametrize("name", NAMES)
def test_a_stop_ends_as_without_it_or_keeps(run: Run, name: str) -> None:
    """FI-48: stopped indeed; then either deleted by one call, confirmed and told so, or there and told so."""
    assert name in run.stopper.stopped
    status, reason = run.stage.disposition(run.sweep, name)
    deletions = run.stage.world.log.find(operation="DeleteEndpoint", resource=name)
    there = run.stage.world.exists(FIRST, REGION, name)
    assert (status, there, len(deletions)) in {("deleted", False, 1), ("failed", True, 0), ("failed", True, 1)}, reason
    assert status == "deleted" or "kept" in reason


def test_what_was_sent_is_known(run: Run) -> None:
    """A stop after the call does not hide the deletion; throttled reads are repeated and delete as ever."""
    fates = {name: run.stage.disposition(run.sweep, name)[0] for name in NAMES}
    assert {fates[f"outcome-{how}"] for how in HOW} == {"deleted"}
    assert {fates[f"delete-{how}"] for how in HOW} == {"failed"}
    assert [name for name, fate in fates.items() if fate == "deleted" and name.endswith(("kill", "timeout"))] == [
        "outcome-kill",
        "outcome-timeout",
    ]
    assert fates["fingerprint-throttle"] == fates["bundle-throttle"] == "deleted"


def test_nothing_happens_when_it_runs_again(run: Run) -> None:
    """Judged from outside after every step ran a second time: no second call, none that no one approved."""
    assert run.wrong == []
    assert set(run.again) == {"done", "failed"}
