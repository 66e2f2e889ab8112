"""The one event of an execution's history that holds a task token, as Step Functions itself shows it."""

import json
from typing import Any


def is_wait(event: dict[str, Any]) -> bool:
    """Whether this is the event that began a wait."""
    return bool(event["type"] == "TaskScheduled" and "Token" in json.dumps(event.get("taskScheduledEventDetails", {})))
