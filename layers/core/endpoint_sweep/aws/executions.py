"""The executions of the hub's state machine, in Step Functions."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from endpoint_sweep.aws.error_translation import code_of
from endpoint_sweep.domain.documents import to_data
from endpoint_sweep.domain.errors import AlreadyRecorded

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


class AwsExecutions:
    """`ports.Executions` and `ports.PastSweeps` on Step Functions."""

    def __init__(self, client: "SFNClient", state_machine: str) -> None:
        self._client = client
        self._state_machine = state_machine

    def wake(self, token: str) -> bool:
        """Best effort. If no execution is waiting or the call fails, the sweep checks again after its slice."""
        try:
            self._client.send_task_success(taskToken=token, output='{"wake":true}')
        except (ClientError, BotoCoreError):
            return False
        return True

    def is_running(self, execution: str) -> bool:
        try:
            status = self._client.describe_execution(executionArn=execution)["status"]
        except ClientError as error:
            if code_of(error) == "ExecutionDoesNotExist":
                return False
            raise
        return bool(status == "RUNNING")

    def error_of(self, execution: str) -> str:
        try:
            found = self._client.describe_execution(executionArn=execution)
        except (ClientError, BotoCoreError):
            return ""
        # A person who stops an execution can name any error, but then its status is ABORTED.
        return str(found.get("error", "")) if found["status"] == "FAILED" else ""

    def start(self, name: str, data: Mapping[str, Any]) -> str:
        try:
            answer = self._client.start_execution(
                stateMachineArn=self._state_machine, name=name, input=json.dumps(to_data(data))
            )
        except ClientError as error:
            if code_of(error) == "ExecutionAlreadyExists":
                raise AlreadyRecorded(f"an execution named {name} already exists") from error
            raise
        return str(answer["executionArn"])

    def is_one_running(self) -> bool:
        found = self._client.list_executions(stateMachineArn=self._state_machine, statusFilter="RUNNING", maxResults=1)
        return bool(found["executions"])

    def last_finished(self) -> datetime | None:
        """By its output: a sweep that found another one running succeeds, too, and did nothing."""
        pages = self._client.get_paginator("list_executions").paginate(
            stateMachineArn=self._state_machine, statusFilter="SUCCEEDED"
        )
        for page in pages:
            for one in page["executions"]:
                output = self._client.describe_execution(executionArn=one["executionArn"]).get("output", "{}")
                if "summary" in json.loads(output):
                    return one["stopDate"]
        return None
