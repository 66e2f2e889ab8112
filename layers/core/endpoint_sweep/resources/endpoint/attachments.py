"""What depends on an endpoint: a running shadow test keeps it, approvers read of the rest (D1.18, D3.12).

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
                yield f"monitored by the {_told('schedule', sorted(schedules))}"
        if _has_shadow(description):
            if self._experiments is None:
                yield "has shadow variants, so a shadow test may be running"
            elif running := self._about(name):
                yield f"has shadow variants, and the {_running(running)}"
            else:
                yield "has shadow variants; no inference experiment is running"

    def shadow_test(self, name: str, description: Description | None) -> str:
        """Why a running shadow test keeps the endpoint, or empty (D13.5)."""
        if description is None or not _has_shadow(description):
            return ""
        if self._experiments is None:
            return "it has shadow variants, and whether a shadow test is running could not be read"
        if not (running := self._about(name)):
            return ""
        if any(self._experiments[one] for one in running):
            return f"the {_running(running)} on it"
        return f"the {_running(running)}, and on which endpoint could not be read"

    def _about(self, name: str) -> list[str]:
        """The experiments that are about this endpoint, or about one that is not known."""
        return sorted(one for one, endpoint in (self._experiments or {}).items() if endpoint in (name, ""))

    @cached_property
    def _monitoring(self) -> Mapping[str, tuple[str, ...]] | None:
        try:
            return self._reader.monitoring()
        except (CellDenied, CellFailed):
            return None

    @cached_property
    def _experiments(self) -> Mapping[str, str] | None:
        try:
            return self._reader.experiments()
        except (CellDenied, CellFailed):
            return None


def _running(experiments: list[str]) -> str:
    return f"{_told('inference experiment', experiments)} {'is' if len(experiments) == 1 else 'are'} running"


def _told(noun: str, names: list[str]) -> str:
    return f"{noun if len(names) == 1 else f'{noun}s'} {' and '.join(names)}"


def _has_shadow(description: Description) -> bool:
    return any(one.shadow for one in description.variants)
