"""Which endpoints AWS Compute Optimizer calls idle, and what it says of them (D0.4, D13.16)."""

import math
from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import jmespath
from botocore.exceptions import BotoCoreError, ClientError

from endpoint_sweep.aws.error_translation import code_of
from endpoint_sweep.domain.model import Cell
from endpoint_sweep.rules.second_opinion import Opinion

if TYPE_CHECKING:
    from mypy_boto3_compute_optimizer import ComputeOptimizerClient
    from mypy_boto3_compute_optimizer.type_defs import GetIdleRecommendationsRequestTypeDef

_ENDPOINT = "SageMakerEndpoint"
# Which of these findings an endpoint gets is not documented.
_FINDINGS = '`["Idle", "Unattached", "Unused"]`'
_OF_ENDPOINTS = f"resourceType=='{_ENDPOINT}' && contains({_FINDINGS}, finding)"
_IDLE = f"idleRecommendations[?{_OF_ENDPOINTS}]"
_SAVING = "savingsOpportunityAfterDiscounts.estimatedMonthlySavings"
_HIGHEST_SAVING = 10_000_000  # More than the largest fleet costs in a month.
_MAX_PAGES = 100
_REFUSALS = 3  # After this many in a row the caller lacks access, not a single account.
_REFUSED = {"AccessDeniedException", "AccessDenied", "MissingAuthenticationToken", "UnrecognizedClientException"}


class AwsComputeOptimizer:
    """The answers of one region: the recommendations of a region come from its own endpoint."""

    def __init__(self, client: "ComputeOptimizerClient") -> None:
        self._client = client
        self._refusals = 0

    def idle(self, account: str) -> dict[str, Opinion] | None:
        """By lower-case ARN. None where there is no whole answer: not opted in, refused, failed, a type unknown to it.

        One account a call, pages of at most 100, no paginator in botocore.
        """
        if self._refusals >= _REFUSALS:
            return None
        request: GetIdleRecommendationsRequestTypeDef = {
            "accountIds": [account],
            "filters": [{"name": "ResourceType", "values": [_ENDPOINT]}],
            "maxResults": 100,
        }
        try:
            found = self._pages(request)
        except ClientError as error:
            self._refusals += code_of(error) in _REFUSED
            return None
        except BotoCoreError:
            return None
        self._refusals = 0
        return found

    def _pages(self, request: "GetIdleRecommendationsRequestTypeDef") -> dict[str, Opinion] | None:
        named: dict[str, Opinion] = {}
        for _ in range(_MAX_PAGES):
            page = self._client.get_idle_recommendations(**request)
            if page.get("errors"):
                return None
            rows = jmespath.search(_IDLE, page) or ()
            named |= {row["resourceArn"].lower(): _opinion(row) for row in rows if row.get("resourceArn")}
            token = page.get("nextToken")
            if not token:
                return named
            if token == request.get("nextToken"):
                return None
            request["nextToken"] = token
        return None


def _opinion(row: Mapping[str, Any]) -> Opinion:
    """What is missing or of another kind stays empty; the endpoint is named all the same."""
    description, days = row.get("findingDescription"), row.get("lookBackPeriodInDays")
    return Opinion(
        description=description if isinstance(description, str) else "",
        lookback_days=round(days) if isinstance(days, int | float) and 0 < days < math.inf else None,
        net_monthly_usd=_saving(jmespath.search(_SAVING, row)),
    )


def _saving(told: Any) -> Decimal | None:
    """US dollars only. Zero means that nothing is known, not that it is free."""
    if not isinstance(told, Mapping) or told.get("currency") != "USD":
        return None
    value = told.get("value")
    if not isinstance(value, int | float) or not 0 < value <= _HIGHEST_SAVING:
        return None
    return Decimal(str(value)).quantize(Decimal("0.01"))


class AwsSecondOpinion:
    """`ports.SecondWitness`: one call per cell, and none if the account has refused before."""

    def __init__(self, client_at: Callable[[str], "ComputeOptimizerClient"]) -> None:
        self._client_at = client_at
        self._regions: dict[str, AwsComputeOptimizer] = {}

    def idle(self, cells: Collection[Cell]) -> Mapping[Cell, Mapping[str, Opinion] | None]:
        return {cell: self._at(cell.region).idle(cell.account) for cell in sorted(cells)}

    def _at(self, region: str) -> AwsComputeOptimizer:
        if region not in self._regions:
            self._regions[region] = AwsComputeOptimizer(self._client_at(region))
        return self._regions[region]
