"""Lists of the stack that cannot be read: whoever can keep everything still can, and sweeps still end."""

from collections.abc import Callable
from typing import Any

import boto3
import pytest

from endpoint_sweep.aws import wiring
from tests.simulation.hub import cloudformation
from tests.simulation.hub.lambda_endpoint import context, load
from tests.simulation.hub.offers import Offer, put_on_offer
from tests.simulation.hub.review_site import ReviewSite
from tests.unit.review.forms import decide, form


def forget(name: str) -> None:
    boto3.client("ssm").delete_parameter(Name=f"/{name}")
    wiring.hub.cache_clear()


def handler_of(function: str) -> Callable[..., Any]:
    return load(cloudformation.ROOT / "functions" / function / "app.py", f"functions.{function}.app")


def locked(offer: Offer) -> str:
    """The execution that holds the lock."""
    wiring.hub().records.take_lock(offer.approval.sweep_id, offer.approval.execution, None)
    return offer.approval.execution


def test_a_link_keeps_everything_without_the_list_of_principals() -> None:
    """Deletions go on without that list, so keeping must go on, too."""
    with ReviewSite.open() as site:
        offer = put_on_offer()
        assert decide(site, offer.path, form(offer, "resnet-demo")).status == 303
        forget("APPROVER_PRINCIPALS")
        assert site.post(offer.second, form(offer)).status == 303
        assert len(offer.now().kept_by) == 1


@pytest.mark.parametrize("name", ["SUMMARY_RECIPIENTS", "APPROVERS"])
def test_the_watchdog_cleans_up_without_recipients(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No one can be told, but the approval is closed and the next sweep can start."""
    with ReviewSite.open() as site:
        offer = put_on_offer()
        execution = locked(offer)
        forget(name)
        monkeypatch.setattr(type(site.sweeps), "error_of", lambda *_: "", raising=False)
        detail = {"name": offer.approval.sweep_id, "status": "FAILED", "executionArn": execution}
        done = handler_of("watchdog")({"detail": detail}, context())
        assert (done["released"], done["mailed"]) == (True, 0)
        assert wiring.hub().records.lock_holder() is None
        assert wiring.hub().records.stops(offer.approval.sweep_id)


@pytest.mark.parametrize("name", ["SUMMARY_RECIPIENTS", "APPROVERS", "DENY_ACCOUNTS"])
def test_the_report_is_written_whatever_list_is_missing(name: str) -> None:
    """Whoever cannot be mailed finds it in the bucket; the sweep ends and says that no one was told."""
    with ReviewSite.open():
        offer = put_on_offer()
        execution = locked(offer)
        forget(name)
        done = handler_of("send_summary")({"sweep_id": offer.approval.sweep_id, "execution": execution}, context())
        assert (done["ending"] == "not-mailed") is (name != "DENY_ACCOUNTS")
        assert wiring.hub().records.lock_holder() is None
        assert wiring.hub().store.get(f"sweeps/{offer.approval.sweep_id}/report.json")
