"""Await decision: keeps the token of this wait where only the review page and this step can read it."""

from typing import Any

from endpoint_sweep.approvals import ApprovalStatus
from endpoint_sweep.ports import Executions
from endpoint_sweep.records import Records


def await_decision(event: dict[str, Any], *, records: Records, executions: Executions) -> dict[str, Any]:
    """`event`: `{"approval_id", "token"}`. A decision that came in between two waits ends this one at once."""
    records.save_waiting(event["approval_id"], event["token"])
    found = records.approval(event["approval_id"])
    if found is None or found[0].status is not ApprovalStatus.PENDING:
        executions.wake(event["token"])
    return {}
