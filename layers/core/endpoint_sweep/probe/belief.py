"""What a belief is, and what was seen of it. No I/O."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from endpoint_sweep.aws.probing import code

_SHOWN = 6


class Outcome(StrEnum):
    HOLDS = "holds"
    DIFFERS = "does not hold"
    UNTOLD = "could not be told"


@dataclass(frozen=True, slots=True)
class Sight:
    """It held for `holding` of `of`; `notes` say what was found where it did not. `failed`: why nothing was seen."""

    holding: int = 0
    of: int = 0
    notes: tuple[str, ...] = ()
    failed: str = ""


@dataclass(frozen=True, slots=True)
class Belief[Place]:
    """`fact`: its code in docs/facts.md. `noun`: what is counted. `look`: asks AWS; a belief that has nothing to be
    seen by gives a Sight of nothing.
    """

    fact: str
    sentence: str
    noun: str
    look: Callable[[Place], Sight]


@dataclass(frozen=True, slots=True)
class Told:
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
        """That there is nothing to see it by is no gap; that AWS did not answer is one."""
        return self.outcome is not Outcome.DIFFERS and not self.failed

    @property
    def seen(self) -> str:
        counted = f"{self.holding:,} of {self.of:,} {self.noun}" if self.of else f"no {self.noun} to see it by"
        more = len(self.notes) - _SHOWN
        notes = "; ".join((*self.notes[:_SHOWN], *([f"{more} more"] if more > 0 else [])))
        return f"{counted}; {notes}" if notes else counted


def sight[Place](belief: Belief[Place], place: Place) -> Sight:
    """Trouble of any kind means that nothing was seen here; it stops no other belief."""
    try:
        return belief.look(place)
    except Exception as error:  # noqa: BLE001 - an answer of another shape than expected is trouble, too
        return Sight(failed=code(error))


def told[Place](belief: Belief[Place], sights: Iterable[Sight]) -> Told:
    """All places together. One that differs decides; a belief holds only where something was seen."""
    seen = tuple(sights)
    holding, of = sum(one.holding for one in seen), sum(one.of for one in seen)
    failed = tuple(one.failed for one in seen if one.failed)
    outcome = Outcome.UNTOLD
    if of:
        outcome = Outcome.HOLDS if holding == of else Outcome.DIFFERS
    notes = _counted([note for one in seen for note in one.notes]) + _counted([f"not read: {one}" for one in failed])
    return Told(belief.fact, belief.sentence, outcome, holding, of, belief.noun, notes, len(failed))


def _counted(notes: Iterable[str]) -> tuple[str, ...]:
    """Each once, with how often it came."""
    return tuple(note if count == 1 else f"{note} ({count} times)" for note, count in Counter(notes).items())
