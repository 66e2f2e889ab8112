"""Who is told of what passes inside the simulation. No one, but in a test run: there it is `tests.leaks`."""

from pathlib import Path
from typing import Any, Protocol


class Watcher(Protocol):
    """What it is told, in the order in which it happens."""

    def opened(self) -> None:
        """Another hub, with other sweeps under the same names."""

    def invoking(self, event: Any) -> None:
        """A function of the product is about to run with this event."""

    def answered(self, function: str, event: Any, answer: Any) -> None:
        """What it answered, or the exception."""

    def ending(self, hub: object) -> None:
        """A hub in this process, or a deployed one, while it can still be read."""

    def heard(self, data: Path) -> Path:
        """Where a gateway with its files in `data` writes down what only its own process sees."""


watcher: Watcher | None = None
