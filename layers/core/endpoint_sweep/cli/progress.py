"""How far a scan is, on standard error."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from endpoint_sweep.scanning.many_cells import Done


@contextmanager
def shown(cells: int) -> Iterator[Callable[[Done], None]]:
    """A bar on a terminal; else a line every tenth of the way."""
    if not sys.stderr.isatty():
        yield _lines
        return
    words = "{task.fields[resources]} found, {task.fields[failed]} not scanned"
    columns = (TextColumn("Scanning"), BarColumn(), MofNCompleteColumn(), TextColumn(words), TimeElapsedColumn())
    lock = threading.Lock()
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("scan", total=cells, resources=0, failed=0)

        def tell(done: Done) -> None:
            with lock:
                bar.update(task, completed=done.cells, resources=done.resources, failed=done.failed)

        yield tell


def _lines(done: Done) -> None:
    step = max(1, done.of // 10)
    if done.cells % step == 0 or done.cells == done.of:
        said = f"{done.cells} of {done.of} account-region pairs, {done.resources} found, {done.failed} not scanned"
        print(said, file=sys.stderr, flush=True)
