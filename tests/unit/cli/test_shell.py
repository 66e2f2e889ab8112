"""The shell's profile and region: what the options mean, and one line with the fix for whatever is wrong with them."""

import argparse
import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from endpoint_sweep.aws.sessions import Sessions
from endpoint_sweep.cli import main, shell
from endpoint_sweep.domain.errors import CellFailed, UsageError
from tests.simulation.hub import cloudformation

START = "https://example.awsapps.com/start"
CONFIG = f"""
[default]
region = eu-central-1
[profile keys]
region = eu-west-1
aws_access_key_id = AKIATESTING
aws_secret_access_key = testing
[profile nowhere]
aws_access_key_id = AKIATESTING
aws_secret_access_key = testing
[profile half]
region = eu-west-1
aws_access_key_id = AKIATESTING
[profile sso]
region = eu-west-1
sso_session = company
sso_account_id = 222222222222
sso_role_name = Reader
[profile old-sso]
region = eu-west-1
sso_start_url = {START}
sso_region = eu-west-1
sso_account_id = 222222222222
sso_role_name = Reader
[profile login]
region = eu-west-1
login_session = arn:aws:iam::222222222222:user/ada
[profile chained]
region = eu-west-1
role_arn = arn:aws:iam::222222222222:role/Reader
source_profile = missing
[profile broken]
region = eu-west-1
credential_process = /nowhere/at/all
[sso-session company]
sso_start_url = {START}
sso_region = eu-west-1
sso_registration_scopes = sso:account:access
"""
COMMANDS = [
    ("scan",),
    ("probe",),
    ("restore", "a-sweep", "222222222222/eu-west-1/resnet-demo"),
    ("approve", "a-sweep", "--api", "https://review.example.com"),
]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shell with these profiles and nothing else. Nothing answers, so whatever asks AWS would be noticed."""
    for name in ("PROFILE", "DEFAULT_PROFILE", "REGION", "DEFAULT_REGION", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY",
                 "SESSION_TOKEN"):  # fmt: skip
        monkeypatch.delenv(f"AWS_{name}", raising=False)
    (tmp_path / "config").write_text(CONFIG)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *command: str) -> tuple[int, str]:
    """The exit status and the one line."""
    status = main(command)
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1), told.err
    return status, told.err.removeprefix(f"endpoint-sweep {command[0]}: ").strip()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize(
    ("profile", "line"),
    [
        ("nobody", "there is no AWS profile nobody; aws configure list-profiles lists those that there are"),
        ("sso", "you are not signed in, or the sign-in has expired; run aws sso login --profile sso"),
        ("old-sso", "you are not signed in, or the sign-in has expired; run aws sso login --profile old-sso"),
        ("login", "you are not signed in, or the sign-in has expired; run aws login --profile login"),
        ("half", "the AWS credentials in the profile half lack aws_secret_access_key; run aws configure"),
        ("default", "no AWS credentials found in the profile default; name a profile with --profile"),
    ],
)  # fmt: skip
def test_a_profile_that_cannot_be_used(
    capsys: pytest.CaptureFixture[str], command: tuple[str, ...], profile: str, line: str
) -> None:
    """botocore's own errors, in one line that says what to type."""
    status, told = said(capsys, *command, "--profile", profile)
    assert (status, told.startswith(line)) == (1, True), told


@pytest.mark.parametrize(
    ("profile", "part"), [("chained", 'The source_profile "missing"'), ("broken", "AWS credentials cannot be used")]
)
def test_other_mistakes_in_a_profile(capsys: pytest.CaptureFixture[str], profile: str, part: str) -> None:
    """With botocore's sentence."""
    status, line = said(capsys, "scan", "--profile", profile)
    assert (status, part in line) == (1, True), line


