"""Services that moto does not have: account management's regions, the price list, Compute Optimizer, Cost Explorer,
and what only the installation of the hub is judged by.

Written on moto's own base class, which reads and writes every wire protocol by the SDK's model.
"""

from moto.core.request import Request
from moto.core.responses import BaseResponse

from tests.simulation.member_aws.services.account import AccountRegions
from tests.simulation.member_aws.services.compute_optimizer import ComputeOptimizer
from tests.simulation.member_aws.services.costs import CostExplorer
from tests.simulation.member_aws.services.mail import Mail, OldMail
from tests.simulation.member_aws.services.pricing import Pricing
from tests.simulation.member_aws.services.quotas import LambdaSettings, ServiceQuotas
from tests.simulation.member_aws.services.refused import Refused
from tests.simulation.member_aws.services.stack_sets import StackSets, TrustedAccess
from tests.simulation.wire.calls import Call
from tests.simulation.wire.protocols import Reply, error_reply

_OURS: dict[str, type[BaseResponse]] = {
    "account:ListRegions": AccountRegions,
    "pricing:GetProducts": Pricing,
    "ce:GetCostAndUsage": CostExplorer,
    "compute-optimizer:GetIdleRecommendations": ComputeOptimizer,
    "sesv2:GetAccount": Mail,
    "sesv2:PutAccountSendingAttributes": Mail,
    "sesv2:GetEmailIdentity": Mail,
    "sesv2:GetConfigurationSet": Mail,
    "sesv2:PutConfigurationSetSendingOptions": Mail,
    "sesv2:GetSuppressedDestination": Mail,
    "sesv2:DeleteSuppressedDestination": Mail,
    "sesv2:VerifyEmailIdentity": OldMail,
    "lambda:GetAccountSettings": LambdaSettings,
    "service-quotas:RequestServiceQuotaIncrease": ServiceQuotas,
    "cloudformation:ActivateOrganizationsAccess": StackSets,
    "cloudformation:CreateStackSet": StackSets,
    "cloudformation:UpdateStackSet": StackSets,
    "cloudformation:DeleteStackSet": StackSets,
    "cloudformation:DescribeStackSet": StackSets,
    "cloudformation:ListStackInstances": StackSets,
    "cloudformation:CreateStackInstances": StackSets,
    "cloudformation:UpdateStackInstances": StackSets,
    "cloudformation:DeleteStackInstances": StackSets,
    "organizations:ListAWSServiceAccessForOrganization": TrustedAccess,
    "organizations:ListDelegatedAdministrators": TrustedAccess,
    "organizations:RegisterDelegatedAdministrator": TrustedAccess,
}

OF_STACK_SETS = frozenset(name.partition(":")[2] for name, service in _OURS.items() if service is StackSets)


def is_ours(call: Call) -> bool:
    return call.name in _OURS


def answer(call: Call, protocol: str, request: Request) -> Reply:
    """The reply to one call of a service of ours."""
    try:
        status, headers, text = _OURS[call.name].dispatch(request, request.url, request.headers)
    except Refused as error:
        return error_reply(protocol, error.code, error.message, error.status)
    return Reply(int(status), dict(headers), text if isinstance(text, bytes) else str(text).encode())
