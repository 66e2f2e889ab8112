"""What watches over the deployed stack, with IAM on: subscribers of its bus, and the check of the schedule."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from endpoint_sweep.rules.schedule import next_due
from tests.deploy.deployed import APPROVERS, Deployed, deploy, until
from tests.simulation.hub.local_aws import STACK

WEEKLY, BERLIN = "cron(0 7 ? * TUE *)", "Europe/Berlin"

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    given = {"ScheduleState": "ENABLED", "ScheduleExpression": WEEKLY, "ScheduleTimezone": BERLIN}
    with deploy(tmp_path_factory.mktemp("watched"), "small", **given) as stack:
        yield stack


def test_a_subscriber_of_the_bus_follows_a_sweep(deployed: Deployed) -> None:
    """A rule on the stack's bus hears its start and its end, by the roles of the functions."""
    sqs, events, bus = deployed.aws.client("sqs"), deployed.aws.client("events"), deployed.outputs["EventBusName"]
    queue = sqs.create_queue(QueueName="subscriber")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name="all", EventBusName=bus, EventPattern=json.dumps({"source": ["endpoint-sweep"]}))
    events.put_targets(Rule="all", EventBusName=bus, Targets=[{"Id": "queue", "Arn": arn}])
    assert deployed.wait(deployed.start("watched-1", "report")) == "SUCCEEDED"
    heard: list[dict[str, Any]] = []

    def both() -> bool | None:
        for message in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", []):
            heard.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return True if len(heard) >= 2 else None

    until(both, "the events")
    assert sorted(one["detail-type"] for one in heard) == ["SweepFinished", "SweepStarted"]
    assert {one["detail"]["sweep_id"] for one in heard} == {"watched-1"}
    assert not any("EventLost" in line for line in deployed.logged())


def check(deployed: Deployed, at: datetime) -> dict[str, Any]:
    """What the function answers to its schedule at this time."""
    answer = deployed.aws.client("lambda").invoke(
        FunctionName=deployed.resource("CheckScheduleFunction"), Payload=json.dumps({"scheduled_at": at.isoformat()})
    )
    said = json.load(answer["Payload"])
    assert "FunctionError" not in answer, said
    return dict(said)


def test_the_check_finds_the_last_sweep_and_the_next_due_time(deployed: Deployed) -> None:
    """By its own role: nothing is overdue now, and something is eight hours after the next Tuesday without a sweep."""
    now = datetime.now(UTC)
    due = next_due(WEEKLY, ZoneInfo(BERLIN), now, now + timedelta(days=8))
    assert due
    assert check(deployed, now) == {"overdue": False, "mailed": 0}
    before = len(deployed.aws.mails())
    assert check(deployed, due + timedelta(hours=8)) == {"overdue": True, "mailed": 2}
    assert check(deployed, due + timedelta(hours=9)) == {"overdue": True, "mailed": 0}
    mails = deployed.aws.mails()[before:]
    assert {mail.to for mail in mails} == {(approver,) for approver in APPROVERS}
    assert all(f"{due:%d %b %Y, %H:%M} UTC" in mail.text for mail in mails)
    assert '"SweepOverdue":[1.0]' in "".join(deployed.logged())


def test_the_figures_of_a_sweep_are_in_the_log(deployed: Deployed) -> None:
    """Where CloudWatch reads them."""
    lines = [line for line in deployed.logged() if '"CoveragePercent"' in line]
    said = json.loads(lines[-1][lines[-1].index("{") :])
    assert said["_aws"]["CloudWatchMetrics"][0]["Namespace"] == STACK
    assert said["CoveragePercent"][0] > 0
