"""The gateway tells the truth about IAM: what AWS would refuse is refused, in the words that AWS would use."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.deploy.actors import Actors
from tests.simulation.hub.local_aws import LocalAws
from tests.simulation.organization.specification import Account, EndpointSpec

READ_ONLY = {"Effect": "Allow", "Action": "sagemaker:Describe*", "Resource": "*"}


@pytest.fixture(scope="module")
def endpoint(cloud: LocalAws) -> EndpointSpec:
    """An endpoint in an account with both roles, outside the hub."""
    for spec in cloud.organization.endpoints:
        account = _account(cloud, spec.account)
        if account.has_act_role and spec.account != cloud.organization.hub_account and spec.status == "InService":
            return spec
    raise LookupError("the world has no such endpoint")


def _account(cloud: LocalAws, account_id: str) -> Account:
    found = cloud.organization.account(account_id)
    assert found is not None
    return found


def _refusal(call: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    code: str = caught.value.response["Error"]["Code"]
    return code


def test_scan_role_sees_its_own_account_and_region(cloud: LocalAws, actors: Actors, endpoint: EndpointSpec) -> None:
    """An allowed call is answered from the account of the session and the region of the signature."""
    session = actors.scan_role(endpoint.account)
    pages = actors.client(session, "sagemaker", endpoint.region).get_paginator("list_endpoints").paginate()
    names = {one["EndpointName"] for page in pages for one in page["Endpoints"]}
    assert names == {
        spec.name
        for spec in cloud.organization.endpoints
        if (spec.account, spec.region) == (endpoint.account, endpoint.region)
    }
    logged = cloud.calls(service="sagemaker", operation="ListEndpoints", account=endpoint.account)[-1]
    assert logged.caller == f"arn:aws:sts::{endpoint.account}:assumed-role/endpoint-sweep-scan/contract"
    assert (logged.region, logged.decision, logged.status) == (endpoint.region, "allowed", 200)


def test_scan_role_may_not_delete(actors: Actors, cloud: LocalAws, endpoint: EndpointSpec) -> None:
    """A write with the scan role is AccessDeniedException, and the endpoint stays."""
    sagemaker = actors.client(actors.scan_role(endpoint.account), "sagemaker", endpoint.region)
    assert _refusal(sagemaker.delete_endpoint, EndpointName=endpoint.name) == "AccessDeniedException"
    assert cloud.calls(operation="DeleteEndpoint")[-1].decision == "refused"
    assert sagemaker.describe_endpoint(EndpointName=endpoint.name)["EndpointStatus"] == "InService"


@pytest.mark.parametrize("external_id", ["another", None])
def test_external_id_is_demanded(actors: Actors, endpoint: EndpointSpec, external_id: str | None) -> None:
    """A wrong or a missing external id opens no member account."""
    assert _refusal(actors.scan_role, account=endpoint.account, ExternalId=external_id) == "AccessDenied"


def test_the_act_role_is_entered_in_somebodys_name(actors: Actors, endpoint: EndpointSpec) -> None:
    """Without a source identity the act role stays closed; with one it opens, and the scan role needs none."""
    assert _refusal(actors.act_role, account=endpoint.account, SourceIdentity=None) == "AccessDenied"
    actors.act_role(endpoint.account)
    actors.scan_role(endpoint.account)


def test_only_the_named_hub_role_is_trusted(actors: Actors, endpoint: EndpointSpec) -> None:
    """Another role of the hub, with every sts permission, gets neither member role; nor do they swap theirs."""
    for caller, role in (
        (actors.stranger, "endpoint-sweep-scan"),
        (actors.stranger, "endpoint-sweep-act"),
        (actors.scanner, "endpoint-sweep-act"),
        (actors.actor, "endpoint-sweep-scan"),
    ):
        assert _refusal(actors.assume, caller=caller, account=endpoint.account, role=role) == "AccessDenied"


def test_suspended_unknown_and_roleless_accounts_are_closed(cloud: LocalAws, actors: Actors) -> None:
    """AssumeRole fails where the account is suspended or unknown, or has no scan role."""
    suspended = [one.id for one in cloud.organization.accounts if one.state == "SUSPENDED"]
    roleless = [one.id for one in cloud.organization.accounts if one.state == "ACTIVE" and not one.has_scan_role]
    assert suspended
    assert roleless
    trust = {"Effect": "Allow", "Principal": {"AWS": actors.hub}, "Action": "sts:AssumeRole"}
    for account in [*suspended, "999999999999"]:  # there it is, and yet no one gets in
        actors.role(account, "endpoint-sweep-scan", trust, [READ_ONLY])
    for account in [*suspended, *roleless, "999999999999"]:
        assert _refusal(actors.scan_role, account=account) == "AccessDenied"


def test_session_policy_confines_to_one_endpoint(actors: Actors, cloud: LocalAws, endpoint: EndpointSpec) -> None:
    """FI-42: under a session policy for one exact ARN, every other endpoint is refused."""
    arn = f"arn:aws:sagemaker:{endpoint.region}:{endpoint.account}:endpoint/{endpoint.name}"
    policy = {"Effect": "Allow", "Action": "sagemaker:*Endpoint", "Resource": arn}
    session = actors.act_role(endpoint.account, Policy=json.dumps({"Version": "2012-10-17", "Statement": [policy]}))
    sagemaker = actors.client(session, "sagemaker", endpoint.region)
    assert sagemaker.describe_endpoint(EndpointName=endpoint.name)["EndpointArn"] == arn
    assert _refusal(sagemaker.describe_endpoint, EndpointName=f"{endpoint.name}-2") == "AccessDeniedException"


def test_protect_tag_denies_deletion(actors: Actors, cloud: LocalAws, endpoint: EndpointSpec) -> None:
    """A Deny on `aws:ResourceTag` sees the tags that the resource has in the member world at that moment."""
    where = {"account": endpoint.account, "region": endpoint.region, "endpoint": endpoint.name}
    rights: list[dict[str, Any]] = [
        {"Effect": "Allow", "Action": "sagemaker:*", "Resource": "*"},
        {
            "Effect": "Deny",
            "Action": "sagemaker:DeleteEndpoint",
            "Resource": "*",
            "Condition": {"Null": {"aws:ResourceTag/endpoint-sweep:keep": "false"}},
        },
    ]
    trust = {"Effect": "Allow", "Principal": {"AWS": actors.hub}, "Action": "sts:AssumeRole"}
    actors.role(endpoint.account, "tag-guarded", trust, rights)
    session = actors.assume(actors.actor, endpoint.account, "tag-guarded")
    sagemaker = actors.client(session, "sagemaker", endpoint.region)
    cloud.control("set_tags", **where, tags={"endpoint-sweep:keep": "yes"})
    assert _refusal(sagemaker.delete_endpoint, EndpointName=endpoint.name) == "AccessDeniedException"
    cloud.control("set_tags", **where, tags=dict(endpoint.tags))
    cloud.control("fault", operation="DeleteEndpoint", account=endpoint.account, code="StopHere")
    try:
        assert _refusal(sagemaker.delete_endpoint, EndpointName=endpoint.name) == "StopHere"
    finally:
        cloud.control("clear_faults")


def test_bad_signature_and_token_are_refused(actors: Actors, endpoint: EndpointSpec) -> None:
    """A wrong secret or a wrong session token authenticates no one."""
    credentials = actors.scan_role(endpoint.account).get_credentials()
    assert credentials is not None
    good = credentials.get_frozen_credentials()
    forged = boto3.Session(good.access_key, "x" * 40, good.token)
    assert _refusal(actors.client(forged, "sagemaker").list_endpoints) == "InvalidSignatureException"
    stolen = boto3.Session(good.access_key, good.secret_key, "another-token")
    assert _refusal(actors.client(stolen, "sagemaker").list_endpoints) == "UnrecognizedClientException"


def test_every_wire_protocol_refuses_in_its_own_words(actors: Actors, endpoint: EndpointSpec) -> None:
    """JSON, CBOR, query, REST and EC2 clients each raise the code that AWS gives for a missing permission."""
    trust = {"Effect": "Allow", "Principal": {"AWS": actors.hub}, "Action": "sts:AssumeRole"}
    actors.role(endpoint.account, "powerless", trust, [])
    session = actors.assume(actors.actor, endpoint.account, "powerless")
    refusals = {
        service: _refusal(getattr(actors.client(session, service), operation), **arguments)
        for service, operation, arguments in (
            ("sagemaker", "list_endpoints", {}),
            ("cloudwatch", "list_metrics", {}),
            ("resourcegroupstaggingapi", "get_resources", {}),
            ("application-autoscaling", "describe_scalable_targets", {"ServiceNamespace": "sagemaker"}),
            ("organizations", "list_accounts", {}),
            ("account", "list_regions", {}),
            ("pricing", "describe_services", {}),
            ("ec2", "describe_regions", {}),
        )
    }
    assert refusals == {
        "sagemaker": "AccessDeniedException",
        "cloudwatch": "AccessDenied",
        "resourcegroupstaggingapi": "AccessDeniedException",
        "application-autoscaling": "AccessDeniedException",
        "organizations": "AccessDeniedException",
        "account": "AccessDeniedException",
        "pricing": "AccessDeniedException",
        "ec2": "UnauthorizedOperation",
    }


def test_metrics_come_from_the_member_world(actors: Actors, cloud: LocalAws) -> None:
    """A scan session reads metrics by CBOR in member accounts and in the hub; the hub's own stay apart."""
    for account in (cloud.organization.endpoints[0].account, cloud.organization.hub_account):
        region = next((one.region for one in cloud.organization.endpoints if one.account == account), "us-east-1")
        cloudwatch = actors.client(actors.scan_role(account), "cloudwatch", region)
        cloudwatch.list_metrics(Namespace="AWS/SageMaker", MetricName="Invocations")
        assert cloud.calls(service="cloudwatch", operation="ListMetrics", account=account)[-1].status == 200
    assert cloud.client("cloudwatch").list_metrics(Namespace="AWS/SageMaker")["Metrics"] == []


