"""Inference routers and endpoint policies as SageMaker tells of them (D13.1, D13.31)."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.simulation.member_aws.world import World
from tests.simulation.organization.scenarios.routers import GATEWAY, build
from tests.simulation.organization.scenarios.small import FIRST, OTHER_REGION, SECOND


@pytest.fixture
def world() -> Iterator[World]:
    with World.in_process(replace(build(), without_routers=(OTHER_REGION,))) as world:
        yield world


def code(call: Any, **asked: str) -> str:
    with pytest.raises(ClientError) as refused:
        call(**asked)
    return str(refused.value.response["Error"]["Code"])


def test_routers_are_listed_without_their_destinations(world: World) -> None:
    """In pages; those of one account and region."""
    pages = world.client("sagemaker", GATEWAY).get_paginator("list_inference_routers")
    rows = [page["InferenceRouters"] for page in pages.paginate(PaginationConfig={"PageSize": 1})]
    assert sorted(row["InferenceRouterName"] for (row,) in rows) == ["asynchronous", "global"]
    assert not any("RoutingTargets" in row for (row,) in rows)
    assert world.client("sagemaker", SECOND).list_inference_routers()["InferenceRouters"] == []


def test_a_description_names_the_destinations_of_every_target(world: World) -> None:
    """Of other accounts and regions too, endpoints and inference components."""
    targets = world.client("sagemaker", FIRST).describe_inference_router(InferenceRouterName="components")[
        "RoutingTargets"
    ]
    assert [one["ResourceArn"] for one in targets[0]["Destinations"]] == [
        f"arn:aws:sagemaker:{OTHER_REGION}:{SECOND}:inference-component/llm-standby",
        f"arn:aws:sagemaker:{OTHER_REGION}:{FIRST}:endpoint/standby-same-account",
    ]
    describe = world.client("sagemaker", FIRST).describe_inference_router
    assert code(describe, InferenceRouterName="nobody") == "ResourceNotFound"


def test_a_region_may_not_offer_them(world: World) -> None:
    """Whoever asks (D13.32)."""
    client = world.client("sagemaker", GATEWAY, OTHER_REGION)
    assert code(client.list_inference_routers) == "UnknownOperationException"


def test_an_endpoint_without_a_policy_is_an_error(world: World) -> None:
    """The same code as for one that does not exist."""
    assert code(world.client("sagemaker", FIRST).get_endpoint_policy, EndpointName="primary") == "ValidationException"


def test_a_policy_can_be_put_and_read(world: World) -> None:
    """Only the endpoint that it was put on has it."""
    client = world.client("sagemaker", FIRST)
    client.put_endpoint_policy(EndpointName="primary", ResourcePolicy="{}")
    assert client.get_endpoint_policy(EndpointName="primary")["ResourcePolicy"] == "{}"
