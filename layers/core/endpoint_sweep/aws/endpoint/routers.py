"""Inference routers, and the endpoint policies that those of other accounts need (D13.1, D13.31)."""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from endpoint_sweep.aws.error_translation import code_of, message_of, translated
from endpoint_sweep.aws.paging import to_the_end
from endpoint_sweep.domain.errors import ResourceNotFound

# What a region answers that does not offer routers yet, so that there is none (D13.32).
_NOT_OFFERED = {"UnknownOperationException", "UnknownOperation", "InvalidAction"}
# The stubs know no routers yet.
Client = Any


def names(client: Client) -> Iterator[str]:
    """Page by page, so that a later page that fails does not hide the routers of the first."""
    with translated("listing inference routers"):
        try:
            pages = client.get_paginator("list_inference_routers").paginate(PaginationConfig={"PageSize": 100})
            for page in to_the_end(pages):
                yield from (row["InferenceRouterName"] for row in page["InferenceRouters"])
        except ClientError as error:
            if code_of(error) not in _NOT_OFFERED:
                raise


def destinations(client: Client, router: str) -> tuple[str, ...]:
    """Raises ResourceNotFound."""
    with translated(f"describing inference router {router}"):
        try:
            found = client.describe_inference_router(InferenceRouterName=router)
        except ClientError as error:
            if code_of(error) == "ResourceNotFound":
                raise ResourceNotFound(message_of(error)) from error
            raise
    return tuple(one["ResourceArn"] for target in found["RoutingTargets"] for one in target["Destinations"])


def has_policy(client: Client, endpoint: str) -> bool:
    """There is no code of its own for an endpoint that has none (D13.31)."""
    with translated(f"reading the policy of endpoint {endpoint}"):
        try:
            client.get_endpoint_policy(EndpointName=endpoint)
        except ClientError as error:
            if code_of(error) == "ValidationException" or code_of(error) in _NOT_OFFERED:
                return False
            raise
    return True
