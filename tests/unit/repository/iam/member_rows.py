"""What the roles of member accounts and of the account that pays may do."""

from endpoint_sweep.aws.members import _NOTHING
from endpoint_sweep.domain.resource import ResourceId
from endpoint_sweep.resources.endpoint.permissions import act_policy
from tests.unit.repository.iam.rows import (
    ACT_ROLE,
    COMPONENT,
    ENDPOINT,
    EVERYTHING,
    KEEP,
    KEEP_UNTIL,
    LAPSED,
    OTHER_ENDPOINT,
    allowed,
    denied,
    forbidden,
)
from tests.unit.repository.iam.stacks import MEMBER

SCANS, ACTS, COSTS = "ScanRole", "ActRole", "CostRole"
DELETE, DELETE_PART = "sagemaker:DeleteEndpoint", "sagemaker:DeleteInferenceComponent"
ELSEWHERE = ENDPOINT.replace(MEMBER, "333333333333")
ANOTHER_REGION = ENDPOINT.replace("us-east-1", "ap-southeast-2")
TARGET = f"arn:aws:application-autoscaling:us-east-1:{MEMBER}:scalable-target/0123456789abcdef"
NAMESPACE = "application-autoscaling:service-namespace"
DATE, LATER = "2026-01-31", "2027-01-31"
SAYS_SO = {LAPSED: "true"}

SCAN = [
    allowed(SCANS, "sagemaker:DescribeEndpoint", ENDPOINT, "its kind and its instances"),
    allowed(SCANS, "sagemaker:DescribeEndpoint", ANOTHER_REGION, "in any region"),
    allowed(SCANS, "sagemaker:ListEndpoints", EVERYTHING, "what there is to judge"),
    allowed(SCANS, "cloudwatch:GetMetricData", EVERYTHING, "its traffic"),
    allowed(SCANS, "tag:GetResources", EVERYTHING, "the tags that protect it"),
    denied(SCANS, "sagemaker:DescribeEndpoint", ELSEWHERE, "each account has a scan role of its own"),
    forbidden(SCANS, DELETE, ENDPOINT, "a scan deletes nothing"),
    forbidden(SCANS, DELETE_PART, COMPONENT, "nor a part of it"),
    forbidden(SCANS, "sagemaker:DeleteModel", ENDPOINT.replace("endpoint/", "model/"), "nor what it is restored from"),
    forbidden(SCANS, "sagemaker:UpdateEndpoint", ENDPOINT, "nor changes what it finds"),
    forbidden(SCANS, "sagemaker:CreateEndpoint", ENDPOINT, "nor starts what costs"),
    forbidden(SCANS, "sagemaker:InvokeEndpoint", ENDPOINT, "nor makes traffic that it would then measure"),
    forbidden(SCANS, "sagemaker:AddTags", ENDPOINT, "nor protects anything"),
    forbidden(SCANS, "sagemaker:DeleteTags", ENDPOINT, "nor takes a protection away"),
    denied(SCANS, "tag:UntagResources", EVERYTHING, "nor by way of the tagging service"),
    denied(SCANS, "application-autoscaling:DeregisterScalableTarget", TARGET, "nor touches what scales it"),
    denied(SCANS, "cloudwatch:PutMetricData", EVERYTHING, "nor forges traffic"),
    denied(SCANS, "s3:GetObject", "arn:aws:s3:::models/demo.tar.gz", "nor reads models"),
    denied(SCANS, "sts:AssumeRole", ACT_ROLE, "nor becomes the role that deletes"),
    forbidden(SCANS, DELETE, ENDPOINT, "nor where nothing else is installed", stack="no deletion"),
]

