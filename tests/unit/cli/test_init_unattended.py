"""`endpoint-sweep init` without questions: from options, from a file, from the stack; what is missing is named."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from endpoint_sweep.aws.sessions import Sessions
from endpoint_sweep.cli import main
from endpoint_sweep.settings.deployment import Deployment
from tests.simulation.hub.cloudformation import HUB_TEMPLATE
from tests.unit.cli.conftest import GIVEN, Init, saved


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), "OrganizationId and Sender must have a value: use --set OrganizationId=…"),
        (("--yes",), "OrganizationId and Sender must have a value"),
        (GIVEN[1:], "nothing was saved: there is no terminal to confirm on; add --yes"),
        ((*GIVEN, "--set", "Mod=approve"), "the template has no parameter Mod; did you mean Mode?"),
        ((*GIVEN, "--set", "LookbackDays=3"), 'LookbackDays is "3", but must be a whole number from 7 to 400'),
        ((*GIVEN, "--set", "Mode=approve"), "approve mode needs the stack parameter Approvers"),
        ((*GIVEN, "--set", "Regions=eu-wset-1"), "did you mean eu-west-1?"),
        ((*GIVEN, "--region", "eu-wset-1"), "--region has"),
        ((*GIVEN, "--stack", "my stack"), "the name of the stack must be"),
        ((*GIVEN, "--from", "gone.toml"), "--from: there is no file gone.toml"),
    ],
)
def test_without_a_terminal_nothing_is_asked(
    init: Init, file: Path, options: tuple[str, ...], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is missing or wrong is named, and nothing is written."""
    monkeypatch.setattr("builtins.input", lambda _: pytest.fail("it asked"))
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    status, _, err = init(*options)
    assert (status, file.exists()) == (2, False)
    assert told in err


def test_a_change_is_one_option(init: Init, file: Path) -> None:
    """Nothing else changes; a comment stays; the same again writes nothing."""
    init(*GIVEN)
    file.write_text(file.read_text(encoding="utf-8") + "# ours\n", encoding="utf-8")
    before = file.read_text(encoding="utf-8")
    schedule = "cron(0 6 ? * MON,THU *)"
    status, out, err = init("--yes", "--set", f"ScheduleExpression={schedule}")
    assert (status, err) == (0, "")
    assert f"ScheduleExpression = {schedule} (until now cron(0 7 ? * TUE *))" in out
    assert file.read_text(encoding="utf-8") == before + f'ScheduleExpression = "{schedule}"\n'
    assert "says so already" in init("--yes", "--set", f"ScheduleExpression={schedule}")[1]


def stack_with(**parameters: str) -> dict[str, Any]:
    rows = [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()]
    arn = "arn:aws:cloudformation:eu-west-1:111111111111:stack/endpoint-sweep/1"
    return {"Stacks": [{"StackId": arn, "StackStatus": "UPDATE_COMPLETE", "Parameters": rows}]}


def test_a_stack_is_taken_over(init: Init, file: Path, says: dict[str, Mapping[str, Any]]) -> None:
    """A deployment from before the file: what differs from the template stays, whatever is answered counts more."""
    says["DescribeStacks"] = stack_with(
        OrganizationId="o-ofthestack", DenyAccounts="012345678901", LookbackDays="30", Sender="x@y.z", BlueMoon="1"
    )
    assert init(*GIVEN)[0] == 0
    wanted = {"OrganizationId": "o-abcdefghij", "Sender": "finops@example.com", "DenyAccounts": "012345678901"}
    assert saved(file).values == wanted
    init("--yes", "--set", "DenyAccounts=")
    assert saved(file).values["DenyAccounts"] == ""


def test_a_stack_that_is_only_planned_has_nothing(init: Init, file: Path, says: dict[str, Mapping[str, Any]]) -> None:
    """A change set that was refused leaves a stack without parameters behind."""
    says["DescribeStacks"] = stack_with()
    says["DescribeStacks"]["Stacks"][0]["StackStatus"] = "REVIEW_IN_PROGRESS"
    assert "taken over" not in init(*GIVEN)[1]


def test_answers_come_from_a_file(init: Init, file: Path, tmp_path: Path) -> None:
    """Options win over it."""
    source = tmp_path / "answers.toml"
    source.write_text(
        '[deploy]\nstack = "sweep"\nregion = "us-east-1"\n[parameters]\nOrganizationId = "o-abcdefghij"\n'
        'Sender = "a@example.com"\nRequireCode = false\n',
        encoding="utf-8",
    )
    assert init("--from", str(source), "--yes", "--set", "Sender=b@example.com")[0] == 0
    wanted = {"OrganizationId": "o-abcdefghij", "Sender": "b@example.com", "RequireCode": "false"}
    assert saved(file) == Deployment("sweep", "us-east-1", wanted)


def test_a_parameter_that_is_gone_is_named(init: Init, file: Path) -> None:
    """After an upgrade; the file stays as it is."""
    file.write_text('[parameters]\nBlueMoon = "x"\n', encoding="utf-8")
    status, _, err = init(*GIVEN)
    assert (status, file.read_text(encoding="utf-8")) == (2, '[parameters]\nBlueMoon = "x"\n')
    assert "parameters.toml: the template has no parameter BlueMoon; remove it: CHANGELOG.md" in err


def test_outside_a_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The template is named by an option, or found from the folder of the shell."""
    monkeypatch.chdir(tmp_path)
    assert main(["init", *GIVEN]) == 2
    assert "there is no template.yaml here" in capsys.readouterr().err
    (tmp_path / "template.yaml").write_bytes(HUB_TEMPLATE.read_bytes())
    (tmp_path / "docs").mkdir()
    monkeypatch.chdir(tmp_path / "docs")
    assert main(["init", *GIVEN]) == 0
    assert (tmp_path / "parameters.toml").is_file()


def test_credentials_that_cannot_be_used(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A profile that does not exist is one line; no credentials at all are no obstacle to a file."""
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    options = ("init", "--template", str(HUB_TEMPLATE), "--file", str(file), *GIVEN)
    assert main(options[:-2]) == 1
    assert "there is no AWS profile nobody" in capsys.readouterr().err
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    assert main(options) == 0
    assert "could not be read: no AWS credentials found" in capsys.readouterr().out


def test_what_a_partition_lacks_is_said_before_anything_is_saved(init: Init, monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence each; a commercial region lacks nothing (D18.7)."""
    assert "There is no" not in init(*GIVEN, "--set", "Regions=eu-west-1")[1]
    monkeypatch.setattr(Sessions, "chosen_region", lambda _self: "us-gov-west-1")
    status, out, err = init(*GIVEN[:-1], "us-gov-west-1", "--set", "Regions=us-gov-west-1")
    assert (status, err) == (0, "")
    assert "* There is no Price List API" in out


def test_a_partition_without_email_is_refused(init: Init, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stack could not be created there (D18.7)."""
    monkeypatch.setattr(Sessions, "chosen_region", lambda _self: "cn-north-1")
    status, _, err = init(*GIVEN[:-1], "cn-north-1", "--set", "Regions=cn-north-1")
    assert (status, file.exists()) == (2, False)
    assert "Amazon SES is not offered in the partition of cn-north-1" in err
