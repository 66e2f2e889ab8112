"""Stages for the scenarios. After every test the world is compared with what it was, whatever the test asked for."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.judging.invariants import before, violations
from tests.judging.opening import opened
from tests.judging.stage import Stage
from tests.simulation.organization.scenarios import build
from tests.simulation.organization.specification import Organization

OpenStage = Callable[..., Stage]


class House:
    """The one stage of this process: two simulated worlds at a time would be one."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._shared: Stage | None = None

    def shared(self) -> Stage:
        """The small world, kept from test to test as long as no other one is asked for."""
        if self._shared is None:
            self._shared = self.open(build("small"))
        return self._shared

    def open(self, organization: Organization, **parameters: str) -> Stage:
        self.close()
        return self._stack.enter_context(opened(organization, **parameters))

    def close(self) -> None:
        self._stack.close()
        self._shared = None


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    house = House()
    yield house
    house.close()


@pytest.fixture
def stage_of(house: House) -> Iterator[OpenStage]:
    """Opens a stage of a named world, or of one made for the test; judges it from outside when the test is over."""
    watched = []

    def open_stage(world: str | Organization, **parameters: str) -> Stage:
        organization = build(world) if isinstance(world, str) else world
        stage = house.open(organization, **parameters)
        watched.append((stage, before(stage)))
        return stage

    yield open_stage
    assert [wrong for stage, start in watched for wrong in violations(stage, start)] == []


@pytest.fixture
def stage(house: House) -> Iterator[Stage]:
    """A stage for tests that leave every endpoint where it is; no fault, detour or time shift outlives a test."""
    stage = house.shared()
    handlers, start = dict(stage.hub.handlers), before(stage)
    yield stage
    stage.world.clear_faults()
    stage.hub.handlers.update(handlers)
    stage.hub.ahead *= 0
    stage.clear()
    assert violations(stage, start) == []
