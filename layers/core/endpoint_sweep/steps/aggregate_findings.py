"""Aggregate findings: join the cells' results, price them, write the plan, say whether to ask for approval."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from endpoint_sweep.domain.documents import to_data
from endpoint_sweep.domain.errors import DocumentNotFound, DocumentTampered
from endpoint_sweep.domain.kinds import Access, Alarm
from endpoint_sweep.domain.model import CoverageStatus, Mode, Verdict
from endpoint_sweep.ports import Seals, Store
from endpoint_sweep.resources.resource_type import ResourceTypes
from endpoint_sweep.rules.access import managed, with_access
from endpoint_sweep.rules.needed import without_needed
from endpoint_sweep.rules.net_cost import total_net
from endpoint_sweep.rules.offers import is_idle, may_be_offered
from endpoint_sweep.rules.planning import Coverage, join, make_plan, short_hash, why_not_offered
from endpoint_sweep.rules.pricing import total_monthly
from endpoint_sweep.rules.snoozes import mark_snoozed
from endpoint_sweep.settings.environment import ScanSettings
from endpoint_sweep.steps.contracts import AggregateFindingsEvent
from endpoint_sweep.steps.money import Sources, list_prices, paid_prices, with_money
from endpoint_sweep.storage.access_document import read_access
from endpoint_sweep.storage.records import Records
from endpoint_sweep.storage.sweep_folder import ACCOUNTS, INPUT, SweepFolder, pins_of


def aggregate_findings(
    event: AggregateFindingsEvent,
    *,
    settings: ScanSettings,
    types: ResourceTypes,
    store: Store,
    records: Records,
    seals: Seals,
    money: Sources,
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
    rows = (*folder.skipped(asked.pins), *cells.results)
    coverage = without_needed(join(folder.expected(asked.pins), rows, asked.scope.named_regions))
    found_all = [one for row in coverage.rows for one in row.findings]
    book = list_prices(found_all, store, seals, money.price_list, at.date())
    paid = paid_prices(store, seals, money.bills, at.date())
    below = asked.policy.offered_below
    answers = money.optimizer.idle({one.id.cell for one in found_all if may_be_offered(one, below)})
    snoozed = records.snoozed()
    judged = []
    for row in coverage.rows:
        findings = (with_money(one, types, book, answers, paid, at) for one in row.findings)
        judged.append(replace(row, findings=tuple(mark_snoozed(one, snoozed, at) for one in findings)))
    coverage = Coverage(tuple(judged))
    access = managed(read_access(store, asked.id), folder.accounts(asked.pins).values())
    answered = _with_access(coverage, access, below)
    pins = {**pins_of(answered), INPUT: opened.sha256, ACCOUNTS: asked.pins[ACCOUNTS]}
    last = _last_sweep(store, records, seals, asked.id)
    # In report mode the answers are for the report alone.
    offered = answered if asked.mode is Mode.APPROVE else coverage
    plan = make_plan(asked.id, offered, asked.caps, settings.minimum_coverage, last, settings.deny_accounts, below)
    why = why_not_offered(plan, offered)
    if asked.mode is Mode.REPORT:
        why = "report mode does not ask for approval"
    plan = replace(plan, pins=pins, why_not=why or "", money_note=paid.why_not, scope=asked.told)
    pointer = folder.put_plan(plan, seals)
    folder.put_coverage(answered)
    idle = tuple(one for one in plan.items if is_idle(one))
    monthly, unpriced = total_monthly(idle)
    counts = coverage.counts
    found = {
        "coverage": {status.value: counts[status] for status in CoverageStatus},
        "resources": sum(row.resources for row in coverage.rows),
        "verdicts": _verdicts(coverage.rows),
        "idle_monthly_usd": str(monthly),
        "idle_without_price": unpriced,
        "idle_net_monthly_usd": str(total_net(idle).monthly),
        "barely_used_offered": len(plan.items) - len(idle),
        "money_note": paid.why_not,
        "plan": to_data(pointer),
        "plan_hash": short_hash(pointer.sha256),
        "beyond": plan.beyond,
        "flagged": len(plan.flagged),
        "ask": why is None,
        "why_not": why or "",
    }
    return found | ({"alarm": Alarm.CELL_FORGED} if cells.forged else {})


def _with_access(coverage: Coverage, access: Mapping[str, Access], below: int) -> Coverage:
    return Coverage(
        tuple(
            replace(row, findings=tuple(with_access(one, access, below) for one in row.findings))
            for row in coverage.rows
        )
    )


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


def _verdicts(rows: Any) -> dict[str, int]:
    findings = [finding.verdict for row in rows for finding in row.findings]
    return {verdict.value: count for verdict in Verdict if (count := findings.count(verdict))}
