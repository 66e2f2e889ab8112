"""The templates, read as data: what a deployment grants. What linters say of them is part of `make lint`."""

import re
from functools import cache
from pathlib import Path

import botocore.session
import pytest

from tests.simulation.hub import cloudformation
from tests.simulation.hub.cloudformation import (
    TEMPLATES,
    Statement,
    Template,
)

# Actions without resource-level permissions: AWS wants "*" there.
WITHOUT_RESOURCE = {
    "account:ListRegions",  # knows accounts, and is asked about every one
    "application-autoscaling:DescribeScalableTargets",
    "application-autoscaling:DescribeScalingPolicies",
    "application-autoscaling:DescribeScheduledActions",
    "ce:GetCostAndUsage",
    "cloudwatch:GetMetricData",
    "cloudwatch:ListMetrics",
    "cloudwatch:PutMetricData",
    "compute-optimizer:GetIdleRecommendations",
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
    "organizations:DescribeOrganization",
    "organizations:ListAccounts",
    "organizations:ListAccountsForParent",
    "organizations:ListOrganizationalUnitsForParent",
    "organizations:ListParents",
    "organizations:ListRoots",
    "pricing:GetProducts",
    "sagemaker:ListEndpoints",
    "ec2:DescribeRegions",  # of the account itself
    "sagemaker:ListInferenceComponents",
    "sagemaker:ListModels",
    "sagemaker:ListInferenceExperiments",
    "sagemaker:ListInferenceRouters",
    "sagemaker:ListMonitoringSchedules",
    "states:SendTaskFailure",
    "states:SendTaskHeartbeat",
    "states:SendTaskSuccess",
    "tag:GetResources",
    "xray:GetSamplingRules",
    "xray:GetSamplingStatisticSummaries",
    "xray:GetSamplingTargets",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}


def test_member_template_is_fit_for_a_stack_set(member: Template) -> None:
    """StackSets with service-managed permissions take no transforms (macros)."""
    assert "Transform" not in member
    assert {resource["Type"] for resource in member["Resources"].values()} == {"AWS::IAM::Role"}


def overly_broad(statement: Statement) -> list[str]:
    """Wildcards in what is allowed: any service-wide action, and `*` as resource where AWS can name one."""
    if statement["Effect"] != "Allow":
        return []
    found = [action for action in cloudformation.actions(statement) if action == "*" or action.endswith(":*")]
    if "NotAction" in statement or "NotResource" in statement:
        found.append("NotAction or NotResource")
    if "*" in cloudformation.as_list(statement.get("Resource", [])):
        found += [action for action in cloudformation.actions(statement) if action not in WITHOUT_RESOURCE]
    return found


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_statement_allows_more_than_it_names(path: Path) -> None:
    """No `*` action, no service-wide action, no `*` resource where the action knows resources."""
    template = cloudformation.load(path)
    found = [(owner, overly_broad(statement)) for owner, statement in cloudformation.statements(template)]
    assert [(owner, broad) for owner, broad in found if broad] == []


@pytest.mark.parametrize(
    "statement",
    [
        {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::b"},
        {"Effect": "Allow", "Action": ["s3:GetObject", "s3:*"], "Resource": "arn:aws:s3:::b"},
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
        {"Effect": "Allow", "NotAction": "iam:*", "Resource": "arn:aws:s3:::b"},
    ],
)
def test_a_broad_statement_is_noticed(statement: Statement) -> None:
    """Each kind of wildcard is one that the rule sees."""
    assert overly_broad(statement) != []


def test_actions_exist() -> None:
    """Every action without a wildcard is an operation that botocore knows; a misspelt one would grant nothing."""
    unknown = [
        action
        for template in map(cloudformation.load, TEMPLATES)
        for _, statement in cloudformation.statements(template)
        for action in cloudformation.actions(statement)
        if not exists(action)
    ]
    assert unknown == []


# IAM's prefix -> botocore's service, where they differ; and actions that are no API operation.
SERVICES = {"states": "stepfunctions", "tag": "resourcegroupstaggingapi", "ses": "sesv2"}
NO_OPERATION = {
    "execute-api:Invoke",
    "lambda:InvokeFunction",
    "s3:ListBucket",
    "s3:ListBucketVersions",
    "s3:GetObjectVersion",
    "sts:SetSourceIdentity",
    "sts:TagSession",
}


def exists(action: str) -> bool:
    prefix, _, name = action.partition(":")
    if "*" in name or action in NO_OPERATION or prefix == "logs":
        return True
    return name in operations(SERVICES.get(prefix, prefix))


@cache
def operations(service: str) -> list[str]:
    """Empty where botocore knows no such service."""
    session = botocore.session.get_session()
    known = service in session.get_available_services()
    return list(session.get_service_model(service).operation_names) if known else []


def test_a_misspelt_action_is_noticed() -> None:
    """`sagemaker:DelEndpoint` does not exist, `sagemaker:DeleteEndpoint` does."""
    assert exists("sagemaker:DeleteEndpoint")
    assert not exists("sagemaker:DelEndpoint")


def test_only_two_roles_reach_member_accounts(hub: Template) -> None:
    """sts:AssumeRole is the scan function's for the scan role and the act functions' for the act role. A third one is
    that of the cost role alone, and only where someone named one.
    """
    grants = [
        (owner, cloudformation.text(hub, statement["Resource"]))
        for owner, statement in cloudformation.statements(hub)
        if any(action.startswith("sts:") for action in cloudformation.actions(statement))
        and statement["Effect"] == "Allow"
    ]
    assert sorted(grants) == [
        ("${AWS::StackName}-aggregate-findings", ""),
        ("${AWS::StackName}-apply-decision", "arn:${AWS::Partition}:iam::*:role/endpoint-sweep-act"),
        ("${AWS::StackName}-scan-cell", "arn:${AWS::Partition}:iam::*:role/endpoint-sweep-scan"),
    ]


def test_the_application_repository_takes_the_author(hub: Template) -> None:
    """Lower-case letters, digits and single dashes, as CreateApplication demands."""
    about = hub["Metadata"]["AWS::ServerlessRepo::Application"]
    assert re.fullmatch(r"[a-z0-9](?:[a-z0-9]|-(?!-))*[a-z0-9]", about["Author"])
    assert about["Author"] != about["Name"], "a name says nothing of who wrote it"
