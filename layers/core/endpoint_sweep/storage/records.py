"""The hub's records in the product's words: the sweep lock, approvals, intents, outcomes, snoozes, the ledger."""

from typing import Any

from endpoint_sweep.domain.documents import from_data, to_data
from endpoint_sweep.domain.model import ResourceId
from endpoint_sweep.ports import Row, Seals, Store, Table
from endpoint_sweep.rules.snoozes import Snoozed
from endpoint_sweep.storage.act_rows import ActRows
from endpoint_sweep.storage.approval_rows import ApprovalRows, Versions

__all__ = ["Records", "Versions"]

_LOCK = ("LOCK", "LOCK")


class Records(ApprovalRows, ActRows):
    """Every write is conditional, so no write overwrites a version that was not read."""

    def __init__(self, table: Table, store: Store, seals: Seals) -> None:
        self._table = table
        self._store = store
        self._seals = seals

    # the sweep lock

    def lock_holder(self) -> Row | None:
        return self._table.get(*_LOCK)

    def take_lock(self, sweep_id: str, execution: str, replacing: Row | None) -> None:
        """`instead_of` names the previous holder. Raises AlreadyRecorded if another sweep was faster."""
        document = {"sweep_id": sweep_id, "execution": execution}
        document["instead_of"] = replacing.document["sweep_id"] if replacing else ""
        self._table.put(*_LOCK, document, replacing.version if replacing else 0)

    def release_lock(self, execution: str) -> bool:
        """Only the holder's lock is released; whether it was this execution's."""
        row = self._table.get(*_LOCK)
        if row is None or row.document["execution"] != execution:
            return False
        self._table.remove(*_LOCK, row.version)
        return True

    # snoozes

    def snoozed(self) -> dict[ResourceId, Snoozed]:
        rows = self._table.query("SNOOZE")
        found = [one for row in rows if (one := _snoozed(row))]
        return {one.id: one for one in found}

    def snooze(self, one: Snoozed) -> None:
        """The later end wins. If resources had the same name, the newest one wins."""
        row = self._table.get("SNOOZE", str(one.id))
        if row:
            known = _snoozed(row)
            if known and (known.created_at, known.until) >= (one.created_at, one.until):
                return
        self._table.put("SNOOZE", str(one.id), to_data(one), row.version if row else 0)

    # the ledger of sweeps

    def ledger(self) -> list[dict[str, Any]]:
        """The rows of all sweeps that ended, oldest first, each with its `sweep_id`."""
        return ledger_in(self._table)

    def write_summary(self, sweep_id: str, totals: dict[str, Any]) -> None:
        row = self._table.get("LEDGER", sweep_id)
        self._table.put("LEDGER", sweep_id, to_data(totals), row.version if row else 0)


def ledger_in(table: Table) -> list[dict[str, Any]]:
    """See `Records.ledger`: for those who read nothing else."""
    rows = [row.document | {"sweep_id": row.key[1]} for row in table.query("LEDGER")]
    return sorted(rows, key=lambda row: (str(row.get("at", "")), row["sweep_id"]))


def _snoozed(row: Row) -> Snoozed | None:
    """None where someone else wrote something else. Version 0.1.0 wrote `endpoint` where it is `name` now."""
    try:
        return from_data(Snoozed, {"name": row.document.get("endpoint")} | row.document)
    except (ValueError, TypeError):
        return None
