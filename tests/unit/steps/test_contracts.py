"""What the state machine hands to a step is what the step reads: the Parameters of each task beside the step's type."""

import importlib
import json
import re
from collections.abc import Iterator
from typing import Any, get_type_hints

import pytest

from endpoint_sweep.steps import contracts
from tests.simulation.hub.cloudformation import ROOT

Definition = dict[str, Any]
MACHINE: Definition = json.loads((ROOT / "statemachine" / "sweep.asl.json").read_text())
NESTED = {"cell": contracts.CellItem, "item": contracts.ResourceItem}


def tasks(states: Definition) -> Iterator[tuple[str, Definition]]:
    for name, state in states.items():
        if state["Type"] == "Task":
            yield name, state
        if state["Type"] == "Map":
            yield from tasks(state["ItemProcessor"]["States"])


TASKS = dict(tasks(MACHINE["States"]))


def handed_over(state: Definition) -> tuple[str, set[str]]:
    """The logical name of the function, and the fields that it gets."""
    given = state["Parameters"]
    arn = given.get("FunctionName", state["Resource"])
    fields = given.get("Payload", given)
    found = re.search(r"\$\{(\w+)FunctionArn\}", arn)
    assert found, arn
    return found[1], {field.removesuffix(".$") for field in fields}


def event_of(function: str) -> Any:
    """The type of the event that the use case of this function takes."""
    step = re.sub(r"(?<!^)(?=[A-Z])", "_", function).lower()
    return get_type_hints(getattr(importlib.import_module(f"endpoint_sweep.steps.{step}"), step))["event"]


@pytest.mark.parametrize("name", TASKS)
def test_a_task_hands_over_what_its_step_reads(name: str) -> None:
    """No field more, none less."""
    function, fields = handed_over(TASKS[name])
    event = event_of(function)
    assert fields == event.__required_keys__ | event.__optional_keys__


def test_items_have_the_fields_of_the_documents_they_are_read_from() -> None:
    """A cell names its account and region, a resource its type and name as well."""
    assert contracts.CellItem.__required_keys__ == {"account", "region"}
    assert contracts.ResourceItem.__required_keys__ == {"account", "region", "name", "type"}
    for function in ("ScanCell", "RecordUnreachableCell", "ApplyDecision", "ConfirmItIsGone"):
        hints = get_type_hints(event_of(function))
        assert {name: hints[name] for name in NESTED.keys() & hints.keys()}.items() <= NESTED.items()
