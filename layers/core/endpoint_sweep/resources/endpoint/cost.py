"""What an endpoint costs. No I/O."""

from decimal import Decimal

from endpoint_sweep.domain.model import Finding, Kind, Verdict
from endpoint_sweep.rules.pricing import Cost, PriceBook

_FREE = Decimal("0.00")
_SERVERLESS = {Kind.SERVERLESS, Kind.SERVERLESS_PROVISIONED}


def cost(finding: Finding, prices: PriceBook) -> Cost:
    """Instances and volumes; both amounts are None if any part is unknown.

    Shadow variants and every type in an instance pool count as instances, because they are billed (D0.7, D1.18).
    """
    is_serverless = finding.kind in _SERVERLESS
    if finding.verdict is Verdict.ZERO_COST:
        # D1.35: capacity reservations.
        why = "billed per request" if is_serverless else "its capacity is prepaid, so deleting it saves nothing"
        return Cost(_FREE, _FREE, why)
    if finding.kind is Kind.SERVERLESS_PROVISIONED and finding.instances:
        return prices.cost_of_ready(finding.region, finding.instances)
    if is_serverless:
        # Requests are billed by duration.
        return Cost(None, None, "the price of serverless capacity is not known")
    if not finding.instances:
        return Cost(None, None, "its instances are not known")
    return prices.cost_of(finding.region, finding.instances)
