"""The findings as CSV for a spreadsheet."""

import csv
import io

from endpoint_sweep.domain.model import Finding
from endpoint_sweep.reports.document import disposition
from endpoint_sweep.reports.money import net_words
from endpoint_sweep.reports.text import cell, clean
from endpoint_sweep.reports.views import Report

COLUMNS = (
    "account", "account_name", "region", "type", "name", "kind", "status", "verdict", "reason", "advice",
    "disposition", "disposition_reason", "owner", "instances", "invocations", "silence", "last_invocation_at",
    "created_at", "hourly_usd", "monthly_usd", "net_monthly_usd", "net_basis", "wasted_usd", "wasted_since",
    "wasted_at_least", "deletion", "restorable", "restorable_why", "arn", "tags",
)  # fmt: skip


def findings_csv(report: Report) -> str:
    """One row per finding. Every cell is quoted, and none is a formula."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    for finding in report.findings:
        writer.writerow([cell(text) for text in _row(finding, report)])
    return out.getvalue()


def _row(finding: Finding, report: Report) -> list[str]:
    account = report.accounts.get(finding.account)
    status, why = disposition(finding, report)
    return [
        finding.account,
        clean(account.name) if account else "",
        finding.region,
        finding.type,
        clean(finding.name),
        finding.kind or "",
        clean(finding.status),
        finding.verdict.value,
        clean(finding.reason, 200),
        clean(finding.advice, 240),
        status,
        why,
        clean(finding.owner),
        "; ".join(f"{v.count} x {clean(v.type)}" for v in finding.instances),
        "" if finding.invocations is None else str(finding.invocations),
        finding.silence.value if finding.silence else "",
        finding.last_invocation_at.isoformat() if finding.last_invocation_at else "",
        finding.created_at.isoformat(),
        "" if finding.hourly_usd is None else str(finding.hourly_usd),
        "" if finding.monthly_usd is None else str(finding.monthly_usd),
        "" if finding.net_monthly_usd is None else str(finding.net_monthly_usd),
        net_words(finding),
        "" if finding.wasted_usd is None else str(finding.wasted_usd),
        finding.wasted_since.isoformat() if finding.wasted_since else "",
        "" if finding.wasted_usd is None else str(finding.wasted_at_least).lower(),
        finding.access.value if finding.access else "",
        finding.restorable.answer.value,
        clean(finding.restorable.why, 200),
        clean(finding.arn, 300),
        "; ".join(f"{clean(key, 128)}={clean(value, 256)}" for key, value in sorted(finding.tags.items())),
    ]
