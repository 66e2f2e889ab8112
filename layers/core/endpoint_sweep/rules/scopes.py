"""Which accounts, units and regions a sweep is about, as lists of names."""

from dataclasses import dataclass

from endpoint_sweep.domain.model import Account

ENABLED = "enabled"  # Instead of names in `Scope.regions`: all regions that each account has enabled (D6.2, D6.3).
UNIT_NOT_KNOWN = "its organizational unit is not known, so it is skipped"


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
    def narrows_accounts(self) -> bool:
        return bool(self.accounts or self.exclude_accounts or self.needs_units)

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


EVERYTHING = Scope()


def units_of(account: Account) -> list[str]:
    """The parts of `Account.unit`: the root and every unit down to the account (D0.2)."""
    return [part for part in account.unit.split("/") if part]
