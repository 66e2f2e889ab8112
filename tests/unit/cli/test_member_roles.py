"""`endpoint-sweep member-roles`: each command that it prints is one that the AWS CLI takes, and moto carries it out."""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from endpoint_sweep.aws.sessions import Sessions
from endpoint_sweep.cli import main
from tests.simulation.hub.cloudformation import MEMBER_TEMPLATE, load
from tests.unit.answering import Refusal, client
from tests.unit.aws_cli import calls, parameters

HUB, MANAGEMENT = "111111111111", "999999999999"
TEAM, LAB = "ou-ab12-11111111", "ou-ab12-22222222"
STACK = {
    "StackId": f"arn:aws:cloudformation:eu-west-1:{HUB}:stack/sweep/1",
    "StackName": "sweep",
    "CreationTime": "2026-01-01T00:00:00Z",
    "StackStatus": "CREATE_COMPLETE",
    "Parameters": [
        {"ParameterKey": "OrganizationId", "ParameterValue": "o-abcdefghij"},
        {"ParameterKey": "ExternalId", "ParameterValue": "a,b=c"},
        {"ParameterKey": "ScanRoleName", "ParameterValue": "our-scan"},
        {"ParameterKey": "ActRoleName", "ParameterValue": "our-act"},
        {"ParameterKey": "RolePath", "ParameterValue": "/finops/"},
        {"ParameterKey": "Mode", "ParameterValue": "report"},
    ],
}
MATCHING = {
    "HubAccountId": HUB,
    "HubStackName": "sweep",
    "OrganizationId": "o-abcdefghij",
    "ExternalId": "a,b=c",
    "ScanRoleName": "our-scan",
    "ActRoleName": "our-act",
    "RolePath": "/finops/",
    "AdditionalScanPrincipals": "",
    "PermissionsBoundaryName": "",
}

type Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> dict[str, Mapping[str, Any]]:
    """What AWS answers; an operation that is taken out is refused."""
    answers: dict[str, Mapping[str, Any]] = {
        "DescribeStacks": {"Stacks": [STACK]},
        "DescribeOrganization": {"Organization": {"Id": "o-abcdefghij", "MasterAccountId": MANAGEMENT}},
        "ListRoots": {"Roots": [{"Id": "r-ab12"}]},
    }

    def answer(operation: str, request: dict[str, Any]) -> Mapping[str, Any]:
        if operation not in answers:
            raise Refusal("ValidationError" if operation == "DescribeStacks" else "AccessDeniedException")
        return answers[operation]

    monkeypatch.setattr(Sessions, "at", lambda _self, service, _region: client(service, answer)[0])
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.chdir(MEMBER_TEMPLATE.parent)
    return answers


@pytest.fixture
def run(aws: object, capsys: pytest.CaptureFixture[str]) -> Run:
    def called(*options: str) -> tuple[int, str, str]:
        status = main(["member-roles", "--stack", "sweep", "--region", "eu-west-1", *options])
        said = capsys.readouterr()
        return status, said.out, said.err

    return called


def test_the_commands_that_create(run: Run) -> None:
    """A StackSet, its instances, the management account; every parameter of the roles is given."""
    status, out, err = run()
    assert (status, err) == (0, "")
    (_, stack_set), (_, instances), (_, stack) = found = calls(out)
    assert [name for name, _ in found] == ["CreateStackSet", "CreateStackInstances", "CreateStack"]
    assert stack_set["CallAs"] == instances["CallAs"] == "DELEGATED_ADMIN"
    assert stack_set["StackSetName"] == instances["StackSetName"] == stack["StackName"] == "sweep-member-roles"
    assert stack_set["PermissionModel"] == "SERVICE_MANAGED"
    assert stack_set["ManagedExecution"] == {"Active": True}
    assert instances["Regions"] == ["eu-west-1"]
    assert instances["DeploymentTargets"] == {"OrganizationalUnitIds": ["r-ab12"]}
    assert instances["OperationPreferences"] == {"FailureTolerancePercentage": 20, "MaxConcurrentPercentage": 20}
    for body in (stack_set, stack):
        assert body["TemplateBody"] == MEMBER_TEMPLATE.read_text(encoding="utf-8")
        assert body["Capabilities"] == ["CAPABILITY_NAMED_IAM"]
        assert parameters(body["Parameters"]) == MATCHING | {"AllowDelete": "false"}
        assert parameters(body["Parameters"]).keys() == load(MEMBER_TEMPLATE)["Parameters"].keys()


