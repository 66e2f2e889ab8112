"""Aggregate findings: join the cells' results, price them, write the plan, say whether anybody is asked."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

from endpoint_sweep.config import Settings
from endpoint_sweep.documents import to_data, to_json
from endpoint_sweep.errors import DocumentNotFound
from endpoint_sweep.model import CoverageStatus, Finding, Mode, Verdict
from endpoint_sweep.planning import Coverage, join, make_plan, short_hash, why_not_offered
from endpoint_sweep.ports import Clock, SecondWitness, Store
from endpoint_sweep.pricing import PriceBook, PriceList, total_monthly
from endpoint_sweep.records import Records
from endpoint_sweep.snoozes import told
from endpoint_sweep.sweep_folder import SweepFolder
from endpoint_sweep.witness import Answers, witness

PRICES = "prices/read.json"


def aggregate_findings(
    event: dict[str, Any],
    *,
    settings: Settings,
    store: Store,
    records: Records,
    price_list: PriceList,
    optimizer: SecondWitness,
    now: Clock,
) -> dict[str, Any]:
    """`event`: `{"sweep_id"}`. Returns counts, the pointer to the plan and `ask`."""
    folder = SweepFolder(store, event["sweep_id"])
    asked = folder.input()
    coverage = join(folder.expected(), folder.cells())
    book = _prices(coverage, store, price_list, now().date())
    answers = optimizer.idle({one.id.cell for row in coverage.rows for one in row.findings if _is_idle(one)})
    snoozed, at = records.snoozed(), now()
    rows = []
    for row in coverage.rows:
        findings = (_witnessed(book.priced(one), answers) for one in row.findings)
        rows.append(replace(row, findings=tuple(told(one, snoozed, at) for one in findings)))
    coverage = Coverage(tuple(rows))
    folder.put_coverage(coverage)
    last = _last_sweep(store, records, asked.id)
    plan = make_plan(asked.id, coverage, asked.caps, settings.minimum_coverage, last, settings.deny_accounts)
    pointer = folder.put_plan(plan)
    monthly, unpriced = total_monthly(plan.items)
    why = why_not_offered(plan, coverage)
    if asked.mode is Mode.REPORT:
        why = "mode report asks nobody"
    counts = coverage.counts
    return {
        "coverage": {status.value: counts[status] for status in CoverageStatus},
        "endpoints": sum(row.endpoints for row in coverage.rows),
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


def _prices(coverage: Coverage, store: Store, price_list: PriceList, today: date) -> PriceBook:
    """What AWS's price list said in the last days, asked anew for what is missing, over the dated table."""
    try:
        known = json.loads(store.get(PRICES))
    except (DocumentNotFound, ValueError):
        known = None
    findings = [finding for row in coverage.rows for finding in row.findings if finding.instances]
    book = PriceBook.from_cache(known, today).completed(findings, price_list, today)
    store.put(PRICES, to_json(book.to_cache()))
    return book


def _last_sweep(store: Store, records: Records, sweep_id: str) -> Coverage | None:
    """What the last sweep of the ledger found that came as far as that; None where there is none."""
    for row in reversed(records.ledger()):
        if row["sweep_id"] == sweep_id:
            continue
        try:
            return SweepFolder(store, row["sweep_id"]).judged()
        except (DocumentNotFound, ValueError, TypeError):
            continue
    return None


def _is_idle(finding: Finding) -> bool:
    return finding.verdict is Verdict.IDLE


def _witnessed(finding: Finding, answers: Answers) -> Finding:
    """With what Compute Optimizer says of it, which changes nothing."""
    said = witness(finding, answers)
    return replace(finding, witness=said.value) if said else finding


def _verdicts(rows: Any) -> dict[str, int]:
    findings = [finding.verdict for row in rows for finding in row.findings]
    return {verdict.value: count for verdict in Verdict if (count := findings.count(verdict))}
