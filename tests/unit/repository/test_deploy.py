"""`make deploy`: what reaches sam is what the file says, and nothing is built for a file that is wrong."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samcli.cli.types import CfnParameterOverridesType, CfnTags

from endpoint_sweep.aws.hub_stack import HubStack
from endpoint_sweep.cli import checkout, main
from endpoint_sweep.domain.errors import UsageError
from endpoint_sweep.settings.deployment import Deployment, edited, read
from endpoint_sweep.settings.tags import check_tags
from endpoint_sweep.settings.template import parameters_of
from scripts import deploy
from tests.simulation.hub.cloudformation import HUB_TEMPLATE, ROOT

HUB = parameters_of(HUB_TEMPLATE.read_text(encoding="utf-8"))
EXAMPLE = (ROOT / "parameters.example.toml").read_text(encoding="utf-8")
ARN = "arn:aws:cloudformation:us-east-1:111111111111:stack/endpoint-sweep/1"
ALLOW = "aws ssm put-parameter --name /endpoint-sweep/kill --value off"
OUTPUTS = {
    "StateMachineArn": "arn:aws:states:x",
    "KillSwitchName": "/endpoint-sweep/kill",
    "AllowDeletionsCommand": ALLOW,
}
HARD = {
    "ScheduleExpression": "cron(0 7 ? * TUE *)",
    "Approvers": "ada@example.com,grace@example.com",
    "ProtectTags": 'team=ml ops,it\'s "ours", cost center=a=b',
    "ExternalId": "ParameterKey=Mode,ParameterValue=approve",
    "SummaryRecipients": "",
    "LookbackDays": "90",
    "AllowedAddresses": "0.0.0.0/0,::/0",
    "ReviewBaseUrl": "https://x/y='z'",
}


def read_by_sam(values: dict[str, str]) -> dict[str, str]:
    parsed: dict[str, str] = CfnParameterOverridesType().convert(tuple(deploy.overrides(values)), None, None)
    return parsed


def test_every_value_survives_sam() -> None:
    """Commas, blanks, quotes, the empty value, and one that looks like sam's own syntax."""
    values = Deployment(values=HARD).complete(HUB)
    assert read_by_sam(values) == values


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\\")))
def test_any_text_survives_sam(value: str) -> None:
    """Whatever a parameter takes."""
    assert read_by_sam({"A": value, "B": "b"}) == {"A": value, "B": "b"}


@given(
    st.dictionaries(
        st.from_regex(r"[\w .:/+@-]{1,128}", fullmatch=True), st.from_regex(r"[\w .:/+@-]{0,256}", fullmatch=True),
        max_size=3,
    )
)  # fmt: skip
def test_any_tag_survives_sam(tags: dict[str, str]) -> None:
    """Whatever AWS takes."""
    deployment = Deployment(region="eu-west-1", tags=tags)
    try:
        check_tags(tags)
    except UsageError:
        return
    command = deploy.sam_arguments(deployment, {}, asks=False)
    given = command[command.index("--tags") + 1 :] if tags else []
    assert CfnTags().convert(tuple(given), None, None) == tags
    assert ("--tags" in command) is bool(tags)


def test_a_backslash_is_refused() -> None:
    """Sam would not give it on as it is."""
    with pytest.raises(UsageError, match="WebAclArn has a backslash"):
        deploy.overrides({"WebAclArn": "a\\b"})


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", []),
        ("Mode=approve", ["Mode=approve"]),
        (" Mode=approve  ScheduleState=ENABLED ", ["Mode=approve", "ScheduleState=ENABLED"]),
        (
            "ScheduleExpression=cron(0 7 ? * TUE *) Mode=report",
            ["ScheduleExpression=cron(0 7 ? * TUE *)", "Mode=report"],
        ),
        ("ProtectTags=env=prod, team=ml", ["ProtectTags=env=prod, team=ml"]),
        ("mode", ["mode"]),
    ],
)
def test_what_is_set(text: str, wanted: list[str]) -> None:
    """One value or several; what is none is refused by name later."""
    assert deploy.assignments(text) == wanted


