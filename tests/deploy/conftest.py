"""One gateway for all tests that look at the simulated cloud itself."""

from collections.abc import Iterator

import pytest

from tests.browser.conftest import browser, tab  # noqa: F401 - fixtures of the page's tests
from tests.deploy.actors import Actors
from tests.simulation.hub.local_aws import LocalAws


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """A running gateway with the member roles of the default world, without the hub stack."""
    with LocalAws(tmp_path_factory.mktemp("cloud")) as aws:
        aws.create_member_roles()
        yield aws


@pytest.fixture(scope="session")
def actors(cloud: LocalAws) -> Actors:
    """The principals of the hub, with permissions like those of the functions."""
    return Actors(cloud)
