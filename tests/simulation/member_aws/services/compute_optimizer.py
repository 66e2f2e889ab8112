"""Compute Optimizer's own opinion about idle endpoints (D0.4): one account per request, only where it is opted in."""

from typing import Any

from moto.core.responses import ActionResult, BaseResponse
from moto.sagemaker.models import sagemaker_backends

from tests.simulation.member_aws.services.price_list import HOSTING
from tests.simulation.member_aws.services.refused import Refused
from tests.simulation.member_aws.state import active
from tests.simulation.organization.endpoints import EndpointSpec

PAGE = 100
LOOKBACK_DAYS = 14.0


class ComputeOptimizer(BaseResponse):  # type: ignore[misc]  # moto ships no types
    use_raw_body = True

    def __init__(self) -> None:
        super().__init__(service_name="compute-optimizer")
        self.automated_parameter_parsing = True

    def get_idle_recommendations(self) -> ActionResult:
        """Those of one region. Its criteria are not published; here: no one called it for two weeks."""
        state = active()
        organization = state.organization
        asked = self._get_param("accountIds") or [self.current_account]
        if len(asked) != 1:
            text = "You can only specify one account ID per request."
            raise Refused("InvalidParameterValueException", text)
        may_see_others = (organization.management_account, organization.hub_account)
        if asked[0] != self.current_account and self.current_account not in may_see_others:
            text = "You are not authorized to perform this action."
            raise Refused("AccessDeniedException", text)
        account = state.account(asked[0])
        if account is None or not account.optimizer:
            text = "Aws account is not registered for recommendation."
            raise Refused("OptInRequiredException", text)
        rows = [
            self._row(spec)
            for spec in organization.endpoints
            if (spec.account, spec.region) == (account.id, self.region) and _is_idle(spec)
        ]
        rows = [row for row in rows if row["resourceId"] in sagemaker_backends[account.id][self.region].endpoints]
        rows = [row for row in rows if all(_fits(row, one) for one in self._get_param("filters") or [])]
        size = self._get_param("maxResults") or PAGE
        start = int(self._get_param("nextToken") or 0)
        answer: dict[str, Any] = {"idleRecommendations": rows[start : start + size], "errors": []}
        return ActionResult(answer | ({"nextToken": str(start + size)} if start + size < len(rows) else {}))

    def _row(self, spec: EndpointSpec) -> dict[str, Any]:
        hourly = sum(float(HOSTING.get(one.instance_type, 0)) * one.instances for one in spec.variants)
        return {
            "resourceArn": f"arn:aws:sagemaker:{spec.region}:{spec.account}:endpoint/{spec.name}",
            "resourceId": spec.name,
            "resourceType": "SageMakerEndpoint",
            "accountId": spec.account,
            "finding": "Idle",
            "findingDescription": "This endpoint is idle.",
            "savingsOpportunity": {
                "savingsOpportunityPercentage": 100.0,
                "estimatedMonthlySavings": {"currency": "USD", "value": round(hourly * 730, 2)},
            },
            "utilizationMetrics": [{"name": "Invocations", "statistic": "Maximum", "value": 0.0}],
            "lookBackPeriodInDays": LOOKBACK_DAYS,
            "lastRefreshTimestamp": active().now(),
            "tags": [{"key": key, "value": value} for key, value in spec.tags.items()],
        }


def _is_idle(spec: EndpointSpec) -> bool:
    if spec.optimizer is not None:
        return spec.optimizer
    billed = any(one.instances for one in spec.variants)
    called = any(spec.traffic_of(one).called_within(LOOKBACK_DAYS) for one in spec.variants)
    called = called or any(one.traffic.called_within(LOOKBACK_DAYS) for one in spec.components)
    return spec.status == "InService" and billed and not called and spec.created_days_ago >= LOOKBACK_DAYS


def _fits(row: dict[str, Any], one: dict[str, Any]) -> bool:
    field = {"Finding": "finding", "ResourceType": "resourceType"}.get(one.get("name", ""), "")
    return not field or row[field] in (one.get("values") or [])
