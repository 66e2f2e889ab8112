"""The Organization, mail and what runs, where an installation is hard to bring so far."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from endpoint_sweep.aws.installation.page import PageAnswer, Reached
from endpoint_sweep.doctor import mail, organization, running, storage
from endpoint_sweep.doctor.installation import Swept
from endpoint_sweep.domain.kinds import Access, CoverageStatus, GapCause
from endpoint_sweep.domain.model import CellResult
from endpoint_sweep.rules.planning import Coverage
from tests.simulation.hub.typed import parse
from tests.unit.doctor.asked import DENIED, HUB, NOW, ORGANIZATION, OUTPUTS, installation, looked, stack

MANAGEMENT, MEMBER = "100000000001", "222222222222"
ORGANIZATIONS: dict[str, Any] = {
    "organizations__DescribeOrganization": {"Organization": {"Id": ORGANIZATION, "MasterAccountId": MANAGEMENT}},
    "organizations__ListAccounts": [
        {"Id": one, "State": "ACTIVE", "Name": "", "Paths": [f"{ORGANIZATION}/r-ab12/ou-ab12-1/{one}/"]}
        for one in (MANAGEMENT, HUB, MEMBER)
    ],
}
SWEEP = {
    "executionArn": f"{OUTPUTS['StateMachineArn']}:one", "name": "one", "status": "SUCCEEDED",
    "startDate": NOW - timedelta(hours=2), "stopDate": NOW - timedelta(hours=1),
}  # fmt: skip
RAN = {"states__ListExecutions": {"executions": [SWEEP]}}


def swept(one: Any, *rows: CellResult, access: dict[str, Access] | None = None) -> Any:
    """By the sweep “one”; no other wrote anything down."""
    found = Swept("one", Coverage(rows), access or {})
    one.swept_by = {"one": found}.get
    one.swept = found
    return one


def gap(account: str, cause: GapCause, status: CoverageStatus = CoverageStatus.DENIED) -> CellResult:
    return CellResult(account, "eu-west-1", status, "because", cause=cause)


DONE = CellResult(HUB, "eu-west-1", CoverageStatus.SCANNED)


def test_an_older_scan_role() -> None:
    """It does not allow what the program asks: the StackSet gets the template of today, and all its parameters stay,
    because CloudFormation resets what is not named. What an older StackSet has not is as in the hub.
    """
    boundary = "arn:aws:iam::111111111111:policy/teams/boundary"
    given = ORGANIZATIONS | {"cloudformation__DescribeStacks": stack(RolePath="/finops/", PermissionsBoundary=boundary)}
    new = [{"ParameterKey": "RolePath", "ParameterValue": "/finops/"},
           {"ParameterKey": "PermissionsBoundaryName", "ParameterValue": "teams/boundary"}]  # fmt: skip
    older = [
        "HubAccountId",
        "HubStackName",
        "OrganizationId",
        "ExternalId",
        "AllowDelete",
        "ScanRoleName",
        "ActRoleName",
    ]
    every = [*older, "AdditionalScanPrincipals", "RolePath", "PermissionsBoundaryName"]
    for there, added in ((older, new), (every, []), (None, new)):
        rows = [{"ParameterKey": name, "ParameterValue": "x"} for name in there or ()]
        described = {"StackSet": {"Status": "ACTIVE", "Parameters": rows}} if there else DENIED
        one = swept(
            installation(**given, cloudformation__DescribeStackSet=described), DONE, gap(MEMBER, GapCause.PERMISSION)
        )
        [(state, _, commands), _] = looked(organization.roles, one)
        update = parse(commands[0])
        assert (state, update.operation) == ("wrong", "update_stack_set")
        kept = [{"ParameterKey": name, "UsePreviousValue": True} for name in there or older]
        assert update.request["Parameters"] == [*kept, *added]


def test_the_management_account_gets_its_own_stack() -> None:
    """With the names and the path that the hub asks for (D7.5)."""
    roles = {"ScanRoleName": "our-scan", "ActRoleName": "our-act", "RolePath": "/finops/"}
    boundary = "arn:aws:iam::111111111111:policy/boundary"
    given = ORGANIZATIONS | {"cloudformation__DescribeStacks": stack(**roles, PermissionsBoundary=boundary)}
    one = swept(installation(**given), DONE, gap(MANAGEMENT, GapCause.ROLE_DENIED))
    [(state, seen, commands), _] = looked(organization.roles, one)
    create = parse(commands[0])
    assert (state, create.operation, MANAGEMENT in seen) == ("wrong", "create_stack", True)
    made = {row["ParameterKey"]: row["ParameterValue"] for row in create.request["Parameters"]}
    assert made["HubAccountId"] == HUB
    assert made.items() >= (roles | {"PermissionsBoundaryName": "boundary"}).items()
    assert parse(commands[-1]).operation == "start_execution"


def test_what_the_sweep_could_not_tell() -> None:
    """A role that could not be tried is neither there nor missing."""
    one = swept(installation(**ORGANIZATIONS), DONE, gap(MEMBER, GapCause.ROLE_FAILED, CoverageStatus.FAILED),
                access={MEMBER: Access.UNKNOWN})  # fmt: skip
    assert [state for state, _, _ in looked(organization.roles, one)] == ["not known", "not known"]


def test_no_delegated_administrator() -> None:
    """Instances are seen elsewhere, so nothing is known of them."""
    trusted = [{"ServicePrincipal": "member.org.stacksets.cloudformation.amazonaws.com"}]
    one = installation(
        **ORGANIZATIONS, organizations__ListAWSServiceAccessForOrganization=trusted,
        organizations__ListDelegatedAdministrators=[],
    )  # fmt: skip
    [(state, _, [command])] = looked(organization.stack_sets, one)
    assert (state, parse(command).operation) == ("not known", "list_stack_instances")


def test_no_stack_set() -> None:
    """The roles may have come in another way; the command of the stack makes one."""
    trusted = [{"ServicePrincipal": "member.org.stacksets.cloudformation.amazonaws.com"}]
    one = installation(
        **ORGANIZATIONS, organizations__ListAWSServiceAccessForOrganization=trusted,
        organizations__ListDelegatedAdministrators=[{"Id": HUB}], cloudformation__DescribeStackSet=None,
    )  # fmt: skip
    assert looked(organization.stack_sets, one)[0][::2] == ("note", [OUTPUTS["MemberRoles"]])


def test_an_account_without_an_organization() -> None:
    [(state, seen, _)] = looked(organization.organization, installation(organizations__DescribeOrganization=None))
    assert (state, "no Organization" in seen) == ("wrong", True)


def test_a_region_that_may_be_new(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether AWS has it can be asked; if not, it is not known."""
    answers: list[frozenset[str] | None] = [None, frozenset({"xx-west-9"}), frozenset({"eu-west-1"})]
    monkeypatch.setattr(organization, "offered", lambda _: answers.pop(0))
    given = stack(Regions="eu-west-1,xx-west-9")
    states = []
    for _ in range(3):
        one = swept(installation(cloudformation__DescribeStacks=given), DONE)
        states += [state for state, _, _ in looked(organization.regions, one)]
    assert states == ["not known", "ok", "wrong"]


