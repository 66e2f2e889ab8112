"""Await decision: keeps the token of this wait, sealed, where only the review page can use it."""

from contextlib import suppress
from typing import Any

from endpoint_sweep.approvals import ApprovalStatus
from endpoint_sweep.errors import Unavailable
from endpoint_sweep.ports import Executions, Seals
from endpoint_sweep.records import Records


def await_decision(event: dict[str, Any], *, records: Records, executions: Executions, seals: Seals) -> dict[str, Any]:
    """`event`: `{"approval_id", "token"}`. A decision that came in between two waits ends this one at once.

    A token that cannot be sealed is not stored: nobody can wake this wait, and the next slice looks by itself.
    """
    with suppress(Unavailable):
        records.save_waiting(event["approval_id"], seals.seal(event["token"], event["approval_id"]))
    found = records.approval(event["approval_id"])
    if found is None or found[0].status is not ApprovalStatus.PENDING:
        executions.wake(event["token"])
    return {}
