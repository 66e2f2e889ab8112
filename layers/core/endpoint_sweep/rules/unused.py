"""What nothing uses but something protects, and what endpoints publish while no one calls them."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

from endpoint_sweep.domain.model import Finding, Kind, Silence, Verdict
from endpoint_sweep.rules.net_cost import likely
from endpoint_sweep.rules.pricing import HOURS_A_MONTH

_CENT = Decimal("0.01")

# Instances that serve calls: these are believed to publish zeros. Other kinds publish nothing anyway (D1.6-D1.8).
_COUNTED = (Kind.REAL_TIME, Kind.INFERENCE_COMPONENTS)


def protected_unused(findings: Iterable[Finding]) -> list[Finding]:
    """What would be idle without its protection: never offered, and often the largest sum."""
    return [one for one in findings if one.verdict is Verdict.PROTECTED and one.unprotected is Verdict.IDLE]


def cost_per_call(finding: Finding) -> Decimal | None:
    """US dollars: what the window cost, by the calls in it; after discounts where they are known."""
    monthly = likely(finding)
    if monthly is None or not finding.invocations:
        return None
    hours = Decimal(int((finding.evidence.end - finding.evidence.start).total_seconds())) / 3600
    return (monthly * hours / HOURS_A_MONTH / finding.invocations).quantize(_CENT)


def silences(findings: Iterable[Finding]) -> dict[str, int]:
    """How many silent endpoints published zeros, something, or nothing: which of AWS's statements holds (D13.2)."""
    found = Counter(one.silence for one in findings if one.silence is not None and one.kind in _COUNTED)
    return {one.value: found[one] for one in Silence}
