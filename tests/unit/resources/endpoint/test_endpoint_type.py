"""The type `endpoint`: which calls each step of a deletion makes, and that what they raise ends it."""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from endpoint_sweep.domain.errors import CellDenied, ComponentNotFound, ResourceNotFound
from endpoint_sweep.domain.model import Component, Description, Kind, OutcomeStatus
from endpoint_sweep.resources.endpoint.cost import cost
from endpoint_sweep.resources.endpoint.endpoint_type import EndpointType
from endpoint_sweep.resources.endpoint.permissions import act_policy
from endpoint_sweep.resources.resource_type import ResourceType
from endpoint_sweep.rules.acting import Kept, Parts
from endpoint_sweep.rules.pricing import PriceBook
from tests.unit.samples import ARN, NAME, NOW, description, finding

TYPE: ResourceType = EndpointType()
PART = Component("llm", NAME, "AllTraffic", "InService", "arn:llm", NOW)
HOST = finding(kind=Kind.INFERENCE_COMPONENTS, components=(PART,))


@dataclass
class Actor:
    """One endpoint, or none, and what it hosts. It notes every call."""

    seen: Description | Exception = field(default_factory=description)
    hosted: tuple[Component, ...] = (PART,)
    calls: list[tuple[str, ...]] = field(default_factory=list)

    def describe(self, name: str) -> Description:
        self.calls.append(("describe", name))
        if isinstance(self.seen, Exception):
            raise self.seen
        return self.seen

    def components(self, endpoint: str) -> tuple[Component, ...]:
        self.calls.append(("components", endpoint))
        return self.hosted

    def component(self, name: str) -> Component:
        self.calls.append(("component", name))
        if not self.hosted:
            raise ComponentNotFound(name)
        return self.hosted[0]

    def tags_of(self, arn: str) -> dict[str, str]:
        self.calls.append(("tags", arn))
        return {"owner": "mira"}

    def restore_bundle(self, name: str, arn: str) -> dict[str, Any]:
        self.calls.append(("bundle", name, arn))
        return {"endpoint": name}

    def delete(self, name: str) -> str:
        self.calls.append(("delete", name))
        return "req-1"

    def delete_component(self, name: str) -> str:
        self.calls.append(("delete part", name))
        return "req-2"


def test_an_endpoint_that_is_what_was_approved_goes_on() -> None:
    """Described anew; one that was re-created is kept, one that is gone is told by its error."""
    TYPE.check_unchanged(actor := Actor(), finding())
    assert actor.calls == [("describe", NAME)]
    with pytest.raises(Kept, match="re-created"):
        TYPE.check_unchanged(Actor(description(created_at=NOW)), finding())
    with pytest.raises(ResourceNotFound):
        TYPE.check_unchanged(Actor(ResourceNotFound(NAME)), finding())


def test_only_a_host_of_components_has_parts() -> None:
    """Of the others no one asks for any: their role need not list them."""
    assert TYPE.parts(actor := Actor(), HOST, ()) == Parts((PART,), (PART,))
    assert actor.calls == [("components", NAME)]
    assert TYPE.parts(actor := Actor(), finding(), ()) == Parts()
    assert actor.calls == []


def test_a_part_is_looked_at_again_before_it_goes() -> None:
    """Another one under its name is kept, and one that is gone is told by its error."""
    TYPE.check_part(actor := Actor(), PART)
    assert actor.calls == [("component", "llm")]
    with pytest.raises(Kept, match="its inference component llm was re-created") as caught:
        TYPE.check_part(Actor(hosted=(replace(PART, created_at=None),)), PART)
    assert caught.value.status is OutcomeStatus.CHANGED
    with pytest.raises(ComponentNotFound):
        TYPE.check_part(Actor(hosted=()), PART)


def test_each_deletion_is_one_call() -> None:
    """Its request id is handed on, for the audit."""
    actor = Actor()
    assert (TYPE.act(actor, finding()), TYPE.delete_part(actor, PART)) == ("req-1", "req-2")
    assert actor.calls == [("delete", NAME), ("delete part", "llm")]


def test_tags_and_bundle_are_those_of_the_arn() -> None:
    """What protects it is read anew, and what restores it is written down whole."""
    actor = Actor()
    assert TYPE.tags_of(actor, "arn:llm") == {"owner": "mira"}
    assert TYPE.restore_bundle(actor, finding()) == {"endpoint": NAME}
    assert actor.calls == [("tags", "arn:llm"), ("bundle", NAME, ARN)]


def test_only_an_endpoint_that_cannot_be_found_is_gone() -> None:
    """While it is there its deletion is judged; where no one may look nothing is said."""
    assert TYPE.look(Actor(ResourceNotFound(NAME)), finding()) == (OutcomeStatus.DONE, "deleted and confirmed gone")
    there = Actor(description(status="Deleting"))
    assert TYPE.look(there, finding()) == (OutcomeStatus.SENT, "still deleting")
    assert there.calls == [("describe", NAME)]
    with pytest.raises(CellDenied):
        TYPE.look(Actor(CellDenied("no")), finding())


def test_it_is_priced_and_permitted_as_an_endpoint() -> None:
    """The plug hands on what it is given."""
    prices = PriceBook.from_table()
    assert TYPE.name == "endpoint"
    assert TYPE.cost(finding(), prices) == cost(finding(), prices)
    assert TYPE.act_policy("aws-cn", finding().id, [ARN]) == act_policy("aws-cn", finding().id, [ARN])
