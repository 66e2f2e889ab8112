"""What a belief is, and what was seen of it. No I/O."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from endpoint_sweep.aws.probing import code
from endpoint_sweep.reports.text import clean

_SHOWN = 6
_LONGEST = 100
_ACCOUNT = re.compile(r"[0-9]{12,}")


class Outcome(StrEnum):
    HOLDS = "holds"
    DIFFERS = "does not hold"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Observation:
    """It held in `holding` of `of` cases; `notes` describe the others. `failed`: why nothing was seen."""

    holding: int = 0
    of: int = 0
    notes: tuple[str, ...] = ()
    failed: str = ""


@dataclass(frozen=True, slots=True)
class Belief[Target]:
    """`fact`: its code in docs/facts.md. `noun`: what is counted. `look`: asks AWS; an empty Observation
    means that nothing there shows whether the belief holds.
    """

    fact: str
    sentence: str
    noun: str
    look: Callable[[Target], Observation]


@dataclass(frozen=True, slots=True)
class Result:
    """One row of the result. `failed`: in how many places AWS did not answer."""

    fact: str
    belief: str
    outcome: Outcome
    holding: int
    of: int
    noun: str
    notes: tuple[str, ...]
    failed: int = 0

    @property
    def is_fine(self) -> bool:
        """A belief with nothing to show it is no gap; a question without an answer is one."""
        return self.outcome is not Outcome.DIFFERS and not self.failed

    @property
    def seen(self) -> str:
        counted = f"{self.holding:,} of {self.of:,} {self.noun}" if self.of else f"no {self.noun} found"
        more = len(self.notes) - _SHOWN
        notes = "; ".join((*self.notes[:_SHOWN], *([f"{more} more"] if more > 0 else [])))
        return f"{counted}; {notes}" if notes else counted


def observe[Target](belief: Belief[Target], target: Target) -> Observation:
    """Trouble of any kind means that nothing was seen here; it stops no other belief."""
    try:
        return belief.look(target)
    except Exception as error:  # noqa: BLE001 - an answer of another shape than expected is trouble, too
        return Observation(failed=code(error))


def summarize[Target](belief: Belief[Target], observations: Iterable[Observation]) -> Result:
    """All places together. One that differs decides; a belief holds only where something was seen."""
    seen = tuple(observations)
    holding, of = sum(one.holding for one in seen), sum(one.of for one in seen)
    failed = tuple(one.failed for one in seen if one.failed)
    outcome = Outcome.UNKNOWN
    if of:
        outcome = Outcome.HOLDS if holding == of else Outcome.DIFFERS
    notes = _counted([_plain(note) for one in seen for note in one.notes])
    notes += _counted([f"not read: {_plain(one)}" for one in failed])
    return Result(belief.fact, belief.sentence, outcome, holding, of, belief.noun, notes, len(failed))


def _plain(note: str) -> str:
    """AWS's own words may hold anything: one visible line, and no number that could be an account's."""
    return clean(_ACCOUNT.sub("(digits)", clean(note, _LONGEST * 10)), _LONGEST)


def _counted(notes: Iterable[str]) -> tuple[str, ...]:
    """Each note once, with its number of occurrences."""
    return tuple(note if count == 1 else f"{note} ({count} times)" for note, count in Counter(notes).items())
