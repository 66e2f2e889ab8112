"""What happens in the life of a sweep, for whoever subscribes to it (docs/operations.md).

An event holds no link, token or code, and names no person. It is news, never a command: nothing in a sweep depends on
one. A step that is repeated tells the same event again, with the same id.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from endpoint_sweep.domain.documents import to_data, to_json
from endpoint_sweep.domain.kinds import OutcomeStatus
from endpoint_sweep.domain.resource import ResourceId

_ERROR = re.compile(r"[A-Za-z][\w.]{0,99}", re.ASCII)


class EventKind(StrEnum):
    """The detail type of an event. Each has a schema in docs/events."""

    SWEEP_STARTED = "SweepStarted"
    APPROVAL_REQUESTED = "ApprovalRequested"
    DECISION_RECORDED = "DecisionRecorded"
    ENDPOINT_DELETED = "EndpointDeleted"
    ENDPOINT_NOT_DELETED = "EndpointNotDeleted"
    SWEEP_FINISHED = "SweepFinished"
    SWEEP_FAILED = "SweepFailed"


@dataclass(frozen=True, slots=True)
class SweepEvent:
    """`facts`: the fields of its kind. `about`: what tells it from others of its kind in the same sweep."""

    kind: EventKind
    sweep_id: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    about: str = ""

    @property
    def id(self) -> str:
        """The same whenever the same thing is told again."""
        return hashlib.sha256(to_json([self.kind, self.sweep_id, self.about])).hexdigest()[:32]

    def detail(self, at: datetime) -> dict[str, Any]:
        """As it is sent."""
        head = {"schema": 1, "id": self.id, "sweep_id": self.sweep_id, "at": at}
        return dict(to_data(head | dict(self.facts)))


def sweep_started(sweep_id: str, mode: str, cells: int) -> SweepEvent:
    return SweepEvent(EventKind.SWEEP_STARTED, sweep_id, {"mode": mode, "cells": cells})


def approval_requested(
    sweep_id: str, endpoints: int, monthly_usd: Decimal, approvers: int, expires_at: datetime
) -> SweepEvent:
    facts = {"endpoints": endpoints, "monthly_usd": monthly_usd, "approvers": approvers, "expires_at": expires_at}
    return SweepEvent(EventKind.APPROVAL_REQUESTED, sweep_id, facts)


def decision_recorded(sweep_id: str, digest: bytes, choice: str, endpoints: int) -> SweepEvent:
    """`digest`: of the decision. One decision may be of several that are needed."""
    return SweepEvent(
        EventKind.DECISION_RECORDED, sweep_id, {"choice": choice, "endpoints": endpoints}, about=digest.hex()
    )


def endpoint_settled(sweep_id: str, target: ResourceId, status: OutcomeStatus) -> SweepEvent:
    """An approved endpoint was deleted, or was not. Why stands in the report, because it may quote other accounts."""
    done = status is OutcomeStatus.DONE
    kind = EventKind.ENDPOINT_DELETED if done else EventKind.ENDPOINT_NOT_DELETED
    place = {"account": target.account, "region": target.region, "type": target.type, "name": target.name}
    return SweepEvent(kind, sweep_id, place if done else place | {"status": status}, about=str(target))


def sweep_finished(sweep_id: str, mode: str, ending: str, coverage: int, totals: Mapping[str, int]) -> SweepEvent:
    facts = {"mode": mode, "ending": ending, "coverage_percent": coverage, "totals": dict(totals)}
    return SweepEvent(EventKind.SWEEP_FINISHED, sweep_id, facts)


def sweep_failed(sweep_id: str, error: str) -> SweepEvent:
    """`error`: a name, no sentence."""
    return SweepEvent(EventKind.SWEEP_FAILED, sweep_id, {"error": error if _ERROR.fullmatch(error) else "Unknown"})
