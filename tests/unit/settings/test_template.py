"""The parameters of the templates, read without a YAML parser: they are what such a parser finds."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ministack.services.cloudformation.engine import _check_parameter_constraints

from endpoint_sweep.domain.errors import UsageError
from endpoint_sweep.settings.template import Parameter, nearest, parameters_of
from tests.simulation.hub.cloudformation import HUB_TEMPLATE, TEMPLATES, load

HUB = parameters_of(HUB_TEMPLATE.read_text(encoding="utf-8"))
DATES = Parameter("Dates", "CommaDelimitedList", pattern="[0-9]{4}", takes="years, separated by commas")
DAYS = Parameter("Days", "Number", low=7, high=400)
MODE = Parameter("Mode", "String", allowed=("report", "approve"))
VALUES = (
    "", "a", "0", "7", "true", "OFF", "us-east-1,eu-west-1", "ada@example.com", "o-abcdefghij", "012345678901,",
    "arn:aws:sns:eu-west-1:111111111111:alarms", "cron(0 7 ? * TUE *)", "Europe/Berlin", "k=v, w", "400", "10.0.0.0/8",
)  # fmt: skip


def plain(value: Any) -> Any:
    return tuple(map(str, value)) if isinstance(value, list) else str(value)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_they_are_what_a_yaml_parser_finds(path: Path) -> None:
    """Every parameter with every property, in the same order."""
    wanted = {name: {key: plain(value) for key, value in one.items()} for name, one in load(path)["Parameters"].items()}
    found = parameters_of(path.read_text(encoding="utf-8"))
    assert {name: one.properties for name, one in found.items()} == wanted
    assert list(found) == list(wanted)


def test_everything_that_decides_is_read() -> None:
    """Of each kind one."""
    assert (HUB["OrganizationId"].default, HUB["CostRoleArn"].default) == (None, "")
    assert HUB["Mode"].allowed == ("report", "approve")
    assert (HUB["LookbackDays"].low, HUB["LookbackDays"].high, HUB["LookbackDays"].default) == (7, 400, "30")
    assert HUB["Approvers"].is_list
    assert not HUB["Sender"].is_list
    assert HUB["Sender"].takes == "one email address such as finops@example.com"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Resources:\n  X: {}\n", "no section Parameters"),
        ("Parameters:\n  A:\n    Type: String\n    - odd\n", 'cannot be read: "- odd"'),
        ("Parameters:\n  A: {Type: String}\n", 'cannot be read: "A: {Type: String}"'),
        ("Parameters:\n  A:\n    AllowedValues:\n      - x\n", 'cannot be read: "- x"'),
        ("Parameters:\n  A:\n    Description: |\n      text\n", 'cannot be read: "text"'),
    ],
)
def test_what_cannot_be_read_is_refused(text: str, told: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(UsageError, match=r"x\.yaml") as refused:
        parameters_of(text, "x.yaml")
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("parameter", "value", "told"),
    [
        (DAYS, "6", 'Days is "6", but must be a whole number from 7 to 400'),
        (DAYS, "401", "a whole number from 7 to 400"),
        (DAYS, "30.5", "a whole number"),
        (DAYS, "", "a whole number"),
        (DAYS, "thirty", "a whole number"),
        (MODE, "Report", 'Mode is "Report", but must be one of report, approve'),
        (DATES, "2024,24", "but must be years, separated by commas"),
        (DATES, "2024,", "but must be years"),
        (Parameter("Note", "String"), "a\nb", "Note"),
        (Parameter("Note", "String"), "x" * 4097, "Note is longer than the 4096 bytes"),
        (Parameter("Note", "String", pattern="[a-z]"), "x" * 99, f'"{"x" * 59}…", but must be text that matches [a-z]'),
    ],
)
def test_a_value_that_is_not_taken(parameter: Parameter, value: str, told: str) -> None:
    """The error names the parameter, what it is and what it takes."""
    with pytest.raises(UsageError) as refused:
        parameter.check(value)
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("parameter", "value"),
    [(DAYS, "7"), (DAYS, "400"), (MODE, "approve"), (DATES, "2024, 2025"), (Parameter("X", "String"), "")],
)
def test_a_value_that_is_taken(parameter: Parameter, value: str) -> None:
    """Bounds included; blanks around members do not matter."""
    parameter.check(value)


@pytest.mark.parametrize("name", HUB)
def test_cloudformation_decides_the_same(name: str) -> None:
    """What is refused here is refused there, and the other way round."""
    spec = load_hub()[name]
    for value in VALUES:
        try:
            _check_parameter_constraints(name, spec, spec["Type"], value)
            taken = value in map(str, spec.get("AllowedValues", [value]))
        except ValueError:
            taken = False
        try:
            HUB[name].check(value)
        except UsageError:
            assert not taken, value
        else:
            assert taken, value


@cache
def load_hub() -> dict[str, Any]:
    parameters: dict[str, Any] = load(HUB_TEMPLATE)["Parameters"]
    return parameters


@pytest.mark.parametrize(
    ("name", "meant"),
    [("Mod", "Mode"), ("lookback_days", "LookbackDays"), ("LookBackDay", "LookbackDays"), ("Zebra", None)],
)
def test_the_name_that_was_meant(name: str, meant: str | None) -> None:
    """A slip, another case, another spelling; nothing where nothing is near."""
    assert nearest(name, HUB) == meant
