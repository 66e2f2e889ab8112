"""The accounts and regions that a sweep scans. Every account of the Organization has cells or a reason why not."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from endpoint_sweep.domain.errors import InputRejected
from endpoint_sweep.domain.kinds import GapCause
from endpoint_sweep.domain.model import Account, Cell

ENABLED = "enabled"  # Instead of names in `Scope.regions`: all regions that each account has enabled (D6.2, D6.3).
ACTIVE = "ACTIVE"

NOT_ASKED_FOR = "not in the list of accounts to sweep"
EXCLUDED = "excluded by the input of the sweep"
OTHER_UNIT = "not in one of the organizational units to sweep"
UNIT_NOT_KNOWN = "its organizational unit is not known, so it is skipped"
_STATES = {
    "SUSPENDED": GapCause.ACCOUNT_SUSPENDED,
    "PENDING_CLOSURE": GapCause.ACCOUNT_CLOSED,
    "CLOSED": GapCause.ACCOUNT_CLOSED,
}
NO_REGION = "none of the regions to sweep is enabled in the account"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a sweep should scan. Empty lists of accounts and units mean all; exclusions win.

    An account must match both the accounts and the units. A unit includes the units below it; a root is a unit too.
    """

    accounts: tuple[str, ...] = ()
    exclude_accounts: tuple[str, ...] = ()
    organizational_units: tuple[str, ...] = ()
    exclude_organizational_units: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    exclude_regions: tuple[str, ...] = ()

    @property
    def needs_units(self) -> bool:
        return bool(self.organizational_units or self.exclude_organizational_units)

    @property
    def needs_enabled_regions(self) -> bool:
        return ENABLED in self.regions

    @property
    def named_regions(self) -> tuple[str, ...]:
        """Those that someone asked for by name."""
        return () if self.needs_enabled_regions else self.regions


@dataclass(frozen=True, slots=True)
class Target:
    """One account of the Organization. `skipped` says why its cells are not scanned, `cause` the same for code.

    `asked` is False if the sweep was about other accounts or units. Those are not reported, except the management
    account, which StackSets do not reach (D7.5).
    """

    account: Account
    regions: tuple[str, ...]
    skipped: str | None = None
    asked: bool = True
    management: bool = False
    cause: GapCause = GapCause.LEFT_OUT

    @property
    def cells(self) -> tuple[Cell, ...]:
        """One coverage row each: to scan, or to record as skipped."""
        return tuple(Cell(self.account.id, region) for region in self.regions)


def choose(accounts: Iterable[Account], scope: Scope, management_account: str | None) -> tuple[Target, ...]:
    """One target per account, by account id. `management_account` is None if it is not known.

    With `regions=enabled` the regions stay empty until `in_enabled_regions` fills them. Raises InputRejected
    (E_ACCOUNT_NOT_IN_SCOPE, E_UNIT, E_REGION).
    """
    found = sorted(accounts, key=lambda account: account.id)
    _refuse_strangers(found, scope)
    regions = () if scope.needs_enabled_regions else _without(scope.regions, scope)
    if not regions and not scope.needs_enabled_regions:
        raise InputRejected("E_REGION: every region to sweep is also excluded")
    return tuple(_target(account, regions, scope, management_account) for account in found)


def in_enabled_regions(
    target: Target,
    scope: Scope,
    enabled: Collection[str] | None,
    offered: Collection[str] | None,
    known: Collection[str],
    otherwise: tuple[str, ...],
) -> Target:
    """The target with the regions that its account has enabled and where SageMaker is `offered`.

    None means not known, and then it narrows nothing. Without `enabled`, every region is a cell in which SageMaker is
    offered, or which is `known` at all: the scan of each finds out whether it is off (D6.5). A skipped target gets the
    configured list `otherwise`, so that it has rows.
    """
    fallback = _without(otherwise, scope)
    if target.skipped:
        return replace(target, regions=fallback)
    may_be_on = set(enabled) if enabled is not None else {*known, *otherwise, *(offered or ())}
    regions = sorted(may_be_on if offered is None else may_be_on & set(offered))
    if usable := _without(regions, scope):
        return replace(target, regions=usable)
    return replace(target, regions=fallback, skipped=NO_REGION)


def _without(regions: Iterable[str], scope: Scope) -> tuple[str, ...]:
    """In the given order, without duplicates."""
    return tuple(region for region in dict.fromkeys(regions) if region not in scope.exclude_regions)


def _refuse_strangers(accounts: list[Account], scope: Scope) -> None:
    """A list with an unknown name is a mistake, and half of it must not be carried out."""
    known = {account.id for account in accounts}
    for name, asked in (("accounts", scope.accounts), ("exclude_accounts", scope.exclude_accounts)):
        if strangers := sorted(set(asked) - known):
            raise InputRejected(f"E_ACCOUNT_NOT_IN_SCOPE: {name} has {strangers[0]}, which is not in the Organization")
    units = {unit for account in accounts for unit in _units(account)}
    for name, asked in (
        ("organizational_units", scope.organizational_units),
        ("exclude_organizational_units", scope.exclude_organizational_units),
    ):
        if strangers := sorted(set(asked) - units):
            raise InputRejected(f"E_UNIT: {name} has {strangers[0][:80]}, which has no accounts")


def _target(account: Account, regions: tuple[str, ...], scope: Scope, management_account: str | None) -> Target:
    reason, asked, cause = _why_skipped(account, scope)
    return Target(account, regions, reason, asked, management=account.id == management_account, cause=cause)


def _why_skipped(  # noqa: PLR0911 - one return per reason
    account: Account, scope: Scope
) -> tuple[str | None, bool, GapCause]:
    """The reason or None, whether the sweep is about this account at all, and the cause."""
    out = GapCause.LEFT_OUT
    units = set(_units(account))
    if scope.accounts and account.id not in scope.accounts:
        return NOT_ASKED_FOR, False, out
    if scope.needs_units and not units:
        return UNIT_NOT_KNOWN, True, out
    if scope.organizational_units and not units & set(scope.organizational_units):
        return OTHER_UNIT, False, out
    if account.id in scope.exclude_accounts:
        return EXCLUDED, True, GapCause.EXCLUDED
    if denied := sorted(units & set(scope.exclude_organizational_units)):
        return f"its organizational unit {denied[0]} is {EXCLUDED}", True, GapCause.EXCLUDED
    if account.state != ACTIVE:
        return f"the account is {account.state}", True, _STATES.get(account.state, GapCause.ACCOUNT_INACTIVE)
    return None, True, out


def _units(account: Account) -> list[str]:
    """The parts of `Account.unit`: the root and every unit down to the account (D0.2)."""
    return [part for part in account.unit.split("/") if part]
