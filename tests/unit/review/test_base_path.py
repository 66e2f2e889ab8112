"""Behind a custom domain with a base path, every address works as it does without."""

from collections.abc import Iterator

import pytest

from endpoint_sweep.review.http import path_of
from tests.simulation.hub.offers import Offer
from tests.simulation.hub.review_site import PRINCIPAL, ReviewSite
from tests.unit.review.forms import decide, form, told

# One word, several, the words of our own routes, and a mapping without a stage, whose addresses name it.
BASE_PATHS = ("/idle", "/teams/ml/idle", "/a", "/approvals", "/idle/v1")


@pytest.fixture(params=BASE_PATHS)
def mapped(site: ReviewSite, request: pytest.FixtureRequest) -> Iterator[ReviewSite]:
    site.base_path = request.param
    yield site
    site.base_path = ""


def test_a_link_shows_and_decides(mapped: ReviewSite, offer: Offer) -> None:
    """D13.50: the list, the second step, the decision, and the page it leads to, which is relative to the link."""
    assert mapped.get(offer.path).status == 200
    answer = decide(mapped, offer.path, form(offer, "resnet-demo"))
    assert (answer.status, answer.headers["Location"]) == (303, f"{offer.approval.id}/result")
    result = mapped.get(f"/a/{answer.headers['Location']}")
    assert (result.status, "A receipt is on its way" in result.body) == (200, True)
    decision = offer.decision()
    assert decision is not None
    assert [one.name for one in decision.selected] == ["resnet-demo"]


def test_callers_with_credentials_are_shown_the_offer(mapped: ReviewSite, offer: Offer) -> None:
    """The path of the API is what their proof names."""
    assert mapped.send("GET", f"/approvals/{offer.approval.id}", principal=PRINCIPAL).status == 200


@pytest.mark.usefixtures("unchanged")
def test_what_is_refused_without_is_refused_with_it(mapped: ReviewSite, offer: Offer) -> None:
    """Other methods, wrong links, and calls without a proof."""
    assert told(mapped.get(offer.path, "PUT")) == (405, "E_METHOD")
    assert told(mapped.get(f"/a/{offer.approval.id}?k=wrong")) == (404, "E_LINK_INVALID")
    assert told(mapped.send("POST", f"/a/{offer.approval.id}/result")) == (405, "E_METHOD")
    assert mapped.send("GET", f"/approvals/{offer.approval.id}").status == 403


@pytest.mark.parametrize(
    ("resource", "path", "own"),
    [
        ("/a/{approval_id}", "/a/1", "/a/1"),
        ("/a/{approval_id}", "/idle/a/1", "/a/1"),
        ("/a/{approval_id}", "/idle/a/1/", "/a/1"),
        ("/a/{approval_id}/result", "/a/a/1/result", "/a/1/result"),
        ("/approvals/{approval_id}", "/x/y/approvals/1", "/approvals/1"),
        ("/a/{approval_id}", "/1", "/1"),
        ("", "/a/1", "/a/1"),
        (None, None, ""),
    ],
)
def test_the_path_within_the_api(resource: str | None, path: str | None, own: str) -> None:
    """As many segments as the route has, from the end; an event without a route is taken as it is."""
    assert path_of({"resource": resource, "path": path}) == own
