"""The stack's scope, the outer bound of every sweep. What a sweep asks for can narrow it, never widen it."""

from collections.abc import Iterable
from dataclasses import dataclass

from endpoint_sweep.domain.errors import InputRejected
from endpoint_sweep.domain.kinds import GapCause
from endpoint_sweep.domain.model import Account, Cell
from endpoint_sweep.rules.scopes import UNIT_NOT_KNOWN, Scope, units_of

# The parameter of the stack for each list of a scope.
ACCOUNTS, EXCLUDE_ACCOUNTS = "Accounts", "ExcludeAccounts"
UNITS, EXCLUDE_UNITS = "OrganizationalUnits", "ExcludeOrganizationalUnits"
EXCLUDE_REGIONS = "ExcludeRegions"


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of an account that a scope leaves out, by the list that does so."""

    not_listed: str
    in_no_unit: str
    excluded: str
    unit_excluded: str
    cause: GapCause


@dataclass(frozen=True, slots=True)
class Out:
    """Why a scope leaves an account out. `asked`: whether by name, so that it is reported; what is in none of the lists
    is not. `parameter`: the list, as the stack calls it.
    """

    parameter: str
    reason: str
    asked: bool
    cause: GapCause


BY_INPUT = Words(
    "not in the list of accounts to sweep",
    "not in one of the organizational units to sweep",
    "excluded by the input of the sweep",
    "excluded by the input of the sweep",
    GapCause.EXCLUDED,
)
BY_STACK = Words(
    f"not in the stack parameter {ACCOUNTS}",
    f"in no unit of the stack parameter {UNITS}",
    f"excluded by the stack parameter {EXCLUDE_ACCOUNTS}",
    f"excluded by the stack parameter {EXCLUDE_UNITS}",
    GapCause.EXCLUDED_BY_STACK,
)


def left_out(account: Account, scope: Scope, words: Words) -> Out | None:
    """None if the account is in the scope. Exclusions win, and a unit that is not known could be an excluded one."""
    units, unlisted = set(units_of(account)), GapCause.LEFT_OUT
    if scope.accounts and account.id not in scope.accounts:
        return Out(ACCOUNTS, words.not_listed, False, unlisted)
    if scope.needs_units and not units:
        return Out(UNITS if scope.organizational_units else EXCLUDE_UNITS, UNIT_NOT_KNOWN, True, unlisted)
    if scope.organizational_units and not units & set(scope.organizational_units):
        return Out(UNITS, words.in_no_unit, False, unlisted)
    if account.id in scope.exclude_accounts:
        return Out(EXCLUDE_ACCOUNTS, words.excluded, True, words.cause)
    if denied := sorted(units & set(scope.exclude_organizational_units)):
        return Out(EXCLUDE_UNITS, f"its organizational unit {denied[0]} is {words.unit_excluded}", True, words.cause)
    return None


def refuse_wider(accounts: Iterable[Account], scope: Scope, stack: Scope) -> None:
    """What a sweep asks for by name must be in the stack's scope, and the stack must leave something.

    Raises InputRejected naming the parameter.
    """
    by_id = {account.id: account for account in accounts}
    out = {account.id: found for account in by_id.values() if (found := left_out(account, stack, BY_STACK))}
    if by_id and len(out) == len(by_id):
        raise InputRejected(
            f"E_ACCOUNT_NOT_IN_SCOPE: {_leave(out.values())} no account to sweep; correct what they say"
        )
    for asked in scope.accounts:
        if found := out.get(asked):
            raise InputRejected(
                f"E_ACCOUNT_NOT_IN_SCOPE: accounts has {asked}, which the stack parameter {found.parameter} leaves out"
            )
    for unit in scope.organizational_units:
        members = [account.id for account in by_id.values() if unit in units_of(account)]
        if members and all(one in out for one in members):
            whole = _leave(out[one] for one in members)
            raise InputRejected(f"E_UNIT: organizational_units has {unit[:80]}, of which {whole} no account")


def refuse_excluded_regions(regions: Iterable[str], stack: Scope) -> None:
    """Raises InputRejected for a region that was asked for by name and that the stack excludes."""
    for region in regions:
        if region in stack.exclude_regions:
            raise InputRejected(
                f"E_REGION: regions has {region[:60]}, which the stack parameter {EXCLUDE_REGIONS} excludes"
            )


def left_since(cell: Cell, stack: Scope) -> str:
    """Why nothing may be deleted there by now, as far as the names alone say it. Empty if nothing speaks against it."""
    if cell.account in stack.exclude_accounts:
        return f"its account is in the stack parameter {EXCLUDE_ACCOUNTS}"
    if stack.accounts and cell.account not in stack.accounts:
        return f"its account is not in the stack parameter {ACCOUNTS}"
    if cell.region in stack.exclude_regions:
        return f"its region is in the stack parameter {EXCLUDE_REGIONS}"
    return ""


def _leave(found: Iterable[Out]) -> str:
    names = sorted({one.parameter for one in found})
    if len(names) == 1:
        return f"the stack parameter {names[0]} leaves"
    return f"the stack parameters {', '.join(names[:-1])} and {names[-1]} leave"
