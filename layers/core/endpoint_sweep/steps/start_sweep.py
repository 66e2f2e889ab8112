"""Called by the schedule: starts an execution with a readable name, once for each scheduled time."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from endpoint_sweep.domain.errors import AlreadyRecorded, InputRejected
from endpoint_sweep.ports import Clock, Executions
from endpoint_sweep.settings.sweep_input import SCHEDULE

_SLOT = "%Y-%m-%dT%H-%MZ"
_LABEL = re.compile(r"[a-z0-9-]{1,20}")


def start_sweep(event: dict[str, Any], *, executions: Executions, now: Clock) -> dict[str, Any]:
    """The name is the scheduled time, so a schedule that fires twice starts one sweep (S3.5).

    The input names the schedule as the requester, so no approver is excluded.

    `event`: `{"scheduled_at": ISO time or absent, "label": "weekly", "input": {...}}`.
    """
    label = event.get("label", "scheduled")
    if not isinstance(label, str) or not _LABEL.fullmatch(label):
        raise InputRejected("E_RUN_NAME: label must be 1 to 20 lower-case letters, digits and dashes")
    name = f"{_slot(event.get('scheduled_at'), now()):{_SLOT}}-{label}"
    given = event.get("input", {})
    if not isinstance(given, Mapping):
        raise InputRejected('E_INPUT_SHAPE: the input must be a JSON object such as {"mode": "report"}')
    try:
        execution = executions.start(name, {**given, "requested_by": SCHEDULE})
    except AlreadyRecorded:
        return {"sweep": name, "started": False}
    return {"sweep": name, "started": True, "execution": execution}


def _slot(text: object, now: datetime) -> datetime:
    if text is None:
        return now
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise InputRejected("E_RUN_NAME: scheduled_at must be an ISO 8601 time") from error
    return at.astimezone(UTC) if at.tzinfo else at  # The name says Z; the scheduler's own times are UTC.
