"""The configurations that are searched: how many approvers, with or without a grace period, what may happen."""

from tests.model.state import End, Left, Row, Scope, State
from tests.model.words import honest

ONE, BOTH = (0,), (0, 1)
FORGES = frozenset({"rows", "end", "acts"})
_FIRST = honest(0, 3, 0)
_SECOND = honest(1, 1, 1)
_BOTH = (((3, False),), ((1, False),))
_HURRY = (((3, True), (1, False)), ((1, True),))


def _decided(*choices: object, verified: bool = False) -> State:
    """A moment after people chose, and after the verifying step let everything they agreed on pass."""
    row = Row(len(choices), tuple(choices), decided=True)  # type: ignore[arg-type]
    mask = 3
    for one in row.choices:
        mask &= one.selected
    end = End(1, "verified") if verified else End()
    return State(Left(), row=row, written=row.choices, end=end, map=mask if verified else 0)


_ALONE = _decided(_FIRST)
_PASSED = _decided(_FIRST, verified=True)
_TOGETHER = _decided(_FIRST, _SECOND)._replace(clock=1)
_WAITING = State(Left(), row=Row(1, (_FIRST,)), written=(_FIRST,))

# Small enough for each run of the tests.
SCOPES: tuple[Scope, ...] = (
    Scope("one approver, no grace", Left((1, 1), verifies=2, acts=1), ticks=4, targets=ONE),
    Scope("one approver, grace", Left((1, 1), verifies=2, acts=1), grace=1, ticks=4, targets=ONE),
    Scope("two approvers, no grace", Left((1, 1), verifies=2, acts=1), minimum=2, ticks=4, targets=ONE),
    Scope("two approvers, grace or at once", Left((1, 1), verifies=2, acts=1), 2, 1, _HURRY, ticks=4, targets=ONE),
    Scope("second thoughts", Left((2, 1), verifies=1, acts=1), targets=ONE),
    Scope("two runs for one endpoint", Left((0, 0), acts=2, looks=1, crashes=1), targets=ONE, start=_PASSED),
    Scope("two runs and a veto", Left((0, 1), acts=2), targets=ONE, start=_PASSED),
    Scope("two endpoints and the switch", Left((0, 0), acts=2, flips=2), start=_PASSED),
    Scope("redriven after a crash", Left((0, 0), acts=2, looks=2, crashes=2), targets=ONE, start=_PASSED),
    Scope("the kill switch, on and off", Left((0, 0), verifies=2, acts=2, flips=3), targets=ONE, start=_ALONE),
    Scope("re-created, called or changed", Left((0, 0), acts=1, looks=2, events=2), targets=ONE, start=_PASSED),
    Scope("an insider, one approver", Left((0, 0), acts=1, writes=2), grace=1, ticks=2, targets=ONE, insider=FORGES,
          start=_ALONE),
    Scope("an insider, two approvers", Left((0, 0), acts=1, writes=1), 2, 1, ticks=3, targets=ONE, insider=FORGES,
          start=_TOGETHER),
    Scope("an insider beside the page", Left((0, 1), verifies=1, acts=1, writes=1), 2, targets=ONE, insider=FORGES,
          start=_WAITING),
    Scope("an insider and a veto", Left((0, 1), acts=1, writes=1), targets=ONE, insider=FORGES | {"marks"},
          start=_PASSED),
    Scope("an insider and the intents", Left((0, 0), acts=2, looks=1, writes=2), targets=ONE,
          insider=frozenset({"intents"}), start=_PASSED),
)  # fmt: skip

# Minutes: for the figures alone.
WIDER: tuple[Scope, ...] = (
    Scope("two runs, someone else", Left((0, 0), acts=2, looks=1, crashes=1, events=1), targets=ONE, start=_PASSED),
    Scope("two runs, a crash, a veto", Left((0, 1), acts=2, looks=1, crashes=1, events=1), targets=ONE, start=_PASSED),
    Scope("two endpoints, a veto, the switch", Left((0, 1), acts=2, flips=1), start=_PASSED),
    Scope("three runs, two crashes", Left((0, 0), acts=3, looks=2, crashes=2), targets=ONE, start=_PASSED),
    Scope("two runs in other hands", Left((0, 0), acts=2, looks=2, crashes=1, events=2), targets=ONE, start=_PASSED),
    Scope("an insider, two approvers, two writes", Left((0, 0), acts=1, writes=2), 2, 1, ticks=4, targets=ONE,
          insider=FORGES, start=_TOGETHER),
    Scope("an insider from the start", Left((1, 0), verifies=1, acts=1, writes=2), grace=1, ticks=1, targets=ONE,
          insider=FORGES, start=_ALONE),
    Scope("an insider, a veto, two writes", Left((0, 1), acts=1, writes=2), targets=ONE, insider=FORGES | {"marks"},
          start=_PASSED),
)  # fmt: skip
