"""Named ways in which AWS's APIs fail or lie, as faults of a world: `install("pagination_loop", world, ...)`."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.simulation.wire.calls import Call, Fault
from tests.simulation.wire.protocols import Reply

if TYPE_CHECKING:
    from tests.simulation.member_aws.world import World


def pagination_loop(world: "World", operation: str = "ListEndpoints", account: str = "*") -> int:
    """Every page is the first page and says that there is more, with the same token each time: FI-04.

    For the JSON services.
    """
    kept: list[Reply] = []

    def same_again(reply: Reply) -> Reply:
        if not kept:
            body = json.loads(reply.body)
            body["NextToken"] = body.get("NextToken") or "bG9vcA=="
            kept.append(replace(reply, body=json.dumps(body).encode()))
        return kept[0]  # Even the refusal of an unknown token becomes the first page.

    return world.faults.add(Fault(operation=operation, account=account, rewrite=same_again))


def page_two_fails(world: "World", operation: str = "ListEndpoints", account: str = "*") -> int:
    """The first page comes, every later call fails with a 500: FI-03."""
    later = tuple(range(2, 1000))
    code = "InternalFailure"
    return world.faults.add(Fault(operation=operation, account=account, nth=later, code=code, status=500))


def vanishing(world: "World", account: str, region: str, endpoint: str, operation: str = "DescribeEndpoint") -> int:
    """Someone deletes the endpoint just before it is asked about for the first time: FI-05."""

    def gone(_: Call) -> None:
        if world.exists(account, region, endpoint):
            world.remove(account, region, endpoint)

    rule = Fault(operation=operation, account=account, region=region, resource=endpoint, nth=(1,), hook=gone)
    return world.faults.add(rule if operation == "DescribeEndpoint" else replace(rule, resource="*"))


def throttled(world: "World", every: int = 33, service: str = "*") -> int:
    """One call in `every` is throttled: 3% by default (FI-02)."""
    times = tuple(range(every, 200_000, every))
    rule = Fault(service=service, nth=times, code="ThrottlingException", message="Rate exceeded")
    return world.faults.add(rule)


def metrics_denied(world: "World", account: str = "*", region: str = "*") -> int:
    """The scan role may list endpoints but not read metrics: FI-08."""
    rule = Fault(service="cloudwatch", account=account, region=region, code="AccessDenied", status=403)
    return world.faults.add(rule)


def tags_denied(world: "World", account: str = "*", region: str = "*") -> int:
    """Tags cannot be read: whatever they say, it must count as protection."""
    rule = Fault(operation="GetResources", account=account, region=region, code="AccessDeniedException")
    world.faults.add(replace(rule, operation="ListTags"))
    return world.faults.add(rule)


def foreign_rows(world: "World", account: str = "*") -> int:
    """ListEndpoints names an endpoint of another account: BI-23."""

    def other_account(reply: Reply) -> Reply:
        if reply.status != 200:
            return reply
        body = json.loads(reply.body)
        for row in body.get("Endpoints", [])[:1]:
            parts = row["EndpointArn"].split(":")
            parts[4] = "999999999999"
            row["EndpointArn"] = ":".join(parts)
        return replace(reply, body=json.dumps(body).encode())

    return world.faults.add(Fault(operation="ListEndpoints", account=account, rewrite=other_account))


def created_tomorrow(world: "World", account: str = "*") -> int:
    """ListEndpoints says that every endpoint was created in the future: BI-24."""

    def later(reply: Reply) -> Reply:
        if reply.status != 200:
            return reply
        body = json.loads(reply.body)
        for row in body.get("Endpoints", []):
            row["CreationTime"] = world.state.clock() + 86_400
        return replace(reply, body=json.dumps(body).encode())

    return world.faults.add(Fault(operation="ListEndpoints", account=account, rewrite=later))


def empty_metrics(world: "World", account: str = "*", region: str = "*") -> int:
    """CloudWatch answers completely and has no data at all: FI-07."""
    world.break_metrics("empty", account, region)
    return 0


INSTALLERS: dict[str, Callable[..., int]] = {
    one.__name__: one
    for one in (
        *(pagination_loop, page_two_fails, vanishing, throttled, metrics_denied, tags_denied),
        *(foreign_rows, created_tomorrow, empty_metrics),
    )
}


def install(name: str, world: "World", **arguments: Any) -> int:
    """Returns the number of the fault for `world.faults.seen`, or 0 if it is not a fault."""
    if name not in INSTALLERS:
        raise LookupError(f"unknown hostility {name!r}; available: {', '.join(sorted(INSTALLERS))}")
    return INSTALLERS[name](world, **arguments)
