"""Plan sweep: check the input, take the lock, list the accounts, record every cell."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from endpoint_sweep.domain.errors import AlreadyRecorded, InputRejected
from endpoint_sweep.domain.model import CellResult, CoverageStatus, Mode, Pointer
from endpoint_sweep.domain.sweep_events import sweep_started
from endpoint_sweep.ports import Clock, Events, Executions, KillSwitch, Organization, Regions, Seals, Store
from endpoint_sweep.rules import bounds
from endpoint_sweep.rules.approvals import Stop, StopKind, approval_id
from endpoint_sweep.rules.region_names import why_refused
from endpoint_sweep.rules.scope_words import told
from endpoint_sweep.rules.scopes import ENABLED, Scope
from endpoint_sweep.rules.targets import Target, choose, in_enabled_regions
from endpoint_sweep.settings import sweep_input
from endpoint_sweep.settings.environment import ActSettings, DecideSettings, PeopleSettings, ScanSettings
from endpoint_sweep.settings.sweep_input import SweepInput
from endpoint_sweep.steps.contracts import PlanSweepEvent
from endpoint_sweep.storage.kill_switch import why_stopped
from endpoint_sweep.storage.records import Records
from endpoint_sweep.storage.retrying import retry_if_changed
from endpoint_sweep.storage.sweep_folder import ACCOUNTS, EXPECTED, SKIPPED, SweepFolder


def plan_sweep(  # noqa: PLR0913 - one argument per port
    event: PlanSweepEvent,
    *,
    scan: ScanSettings,
    decide: DecideSettings,
    act: ActSettings,
    people: PeopleSettings,
    stack: Scope,
    home_region: str,
    organization: Organization,
    regions: Regions,
    store: Store,
    records: Records,
    executions: Executions,
    switch: KillSwitch,
    seals: Seals,
    events: Events,
    now: Clock,
) -> dict[str, Any]:
    """`event`: `{"sweep_id", "execution", "started", "input"}`.

    Returns the small facts that the states carry, or `{"lock": "held", "holder"}` if another sweep is running.
    """
    asked = sweep_input.parse(event["sweep_id"], event["input"], scan, decide, act)
    asked = replace(asked, started=event["started"], stack=stack)
    _refuse_unknown_regions(asked, event["input"], scan, regions)
    sweep_input.check_people(asked.mode, people, decide.rules)
    if asked.mode is Mode.APPROVE and (why := why_stopped(switch)):
        raise InputRejected(f"E_KILL_SWITCH: {why}; only a sweep in report mode can run")
    holder = _take_lock(asked.id, event["execution"], records, executions)
    if holder is not None:
        return {"lock": "held", "holder": holder}
    folder = SweepFolder(store, asked.id)
    if folder.used_before(asked):
        # Its links, votes and stops would mix with those of the earlier sweep, which are that sweep's audit.
        records.release_lock(event["execution"])
        raise InputRejected(
            f"E_RUN_NAME: another sweep has already used the name {asked.id}; start this one under a new name"
        )
    _supersede(asked.id, records, now())
    named = tuple(region for region in scan.regions if region != ENABLED) or (home_region,)
    targets, words = _targets(asked, named, organization, regions, decide, act)
    cells = _put_lists(replace(asked, now=now(), told=words), targets, folder, seals)
    events.emit(sweep_started(asked.id, asked.mode.value, cells.count))
    return {
        "lock": "taken",
        "id": asked.id,
        "mode": asked.mode.value,
        "scan_concurrency": scan.scan_concurrency,
        "cells": {"bucket": cells.bucket, "key": cells.key, "count": cells.count},
    }


def _refuse_unknown_regions(asked: SweepInput, data: dict[str, Any], scan: ScanSettings, regions: Regions) -> None:
    """A misspelt region would be scanned nowhere, and a misspelt exclusion would exclude nothing."""
    if data.get("regions", []) in ([], ENABLED, [ENABLED]):
        named = tuple(region for region in scan.regions if region != ENABLED)
        first = ("the stack parameter Regions", named)
    else:
        first = ("regions", asked.scope.regions)
        bounds.refuse_excluded_regions(asked.scope.regions, asked.stack)
    others = (
        ("exclude_regions", asked.scope.exclude_regions),
        (f"the stack parameter {bounds.EXCLUDE_REGIONS}", asked.stack.exclude_regions),
    )
    for place, names in (first, *others):
        if why := why_refused(place, names, regions.known(), regions.offered):
            raise InputRejected(f"E_REGION: {why}")


def _put_lists(asked: SweepInput, targets: list[Target], folder: SweepFolder, seals: Seals) -> Pointer:
    """Writes the lists first, then the input with their hashes, then the key with the input's hash."""
    skipped = [
        CellResult(cell.account, cell.region, CoverageStatus.SKIPPED, target.skipped, cause=target.cause)
        for target in targets
        if target.skipped
        for cell in target.cells
    ]
    pins = {
        ACCOUNTS: folder.put_accounts(tuple(target.account for target in targets)).sha256,
        EXPECTED: folder.put_expected([cell for target in targets for cell in target.cells]).sha256,
        SKIPPED: folder.put_skipped(skipped).sha256,
    }
    cells = folder.put_cells([cell for target in targets if not target.skipped for cell in target.cells])
    folder.put_input(replace(asked, pins=pins), seals)
    return cells


