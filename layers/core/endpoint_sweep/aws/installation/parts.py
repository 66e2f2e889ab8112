"""The parts of the hub's stack as they are now."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from endpoint_sweep.aws.installation.asking import Asking

_NO_TABLE = ("TableNotFoundException", "ResourceNotFoundException")


@dataclass(frozen=True, slots=True)
class Topic:
    confirmed: int
    pending: int


@dataclass(frozen=True, slots=True)
class AlarmState:
    name: str
    state: str
    tells: bool
    metric: str


@dataclass(frozen=True, slots=True)
class Schedule:
    """`request`: what UpdateSchedule needs to keep everything else as it is."""

    state: str
    expression: str
    timezone: str
    request: dict[str, Any]

    @property
    def mode(self) -> str:
        """Of the sweep that it starts; empty if its input does not say."""
        try:
            asked = json.loads(self.request["Target"]["Input"])["input"]["mode"]
        except (ValueError, TypeError, KeyError):
            return ""
        return str(asked)


@dataclass(frozen=True, slots=True)
class Execution:
    arn: str
    name: str
    status: str
    started: datetime
    ended: datetime | None


@dataclass(frozen=True, slots=True)
class Concurrency:
    """Of Lambda in this account and region: its limit, and what no function has reserved."""

    limit: int
    unreserved: int


def concurrency(ask: Asking) -> Concurrency:
    """Raises NotAllowed or NotAnswered."""
    limits = ask.sure("lambda:GetAccountSettings")["AccountLimit"]
    return Concurrency(int(limits["ConcurrentExecutions"]), int(limits["UnreservedConcurrentExecutions"]))


def parameter(ask: Asking, name: str) -> str | None:
    """None where there is no such parameter. Raises NotAllowed or NotAnswered."""
    answer = ask("ssm:GetParameter", missing=("ParameterNotFound",), Name=name)
    return None if answer is None else str(answer["Parameter"]["Value"])


def key_state(ask: Asking, key: str) -> str:
    """Enabled, Disabled, PendingDeletion …; empty where there is no such key. Raises NotAllowed or NotAnswered."""
    answer = ask("kms:DescribeKey", missing=("NotFoundException",), KeyId=key)
    return str(answer["KeyMetadata"]["KeyState"]) if answer else ""


def versioning(ask: Asking, bucket: str) -> str | None:
    """Enabled or Suspended, empty if it was never on; None where there is no bucket.

    Raises NotAllowed or NotAnswered.
    """
    answer = ask("s3:GetBucketVersioning", missing=("NoSuchBucket",), Bucket=bucket)
    return None if answer is None else str(answer.get("Status", ""))


def recovers(ask: Asking, table: str) -> bool | None:
    """Whether the table can be restored to a point in time; None where there is no table.

    Raises NotAllowed or NotAnswered.
    """
    answer = ask("dynamodb:DescribeContinuousBackups", missing=_NO_TABLE, TableName=table)
    if answer is None:
        return None
    state = answer["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription", {})
    return bool(state.get("PointInTimeRecoveryStatus") == "ENABLED")


def topic(ask: Asking, arn: str) -> Topic | None:
    """In its own region; None where there is no such topic. Raises NotAllowed or NotAnswered."""
    missing = ("NotFound", "NotFoundException")
    answer = ask("sns:GetTopicAttributes", missing=missing, region=arn.split(":")[3], TopicArn=arn)
    if answer is None:
        return None
    said = answer["Attributes"]
    return Topic(int(said.get("SubscriptionsConfirmed", 0)), int(said.get("SubscriptionsPending", 0)))


def alarms(ask: Asking, names: Sequence[str]) -> tuple[AlarmState, ...]:
    """Raises NotAllowed or NotAnswered."""
    if not names:
        return ()
    rows = ask.rows("cloudwatch:DescribeAlarms", "MetricAlarms", AlarmNames=list(names))
    return tuple(
        AlarmState(row["AlarmName"], row["StateValue"], bool(row.get("ActionsEnabled")), row.get("MetricName", ""))
        for row in rows
    )


def waiting(ask: Asking, queue: str) -> int | None:
    """How many messages wait in a queue; None where it does not exist. Raises NotAllowed or NotAnswered."""
    missing = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")
    names = ["ApproximateNumberOfMessages"]
    answer = ask("sqs:GetQueueAttributes", missing=missing, QueueUrl=queue, AttributeNames=names)
    return None if answer is None else int(answer["Attributes"]["ApproximateNumberOfMessages"])


def schedule(ask: Asking, name: str) -> Schedule | None:
    """None where there is no such schedule. Raises NotAllowed or NotAnswered."""
    answer = ask("scheduler:GetSchedule", missing=("ResourceNotFoundException",), Name=name)
    if answer is None:
        return None
    kept = ("Description", "FlexibleTimeWindow", "Target")
    request = {key: answer[key] for key in kept if answer.get(key)}
    return Schedule(
        answer["State"], answer["ScheduleExpression"], answer.get("ScheduleExpressionTimezone") or "UTC", request
    )


def executions(ask: Asking, machine: str, most: int = 50) -> tuple[Execution, ...] | None:
    """The newest first; None where there is no such state machine. Raises NotAllowed or NotAnswered."""
    missing = ("StateMachineDoesNotExist",)
    answer = ask("states:ListExecutions", missing=missing, stateMachineArn=machine, maxResults=most)
    if answer is None:
        return None
    found = [
        Execution(row["executionArn"], row["name"], row["status"], row["startDate"], row.get("stopDate"))
        for row in answer["executions"]
    ]
    return tuple(sorted(found, key=lambda one: one.started, reverse=True))


def lock_holder(ask: Asking, table: str) -> dict[str, Any]:
    """What the sweep lock says of its holder; empty where no one holds it. Raises NotAllowed or NotAnswered."""
    key = {"pk": {"S": "LOCK"}, "sk": {"S": "LOCK"}}
    answer = ask("dynamodb:GetItem", missing=_NO_TABLE, TableName=table, Key=key, ConsistentRead=True)
    item = (answer or {}).get("Item")
    if not item:
        return {}
    said = json.loads(item["document"]["S"])
    return said if isinstance(said, dict) else {}
