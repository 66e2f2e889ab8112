"""The resource types a sweep supports. A new one is registered here, and nowhere else."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from endpoint_sweep.aws.endpoint.adapter import AwsEndpointActor, AwsEndpointReader
from endpoint_sweep.aws.endpoint.restorer import Restorer
from endpoint_sweep.aws.sessions import Clients
from endpoint_sweep.resources.endpoint.endpoint_type import EndpointType
from endpoint_sweep.resources.resource_type import ResourceType, ResourceTypes


@dataclass(frozen=True, slots=True)
class Plug:
    """A type and the adapters that it is given: one reads a cell, one acts on a resource, one restores it."""

    type: ResourceType
    reader: Callable[[Clients], Any]
    actor: Callable[[Clients], Any]
    restorer: Callable[[Clients], Any]


PLUGS = (Plug(EndpointType(), AwsEndpointReader, AwsEndpointActor, Restorer),)


def by_type(plugs: Iterable[Plug]) -> dict[str, Plug]:
    return {plug.type.name: plug for plug in plugs}


def types_of(plugs: Iterable[Plug]) -> ResourceTypes:
    return {plug.type.name: plug.type for plug in plugs}