def test_the_commands_that_come_before(run: Run) -> None:
    """As comments, because they are run once for an Organization."""
    _, out, _ = run()
    access, register, *_ = calls(out, optional=True)
    assert access == ("ActivateOrganizationsAccess", {})
    assert register[1] == {
        "ServicePrincipal": "member.org.stacksets.cloudformation.amazonaws.com",
        "AccountId": HUB,
    }


def test_the_commands_that_update(run: Run) -> None:
    """The same parameters; whether deletion is allowed stays as it is, everywhere."""
    status, out, _ = run("--update", "--allow-delete-for", TEAM)
    (_, stack_set), (_, instances), (_, stack) = found = calls(out)
    assert (status, [name for name, _ in found]) == (0, ["UpdateStackSet", "UpdateStackInstances", "UpdateStack"])
    for body in (stack_set, stack):
        assert parameters(body["Parameters"]) == MATCHING | {"AllowDelete": True}
    assert stack_set["OperationPreferences"]
    assert stack_set["CallAs"] == instances["CallAs"] == "DELEGATED_ADMIN"


def test_deletion_is_allowed_for_units(run: Run) -> None:
    """By an override of a parameter that the StackSet has a value for (D13.13)."""
    _, out, _ = run("--organizational-units", f"{TEAM}, {LAB}", "--allow-delete-for", LAB)
    _, (_, instances), (name, allowed), _ = calls(out)
    assert instances["DeploymentTargets"] == {"OrganizationalUnitIds": [TEAM, LAB]}
    assert "ParameterOverrides" not in instances
    assert name == "UpdateStackInstances"
    assert allowed["DeploymentTargets"] == {"OrganizationalUnitIds": [LAB]}
    assert parameters(allowed["ParameterOverrides"]) == {"AllowDelete": "true"}


@pytest.mark.parametrize(
    ("options", "name"),
    [((), "team/boundary"), (("--permissions-boundary", "other"), "other"), (("--permissions-boundary", ""), "")],
)
def test_the_boundary_is_the_hubs_unless_another_is_named(
    run: Run, aws: dict[str, Mapping[str, Any]], options: tuple[str, ...], name: str
) -> None:
    """By its name, because the ARN is another one in each account."""
    arn = f"arn:aws:iam::{HUB}:policy/team/boundary"
    given = [*STACK["Parameters"], {"ParameterKey": "PermissionsBoundary", "ParameterValue": arn}]
    aws["DescribeStacks"] = {"Stacks": [STACK | {"Parameters": given}]}
    (_, stack_set), *_ = calls(run(*options)[1])
    assert parameters(stack_set["Parameters"])["PermissionsBoundaryName"] == name


@pytest.mark.parametrize("way", ["option", "hub"])
def test_the_management_account_calls_as_itself(run: Run, aws: dict[str, Mapping[str, Any]], way: str) -> None:
    """Asked for, or because the hub lies there."""
    if way == "hub":
        aws["DescribeOrganization"] = {"Organization": {"MasterAccountId": HUB}}
    _, out, _ = run(*(["--management-account"] if way == "option" else []))
    assert all("CallAs" not in given for _, given in calls(out))
    assert "DELEGATED_ADMIN" not in out
    assert "register-delegated-administrator" not in out


