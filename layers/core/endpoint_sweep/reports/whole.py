"""`report.html`: a whole sweep in one file that loads nothing, with every row, to be sorted, printed and sent on."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from endpoint_sweep.domain.model import Finding, Verdict
from endpoint_sweep.reports.console import endpoint_address, stack_address
from endpoint_sweep.reports.coverage import account_name, coverage_view
from endpoint_sweep.reports.document import disposition
from endpoint_sweep.reports.headline import headline, is_partial
from endpoint_sweep.reports.money import MoneyView, money_view
from endpoint_sweep.reports.receipts import decision_views
from endpoint_sweep.reports.rendering import render, source_of
from endpoint_sweep.reports.text import clean
from endpoint_sweep.reports.views import VERDICT_WORDS, Report, RowView, row_view
from endpoint_sweep.rules.pricing import total_monthly
from endpoint_sweep.rules.unused import protected_unused


@dataclass(frozen=True, slots=True)
class Part:
    """The idle resources that share an owner, an account, …: how many, at what monthly list price in US dollars."""

    label: str
    count: int
    monthly: Decimal
    unpriced: int


@dataclass(frozen=True, slots=True)
class Breakdown:
    title: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of the table. `endpoint` and `stack` are addresses in the AWS console, `restore` a command; or empty."""

    row: RowView
    arn: str
    verdict: str
    disposition: str
    why: str
    endpoint: str
    stack: str
    restore: str


def report_page(report: Report, at: datetime) -> str:
    """The HTML. `at`: when the report is written."""
    return render(
        "report.html.j2",
        report=report,
        at=at,
        headline=headline(report),
        is_partial=is_partial(report),
        coverage=coverage_view(report.coverage, report.accounts, report.scope),
        decisions=decision_views(report.approval) if report.approval else (),
        money=_money(report),
        breakdowns=breakdowns(report),
        rows=[_line(one, report) for one in _ordered(report.findings)],
        style_source=source_of("report.css"),
        script_source=source_of("report.js"),
    )


def breakdowns(report: Report) -> tuple[Breakdown, ...]:
    """What is idle by owner, account, region and kind, the most expensive first. Each adds up to the same sum."""
    idle = [one for one in report.findings if one.verdict is Verdict.IDLE]
    keys: dict[str, Callable[[Finding], str]] = {
        "owner": lambda one: clean(one.owner) or "no owner tag",
        "account": lambda one: f"{account_name(one.account, report.accounts)} {one.account}".strip(),
        "region": lambda one: one.region,
        "type": lambda one: one.kind or one.type,
    }
    return tuple(Breakdown(title, _parts(idle, key)) for title, key in keys.items()) if idle else ()


def _parts(findings: Iterable[Finding], key: Callable[[Finding], str]) -> tuple[Part, ...]:
    groups: dict[str, list[Finding]] = {}
    for one in findings:
        groups.setdefault(key(one), []).append(one)
    parts = [Part(label, len(some), *total_monthly(tuple(some))) for label, some in groups.items()]
    return tuple(sorted(parts, key=lambda part: (-part.monthly, part.label)))


def _money(report: Report) -> list[tuple[str, MoneyView]]:
    """The sums that a team reports. None is part of another, but what was deleted was idle."""
    sums = [("Idle", report.idle_money), ("Deleted by this sweep", report.saved)]
    sums.append(("Unused, but protected", money_view(protected_unused(report.findings))))
    return [(title, money) for title, money in sums if money.count]


def _line(finding: Finding, report: Report) -> _Line:
    outcome = report.outcomes.get(finding.id)
    row = row_view(finding, report.accounts, finding.evidence.end, outcome)
    became, why = disposition(finding, report)
    return _Line(
        row=row,
        arn=clean(finding.arn, 300),
        verdict=VERDICT_WORDS[finding.verdict],
        disposition=row.outcome_words or became.capitalize(),
        why=why,
        endpoint=endpoint_address(finding),
        stack=stack_address(finding),
        restore=f"endpoint-sweep restore {report.sweep_id} {row.id}" if row.is_done else "",
    )


def _ordered(findings: Iterable[Finding]) -> list[Finding]:
    """What is idle first, the most expensive first."""
    return sorted(findings, key=lambda one: (one.verdict is not Verdict.IDLE, -(one.monthly_usd or 0), one.id))
