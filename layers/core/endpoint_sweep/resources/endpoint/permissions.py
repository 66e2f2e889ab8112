"""The session policy for deleting one endpoint. No I/O."""

from collections.abc import Collection
from typing import Any

from endpoint_sweep.domain.resource import ResourceId
from endpoint_sweep.rules.protection import KEEP_UNTIL_TAG

_UNTIL = f"aws:ResourceTag/{KEEP_UNTIL_TAG}"


def act_policy(
    partition: str, target: ResourceId, deletes: Collection[str], lapsed: Collection[str] = ()
) -> dict[str, Any]:
    """The session policy of one deletion: these ARNs and no others, even if the role allows more (S2.4).

    IAM cannot compare dates (D9.10), so the role denies what has a `keep-until` tag to every session that does not say
    otherwise. A session that does may meet exactly the values that were read and are over. At most 2,048 characters as
    JSON (D9.6).
    """
    account = target.account
    delete: dict[str, Any] = {
        "Effect": "Allow",
        "Action": ["sagemaker:DeleteEndpoint", "sagemaker:DeleteInferenceComponent"],
        "Resource": sorted(deletes),
    }
    until = {
        "Effect": "Deny",
        "Action": delete["Action"],
        "Resource": "*",
        "Condition": {"StringLike": {_UNTIL: "*"}, "StringNotEquals": {_UNTIL: sorted(set(lapsed))}},
    }
    return {
        "Version": "2012-10-17",
        "Statement": [
            *([delete] if deletes else []),
            *([until] if lapsed else []),
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