def test_a_root_that_cannot_be_read_is_left_open(run: Run, aws: dict[str, Mapping[str, Any]]) -> None:
    """With what to do about it; nothing else is asked of the Organization."""
    del aws["ListRoots"], aws["DescribeOrganization"]
    status, out, _ = run()
    assert status == 0
    assert "Replace ROOT_ID by the id of the root" in out
    assert calls(out)[1][1]["DeploymentTargets"] == {"OrganizationalUnitIds": ["ROOT_ID"]}
    assert "ROOT_ID" not in run("--organizational-units", TEAM)[1]


def test_the_template_may_lie_elsewhere(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its path is one that works from here, whatever its name."""
    other = tmp_path / "it's ours.yaml"
    other.write_bytes(MEMBER_TEMPLATE.read_bytes())
    for folder in (tmp_path, MEMBER_TEMPLATE.parent):
        monkeypatch.chdir(folder)
        _, out, _ = run("--file", str(other))
        assert calls(out)[0][1]["TemplateBody"] == MEMBER_TEMPLATE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--organizational-units", "prod"), '--organizational-units has "prod"; write a unit as ou-ab12-11111111'),
        (("--allow-delete-for", "ou-1"), '--allow-delete-for has "ou-1"'),
        (("--permissions-boundary", "arn:aws:iam::1:policy/x"), "but must be the name of a policy such as boundary"),
        (("--file", "none.yaml"), "--file: there is no file none.yaml"),
    ],
)
def test_bad_usage(run: Run, options: tuple[str, ...], told: str) -> None:
    """Status 2, nothing is printed that could be run."""
    status, out, err = run(*options)
    assert (status, out) == (2, "")
    assert told in err


def test_a_stack_that_is_not_there(run: Run, aws: dict[str, Mapping[str, Any]]) -> None:
    """Another name, another region."""
    del aws["DescribeStacks"]
    status, out, err = run()
    assert (status, out) == (2, "")
    assert "there is no stack sweep in eu-west-1: name it with --stack and --region" in err


@pytest.fixture
def cloud() -> Iterator[tuple[Any, str]]:
    """CloudFormation of the management account, and a unit with one account."""
    with mock_aws():
        organizations = boto3.client("organizations", region_name="us-east-1")
        organizations.create_organization(FeatureSet="ALL")
        root = organizations.list_roots()["Roots"][0]["Id"]
        unit = organizations.create_organizational_unit(ParentId=root, Name="team")["OrganizationalUnit"]["Id"]
        made = organizations.create_account(Email="team@example.com", AccountName="team")["CreateAccountStatus"]
        organizations.move_account(AccountId=made["AccountId"], SourceParentId=root, DestinationParentId=unit)
        yield boto3.client("cloudformation", region_name="eu-west-1"), unit


@pytest.mark.usefixtures("impatient")
def test_they_are_carried_out(run: Run, cloud: tuple[Any, str], tmp_path: Path) -> None:
    """One after the other, as printed: to create, and then to update to another template."""
    cloudformation, unit = cloud
    newer = tmp_path / "member-roles.yaml"
    newer.write_text(
        MEMBER_TEMPLATE.read_text(encoding="utf-8").replace("to read endpoints", "to see endpoints"), "utf-8"
    )
    for options in ((), ("--update", "--file", str(newer))):
        _, out, _ = run("--organizational-units", unit, "--allow-delete-for", unit, *options)
        for name, given in calls(out):
            operation = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
            getattr(cloudformation, operation)(**given)
    made = cloudformation.describe_stack_set(StackSetName="sweep-member-roles")["StackSet"]
    assert made["PermissionModel"] == "SERVICE_MANAGED"
    assert len(cloudformation.list_stack_instances(StackSetName="sweep-member-roles")["Summaries"]) == 1
    stack = cloudformation.describe_stacks(StackName="sweep-member-roles")["Stacks"][0]
    assert parameters(stack["Parameters"]) == MATCHING | {"AllowDelete": "false"}
