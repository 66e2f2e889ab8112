"""Names of regions as people type them: which are none, and which region was probably meant."""

import re
from collections.abc import Collection, Iterable, Mapping
from difflib import SequenceMatcher

from endpoint_sweep.rules.witnesses import Regions

# Of every partition: `eu-west-1`, `us-gov-west-1`, `us-isob-east-1`, `eusc-de-east-1`.
PATTERN = r"[a-z]{2,4}(?:-[a-z]+)+-[0-9]{1,2}"
_NAME = re.compile(PATTERN)
_ALIKE = 0.6
_MAX_ECHO = 40


def is_name(text: str) -> bool:
    """Whether it could be a region's: which ones there are is known to AWS."""
    return _NAME.fullmatch(text) is not None


def why_refused(place: str, names: Iterable[str], known: Mapping[str, str], offered: Regions) -> str | None:
    """Why this list cannot be scanned, or None. `place`: where it stands. `known`: long names by region.

    A region may be newer than `known`, so AWS's list is asked about a name that could be one.
    """
    for name in names:
        if name not in known and not (is_name(name) and name in (offered() or ())):
            meant = nearest(name, known)
            hint = f"did you mean {meant}?" if meant else "a region has a name such as eu-west-1"
            return f'{place} has "{_echo(name)}", which is not a region; {hint}'
    return None


def nearest(name: str, known: Mapping[str, str]) -> str | None:
    """The region whose code, long name or place is most like this; None if none is."""
    asked = name.strip().lower()
    spelled = {words: region for region in sorted(known, reverse=True) for words in _spellings(region, known[region])}
    if not spelled:
        return None
    best = max(sorted(spelled), key=lambda words: _likeness(asked, words))
    return spelled[best] if _likeness(asked, best)[1] >= _ALIKE else None


def _spellings(region: str, long_name: str) -> Collection[str]:
    """`eu-west-1`, `europe (ireland)` and `ireland`."""
    words = long_name.lower()
    return {region, words, words.partition("(")[2].rstrip(")")} - {""}


def _likeness(asked: str, words: str) -> tuple[bool, float]:
    """Two letters that changed places come before any other slip."""
    return sorted(asked) == sorted(words), SequenceMatcher(None, asked, words).ratio()


def _echo(name: str) -> str:
    return "".join(c for c in name if c.isalnum() or c in " _-")[:_MAX_ECHO]
