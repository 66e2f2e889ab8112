"""Stages for the scenarios. After every test the world is compared with what it was, whatever the test asked for."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.simulation.organization import Organization
from tests.simulation.scenarios import build
from tests.workflow.invariants import before, violations
from tests.workflow.stage import Stage, opened

OpenStage = Callable[..., Stage]


@pytest.fixture
def stage_of() -> Iterator[OpenStage]:
    """Opens a stage of a named world, or of one made for the test; judges it from outside when the test is over."""
    with ExitStack() as stack:
        watched = []

        def open_stage(world: str | Organization, **parameters: str) -> Stage:
            organization = build(world) if isinstance(world, str) else world
            stage = stack.enter_context(opened(organization, **parameters))
            watched.append((stage, before(stage)))
            return stage

        yield open_stage
        assert [wrong for stage, start in watched for wrong in violations(stage, start)] == []


@pytest.fixture(scope="module")
def shared_stage() -> Iterator[Stage]:
    """The small world for all tests of a module that leave every endpoint where it is."""
    with opened(build("small")) as stage:
        yield stage


@pytest.fixture
def stage(shared_stage: Stage) -> Iterator[Stage]:
    """The shared stage, judged after each test; no fault and no time shift outlives it."""
    start = before(shared_stage)
    yield shared_stage
    shared_stage.world.clear_faults()
    shared_stage.hub.ahead *= 0
    shared_stage.clear()
    assert violations(shared_stage, start) == []