def test_a_region_that_no_one_has_enabled() -> None:
    given = stack(Regions="eu-west-1,eu-south-2")
    row = CellResult(HUB, "eu-south-2", CoverageStatus.SKIPPED, cause=GapCause.REGION_OFF_EVERYWHERE)
    one = swept(installation(cloudformation__DescribeStacks=given), DONE, row)
    assert looked(organization.regions, one)[0][::2] == ("note", ['make deploy SET="Regions=eu-west-1"'])


@pytest.mark.parametrize(
    ("account", "sets", "words"),
    [
        ({"SendingEnabled": False, "EnforcementStatus": "SHUTDOWN"}, {}, "has shut down"),
        ({"SendingEnabled": True}, None, "is not there"),
    ],
)
def test_mail_that_does_not_leave(account: dict[str, Any], sets: Any, words: str) -> None:
    one = installation(ses__GetAccount=account, ses__GetConfigurationSet=sets)
    [(state, seen, _)] = looked(mail.sending, one)
    assert (state, words in seen) == ("wrong", True)


def test_a_domain_vouches_for_its_addresses() -> None:
    """D9.13: also one above it."""

    def identity(EmailIdentity: str) -> Any:  # noqa: N803 - AWS's own spelling
        return {"VerifiedForSendingStatus": True} if EmailIdentity == "example.com" else None

    given = stack(Sender="finops@mail.example.com")
    one = installation(cloudformation__DescribeStacks=given, ses__GetEmailIdentity=identity)
    [(state, seen, _)] = looked(mail.sender, one)
    assert (state, "example.com is verified" in seen) == ("ok", True)


@pytest.mark.parametrize(
    ("reached", "custom", "state"),
    [
        (Reached.PAGE, True, "ok"),
        (Reached.REFUSED, True, "not known"),
        (Reached.SOMETHING_ELSE, True, "wrong"),
        (Reached.SOMETHING_ELSE, False, "wrong"),
        (Reached.NO_NAME, True, "wrong"),
        (Reached.NO_NAME, False, "not known"),
        (Reached.NO_TLS, True, "wrong"),
        (Reached.BAD_CERTIFICATE, True, "wrong"),
        (Reached.NO_CONNECTION, True, "wrong"),
        (Reached.NO_CONNECTION, False, "not known"),
    ],
)
def test_the_page(monkeypatch: pytest.MonkeyPatch, reached: Reached, custom: bool, state: str) -> None:
    """The API's own address is right, so a network without a way to it says nothing."""
    monkeypatch.setattr(running, "open_page", lambda _: PageAnswer(reached, "review.example.com", 404))
    given = stack(ReviewBaseUrl="https://review.example.com/v1" if custom else "")
    [(found, _, commands)] = looked(running.page, installation(cloudformation__DescribeStacks=given))
    assert found == state
    assert bool(commands) == (state == "wrong")


