"""One review function for the tests of a file; every test has its own plan on offer."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.simulation.hub.offers import Offer, put_on_offer
from tests.simulation.hub.review_site import ReviewSite, Sweeps


@pytest.fixture(scope="module")
def shared() -> Iterator[ReviewSite]:
    with ReviewSite.open() as opened:
        yield opened


@pytest.fixture
def site(shared: ReviewSite) -> Iterator[ReviewSite]:
    yield shared
    shared.sweeps, shared.ahead = Sweeps(), timedelta()


@pytest.fixture
def offer(site: ReviewSite) -> Offer:
    return put_on_offer()


@pytest.fixture
def unchanged(site: ReviewSite, offer: Offer) -> Iterator[None]:
    """Not one stored byte differs after the test, no mail was sent and no one woken (I3)."""
    before = site.everything()
    yield
    assert site.everything() == before
