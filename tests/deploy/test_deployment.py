"""From answers to a stack on the local AWS, by the code of `make deploy`: what was answered is what the stack has."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from endpoint_sweep.aws.hub_stack import hub_stack
from endpoint_sweep.aws.sessions import Sessions
from endpoint_sweep.cli import main
from endpoint_sweep.cli.checkout import deployment_in, parameters_in
from scripts.deploy import changes, next_steps
from tests.simulation.hub.cloudformation import HUB_TEMPLATE, MEMBER_TEMPLATE
from tests.simulation.hub.local_aws import SENDER, STACK, LocalAws

ANSWERS = {
    "Approvers": "ada@example.com, grace@example.com",
    "ApproverPrincipals": "arn:aws:iam::111111111111:role/finops=ada@example.com",
    "ProtectTags": "team=ml ops, owner",
    "ScheduleExpression": "cron(0 6 ? * MON,THU *)",
    "DenyAccounts": "012345678901",
    "LookbackDays": "90",
    "RequireCode": "false",
}

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def aws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalAws]:
    """With a shell that has the credentials of the hub."""
    with LocalAws(tmp_path / "aws", scenario="small") as started:
        monkeypatch.setenv("AWS_ENDPOINT_URL", started.endpoint)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", started.organization.hub_account)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        monkeypatch.setenv("AWS_DEFAULT_REGION", started.organization.hub_region)
        yield started


def test_answers_become_a_stack(aws: LocalAws, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Lists, blanks and empty values arrive; a second deployment would change nothing."""
    file = tmp_path / "parameters.toml"
    answers = ANSWERS | {"OrganizationId": aws.organization.id, "Sender": SENDER}
    options = [part for name, value in answers.items() for part in ("--set", f"{name}={value}")]
    assert main(["init", "--template", str(HUB_TEMPLATE), "--file", str(file), "--yes", *options]) == 0
    parameters = parameters_in(HUB_TEMPLATE)
    deployment = deployment_in(file, parameters)
    values = deployment.complete(parameters)
    outputs = aws.deploy(**values)  # type: ignore[arg-type] # none of them is the template
    stack = hub_stack(Sessions(), deployment.stack, deployment.region)
    assert stack is not None
    assert changes(stack, values) == []
    assert stack.parameters["ScheduleExpression"] == "cron(0 6 ? * MON,THU *)"
    assert outputs["StateMachineArn"] in next_steps(stack, deployment.stack)
    capsys.readouterr()
    assert main(["member-roles", "--stack", STACK, "--file", str(MEMBER_TEMPLATE)]) == 0
    said = capsys.readouterr().out
    assert aws.organization.id in said
    assert f"--stack-set-name {STACK}-member-roles" in said
