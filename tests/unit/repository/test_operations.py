"""docs/operations.md has an entry for each alarm that may wake someone, each event and each metric, and no other."""

import json
import re

import pytest
import yaml

from endpoint_sweep.domain.kinds import Measure
from endpoint_sweep.domain.sweep_events import EventKind
from tests.simulation.hub import cloudformation
from tests.simulation.hub.cloudformation import ROOT, Template

DOCUMENT = ROOT / "docs" / "operations.md"
HEADING = re.compile(r"^### `(\w+)`$", re.MULTILINE)
NAME = re.compile(r"`(\w+Alarm)`")


@pytest.fixture(scope="module")
def text() -> str:
    return DOCUMENT.read_text(encoding="utf-8")


def rows(text: str) -> list[list[str]]:
    lines = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line] for line in lines]


def test_every_alarm_has_an_entry_and_every_entry_an_alarm(hub: Template, text: str) -> None:
    """A section or a row of the table of functions; each once."""
    entries = HEADING.findall(text) + [name for row in rows(text) for name in NAME.findall(row[0])]
    assert sorted(entries) == sorted(cloudformation.resources(hub, "AWS::CloudWatch::Alarm"))


def test_every_section_says_what_it_means_and_what_to_do(text: str) -> None:
    """In this order, each with a sentence."""
    for section in re.split(r"^#{2,3} ", text, flags=re.MULTILINE):
        name, _, body = section.partition("\n")
        if NAME.fullmatch(name):
            means, _, do = body.partition("**Do:**")
            assert "**Means:**" in means, name
            assert len(do.strip()) > 20, name


def test_every_row_of_a_function_is_filled(text: str) -> None:
    found = [row for row in rows(text) if NAME.search(row[0])]
    assert found
    assert [row for row in found if len(row) != 3 or not all(row)] == []


def test_every_link_leads_somewhere(text: str) -> None:
    """Within the document and beside it."""
    anchors = {name.lower() for name in HEADING.findall(text)}
    for target in re.findall(r"\]\(([^)]+)\)", text):
        path, _, anchor = target.partition("#")
        assert (DOCUMENT.parent / path).exists() if path else anchor in anchors, target


def test_every_parameter_that_is_named_exists(hub: Template, text: str) -> None:
    """And every output."""
    told = set(re.findall(r"`([A-Z][A-Za-z]+)`", text))
    alarms = set(cloudformation.resources(hub, "AWS::CloudWatch::Alarm"))
    known = set(hub["Parameters"]) | set(hub["Outputs"]) | alarms | set(Measure) | set(EventKind) | {"MissedEvents"}
    others = {"DISABLED", "InputRejected", "ScheduleUnreadable", "StopExecution", "TargetsIncomplete"}
    assert told - known == others


def test_every_event_is_told(text: str) -> None:
    """With its schema."""
    assert re.findall(r"\(events/(\w+)\.schema\.json\)", text) == list(EventKind)


def test_the_example_hears_what_there_is(text: str) -> None:
    """A rule on the bus, with the source and detail types that are sent, and a topic that lets it in."""
    [block] = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    example = yaml.load(block, Loader=cloudformation._Loader)["Resources"]  # noqa: S506 - a SafeLoader with tags
    pattern = example["Rule"]["Properties"]["EventPattern"]
    assert pattern["source"] == ["endpoint-sweep"]
    assert set(pattern["detail-type"]) <= set(EventKind)
    assert "Rule" in json.dumps(example["TopicPolicy"])


def test_every_metric_is_explained(text: str) -> None:
    told = {row[0].strip("`") for row in rows(text) if len(row) == 2 and not row[0].startswith("[")}
    assert told - {"Metric", "Detail type"} == set(Measure)
