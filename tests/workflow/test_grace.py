"""Between the decision and the first deletion everything can still be kept, and nothing is deleted before."""

from datetime import timedelta
from typing import Any

import pytest

from tests.judging.stage import ADA, GRACE, Stage
from tests.simulation.hub.resources import STACK
from tests.workflow.conftest import OpenStage

# One long slice, so that nothing moves by itself: who waits is woken.
QUARTER = {"GraceMinutes": "15", "WaitSliceSeconds": "3600"}


def deletions(stage: Stage) -> list[str]:
    return [call.resource for call in stage.world.log.find(operation="DeleteEndpoint")]


def looks(stage: Stage) -> list[dict[str, Any]]:
    """What the sweep says at each of its looks, from now on."""
    name, told = f"{STACK}-VerifyDecisionFunction", list[dict[str, Any]]()
    handler = stage.hub.handlers[name]

    def listening(event: dict[str, Any], context: Any) -> Any:
        told.append(handler(event, context))
        return told[-1]

    stage.hub.handlers[name] = listening
    return told


def test_nothing_is_deleted_before_the_grace_period_is_over(stage_of: OpenStage) -> None:
    """A decided sweep sleeps until the end of it: it looks when it is woken and never else, and says when it looks
    next. Up to the last minute nothing is sent; after it the chosen endpoint goes.
    """
    stage = stage_of("small", **QUARTER)
    told = looks(stage)
    sweep = stage.start()
    links = stage.links(sweep)
    assert stage.decide(links[ADA], "resnet-demo").status == 303
    page = stage.hub.get(links[GRACE]).body
    assert "Nothing will be deleted before" in page
    assert "Keep everything</button>" in page
    stage.until_wait(sweep, 2)
    stage.hub.ahead = timedelta(minutes=13)
    stage.wake(sweep, 2)
    stage.hub.until(lambda: stage.slices(sweep) == 3 or None, 30, "the third wait")
    assert [one["status"] for one in told] == ["waiting"] * 2
    assert 880 <= told[0]["slice_seconds"] <= 901
    assert 60 <= told[1]["slice_seconds"] <= 121
    assert deletions(stage) == []
    assert "Apply each decision" not in stage.states(sweep)
    stage.hub.ahead = timedelta(minutes=16)
    stage.wake(sweep, 3)
    stage.end(sweep)
    assert stage.slices(sweep) == 3
    assert deletions(stage) == ["resnet-demo"]
    assert stage.disposition(sweep, "resnet-demo")[0] == "deleted"


def test_a_keep_within_the_grace_period_ends_the_sweep_at_once(stage_of: OpenStage) -> None:
    """Another approver needs no code and no more time: the sweep is woken and ends without touching anything."""
    stage = stage_of("small", **QUARTER)
    sweep = stage.start()
    links = stage.links(sweep)
    assert stage.decide(links[ADA], "resnet-demo", "churn-poc").status == 303
    stage.hub.until(lambda: stage.slices(sweep) == 2 or None, 30, "the grace period")
    assert stage.decide(links[GRACE]).status == 303
    stage.end(sweep)
    stage.approved.clear()
    assert deletions(stage) == []
    assert "Apply each decision" not in stage.states(sweep)
    for name in ("resnet-demo", "churn-poc"):
        assert stage.disposition(sweep, name) == ("kept", f"kept by {GRACE}")
    assert f"{GRACE} decided to keep everything" in stage.summary(sweep).text


def test_a_keep_whose_wake_up_is_lost_is_found_by_the_next_slice(stage_of: OpenStage) -> None:
    """The wait of the grace period is cut into slices, too; who keeps is told that it counts."""
    stage = stage_of("small", GraceMinutes="15")
    sweep = stage.start()
    links = stage.links(sweep)
    assert stage.decide(links[ADA], "resnet-demo").status == 303
    stage.next_slice(sweep)
    stage.next_slice(sweep)
    stage.world.fault(service="stepfunctions", operation="SendTaskSuccess", code="AccessDeniedException")
    assert stage.decide(links[GRACE]).status == 303
    stage.end(sweep)
    stage.approved.clear()
    assert deletions(stage) == []
    assert stage.disposition(sweep, "resnet-demo") == ("kept", f"kept by {GRACE}")


def test_two_who_both_do_without_it_are_enough(stage_of: OpenStage) -> None:
    """The sweep deletes as soon as the second of them has decided, by the clock of the decisions."""
    stage = stage_of("small", **QUARTER, MinApprovers="2")
    sweep = stage.start()
    links = stage.links(sweep)
    for address in (ADA, GRACE):
        assert stage.decide(links[address], "resnet-demo", at_once=True).status == 303
    stage.end(sweep)
    assert stage.hub.ahead == timedelta()
    assert stage.disposition(sweep, "resnet-demo")[0] == "deleted"


@pytest.mark.parametrize("who", [(True,), (True, False), (False, True)], ids=["alone", "the first", "the second"])
def test_one_alone_does_not_do_without_it(stage_of: OpenStage, who: tuple[bool, ...]) -> None:
    """Whether one decides alone or beside someone who did not ask for it: the sweep waits all the same."""
    stage = stage_of("small", **QUARTER, MinApprovers=str(len(who)))
    sweep = stage.start()
    links = stage.links(sweep)
    for address, at_once in zip((ADA, GRACE), who, strict=False):
        assert stage.decide(links[address], "resnet-demo", at_once=at_once).status == 303
    stage.hub.ahead = timedelta(minutes=13)
    stage.wake(sweep, 2)
    stage.hub.until(lambda: stage.slices(sweep) == 3 or None, 30, "the third wait")
    assert deletions(stage) == []
    stage.hub.ahead = timedelta(minutes=16)
    stage.wake(sweep, 3)
    stage.end(sweep)
    assert deletions(stage) == ["resnet-demo"]
