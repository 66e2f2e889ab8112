"""The accounts and regions that a sweep scans. Every account of the Organization has cells or a reason why not."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from endpoint_sweep.domain.errors import InputRejected
from endpoint_sweep.domain.kinds import GapCause
from endpoint_sweep.domain.model import Account, Cell
from endpoint_sweep.rules.bounds import BY_INPUT, BY_STACK, EXCLUDE_REGIONS, left_out, refuse_wider
from endpoint_sweep.rules.scopes import EVERYTHING, Scope, units_of

ACTIVE = "ACTIVE"

_STATES = {
    "SUSPENDED": GapCause.ACCOUNT_SUSPENDED,
    "PENDING_CLOSURE": GapCause.ACCOUNT_CLOSED,
    "CLOSED": GapCause.ACCOUNT_CLOSED,
}
_OUT_OF_SCOPE = {GapCause.LEFT_OUT, GapCause.EXCLUDED, GapCause.EXCLUDED_BY_STACK}
NO_REGION = "none of the regions to sweep is enabled in the account"


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
    def in_scope(self) -> bool:
        """Whether the sweep is about this account, even if its state keeps it from being scanned."""
        return self.asked and not (self.skipped and self.cause in _OUT_OF_SCOPE)

    @property
    def cells(self) -> tuple[Cell, ...]:
        """One coverage row each: to scan, or to record as skipped."""
        return tuple(Cell(self.account.id, region) for region in self.regions)


def choose(
    accounts: Iterable[Account], scope: Scope, management_account: str | None, stack: Scope = EVERYTHING
) -> tuple[Target, ...]:
    """One target per account, by account id. `management_account` is None if it is not known. `stack`: the outer bound,
    which `scope` can only narrow.

    With `regions=enabled` the regions stay empty until `in_enabled_regions` fills them. Raises InputRejected
    (E_ACCOUNT_NOT_IN_SCOPE, E_UNIT, E_REGION).
    """
    found = sorted(accounts, key=lambda account: account.id)
    _refuse_strangers(found, scope)
    refuse_wider(found, scope, stack)
    regions = () if scope.needs_enabled_regions else _without(scope.regions, scope)
    if not regions and not scope.needs_enabled_regions:
        by = f" by the stack parameter {EXCLUDE_REGIONS}" if set(scope.regions) <= set(stack.exclude_regions) else ""
        raise InputRejected(f"E_REGION: every region to sweep is also excluded{by}")
    return tuple(_target(account, regions, scope, stack, management_account) for account in found)


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
    units = {unit for account in accounts for unit in units_of(account)}
    for name, asked in (
        ("organizational_units", scope.organizational_units),
        ("exclude_organizational_units", scope.exclude_organizational_units),
    ):
        if strangers := sorted(set(asked) - units):
            raise InputRejected(f"E_UNIT: {name} has {strangers[0][:80]}, which has no accounts")


def _target(
    account: Account, regions: tuple[str, ...], scope: Scope, stack: Scope, management_account: str | None
) -> Target:
    reason, asked, cause = _why_skipped(account, scope, stack)
    return Target(account, regions, reason, asked, management=account.id == management_account, cause=cause)


def _why_skipped(account: Account, scope: Scope, stack: Scope) -> tuple[str | None, bool, GapCause]:
    """The reason or None, whether the sweep is about this account at all, and the cause."""
    outs = [out for one, by in ((scope, BY_INPUT), (stack, BY_STACK)) if (out := left_out(account, one, by))]
    if outs:
        # What either does not list is not reported, whatever the other says.
        out = min(outs, key=lambda one: one.asked)
        return out.reason, out.asked, out.cause
    if account.state != ACTIVE:
        return f"the account is {account.state}", True, _STATES.get(account.state, GapCause.ACCOUNT_INACTIVE)
    return None, True, GapCause.LEFT_OUT
