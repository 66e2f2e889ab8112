"""The result of a scan as a table, as JSON (a contract, schema 2) or as CSV."""

import io
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table
from rich.text import Text

from endpoint_sweep import reports
from endpoint_sweep.domain.documents import to_data
from endpoint_sweep.domain.model import Account, CoverageStatus, Finding, Mode, Policy, Verdict
from endpoint_sweep.domain.resource import noun_of
from endpoint_sweep.reports.money import money_view
from endpoint_sweep.reports.text import clean, plural, usd
from endpoint_sweep.resources.resource_type import ResourceTypes
from endpoint_sweep.rules.needed import known, may_be_needed, why_unknown
from endpoint_sweep.rules.planning import Coverage
from endpoint_sweep.rules.pricing import PriceBook, PriceList, total_monthly, with_cost
from endpoint_sweep.rules.waste import with_waste

SCHEMA = 2
_FIELDS = (
    "account", "region", "type", "name", "arn", "kind", "status", "verdict", "reason", "advice", "invocations",
    "last_invocation_at", "hourly_usd", "monthly_usd", "wasted_usd", "wasted_since", "wasted_at_least",
    "owner", "tags", "created_at",
)  # fmt: skip


def priced(coverage: Coverage, types: ResourceTypes, book: PriceBook, price_list: PriceList, now: datetime) -> Coverage:
    """Every finding that was described with its cost, as far as it is known."""
    findings = [finding for row in coverage.rows for finding in row.findings if finding.instances]
    book = book.completed(findings, price_list, now.date())

    def with_price(one: Finding) -> Finding:
        return with_waste(with_cost(one, types[one.type].cost(one, book)), now)

    return Coverage(tuple(replace(row, findings=tuple(map(with_price, row.findings))) for row in coverage.rows))


def write(format_: str, coverage: Coverage, accounts: Mapping[str, Account], policy: Policy, started: datetime) -> str:
    """The whole text, ending in a new line."""
    sweep_id = f"{started:%Y-%m-%dT%H-%M-%SZ}-scan"
    if format_ == "json":
        return json.dumps(document(coverage, policy, sweep_id, started), indent=2, ensure_ascii=False) + "\n"
    if format_ == "csv":
        return reports.findings_csv(reports.Report(sweep_id, Mode.REPORT, coverage, accounts))
    return _table(coverage, accounts)


def document(coverage: Coverage, policy: Policy, sweep_id: str, started: datetime) -> dict[str, Any]:
    """Schema 2. Money is text, null if not known; times are ISO 8601 in UTC."""
    return {
        "schema": SCHEMA,
        "sweep": {
            "id": sweep_id,
            "started_at": to_data(started),
            "lookback_days": policy.lookback_days,
            "min_age_days": policy.min_age_days,
        },
        "coverage": [
            {
                "account": row.account,
                "region": row.region,
                "status": row.status.value,
                "reason": row.reason,
                "resources": row.resources,
                "retries": row.retries,
                "routers": why_unknown(row) or "known",
            }
            for row in coverage.rows
        ],
        "findings": [_finding(finding) for row in coverage.rows for finding in row.findings],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    whole = to_data(finding)
    rows = {name: whole[name] for name in _FIELDS}
    rows["instances"] = [
        {"variant": one.variant, "type": one.type, "count": one.count} | ({"shadow": True} if one.shadow else {})
        for one in finding.instances
    ]
    rows["evidence"] = whole["evidence"]
    return rows


def _table(coverage: Coverage, accounts: Mapping[str, Account]) -> str:
    out = io.StringIO()
    console = Console(file=out, width=150, highlight=False)
    wrong = [row for row in coverage.rows if row.status is not CoverageStatus.SCANNED]
    done = len(coverage.rows) - len(wrong)
    console.print(f"{done} of {len(coverage.rows)} account-region pairs scanned ({coverage.percent}%)")
    if any(map(may_be_needed, coverage.rows)):
        console.print(Text(known(coverage).sentence))
    for row in wrong:
        console.print(Text(f"  {row.account} {row.region}: {row.status.value}. {clean(row.reason, 100)}"))
    findings = [finding for row in coverage.rows for finding in row.findings]
    idle = [finding for finding in findings if finding.verdict is Verdict.IDLE]
    idle.sort(key=lambda one: (-(one.monthly_usd or 0), one.id))
    table = Table(
        noun_of(one.type for one in idle).capitalize(),
        *("Account", "Region", "Kind", "Owner", "Why"),
        title="Idle",
        title_justify="left",
        box=SIMPLE,
    )
    table.add_column("Monthly cost", justify="right")
    for one in idle:
        name = clean(accounts[one.account].name, 30) if one.account in accounts else ""
        account = Text(f"{one.account} {name}".strip())
        words = (Text(clean(one.name)), account, one.region, one.kind or "", Text(clean(one.owner)))
        table.add_row(*words, Text(clean(one.reason)), usd(one.monthly_usd))
    if idle:
        console.print(table)
    others = [f"{count} {verdict.value}" for verdict in Verdict if (count := _count(findings, verdict))]
    console.print(f"{plural(len(findings), noun_of(one.type for one in findings))}: {', '.join(others) or 'none'}")
    monthly, unpriced = total_monthly(tuple(idle))
    if idle:
        console.print(f"Idle: {usd(monthly)} per month at list price, {unpriced} with no known price.")
        wasted = money_view(idle).wasted_figure
        console.print(f"Wasted so far: {wasted} at list price.")
        console.print("Your actual cost may be lower because of Savings Plans, credits and private pricing.")
    return out.getvalue()


def _count(findings: list[Finding], verdict: Verdict) -> int:
    return sum(finding.verdict is verdict for finding in findings)
