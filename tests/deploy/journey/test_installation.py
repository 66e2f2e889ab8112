"""The whole life of an installation, from an empty hub account to its removal, by the documents alone.

Each test is a step, in the order in which a person takes them. What they see is in build/journey/installation.md.
"""

import json
from collections.abc import Iterator

import pytest

from tests.deploy.deployed import Deployed, without
from tests.deploy.journey.left import left
from tests.deploy.journey.operator import Operator, checkout
from tests.deploy.journey.people import ADA, GRACE, approver, link, mails
from tests.deploy.journey.transcript import Transcript
from tests.simulation.hub.local_aws import LocalAws
from tests.simulation.organization.scenarios.small import FIRST, WORKLOADS
from tests.simulation.organization.specification import LOOKBACK_DAYS

DEPLOY, COMMANDS = "docs/deploy.md", "docs/command-line.md"
TOPIC = "arn:aws:sns:eu-west-1:111111111111:endpoint-sweep-alarms"
IDLE = {"resnet-demo", "churn-poc"}
# The API's own address has no name on this machine.
NO_NAME = "--skip page"

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """An Organization in which nothing of the product exists."""
    with LocalAws(tmp_path_factory.mktemp("journey"), scenario="small") as started:
        yield started


@pytest.fixture(scope="module")
def operator(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operator]:
    """Who installs it, in a fresh checkout."""
    transcript = Transcript("installation", "The life of an installation")
    one = Operator(aws, checkout(tmp_path_factory.mktemp("checkout")), transcript)
    one.examples["ou-ab12-11111111"] = WORKLOADS.id
    yield one
    print(transcript.text())


@pytest.fixture(autouse=True)
def _step(request: pytest.FixtureRequest, operator: Operator) -> None:
    operator.transcript.step(request.function.__doc__)


def test_1_before_the_start(operator: Operator, aws: LocalAws) -> None:
    """What the account and the Organization need before."""
    assert [names for kind, names in left(aws).items() if kind != "buses"] == []
    for account, command in (
        (operator.management, "aws cloudformation activate-organizations-access --region eu-west-1"),
        (operator.management, """aws organizations register-delegated-administrator --account-id 111111111111 \
            --service-principal member.org.stacksets.cloudformation.amazonaws.com"""),
        ("", "aws sesv2 create-email-identity --email-identity finops@example.com --region eu-west-1"),
        ("", "aws sns create-topic --name endpoint-sweep-alarms --region eu-west-1"),
        ("", f"""aws sns subscribe --protocol email --notification-endpoint oncall@example.com --region eu-west-1 \
            --topic-arn {TOPIC}"""),
    ):  # fmt: skip
        operator.follows(DEPLOY, command, account)
    limit = json.loads(operator.follows(DEPLOY, "aws lambda get-account-settings --region eu-west-1").text)
    assert limit["AccountLimit"]["ConcurrentExecutions"] == 10


def test_2_the_hub_stack(operator: Operator, aws: LocalAws) -> None:
    """The parameters from a file of answers, and the hub stack."""
    answers = {
        "OrganizationId": aws.organization.id,
        "Regions": operator.region,
        "Sender": "finops@example.com",
        "Approvers": f"{ADA},{GRACE}",
        "AlarmTopicArn": TOPIC.replace("eu-west-1", operator.region),
        "LookbackDays": LOOKBACK_DAYS,
        # No waits that only people need.
        "GraceMinutes": "0",
        "GoneCheckSeconds": "1",
    }
    lines = "".join(f'{name} = "{value}"\n' for name, value in answers.items())
    text = f'[deploy]\nregion = "{operator.region}"\n\n[parameters]\n{lines}'
    (operator.checkout / "answers.toml").write_text(text, encoding="utf-8")
    operator.transcript.shown("answers.toml", text)
    operator.follows(DEPLOY, "endpoint-sweep init --from answers.toml --yes")
    assert operator.follows(DEPLOY, "make deploy YES=1").findings()["stack"] == "ok"


def test_3_the_member_roles(operator: Operator, aws: LocalAws) -> None:
    """The doctor misses the roles in the other accounts. The printed commands create them."""
    before = operator.follows(COMMANDS, "endpoint-sweep doctor", also=NO_NAME, status=3)
    assert {"stack-sets": "note", "roles": "not known"}.items() <= before.findings().items()
    operator.types_what_was_printed(operator.follows(DEPLOY, "endpoint-sweep member-roles"))
    for account in aws.organization.accounts:
        assert member_roles(aws, account.id) == {"endpoint-sweep-scan"}


def test_4_a_first_look(operator: Operator, aws: LocalAws) -> None:
    """A sweep in report mode changes nothing and emails what it found. Then the doctor finds nothing wrong."""
    deployed, before = Deployed(aws, aws.outputs()), aws.snapshot()
    command = """aws stepfunctions start-execution --state-machine-arn <StateMachineArn> --name first-look \
        --input '{"mode": "report"}' --region eu-west-1"""
    started = operator.follows(DEPLOY, command, StateMachineArn=deployed.outputs["StateMachineArn"])
    assert deployed.wait(json.loads(started.text)["executionArn"]) == "SUCCEEDED"
    assert aws.snapshot() == before
    operator.transcript.shown(f"The email to {ADA}", mails(deployed, "first-look"))
    assert {name for name, row in deployed.findings("first-look").items() if row["verdict"] == "idle"} == IDLE
    sound = operator.follows(DEPLOY, "endpoint-sweep doctor", also=NO_NAME)
    assert {*sound.findings().values()} == {"ok", "note"}


