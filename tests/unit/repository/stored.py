"""The table in docs/safety.md of everything that is written down: who writes it, and what proves it."""

import re
from dataclasses import dataclass
from functools import cache

from tests.simulation.hub.cloudformation import ROOT

BEGIN, END = "<!-- stored -->", "<!-- end of stored -->"


@dataclass(frozen=True, slots=True)
class Kind:
    """One row of the table. `places` match a row's `pk sk`, the key of a document or the name of a parameter."""

    what: str
    places: tuple[re.Pattern[str], ...]
    writers: frozenset[str]
    proof: str

    def holds(self, place: str) -> bool:
        return any(one.fullmatch(place) for one in self.places)


@cache
def kinds() -> tuple[Kind, ...]:
    text = (ROOT / "docs" / "safety.md").read_text()
    lines = text.partition(BEGIN)[2].partition(END)[0].strip().splitlines()[2:]
    return tuple(_kind([cell.strip() for cell in line.strip("|").split("|")]) for line in lines)


def _kind(cells: list[str]) -> Kind:
    what, where, writers, proof, *_ = cells
    names = re.findall(r"`([^`]+)`", where)
    if names[0].startswith(("sweeps/", "prices/")):
        folder = names[0].rpartition("/")[0]
        places = [name if "/" in name else f"{folder}/{name}" for name in names]
    elif names[0].startswith("/"):
        places = names
    else:
        places = [" ".join(names)]
    return Kind(what, tuple(map(_pattern, places)), frozenset(re.findall(r"\b[A-Z]\w+\b", writers)), proof)


def _pattern(place: str) -> re.Pattern[str]:
    """`<name>` stands for one name, and in a row's key for all that follows; `…` for whatever comes."""
    parts = re.split(r"(<[a-z]+>|…)", place)
    one = r"[^ ]+" if " " in place else r"[^/ ]+"
    return re.compile(
        "".join(".+" if part == "…" else one if part.startswith("<") else re.escape(part) for part in parts)
    )
