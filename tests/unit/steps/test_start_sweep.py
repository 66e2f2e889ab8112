"""What the schedule calls: a readable name, once for each scheduled time."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from endpoint_sweep.domain.errors import AlreadyRecorded, InputRejected
from endpoint_sweep.steps.start_sweep import start_sweep


class Executions:
    def __init__(self) -> None:
        self.started: dict[str, Any] = {}

    def start(self, name: str, data: Mapping[str, Any]) -> str:
        if name in self.started:
            raise AlreadyRecorded(name)
        self.started[name] = data
        return f"arn:{name}"

    def wake(self, token: str) -> bool:
        raise NotImplementedError

    def is_running(self, execution: str) -> bool:
        raise NotImplementedError

    def error_of(self, execution: str) -> str:
        raise NotImplementedError


def now() -> datetime:
    return datetime(2026, 11, 20, 6, 0, 7, tzinfo=UTC)


def test_a_schedule_that_fires_twice_starts_one_sweep() -> None:
    """FI-20: the name is the scheduled time, not the time of the call."""
    executions = Executions()
    event = {"scheduled_at": "2026-11-20T06:00:00Z", "label": "weekly", "input": {"mode": "approve"}}
    first, second = (start_sweep(event, executions=executions, now=now) for _ in range(2))
    assert first == {"sweep": "2026-11-20T06-00Z-weekly", "started": True, "execution": "arn:2026-11-20T06-00Z-weekly"}
    assert second == {"sweep": "2026-11-20T06-00Z-weekly", "started": False}
    assert executions.started == {"2026-11-20T06-00Z-weekly": {"mode": "approve", "requested_by": "schedule"}}


@pytest.mark.parametrize(
    ("event", "name"),
    [
        ({}, "2026-11-20T06-00Z-scheduled"),
        ({"label": "by-hand"}, "2026-11-20T06-00Z-by-hand"),
        ({"scheduled_at": "2026-11-20T08:00:00+02:00"}, "2026-11-20T06-00Z-scheduled"),
        ({"scheduled_at": "2026-11-20T06:00:00"}, "2026-11-20T06-00Z-scheduled"),
    ],
)
def test_names(event: dict[str, Any], name: str) -> None:
    """In UTC, as the Z says."""
    assert start_sweep(event, executions=Executions(), now=now)["sweep"] == name


@pytest.mark.parametrize("event", [{"label": "a b"}, {"label": "x" * 21}, {"label": 5}, {"scheduled_at": "soon"}])
def test_bad_events_are_refused(event: dict[str, Any]) -> None:
    """With the code of a bad name."""
    with pytest.raises(InputRejected, match=r"^E_RUN_NAME: "):
        start_sweep(event, executions=Executions(), now=now)


def test_nobody_starts_a_sweep_in_a_person_s_name() -> None:
    """What the schedule was given as requester does not count: it is the schedule that asks."""
    executions = Executions()
    start_sweep({"input": {"requested_by": "ada@example.com"}}, executions=executions, now=now)
    assert list(executions.started.values()) == [{"requested_by": "schedule"}]


@pytest.mark.parametrize("given", [None, [], "approve", 1])
def test_an_input_that_is_no_object_is_refused(given: Any) -> None:
    """Before an execution is started (BI-01)."""
    with pytest.raises(InputRejected, match=r"^E_INPUT_SHAPE: "):
        start_sweep({"input": given}, executions=Executions(), now=now)
