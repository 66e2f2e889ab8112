"""Organizations in the simulation: pages, states, and who may ask."""

from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.simulation.member_aws.world import World
from tests.simulation.organization.scenarios import build
from tests.simulation.organization.scenarios.generator import generate
from tests.simulation.organization.specification import Unit


def accounts(client: Any) -> list[dict[str, Any]]:
    return [row for page in client.get_paginator("list_accounts").paginate() for row in page["Accounts"]]


def test_pages_of_twenty() -> None:
    """D7.1: 20 to a page, and a page may be empty although there is more."""
    with World.in_process(build("many_accounts")):
        client = boto3.client("organizations")
        pages = [len(page["Accounts"]) for page in client.get_paginator("list_accounts").paginate()]
        assert (max(pages), sum(pages)) == (20, 47)
        assert 0 in pages[:-1]
        with pytest.raises(ClientError, match="InvalidInputException"):
            client.list_accounts(MaxResults=21)


def test_state_instead_of_status() -> None:
    """D0.1: `Status` is retired, `State` says it all."""
    with World.in_process(build("suspended")):
        client = boto3.client("organizations")
        rows = accounts(client)
        one = client.describe_account(AccountId="444444444444")["Account"]
    assert {row["Name"]: row["State"] for row in rows}["closing-shop"] == one["State"] == "PENDING_CLOSURE"
    assert not [row for row in (*rows, one) if "Status" in row]


def test_paths() -> None:
    """D0.2: an account carries the way from the root to it."""
    with World.in_process(build("small")) as world:
        rows = {row["Id"]: row["Paths"] for row in accounts(boto3.client("organizations"))}
    unit = world.organization.units[1].id
    assert rows["222222222222"] == [f"o-demo123456/r-demo/{unit}/222222222222/"]


def test_the_hub_may_ask_as_delegated_administrator() -> None:
    """D7.1: the hub is no management account and lists the accounts nevertheless; it cannot change them."""
    with World.in_process(build("small")):
        client = boto3.client("organizations")
        assert len(accounts(client)) == 3
        with pytest.raises(ClientError, match="AccessDeniedException"):
            client.create_organizational_unit(ParentId="r-demo", Name="mine")


def test_other_members_may_not() -> None:
    """D7.1: a plain member account is refused, but may ask which Organization it is in."""
    with World.in_process(build("small")) as world:
        client = world.client("organizations", "222222222222")
        with pytest.raises(ClientError, match="AccessDeniedException"):
            client.list_accounts()
        assert client.describe_organization()["Organization"]["Id"] == "o-demo123456"


def test_direct_children_only() -> None:
    """D7.3: the root holds the accounts of no unit, a unit its own."""
    with World.in_process(build("small")) as world:
        client = boto3.client("organizations")
        under = {
            parent: [row["Id"] for row in client.list_accounts_for_parent(ParentId=parent)["Accounts"]]
            for parent in ("r-demo", *(unit.id for unit in world.organization.units))
        }
    assert list(under.values()) == [["100000000001"], ["111111111111"], ["222222222222"]]


def test_walking_up() -> None:
    """D0.2: where `Paths` is not there, ListParents leads from an account to its unit."""
    with World.in_process(build("small")) as world:
        parents = boto3.client("organizations").list_parents(ChildId="222222222222")["Parents"]
    assert parents == [{"Id": world.organization.units[1].id, "Type": "ORGANIZATIONAL_UNIT"}]


def test_paths_can_be_missing() -> None:
    """D0.2: an older answer has none, and the state is still there."""
    with World.in_process(build("small")) as world:
        client = boto3.client("organizations")
        world.switch("paths", on=False)
        assert not [row for row in accounts(client) if "Paths" in row]
        assert {row["State"] for row in accounts(client)} == {"ACTIVE"}
        world.switch("paths", on=True)
        assert all(row["Paths"] for row in accounts(client))


def test_walking_down() -> None:
    """D0.2, D7.3: roots, units below units, accounts of each; a unit in a unit is in the path too."""
    with World.in_process(generate(12, 1, 0, seed=3)) as world:
        client = boto3.client("organizations")
        (root,) = client.list_roots()["Roots"]
        found: dict[str, tuple[str, ...]] = {}
        todo: list[tuple[str, ...]] = [(root["Id"],)]
        while todo:
            way = todo.pop()
            for page in client.get_paginator("list_accounts_for_parent").paginate(ParentId=way[-1]):
                found |= {row["Id"]: way[1:] for row in page["Accounts"]}
            for below in client.get_paginator("list_organizational_units_for_parent").paginate(ParentId=way[-1]):
                todo += [(*way, row["Id"]) for row in below["OrganizationalUnits"]]
        expected = {account.id: world.organization.units_above(account) for account in world.organization.accounts}
        paths = {row["Id"]: row["Paths"][0] for row in accounts(client)}
    assert found == expected
    assert max(len(way) for way in found.values()) == 2
    assert all(
        paths[account] == "/".join(("o-generated1", "r-demo", *way, account, "")) for account, way in found.items()
    )


def test_children_come_in_pages_too() -> None:
    """D7.1: 20 accounts of a unit to a page, with empty ones between."""
    with World.in_process(build("many_accounts")) as world:
        pages = boto3.client("organizations").get_paginator("list_accounts_for_parent")
        sizes = [len(page["Accounts"]) for page in pages.paginate(ParentId=world.organization.units[1].id)]
    assert (max(sizes), sum(sizes), 0 in sizes[:-1]) == (20, 45, True)


def test_units_come_in_pages_too() -> None:
    """D7.1: 20 units to a page, with empty pages between."""
    units = tuple(Unit(f"ou-demo-{number:08d}", f"Team {number}") for number in range(43))
    organization = build("small")
    with World.in_process(replace(organization, units=(*organization.units, *units))):
        pages = boto3.client("organizations").get_paginator("list_organizational_units_for_parent")
        sizes = [len(page["OrganizationalUnits"]) for page in pages.paginate(ParentId="r-demo")]
    assert (max(sizes), sum(sizes), 0 in sizes[:-1]) == (20, 45, True)


def test_the_management_account_is_named() -> None:
    """D7.5: DescribeOrganization says which account it is, to any member."""
    with World.in_process(build("small")) as world:
        client = world.client("organizations", "222222222222")
        assert client.describe_organization()["Organization"]["MasterAccountId"] == "100000000001"
