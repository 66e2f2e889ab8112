"""Cost Explorer: what SageMaker cost, by usage type and account, for the account that pays (D13.40, D13.41)."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from moto.core.responses import ActionResult, BaseResponse

from tests.simulation.member_aws.services.price_list import HOSTING, REGIONS
from tests.simulation.member_aws.services.refused import Refused
from tests.simulation.member_aws.state import active

PAGE = 20
METRICS = {"AmortizedCost", "NetAmortizedCost", "UnblendedCost", "UsageQuantity"}
DIMENSIONS = {"USAGE_TYPE": 0, "LINKED_ACCOUNT": 1}
SAVED_SHARE = 0.4  # of the hours: a Savings Plan covers them, the rest is on demand


class CostExplorer(BaseResponse):  # type: ignore[misc]  # moto ships no types
    def __init__(self) -> None:
        super().__init__(service_name="ce")
        self.automated_parameter_parsing = True

    def get_cost_and_usage(self) -> ActionResult:
        """Months of the time asked for, groups of one month to a page after the other."""
        state = active()
        if "costs" in state.off:
            raise Refused("DataUnavailableException", "Data is not available. Please enable Cost Explorer.")
        if self.current_account != state.organization.management_account:
            raise Refused("AccessDeniedException", "Linked account doesn't have access to cost data.")
        wanted, grouped = self._get_param("Metrics"), [one["Key"] for one in self._get_param("GroupBy") or []]
        if len(grouped) > 2 or not set(grouped) <= DIMENSIONS.keys() or not set(wanted) <= METRICS:
            raise Refused("ValidationException", "The simulated Cost Explorer does not know this question.")
        kinds = _only(self._get_param("Filter"), "RECORD_TYPE")
        if _only(self._get_param("Filter"), "SERVICE") not in (None, {"Amazon SageMaker"}):
            return ActionResult({"ResultsByTime": []})
        period = self._get_param("TimePeriod")
        rows = [
            (month, _group(row, grouped, wanted))
            for month in _months(date.fromisoformat(period["Start"]), date.fromisoformat(period["End"]))
            for row in _rows((month[1] - month[0]).days)
            if kinds is None or row[2] in kinds
        ]
        start = int(self._get_param("NextPageToken") or 0)
        shown = rows[start : start + PAGE]
        results = [
            {
                "TimePeriod": {"Start": month[0].isoformat(), "End": month[1].isoformat()},
                "Groups": [group for its, group in shown if its == month],
                "Estimated": True,
            }
            for month in dict.fromkeys(month for month, _ in shown)
        ]
        more = {"NextPageToken": str(start + PAGE)} if start + PAGE < len(rows) else {}
        return ActionResult({"ResultsByTime": results, **more})


def _rows(days: int) -> Iterator[tuple[str, str, str, float, float, float]]:
    """Usage type, account, charge type, hours, list cost, net cost: everything ran for all of these days."""
    organization = active().organization
    for spec in organization.endpoints:
        account = organization.account(spec.account)
        if account is None or spec.region not in REGIONS:
            continue
        prefix, _, factor = REGIONS[spec.region]
        for one in spec.variants:
            if one.instance_type not in HOSTING or not one.instances:
                continue
            hours = 24.0 * days * one.instances
            usd = hours * float(HOSTING[one.instance_type]) * factor
            net = usd * (1 - account.discount_percent / 100)
            usage = f"{prefix}-Host:{one.instance_type}"
            yield (
                usage,
                account.id,
                "Usage",
                hours * (1 - SAVED_SHARE),
                usd * (1 - SAVED_SHARE),
                net * (1 - SAVED_SHARE),
            )
            yield (
                usage,
                account.id,
                "SavingsPlanCoveredUsage",
                hours * SAVED_SHARE,
                usd * SAVED_SHARE,
                net * SAVED_SHARE,
            )
            # Whoever adds these counts hours twice, and money that no one saves by deleting.
            yield usage, account.id, "SavingsPlanNegation", hours * SAVED_SHARE, -usd * SAVED_SHARE, 0.0
            yield usage, account.id, "Credit", 0.0, -usd / 4, -usd / 4


def _group(row: tuple[str, str, str, float, float, float], grouped: list[str], wanted: list[str]) -> dict[str, Any]:
    _, _, _, hours, usd, net = row
    amounts = {"UsageQuantity": (hours, "Hrs"), "AmortizedCost": (usd, "USD"), "NetAmortizedCost": (net, "USD")}
    told = {
        name: {"Amount": f"{amounts[name][0]:.10f}", "Unit": amounts[name][1]} for name in wanted if name in amounts
    }
    return {"Keys": [str(row[DIMENSIONS[key]]) for key in grouped], "Metrics": told}


def _months(start: date, end: date) -> Iterator[tuple[date, date]]:
    """The parts of a time by calendar month."""
    while start < end:
        first = (start.replace(day=1) + timedelta(days=32)).replace(day=1)
        yield start, min(first, end)
        start = first


def _only(expression: Any, key: str) -> set[str] | None:
    """The values that a filter leaves of a dimension; None: all."""
    for one in (expression or {}).get("And", [expression or {}]):
        if one.get("Dimensions", {}).get("Key") == key:
            return set(one["Dimensions"]["Values"])
    return None
