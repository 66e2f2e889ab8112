"""How much of the Organization a sweep is about, in words."""

from collections.abc import Collection, Iterable

from endpoint_sweep.domain.model import Account
from endpoint_sweep.rules.bounds import ACCOUNTS, EXCLUDE_ACCOUNTS, EXCLUDE_UNITS, UNITS
from endpoint_sweep.rules.scopes import EVERYTHING, Scope, units_of
from endpoint_sweep.rules.targets import Target

_SHOWN = 3


def told(targets: Collection[Target], scope: Scope, stack: Scope = EVERYTHING) -> tuple[str, ...]:
    """One line for the scope, and one for each list of the stack with an entry that matches nothing. Empty if nothing
    was narrowed. `targets`: every account of the Organization.
    """
    line = _line(targets, scope, stack)
    return (*((line,) if line else ()), *_matching_nothing([one.account for one in targets], stack))


def _line(targets: Collection[Target], scope: Scope, stack: Scope) -> str:
    every = [target.account for target in targets]
    inside = [target.account for target in targets if target.in_scope]
    parts = []
    if scope.narrows_accounts or stack.narrows_accounts:
        parts.append(f"{len(inside):,} of {_counted(len(every), 'account')}")
    if scope.needs_units or stack.needs_units:
        parts.append(f"in {len(_homes(inside)):,} of {_counted(len(_homes(every)), 'organizational unit')}")
    if regions := list(dict.fromkeys((*stack.exclude_regions, *scope.exclude_regions))):
        parts.append(f"without {_names(regions)}")
    return f"Scope: {', '.join(parts)}" if parts else ""


def _homes(accounts: Iterable[Account]) -> set[str]:
    """The units that accounts are directly in."""
    return {units[-1] for account in accounts if (units := units_of(account))}


def _matching_nothing(accounts: Collection[Account], stack: Scope) -> tuple[str, ...]:
    """An account that was closed leaves the Organization after a while, and that must not stop every sweep. A typo
    looks the same, so people read of it before they decide.
    """
    known, units = {one.id for one in accounts}, {unit for one in accounts for unit in units_of(one)}
    lists = (
        (ACCOUNTS, stack.accounts, known, "not in the Organization"),
        (EXCLUDE_ACCOUNTS, stack.exclude_accounts, known, "not in the Organization"),
        (UNITS, stack.organizational_units, units, "not a unit that has accounts"),
        (EXCLUDE_UNITS, stack.exclude_organizational_units, units, "not a unit that has accounts"),
    )
    return tuple(
        f"The stack parameter {parameter} has {_names(strangers)}, {what}: correct or remove it"
        for parameter, listed, there, what in lists
        if (strangers := [one for one in listed if one not in there])
    )


def _names(entries: list[str]) -> str:
    shown, more = entries[:_SHOWN], len(entries) - _SHOWN
    if more > 0:
        return f"{', '.join(shown)} and {more:,} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else shown[0]


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
