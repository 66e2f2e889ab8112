"""Plan sweep: check the input, take the lock, list the accounts, write down every cell."""

from typing import Any

from endpoint_sweep import sweep_input
from endpoint_sweep.config import Settings
from endpoint_sweep.documents import to_data
from endpoint_sweep.errors import AlreadyRecorded, InputRejected
from endpoint_sweep.model import Account, Cell, CellResult, CoverageStatus
from endpoint_sweep.ports import Clock, Executions, Organization, Store
from endpoint_sweep.records import Records
from endpoint_sweep.sweep_folder import SweepFolder
from endpoint_sweep.sweep_input import SweepInput


def plan_sweep(
    event: dict[str, Any],
    *,
    settings: Settings,
    organization: Organization,
    store: Store,
    records: Records,
    executions: Executions,
    now: Clock,
) -> dict[str, Any]:
    """`event`: `{"sweep_id", "execution", "input"}`.

    Returns the small facts that the states carry, or `{"lock": "held", "holder"}` where another sweep is running.
    """
    asked = sweep_input.parse(event["sweep_id"], event["input"], settings)
    holder = _take_lock(asked.id, event["execution"], records, executions)
    if holder is not None:
        return {"lock": "held", "holder": holder}
    accounts = organization.accounts()
    _check_targets(asked, accounts)
    folder = SweepFolder(store, asked.id)
    folder.put_input(asked)
    folder.put_accounts(accounts)
    wanted = [account for account in accounts if not asked.accounts or account.id in asked.accounts]
    skipped = {account.id: why for account in wanted if (why := _why_skipped(account, asked))}
    expected = [Cell(account.id, region) for account in wanted for region in asked.regions]
    for cell in expected:
        if cell.account in skipped:
            reason = skipped[cell.account]
            folder.put_cell(CellResult(cell.account, cell.region, CoverageStatus.SKIPPED, reason))
    folder.put_expected(expected)
    cells = folder.put_cells([cell for cell in expected if cell.account not in skipped])
    return {
        "lock": "taken",
        "id": asked.id,
        "mode": asked.mode.value,
        # Frozen once: a sweep that runs over midnight judges every cell by the same clock.
        "now": to_data(now()),
        "scan_concurrency": settings.scan_concurrency,
        "cells": {"bucket": cells.bucket, "key": cells.key, "count": cells.count},
    }


def _take_lock(sweep_id: str, execution: str, records: Records, executions: Executions) -> str | None:
    """None where the lock is ours; else who holds it. A lock whose execution no longer runs is taken over (FI-22)."""
    for _ in range(3):
        held = records.lock_holder()
        if held and held.document["execution"] == execution:
            return None
        if held and executions.is_running(held.document["execution"]):
            return str(held.document["sweep_id"])
        try:
            records.take_lock(sweep_id, execution, replacing=held)
        except AlreadyRecorded:
            continue
        return None
    return "another sweep that is just starting"


def _check_targets(asked: SweepInput, accounts: tuple[Account, ...]) -> None:
    known = {account.id for account in accounts}
    for name in ("accounts", "exclude_accounts"):
        if strangers := sorted(set(getattr(asked, name)) - known):
            raise InputRejected(f"E_ACCOUNT_NOT_IN_SCOPE: {name} names {strangers[0]}, not in the Organization")


def _why_skipped(account: Account, asked: SweepInput) -> str | None:
    if account.state != "ACTIVE":
        return f"the account is {account.state}"
    if account.id in asked.exclude_accounts:
        return "excluded by the input of the sweep"
    return None
