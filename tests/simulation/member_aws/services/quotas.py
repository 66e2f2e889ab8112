"""How many executions Lambda runs at a time, and the request for more."""

from moto.core.responses import ActionResult, BaseResponse

from tests.simulation.member_aws.services.refused import Refused
from tests.simulation.member_aws.state import active

CONCURRENT_EXECUTIONS = "L-B99A9384"


class LambdaSettings(BaseResponse):  # type: ignore[misc]  # moto ships no types
    def __init__(self) -> None:
        super().__init__(service_name="lambda")
        self.automated_parameter_parsing = True

    def get_account_settings(self) -> ActionResult:
        hub = active().hub
        limits = {
            "ConcurrentExecutions": hub.concurrency,
            "UnreservedConcurrentExecutions": hub.concurrency - hub.reserved,
        }
        return ActionResult({"AccountLimit": limits, "AccountUsage": {"FunctionCount": 1}})


class ServiceQuotas(BaseResponse):  # type: ignore[misc]  # moto ships no types
    def __init__(self) -> None:
        super().__init__(service_name="service-quotas")
        self.automated_parameter_parsing = True

    def request_service_quota_increase(self) -> ActionResult:
        """Granted at once."""
        service, code = self._get_param("ServiceCode"), self._get_param("QuotaCode")
        if (service, code) != ("lambda", CONCURRENT_EXECUTIONS):
            raise Refused("NoSuchResourceException", "The specified resource does not exist.")
        wanted = float(self._get_param("DesiredValue"))
        hub = active().hub
        if wanted <= hub.concurrency:
            raise Refused("IllegalArgumentException", "You must provide a quota value greater than the current one.")
        hub.concurrency = int(wanted)
        asked = {"Id": "request-1", "ServiceCode": service, "QuotaCode": code, "DesiredValue": wanted}
        return ActionResult({"RequestedQuota": asked | {"Status": "PENDING"}})