class Sam:
    """Notes what would be run, and what it would have been given."""

    def __init__(self) -> None:
        self.commands: list[list[str]] = []
        self.status = 0

    def __call__(self, command: list[str], **_: Any) -> subprocess.CompletedProcess[bytes]:
        self.commands.append(command)
        return subprocess.CompletedProcess(command, self.status)

    @property
    def overrides(self) -> dict[str, str]:
        command = self.commands[-1]
        given = command[command.index("--parameter-overrides") + 1 :]
        parsed: dict[str, str] = CfnParameterOverridesType().convert(tuple(given), None, None)
        return parsed


@pytest.fixture
def sam(monkeypatch: pytest.MonkeyPatch) -> Sam:
    made = Sam()
    monkeypatch.setattr(subprocess, "run", made)
    return made


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout without a file yet. The stack exists after the first look at it."""
    monkeypatch.setattr(deploy, "ROOT", tmp_path)
    monkeypatch.setattr(deploy, "TEMPLATE", tmp_path / "template.yaml")
    (tmp_path / "template.yaml").write_bytes(HUB_TEMPLATE.read_bytes())
    seen: list[str] = []

    def look(_sessions: object, name: str, _region: str) -> HubStack | None:
        seen.append(name)
        return HubStack(ARN, {}, OUTPUTS) if len(seen) > 1 else None

    monkeypatch.setattr(deploy, "hub_stack", look)
    monkeypatch.setattr("endpoint_sweep.cli.init.hub_stack", lambda *_: None)

    def call(arguments: list[str]) -> int:
        if arguments[0] != "doctor":
            return main(arguments)
        print("called:", *arguments)
        return 1

    monkeypatch.setattr(deploy, "command_line", call)
    return tmp_path


def test_a_file_becomes_a_deployment(folder: Path, sam: Sam, capsys: pytest.CaptureFixture[str]) -> None:
    """Build, deploy with every parameter and without a question; then what comes next, and the doctor."""
    (folder / "parameters.toml").write_text(EXAMPLE, encoding="utf-8")
    assert deploy.deploy({"YES": "1", "SET": "ScheduleExpression=cron(0 6 ? * MON,THU *) MinAgeDays=20"}) == 0
    assert [command[:2] for command in sam.commands] == [["sam", "build"], ["sam", "deploy"]]
    assert sam.commands[1][2:8] == [
        *("--stack-name", "endpoint-sweep", "--region", "us-east-1"),
        *("--no-confirm-changeset", "--no-fail-on-empty-changeset"),
    ]
    assert sam.overrides.keys() == HUB.keys()
    assert (sam.overrides["ScheduleExpression"], sam.overrides["MinAgeDays"]) == ("cron(0 6 ? * MON,THU *)", "20")
    said = capsys.readouterr().out
    assert "endpoint-sweep member-roles --stack endpoint-sweep --region us-east-1" in said
    assert ALLOW in said
    assert said.endswith("called: doctor --stack endpoint-sweep --region us-east-1\n")
    assert "--state-machine-arn arn:aws:states:x" in said


def test_another_deployment_has_another_file(folder: Path, sam: Sam) -> None:
    """Its own stack and region; a change goes into that file."""
    text = EXAMPLE.replace('stack = "endpoint-sweep"', 'stack = "sweep-test"').replace("us-east-1", "eu-west-1")
    text = text.replace("# cost-center", "cost-center")
    (folder / "test.toml").write_text(text, encoding="utf-8")
    assert deploy.deploy({"YES": "1", "FILE": "test.toml", "SET": "MinAgeDays=20"}) == 0
    assert sam.commands[1][2:6] == ["--stack-name", "sweep-test", "--region", "eu-west-1"]
    assert '"cost-center"="4711"' in sam.commands[1]
    assert sam.overrides["MinAgeDays"] == "20"
    assert not (folder / "parameters.toml").exists()


def test_what_the_partition_lacks_is_said(folder: Path, sam: Sam, capsys: pytest.CaptureFixture[str]) -> None:
    """Before sam is asked to deploy (D18.7)."""
    text = EXAMPLE.replace("us-east-1", "us-gov-west-1").replace("# Regions =", "Regions =")
    (folder / "parameters.toml").write_text(text, encoding="utf-8")
    assert deploy.deploy({"YES": "1"}) == 0
    assert "There is no Cost Explorer" in capsys.readouterr().out


def test_a_person_confirms_the_change_set(folder: Path, sam: Sam, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal sam asks."""
    (folder / "parameters.toml").write_text(EXAMPLE, encoding="utf-8")
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    assert deploy.deploy({}) == 0
    assert "--confirm-changeset" in sam.commands[1]


