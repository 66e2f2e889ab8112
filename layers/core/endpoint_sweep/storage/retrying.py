"""The loop around every compare-and-set that is worth a second try."""

from collections.abc import Callable
from contextlib import suppress

from endpoint_sweep.domain.errors import AlreadyRecorded


def retry_if_changed[T](change: Callable[[], T], tries: int = 5) -> T:
    """Calls `change`, which reads, decides and writes, again if another writer was faster.

    Raises AlreadyRecorded if another writer was faster each time.
    """
    for _ in range(tries - 1):
        with suppress(AlreadyRecorded):
            return change()
    return change()
