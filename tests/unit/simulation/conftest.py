"""A small world for each test, and the clients of its one member account."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.simulation.scenarios import build
from tests.simulation.world import World

MEMBER, REGION = "222222222222", "us-east-1"


@pytest.fixture
def world() -> Iterator[World]:
    with World.in_process(build("small")) as world:
        yield world


@pytest.fixture
def sagemaker(world: World) -> Any:
    return world.client("sagemaker", MEMBER)


@pytest.fixture
def cloudwatch(world: World) -> Any:
    return world.client("cloudwatch", MEMBER)
