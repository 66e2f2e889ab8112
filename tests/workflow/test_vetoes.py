"""Whoever keeps everything stops it at any moment, for good: while it is decided, and between two deletions."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from threading import Event
from typing import Any

import pytest

from endpoint_sweep.aws import wiring
from endpoint_sweep.rules.acting import Checkpoint
from tests.judging.stage import ADA, GRACE, Stage
from tests.simulation.hub.approval_rows import stops_prefix
from tests.simulation.hub.approver import text_of
from tests.simulation.hub.resources import BUCKET, TABLE
from tests.simulation.organization.scenarios.small import FIRST, WORKLOADS, one, organization
from tests.simulation.organization.specification import Account, Organization
from tests.workflow.conftest import OpenStage
from tests.workflow.test_fences import deleted, one_at_a_time

ROOM = {"MaxDeletesPerAccount": "50", "MaxDeletePercentOfAccount": "100"}
FOUR = [f"idle-{number}" for number in range(4)]
KEPT = f"kept: {GRACE} decided to keep everything not yet sent for deletion"


def four() -> Organization:
    return organization([one(name) for name in FOUR], (Account(FIRST, "vision-prod", WORKLOADS.id),))


@dataclass
class Held:
    """The steps that delete, one after another: the second of them stops at a point until it is told to go on."""

    point: Checkpoint
    reached: Event = field(default_factory=Event)
    go_on: Event = field(default_factory=Event)
    names: list[str] = field(default_factory=list)

    def __call__(self, name: str, point: Checkpoint) -> None:
        if name not in self.names:
            self.names.append(name)
        if self.names[1:] == [name] and point is self.point:
            self.reached.set()
            assert self.go_on.wait(60)


@contextmanager
def held_at(stage: Stage, point: Checkpoint) -> Iterator[Held]:
    held = Held(point)
    one_at_a_time(stage, held)
    try:
        yield held
    finally:
        held.go_on.set()


@pytest.mark.parametrize(
    ("point", "gone"),
    [(Checkpoint.KILL_SWITCH, 1), (Checkpoint.INTENT, 1), (Checkpoint.LAST_LOOK, 1), (Checkpoint.DELETE, 2)],
    ids=["before its first look", "between its looks", "before its last look", "in flight"],
)
def test_a_keep_between_two_deletions_keeps_the_rest(stage_of: OpenStage, point: Checkpoint, gone: int) -> None:
    """One of four is sent, the second is on its way: the page counts as sent what is proven, another approver keeps
    the rest. Only a call that was under way is carried out; the others stay, and why names who kept them.
    """
    stage = stage_of(four(), **ROOM)
    sweep = stage.start()
    links = stage.links(sweep)
    with held_at(stage, point) as held:
        assert stage.decide(links[ADA], *FOUR).status == 303
        assert held.reached.wait(60)
        page = text_of(stage.hub.get(links[GRACE]).body)
        assert f"{sent(1)} You can still keep the other 3." in page
        assert stage.decide(links[GRACE]).status == 303
    stage.end(sweep)
    assert deleted(stage) == held.names[:gone]
    for name in FOUR:
        fate = ("deleted", "deleted and confirmed gone") if name in held.names[:gone] else ("failed", KEPT)
        assert stage.disposition(sweep, name) == fate
    totals = stage.report(sweep)["totals"]
    assert (totals["found"], totals["deleted"], totals["failed"]) == (4, gone, 4 - gone)
    said = stage.summary(sweep).text.splitlines()[1]
    assert said.startswith(f"{gone} of 4 approved endpoints deleted")
    assert said.endswith(f", {4 - gone} not deleted before the sweep was stopped.")
    assert f"{GRACE} decided to keep everything" in stage.summary(sweep).text
    page = text_of(stage.hub.get(links[ADA]).body)
    assert (
        f"{gone} of 4 endpoints {'has' if gone == 1 else 'have'} been sent for deletion. The others are kept." in page
    )


def sent(count: int) -> str:
    """What the page says."""
    return f"{count} of 4 endpoints {'has' if count == 1 else 'have'} been sent for deletion."


def approval_rows(stage: Stage) -> list[dict[str, Any]]:
    mine = ("ASKED#", "DECIDED#", "APPROVAL#")
    return [item for item in stage.hub.items() if item["pk"]["S"].startswith(mine)]


def take_back(stage: Stage, sweep: str, rows: list[dict[str, Any]]) -> None:
    """With everything that S3 and DynamoDB let someone do who may not delete a version: something else on top of each
    stop, then each removed, and every row as it was before.
    """
    stage.tampered.add(sweep)
    s3, stops = stage.hub.client("s3"), stops_prefix(sweep)
    keys = [one["Key"] for one in s3.list_objects_v2(Bucket=BUCKET, Prefix=stops)["Contents"]]
    assert keys, "nothing stops the sweep"
    for key in keys:
        s3.put_object(Bucket=BUCKET, Key=key, Body=json.dumps({"kind": "none"}).encode())
        s3.delete_object(Bucket=BUCKET, Key=key)
    assert "Contents" not in s3.list_objects_v2(Bucket=BUCKET, Prefix=stops)
    known = {(item["pk"]["S"], item["sk"]["S"]) for item in rows}
    for item in approval_rows(stage):
        if (item["pk"]["S"], item["sk"]["S"]) not in known:
            key = {"pk": item["pk"], "sk": item["sk"]}
            stage.hub.client("dynamodb").delete_item(TableName=TABLE, Key=key)
    for item in rows:
        stage.hub.client("dynamodb").put_item(TableName=TABLE, Item=item)


def test_a_keep_needs_no_list_of_principals(stage_of: OpenStage) -> None:
    """Deletions go on without that list, so whoever has a link can stop them without it."""
    stage = stage_of(four(), **ROOM)
    sweep = stage.start()
    links = stage.links(sweep)
    with held_at(stage, Checkpoint.INTENT) as held:
        assert stage.decide(links[ADA], *FOUR).status == 303
        assert held.reached.wait(60)
        wiring.hub.cache_clear()
        unreadable = {"resource": "*/approver-principals", "code": "ThrottlingException"}
        stage.world.fault(service="ssm", operation="GetParameter", **unreadable)
        assert stage.decide(links[GRACE]).status == 303
    stage.end(sweep)
    assert deleted(stage) == held.names[:1]


def test_a_keep_cannot_be_taken_back(stage: Stage) -> None:
    """Decided, then kept by another approver: removing the stop and putting the old rows back brings nothing back."""
    sweep = stage.start()
    links = stage.links(sweep)
    with stage.looking_away():
        assert stage.decide(links[ADA], "resnet-demo").status == 303
        rows = approval_rows(stage)
        assert stage.decide(links[GRACE]).status == 303
        take_back(stage, sweep, rows)
        assert "kept everything" in stage.hub.get(links[ADA]).body
    stage.end(sweep)
    stage.approved.clear()
    assert deleted(stage) == []
    assert stage.disposition(sweep, "resnet-demo") == ("kept", f"kept by {GRACE}")


@pytest.mark.parametrize("point", [Checkpoint.KILL_SWITCH, Checkpoint.LAST_LOOK])
def test_a_keep_between_two_deletions_cannot_be_taken_back(stage_of: OpenStage, point: Checkpoint) -> None:
    """The same while the sweep deletes: before the first look at an endpoint, and before the last one."""
    stage = stage_of(four(), **ROOM)
    sweep = stage.start()
    links = stage.links(sweep)
    with held_at(stage, point) as held:
        assert stage.decide(links[ADA], *FOUR).status == 303
        assert held.reached.wait(60)
        rows = approval_rows(stage)
        assert stage.decide(links[GRACE]).status == 303
        take_back(stage, sweep, rows)
    stage.end(sweep)
    assert deleted(stage) == held.names[:1]
    assert {stage.disposition(sweep, name) for name in held.names[1:]} == {("failed", KEPT)}


def lower_the_caps(monkeypatch: pytest.MonkeyPatch) -> None:
    """As an update of the stack would, after the plan was made."""
    from endpoint_sweep.aws import wiring

    monkeypatch.setenv("MAX_DELETES_PER_SWEEP", "1")
    wiring.hub.cache_clear()


THOUSAND = {"MaxDeletesPerSweep": "1000", "MaxDeletesPerAccount": "1000", "MaxDeletePercentOfAccount": "100"}
TOO_MANY = "2 endpoints are selected, but the limit for one decision is 1"


@pytest.mark.parametrize("step", ["VerifyDecisionFunction", "ApplyDecisionFunction"])
def test_the_stacks_own_caps_bind_whatever_the_plan_says(
    stage_of: OpenStage, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """I7: a plan with caps of 1,000, two chosen, and a stack that meanwhile lets one decision delete one: both stay,
    with the figures, whether that is seen when the decision is verified or only when it is acted on.
    """
    stage = stage_of("small", **THOUSAND)
    sweep = stage.start()
    links = stage.links(sweep)
    assert stage.hub.document("plan.json", sweep)["caps"]["per_sweep"] == 1000
    lower = partial(lower_the_caps, monkeypatch)
    if step == "ApplyDecisionFunction":
        stage.around(step, lambda _: lower())
    with stage.looking_away():
        assert stage.decide(links[ADA], "resnet-demo", "churn-poc").status == 303
        if step == "VerifyDecisionFunction":
            lower()
    stage.end(sweep)
    assert deleted(stage) == []
    for name in ("resnet-demo", "churn-poc"):
        status, reason = stage.disposition(sweep, name)
        assert (status, TOO_MANY in reason) == ("kept" if step == "VerifyDecisionFunction" else "failed", True)
    stage.approved.clear()
