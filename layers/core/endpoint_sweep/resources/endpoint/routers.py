"""Inference routers send requests to endpoints and inference components of any account and region (D13.1).

A stand-by destination gets none for as long as the others can serve, so its metrics are those of a forgotten endpoint.
"""

from endpoint_sweep.domain.errors import CellUnreachable, ResourceNotFound
from endpoint_sweep.domain.model import Cell, Finding, OutcomeStatus
from endpoint_sweep.domain.needs import Need, Needs
from endpoint_sweep.resources.endpoint.ports import EndpointActor, EndpointReader
from endpoint_sweep.rules.acting import Kept
from endpoint_sweep.rules.needed import by_arn, why_needed


def needs(reader: EndpointReader, cell: Cell) -> Needs:
    """The destinations of every router of the cell, whatever the router's status. What can be read counts, even where
    the rest cannot.
    """
    found: list[Need] = []
    unread = []
    try:
        for name in reader.routers():
            try:
                found += _needs_of(reader, name, cell)
            except CellUnreachable as error:
                unread.append(str(error))
    except CellUnreachable as error:
        unread.append(str(error))
    return Needs(tuple(found), unread[0] if unread else "")


def check_not_needed(actor: EndpointActor, finding: Finding) -> None:
    """The routers of its own account and region, and the policy without which no other account's router may use it.

    Raises Kept, or CellUnreachable where either cannot be read.
    """
    for name in actor.routers():
        if why := why_needed(finding, by_arn(_needs_of(actor, name, finding.id.cell))):
            raise Kept(OutcomeStatus.PROTECTED, why)
    if actor.has_policy(finding.name):
        raise Kept(OutcomeStatus.PROTECTED, "its endpoint policy lets inference routers of other accounts use it")


def _needs_of(asking: EndpointReader | EndpointActor, router: str, cell: Cell) -> list[Need]:
    """None of a router that was deleted since it was listed."""
    try:
        arns = asking.destinations(router)
    except ResourceNotFound:
        return []
    return [Need(arn, f"destination of the inference router {router} in {cell.account}/{cell.region}") for arn in arns]
