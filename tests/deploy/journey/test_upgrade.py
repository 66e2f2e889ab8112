"""An upgrade from an earlier version while people are asked, as CHANGELOG.md says: everything is kept, nothing is lost.

Each test is a step, in the order in which a person takes them. What they see is in build/journey/upgrade.md.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.deploy.deployed import Deployed, without
from tests.deploy.journey.operator import Operator, checkout, earlier
from tests.deploy.journey.people import ADA, GRACE, approver, earlier_approver, link, mails
from tests.deploy.journey.transcript import Transcript
from tests.simulation.hub.approver import PageError
from tests.simulation.hub.local_aws import LocalAws
from tests.simulation.organization.scenarios.small import FIRST
from tests.simulation.organization.specification import LOOKBACK_DAYS

EARLIER = "6f54299"  # had the kill switch in its stack, plans without a scope and no parameters.toml
CHANGELOG, DEPLOY, COMMANDS = "CHANGELOG.md", "docs/deploy.md", "docs/command-line.md"
# The API's own address has no name on this machine.
NO_NAME = "--skip page"

pytestmark = pytest.mark.timeout(600)


@dataclass
class Before:
    """What the earlier version left. `link`: of an open approval. `world`: as it was while that waited."""

    execution: str = ""
    link: str = ""
    world: dict[str, Any] = field(default_factory=dict)


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """An Organization in which nothing of the product exists."""
    with LocalAws(tmp_path_factory.mktemp("upgrade"), scenario="two_teams") as started:
        yield started


@pytest.fixture(scope="module")
def before() -> Before:
    return Before()


@pytest.fixture(scope="module")
def transcript() -> Iterator[Transcript]:
    one = Transcript("upgrade", f"An upgrade from {EARLIER} during an open approval")
    yield one
    print(one.text())


@pytest.fixture(scope="module")
def earlier_operator(aws: LocalAws, transcript: Transcript, tmp_path_factory: pytest.TempPathFactory) -> Operator:
    """Who installed it, in a checkout of that time."""
    return Operator(aws, earlier(EARLIER, tmp_path_factory.mktemp("earlier")), transcript)


@pytest.fixture(scope="module")
def operator(aws: LocalAws, transcript: Transcript, tmp_path_factory: pytest.TempPathFactory) -> Operator:
    """Who upgrades it."""
    return Operator(aws, checkout(tmp_path_factory.mktemp("checkout")), transcript)


@pytest.fixture(autouse=True)
def _step(request: pytest.FixtureRequest, transcript: Transcript) -> None:
    transcript.step(request.function.__doc__)


def place(number: int) -> str:
    """One of the idle endpoints, as the page names it."""
    return f"{FIRST}/us-east-1/vision-poc-{number}"


def test_1_the_earlier_version(earlier_operator: Operator, aws: LocalAws) -> None:
    """The earlier version is deployed by its own documents."""
    one = earlier_operator
    one.types(f"aws cloudformation activate-organizations-access --region {one.region}", one.management)
    principal = "member.org.stacksets.cloudformation.amazonaws.com"
    who = f"--account-id {aws.organization.hub_account} --service-principal {principal}"
    one.types(f"aws organizations register-delegated-administrator {who}", one.management)
    one.types(f"aws sesv2 create-email-identity --email-identity finops@example.com --region {one.region}")
    given = {
        "OrganizationId": aws.organization.id,
        "Sender": "finops@example.com",
        "Approvers": f"{ADA},{GRACE}",
        "LookbackDays": LOOKBACK_DAYS,
        "ReviewConcurrency": "0",
        "ScanConcurrency": "8",
        "GraceMinutes": "0",
        "GoneCheckSeconds": "1",
    }
    overrides = " ".join(f"{name}={value}" for name, value in given.items())
    saved = f'region = "{one.region}"\nparameter_overrides = "{overrides}"\n'
    one.transcript.shown("What `sam deploy --guided` saves in samconfig.toml", saved)
    with (one.checkout / "samconfig.toml").open("a", encoding="utf-8") as config:
        config.write(saved)
    # Its `make deploy` was these two.
    one.types("sam build --cached --parallel")
    one.types("sam deploy --no-confirm-changeset")
    create = Deployed(aws, aws.outputs()).outputs["MemberRolesCommand"]
    named = f"--stack-set-name endpoint-sweep-member-roles --call-as DELEGATED_ADMIN --region {one.region}"
    where = f"--deployment-targets OrganizationalUnitIds={aws.organization.root_id} --regions {one.region}"
    one.types(f"{create} --call-as DELEGATED_ADMIN")
    one.types(f"aws cloudformation create-stack-instances {named} {where}")
    allow = "--parameter-overrides ParameterKey=AllowDelete,ParameterValue=true"
    one.types(f"aws cloudformation update-stack-instances {named} {where} {allow}")
    # StackSets leave the management account out: by hand, as its document says.
    body = "--template-body file://member-roles.yaml --capabilities CAPABILITY_NAMED_IAM"
    same = f"--stack-name endpoint-sweep-member-roles {body} --parameters {create.partition('--parameters ')[2]}"
    one.types(f"aws cloudformation create-stack {same}", one.management)


def test_2_people_are_asked(earlier_operator: Operator, aws: LocalAws, before: Before) -> None:
    """The earlier version deletes one endpoint, snoozes another, and in its next sweep waits for people."""
    deployed = Deployed(aws, aws.outputs())
    execution = deployed.start("earlier-1", "approve")
    person = earlier_approver(earlier_operator.checkout, snoozed=place(1))
    approver(deployed, link(deployed, "earlier-1", ADA), person).decide(lambda _: [place(0)])
    assert deployed.wait(execution) == "SUCCEEDED"
    earlier_operator.transcript.shown(f"The emails to {ADA}", mails(deployed, "earlier-1"))
    before.execution = deployed.start("earlier-2", "approve")
    before.link = link(deployed, "earlier-2", ADA)
    before.world = aws.snapshot()
    assert "vision-poc-0" not in before.world[FIRST]["us-east-1"]["endpoints"]
    assert place(1) not in approver(deployed, before.link, earlier_approver(earlier_operator.checkout)).offered()


def test_3_the_upgrade(operator: Operator, earlier_operator: Operator, aws: LocalAws, before: Before) -> None:
    """The member roles, then the hub stack, then deletions are allowed again."""
    saved = (earlier_operator.checkout / "samconfig.toml").read_text(encoding="utf-8")
    (operator.checkout / "samconfig.toml").write_text(saved, encoding="utf-8")
    operator.types_what_was_printed(operator.follows(CHANGELOG, "endpoint-sweep member-roles --update"))
    operator.follows(DEPLOY, "make deploy YES=1")
    deployed = Deployed(aws, aws.outputs())
    api = deployed.resource("ReviewApi")
    stages = operator.follows(CHANGELOG, "aws apigateway get-stages --rest-api-id <id>", id=api)
    assert [one["stageName"] for one in json.loads(stages.text)["item"]] == ["v1"]
    doctor = operator.follows(CHANGELOG, "endpoint-sweep doctor", also=NO_NAME)
    assert {*doctor.findings().values()} == {"ok", "note"}
    assert doctor.findings()["kill-switch"] == "note"
    assert "earlier-2 is running and holds the lock" in doctor.text
    operator.types(deployed.outputs["AllowDeletionsCommand"])
    assert deployed.status(before.execution) == "RUNNING"
    assert aws.snapshot() == before.world


def test_4_the_open_approval_keeps_everything(operator: Operator, aws: LocalAws, before: Before) -> None:
    """The link from before still opens, even where deletions are allowed again, and lets no one delete, but keep."""
    deployed = Deployed(aws, aws.outputs())
    ada = approver(deployed, before.link)
    with pytest.raises(PageError, match="The stack was updated after this plan was made"):
        ada.decide(lambda offered: offered[:1])
    ada.decide(lambda _: [])
    assert deployed.wait(before.execution) == "SUCCEEDED"
    assert aws.snapshot() == before.world
    said = mails(deployed, "earlier-2")
    operator.transcript.shown(f"The emails to {ADA}", said)
    assert "someone changed" not in said.lower()
    doctor = operator.follows(CHANGELOG, "endpoint-sweep doctor", also=NO_NAME)
    assert {*doctor.findings().values()} == {"ok", "note"}
    assert doctor.findings()["lock"] == "ok"


def test_5_a_fresh_sweep(operator: Operator, aws: LocalAws, before: Before) -> None:
    """The upgraded stack deletes what is approved, and knows what was deleted and snoozed before."""
    deployed = Deployed(aws, aws.outputs())
    execution = deployed.start("later-1", "approve")
    asked = approver(deployed, link(deployed, "later-1", ADA))
    assert place(1) not in asked.offered()
    asked.decide(lambda _: [place(2)])
    assert deployed.wait(execution) == "SUCCEEDED"
    assert aws.snapshot() == without(before.world, FIRST, ["vision-poc-2"], operator.region)
    said = mails(deployed, "later-1")
    operator.transcript.shown(f"The emails to {ADA}", said)
    assert "1 stayed gone, 0 came back" in said
    assert "Snoozed until" in said


def test_6_restore_from_before(operator: Operator, aws: LocalAws) -> None:
    """What the earlier version deleted can be restored from the record that it left."""
    trusts = {"Effect": "Allow", "Principal": {"AWS": aws.organization.hub_account}, "Action": "sts:AssumeRole"}
    iam = aws.client("iam", account=FIRST)
    iam.create_role(RoleName="Admin", AssumeRolePolicyDocument=json.dumps({"Statement": [trusts]}))
    everything = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    iam.put_role_policy(RoleName="Admin", PolicyName="everything", PolicyDocument=json.dumps(everything))
    operator.examples |= {"2026-11-24T07-00Z-scheduled": "earlier-1", "resnet-demo": "vision-poc-0"}
    command = (
        "endpoint-sweep restore 2026-11-24T07-00Z-scheduled 222222222222/eu-west-1/resnet-demo --member-role Admin"
    )
    assert "vision-poc-0" in operator.follows(COMMANDS, command).text
