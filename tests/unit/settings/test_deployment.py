"""The file of a deployment: what is read is what was written, and whatever is wrong is named."""

import tomllib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from endpoint_sweep.domain.errors import UsageError
from endpoint_sweep.settings.deployment import (
    Deployment,
    assigned,
    check,
    edited,
    example,
    read,
    written,
)
from endpoint_sweep.settings.template import Parameter, parameters_of
from tests.simulation.hub.cloudformation import HUB_TEMPLATE

HUB = parameters_of(HUB_TEMPLATE.read_text(encoding="utf-8"))
VALUES = {
    "OrganizationId": "o-abcdefghij",
    "Sender": "finops@example.com",
    "Approvers": "ada@example.com,grace@example.com",
    "SummaryRecipients": "",
    "ScheduleExpression": "cron(0 7 ? * TUE *)",
    "ProtectTags": "team=ml 'x',owner",
    "RequireCode": "false",
    "LookbackDays": "90",
    "DenyAccounts": "012345678901",
}
WHOLE = Deployment("sweep", "eu-west-1", VALUES, {"cost center": "4711", "team": "ml"})
COMMENTED = """\
# ours
[deploy]
region = "eu-west-1"

[parameters]
OrganizationId = "o-abcdefghij"  # root
Sender = "finops@example.com"
Approvers = [
  "ada@example.com",  # leads
  "grace@example.com",
]

# Mode = "report"
# the end
"""


def test_what_is_written_is_read() -> None:
    """With its types: lists, numbers and truth are TOML's own."""
    text = written(WHOLE, HUB)
    assert read(text, "p.toml", HUB) == WHOLE
    document = tomllib.loads(text)
    assert document["deploy"] == {"stack": "sweep", "region": "eu-west-1"}
    assert document["parameters"]["Approvers"] == ["ada@example.com", "grace@example.com"]
    assert document["parameters"]["SummaryRecipients"] == []
    assert document["parameters"]["RequireCode"] is False
    assert document["parameters"]["LookbackDays"] == 90
    assert document["parameters"]["DenyAccounts"] == ["012345678901"]


@given(st.dictionaries(st.sampled_from(["A", "B"]), st.text(st.characters(exclude_categories=["Cc", "Cs"]))))
def test_any_text_survives(values: dict[str, str]) -> None:
    """Quotes, backslashes and whatever else people type."""
    parameters = {name: Parameter(name, "String", default="") for name in "AB"}
    deployment = Deployment(region="r", values=values)
    assert read(written(deployment, parameters), "p.toml", parameters) == deployment


def test_the_example_has_every_parameter() -> None:
    """As it is, and with every default active, it is what the template takes."""
    required = {name: VALUES[name] for name, one in HUB.items() if one.default is None}
    text = example(HUB, required)
    assert read(text, "e.toml", HUB).values == required
    lines = [
        line.removeprefix("# ") if line.removeprefix("# ").split(" =")[0] in HUB else line for line in text.split("\n")
    ]
    active = read("\n".join(lines), "e.toml", HUB)
    assert dict(active.values) == {name: required.get(name, one.default) for name, one in HUB.items()}
    check(active, HUB)


def changed(text: str, **changes: str) -> str:
    return edited(text, "p.toml", read(text, "p.toml", HUB).with_values(changes), HUB)


def test_a_change_leaves_the_rest_as_it_is() -> None:
    """Comments stay; a list of many lines is replaced, a line that was commented out begins to count."""
    old = 'Approvers = [\n  "ada@example.com",  # leads\n  "grace@example.com",\n]'
    wanted = COMMENTED.replace(old, 'Approvers = ["ada@example.com"]').replace('# Mode = "report"', 'Mode = "approve"')
    text = changed(COMMENTED, Approvers="ada@example.com", Mode="approve", MinApprovers="1")
    assert text == wanted + "MinApprovers = 1\n"


def test_a_change_finds_its_table() -> None:
    """It is made where it is missing, and the value stands in it wherever it is."""
    place = '[deploy]\nregion = "x"\n'
    assert changed(place, Mode="approve") == f'{place}\n[parameters]\nMode = "approve"\n'
    report = '[parameters]\nMode = "report"\n'
    assert changed(f"{report}\n{place}", MinAgeDays="9") == f"{report}MinAgeDays = 9\n\n{place}"
    moved = Deployment("sweep", "y", {"Mode": "report"})
    text = edited(f"{place}{report}", "p.toml", moved, HUB)
    assert text == f'[deploy]\nregion = "y"\nstack = "sweep"\n{report}'


def test_tags_are_changed_in_their_table() -> None:
    """Which is made where it is missing."""
    text = '[tags]\nteam = "ml"  # ours\n'
    wanted = Deployment(tags={"team": "ops", "a.b": "c"})
    assert edited(text, "p.toml", wanted, HUB) == '[tags]\nteam = "ops"\n"a.b" = "c"\n'
    assert edited("", "p.toml", wanted, HUB) == '\n[tags]\nteam = "ops"\n"a.b" = "c"\n'


