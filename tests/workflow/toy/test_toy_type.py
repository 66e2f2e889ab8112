"""A second type of resource goes the whole way of a sweep: nothing outside its folder and its registration knows it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from endpoint_sweep.aws import plugs
from endpoint_sweep.cli import main
from endpoint_sweep.domain.model import Cell
from tests.judging.stage import ADA, Stage
from tests.simulation.hub.resources import BUCKET
from tests.simulation.organization.scenarios.small import FIRST, REGION, one, organization
from tests.workflow.conftest import House
from tests.workflow.toy.toy_type import SHELF, TRAINS, Train

HERE = Cell(FIRST, REGION)
ROLE = "toy-keeper"
ROOM = {"MaxDeletesPerAccount": "50", "MaxDeletePercentOfAccount": "100"}


@pytest.fixture
def stage(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """One idle endpoint, and trains that are idle, played with, and wanted by someone."""
    monkeypatch.setattr(plugs, "PLUGS", (*plugs.PLUGS, TRAINS))
    stage = house.open(organization([one("plain")]), **ROOM)
    old = stage.hub.now() - timedelta(days=300)
    SHELF.clear()
    SHELF[HERE, "old-train"] = Train(old, 12, tags={"owner": "mira.kent@example.com"})
    SHELF[HERE, "long-train"] = Train(old, 40)
    SHELF[HERE, "loved-train"] = Train(old, 3, played_at=(stage.hub.now(),))
    SHELF[HERE, "heirloom"] = Train(old, 5, tags={"endpoint-sweep:keep": "yes"})
    yield stage
    SHELF.clear()


def names(stage: Stage) -> set[str]:
    return {name for _, name in SHELF} | {name for _, _, name in stage.world.endpoints()}


def test_both_types_are_found_offered_deleted_and_reported(stage: Stage) -> None:
    """In one sweep, by one decision, under one cap and in one summary."""
    sweep = stage.start()
    link = stage.links(sweep)[ADA]
    page = stage.hub.get(link).body
    assert "3 idle resources are waiting for your decision" in page
    assert 'aria-label="Delete toy train old-train in' in page
    others = names(stage) - {"plain", "old-train"}
    train = f"{FIRST}/{REGION}/toy-train/old-train"
    assert stage.decide(link, "plain", train).status == 303
    stage.end(sweep)
    assert names(stage) == others
    assert stage.disposition(sweep, "old-train") == ("deleted", "put back into its box")
    assert stage.disposition(sweep, "plain") == ("deleted", "deleted and confirmed gone")
    assert stage.disposition(sweep, "heirloom")[1].startswith("protected: its owner protects it")
    assert stage.report(sweep)["totals"]["deleted"] == 2
    mail = stage.summary(sweep).text
    assert "2 resources deleted" in mail.partition("Sweep ")[0]
    assert "$120.00 - toy train old-train" in mail
    assert f"endpoint-sweep restore {sweep} {train}" in mail
    [row] = [item for item in stage.hub.items() if item["pk"]["S"] == "LEDGER"]
    acted = {item["id"]: item for item in json.loads(row["document"]["S"])["acted"]}
    assert acted[train] == {"id": train, "action": "delete", "monthly_usd": "120"}


def test_what_changed_or_is_used_again_is_kept(stage: Stage) -> None:
    """The type's own second look decides, in the words of the type."""
    sweep = stage.start()
    link = stage.links(sweep)[ADA]
    SHELF[HERE, "old-train"] = replace(SHELF[HERE, "old-train"], wagons=13)
    SHELF[HERE, "long-train"] = replace(SHELF[HERE, "long-train"], played_at=(stage.hub.now() + timedelta(hours=1),))
    before = names(stage)
    assert stage.decide(link, "old-train", "long-train").status == 303
    stage.end(sweep)
    assert names(stage) == before
    assert stage.disposition(sweep, "old-train") == ("changed", "it was rebuilt")
    assert stage.disposition(sweep, "long-train") == ("spared", "someone plays with it again")


def test_it_comes_back(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    """By the command that the summary prints."""
    was = SHELF[HERE, "old-train"]
    sweep = stage.decided("old-train")
    assert (HERE, "old-train") not in SHELF
    stage.world.set_roles(FIRST, {ROLE, *stage.world.state.roles[FIRST]})
    command = ["restore", sweep, f"{FIRST}/{REGION}/toy-train/old-train", "--bucket", BUCKET, "--member-role", ROLE]
    assert main([*command, "--external-id", stage.world.organization.external_id]) == 0, capsys.readouterr()
    assert SHELF[HERE, "old-train"] == replace(was, tags={})
    assert main([*command, "--external-id", stage.world.organization.external_id]) == 1
    assert "it is there already" in capsys.readouterr().err


def test_a_plan_of_a_type_that_is_not_registered_deletes_nothing(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after an update in the middle of a sweep that took a type away."""
    from endpoint_sweep.aws import wiring

    sweep = stage.start()
    link = stage.links(sweep)[ADA]
    monkeypatch.setattr(plugs, "PLUGS", tuple(one for one in plugs.PLUGS if one is not TRAINS))
    wiring.hub.cache_clear()
    before = names(stage)
    assert stage.decide(link, "old-train").status == 303
    stage.end(sweep)
    assert names(stage) == before
    why = "kept: this version does not support the type toy-train"
    assert stage.disposition(sweep, "old-train") == ("failed", why)
