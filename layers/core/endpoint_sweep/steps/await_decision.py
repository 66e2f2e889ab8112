"""Await decision: keeps the token of this wait, sealed, where only the review page can use it."""

from contextlib import suppress
from typing import Any

from endpoint_sweep.domain.errors import RecordUnreadable, Unavailable
from endpoint_sweep.ports import Executions, Seals
from endpoint_sweep.steps.contracts import AwaitDecisionEvent
from endpoint_sweep.storage.records import Records


def await_decision(
    event: AwaitDecisionEvent, *, records: Records, executions: Executions, seals: Seals
) -> dict[str, Any]:
    """`event`: `{"approval_id", "token", "seen"}`. What came in since the last look, `seen`, ends this wait at once.

    A token that cannot be sealed is not stored: nobody can wake this wait, and the next slice looks by itself.
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
