"""Application Auto Scaling: tags of targets, alarms of step policies, what goes when a target does (D3.5, D4.8)."""

import json
from enum import Enum
from typing import Any

from moto.applicationautoscaling import models, responses
from moto.applicationautoscaling.models import (
    ApplicationAutoscalingBackend,
    FakeApplicationAutoscalingPolicy,
    ScalableDimensionValueSet,
    applicationautoscaling_backends,
)
from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse
from moto.cloudwatch.models import cloudwatch_backends

from tests.simulation.member_aws.corrections.correction import Correction

_register = ApplicationAutoScalingResponse.register_scalable_target
_deregister = ApplicationAutoScalingResponse.deregister_scalable_target
_policies = ApplicationAutoscalingBackend.describe_scaling_policies
_actions = ApplicationAutoScalingResponse.describe_scheduled_actions
POLICIES_A_PAGE, ACTIONS_A_PAGE = 10, 50
_TAGS = "tags_of_the_target"
_LATER = {
    "COPIES": "sagemaker:inference-component:DesiredCopyCount",
    "CONCURRENCY": "sagemaker:variant:DesiredProvisionedConcurrency",
}
DIMENSIONS = Enum("DIMENSIONS", {one.name: one.value for one in ScalableDimensionValueSet} | _LATER)  # type: ignore[misc]


def service_role(account: str) -> str:
    """The role with which Application Auto Scaling changes endpoints."""
    path = "aws-service-role/sagemaker.application-autoscaling.amazonaws.com"
    return f"arn:aws:iam::{account}:role/{path}/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint"


def deregister(account: str, region: str, prefix: str) -> None:
    """The targets whose ids start with this, together with their policies and scheduled actions (D3.6)."""
    scaling = applicationautoscaling_backends[account][region]
    for targets in scaling.targets.values():
        for resource_id in [one for one in targets if one.startswith(prefix)]:
            del targets[resource_id]
    for name, policy in list(scaling.policies.items()):
        if policy.resource_id.startswith(prefix):
            del scaling.policies[name]
    scaling.scheduled_actions = [one for one in scaling.scheduled_actions if not one.resource_id.startswith(prefix)]


def register_scalable_target(response: ApplicationAutoScalingResponse) -> str:
    """moto drops the tags, and leaves out the service's own role where no other is named."""
    answer: str = _register(response)
    scaling = response.applicationautoscaling_backend
    target = scaling.targets[response._get_param("ScalableDimension")][response._get_param("ResourceId")]
    target.role_arn = target.role_arn or service_role(response.current_account)
    if tags := response._get_param("Tags"):
        setattr(target, _TAGS, dict(tags))
    return answer


def deregister_scalable_target(response: ApplicationAutoScalingResponse) -> str:
    """moto leaves the policies and the scheduled actions behind (D3.6)."""
    answer: str = _deregister(response)
    deregister(response.current_account, response.region, response._get_param("ResourceId"))
    return answer


def list_tags_for_resource(response: ApplicationAutoScalingResponse) -> str:
    """moto has no such operation."""
    arn = response._get_param("ResourceARN")
    targets = [one for by_id in response.applicationautoscaling_backend.targets.values() for one in by_id.values()]
    return json.dumps({"Tags": next((getattr(one, _TAGS, {}) for one in targets if one.arn == arn), {})})


def alarms_of(policy: FakeApplicationAutoscalingPolicy) -> list[dict[str, Any]]:
    """Every alarm whose actions name the policy; moto knows only those that it made itself."""
    alarms = cloudwatch_backends[policy.account_id][policy.region_name].alarms.values()
    named = [one for one in alarms if policy.policy_arn in (one.alarm_actions or ())]
    return [{"AlarmARN": one.alarm_arn, "AlarmName": one.name} for one in named]


def describe_scaling_policies(
    scaling: ApplicationAutoscalingBackend, *, max_results: int | None, **asked: Any
) -> tuple[str | None, list[FakeApplicationAutoscalingPolicy]]:
    """moto returns a hundred per page."""
    size = min(max_results or POLICIES_A_PAGE, POLICIES_A_PAGE)
    found: tuple[str | None, list[FakeApplicationAutoscalingPolicy]] = _policies(scaling, max_results=size, **asked)
    return found


def describe_scheduled_actions(response: ApplicationAutoScalingResponse) -> str:
    """moto returns all of them at once."""
    rows = json.loads(_actions(response))["ScheduledActions"]
    size = min(response._get_param("MaxResults") or ACTIONS_A_PAGE, ACTIONS_A_PAGE)
    start = int(response._get_param("NextToken") or 0)
    token = {"NextToken": str(start + size)} if len(rows) > start + size else {}
    return json.dumps({"ScheduledActions": rows[start : start + size]} | token)


CORRECTIONS = (
    Correction("targets", ApplicationAutoScalingResponse, "register_scalable_target", register_scalable_target, "tags"),
    Correction(
        "no-target",
        ApplicationAutoScalingResponse,
        "deregister_scalable_target",
        deregister_scalable_target,
        "policies and actions go with it, D3.6",
    ),
    Correction("target-tags", ApplicationAutoScalingResponse, "list_tags_for_resource", list_tags_for_resource, "tags"),
    Correction("dimensions", models, "ScalableDimensionValueSet", DIMENSIONS, "copies of components scale, D4.8"),
    Correction("dimensions-asked", responses, "ScalableDimensionValueSet", DIMENSIONS, "copies of components scale"),
    Correction(
        "policy-pages",
        ApplicationAutoscalingBackend,
        "describe_scaling_policies",
        describe_scaling_policies,
        "at most ten per page",
    ),
    Correction(
        "action-pages",
        ApplicationAutoScalingResponse,
        "describe_scheduled_actions",
        describe_scheduled_actions,
        "at most fifty per page",
    ),
    Correction("policy-alarms", responses, "_build_alarms", alarms_of, "alarms that people made, D3.6"),
)
