"""The real template, built and deployed by SAM into the local AWS, with IAM on, and what tests do with it."""

import json
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

from tests.simulation.hub.approver import newest_code
from tests.simulation.hub.local_aws import STACK, LocalAws

APPROVERS = ("ada@example.com", "grace@example.com")
World = dict[str, dict[str, Any]]


class Deployed:
    """The stack and what the tests do with it."""

    def __init__(self, aws: LocalAws, outputs: dict[str, str]) -> None:
        self.aws = aws
        self.outputs = outputs

    def resource(self, logical: str) -> str:
        """The physical id of one resource of the template."""
        stack = self.aws.client("cloudformation")
        found = stack.describe_stack_resource(StackName=STACK, LogicalResourceId=logical)
        return str(found["StackResourceDetail"]["PhysicalResourceId"])

    def start(self, name: str, mode: str) -> str:
        answer = self.aws.client("stepfunctions").start_execution(
            stateMachineArn=self.outputs["StateMachineArn"],
            name=name,
            input=json.dumps({"mode": mode, "requested_by": "schedule"}),
        )
        return str(answer["executionArn"])

    def status(self, execution: str) -> str:
        return str(self.aws.client("stepfunctions").describe_execution(executionArn=execution)["status"])

    def wait(self, execution: str) -> str:
        return until(lambda: None if (now := self.status(execution)) == "RUNNING" else now, f"{execution} to end")

    def stop(self) -> None:
        """Ends what a failed test left running: the next sweep would find the lock held."""
        states, machine = self.aws.client("stepfunctions"), self.outputs["StateMachineArn"]
        left = states.list_executions(stateMachineArn=machine, statusFilter="RUNNING")["executions"]
        for one in left:
            states.stop_execution(executionArn=one["executionArn"])
        if left:
            until(lambda: None if any(item["pk"]["S"] == "LOCK" for item in self.items()) else True, "the lock")

    def link(self, sweep: str, approver: str) -> str:
        """The approver's link, once the sweep waits for a decision."""

        def mailed() -> str | None:
            waiting = any(item["pk"]["S"].startswith("WAIT#") for item in self.items())
            texts = [mail.text for mail in self.aws.mails() if mail.to == (approver,) and sweep in mail.subject]
            links = re.findall(r"http://\S+/a/[0-9a-f]+\?k=[\w-]+", " ".join(texts))
            return links[0] if links and waiting else None

        return until(mailed, f"the mail to {approver}")

    def items(self) -> list[dict[str, Any]]:
        pages = self.aws.client("dynamodb").get_paginator("scan").paginate(TableName=self.outputs["TableName"])
        return list(pages.search("Items[]"))

    def stored(self) -> str:
        """Everything that is written anywhere: the table, and every version of every object."""
        s3 = self.aws.client("s3")
        pages = s3.get_paginator("list_object_versions").paginate(Bucket=self.outputs["BucketName"])
        versions = [(one["Key"], one["VersionId"], one["ETag"]) for one in pages.search("Versions[]")]
        return json.dumps([sorted(versions), sorted(json.dumps(item, sort_keys=True) for item in self.items())])

    def texts(self, address: str) -> list[str]:
        """The texts of one person's mails."""
        return [mail.text for mail in self.aws.mails() if address in mail.to]

    def logged(self) -> list[str]:
        """Every line that the functions wrote to their log, oldest first."""
        pages = self.aws.client("logs").get_paginator("filter_log_events")
        events = list(pages.paginate(logGroupName=self.resource("FunctionLogs")).search("events[]"))
        return [str(one["message"]) for one in sorted(events, key=lambda one: one["timestamp"])]

    def code(self, address: str) -> str:
        """The digits of this person's newest code mail."""
        return newest_code(self.texts(address))

    def document(self, sweep: str, name: str) -> Any:
        s3 = self.aws.client("s3")
        return json.load(s3.get_object(Bucket=self.outputs["BucketName"], Key=f"sweeps/{sweep}/{name}")["Body"])

    def findings(self, sweep: str) -> dict[str, dict[str, Any]]:
        """The rows of the sweep's report by endpoint."""
        return {row["name"]: row for row in self.document(sweep, "report.json")["findings"]}


@contextmanager
def deploy(data: Path, scenario: str, **parameters: str) -> Iterator[Deployed]:
    """A stack of its own with two approvers, in a world of its own."""
    quick = {"GraceMinutes": "0", "GoneCheckSeconds": "1"}
    given = {"Approvers": ",".join(APPROVERS), "MinCoveragePercent": "50"} | quick | parameters
    with LocalAws(data, scenario=scenario) as aws:
        outputs = aws.deploy(**given)  # type: ignore[arg-type]
        aws.allow_deletions()
        yield Deployed(aws, outputs)


def without(world: World, account: str, endpoints: Iterable[str], region: str = "us-east-1") -> World:
    """The same world less these endpoints."""
    rest = deepcopy(world)
    for endpoint in endpoints:
        del rest[account][region]["endpoints"][endpoint]
    return rest


def until[T](look: Callable[[], T | None], what: str, seconds: float = 300) -> T:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if (found := look()) is not None:
            return found
        time.sleep(0.2)
    raise TimeoutError(f"waited {seconds} s for {what}")