@pytest.mark.parametrize(
    ("change", "environment", "told"),
    [
        ({}, {}, "no terminal to confirm the changes on: use make deploy YES=1"),
        ({"Mode": "approve"}, {"YES": "1"}, "approve mode needs the stack parameter Approvers"),
        ({"LookbackDays": "3"}, {"YES": "1"}, "LookbackDays is"),
    ],
)
def test_nothing_is_built_for_what_is_wrong(
    folder: Path,
    sam: Sam,
    monkeypatch: pytest.MonkeyPatch,
    change: dict[str, str],
    environment: dict[str, str],
    told: str,
) -> None:
    """It is refused within a second, not after minutes by CloudFormation."""
    text = edited(EXAMPLE, "e", read(EXAMPLE, "e", HUB).with_values(change), HUB)
    (folder / "parameters.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    with pytest.raises(UsageError, match=re.escape(told)):
        deploy.deploy(environment)
    assert sam.commands == []


def test_what_init_refuses_is_not_deployed(folder: Path, sam: Sam, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a file it asks first; a name that does not exist is told with the one that was meant."""
    assert deploy.deploy({"YES": "1"}) == 2
    assert "OrganizationId and Sender must have a value" in capsys.readouterr().err
    (folder / "parameters.toml").write_text(EXAMPLE, encoding="utf-8")
    assert deploy.deploy({"YES": "1", "SET": "Mod=approve"}) == 2
    assert "did you mean Mode?" in capsys.readouterr().err
    assert (folder / "parameters.toml").read_text(encoding="utf-8") == EXAMPLE
    assert sam.commands == []


def test_a_build_that_fails_is_not_deployed(folder: Path, sam: Sam) -> None:
    """The status is sam's own."""
    (folder / "parameters.toml").write_text(EXAMPLE, encoding="utf-8")
    sam.status = 7
    assert deploy.deploy({"YES": "1"}) == 7
    assert len(sam.commands) == 1


def test_changes_are_shown() -> None:
    """Also those that no one typed: a parameter that the file does not have gets its default back."""
    stack = HubStack(ARN, {"Mode": "approve", "DenyAccounts": "012345678901", "Same": "x", "Gone": "1"}, {})
    assert deploy.changes(stack, {"Mode": "report", "DenyAccounts": "", "Same": "x", "More": "y"}) == [
        "Mode = report (until now approve)",
        "DenyAccounts = none (until now 012345678901)",
        "More = y (new)",
        "Gone no longer exists (until now 1)",
    ]
    assert deploy.changes(None, {"Mode": "report", "DenyAccounts": ""}) == ["Mode = report", "DenyAccounts = none"]
    assert deploy.changes(stack, dict(stack.parameters)) == []


def test_a_refusal_is_one_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of AWS, of the file, of the person."""

    def refuse(error: BaseException) -> Callable[..., None]:
        def raised(*_: object) -> None:
            raise error

        return raised

    (folder / "parameters.toml").write_text(EXAMPLE, encoding="utf-8")
    monkeypatch.setenv("YES", "1")
    monkeypatch.setattr(deploy, "check_whole", checkout.check_whole)
    for error, status in ((UsageError("x"), 2), (OSError("x"), 1), (KeyboardInterrupt(), 130)):
        monkeypatch.setattr(deploy, "check_whole", refuse(error))
        assert deploy.main() == status
        assert capsys.readouterr().err in ("make deploy: x\n", "make deploy: interrupted\n")


def test_samconfig_has_no_answers() -> None:
    """They belong to one deployment, and everyone has this file."""
    assert "parameter_overrides" not in (ROOT / "samconfig.toml").read_text(encoding="utf-8")
