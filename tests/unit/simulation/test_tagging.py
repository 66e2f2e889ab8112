"""Resource Groups Tagging in the simulation."""

from typing import Any

import pytest

from tests.simulation.member_aws.world import World
from tests.simulation.organization.scenarios import build

MEMBER, REGION = "222222222222", "us-east-1"


def mappings(client: Any, **other: Any) -> list[list[dict[str, Any]]]:
    paginator = client.get_paginator("get_resources")
    pages = paginator.paginate(ResourceTypeFilters=["sagemaker:endpoint"], **other)
    return [page["ResourceTagMappingList"] for page in pages]


def test_pages_of_a_hundred() -> None:
    """D3.14: full pages of 100, and every tagged endpoint once."""
    with World.in_process(build("many_endpoints")) as world:
        client = world.client("resourcegroupstaggingapi", MEMBER)
        pages = mappings(client, ResourcesPerPage=100)
        with pytest.raises(client.exceptions.InvalidParameterException):
            client.get_resources(ResourcesPerPage=101)
    assert [len(page) for page in pages] == [100, 30]
    assert len({row["ResourceARN"] for page in pages for row in page}) == 130


def test_a_page_is_not_cut_by_its_tags() -> None:
    """D3.14: no one asked for a limit of tags."""
    with World.in_process(build("many_endpoints")) as world:
        for number in range(130):
            world.set_tags(MEMBER, REGION, f"tenant-{number:03d}", {f"key{one}": "x" for one in range(5)})
        pages = mappings(world.client("resourcegroupstaggingapi", MEMBER), ResourcesPerPage=100)
    assert len(pages[0]) == 100


def test_only_tagged_endpoints_of_this_cell(world: World) -> None:
    """D3.14: untagged endpoints are not there, nor are other resources."""
    (page,) = mappings(world.client("resourcegroupstaggingapi", MEMBER))
    assert [row["ResourceARN"].rpartition("/")[2] for row in page] == ["churn-poc", "dr-standby", "resnet-demo"]


def test_a_deleted_endpoint_is_gone(world: World) -> None:
    """D3.1: what is no longer there has no tags."""
    now = world.state.clock()
    world.client("sagemaker", MEMBER).delete_endpoint(EndpointName="dr-standby")
    world.state.clock = lambda: now + 60
    (page,) = mappings(world.client("resourcegroupstaggingapi", MEMBER))
    assert len(page) == 2
