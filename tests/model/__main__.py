"""`python -m tests.model`: searches everything, prints the figures as rows of tables and what was found."""

import sys
from collections.abc import Iterable

from tests.model.bugs import BUGS, Bug
from tests.model.scopes import SCOPES, WIDER
from tests.model.search import Found, search
from tests.model.state import Scope


def figures(scopes: Iterable[Scope], bugs: Iterable[Bug]) -> list[str]:
    """One row a scope, their sum, one row a seeded fault; counterexamples that no one seeded come first."""
    found = [search(one) for one in scopes]
    broken = [one for one in found if one.broken]
    seeded = [(bug, search(bug.seeded)) for bug in bugs]
    caught = sum(one.broken.startswith(bug.promise) for bug, one in seeded)
    total = (
        f"| all | {sum(one.states for one in found):,} states | {sum(one.transitions for one in found):,} transitions "
        f"| at most {max(one.depth for one in found)} steps | {sum(one.seconds for one in found):.0f} s "
        f"| {len(broken)} violations |"
    )
    return [
        *(line for one in broken for line in one.told.splitlines()),
        *map(_row, found),
        total,
        f"| seeded faults, found | {len(seeded)}, {caught} |",
        *(f"| {bug.name} | {one.broken or 'NOT FOUND'} | {len(one.steps)} steps |" for bug, one in seeded),
    ]


def _row(found: Found) -> str:
    return (
        f"| {found.scope} | {found.states:,} states | {found.transitions:,} transitions | {found.depth} steps "
        f"| {found.seconds:.0f} s | {int(bool(found.broken))} violations |"
    )


def main(arguments: list[str]) -> int:
    """`quick`: only what the tests search, too."""
    lines = figures(SCOPES if "quick" in arguments else (*SCOPES, *WIDER), BUGS)
    print("\n".join(lines))
    return int(not lines[0].startswith("| ") or any("NOT FOUND" in one for one in lines))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