def test_a_sweep_that_saw_too_little() -> None:
    one = swept(installation(**RAN), DONE, gap(MEMBER, GapCause.REGION_DENIED))
    [(state, seen, _)] = looked(running.sweep, one)
    assert (state, "50%, and MinCoveragePercent is 90" in seen, "1 region-denied" in seen) == ("wrong", True, True)


def test_a_sweep_that_ended_while_the_next_one_waits() -> None:
    """What it scanned is told of it, not of the one that is running, for whatever that wrote down."""
    waits = {name: value for name, value in SWEEP.items() if name != "stopDate"} | {"name": "two", "status": "RUNNING"}
    one = swept(installation(states__ListExecutions={"executions": [waits, SWEEP]}), DONE)
    one.swept = Swept("two", Coverage((DONE, gap(MEMBER, GapCause.REGION_DENIED))), {})
    [(state, seen, _)] = looked(running.sweep, one)
    assert (state, "one ended" in seen, "it scanned 100%" in seen) == ("ok", True, True)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([{"AlarmName": "a", "StateValue": "ALARM", "ActionsEnabled": True, "MetricName": "LinkForged"}], "LinkForged"),
        ([], "someone removed it"),
    ],
)
def test_an_alarm_that_rings_or_is_gone(rows: list[dict[str, Any]], words: str) -> None:
    part = {"LogicalResourceId": "A", "ResourceType": "AWS::CloudWatch::Alarm", "PhysicalResourceId": "a"}
    one = installation(
        cloudformation__DescribeStacks=stack(AlarmTopicArn="arn:aws:sns:eu-west-1:111111111111:t"),
        cloudformation__ListStackResources=[part], cloudwatch__DescribeAlarms=rows,
        sns__GetTopicAttributes={"Attributes": {"SubscriptionsConfirmed": "1"}},
    )  # fmt: skip
    [(state, seen, [command])] = looked(running.alarms, one)
    assert (state, words in seen) == ("wrong", True)
    assert parse(command).request


@pytest.mark.parametrize(("answer", "words"), [(None, "is not there"), ({"Attributes": {}}, "nobody")])
def test_a_topic_that_no_one_reads(answer: Any, words: str) -> None:
    one = installation(
        cloudformation__DescribeStacks=stack(AlarmTopicArn="arn:aws:sns:eu-west-1:111111111111:t"),
        cloudformation__ListStackResources=[], sns__GetTopicAttributes=answer,
    )  # fmt: skip
    [(state, seen, _)] = looked(running.alarms, one)
    assert (state, words in seen) == ("wrong", True)


@pytest.mark.parametrize(
    ("look", "answers", "words"),
    [
        (storage.bucket, {"s3__GetBucketVersioning": None}, "the bucket the-bucket is not there"),
        (storage.table, {"dynamodb__DescribeContinuousBackups": None}, "the table the-table is not there"),
        (storage.keys, {"cloudformation__ListStackResources": []}, "no keys"),
        (
            storage.keys,
            {
                "cloudformation__ListStackResources": [
                    {"LogicalResourceId": "MacKey", "ResourceType": "AWS::KMS::Key", "PhysicalResourceId": "1"}
                ],
                "kms__DescribeKey": None,
            },
            "MacKey is not there",
        ),
    ],
)
def test_what_someone_removed(look: Callable[..., Any], answers: dict[str, Any], words: str) -> None:
    """CloudFormation tells of it, and does not make it again."""
    [(state, seen, [command])] = looked(look, installation(**answers))
    assert (state, words in seen) == ("wrong", True)
    assert parse(command).operation == "detect_stack_drift"


def test_a_disabled_key_is_enabled() -> None:
    part = {"LogicalResourceId": "MacKey", "ResourceType": "AWS::KMS::Key", "PhysicalResourceId": "1"}
    one = installation(
        cloudformation__ListStackResources=[part], kms__DescribeKey={"KeyMetadata": {"KeyState": "Disabled"}}
    )
    [(_, _, commands)] = looked(storage.keys, one)
    assert [parse(command).operation for command in commands] == ["enable_key"]


def test_the_accounts_cannot_be_listed() -> None:
    """Either a permission is missing, or the account is no delegated administrator."""
    one = installation(**(ORGANIZATIONS | {"organizations__ListAccounts": DENIED}))
    [(state, seen, [command])] = looked(organization.organization, one)
    assert (state, "organizations:ListAccounts" in seen) == ("not known", True)
    assert parse(command).operation == "register_delegated_administrator"
