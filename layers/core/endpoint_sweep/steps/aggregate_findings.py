"""Aggregate findings: join the cells' results, price them, write the plan, say whether to ask for approval."""

import json
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any

from endpoint_sweep.domain.documents import digest, sealed_digest, to_data, to_json
from endpoint_sweep.domain.errors import DocumentNotFound, DocumentTampered
from endpoint_sweep.domain.kinds import Alarm
from endpoint_sweep.domain.model import CoverageStatus, Finding, Mode, Verdict
from endpoint_sweep.ports import Maker, Seals, SecondWitness, Store
from endpoint_sweep.resources.resource_type import ResourceTypes
from endpoint_sweep.rules.planning import Coverage, join, make_plan, short_hash, why_not_offered
from endpoint_sweep.rules.pricing import PriceBook, PriceList, total_monthly, with_cost
from endpoint_sweep.rules.second_opinion import Answers, witness
from endpoint_sweep.rules.snoozes import mark_snoozed
from endpoint_sweep.settings.environment import ScanSettings
from endpoint_sweep.steps.contracts import AggregateFindingsEvent
from endpoint_sweep.storage.records import Records
from endpoint_sweep.storage.sweep_folder import ACCOUNTS, INPUT, SweepFolder, pins_of

PRICES = "prices/read.json"


def aggregate_findings(
    event: AggregateFindingsEvent,
    *,
    settings: ScanSettings,
    types: ResourceTypes,
    store: Store,
    records: Records,
    seals: Seals,
    price_list: PriceList,
    optimizer: SecondWitness,
) -> dict[str, Any]:
    """`event`: `{"sweep_id"}`. Returns counts, the pointer to the plan and `ask`.

    Uses the sweep's own clock, so that a second run of this step makes the same plan. Raises DocumentTampered if the
    input or the lists are not those that the sweep started with, PlanDiffers if someone wrote another plan, and
    Unavailable if neither can be verified.
    """
    folder = SweepFolder(store, event["sweep_id"])
    opened = folder.opened(seals)
    asked, at = opened.input, opened.input.now
    cells = folder.cells(opened.key)
    coverage = join(folder.expected(asked.pins), (*folder.skipped(asked.pins), *cells.results))
    book = _prices(coverage, store, seals, price_list, at.date())
    answers = optimizer.idle({one.id.cell for row in coverage.rows for one in row.findings if _is_idle(one)})
    snoozed = records.snoozed()
    rows = []
    for row in coverage.rows:
        findings = (_witnessed(with_cost(one, types[one.type].cost(one, book)), answers) for one in row.findings)
        rows.append(replace(row, findings=tuple(mark_snoozed(one, snoozed, at) for one in findings)))
    coverage = Coverage(tuple(rows))
    pins = {**pins_of(coverage), INPUT: opened.sha256, ACCOUNTS: asked.pins[ACCOUNTS]}
    last = _last_sweep(store, records, seals, asked.id)
    plan = make_plan(asked.id, coverage, asked.caps, settings.minimum_coverage, last, settings.deny_accounts)
    why = why_not_offered(plan, coverage)
    if asked.mode is Mode.REPORT:
        why = "report mode does not ask for approval"
    pointer = folder.put_plan(replace(plan, pins=pins, why_not=why or ""), seals)
    folder.put_coverage(coverage)
    monthly, unpriced = total_monthly(plan.items)
    counts = coverage.counts
    found = {
        "coverage": {status.value: counts[status] for status in CoverageStatus},
        "resources": sum(row.resources for row in coverage.rows),
        "verdicts": _verdicts(coverage.rows),
        "idle_monthly_usd": str(monthly),
        "idle_without_price": unpriced,
        "plan": to_data(pointer),
        "plan_hash": short_hash(pointer.sha256),
        "beyond": plan.beyond,
        "flagged": len(plan.flagged),
        "ask": why is None,
        "why_not": why or "",
    }
    return found | ({"alarm": Alarm.CELL_FORGED} if cells.forged else {})


def _prices(coverage: Coverage, store: Store, seals: Seals, price_list: PriceList, today: date) -> PriceBook:
    """AWS's list prices of the last days, with missing ones requested again, over the dated table.

    Cached prices count only if this step signed them, because prices decide whether two people are needed.
    """
    known = None
    with suppress(DocumentNotFound, ValueError):
        there = store.read(PRICES)
        if seals.is_authentic(Maker.FINDINGS, sealed_digest(PRICES, digest(there.body)), there.mac):
            known = json.loads(there.body)
    findings = [finding for row in coverage.rows for finding in row.findings if finding.instances]
    book = PriceBook.from_cache(known, today).completed(findings, price_list, today)
    body = to_json(book.to_cache())
    store.put(PRICES, body, mac=seals.mac(Maker.FINDINGS, sealed_digest(PRICES, digest(body))))
    return book


def _last_sweep(store: Store, records: Records, seals: Seals, sweep_id: str) -> Coverage | None:
    """The findings of the last sweep in the ledger that has any, or None."""
    for row in reversed(records.ledger()):
        if row["sweep_id"] == sweep_id:
            continue
        try:
            folder = SweepFolder(store, row["sweep_id"])
            return folder.judged(folder.proven_plan(seals).pins)
        except (DocumentNotFound, DocumentTampered, ValueError, TypeError):
            continue
    return None


def _is_idle(finding: Finding) -> bool:
    return finding.verdict is Verdict.IDLE


def _witnessed(finding: Finding, answers: Answers) -> Finding:
    """Adds what Compute Optimizer says. It changes nothing else."""
    said = witness(finding, answers)
    return replace(finding, witness=said.value) if said else finding


def _verdicts(rows: Any) -> dict[str, int]:
    findings = [finding.verdict for row in rows for finding in row.findings]
    return {verdict.value: count for verdict in Verdict if (count := findings.count(verdict))}
