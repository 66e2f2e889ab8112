"""Await decision: stores the encrypted task token of this wait, which only the review page can use."""

from contextlib import suppress
from typing import Any

from endpoint_sweep.domain.errors import RecordUnreadable, Unavailable
from endpoint_sweep.ports import Executions, Seals
from endpoint_sweep.steps.contracts import AwaitDecisionEvent
from endpoint_sweep.storage.records import Records


def await_decision(
    event: AwaitDecisionEvent, *, records: Records, executions: Executions, seals: Seals
) -> dict[str, Any]:
    """`event`: `{"approval_id", "token", "seen"}`. A change since the last look, `seen`, ends this wait immediately.

    A token that cannot be encrypted is not stored. Then nothing can wake this wait, and the sweep checks again after
    its slice.
    """
    with suppress(Unavailable):
        records.save_waiting(event["approval_id"], seals.seal(event["token"], event["approval_id"]))
    if _now(event["approval_id"], records) != event.get("seen", ""):
        executions.wake(event["token"])
    return {}


def _now(approval_id: str, records: Records) -> str:
    try:
        found = records.unproven(approval_id)
    except RecordUnreadable:
        return ""
    return found.versions.seen if found else ""
