"""Aggregate findings: join the cells' results, price them, write the plan, say whether anybody is asked."""

from dataclasses import replace
from typing import Any

from endpoint_sweep.config import Settings
from endpoint_sweep.documents import to_data
from endpoint_sweep.model import CoverageStatus, Mode, Verdict
from endpoint_sweep.planning import join, make_plan, short_hash, why_not_offered
from endpoint_sweep.ports import Store
from endpoint_sweep.pricing import PriceBook, total_monthly
from endpoint_sweep.sweep_folder import SweepFolder


def aggregate_findings(event: dict[str, Any], *, settings: Settings, store: Store, prices: PriceBook) -> dict[str, Any]:
    """`event`: `{"sweep_id"}`. Returns counts, the pointer to the plan and `ask`."""
    folder = SweepFolder(store, event["sweep_id"])
    asked = folder.input()
    results = [
        replace(row, findings=tuple(prices.priced(finding) for finding in row.findings)) for row in folder.cells()
    ]
    coverage = join(folder.expected(), results)
    folder.put_coverage(coverage)
    plan = make_plan(asked.id, coverage, asked.caps, settings.minimum_coverage)
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
        "ask": why is None,
        "why_not": why or "",
    }


def _verdicts(rows: Any) -> dict[str, int]:
    findings = [finding.verdict for row in rows for finding in row.findings]
    return {verdict.value: count for verdict in Verdict if (count := findings.count(verdict))}
