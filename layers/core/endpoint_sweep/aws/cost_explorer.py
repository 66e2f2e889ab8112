"""What hosting cost each account, from Cost Explorer in the account that pays (D13.40). Optional."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from endpoint_sweep.aws.error_translation import code_of, message_of
from endpoint_sweep.aws.price_list import hosting_type
from endpoint_sweep.domain.errors import CellUnreachable
from endpoint_sweep.rules.net_cost import Bill, Paid, RateKey, asked_days

_NET, _AMORTIZED, _USAGE = "NetAmortizedCost", "AmortizedCost", "UsageQuantity"
# Not the fees, credits, refunds and taxes, and not the negation of what a Savings Plan covers (D13.41).
_RECORDS = ["Usage", "SavingsPlanCoveredUsage", "DiscountedUsage"]
_FILTER = {
    "And": [
        {"Dimensions": {"Key": "SERVICE", "Values": ["Amazon SageMaker"]}},
        {"Dimensions": {"Key": "RECORD_TYPE", "Values": _RECORDS}},
    ]
}
_GROUPS = [{"Type": "DIMENSION", "Key": "USAGE_TYPE"}, {"Type": "DIMENSION", "Key": "LINKED_ACCOUNT"}]
_NOT_UNDERSTOOD = "ValidationException"
_MAX_PAGES = 100
# What usage types begin with (D13.42). A prefix that is not here has no net price.
_REGIONS = {
    "": "us-east-1", "USE1": "us-east-1", "USE2": "us-east-2", "USW1": "us-west-1", "USW2": "us-west-2",
    "CAN1": "ca-central-1", "CAN2": "ca-west-1", "MXC1": "mx-central-1", "SAE1": "sa-east-1",
    "EU": "eu-west-1", "EUW1": "eu-west-1", "EUW2": "eu-west-2", "EUW3": "eu-west-3", "EUC1": "eu-central-1",
    "EUC2": "eu-central-2", "EUN1": "eu-north-1", "EUS1": "eu-south-1", "EUS2": "eu-south-2",
    "APE1": "ap-east-1", "APE2": "ap-east-2", "APN1": "ap-northeast-1", "APN2": "ap-northeast-2",
    "APN3": "ap-northeast-3", "APS1": "ap-southeast-1", "APS2": "ap-southeast-2", "APS3": "ap-south-1",
    "APS4": "ap-southeast-3", "APS5": "ap-south-2", "APS6": "ap-southeast-4", "APS7": "ap-southeast-5",
    "APS8": "ap-southeast-6", "APS9": "ap-southeast-7", "AFS1": "af-south-1", "ILC1": "il-central-1",
    "MEC1": "me-central-1", "MES1": "me-south-1",
}  # fmt: skip


class _Strange(Exception):
    """An answer that does not end, or not of the documented shape."""


class AwsCostExplorer:
    """`ports.Bills`: one paged question for all accounts and regions, of net and plain cost at once."""

    def __init__(self, client: Callable[[], Any]) -> None:
        """`client`: in a session of the role that may ask. Raises RoleDenied or RoleFailed."""
        self._client = client

    def paid(self, today: date) -> Paid:
        start, end = asked_days(today)
        period = {"Start": start.isoformat(), "End": end.isoformat()}
        try:
            rates, is_net = self._asked(period)
        except ClientError as error:
            return Paid(why_not=f"Cost Explorer was not read: {code_of(error)}: {message_of(error)}")
        except BotoCoreError as error:
            return Paid(why_not=f"Cost Explorer was not read: {type(error).__name__}")
        except CellUnreachable as error:
            return Paid(why_not=f"Cost Explorer was not read: {error}")
        except _Strange:
            return Paid(why_not="Cost Explorer was not read: its answer has a shape that is not known")
        return Paid(rates, start, end - timedelta(days=1), is_net)

    def _asked(self, period: dict[str, str]) -> tuple[dict[RateKey, Decimal], bool]:
        client = self._client()
        try:
            return self._rates(client, period, [_NET, _AMORTIZED, _USAGE])
        except ClientError as error:
            if code_of(error) != _NOT_UNDERSTOOD:
                raise
            return self._rates(client, period, [_AMORTIZED, _USAGE])

    def _rates(self, client: Any, period: dict[str, str], metrics: list[str]) -> tuple[dict[RateKey, Decimal], bool]:
        """All pages or none. Net cost only where every row has it, so that one word fits all figures."""
        net: dict[RateKey, Bill] = {}
        plain: dict[RateKey, Bill] = {}
        is_net, unreadable = True, set[RateKey]()
        for usage_type, account, told in _groups(client, period, metrics):
            if (key := _key(usage_type, account)) is None:
                continue
            hours, amortized, after = (
                _amount(told, _USAGE), _amount(told, _AMORTIZED, "USD"), _amount(told, _NET, "USD")
            )  # fmt: skip
            if hours is None or amortized is None:
                unreadable.add(key)
                continue
            is_net = is_net and after is not None
            net[key] = net.get(key, Bill()).plus(after or Decimal(0), hours)
            plain[key] = plain.get(key, Bill()).plus(amortized, hours)
        bills = net if is_net else plain
        rates = {key: rate for key, one in bills.items() if (rate := one.rate) is not None and key not in unreadable}
        return rates, is_net


def _groups(client: Any, period: dict[str, str], metrics: list[str]) -> Iterator[tuple[str, str, Any]]:
    """Usage type, account and metrics of every row of every page."""
    request = {
        "TimePeriod": period,
        "Granularity": "MONTHLY",
        "Filter": _FILTER,
        "Metrics": metrics,
        "GroupBy": _GROUPS,
    }
    for _ in range(_MAX_PAGES):
        page = client.get_cost_and_usage(**request)
        try:
            rows = [(*one["Keys"], one["Metrics"]) for time in page["ResultsByTime"] for one in time["Groups"]]
            yield from ((str(usage_type), str(account), told) for usage_type, account, told in rows)
        except (KeyError, TypeError, ValueError) as error:
            raise _Strange from error
        token = page.get("NextPageToken")
        if not token:
            return
        if token == request.get("NextPageToken"):
            raise _Strange
        request["NextPageToken"] = token
    raise _Strange


def _key(usage_type: str, account: str) -> RateKey | None:
    """`EUC1-Host:ml.m5.large` is hosting in Frankfurt; asynchronous hosting costs the same (D8.3)."""
    found = hosting_type(usage_type)
    region = _REGIONS.get(found[0]) if found else None
    return (account, region, found[1]) if found and region else None


def _amount(metrics: Any, name: str, unit: str = "") -> Decimal | None:
    """The amount of a metric. `unit`: the only one that counts; hours come with theirs, or with `N/A`."""
    told = metrics.get(name) if isinstance(metrics, dict) else None
    if not isinstance(told, dict) or (unit and told.get("Unit") != unit):
        return None
    try:
        amount = Decimal(told["Amount"])
    except (KeyError, TypeError, ValueError, InvalidOperation):
        return None
    return amount if amount.is_finite() else None