def test_the_profile_of_the_shell_is_named_as_well(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it comes from AWS_PROFILE."""
    monkeypatch.setenv("AWS_PROFILE", "sso")
    assert said(capsys, "scan")[1].endswith("run aws sso login --profile sso")
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    assert said(capsys, "scan")[1].startswith("there is no AWS profile nobody")


def test_a_token_that_has_expired(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    """As aws sso login left it yesterday: botocore asks no one with it."""
    token: dict[str, Any] = {
        "startUrl": START, "region": "eu-west-1", "accessToken": "token",
        "expiresAt": (datetime.now(UTC) - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }  # fmt: skip
    cache = home / ".aws" / "sso" / "cache"
    cache.mkdir(parents=True)
    for key in (START, "company"):
        name = hashlib.sha1(key.encode()).hexdigest()  # noqa: S324 - the name that botocore gives the file
        (cache / f"{name}.json").write_text(json.dumps(token))
    for profile in ("sso", "old-sso"):
        assert said(capsys, "scan", "--profile", profile)[1].endswith(f"run aws sso login --profile {profile}")


def test_a_configuration_that_cannot_be_read(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    """With the file's name."""
    (home / "config").write_text("[profile x\nregion")
    status, line = said(capsys, "scan")
    assert (status, line) == (1, f"the AWS configuration in {home / 'config'} cannot be read; correct it")


@pytest.mark.parametrize("command", COMMANDS[:3], ids=lambda command: command[0])
def test_a_profile_without_a_region(capsys: pytest.CaptureFixture[str], command: tuple[str, ...]) -> None:
    """Bad usage, with three ways to give one."""
    status, line = said(capsys, *command, "--profile", "nowhere")
    assert (status, line.startswith("no region is configured: use --region eu-west-1, set AWS_REGION")) == (2, True)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_region_that_is_none(capsys: pytest.CaptureFixture[str], command: tuple[str, ...]) -> None:
    """With the one that was probably meant, before any other question."""
    status, line = said(capsys, *command, "--profile", "keys", "--region", "eu-wset-1")
    assert (status, line) == (2, '--region has "eu-wset-1", which is not a region; did you mean eu-west-1?')


def given(**changes: Any) -> argparse.Namespace:
    options = {"profile": None, "region": None, "scan_role": shell.SCAN_ROLE, "external_id": None}
    return argparse.Namespace(**(options | changes))


def opened(**changes: Any) -> Sessions:
    return shell.opened(given(**changes))


def test_which_region_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """As for the AWS CLI: the option, AWS_REGION, AWS_DEFAULT_REGION, the profile."""
    assert opened(profile="keys").region() == "eu-west-1"
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    assert opened(profile="keys").region() == "us-west-2"
    monkeypatch.setenv("AWS_REGION", "ap-southeast-2")
    assert opened(profile="keys").region() == "ap-southeast-2"
    assert opened(profile="keys", region="ca-central-1").region() == "ca-central-1"
    assert opened(profile="keys", region="ca-central-1").hub("sts").meta.region_name == "ca-central-1"


def test_whose_credentials_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of the named profile, whatever the shell prefers."""
    monkeypatch.setenv("AWS_PROFILE", "sso")
    sessions = opened(profile="keys")
    assert (sessions.profile, sessions.credentials().access_key) == ("keys", "AKIATESTING")
    with pytest.raises(CellFailed, match="aws sso login --profile sso"):
        opened().credentials()


@pytest.mark.parametrize(
    ("role", "name"),
    [
        ("audit", "audit"),
        ("security/audit", "security/audit"),
        ("arn:aws:iam::222222222222:role/audit", "audit"),
        ("arn:aws:iam::*:role/security/team/audit", "security/team/audit"),
        ("arn:aws-us-gov:iam::222222222222:role/audit", "audit"),
    ],
)
def test_a_role_that_exists_already(role: str, name: str) -> None:
    """By name or ARN, with an external id only if one is given."""
    assert shell.role_of(given(scan_role=role)) == (name, None)
    assert shell.role_of(given(scan_role=role, external_id="x")) == (name, "x")


@pytest.mark.parametrize(
    "role", ["", "a b", "arn:aws:iam::22:role/audit", "arn:aws:iam::222222222222:user/ada", "x" * 65]
)
def test_a_role_that_is_none(role: str) -> None:
    """Named with an example."""
    with pytest.raises(UsageError, match="--scan-role must be the name of a role, or its ARN"):
        shell.role_of(given(scan_role=role))


def test_the_defaults_are_those_of_the_member_roles() -> None:
    """So that a scan needs no option where they were deployed as they are."""
    parameters = cloudformation.load(cloudformation.MEMBER_TEMPLATE)["Parameters"]
    defaults = parameters["ScanRoleName"]["Default"], parameters["ExternalId"]["Default"]
    assert shell.role_of(given()) == defaults
    assert shell.role_of(given(external_id="other")) == (defaults[0], "other")