def _take_lock(sweep_id: str, execution: str, records: Records, executions: Executions) -> str | None:
    """None if the lock is ours, otherwise its holder. Takes over a lock whose execution no longer runs (FI-22)."""

    def take_lock() -> str | None:
        held = records.lock_holder()
        if held and held.document["execution"] == execution:
            return None
        if held and executions.is_running(held.document["execution"]):
            return str(held.document["sweep_id"])
        records.take_lock(sweep_id, execution, replacing=held)
        return None

    try:
        return retry_if_changed(take_lock, tries=3)
    except AlreadyRecorded:
        return "another sweep that is starting right now"


def _supersede(sweep_id: str, records: Records, at: datetime) -> None:
    """After taking over a lock, closes the dead sweep's approval; its links name the newer sweep (BI-32)."""
    lock = records.lock_holder()
    if lock and (dead := lock.document.get("instead_of")):
        records.close_approval(str(dead), Stop(StopKind.SUPERSEDED, at, newer=sweep_id))
        records.forget_waiting(approval_id(str(dead)))


def _targets(
    asked: SweepInput,
    named: tuple[str, ...],
    organization: Organization,
    regions: Regions,
    decide: DecideSettings,
    act: ActSettings,
) -> tuple[list[Target], tuple[str, ...]]:
    """Every account that the sweep is about, and always the management account (D7.5); and the scope in words. `named`:
    the stack's regions.
    """
    stack = asked.stack
    excluded = tuple(dict.fromkeys((*asked.scope.exclude_regions, *stack.exclude_regions)))
    scope = replace(asked.scope, exclude_regions=excluded)
    management = organization.management_account()
    accounts = [
        replace(account, is_management=account.id == management)
        for account in organization.accounts(with_units=scope.needs_units or stack.needs_units)
    ]
    sweep_input.check_members(asked, decide.rules, act, {account.id for account in accounts})
    if asked.mode is Mode.APPROVE and management in (*scope.accounts, *stack.accounts):
        # StackSets do not reach it and Organization policies do not bind it (S2.6, S2.7), so no one may name it.
        fix = "" if management in scope.accounts else f"; remove it from the stack parameter {bounds.ACCOUNTS}"
        raise InputRejected(
            f"E_ACCOUNT_NOT_IN_SCOPE: {management} is the management account, which can only be swept in report mode"
            f"{fix}"
        )
    chosen = choose(accounts, scope, management, stack)
    words = told(chosen, scope, stack)
    targets = [target for target in chosen if target.asked or target.management]
    if not scope.needs_enabled_regions:
        return targets, words
    offered, known = regions.offered(), regions.known()
    filled = [
        in_enabled_regions(
            target, scope, None if target.skipped else regions.enabled(target.account.id), offered, known, named
        )
        for target in targets
    ]
    return filled, words
