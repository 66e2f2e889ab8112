"""The schedule that starts sweeps, in EventBridge Scheduler."""

from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from endpoint_sweep.aws.error_translation import code_of


class AwsSchedules:
    """`ports.Schedules` on EventBridge Scheduler, in its default group."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def changed_at(self, name: str) -> datetime | None:
        try:
            changed: datetime = self._client.get_schedule(Name=name)["LastModificationDate"]
        except ClientError as error:
            if code_of(error) == "ResourceNotFoundException":
                return None
            raise
        return changed