@pytest.mark.parametrize(
    ("tags", "told"),
    [
        ({"aws:x": "y"}, "must not begin with aws:"),
        ({"Team": "a", "team": "b"}, 'the tag "team" is given twice'),
        ({"team": "a", "Team": "b"}, 'the tag "Team" is given twice'),
        ({"a=b": "x"}, "must be a key of at most 128"),
        ({"a": "b=c"}, "must be a key of at most 128"),
        ({"": "y"}, "must be a key of at most 128"),
        ({"a": 'say "x"'}, "must be a key of at most 128"),
        ({"a;b": "x"}, "must be a key of at most 128"),
        ({"a": "x" * 257}, "a value of at most 256"),
        ({"a": " x"}, "without a blank at an end"),
        ({f"k{number}": "" for number in range(41)}, "there are 41 tags"),
    ],
)
def test_tags_that_are_refused(tags: dict[str, str], told: str) -> None:
    """AWS would refuse them in the middle of the deployment (D18.8)."""
    with pytest.raises(UsageError, match=told):
        check(replace(WHOLE, tags=tags), HUB)


def test_no_change_is_no_change() -> None:
    """Not a byte."""
    assert changed(COMMENTED) == COMMENTED


def test_a_file_that_cannot_be_changed_is_said_to_be_so() -> None:
    """A table in one line."""
    with pytest.raises(UsageError, match="change Mode there by hand"):
        changed('parameters = {Mode = "report"}\n', Mode="approve")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Mode = report", "p.toml is not valid TOML"),
        ('Mode = "report"', "move Mode below [parameters]"),
        ("[tags]\nteam = ['ml']", "the tag team must be a text, not list"),
        ("[tags]\nteam = true", "the tag team must be a text, not bool"),
        ("parameters = 1", "parameters must be a table"),
        ('[deploy]\naccount = "1"', "[deploy] has no account; it has stack and region"),
        ('[parameters]\nMod = "report"', "p.toml: the template has no parameter Mod; did you mean Mode?"),
        ("[parameters]\nZebra = 1", "p.toml: the template has no parameter Zebra; remove it: CHANGELOG.md"),
        ("[parameters]\nMode = []", "Mode must be one of report, approve, not list"),
        ("[parameters]\nLookbackDays = 30.5", "LookbackDays must be a whole number from 7 to 400, not float"),
        ("[parameters]\nApprovers = [['a']]", "Approvers must be email addresses"),
        ('[parameters]\nApprovers = ["a@x.y,b@x.y"]', 'Approvers has the entry "a@x.y,b@x.y"'),
    ],
)
def test_a_file_that_is_wrong(text: str, told: str) -> None:
    """The file, the name, the fix."""
    with pytest.raises(UsageError) as refused:
        read(text, "p.toml", HUB)
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("pairs", "told"),
    [
        (["Mode"], '"Mode" must be a name and a value, such as Mode=approve'),
        (["mode=approve"], "no parameter mode; did you mean Mode?"),
        (["Mode=approve", "Mode=report"], "Mode is given twice"),
    ],
)
def test_an_assignment_that_is_wrong(pairs: list[str], told: str) -> None:
    """None is skipped."""
    with pytest.raises(UsageError) as refused:
        assigned(pairs, HUB)
    assert told in str(refused.value)


def test_an_assignment_may_have_equals_signs() -> None:
    """In its value."""
    assert assigned(["ProtectTags=a=b, c=d"], HUB) == {"ProtectTags": "a=b, c=d"}


@pytest.mark.parametrize(
    ("changes", "stack", "told"),
    [
        ({"Sender": ""}, "s", "Sender must have a value: use --set Sender=…"),
        ({"OrganizationId": "", "Sender": ""}, "s", "OrganizationId and Sender must have a value"),
        ({"Mode": "delete"}, "s", 'Mode is "delete", but must be one of report, approve'),
        ({"Zebra": "1"}, "s", "no parameter Zebra"),
        (
            {"AlarmTopicArn": "arn:aws:sns:us-east-1:111111111111:alarms"},
            "s",
            "AlarmTopicArn is in us-east-1, but must be in the region of the stack, eu-west-1",
        ),
        (
            {"CodeSigningConfigArn": "arn:aws:lambda:us-east-1:111111111111:code-signing-config:csc-0123456789abcdefa"},
            "s",
            "CodeSigningConfigArn is in us-east-1, but must be in the region of the stack, eu-west-1",
        ),
        ({}, "1s", "the name of the stack"),
        ({}, "s" * 46, "the name of the stack"),
    ],
)
def test_a_deployment_that_is_wrong(changes: dict[str, str], stack: str, told: str) -> None:
    """It is refused before anything is built."""
    with pytest.raises(UsageError) as refused:
        check(Deployment(stack, "eu-west-1", VALUES | changes), HUB)
    assert told in str(refused.value)


def test_a_deployment_passes_every_parameter() -> None:
    """One that is left out would keep the value that the stack has now."""
    check(WHOLE.with_values({"AlarmTopicArn": "arn:aws:sns:eu-west-1:111111111111:alarms"}), HUB)
    complete = WHOLE.complete(HUB)
    assert set(complete) == set(HUB)
    assert (complete["LookbackDays"], complete["Mode"], complete["CostRoleArn"]) == ("90", "report", "")
