"""S2.7: nothing is deleted in the management account, whatever its roles allow and whoever approves."""

from dataclasses import replace

import pytest

from endpoint_sweep.domain.kinds import Access
from endpoint_sweep.rules.access import SENTENCES
from tests.judging.stage import ADA
from tests.simulation.organization.scenarios.small import FIRST, MANAGEMENT, REGION, one, organization
from tests.simulation.organization.specification import Account, Organization
from tests.workflow.conftest import OpenStage


def world(*, elsewhere: bool = True) -> Organization:
    """Idle endpoints in the management account, which has both member roles."""
    here = organization([one("legal-archive", account=MANAGEMENT), *([one("resnet-demo")] if elsewhere else [])])
    return replace(here, accounts=(Account(MANAGEMENT, "management", ""), *here.accounts[1:]))


def test_it_is_scanned_and_shown_and_never_offered(stage_of: OpenStage) -> None:
    """The page, the emails and the report say why, with the sum."""
    stage = stage_of(world())
    sweep = stage.start()
    links = stage.links(sweep)
    assert stage.plan(sweep) == [f"{FIRST}/{REGION}/resnet-demo"]
    told = "1 idle endpoint in 1 account ($1,028.13 per month at list price) is not offered, because nothing is deleted"
    for shown in (stage.hub.get(links[ADA]).body, stage.mails(sweep)[0].text):
        assert f"{told} in the management account" in shown
    assert stage.decide(links[ADA], "resnet-demo").status == 303
    stage.end(sweep)
    why = "kept: not offered, nothing is deleted in the management account"
    assert stage.disposition(sweep, "legal-archive") == ("kept", why)
    assert told in stage.summary(sweep).text
    assert stage.world.exists(MANAGEMENT, REGION, "legal-archive")


def test_with_nothing_else_no_one_is_asked(stage_of: OpenStage) -> None:
    """And the summary says that the account is the reason."""
    stage = stage_of(world(elsewhere=False))
    sweep = stage.start()
    stage.end(sweep)
    assert "Ask for approval" not in stage.states(sweep)
    assert "is not offered, because nothing is deleted in the management account" in stage.summary(sweep).text


def test_a_plan_that_has_it_all_the_same_deletes_nothing(stage_of: OpenStage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The step that deletes looks again: a mistake in the offer is not enough."""
    stage = stage_of(world())
    with monkeypatch.context() as mistaken:
        mistaken.setattr("endpoint_sweep.rules.planning.is_closed", lambda _: False)
        sweep = stage.start()
        links = stage.links(sweep)
    assert stage.decide(links[ADA], "legal-archive", "resnet-demo").status == 303
    stage.end(sweep)
    assert stage.disposition(sweep, "legal-archive")[1] == f"kept: {SENTENCES[Access.MANAGEMENT]}"
    assert stage.disposition(sweep, "resnet-demo")[0] == "deleted"
    assert stage.world.exists(MANAGEMENT, REGION, "legal-archive")
