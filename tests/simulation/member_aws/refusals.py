"""What the world itself refuses in member accounts, in AWS's words (D6.5)."""

from tests.simulation.organization.specification import SCAN_ROLE, Organization
from tests.simulation.wire.calls import UNREACHABLE, Call, Refusal

MEMBER_SERVICES = frozenset({"sagemaker", "cloudwatch", "resourcegroupstaggingapi", "application-autoscaling", "ec2"})
READS = ("List", "Describe", "Get", "Search")
IAM_PREFIX = {"resourcegroupstaggingapi": "tag"}


def refusal(  # noqa: PLR0911 - one return per reason
    organization: Organization, call: Call, roles_are_real: bool
) -> Refusal | None:
    """None, or why not: the region is not enabled, a policy denies it, the scan role may only read.

    The last rule is left to real IAM where there is one.
    """
    account = organization.account(call.account)
    if account is None or call.service not in MEMBER_SERVICES:
        return None
    query = call.service in ("cloudwatch", "ec2")  # Their error codes are the query protocol's.
    if call.region in account.cut_regions:
        return UNREACHABLE
    off = (*account.off_regions, *account.turning_regions, *account.deaf_regions)
    if call.region not in organization.regions or call.region in off:
        code = "InvalidClientTokenId" if query else "UnrecognizedClientException"
        return Refusal(code, "The security token included in the request is invalid.", 403 if query else 400)
    denied = "AccessDenied" if query else "AccessDeniedException"
    action = f"{IAM_PREFIX.get(call.service, call.service)}:{call.operation}"
    text = f"User: {call.caller} is not authorized to perform: {action} on resource: {_resource(call)}"
    if call.region in account.denied_regions:
        policy = f"arn:aws:organizations::{organization.management_account}:policy/{organization.id}"
        return Refusal(
            denied,
            f"{text} with an explicit deny in a service control policy: {policy}/service_control_policy/p-regions01",
            403 if query else 400,
        )
    if call.name == "ec2:DescribeRegions" and not account.tells_regions:
        return Refusal("UnauthorizedOperation", "You are not authorized to perform this operation.", 403)
    by_identity = Refusal(denied, f"{text} because no identity-based policy allows the {action} action", 400)
    is_about_routers = call.operation.endswith(("InferenceRouter", "InferenceRouters"))
    if is_about_routers and call.region in organization.without_routers:
        return Refusal("UnknownOperationException", "", 404)
    reads_only = f":assumed-role/{SCAN_ROLE}/" in call.caller
    changes = reads_only and not roles_are_real and not call.operation.startswith(READS)
    is_hidden = is_about_routers and call.region in account.hidden_routers
    return by_identity if changes or is_hidden else None


def _resource(call: Call) -> str:
    if call.service != "sagemaker":
        return "*"
    return f"arn:aws:sagemaker:{call.region}:{call.account}:endpoint/{call.resource or '*'}"
