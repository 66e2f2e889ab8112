"""One moment of a sweep: what is stored, what is true in the member account, and how far each function has come."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tests.model.words import Chosen, Laws, Record

# The points of `apply_decision` in their order, one for each read, write or call that someone else can come between.
ORDER = (
    "outcome?", "intent?", "switch", "stops", "decisions", "state", "rule", "look", "traffic", "bundle", "intent!",
    "last look", "last switch", "last stops", "call", "outcome!",
)  # fmt: skip
VOID = "void!"  # where a step ends before its intent


class Row(NamedTuple):
    """The `DECISIONS` row; version 0: there is none."""

    version: int = 0
    choices: tuple[Chosen, ...] = ()
    decided: bool = False


class End(NamedTuple):
    """The `STATE` row."""

    version: int = 0
    status: str = ""
    note: str = ""


class Page(NamedTuple):
    """A request to the review page: what it has read so far, or what it is about to write."""

    point: str = "idle"
    row: Row = Row()
    end: End = End()
    choice: Chosen | None = None
    decided: bool = False


class Verify(NamedTuple):
    """A run of the verifying step; `mask` and `end` are what it is about to let pass and to write."""

    point: str = "idle"
    row: Row = Row()
    end: End = End()
    stops: tuple[str, ...] = ()
    mask: int = 0


class Act(NamedTuple):
    """A run of the deleting step for one endpoint.

    `wrong`: why a call from here on would break a promise, whatever the step knows. `late`: someone had stopped the
    sweep before its latest look. Both are what is true, not what was read.
    """

    target: int
    point: str = ORDER[0]
    row: Row = Row()
    end: End = End()
    result: str = ""
    wrong: str = ""
    stopped: bool = False
    switched: bool = False


class Look(NamedTuple):
    """A run of `confirm_it_is_gone`, or of the summary's settling, for one endpoint."""

    kind: str
    target: int
    point: str = "outcome?"
    result: str = ""


class Left(NamedTuple):
    """How often each thing may still happen."""

    posts: tuple[int, int] = (1, 1)
    verifies: int = 1
    acts: int = 1
    looks: int = 0
    crashes: int = 0
    flips: int = 0
    events: int = 0
    writes: int = 0


class State(NamedTuple):
    """`written`: every choice that the page ever stored; `stops`: every stop, `marked` where delete marks hide them.

    `map`: the endpoints that the verifying step let pass. `sent` and `begun`: calls and intents by endpoint. `wrong`:
    the promise that the last step broke.
    """

    left: Left
    clock: int = 0
    switch: bool = False
    row: Row = Row()
    written: tuple[Chosen, ...] = ()
    end: End = End()
    stops: tuple[str, ...] = ()
    marked: bool = False
    intents: tuple[str, str] = ("", "")
    outcomes: tuple[str, str] = ("", "")
    world: tuple[str, str] = ("there", "there")
    map: int = 0
    pages: tuple[Page, Page] = (Page(), Page())
    verify: Verify = Verify()
    acts: tuple[Act, ...] = ()
    look: Look | None = None
    sent: tuple[int, int] = (0, 0)
    begun: tuple[int, int] = (0, 0)
    tampered: bool = False
    wrong: str = ""

    @property
    def record(self) -> Record:
        return Record(self.row.choices, self.row.decided, self.end.status, self.end.note, self.stops)


@dataclass(frozen=True, slots=True)
class Product:
    """What the model takes from the product; a seeded bug changes one of these.

    `history`: every version of a stop counts, not the newest. `conditional`: rows are overwritten as they were read.
    `acting`: the laws at acting where they differ. `looks_first`: an intent that is there is never passed. `void`: a
    void intent is one. `over`: who looks after a crash waits until the step that crashed can no longer call.
    """

    order: tuple[str, ...] = ORDER
    history: bool = True
    conditional: bool = True
    looks_first: bool = True
    void: bool = True
    over: bool = True
    checks: bool = True
    authentic: Any = None
    acting_grace: bool = True
    patches: tuple[tuple[Any, str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """One configuration: the stack's rules, what people may choose, how often each thing may happen.

    `insider`: which of the unsigned rows and objects someone may write: `rows`, `end`, `marks`, `acts`, `start`.
    """

    name: str
    left: Left
    minimum: int = 1
    grace: int = 0
    wishes: tuple[tuple[tuple[int, bool], ...], tuple[tuple[int, bool], ...]] = (((3, False),), ((1, False),))
    keeps: bool = True
    ticks: int = 0
    targets: tuple[int, ...] = (0, 1)
    insider: frozenset[str] = frozenset()
    start: State | None = None
    product: Product = field(default_factory=Product)

    @property
    def laws(self) -> Laws:
        return Laws(self.minimum, self.grace, self.product.authentic)

    @property
    def acting(self) -> Laws:
        return Laws(self.minimum, self.grace if self.product.acting_grace else 0, self.product.authentic)

    @property
    def first(self) -> State:
        return (self.start or State(self.left))._replace(left=self.left)


def put[T](pair: tuple[T, T], at: int, value: T) -> tuple[T, T]:
    """The pair with one of its two replaced."""
    return (value, pair[1]) if at == 0 else (pair[0], value)
