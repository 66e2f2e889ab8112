"""The session policy for deleting one endpoint. No I/O."""

from collections.abc import Collection
from typing import Any

from endpoint_sweep.domain.resource import ResourceId


def act_policy(partition: str, target: ResourceId, deletes: Collection[str]) -> dict[str, Any]:
    """The session policy of one deletion: these ARNs and no others, even if the role allows more (S2.4).

    At most 2,048 characters as JSON (D9.6).
    """
    account = target.account
    delete = {
        "Effect": "Allow",
        "Action": ["sagemaker:DeleteEndpoint", "sagemaker:DeleteInferenceComponent"],
        "Resource": sorted(deletes),
    }
    return {
        "Version": "2012-10-17",
        "Statement": [
            *([delete] if deletes else []),
            {
                "Effect": "Allow",
                "Action": ["sagemaker:Describe*", "sagemaker:ListTags", "sagemaker:GetEndpointPolicy"],
                "Resource": f"arn:{partition}:sagemaker:{target.region}:{account}:*",
            },
            {
                "Effect": "Allow",
                "Action": [
                    "cloudwatch:GetMetricData",
                    "application-autoscaling:Describe*",
                    "application-autoscaling:ListTagsForResource",
                    "sagemaker:ListInferenceComponents",
                    "sagemaker:ListInferenceRouters",
                ],
                "Resource": "*",
            },
            {
                "Effect": "Allow",
                "Action": "application-autoscaling:DeregisterScalableTarget",
                "Resource": f"arn:{partition}:application-autoscaling:{target.region}:{account}:scalable-target/*",
                "Condition": {"StringEquals": {"application-autoscaling:service-namespace": "sagemaker"}},
            },
        ],
    }