def test_5_the_first_deletion(operator: Operator, aws: LocalAws) -> None:
    """Deletion is allowed, an approver decides with link and code, and exactly that endpoint is gone."""
    deployed, before = Deployed(aws, aws.outputs()), aws.snapshot()
    said = operator.follows(DEPLOY, "endpoint-sweep member-roles --allow-delete-for ou-ab12-11111111")
    [allow] = [command for command in said.commands() if "update-stack-instances" in command]
    operator.types(allow)
    operator.types(deployed.outputs["AllowDeletionsCommand"])
    command = """aws stepfunctions start-execution --state-machine-arn <StateMachineArn> --name first-deletion \
        --input '{"mode": "approve", "requested_by": "you@example.com"}' --region eu-west-1"""
    started = operator.follows(DEPLOY, command, StateMachineArn=deployed.outputs["StateMachineArn"])
    asked = approver(deployed, link(deployed, "first-deletion", ADA))
    assert {one.rpartition("/")[2] for one in asked.offered()} == IDLE
    asked.decide(lambda offered: [one for one in offered if one.endswith("/resnet-demo")])
    assert deployed.wait(json.loads(started.text)["executionArn"]) == "SUCCEEDED"
    assert aws.snapshot() == without(before, FIRST, ["resnet-demo"], operator.region)
    operator.transcript.shown(f"The emails to {ADA}", mails(deployed, "first-deletion"))


def test_6_a_changed_parameter(operator: Operator, aws: LocalAws) -> None:
    """One command changes one parameter and nothing else."""
    deployed, ssm = Deployed(aws, aws.outputs()), aws.client("ssm")
    switch = ssm.get_parameter(Name=deployed.outputs["KillSwitchName"])["Parameter"]
    before = hub_parameters(aws)
    operator.follows(DEPLOY, 'make deploy SET="LookbackDays=90"', also="YES=1")
    assert hub_parameters(aws) == before | {"LookbackDays": "90"}
    assert ssm.get_parameter(Name=deployed.outputs["KillSwitchName"])["Parameter"] == switch
    assert deployed.wait(deployed.start("longer", "report")) == "SUCCEEDED"
    assert deployed.findings("longer")["churn-poc"]["verdict"] == "busy"


def test_7_removal(operator: Operator, aws: LocalAws) -> None:
    """The member roles first, then the hub stack. What is left is what the document says."""
    stack_set = "--stack-set-name endpoint-sweep-member-roles"
    as_delegate = "--call-as DELEGATED_ADMIN --region eu-west-1"
    command = f"""aws cloudformation delete-stack-instances {stack_set} --no-retain-stacks \
        --regions eu-west-1 --deployment-targets OrganizationalUnitIds=r-ab12 {as_delegate}"""
    operator.follows(DEPLOY, command)
    said = operator.follows(DEPLOY, f"aws cloudformation list-stack-instances {stack_set} {as_delegate}")
    assert json.loads(said.text)["Summaries"] == []
    operator.follows(DEPLOY, f"aws cloudformation delete-stack-set {stack_set} {as_delegate}")
    command = "aws cloudformation delete-stack --stack-name endpoint-sweep-member-roles --region eu-west-1"
    operator.follows(DEPLOY, command, operator.management)
    for account in aws.organization.accounts:
        there = member_roles(aws, account.id)
        assert not there & {"endpoint-sweep-scan", "endpoint-sweep-act"}
    operator.follows(DEPLOY, "sam delete --stack-name endpoint-sweep --region eu-west-1", also="--no-prompts")
    operator.follows(DEPLOY, "aws ssm delete-parameter --name /endpoint-sweep/kill --region eu-west-1")
    after = left(aws)
    operator.transcript.shown("What is left in the hub account", json.dumps(after, indent=2))
    record = {"buckets": 1, "tables": 1, "keys": 5, "log groups": 3, "roles": 1}
    shared = {"buckets": 1, "stacks": 1, "identities": 1, "topics": 1, "buses": 1}  # EventBridge's default bus
    assert {kind: len(names) for kind, names in after.items()} == record | shared | {"buckets": 2}


def member_roles(aws: LocalAws, account: str) -> set[str]:
    """Of this product."""
    found = {one["RoleName"] for one in aws.client("iam", account=account).list_roles()["Roles"]}
    return {name for name in found if name in ("endpoint-sweep-scan", "endpoint-sweep-act")}


def hub_parameters(aws: LocalAws) -> dict[str, str]:
    [stack] = aws.client("cloudformation").describe_stacks(StackName="endpoint-sweep")["Stacks"]
    return {one["ParameterKey"]: one["ParameterValue"] for one in stack["Parameters"]}