def test_hub_lists_the_organization(actors: Actors, cloud: LocalAws) -> None:
    """Organizations answers the hub with the accounts of the whole Organization, in pages, and no other member."""
    pages = actors.client(actors.scanner, "organizations").get_paginator("list_accounts").paginate()
    found = {account["Id"]: account["State"] for page in pages for account in page["Accounts"]}
    assert found == {account.id: account.state for account in cloud.organization.accounts}
    other = next(one.id for one in cloud.organization.accounts if one.has_scan_role and one.id != actors.hub)
    assert _refusal(cloud.client("organizations", account=other).list_accounts) == "AccessDeniedException"


def test_denied_region_and_region_off_are_told_apart(cloud: LocalAws, actors: Actors) -> None:
    """A region denied by a service control policy says so, in spite of what the role allows."""
    for account in cloud.organization.accounts:
        for region in account.denied_regions:
            sagemaker = actors.client(actors.scan_role(account.id), "sagemaker", region)
            with pytest.raises(ClientError, match="explicit deny in a service control policy"):
                sagemaker.list_endpoints()
            return
    raise LookupError("the world has no denied region")


def test_principal_arn_and_organization_in_a_trust_policy(actors: Actors, endpoint: EndpointSpec) -> None:
    """`aws:PrincipalArn` is the role's ARN, never the session's; `aws:PrincipalOrgID` is the simulated Organization."""
    role = f"arn:aws:iam::{actors.hub}:role/endpoint-sweep-stranger"
    session = f"arn:aws:sts::{actors.hub}:assumed-role/endpoint-sweep-stranger/function"
    for number, (conditions, opens) in enumerate(
        [
            ({"ArnEquals": {"aws:PrincipalArn": role}}, True),
            ({"ArnEquals": {"aws:PrincipalArn": session}}, False),
            ({"StringEquals": {"aws:PrincipalOrgID": "o-demo123456"}}, True),
            ({"StringEquals": {"aws:PrincipalOrgID": "o-another000"}}, False),
        ]
    ):
        name = f"conditional-{number}"
        principal = {"AWS": f"arn:aws:iam::{actors.hub}:root"}
        trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", "Condition": conditions}
        actors.role(endpoint.account, name, trust, [READ_ONLY])
        if opens:
            actors.assume(actors.stranger, endpoint.account, name)
        else:
            refused = _refusal(actors.assume, caller=actors.stranger, account=endpoint.account, role=name)
            assert refused == "AccessDenied"


