"""What a run mints and what it writes, as lines of JSON in a folder: one pair of files for each process."""

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

SHORTEST = 12
LINK, CODE, TOKEN = KINDS = ("link secret", "code", "task token")


@dataclass(frozen=True, slots=True)
class Minted:
    """One secret. `hub` tells hubs apart in which sweeps, and so approvals, have the same names."""

    kind: str
    word: str
    hub: str


@dataclass(frozen=True, slots=True)
class Piece:
    """Something that others can read. `to` is the addressee of a mail; `row` the key of an item of the table."""

    hub: str
    place: str
    text: str
    to: str = ""
    row: str = ""


class Spool:
    """The same text is kept once: an object that many tests write, a page that many requests get."""

    def __init__(self, folder: Path, process: str = "main") -> None:
        self._again = folder / f"{process}.again"
        self._bytes_again = 0
        self._minted = (folder / f"{process}.minted").open("w", encoding="utf-8")
        self._pieces = (folder / f"{process}.pieces").open("w", encoding="utf-8")
        self._process, self._hubs = process, 0
        self._seen: set[bytes] = set()
        self._is_deaf = False
        self._lock = threading.Lock()

    @contextmanager
    def unheard(self) -> Iterator[None]:
        """For what leaks on purpose: nothing of it is kept."""
        self._is_deaf = True
        try:
            yield
        finally:
            self._is_deaf = False

    def another_hub(self) -> None:
        self._hubs += 1

    def mint(self, kind: str, word: str) -> None:
        if kind != CODE and len(word) < SHORTEST:
            raise ValueError(f"a {kind} of {len(word)} letters cannot be told from other words")
        self._write(self._minted, Minted(kind, word, self._hub))

    def keep(self, place: str, text: str, to: str = "", row: str = "") -> None:
        """`place` gets the name of the test that runs."""
        test = os.environ.get("PYTEST_CURRENT_TEST", "").partition(" (")[0]
        if self._is_deaf:
            return
        # What says whose a secret is counts for its own hub: the same row of another one is another row.
        hub = self._hub if to or row else ""
        digest = sha256(f"{hub}\0{to}\0{row}\0{text}".encode("utf-8", "replace")).digest()
        with self._lock:
            if digest in self._seen:
                self._bytes_again += len(text.encode("utf-8", "replace"))
                return
            self._seen.add(digest)
        self._write(self._pieces, Piece(self._hub, f"{place} ({test})", text, to, row))

    def close(self) -> None:
        with self._lock:
            self._minted.close()
            self._pieces.close()
            self._again.write_text(str(self._bytes_again))

    @property
    def _hub(self) -> str:
        return f"{self._process}/{self._hubs}"

    def _write(self, file: Any, one: Minted | Piece) -> None:
        line = json.dumps(asdict(one))
        with self._lock:
            if not file.closed and not self._is_deaf:
                file.write(f"{line}\n")


def minted(folder: Path) -> Iterator[Minted]:
    for data in _lines(folder, "minted"):
        yield Minted(**data)


def pieces(folder: Path) -> Iterator[Piece]:
    for data in _lines(folder, "pieces"):
        yield Piece(**data)


def bytes_again(folder: Path) -> int:
    """How much was written that had been written before, to the letter."""
    return sum(int(path.read_text()) for path in folder.glob("*.again"))


def _lines(folder: Path, kind: str) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.glob(f"*.{kind}")):
        with path.open(encoding="utf-8") as file:
            yield from map(json.loads, file)
