"""What depends on an endpoint, so that approvers know about it (D1.18, D3.12).

Monitoring needs captured data and a shadow test needs shadow variants, so a cell without either is not queried.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property

from endpoint_sweep.domain.errors import CellDenied, CellFailed
from endpoint_sweep.domain.model import Description
from endpoint_sweep.resources.endpoint.ports import EndpointReader


class Attachments:
    """Listed once per cell, when the first endpoint needs it."""

    def __init__(self, reader: EndpointReader) -> None:
        self._reader = reader

    def of(self, name: str, description: Description) -> Iterator[str]:
        if description.captures:
            if self._monitoring is None:
                yield "captures data, so a monitoring schedule may use it"
            elif schedules := self._monitoring.get(name):
                yield f"monitored by the schedule {' and '.join(sorted(schedules))}"
        if any(one.shadow for one in description.variants):
            if self._experiments is None:
                yield "has shadow variants, so a shadow test may be running"
            elif self._experiments:
                yield f"has shadow variants, and the inference experiment {' and '.join(self._experiments)} is running"
            else:
                yield "has shadow variants; no inference experiment is running"

    @cached_property
    def _monitoring(self) -> Mapping[str, tuple[str, ...]] | None:
        try:
            return self._reader.monitoring()
        except (CellDenied, CellFailed):
            return None

    @cached_property
    def _experiments(self) -> tuple[str, ...] | None:
        try:
            return tuple(sorted(self._reader.experiments()))
        except (CellDenied, CellFailed):
            return None
