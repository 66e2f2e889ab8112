"""What organizations with rules of their own ask of the stacks: off by default, everywhere when it is on."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.simulation.hub import cloudformation
from tests.simulation.hub.cloudformation import COST_TEMPLATE, HUB_TEMPLATE, MEMBER_TEMPLATE, TEMPLATES, Template
from tests.unit.repository.transformed import created, resolved, transformed

MEMBER = {"HubAccountId": "111111111111", "AllowDelete": "true"}
SIGNING = "arn:aws:lambda:eu-west-1:111111111111:code-signing-config:csc-0123456789abcdefa"
KEY = "arn:aws:kms:eu-west-1:111111111111:key/01234567-89ab-cdef-0123-456789abcdef"
BOUNDARY = "arn:aws:iam::111111111111:policy/team/boundary"


def stack(path: Path, **parameters: str) -> dict[str, dict[str, Any]]:
    """The resources of the stack, as CloudFormation makes them."""
    if path == HUB_TEMPLATE:
        return created(transformed(**parameters), **parameters)
    return created(cloudformation.load(path), **(MEMBER | parameters))


def of_type(resources: Template, kind: str) -> dict[str, dict[str, Any]]:
    """Logical id -> properties."""
    return {name: one["Properties"] for name, one in resources.items() if one["Type"] == kind}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_role_has_a_boundary_by_default(path: Path) -> None:
    roles = of_type(stack(path), "AWS::IAM::Role")
    assert roles
    assert [name for name, one in roles.items() if "PermissionsBoundary" in one] == []


@pytest.mark.parametrize(
    ("path", "given", "expected"),
    [
        (HUB_TEMPLATE, {"PermissionsBoundary": BOUNDARY}, {"Ref": "PermissionsBoundary"}),
        (COST_TEMPLATE, {"PermissionsBoundary": BOUNDARY}, {"Ref": "PermissionsBoundary"}),
        (
            MEMBER_TEMPLATE,
            {"PermissionsBoundaryName": "team/boundary"},
            {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/${PermissionsBoundaryName}"},
        ),
    ],
    ids=["hub", "cost", "member"],
)
def test_every_role_gets_the_boundary(path: Path, given: dict[str, str], expected: object) -> None:
    """Those that SAM makes for functions, the state machine and the schedules, too."""
    roles = of_type(stack(path, **given), "AWS::IAM::Role")
    # SAM puts the value of a parameter in place of a reference.
    told = (expected, BOUNDARY)
    assert [name for name, one in roles.items() if one.get("PermissionsBoundary") not in told] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_role_has_the_path(path: Path) -> None:
    """Those of functions, the state machine and the schedules, too."""
    roles = of_type(stack(path, RolePath="/finops/"), "AWS::IAM::Role")
    told = ({"Ref": "RolePath"}, "/finops/")
    assert [name for name, one in roles.items() if one.get("Path") not in told] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_role_names_the_default_path(path: Path) -> None:
    """A role that an older version made without one would be replaced, which its fixed name forbids (D18.3)."""
    assert [name for name, one in of_type(stack(path), "AWS::IAM::Role").items() if "Path" in one] == []


@pytest.mark.parametrize("given", [{}, {"RolePath": "/finops/a/"}], ids=["default", "path"])
def test_who_assumes_a_role_and_who_is_trusted_agree_on_the_path(given: dict[str, str]) -> None:
    """What a trust policy names is a role of the hub, and what the hub may assume is a role of a member account."""
    made = {path: of_type(stack(path, **given), "AWS::IAM::Role") for path in TEMPLATES}
    hub = {arn(one, **given) for one in made[HUB_TEMPLATE].values() if "RoleName" in one}
    others = {path: {arn(one, **given) for one in made[path].values()} for path in (MEMBER_TEMPLATE, COST_TEMPLATE)}
    trusted = {
        filled(statement["Condition"]["ArnEquals"]["aws:PrincipalArn"], **given)
        for path in others
        for one in made[path].values()
        for statement in one["AssumeRolePolicyDocument"]["Statement"]
    }
    assert trusted == hub
    assumed = {
        filled(statement["Resource"], **given)
        for one in made[HUB_TEMPLATE].values()
        for policy in one.get("Policies", [])
        for statement in policy["PolicyDocument"]["Statement"]
        if "sts:AssumeRole" in statement["Action"] and statement["Resource"] != {"Ref": "CostRoleArn"}
    }
    assert {one.replace("*", "111111111111") for one in assumed} == others[MEMBER_TEMPLATE]
    assert all(f":role{given.get('RolePath', '/')}endpoint-sweep" in one for one in trusted | assumed)


def arn(role: dict[str, Any], **given: str) -> str:
    name, path = filled(role["RoleName"], **given), given.get("RolePath", "/")
    return f"arn:aws:iam::111111111111:role{path}{name}"


def filled(value: Any, **given: str) -> str:
    """`Ref` and `Fn::Sub` of parameters and of what CloudFormation knows."""
    known = {"AWS::StackName": "endpoint-sweep", "HubAccountId": "111111111111", "AWS::Partition": "aws"}
    for path in TEMPLATES:
        for name, one in cloudformation.load(path)["Parameters"].items():
            known.setdefault(name, str(one.get("Default", "")))
    text = str(value["Fn::Sub"] if "Fn::Sub" in value else f"${{{value['Ref']}}}") if isinstance(value, dict) else value
    return re.sub(r"\$\{([\w:]+)\}", lambda found: (known | given)[found[1]], text)


def test_sam_makes_roles_for_functions_machine_and_schedules() -> None:
    """So that the tests of every role look at all kinds."""
    roles = of_type(stack(HUB_TEMPLATE), "AWS::IAM::Role")
    kinds = {"PlanSweepFunctionRole", "SweepStateMachineRole", "StartSweepFunctionWeeklyRole", "ScanCellRole"}
    assert kinds <= roles.keys()


NETWORK = {"VpcSubnetIds": "subnet-0123456789abcdef0,subnet-0123456789abcdef1", "VpcSecurityGroupIds": "sg-01234567"}
MANAGED = "AWSLambdaVPCAccessExecutionRole"


def roles_of_functions(resources: Template) -> dict[str, dict[str, Any]]:
    """Logical id -> properties of the roles that Lambda assumes."""
    roles = of_type(resources, "AWS::IAM::Role")
    return {name: one for name, one in roles.items() if "lambda.amazonaws.com" in str(one["AssumeRolePolicyDocument"])}


def test_no_function_is_in_a_vpc_by_default() -> None:
    made = stack(HUB_TEMPLATE)
    functions = of_type(made, "AWS::Lambda::Function")
    assert functions
    assert [name for name, one in functions.items() if "VpcConfig" in one] == []
    explicit = cloudformation.resources(cloudformation.load(HUB_TEMPLATE), "AWS::IAM::Role")
    assert [name for name in explicit if MANAGED in str(made[name])] == []


def test_every_function_is_in_the_vpc() -> None:
    """With a role that Lambda can connect it with."""
    template = transformed(**NETWORK)
    made = created(template, **NETWORK)
    wanted = {name: value.split(",") for name, value in NETWORK.items()}
    for name, one in of_type(made, "AWS::Lambda::Function").items():
        network = resolved(template, one["VpcConfig"], **NETWORK)
        assert network == {
            "SubnetIds": wanted["VpcSubnetIds"],
            "SecurityGroupIds": wanted["VpcSecurityGroupIds"],
        }, name
    assert [name for name, one in roles_of_functions(made).items() if MANAGED not in str(one)] == []


@pytest.mark.parametrize("given", [{}, NETWORK], ids=["no-vpc", "vpc"])
def test_no_code_makes_network_interfaces(given: dict[str, str]) -> None:
    """What SAM allows every role is denied to the code of every function, with a VPC and without (D18.1)."""
    made = stack(HUB_TEMPLATE, **given)
    denied = of_type(made, "AWS::IAM::Policy")["OnlyLambdaMakesInterfaces"]
    [statement] = denied["PolicyDocument"]["Statement"]
    assert {one["Ref"] for one in denied["Roles"]} == set(roles_of_functions(made))
    assert (statement["Effect"], statement["Resource"]) == ("Deny", "*")
    assert list(statement["Condition"]) == ["ArnLike"]
    assert set(statement["Action"]) == {
        "ec2:AssignPrivateIpAddresses",
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "ec2:UnassignPrivateIpAddresses",
    }


def test_the_code_of_no_function_must_be_signed_by_default() -> None:
    functions = of_type(stack(HUB_TEMPLATE), "AWS::Lambda::Function")
    assert [name for name, one in functions.items() if "CodeSigningConfigArn" in one] == []


def test_the_code_of_every_function_must_be_signed() -> None:
    given = {"CodeSigningConfigArn": SIGNING}
    functions = of_type(stack(HUB_TEMPLATE, **given), "AWS::Lambda::Function")
    told = ({"Ref": "CodeSigningConfigArn"}, SIGNING)
    assert functions
    assert [name for name, one in functions.items() if one.get("CodeSigningConfigArn") not in told] == []


def test_keys_of_aws_encrypt_by_default() -> None:
    made = stack(HUB_TEMPLATE)
    [bucket], [table] = of_type(made, "AWS::S3::Bucket").values(), of_type(made, "AWS::DynamoDB::Table").values()
    [rule] = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule == {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    assert table["SSESpecification"] == {"SSEEnabled": True}
    assert [name for name, one in of_type(made, "AWS::Logs::LogGroup").items() if "KmsKeyId" in one] == []
    [queue], [topic] = of_type(made, "AWS::SQS::Queue").values(), of_type(made, "AWS::SNS::Topic").values()
    assert queue["SqsManagedSseEnabled"] is True
    assert "KmsMasterKeyId" not in queue | topic
    assert not {"UsesYourKey", "KeepsWhatFailedWithYourKey"} & made.keys()


def test_your_key_encrypts_what_is_kept() -> None:
    """The bucket with a bucket key, the table, every log group, the queue and the topic."""
    given = {"KmsKeyArn": KEY}
    template = transformed(**given)
    made = resolved(template, created(template, **given), **given)
    [bucket], [table] = of_type(made, "AWS::S3::Bucket").values(), of_type(made, "AWS::DynamoDB::Table").values()
    assert bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"] == [
        {
            "ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY},
            "BucketKeyEnabled": True,
        }
    ]
    assert table["SSESpecification"] == {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": KEY}
    assert {one["KmsKeyId"] for one in of_type(made, "AWS::Logs::LogGroup").values()} == {KEY}
    [queue], [topic] = of_type(made, "AWS::SQS::Queue").values(), of_type(made, "AWS::SNS::Topic").values()
    assert (queue["KmsMasterKeyId"], topic["KmsMasterKeyId"]) == (KEY, KEY)
    assert "SqsManagedSseEnabled" not in queue


def test_who_sends_to_the_queue_may_use_your_key() -> None:
    """Every role that may send to it, through SQS only; the other senders are services that operating.md names."""
    given = {"KmsKeyArn": KEY}
    template = transformed(**given)
    made = resolved(template, created(template, **given), **given)
    policy = made["KeepsWhatFailedWithYourKey"]["Properties"]
    [statement] = policy["PolicyDocument"]["Statement"]
    roles = of_type(made, "AWS::IAM::Role")
    assert {one["Ref"] for one in policy["Roles"]} == {
        name for name, one in roles.items() if "sqs:SendMessage" in str(one.get("Policies"))
    }
    assert (statement["Resource"], statement["Action"]) == (KEY, ["kms:Decrypt", "kms:GenerateDataKey"])
    assert statement["Condition"]["StringEquals"] == {
        "kms:ViaService": {"Fn::Sub": "sqs.${AWS::Region}.${AWS::URLSuffix}"}
    }
    services = {
        statement["Principal"]["Service"]
        for kind in ("AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy")
        for one in of_type(made, kind).values()
        for statement in one["PolicyDocument"]["Statement"]
    }
    text = (HUB_TEMPLATE.parent / "docs" / "operating.md").read_text(encoding="utf-8")
    [named] = re.findall(r'"BouncesAndMissedEvents".*?"Service": (\[[^\]]+\])', text, re.DOTALL)
    assert set(json.loads(named)) == services


def test_who_reads_or_writes_may_use_your_key() -> None:
    """Every role that may use the bucket or the table, through these services only."""
    given = {"KmsKeyArn": KEY}
    template = transformed(**given)
    made = resolved(template, created(template, **given), **given)
    policy = made["UsesYourKey"]["Properties"]
    [statement] = policy["PolicyDocument"]["Statement"]
    users = {
        name
        for name, one in of_type(made, "AWS::IAM::Role").items()
        if any(action in str(one.get("Policies")) for action in ("s3:GetObject", "s3:PutObject", "dynamodb:"))
    }
    assert {"SweepStateMachineRole", "ScanCellRole", "ReviewFunctionRole"} <= users
    assert {one["Ref"] for one in policy["Roles"]} == users
    assert statement["Resource"] == KEY
    assert statement["Condition"] == {
        "StringEquals": {
            "kms:ViaService": [
                {"Fn::Sub": f"{service}.${{AWS::Region}}.${{AWS::URLSuffix}}"} for service in ("s3", "dynamodb")
            ]
        }
    }


def test_the_bucket_is_logged_only_if_a_bucket_for_it_is_named() -> None:
    """There, under the prefix that the policy of operating.md allows."""
    [bucket] = of_type(stack(HUB_TEMPLATE), "AWS::S3::Bucket").values()
    assert "LoggingConfiguration" not in bucket
    [bucket] = of_type(stack(HUB_TEMPLATE, LogBucket="our-logs"), "AWS::S3::Bucket").values()
    logging = {name: filled(value, LogBucket="our-logs") for name, value in bucket["LoggingConfiguration"].items()}
    assert logging == {"DestinationBucketName": "our-logs", "LogFilePrefix": "endpoint-sweep/bucket/"}
    text = (HUB_TEMPLATE.parent / "docs" / "operating.md").read_text(encoding="utf-8")
    assert f'"arn:aws:s3:::<log bucket>/{logging["LogFilePrefix"]}*"' in text


AUDITORS = ["arn:aws:iam::111111111111:role/team/audit", "arn:aws:iam::111111111111:user/ada"]


def test_auditors_may_verify_the_record_and_nothing_else() -> None:
    """With the four keys that sign it, and only those who are named."""
    given = {"AuditorPrincipals": ",".join(AUDITORS)}
    template = transformed(**given)
    keys = of_type(resolved(template, created(template, **given), **given), "AWS::KMS::Key")
    without = of_type(stack(HUB_TEMPLATE), "AWS::KMS::Key")
    added = {}
    for name, key in keys.items():
        before = without[name]["KeyPolicy"]["Statement"]
        new = [one for one in key["KeyPolicy"]["Statement"] if one["Sid"] not in {one["Sid"] for one in before}]
        if new:
            [added[name]] = new
    assert added.keys() == {"FindingsKey", "LinksKey", "MacKey", "ActsKey"}
    for statement in added.values():
        assert (statement["Effect"], statement["Action"]) == ("Allow", "kms:VerifyMac")
        assert statement["Principal"] == {"AWS": AUDITORS}
