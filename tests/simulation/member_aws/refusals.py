"""What the world itself refuses in member accounts, in AWS's words (D6.5)."""

from tests.simulation.organization.specification import SCAN_ROLE, Organization
from tests.simulation.wire.calls import Call, Refusal

MEMBER_SERVICES = frozenset({"sagemaker", "cloudwatch", "resourcegroupstaggingapi", "application-autoscaling", "ec2"})
READS = ("List", "Describe", "Get", "Search")
IAM_PREFIX = {"resourcegroupstaggingapi": "tag"}


def refusal(organization: Organization, call: Call, roles_are_real: bool) -> Refusal | None:
    """None, or why the call is refused: the region is not enabled, a policy denies it, the scan role may only read.

    The last rule is left to real IAM where there is one.
    """
    account = organization.account(call.account)
    if account is None or call.service not in MEMBER_SERVICES:
        return None
    query = call.service in ("cloudwatch", "ec2")  # Their error codes are the query protocol's.
    usable = call.region in organization.regions and call.region not in (*account.off_regions, *account.turning_regions)
    if not usable:
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
    reads_only = f":assumed-role/{SCAN_ROLE}/" in call.caller
    if not roles_are_real and reads_only and not call.operation.startswith(READS):
        return Refusal(denied, f"{text} because no identity-based policy allows the {action} action", 400)
    return None


def _resource(call: Call) -> str:
    if call.service != "sagemaker":
        return "*"
    return f"arn:aws:sagemaker:{call.region}:{call.account}:endpoint/{call.resource or '*'}"