def test_source_identity_needs_its_own_trust(actors: Actors, endpoint: EndpointSpec) -> None:
    """A source identity needs `sts:SetSourceIdentity` in trust and caller's policy, and can be a condition."""
    trust = {"Effect": "Allow", "Principal": {"AWS": actors.hub}, "Action": "sts:AssumeRole"}
    actors.role(endpoint.account, "without-identity", trust, [READ_ONLY])
    trust |= {"Action": ["sts:AssumeRole", "sts:SetSourceIdentity"]}
    trust |= {"Condition": {"StringLike": {"sts:SourceIdentity": "sweep-*"}}}
    actors.role(endpoint.account, "with-identity", trust, [READ_ONLY])
    rights = {"Effect": "Allow", "Action": ["sts:AssumeRole", "sts:SetSourceIdentity"], "Resource": "*"}
    iam = actors.aws.client("iam", account=actors.hub)
    document = json.dumps({"Version": "2012-10-17", "Statement": [rights]})
    refused = {"caller": actors.stranger, "account": endpoint.account}
    assert _refusal(actors.assume, **refused, role="with-identity", SourceIdentity="sweep-1") == "AccessDenied"
    iam.put_role_policy(RoleName="endpoint-sweep-stranger", PolicyName="identity", PolicyDocument=document)
    actors.assume(actors.stranger, endpoint.account, "with-identity", SourceIdentity="sweep-1")
    assert _refusal(actors.assume, **refused, role="with-identity", SourceIdentity="other") == "AccessDenied"
    assert _refusal(actors.assume, **refused, role="with-identity") == "AccessDenied"
    assert _refusal(actors.assume, **refused, role="without-identity", SourceIdentity="sweep-1") == "AccessDenied"


