"""What an idle resource has cost since it was last used."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from endpoint_sweep.domain.model import Finding, Verdict
from endpoint_sweep.domain.seen import REMEMBERED
from endpoint_sweep.rules.net_cost import likely
from endpoint_sweep.rules.pricing import HOURS_A_MONTH

_CENT = Decimal("0.01")
_MONTH = timedelta(hours=HOURS_A_MONTH)


def with_waste(finding: Finding, now: datetime) -> Finding:
    """Its monthly cost times the months since the last call; after discounts where that is known.

    Where no call was ever seen, since its creation. Where it is older than CloudWatch remembers: at least that long.
    """
    monthly = likely(finding)
    is_unused = Verdict.IDLE in (finding.verdict, finding.unprotected)
    if not is_unused or monthly is None:
        return finding
    measured = finding.evidence.end - REMEMBERED
    if finding.last_invocation_at is not None:
        since, at_least = max(finding.last_invocation_at, finding.created_at), False
    else:
        since, at_least = max(measured, finding.created_at), finding.created_at < measured
    elapsed = max(now - since, timedelta(0))
    months = Decimal(elapsed // timedelta(seconds=1)) / Decimal(_MONTH // timedelta(seconds=1))
    return replace(finding, wasted_usd=(monthly * months).quantize(_CENT), wasted_since=since, wasted_at_least=at_least)


def total_wasted(findings: tuple[Finding, ...]) -> tuple[Decimal, bool]:
    """The sum of what is known, and whether it is at least that: some may be unused for longer, or have no price."""
    known = [one.wasted_usd for one in findings if one.wasted_usd is not None]
    return sum(known, Decimal(0)), len(known) < len(findings) or any(one.wasted_at_least for one in findings)
