"""Which calls belong to the member accounts, what each of them acts on, and whether IAM allows it."""

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from ministack.app import _request_account_scope
from ministack.core import iam_actions, iam_evaluator, responses
from ministack.services import sts

from tests.simulation.hub_aws.refusal import Denial
from tests.simulation.hub_aws.request import Request
from tests.simulation.member_aws.services import OF_STACK_SETS
from tests.simulation.organization.specification import Organization

# SigV4 service name -> IAM prefix. MiniStack has none of the first group; of the second, the hub keeps its own.
_ONLY_IN_MEMBERS = {
    name: name for name in ("sagemaker", "organizations", "account", "pricing", "compute-optimizer", "ce")
}
_IN_BOTH = {"monitoring": "cloudwatch", "tagging": "tag"}
_IN_BOTH |= {name: name for name in ("application-autoscaling", "ec2")}
STACKS = "cloudformation"
_ACTION = re.compile(rb"(?:^|&)Action=(\w+)")
_NAMED_BY = {  # the SageMaker parameter that names the resource -> the resource type in its ARN
    "EndpointName": "endpoint",
    "EndpointConfigName": "endpoint-config",
    "ModelName": "model",
    "InferenceComponentName": "inference-component",
    "InferenceExperimentName": "inference-experiment",
    "InferenceRouterName": "inference-router",
    "NotebookInstanceName": "notebook-instance",
}
_VERBS = ("Create", "Describe", "Get", "Put", "Update", "Delete", "Start", "Stop")


@dataclass(frozen=True, slots=True)
class Caller:
    """The principal that an access key stands for. `assumed`: the session came from AssumeRole."""

    account: str
    arn: str
    assumed: bool = False


def caller_of(access_key: str) -> Caller:
    """Who signed, by the access key alone. Nothing is verified yet."""
    if not access_key:
        return Caller("", "anonymous")
    responses.set_request_account_id(_request_account_scope(access_key))
    session = sts._sessions.get(access_key) or {}
    identity = iam_evaluator.resolve_caller_identity(access_key) or {}
    return Caller(responses.get_account_id(), identity.get("userArn", "unknown"), "SourceAccessKeyId" in session)


def is_member_call(request: Request, caller: Caller, organization: Organization) -> bool:
    """Whether moto answers. The hub is a member too: a session of its scan role sees the simulated metrics."""
    if request.service == STACKS:  # MiniStack has stacks, and no StackSets.
        return bool((found := _ACTION.search(request.body)) and found[1].decode() in OF_STACK_SETS)
    if request.service in _IN_BOTH:
        return caller.account != organization.hub_account or caller.assumed
    return request.service in _ONLY_IN_MEMBERS


def world_account(request: Request, caller: Caller, organization: Organization) -> str:
    """The account whose data answers: the management account for the Organization, otherwise the caller's account."""
    return organization.management_account if request.service == "organizations" else caller.account


def resource_arn(request: Request, operation: str, account: str) -> str:
    """The ARN that IAM judges; `*` for operations without one (every List of SageMaker, every metric call)."""
    params = _json(request.body)
    if operation in ("ListTags", "ListTagsForResource", "AddTags", "DeleteTags"):
        return str(params.get("ResourceArn") or params.get("ResourceARN") or "*")
    if request.service != "sagemaker" or operation.startswith("List"):
        return "*"
    verb = next((verb for verb in _VERBS if operation.startswith(verb)), "")
    noun = operation.removeprefix(verb)
    for part in ("WeightsAndCapacities", "RuntimeConfig", "Policy"):
        noun = noun.removesuffix(part)
    kind = _NAMED_BY.get(f"{noun}Name")
    # Inference experiments alone are called by a plain name.
    name = params.get(f"{noun}Name") or (params.get("Name") if noun == "InferenceExperiment" else None)
    if not verb or kind is None or name is None:
        return "*"
    return f"arn:aws:sagemaker:{request.region}:{account}:{kind}/{name}"


def authorise(
    request: Request, caller: Caller, operation: str, resource: str, tags: dict[str, str], organization: Organization
) -> Denial | None:
    """Signature and session token first, then identity, boundary and session policies, by MiniStack's evaluator.

    `tags` are those of the resource in the member world, for `aws:ResourceTag` and `sagemaker:ResourceTag`.
    """
    responses.set_request_region(request.region)
    iam_evaluator.pin_request_origin("127.0.0.1", request.headers.get("x-forwarded-proto") == "https")
    query = parse_qs(request.query, keep_blank_values=True)
    iam_evaluator.pin_signed_request(request.method, request.raw_path, query, request.raw_headers)
    iam_evaluator.pin_signed_body(request.body)
    context = {f"{prefix}:resourcetag/{key}": value for key, value in tags.items() for prefix in ("aws", "sagemaker")}
    action = f"{(_ONLY_IN_MEMBERS | _IN_BOTH | {STACKS: STACKS})[request.service]}:{operation}"
    denied = iam_evaluator.enforce(
        request.access_key, action, request.service, request.region, resource, context | _request_tags(request)
    )
    if isinstance(denied, iam_evaluator.AuthError):
        return Denial(denied.code, denied.message)
    if denied is not None:
        explicit = denied.decision == "Deny"
        return Denial("AccessDenied", iam_actions.identity_denial_message(action, caller.arn, resource, explicit))
    may_see_organization = caller.account in (organization.hub_account, organization.management_account)
    if request.service == "organizations" and operation != "DescribeOrganization" and not may_see_organization:
        return Denial("AccessDenied", "You don't have permissions to access this resource.")
    return None


def _request_tags(request: Request) -> dict[str, Any]:
    params = _json(request.body)
    tags = {tag["Key"]: tag["Value"] for tag in params.get("Tags") or [] if isinstance(tag, dict) and "Value" in tag}
    keys = [*tags, *(params.get("TagKeys") or [])]
    context: dict[str, Any] = {f"aws:requesttag/{key}".lower(): value for key, value in tags.items()}
    return context | ({"aws:tagkeys": keys} if keys else {})


def _json(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body or b"{}")
    except ValueError:  # a CBOR or a form body
        return {}
    return parsed if isinstance(parsed, dict) else {}
