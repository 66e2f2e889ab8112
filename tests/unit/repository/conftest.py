"""The templates, read once."""

import pytest

from tests.simulation.hub import cloudformation
from tests.simulation.hub.cloudformation import HUB_TEMPLATE, MEMBER_TEMPLATE, Template


@pytest.fixture(scope="session")
def hub() -> Template:
    return cloudformation.load(HUB_TEMPLATE)


@pytest.fixture(scope="session")
def member() -> Template:
    return cloudformation.load(MEMBER_TEMPLATE)
