"""Services that moto does not have: account management's regions, the price list, Compute Optimizer.

Written on moto's own base class, which reads and writes every wire protocol by the SDK's model.
"""

from moto.core.request import Request
from moto.core.responses import BaseResponse

from tests.simulation.protocols import Reply, error_reply
from tests.simulation.services.account import AccountRegions
from tests.simulation.services.compute_optimizer import ComputeOptimizer
from tests.simulation.services.pricing import Pricing
from tests.simulation.services.refused import Refused
from tests.simulation.wire import Call

_OURS: dict[str, type[BaseResponse]] = {
    "account:ListRegions": AccountRegions,
    "pricing:GetProducts": Pricing,
    "compute-optimizer:GetIdleRecommendations": ComputeOptimizer,
}


def is_ours(call: Call) -> bool:
    return call.name in _OURS


def answer(call: Call, protocol: str, request: Request) -> Reply:
    """The reply to one call of a service of ours."""
    try:
        status, headers, text = _OURS[call.name].dispatch(request, request.url, request.headers)
    except Refused as error:
        return error_reply(protocol, error.code, error.message)
    return Reply(int(status), dict(headers), text if isinstance(text, bytes) else str(text).encode())
