"""`endpoint-sweep doctor` on an installation: silent while it is sound; each planted fault is named with its cure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pytest

from tests.laptop.clinic import OK, WRONG, Clinic
from tests.simulation.hub.installation import STACK_SET, Installation
from tests.simulation.hub.resources import BUCKET, SENDER, STACK, TABLE
from tests.simulation.hub.stack_in_process import APPROVERS
from tests.simulation.member_aws.hub_state import STACK_SETS
from tests.simulation.organization.scenarios.small import FIRST


def test_nothing_is_said_of_a_sound_installation(clinic: Clinic) -> None:
    """Exit 0, and every check saw something."""
    rows = clinic.rows()
    assert [row for row in rows if row["state"] != OK or row["fix"]] == []
    assert len({row["check"] for row in rows}) == 22
    assert clinic.status == 0


@dataclass(frozen=True)
class Planted:
    """`check`: which one must see it. `answers`: what a person writes into the blanks of the fix."""

    check: str
    plant: Callable[[Installation], object]
    words: str
    answers: Mapping[str, str] = field(default_factory=dict)


def deployed(**parameters: str) -> Callable[[Installation], object]:
    return lambda one: one.deploy(**parameters)


def other_schedule(one: Installation) -> None:
    one.client("scheduler").update_schedule(**(one.schedule() | {"State": "DISABLED"}))


def no_scan_role(one: Installation) -> None:
    one.world.set_roles(FIRST, [])
    one.sweep()


def outdated(one: Installation) -> None:
    hub = one.world.state.hub
    [(place, _)] = [each for each in hub.instances[STACK_SET].items() if each[0][0] == FIRST]
    hub.instances[STACK_SET][place] = ("OUTDATED", "FAILED")


def new_account(one: Installation) -> None:
    del one.world.state.hub.instances[STACK_SET][FIRST, one.hub.region]


def sandbox(one: Installation) -> None:
    mail = one.world.state.hub.mail
    mail.production = False
    one.client("sesv2").create_email_identity(EmailIdentity=APPROVERS[0])


def key_on_its_way(one: Installation) -> None:
    one.client("kms").schedule_key_deletion(KeyId=one.parts("AWS::KMS::Key")[0], PendingWindowInDays=7)


def missed_event(one: Installation) -> None:
    [queue] = one.parts("AWS::SQS::Queue")
    one.client("sqs").send_message(QueueUrl=queue, MessageBody="{}")


def lonely_topic(one: Installation) -> None:
    sns = one.client("sns")
    for row in sns.list_subscriptions()["Subscriptions"]:
        sns.unsubscribe(SubscriptionArn=row["SubscriptionArn"])


def aborted_sweep(one: Installation) -> None:
    one.world.fault(service="organizations", operation="ListAccounts", code="ServiceException", status=500)
    one.sweep()
    one.world.clear_faults()


ANOTHER = {"address": "hopper@example.com"}
FAULTS = {
    "another Organization": Planted("organization", deployed(OrganizationId="o-other12345"), "o-demo123456"),
    "trusted access is off": Planted(
        "stack-sets", lambda one: one.world.state.hub.trusted.discard(STACK_SETS), "trusted access"
    ),
    "a member stack is outdated": Planted("stack-sets", outdated, "OUTDATED (FAILED)"),
    "an account is not in the StackSet": Planted("stack-sets", new_account, f"{FIRST} (vision-prod)"),
    "an account without its scan role": Planted("roles", no_scan_role, f"{FIRST} (vision-prod)"),
    "a misspelt region": Planted("regions", deployed(Regions="us-esat-1"), "did you mean us-east-1?"),
    "an unverified sender": Planted(
        "sender", lambda one: one.world.state.hub.mail.unverified.add(SENDER), "is not verified"
    ),
    "an approver in the sandbox": Planted("recipients", sandbox, APPROVERS[1]),
    "sending is paused": Planted("sending", lambda one: setattr(one.world.state.hub.mail, "sends", False), "paused"),
    "the configuration set is paused": Planted(
        "sending", lambda one: one.world.state.hub.mail.paused_sets.add(STACK), "configuration set"
    ),
    "an approver who bounced": Planted(
        "recipients",
        lambda one: one.world.state.hub.mail.suppressed.update({APPROVERS[0]: "BOUNCE"}),
        f"{APPROVERS[0]} (BOUNCE)",
    ),
    "a small quota": Planted(
        "concurrency", lambda one: setattr(one.world.state.hub, "concurrency", 6), "6 of 6 executions"
    ),
    "a domain without a name": Planted(
        "page", deployed(ReviewBaseUrl="https://review.example.invalid/v1"), "no name server knows"
    ),
    "a key on its way out": Planted("keys", key_on_its_way, "is PendingDeletion"),
    "timers that leave no time": Planted(
        "parameters", deployed(GraceMinutes="240", DeleteWindowMinutes="240"), "GraceMinutes is 240"
    ),
    "too few approvers": Planted("parameters", deployed(MinApprovers="3"), "MinApprovers is 3", ANOTHER),
    "a schedule changed by hand": Planted("schedule", other_schedule, "changed by hand: it is DISABLED"),
    "the kill switch is on": Planted("kill-switch", lambda one: one.hub.kill(), "is on: deletions are stopped"),
    "the kill switch is not there": Planted(
        "kill-switch", lambda one: one.client("ssm").delete_parameter(Name=f"/{STACK}/kill"), "counts as on"
    ),
    "nobody hears the alarms": Planted("alarms", lonely_topic, "nobody has a confirmed subscription", ANOTHER),
    "alarms that go nowhere": Planted("alarms", deployed(AlarmTopicArn=""), "AlarmTopicArn is empty", ANOTHER),
    "muted alarms": Planted(
        "alarms",
        lambda one: one.client("cloudwatch").disable_alarm_actions(AlarmNames=one.parts("AWS::CloudWatch::Alarm")[:2]),
        "2 alarms may tell no one",
    ),
    "an event that was missed": Planted("missed-events", missed_event, "1 event in MissedEvents"),
    "a sweep that failed": Planted("sweep", aborted_sweep, "FAILED"),
    "versions are not kept": Planted(
        "bucket",
        lambda one: one.client("s3").put_bucket_versioning(
            Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"}
        ),
        "does not keep every version",
    ),
    "the table cannot be restored": Planted(
        "table",
        lambda one: one.client("dynamodb").update_continuous_backups(
            TableName=TABLE, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False}
        ),
        "cannot be restored",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_and_its_fix_removes_it(clinic: Clinic, name: str) -> None:
    """Nothing else is said, and afterwards nothing at all."""
    fault = FAULTS[name]
    fault.plant(clinic.one)
    found = clinic.not_ok()
    assert [(row["check"], row["state"]) for row in found] == [(fault.check, WRONG)]
    assert clinic.status == 1
    [row] = found
    assert fault.words in row["seen"]
    assert row["fix"]
    for fix in row["fix"]:
        clinic.one.type(fix["command"], fix["account"], fault.answers)
    assert clinic.not_ok() == []
    assert clinic.status == 0
