"""Telling subscribers: what is put on the bus, and that a bus that fails stops nothing and costs little."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from endpoint_sweep.aws import events as module
from endpoint_sweep.aws.events import AwsEvents
from endpoint_sweep.aws.sessions import Sessions
from endpoint_sweep.domain.kinds import OutcomeStatus
from endpoint_sweep.domain.resource import ResourceId
from endpoint_sweep.domain.sweep_events import endpoint_settled, sweep_failed, sweep_started
from tests.unit.samples import NOW


class Bus:
    """EventBridge. `refuses`: the entries that it does not take, `breaks`: what a call raises."""

    def __init__(self, *refuses: int, breaks: Exception | None = None) -> None:
        self.refuses, self.breaks = refuses, breaks
        self.calls: list[list[dict[str, Any]]] = []

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 - EventBridge's name
        self.calls.append(Entries)
        if self.breaks:
            raise self.breaks
        answers = [{"ErrorCode": "Throttled"} if n in self.refuses else {"EventId": "1"} for n in range(len(Entries))]
        return {"FailedEntryCount": len(self.refuses), "Entries": answers}


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = []
    monkeypatch.setattr(module, "log_step", lambda _step, facts: lines.append(facts))
    return lines


def sender(bus: Bus) -> AwsEvents:
    return AwsEvents(lambda: bus, "the-bus", lambda: NOW)


def test_an_event_is_put_on_the_bus_of_the_stack(logged: list[dict[str, Any]]) -> None:
    """With the source and the detail type that rules match."""
    bus, event = Bus(), sweep_started("s", "report", 3)
    sender(bus).emit(event)
    [[entry]] = bus.calls
    assert json.loads(entry.pop("Detail")) == event.detail(NOW)
    assert entry == {
        "Time": NOW, "Source": "endpoint-sweep", "DetailType": "SweepStarted", "EventBusName": "the-bus",
    }  # fmt: skip
    assert logged == []


@pytest.mark.parametrize("name", ['","kind":"x', "<script>", "a\nb\r\u202e", "{{ 7 }}", "${jndi:x}", "é" * 60])
def test_a_hostile_name_stays_a_name(name: str) -> None:
    """It adds no field and no line, and a subscriber reads it as it was."""
    bus, target = Bus(), ResourceId("222222222222", "us-east-1", name, "endpoint")
    sender(bus).emit(endpoint_settled("s", target, OutcomeStatus.DONE))
    [[entry]] = bus.calls
    assert entry["DetailType"] == "EndpointDeleted"
    assert "\n" not in entry["Detail"]
    assert entry["Detail"].isascii()
    detail = json.loads(entry["Detail"])
    assert detail.keys() == {"schema", "id", "sweep_id", "at", "account", "region", "type", "name"}
    assert detail["name"] == name


def test_many_events_take_few_calls() -> None:
    """Ten in each (D15.7)."""
    bus = Bus()
    sender(bus).emit(*[sweep_started(str(number), "report", 3) for number in range(23)])
    assert [len(one) for one in bus.calls] == [10, 10, 3]


def test_an_event_that_is_not_taken_is_counted(logged: list[dict[str, Any]]) -> None:
    """By the alarm word in the log, with its sweep."""
    sender(Bus(1)).emit(*[sweep_failed(str(number), "x") for number in range(3)])
    assert logged == [{"sweep_id": "1", "error": "Throttled", "alarm": "EventLost"}]


@pytest.mark.parametrize(
    "error",
    [
        ClientError({"Error": {"Code": "AccessDeniedException"}}, "PutEvents"),
        EndpointConnectionError(endpoint_url="https://events.us-east-1.amazonaws.com"),
        MemoryError(),
    ],
)
def test_a_bus_that_fails_stops_nothing(logged: list[dict[str, Any]], error: Exception) -> None:
    """It is asked once, however many events there are, and counted."""
    bus = Bus(breaks=error)
    sender(bus).emit(*[sweep_failed("s", "x")] * 25)
    assert len(bus.calls) == 1
    assert logged == [{"sweep_id": "s", "error": type(error).__name__, "alarm": "EventLost"}]


def test_a_client_that_cannot_be_made_stops_nothing(logged: list[dict[str, Any]]) -> None:
    def fails() -> Any:
        raise OSError

    AwsEvents(fails, "the-bus", lambda: datetime.now(UTC)).emit(sweep_failed("s", "x"))
    assert [one["error"] for one in logged] == ["OSError"]


def test_a_bus_that_does_not_answer_delays_a_sweep_by_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two attempts of a second each way; other clients wait for a minute and more."""
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"):
        monkeypatch.setenv(f"AWS_{name}", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    config = Sessions().brief("events").meta.config
    assert (config.connect_timeout, config.read_timeout, config.retries["total_max_attempts"]) == (1, 1, 2)
