"""What the inference routers of a cell need, and the second look before a deletion (D13.1, D13.31)."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from endpoint_sweep.domain.errors import CellDenied, CellFailed, ResourceNotFound
from endpoint_sweep.domain.model import Component, Finding, Kind, OutcomeStatus
from endpoint_sweep.domain.needs import Need, Needs
from endpoint_sweep.resources.endpoint.endpoint_type import EndpointType
from endpoint_sweep.resources.resource_type import ResourceType
from endpoint_sweep.rules.acting import Kept
from tests.unit.fake_cell import HERE, FakeCell
from tests.unit.samples import ACCOUNT, ARN, NAME, REGION, finding

TYPE: ResourceType = EndpointType()
FAR = "arn:aws:sagemaker:eu-west-1:333333333333:endpoint/standby"
PART_ARN = ARN.replace(f"endpoint/{NAME}", "inference-component/llm")
HOST = finding(kind=Kind.INFERENCE_COMPONENTS, components=(Component("llm", NAME, "v", arn=PART_ARN),))
WHY = f"destination of the inference router {{}} in {ACCOUNT}/{REGION}"


def test_every_destination_is_a_need() -> None:
    """Of any account and region, with the router and where it lies."""
    cell = FakeCell(routed={"a": (ARN, FAR), "b": (FAR,)})
    assert TYPE.needs(cell, HERE) == Needs(
        (Need(ARN, WHY.format("a")), Need(FAR, WHY.format("a")), Need(FAR, WHY.format("b")))
    )


def test_a_cell_without_routers_needs_nothing() -> None:
    """One question."""
    cell = FakeCell()
    assert TYPE.needs(cell, HERE) == Needs()
    assert cell.asked == ["routers"]


def test_a_router_that_was_deleted_meanwhile_needs_nothing() -> None:
    """And that is known."""
    assert TYPE.needs(FakeCell(routed={"a": ResourceNotFound("a")}), HERE) == Needs()


def test_what_could_be_read_counts_where_the_rest_could_not() -> None:
    """A router that is not described, and a listing that breaks off behind the first ones."""
    cell = FakeCell(routed={"a": CellDenied("no a"), "b": (FAR,)}, errors={"routers": CellFailed("no more")})
    assert TYPE.needs(cell, HERE) == Needs((Need(FAR, WHY.format("b")),), "no a")
    assert TYPE.needs(FakeCell(errors={"routers": CellDenied("not allowed")}), HERE) == Needs((), "not allowed")


@dataclass
class Actor:
    """What the act role sees. `policy`: whether the endpoint has one."""

    routed: dict[str, tuple[str, ...] | Exception] = field(default_factory=dict)
    policy: bool | Exception = False

    def routers(self) -> Iterator[str]:
        yield from self.routed

    def destinations(self, router: str) -> tuple[str, ...]:
        found = self.routed[router]
        if isinstance(found, Exception):
            raise found
        return found

    def has_policy(self, name: str) -> bool:
        if isinstance(self.policy, Exception):
            raise self.policy
        return self.policy and name == NAME


def test_what_nothing_needs_may_go() -> None:
    """Routers of other endpoints, and one that is gone."""
    TYPE.check_not_needed(Actor({"a": (FAR,), "b": ResourceNotFound("b")}), finding())


@pytest.mark.parametrize(
    ("actor", "of", "reason"),
    [
        (Actor({"a": (FAR, ARN)}), finding(), WHY.format("a")),
        (Actor({"a": (ARN.upper(),)}), finding(), WHY.format("a")),
        (Actor({"a": (PART_ARN,)}), HOST, f"its inference component llm: {WHY.format('a')}"),
        (Actor(policy=True), finding(), "its endpoint policy lets inference routers of other accounts use it"),
    ],
)
def test_a_destination_is_kept_at_the_last_moment(actor: Actor, of: Finding, reason: str) -> None:
    """Of a router that was made since the scan, or of one that another account hides."""
    with pytest.raises(Kept) as kept:
        TYPE.check_not_needed(actor, of)
    assert (kept.value.status, kept.value.reason) == (OutcomeStatus.PROTECTED, reason)


@pytest.mark.parametrize("actor", [Actor({"a": CellDenied("no")}), Actor(policy=CellDenied("no"))])
def test_what_cannot_be_read_keeps(actor: Actor) -> None:
    """Silence proves nothing."""
    with pytest.raises(CellDenied):
        TYPE.check_not_needed(actor, finding())
