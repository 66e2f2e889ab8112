"""What may be told to whom: the schemas, the bus, and the roles that put events on it."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from endpoint_sweep.domain.sweep_events import EventKind
from tests.simulation.hub import cloudformation
from tests.simulation.hub.cloudformation import ROOT, Template
from tests.unit.repository.makers import APPLY, PLAN, REQUEST, REVIEW, SUMMARY, WATCHDOG

FOLDER = ROOT / "docs" / "events"
TELLERS = {PLAN, REQUEST, REVIEW, APPLY, SUMMARY, WATCHDOG}
# Words of what an event never holds: a secret, or a person.
NEVER = ("link", "secret", "token", "code", "email", "mail", "approver", "by", "comment", "reason", "note", "url")


def schema(kind: EventKind) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / f"{kind}.schema.json").read_text(encoding="utf-8"))
    return found


def test_each_kind_has_a_schema_and_no_other_has() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {f"{kind}.schema.json" for kind in EventKind}


@pytest.mark.parametrize("kind", EventKind)
def test_a_schema_is_strict(kind: EventKind) -> None:
    """Every field is required and explained, no other is allowed, and none is for a secret or a person."""
    one = schema(kind)
    Draft202012Validator.check_schema(one)
    assert (one["title"], one["additionalProperties"]) == (kind, False)
    assert one["required"] == list(one["properties"])
    assert all(field["description"] for field in one["properties"].values())
    assert set(one["properties"]) & set(NEVER) == set()


def test_only_who_has_something_to_tell_tells_it(hub: Template) -> None:
    """Each on the stack's own bus, by its ARN."""
    granted = [
        (owner, statement["Resource"])
        for owner, statement in cloudformation.statements(hub)
        if any(action.startswith("events:") for action in cloudformation.actions(statement))
    ]
    assert all(resource == {"Fn::GetAtt": ["EventBus", "Arn"]} for _, resource in granted)
    roles = {"${AWS::StackName}-apply-decision": APPLY}
    assert {roles.get(owner, f"{owner}Role") for owner, _ in granted} == TELLERS
    assert len(granted) == len(TELLERS)


def test_no_one_else_may_put_events_on_the_bus(hub: Template) -> None:
    """It has no policy of its own, so other accounts may not."""
    [bus] = cloudformation.resources(hub, "AWS::Events::EventBus").values()
    assert bus == {"Name": {"Ref": "AWS::StackName"}}
    assert cloudformation.resources(hub, "AWS::Events::EventBusPolicy") == {}