@pytest.mark.parametrize(
    "changes", [{"DurationSeconds": 3601}, {"RoleSessionName": "spaces are not allowed"}, {"RoleSessionName": "x" * 65}]
)
def test_assume_role_is_validated(actors: Actors, endpoint: EndpointSpec, changes: dict[str, Any]) -> None:
    """Role chaining ends after an hour, and session names have an alphabet: ValidationError, as AWS says."""
    assert _refusal(actors.scan_role, account=endpoint.account, **changes) == "ValidationError"


def test_faults_reach_hub_services_too(cloud: LocalAws) -> None:
    """A fault rule strikes the hub's own services with the code that it names, and only as often as it says."""
    cloud.control("fault", service="dynamodb", operation="ListTables", nth=[1], code="ThrottlingException")
    dynamodb = cloud.client("dynamodb")
    assert _refusal(dynamodb.list_tables) == "ThrottlingException"
    assert "TableNames" in dynamodb.list_tables()
    cloud.control("clear_faults")


def test_log_keeps_hub_calls_in_order(cloud: LocalAws) -> None:
    """Hub calls are logged by service and operation, REST ones by the name of the operation."""
    before = datetime.now(UTC) - timedelta(seconds=1)
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="contract")
    s3.put_object(Bucket="contract", Key="one/two", Body=b"x")
    head = s3.head_object(Bucket="contract", Key="one/two")
    assert head["ContentLength"] == 1
    calls = [call for call in cloud.calls(service="s3") if call.at > before.isoformat()]
    assert [call.operation for call in calls] == ["CreateBucket", "PutObject", "GetObject"]
    assert calls[1].resource == "arn:aws:s3:::contract/one/two"


def test_the_act_role_reads_the_tags_of_a_scalable_target(cloud: LocalAws, actors: Actors) -> None:
    """The restore bundle needs them; IAM judges the ARN of the target, and the scan role may not."""
    spec = next(
        one for one in cloud.organization.endpoints if one.scaling and _account(cloud, one.account).has_act_role
    )
    act = actors.client(actors.act_role(spec.account), "application-autoscaling", spec.region)
    [target, *_] = act.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"]
    assert act.list_tags_for_resource(ResourceARN=target["ScalableTargetARN"])["Tags"] == {}
    scan = actors.client(actors.scan_role(spec.account), "application-autoscaling", spec.region)
    refusal = _refusal(scan.list_tags_for_resource, ResourceARN=target["ScalableTargetARN"])
    assert refusal == "AccessDeniedException"
