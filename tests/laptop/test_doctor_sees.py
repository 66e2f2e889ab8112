"""What `endpoint-sweep doctor` says where nothing is broken but not everything can be seen, and how it says it."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from moto.organizations.models import organizations_backends

from endpoint_sweep.cli import main
from tests.laptop.clinic import NOTE, OK, UNKNOWN, WRONG, Clinic
from tests.simulation.hub.cloudformation import ROOT
from tests.simulation.hub.installation import STACK_SET
from tests.simulation.hub.resources import STACK, TABLE
from tests.simulation.organization.scenarios.small import FIRST, HUB, MANAGEMENT

POLICY = json.loads(
    re.findall(r"```json\n(.*?)```", (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8"), re.DOTALL)[0]
)
ACTIONS = sorted(action for statement in POLICY["Statement"] for action in statement["Action"])
# Asked only where a region is unknown, or so that S3 says that a document is missing.
RARE = {"ssm:GetParametersByPath", "s3:ListBucket"}
PREFIXES = {"sesv2": "ses", "stepfunctions": "states"}


def names(rows: list[dict[str, Any]]) -> set[tuple[str, str]]:
    return {(row["check"], row["state"]) for row in rows}


def test_the_documented_permissions_are_enough(clinic: Clinic) -> None:
    """And no one grants what is never used."""
    assert clinic.not_ok() == []
    made = [name.split(":") for name in clinic.calls]
    used = {f"{PREFIXES.get(service, service)}:{operation}" for service, operation in made}
    assert used - {"sts:GetCallerIdentity"} == set(ACTIONS) - RARE


@pytest.mark.parametrize("action", [one for one in ACTIONS if one not in RARE])
def test_what_may_not_be_asked_is_not_known(clinic: Clinic, action: str) -> None:
    """The missing action is named; nothing becomes wrong, and what hangs on it is not ok."""
    service, operation = action.split(":")
    clients = {prefix: client for client, prefix in PREFIXES.items()}
    clinic.one.world.fault(
        service=clients.get(service, service), operation=operation, code="AccessDeniedException", status=403
    )
    found = clinic.not_ok()
    assert found
    assert {row["state"] for row in found} == {UNKNOWN}
    assert any(action in row["seen"] for row in found)
    assert clinic.status == 3
    clinic.is_sound = True


def test_an_answer_of_another_shape_is_not_known(clinic: Clinic) -> None:
    """It hides no other check."""
    clinic.one.world.fault(operation="DescribeKey", rewrite=lambda reply: replace(reply, body=b"[]"))
    [row] = clinic.not_ok()
    assert (row["check"], row["state"]) == ("keys", UNKNOWN)
    assert "cannot be read" in row["seen"]


def test_no_sweep_yet(clinic: Clinic) -> None:
    """Whether the roles work is not known, and how to find out is said."""
    nothing = json.dumps({"executions": []}).encode()
    clinic.one.world.fault(operation="ListExecutions", rewrite=lambda reply: replace(reply, body=nothing))
    found = clinic.not_ok()
    assert names(found) == {("roles", UNKNOWN), ("sweep", UNKNOWN)}
    assert all("start-execution" in row["fix"][0]["command"] for row in found)
    assert clinic.status == 3


def test_a_stack_that_is_not_there(clinic: Clinic) -> None:
    """One fault, and the rest is not known."""
    found = clinic.not_ok("--stack", "another")
    assert [row["check"] for row in found if row["state"] == WRONG] == ["stack"]
    assert {row["check"] for row in found if row["state"] == UNKNOWN} >= {"parameters", "keys", "roles"}
    assert clinic.status == 1


def test_only_reports(clinic: Clinic) -> None:
    """What stops deletions or tells no one is no fault while nothing is deleted; neither is a schedule that is off."""
    clinic.one.deploy(Mode="report", ScheduleState="DISABLED", AlarmTopicArn="")
    clinic.one.hub.kill()
    found = clinic.not_ok()
    assert names(found) == {("kill-switch", NOTE), ("schedule", NOTE), ("alarms", NOTE)}
    assert clinic.status == 0
    for fix in (fix for row in found for fix in row["fix"]):
        clinic.one.type(fix["command"], fix["account"], {"address": "oncall@example.com"})
    clinic.one.deploy(Mode="approve")
    assert clinic.not_ok() == []


def test_deletion_that_is_not_enabled(clinic: Clinic) -> None:
    """It may be on purpose, so it is a note; its fix enables it."""
    clinic.one.world.set_roles(FIRST, ["endpoint-sweep-scan"])
    clinic.one.sweep()
    [row] = clinic.not_ok()
    assert (row["check"], row["state"]) == ("roles", NOTE)
    for fix in row["fix"]:
        clinic.one.type(fix["command"], fix["account"])
    clinic.one.sweep()
    assert clinic.not_ok() == []


def test_a_lock_that_a_dead_sweep_holds(clinic: Clinic) -> None:
    """FI-22: the next sweep takes it over, which is its fix."""
    execution = f"{clinic.one.hub.arn.replace('stateMachine', 'execution')}:older"
    document = json.dumps({"sweep_id": "older", "execution": execution, "instead_of": ""})
    key = {"pk": {"S": "LOCK"}, "sk": {"S": "LOCK"}}
    item = key | {"document": {"S": document}, "version": {"N": "1"}}
    clinic.one.client("dynamodb").put_item(TableName=TABLE, Item=item)
    [row] = clinic.not_ok()
    assert (row["check"], row["state"]) == ("lock", NOTE)
    assert "older holds the lock" in row["seen"]
    clinic.one.type(row["fix"][0]["command"])
    assert clinic.not_ok() == []


def test_some_accounts_and_checks_only(clinic: Clinic) -> None:
    """What is left out is not looked for."""
    instances = clinic.one.world.state.hub.instances[STACK_SET]
    gone = instances.pop((FIRST, clinic.one.hub.region))
    assert clinic.not_ok("--accounts", HUB) == []
    assert clinic.not_ok("--skip", "stack-sets") == []
    assert names(clinic.not_ok("--accounts", FIRST)) == {("stack-sets", WRONG)}
    instances[FIRST, clinic.one.hub.region] = gone


def test_roles_that_trust_the_caller(clinic: Clinic) -> None:
    """`--assume` tries them; a refusal says nothing of the hub."""
    rows = [row for row in clinic.rows("--assume", "--accounts", FIRST) if row["check"] == "roles"]
    assert [row["state"] for row in rows] == [OK, OK]
    there = clinic.one.world.state.roles[FIRST]
    clinic.one.world.set_roles(FIRST, [])
    rows = [row for row in clinic.rows("--assume", "--accounts", FIRST) if row["check"] == "roles"]
    assert [row["state"] for row in rows] == [UNKNOWN, UNKNOWN]
    clinic.one.world.set_roles(FIRST, there)


def test_a_name_that_would_draw_on_the_terminal(clinic: Clinic) -> None:
    """Anyone in an account may name it."""
    [account] = [one for one in organizations_backends[MANAGEMENT]["aws"].accounts if one.id == FIRST]
    name, account.name = account.name, "evil\x1b[2J\u202e[red]name"
    gone = clinic.one.world.state.hub.instances[STACK_SET].pop((FIRST, clinic.one.hub.region))
    for text in (clinic.look(), clinic.look("--format", "json")):
        assert "evil[2J[red]name" in text
        assert not {"\x1b", "\u202e", "\\u001b"} & {*text}
        assert "\\u001b" not in text
    account.name = name
    clinic.one.world.state.hub.instances[STACK_SET][FIRST, clinic.one.hub.region] = gone


def test_a_table_for_people(clinic: Clinic) -> None:
    """Each command on one line, to be copied; that of another account says so."""
    assert "23 findings: 23 ok." in clinic.look()
    clinic.one.hub.kill()
    clinic.one.world.state.hub.trusted.clear()
    lines = clinic.look().splitlines()
    region = clinic.one.hub.region
    put = f"  aws ssm put-parameter --name /{STACK}/kill --value off --type String --overwrite --region {region}"
    assert put in lines
    activate = f"  aws cloudformation activate-organizations-access --region {region}   # in account {MANAGEMENT}"
    assert activate in lines
    clinic.one.hub.kill("off")
    clinic.one.type(activate.partition("#")[0].strip(), MANAGEMENT)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--accounts", "12"], "--accounts must be 12-digit account ids"),
        (["--skip", "keyz"], "there is no check 'keyz'; the checks are identity, services, stack"),
        (["--stack", "a b"], "--stack must be the name of a stack"),
        (["--region", "here"], "which is not a region"),
        (["--format", "xml"], "invalid choice"),
    ],
)
def test_bad_usage(capsys: pytest.CaptureFixture[str], options: list[str], words: str) -> None:
    """The option and the fix are named."""
    assert main(["doctor", *options]) == 2
    assert words in capsys.readouterr().err


def test_without_credentials(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing could be looked at: no finding, one line."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    assert main(["doctor"]) == 3
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("endpoint-sweep doctor: no AWS credentials found; name a profile with --profile")
    assert main(["doctor", "--profile", "nobody"]) == 3
    assert "nobody" in capsys.readouterr().err
