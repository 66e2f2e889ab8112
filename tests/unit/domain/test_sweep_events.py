"""What subscribers are told: ids that stay, fields that hold no sentence, and nothing that someone else could hide."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from endpoint_sweep.domain.kinds import OutcomeStatus
from endpoint_sweep.domain.resource import ResourceId
from endpoint_sweep.domain.sweep_events import (
    EventKind,
    SweepEvent,
    approval_requested,
    decision_recorded,
    endpoint_settled,
    sweep_failed,
    sweep_finished,
    sweep_started,
)
from tests.unit.samples import NOW

TARGET = ResourceId("222222222222", "us-east-1", "demo", "endpoint")


def test_what_is_told_again_has_the_same_id() -> None:
    """Whenever it is told, and whatever else it says by then."""
    first, second = sweep_started("s", "report", 3), sweep_started("s", "report", 4)
    assert first.id == second.id
    assert (first.detail(NOW)["id"], first.detail(NOW + timedelta(hours=1))["id"]) == (first.id, first.id)


def test_what_is_not_the_same_has_another_id() -> None:
    """Another kind, sweep, decision or endpoint; no name can be made to look like two of these."""
    other = ResourceId("222222222222", "us-east-1", "demo2", "endpoint")
    events = [
        sweep_started("s", "report", 3),
        sweep_started("t", "report", 3),
        sweep_failed("s", "x"),
        decision_recorded("s", b"1", "keep", 0),
        decision_recorded("s", b"2", "keep", 0),
        endpoint_settled("s", TARGET, OutcomeStatus.DONE),
        endpoint_settled("s", other, OutcomeStatus.DONE),
        endpoint_settled("s", TARGET, OutcomeStatus.SPARED),
        SweepEvent(EventKind.SWEEP_FAILED, 's","x'),
        SweepEvent(EventKind.SWEEP_FAILED, "s", about='x","'),
    ]
    assert len({one.id for one in events}) == len(events)


def test_each_kind_has_its_fields() -> None:
    """Beside the version, the id, the sweep and the time."""
    head = {"schema": 1, "sweep_id": "s", "at": "2026-11-20T06:00:00Z"}
    place = {"account": "222222222222", "region": "us-east-1", "type": "endpoint", "name": "demo"}
    expected: dict[EventKind, tuple[SweepEvent, dict[str, Any]]] = {
        EventKind.SWEEP_STARTED: (sweep_started("s", "approve", 3), {"mode": "approve", "cells": 3}),
        EventKind.APPROVAL_REQUESTED: (
            approval_requested("s", 2, Decimal("12.50"), 1, NOW),
            {"endpoints": 2, "monthly_usd": "12.50", "approvers": 1, "expires_at": "2026-11-20T06:00:00Z"},
        ),
        EventKind.DECISION_RECORDED: (
            decision_recorded("s", b"digest", "delete", 2), {"choice": "delete", "endpoints": 2},
        ),
        EventKind.ENDPOINT_DELETED: (endpoint_settled("s", TARGET, OutcomeStatus.DONE), place),
        EventKind.ENDPOINT_NOT_DELETED: (
            endpoint_settled("s", TARGET, OutcomeStatus.SPARED), place | {"status": "spared"},
        ),
        EventKind.SWEEP_FINISHED: (
            sweep_finished("s", "report", "gaps", 97, {"found": 1}),
            {"mode": "report", "ending": "gaps", "coverage_percent": 97, "totals": {"found": 1}},
        ),
        EventKind.SWEEP_FAILED: (sweep_failed("s", "States.Timeout"), {"error": "States.Timeout"}),
    }  # fmt: skip
    assert set(expected) == set(EventKind)
    for kind, (event, facts) in expected.items():
        assert event.kind is kind
        assert event.detail(NOW) == head | {"id": event.id} | facts


@pytest.mark.parametrize("status", [one for one in OutcomeStatus if one is not OutcomeStatus.DONE])
def test_only_what_is_gone_is_deleted(status: OutcomeStatus) -> None:
    assert endpoint_settled("s", TARGET, status).kind is EventKind.ENDPOINT_NOT_DELETED


@pytest.mark.parametrize("error", ["", "a sentence", "<b>", "x" * 101, "1x", "é", "https://review.example.com/v1"])
def test_an_error_is_a_name(error: str) -> None:
    """Anything else could be what someone wrote."""
    assert sweep_failed("s", error).facts == {"error": "Unknown"}
