"""The events of a sweep's life, on the hub's own bus of EventBridge."""

import json
from collections.abc import Callable
from itertools import batched
from typing import Any

from endpoint_sweep.aws.step_log import log_step
from endpoint_sweep.domain.kinds import Alarm
from endpoint_sweep.domain.sweep_events import SweepEvent
from endpoint_sweep.ports import Clock

SOURCE = "endpoint-sweep"
_AT_ONCE = 10  # entries in one call (D15.7)


class AwsEvents:
    """`ports.Events` on EventBridge. `make_client`: a client that gives up soon."""

    def __init__(self, make_client: Callable[[], Any], bus: str, now: Clock) -> None:
        self._make_client = make_client
        self._bus = bus
        self._now = now

    def emit(self, *events: SweepEvent) -> None:
        """What a bus that fails once has not taken is lost: trying it again for each event would delay the sweep."""
        try:
            client = self._make_client()
            for some in batched(events, _AT_ONCE, strict=False):
                answer = client.put_events(Entries=[self._entry(one) for one in some])
                for event, result in zip(some, answer["Entries"], strict=True):
                    if "ErrorCode" in result:
                        _lost(event.sweep_id, str(result["ErrorCode"]))
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the bus, the sweep goes on as if it were not
            _lost(events[0].sweep_id, type(error).__name__)

    def _entry(self, event: SweepEvent) -> dict[str, Any]:
        at = self._now()
        return {
            "Time": at,
            "Source": SOURCE,
            "DetailType": event.kind.value,
            "Detail": json.dumps(event.detail(at)),
            "EventBusName": self._bus,
        }


def _lost(sweep_id: str, error: str) -> None:
    log_step("event", {"sweep_id": sweep_id, "error": error, "alarm": Alarm.EVENT_LOST})
