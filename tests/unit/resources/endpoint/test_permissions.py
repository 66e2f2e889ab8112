"""What a session that acts may do: to one endpoint, in one region of one account."""

import json
from typing import Any

import pytest

from endpoint_sweep.domain.resource import ResourceId
from endpoint_sweep.resources.endpoint.permissions import act_policy
from endpoint_sweep.resources.endpoint.recheck import COMPONENTS_AT_ONCE
from endpoint_sweep.rules.protection import expiry
from tests.unit.samples import ARN, NAME, finding


def resources(policy: dict[str, Any]) -> dict[str, Any]:
    """By action; an action that stands in two statements would hide one of them."""
    assert policy["Version"] == "2012-10-17"
    rows = [
        (action, one["Resource"])
        for one in policy["Statement"]
        for action in ([one["Action"]] if isinstance(one["Action"], str) else one["Action"])
    ]
    assert len(dict(rows)) == len(rows)
    assert {one["Effect"] for one in policy["Statement"]} == {"Allow"}
    return dict(rows)


def test_an_act_session_can_delete_one_endpoint_only() -> None:
    """The policy's one deletion is an exact ARN; nothing in it creates, updates or tags."""
    allowed = resources(act_policy("aws", finding().id, [ARN]))
    assert [resource for action, resource in allowed.items() if "Delete" in action] == [[ARN], [ARN]]
    verbs = {action.partition(":")[2] for action in allowed}
    assert not [verb for verb in verbs if verb.startswith(("Create", "Update", "Add", "Put", "Invoke", "*"))]


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_an_act_session_reaches_one_region_of_one_account(partition: str) -> None:
    """Every resource of its policy, word for word; `*` only for reads that know no resource."""
    target, arns = ResourceId("222222222222", "eu-west-1", NAME), [f"arn:{partition}:b", f"arn:{partition}:a"]
    reads = {
        "cloudwatch:GetMetricData",
        "application-autoscaling:Describe*",
        "application-autoscaling:ListTagsForResource",
        "sagemaker:ListInferenceComponents",
        "sagemaker:ListInferenceRouters",
    }
    assert resources(act_policy(partition, target, arns)) == {
        "sagemaker:DeleteEndpoint": sorted(arns),
        "sagemaker:DeleteInferenceComponent": sorted(arns),
        "sagemaker:Describe*": f"arn:{partition}:sagemaker:eu-west-1:222222222222:*",
        "sagemaker:GetEndpointPolicy": f"arn:{partition}:sagemaker:eu-west-1:222222222222:*",
        "sagemaker:ListTags": f"arn:{partition}:sagemaker:eu-west-1:222222222222:*",
        "application-autoscaling:DeregisterScalableTarget": (
            f"arn:{partition}:application-autoscaling:eu-west-1:222222222222:scalable-target/*"
        ),
        **dict.fromkeys(reads, "*"),
    }
    conditions = [one["Condition"] for one in act_policy(partition, target, arns)["Statement"] if "Condition" in one]
    assert conditions == [{"StringEquals": {"application-autoscaling:service-namespace": "sagemaker"}}]


def test_the_longest_session_policy_fits() -> None:
    """D9.6: 2,048 characters, with the longest names in the longest region and partition."""
    target = ResourceId("222222222222", "us-isob-northeast-1", "e" * 63)
    arn = f"arn:aws-iso-b:sagemaker:{target.region}:{target.account}:inference-component/"
    arns = [f"{arn}{number}{'c' * 62}" for number in range(COMPONENTS_AT_ONCE)]
    lapsed = [f"2020-01-{number:02d}{' ' * 30}" for number in range(1, COMPONENTS_AT_ONCE + 1)]
    assert all(expiry(value) for value in lapsed)
    assert expiry(f"{lapsed[0]} ") is None
    assert len(json.dumps(act_policy("aws-iso-b", target, arns, lapsed), separators=(",", ":"))) <= 2048


def test_a_session_meets_no_other_date_than_those_that_are_over() -> None:
    """What the role leaves to the session, the session denies but for the values that were read."""
    [denied] = [
        one for one in act_policy("aws", finding().id, [ARN], ["b", "a", "b"])["Statement"] if one["Effect"] == "Deny"
    ]
    assert denied["Action"] == ["sagemaker:DeleteEndpoint", "sagemaker:DeleteInferenceComponent"]
    tag = "aws:ResourceTag/endpoint-sweep:keep-until"
    assert denied["Condition"] == {"StringLike": {tag: "*"}, "StringNotEquals": {tag: ["a", "b"]}}


def test_a_session_that_only_looks_can_delete_nothing() -> None:
    """What confirms a deletion has no permission to repeat it."""
    assert "sagemaker:Delete" not in json.dumps(act_policy("aws", ResourceId("2" * 12, "us-east-1", "e"), ()))
