"""STS in the simulation: keys only for a role that is there."""

from typing import Any

import boto3
import pytest

from tests.simulation.member_aws.world import World
from tests.simulation.organization.scenarios import build
from tests.unit.simulation.asking import MEMBER, code, refused


def assume(world: World, account: str = MEMBER, role: str = "endpoint-sweep-scan", **other: Any) -> dict[str, Any]:
    arguments = {"RoleSessionName": "sweep-1", "ExternalId": world.organization.external_id, **other}
    arguments = {key: value for key, value in arguments.items() if value is not None}
    answer = boto3.client("sts").assume_role(RoleArn=f"arn:aws:iam::{account}:role/{role}", **arguments)
    return dict(answer["Credentials"])


def refusal(world: World, **arguments: Any) -> str:
    return code(assume, world=world, **arguments)


def test_leads_into_the_member_account(world: World) -> None:
    """D6.7: one session serves all regions of its account."""
    keys = assume(world)
    session = boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
    assert session.client("sts").get_caller_identity()["Account"] == MEMBER
    assert len(session.client("sagemaker", region_name="us-east-1").list_endpoints()["Endpoints"]) == 6


@pytest.mark.parametrize("wrong", ["another-id", None])
def test_external_id(world: World, wrong: str | None) -> None:
    """D9.5: a wrong or missing external id is refused."""
    assert refusal(world, ExternalId=wrong) == "AccessDenied"


def test_a_role_that_is_not_there(world: World) -> None:
    """D6.5: an account without the role refuses; so does one whose role was taken away."""
    assert refusal(world, role="endpoint-sweep-other") == "AccessDenied"
    world.set_roles(MEMBER, ())
    assert refusal(world) == "AccessDenied"


def test_an_unknown_account(world: World) -> None:
    """D6.5: outside of the Organization no one answers."""
    assert refusal(world, account="999999999999") == "AccessDenied"


@pytest.mark.parametrize("account", ["333333333333", "444444444444"])
def test_an_account_that_is_not_active(account: str) -> None:
    """D7.2: only ACTIVE accounts can be entered."""
    with World.in_process(build("suspended")) as world:
        assert refusal(world, account=account) == "AccessDenied"


def test_an_hour_at_most(world: World) -> None:
    """D9.5: the hub's own role is assumed already, so that longer sessions are refused."""
    assert refusal(world, DurationSeconds=3601) == "ValidationError"
    assume(world, DurationSeconds=3600)


def test_session_policy_size(world: World) -> None:
    """D9.6: 2,048 characters, and JSON."""
    assert refusal(world, Policy='{"a": "' + "x" * 2048 + '"}') == "ValidationError"
    assert refusal(world, Policy="not json") == "MalformedPolicyDocument"
    assume(world, Policy='{"Version": "2012-10-17", "Statement": []}')


def test_session_name(world: World) -> None:
    """D9.5: at most 64 characters of a small alphabet."""
    assert refusal(world, RoleSessionName="a b") == "ValidationError"


def test_the_scan_role_reads_only(world: World) -> None:
    """A deletion with the scan role is refused where no real IAM does it."""
    client = world.client("sagemaker", MEMBER, role="endpoint-sweep-scan")
    assert code(client.delete_endpoint, EndpointName="resnet-demo") == "AccessDeniedException"
    world.client("sagemaker", MEMBER, role="endpoint-sweep-act").delete_endpoint(EndpointName="resnet-demo")


class TestRegions:
    def test_off(self) -> None:
        """D6.5: a region that was never enabled does not know the token."""
        with World.in_process(build("region_off")) as world:
            for service, operation, expected in (
                ("sagemaker", "list_endpoints", "UnrecognizedClientException"),
                ("resourcegroupstaggingapi", "get_resources", "UnrecognizedClientException"),
                ("cloudwatch", "list_metrics", "InvalidClientTokenId"),
            ):
                client = world.client(service, MEMBER, "eu-west-1")
                assert code(getattr(client, operation)) == expected
            assert world.client("sagemaker", MEMBER, "us-east-1").list_endpoints()["Endpoints"]
            assert world.client("sagemaker", "333333333333", "eu-west-1").list_endpoints()["Endpoints"]

    def test_denied_by_policy(self) -> None:
        """D6.5: a service control policy is named in the message."""
        with World.in_process(build("region_denied")) as world:
            denied, message = refused(world.client("sagemaker", MEMBER, "eu-west-1").list_endpoints)
        assert denied == "AccessDeniedException"
        assert "with an explicit deny in a service control policy" in message


@pytest.mark.parametrize("source", ["x" * 65, "ada@example.com/sweep", "aws:ada"])
def test_a_source_identity_that_sts_does_not_take(world: World, source: str) -> None:
    """D9.5: moto takes any; AWS takes 2 to 64 of its characters, and none that begins like its own."""
    assert refusal(world, SourceIdentity=source) == "ValidationError"
    assume(world, SourceIdentity="ada@example.com,2026-11-20")
    assert [one.source for one in world.state.sessions.values()] == ["ada@example.com,2026-11-20"]
