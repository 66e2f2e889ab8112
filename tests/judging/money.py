"""What a sweep should say about money, from the world and its price list alone. Shares no code with the product."""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from tests.simulation.member_aws.services.price_list import HOSTING, REGIONS
from tests.simulation.organization.endpoints import EndpointSpec
from tests.simulation.organization.specification import Organization

HOURS = 730
TOLERATED = Decimal("0.05")  # a bill's rate is rounded before it is multiplied by a month


@dataclass(frozen=True, slots=True)
class Worth:
    """A month of an endpoint: at list price, after discounts, and who is to say so: `optimizer`, `bill` or no one."""

    listed: Decimal | None
    paid: Decimal | None
    source: str


def worth(organization: Organization, spec: EndpointSpec, *, by_optimizer: bool) -> Worth:
    """`by_optimizer`: Compute Optimizer finds it idle, where its account takes part."""
    account = organization.account(spec.account)
    assert account is not None
    known = spec.region in REGIONS and all(one.instance_type in HOSTING for one in spec.variants)
    if not known:
        return Worth(None, None, "")
    factor = Decimal(str(REGIONS[spec.region][2]))
    hourly = sum((Decimal(HOSTING[one.instance_type]) * factor * one.instances for one in spec.variants), Decimal(0))
    listed = hourly * HOURS
    source = "optimizer" if account.optimizer and by_optimizer else "bill" if organization.cost_role else ""
    paid = listed * (100 - account.discount_percent) / 100 if source else None
    return Worth(_cents(listed), None if paid is None else _cents(paid), source)


def about(told: str | None, expected: Decimal | None) -> bool:
    """Whether a figure of a document is the expected one, to a few cents."""
    if told is None or expected is None:
        return told is None and expected is None
    return abs(Decimal(told) - expected) <= TOLERATED


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_EVEN)
