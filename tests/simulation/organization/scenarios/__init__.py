"""Named worlds. `build(name)` makes the same world every time."""

from collections.abc import Callable

from tests.simulation.organization.scenarios import default, guards, kinds, small
from tests.simulation.organization.specification import Organization

_BUILDERS: dict[str, Callable[[], Organization]] = {
    "default": default.build,
    "guards": guards.build,
    "kinds": kinds.build,
    **small.BUILDERS,
}


def names() -> list[str]:
    """Every named world."""
    return sorted(_BUILDERS)


def build(name: str) -> Organization:
    """The world of that name."""
    if name not in _BUILDERS:
        raise LookupError(f"unknown scenario {name!r}; available: {', '.join(names())}")
    return _BUILDERS[name]()