ACT = [
    allowed(ACTS, DELETE, ENDPOINT, "what it is for"),
    allowed(ACTS, DELETE, ENDPOINT, "other tags protect nothing by themselves", {"aws:ResourceTag/team": "search"}),
    allowed(ACTS, DELETE_PART, COMPONENT, "an endpoint with components goes after them"),
    forbidden(ACTS, DELETE, ENDPOINT, "tagged to be kept", {KEEP: "true"}),
    forbidden(ACTS, DELETE, ENDPOINT, "whatever the tag's value says", {KEEP: "false"}),
    forbidden(ACTS, DELETE, ENDPOINT, "also if it has none", {KEEP: ""}),
    forbidden(ACTS, DELETE, ENDPOINT, "whatever the case of the key", {KEEP.replace("keep", "KEEP"): "true"}),
    forbidden(ACTS, DELETE, ENDPOINT, "whatever the session says", {KEEP: "true", **SAYS_SO}),
    forbidden(ACTS, DELETE_PART, COMPONENT, "a component can be kept as well", {KEEP: "true"}),
    forbidden(ACTS, DELETE, ENDPOINT, "kept until a day", {KEEP_UNTIL: LATER}),
    forbidden(ACTS, DELETE, ENDPOINT, "IAM cannot tell that it is over", {KEEP_UNTIL: DATE}),
    forbidden(ACTS, DELETE, ENDPOINT, "only one word says so", {KEEP_UNTIL: DATE, LAPSED: "True"}),
    forbidden(ACTS, DELETE, ENDPOINT, "what is no date protects forever", {KEEP_UNTIL: "further notice", **SAYS_SO}),
    forbidden(ACTS, DELETE, ENDPOINT, "nothing is no date", {KEEP_UNTIL: "", **SAYS_SO}),
    forbidden(ACTS, DELETE_PART, COMPONENT, "a component until a day", {KEEP_UNTIL: DATE}),
    allowed(ACTS, DELETE, ENDPOINT, "the session says that it is over", {KEEP_UNTIL: DATE, **SAYS_SO}),
    forbidden(ACTS, DELETE, ENDPOINT, "both tags", {KEEP: "", KEEP_UNTIL: DATE, **SAYS_SO}),
    denied(ACTS, DELETE, ELSEWHERE, "each account allows deletion for itself"),
    denied(ACTS, "sagemaker:DeleteModel", ENDPOINT.replace("endpoint/", "model/"), "it is restored from the model"),
    denied(
        ACTS,
        "sagemaker:DeleteEndpointConfig",
        ENDPOINT.replace("endpoint/", "endpoint-config/"),
        "and from the configuration",
    ),
    denied(ACTS, "sagemaker:UpdateEndpoint", ENDPOINT, "deletion is the one change"),
    denied(ACTS, "sagemaker:CreateEndpoint", ENDPOINT, "people restore, with their own permissions"),
    denied(ACTS, "sagemaker:DeleteTags", ENDPOINT, "it cannot take a protection away first"),
    denied(ACTS, "sagemaker:AddTags", ENDPOINT, "nor write over it"),
    denied(ACTS, "sagemaker:InvokeEndpoint", ENDPOINT, "nor make traffic"),
    allowed(
        ACTS,
        "application-autoscaling:DeregisterScalableTarget",
        TARGET,
        "DeleteEndpoint does it with the caller's permissions",
        {NAMESPACE: "sagemaker"},
    ),
    denied(
        ACTS,
        "application-autoscaling:DeregisterScalableTarget",
        TARGET,
        "not what scales a database",
        {NAMESPACE: "dynamodb"},
    ),
    allowed(ACTS, "sagemaker:ListTags", ENDPOINT, "is it protected by now"),
    denied(ACTS, "iam:DeleteRole", ACT_ROLE, "nor anything of IAM"),
]

_DEMO = ResourceId(MEMBER, "us-east-1", "demo")
_ONE = act_policy("aws", _DEMO, [ENDPOINT])
_OVER = act_policy("aws", _DEMO, [ENDPOINT], [DATE])
_PART = act_policy("aws", _DEMO, [COMPONENT])
_CHECKING = _NOTHING

SESSIONS = [
    allowed(ACTS, DELETE, ENDPOINT, "the session of this endpoint", session=_ONE),
    denied(ACTS, DELETE, OTHER_ENDPOINT, "and of no other", session=_ONE),
    denied(ACTS, DELETE, ANOTHER_REGION, "nor of its namesake in another region", session=_ONE),
    denied(ACTS, DELETE_PART, COMPONENT, "nor of a component that was not approved", session=_ONE),
    allowed(ACTS, DELETE_PART, COMPONENT, "the session of this component", session=_PART),
    denied(ACTS, DELETE, ENDPOINT, "and not yet of its endpoint", session=_PART),
    forbidden(ACTS, DELETE, ENDPOINT, "the tag came after the session", {KEEP: "true"}, session=_ONE),
    allowed(ACTS, DELETE, ENDPOINT, "the day that was read is over", {KEEP_UNTIL: DATE, **SAYS_SO}, session=_OVER),
    forbidden(ACTS, DELETE, ENDPOINT, "another day was set since", {KEEP_UNTIL: LATER, **SAYS_SO}, session=_OVER),
    forbidden(ACTS, DELETE, ENDPOINT, "a session that says nothing", {KEEP_UNTIL: DATE}, session=_ONE),
    allowed(ACTS, "sagemaker:DescribeEndpoint", OTHER_ENDPOINT, "others are read, for the routers", session=_ONE),
    denied(ACTS, "sagemaker:DescribeEndpoint", ANOTHER_REGION, "but in this region only", session=_ONE),
    forbidden(ACTS, DELETE, ENDPOINT, "the session that only asks whether there is a role", session=_CHECKING),
    forbidden(ACTS, "sagemaker:DescribeEndpoint", ENDPOINT, "sees nothing either", session=_CHECKING),
]

COST = [
    allowed(COSTS, "ce:GetCostAndUsage", EVERYTHING, "what was paid"),
    denied(COSTS, "ce:GetReservationUtilization", EVERYTHING, "and nothing else of the bill"),
    denied(COSTS, "organizations:ListAccounts", EVERYTHING, "nor of the Organization"),
    denied(COSTS, DELETE, ENDPOINT.replace(MEMBER, "999999999999"), "it changes nothing"),
]

ROWS = SCAN + ACT + SESSIONS + COST
