"""Both templates, read as data: what a deployment grants, and what linters say of it."""

import os
import subprocess
import sys
from pathlib import Path

import botocore.session
import pytest

from tests.simulation.hub import cloudformation
from tests.simulation.hub.cloudformation import HUB_TEMPLATE, MEMBER_TEMPLATE, ROOT, Statement, Template

BIN = Path(sys.executable).parent
# Actions without resource-level permissions: AWS wants "*" there.
WITHOUT_RESOURCE = {
    "account:ListRegions",  # knows accounts, and is asked about every one
    "application-autoscaling:DescribeScalableTargets",
    "application-autoscaling:DescribeScalingPolicies",
    "application-autoscaling:DescribeScheduledActions",
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


@pytest.fixture(scope="module")
def hub() -> Template:
    return cloudformation.load(HUB_TEMPLATE)


@pytest.fixture(scope="module")
def member() -> Template:
    return cloudformation.load(MEMBER_TEMPLATE)


@pytest.mark.parametrize("template", [HUB_TEMPLATE, MEMBER_TEMPLATE], ids=lambda path: path.name)
def test_cfn_lint_finds_nothing(template: Path) -> None:
    """cfn-lint has no finding, not even an informational one."""
    done = subprocess.run([BIN / "cfn-lint", template], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("template", [HUB_TEMPLATE, MEMBER_TEMPLATE], ids=lambda path: path.name)
def test_sam_validate_finds_nothing(template: Path) -> None:
    """`sam validate --lint` calls the template valid."""
    done = subprocess.run(
        [BIN / "sam", "validate", "--lint", "--template", template],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "SAM_CLI_TELEMETRY": "0"},
    )
    assert done.returncode == 0, done.stdout + done.stderr


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


@pytest.mark.parametrize("path", [HUB_TEMPLATE, MEMBER_TEMPLATE], ids=lambda path: path.name)
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


def test_actions_exist(hub: Template, member: Template) -> None:
    """Every action without a wildcard is an operation that botocore knows; a misspelt one would grant nothing."""
    unknown = [
        action
        for template in (hub, member)
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
}


def exists(action: str) -> bool:
    prefix, _, name = action.partition(":")
    service = SERVICES.get(prefix, prefix)
    session = botocore.session.get_session()
    if "*" in name or action in NO_OPERATION or prefix == "logs":
        return True
    return service in session.get_available_services() and name in session.get_service_model(service).operation_names


def test_a_misspelt_action_is_noticed() -> None:
    """`sagemaker:DelEndpoint` does not exist, `sagemaker:DeleteEndpoint` does."""
    assert exists("sagemaker:DeleteEndpoint")
    assert not exists("sagemaker:DelEndpoint")


def test_only_two_roles_reach_member_accounts(hub: Template) -> None:
    """sts:AssumeRole is the scan function's for the scan role and the act functions' for the act role."""
    grants = [
        (owner, cloudformation.text(hub, statement["Resource"]))
        for owner, statement in cloudformation.statements(hub)
        if any(action.startswith("sts:") for action in cloudformation.actions(statement))
        and statement["Effect"] == "Allow"
    ]
    assert sorted(grants) == [
        ("${AWS::StackName}-apply-decision", "arn:${AWS::Partition}:iam::*:role/endpoint-sweep-act"),
        ("${AWS::StackName}-scan-cell", "arn:${AWS::Partition}:iam::*:role/endpoint-sweep-scan"),
    ]


def member_statements(member: Template, role: str, effect: str) -> list[Statement]:
    found = [s for owner, s in cloudformation.statements(member) if owner == role and s["Effect"] == effect]
    assert found, f"{role} has no {effect} statement"
    return found


def allowed(member: Template, role: str) -> set[str]:
    return {a for statement in member_statements(member, role, "Allow") for a in cloudformation.actions(statement)}


def test_scan_role_only_reads(member: Template) -> None:
    """The scan role lists, describes and gets; what changes anything is denied by name as well."""
    verbs = {action.partition(":")[2] for action in allowed(member, "endpoint-sweep-scan")}
    assert [verb for verb in verbs if not verb.startswith(("List", "Describe", "Get"))] == []
    denied = {
        action
        for statement in member_statements(member, "endpoint-sweep-scan", "Deny")
        for action in cloudformation.actions(statement)
    }
    for verb in ("Delete", "Update", "Create", "Invoke"):
        assert any(action.startswith(f"sagemaker:{verb}") for action in denied), f"sagemaker:{verb}* is not denied"


def test_act_role_is_there_only_on_request(member: Template) -> None:
    """Without AllowDelete=true a member account has no role that could delete."""
    for logical_id, resource in member["Resources"].items():
        deletes = cloudformation.text(member, resource["Properties"]["RoleName"]) == "endpoint-sweep-act"
        assert ("Condition" in resource) == deletes, logical_id
        if deletes:
            assert "AllowDelete" in str(member["Conditions"][resource["Condition"]])
    assert member["Parameters"]["AllowDelete"]["Default"] == "false"


def test_act_role_changes_nothing_but_endpoints(member: Template) -> None:
    """Deletion of endpoints is the one change, with what AWS asks of its caller (D3.5); all else is reading."""
    changing = {
        action
        for action in allowed(member, "endpoint-sweep-act")
        if not action.partition(":")[2].startswith(("List", "Describe", "Get"))
    }
    assert changing == {
        "sagemaker:DeleteEndpoint",
        "sagemaker:DeleteInferenceComponent",
        "application-autoscaling:DeregisterScalableTarget",
    }


@pytest.mark.parametrize("tag", ["keep", "keep-until"])
def test_the_act_role_itself_refuses_what_is_protected(member: Template, tag: str) -> None:
    """An explicit Deny on our tags, for endpoints and their components, whatever else allows it."""
    denied = {
        action
        for statement in member_statements(member, "endpoint-sweep-act", "Deny")
        if statement["Condition"] == {"StringLike": {f"aws:ResourceTag/endpoint-sweep:{tag}": "*"}}
        for action in cloudformation.actions(statement)
    }
    assert denied == {"sagemaker:DeleteEndpoint", "sagemaker:DeleteInferenceComponent"}


def test_the_act_role_is_entered_in_somebodys_name_only(member: Template) -> None:
    """Without a source identity no one gets in, so CloudTrail always tells who approved."""
    roles = cloudformation.resources(member, "AWS::IAM::Role")
    [statement] = cloudformation.as_list(roles["ActRole"]["AssumeRolePolicyDocument"]["Statement"])
    assert statement["Condition"]["StringLike"] == {"sts:SourceIdentity": "?*"}


def test_act_role_leaves_the_scaling_of_other_services_alone(member: Template) -> None:
    """Scalable targets of databases and containers live in the same API: only SageMaker's may be deregistered."""
    for statement in member_statements(member, "endpoint-sweep-act", "Allow"):
        if "application-autoscaling:DeregisterScalableTarget" in cloudformation.actions(statement):
            condition = statement["Condition"]["StringEquals"]
            assert condition == {"application-autoscaling:service-namespace": "sagemaker"}


def test_member_roles_trust_one_function_role_each(member: Template) -> None:
    """The hub's account, narrowed to one function's role, the Organization and the external id."""
    trusted = {}
    for properties in cloudformation.resources(member, "AWS::IAM::Role").values():
        [statement] = cloudformation.as_list(properties["AssumeRolePolicyDocument"]["Statement"])
        acts = "act" in cloudformation.text(member, properties["RoleName"])
        named = ["sts:AssumeRole", "sts:SetSourceIdentity"] if acts else ["sts:AssumeRole"]
        assert cloudformation.as_list(statement["Action"]) == named
        assert statement["Condition"].keys() - {"StringLike"} == {"ArnEquals", "StringEquals"}
        assert statement["Condition"]["StringEquals"] == {
            "aws:PrincipalOrgID": {"Ref": "OrganizationId"},
            "sts:ExternalId": {"Ref": "ExternalId"},
        }
        hub = "arn:${AWS::Partition}:iam::${HubAccountId}:"
        assert cloudformation.text(member, statement["Principal"]["AWS"]) == f"{hub}root"
        principal = cloudformation.text(member, statement["Condition"]["ArnEquals"]["aws:PrincipalArn"])
        trusted[cloudformation.text(member, properties["RoleName"])] = principal.removeprefix(hub)
    assert trusted == {
        "endpoint-sweep-scan": "role/endpoint-sweep-scan-cell",
        "endpoint-sweep-act": "role/endpoint-sweep-apply-decision",
    }


def test_the_hub_account_may_be_a_member_as_well(hub: Template, member: Template) -> None:
    """No role of the hub stack has a name that the member roles take in the same account."""

    def names(template: Template) -> set[str]:
        roles = cloudformation.resources(template, "AWS::IAM::Role").values()
        texts = [cloudformation.text(template, role["RoleName"]) for role in roles if "RoleName" in role]
        return {text.replace("${AWS::StackName}", "endpoint-sweep") for text in texts}

    assert names(hub)
    assert names(hub).isdisjoint(names(member))
