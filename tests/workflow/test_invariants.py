"""The rules of `tests.judging.invariants` see what they are there for."""

import copy
from typing import Any

import pytest

from tests.judging.invariants import (
    deletions_without_undo,
    lost_or_altered,
    out_of_scope,
    unapproved_changes,
    wrong_sums,
)
from tests.simulation.organization.scenarios.small import (
    FIRST,
    HUB,
    OTHER_REGION,
    PLATFORM,
    REGION,
    WORKLOADS,
    small,
)
from tests.simulation.wire.calls import Call

KEY = ("222222222222", "us-east-1", "resnet-demo")
CELL: dict[str, Any] = {
    "endpoints": {"resnet-demo": {"EndpointStatus": "InService"}, "churn-poc": {"EndpointStatus": "InService"}},
    "configs": {"resnet-demo-config": {}},
    "models": {"resnet": {}},
    "scalable_targets": {"endpoint/churn-poc/variant/AllTraffic x": {"MinCapacity": 1}},
    "scaling_policies": {},
    "scheduled_actions": ["endpoint/churn-poc/variant/AllTraffic nightly cron(0 1 * * ? *)"],
}
WORLD = {KEY[0]: {KEY[1]: CELL}}
REPORT: dict[str, Any] = {
    "coverage": [{"account": KEY[0], "region": KEY[1], "status": "scanned"}],
    "findings": [
        {"account": KEY[0], "region": KEY[1], "name": "resnet-demo", "disposition": "deleted"},
        {"account": KEY[0], "region": KEY[1], "name": "churn-poc", "disposition": "kept"},
    ],
    "totals": {"found": 2, "deleted": 1, "kept": 1, "changed": 0},
}


def delete(account: str = KEY[0], resource: str = KEY[2]) -> Call:
    return Call("", "act", account, KEY[1], "sagemaker", "DeleteEndpoint", resource)


def undo(resource: str = KEY[2]) -> list[Call]:
    path = f"sweeps/x/restore/{KEY[0]}/{KEY[1]}/{resource}.json"
    return [Call("", "hub", "1", KEY[1], "s3", "PutObject", path), Call("", "hub", "1", KEY[1], "dynamodb", "PutItem")]


def test_an_approved_deletion_with_its_undo_is_fine() -> None:
    """The rules do not cry wolf."""
    assert unapproved_changes([delete()], {KEY}) == []
    assert deletions_without_undo([*undo(), delete()]) == []
    assert lost_or_altered(WORLD, WORLD, set(), set()) == []
    assert wrong_sums(REPORT, WORLD) == []


@pytest.mark.parametrize(
    "calls",
    [
        [delete(resource="churn-poc")],
        [delete(account="333333333333")],
        [delete(), delete()],
        [Call("", "scan", KEY[0], KEY[1], "sagemaker", "AddTags", KEY[2])],
        [Call("", "act", KEY[0], KEY[1], "application-autoscaling", "DeregisterScalableTarget", "x")],
    ],
    ids=["not approved", "another account", "twice", "a tag", "scaling"],
)
def test_a_change_that_nobody_approved_is_seen(calls: list[Call]) -> None:
    """Also one in another account, a second one, and any other changing call."""
    assert unapproved_changes(calls, {KEY}) != []


@pytest.mark.parametrize(
    "calls", [[delete()], [*undo("churn-poc"), delete()], [delete(), *undo()], [undo()[0], delete()]]
)
def test_a_deletion_without_undo_is_seen(calls: list[Call]) -> None:
    """No bundle, another one's, one that came after, no intent."""
    assert deletions_without_undo(calls) != []


@pytest.mark.parametrize(
    ("section", "name"),
    [("endpoints", "churn-poc"), ("configs", "resnet-demo-config"), ("models", "resnet"),
     ("scalable_targets", "endpoint/churn-poc/variant/AllTraffic x")],
)  # fmt: skip
@pytest.mark.parametrize("how", ["gone", "altered"])
def test_a_change_in_the_world_is_seen(section: str, name: str, how: str) -> None:
    """Whatever disappears or differs beside the approved endpoint; its configuration and model too."""
    later = copy.deepcopy(WORLD)
    if how == "gone":
        del later[KEY[0]][KEY[1]][section][name]
    else:
        later[KEY[0]][KEY[1]][section][name]["x"] = 1
    assert lost_or_altered(WORLD, later, {KEY}, set()) != []


@pytest.mark.parametrize(
    "change",
    [
        {"totals": {"found": 3, "deleted": 1, "kept": 1, "changed": 0}},
        {"totals": {"found": 2, "deleted": 0, "kept": 2, "changed": 0}},
        {"findings": REPORT["findings"][:1]},
        {"findings": [*REPORT["findings"], REPORT["findings"][0]]},
        {"coverage": REPORT["coverage"] * 2},
    ],
    ids=["sum", "disposition", "forgotten", "twice", "cell twice"],
)
def test_wrong_sums_are_seen(change: dict[str, Any]) -> None:
    """Totals that do not add up, rows that are missing or double."""
    assert wrong_sums(REPORT | change, WORLD) != []


@pytest.mark.parametrize(
    ("parameters", "is_seen"),
    [
        ({}, False),
        ({"Accounts": FIRST, "OrganizationalUnits": WORKLOADS.id, "ExcludeAccounts": HUB}, False),
        ({"Accounts": HUB}, True),
        ({"ExcludeAccounts": FIRST}, True),
        ({"OrganizationalUnits": PLATFORM.id}, True),
        ({"ExcludeOrganizationalUnits": WORKLOADS.id}, True),
        ({"ExcludeRegions": f"{OTHER_REGION},{REGION}"}, True),
    ],
)
def test_a_look_at_what_the_stack_leaves_out_is_seen(parameters: dict[str, str], is_seen: bool) -> None:
    """Each parameter by itself; the table and the bucket of the hub are no endpoint."""
    empty = dict.fromkeys(("Accounts", "ExcludeAccounts", "OrganizationalUnits", "ExcludeOrganizationalUnits",
                           "ExcludeRegions"), "")  # fmt: skip
    calls = [
        Call("", "role", FIRST, REGION, "sagemaker", "ListEndpoints"),
        Call("", "role", HUB, REGION, "dynamodb", "Query"),
    ]
    assert bool(out_of_scope(calls, small(), empty | parameters)) is is_seen
