"""The wire: everything is logged, and everything can go wrong."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError

from tests.simulation.member_aws.world import World
from tests.simulation.organization.scenarios import build
from tests.simulation.wire.calls import Call, CallLog, Fault
from tests.simulation.wire.protocols import error_reply, identify
from tests.unit.simulation.asking import MEMBER, REGION, code


class TestLog:
    def test_every_call(self, world: World, sagemaker: Any) -> None:
        """Caller, account, region, service, operation, resource and status of each call are kept in order."""
        sagemaker.describe_endpoint(EndpointName="resnet-demo")
        code(sagemaker.describe_endpoint, EndpointName="nobody")
        first, second = world.log.find(service="sagemaker", operation="DescribeEndpoint")
        assert first.caller == f"arn:aws:sts::{MEMBER}:assumed-role/admin/simulation"
        assert (first.account, first.region, first.resource) == (MEMBER, REGION, "resnet-demo")
        assert (first.decision, first.status) == ("allowed", 200)
        assert (second.status, second.error) == (400, "ValidationException")
        assert first.at <= second.at

    def test_the_hub_too(self, world: World) -> None:
        """Calls of the hub's own services are in the same log."""
        boto3.client("s3").create_bucket(Bucket="artifacts")
        boto3.client("s3").put_object(Bucket="artifacts", Key="a/b", Body=b"x")
        (call,) = world.log.find(service="s3", operation="PutObject")
        assert (call.account, call.resource) == ("111111111111", "a/b")

    def test_refusals_are_in_it(self) -> None:
        """A call that the world refused is logged as refused."""
        with World.in_process(build("region_denied")) as world:
            code(world.client("sagemaker", MEMBER, "eu-west-1").list_endpoints)
            (call,) = world.log.find(region="eu-west-1")
        assert (call.decision, call.error) == ("refused", "AccessDeniedException")

    def test_file(self, tmp_path: Path) -> None:
        """One JSON line a call, readable again."""
        path = tmp_path / "calls.jsonl"
        with World.in_process(build("small"), log_path=path) as world:
            world.client("sagemaker", MEMBER).list_endpoints()
        assert CallLog.read(path) == list(world.log)


class TestFaults:
    def test_an_error_instead_of_an_answer(self, world: World, cloudwatch: Any) -> None:
        """FI-08: any AWS error, in the protocol of the service."""
        world.fault(service="cloudwatch", operation="GetMetricData", code="AccessDenied", status=403)
        end = world.state.now()
        arguments = {"MetricDataQueries": [], "StartTime": end.replace(hour=0), "EndTime": end}
        assert code(cloudwatch.get_metric_data, **arguments) == "AccessDenied"
        assert world.log.calls[-1].decision == "fault"

    def test_only_the_nth_call(self, world: World, sagemaker: Any) -> None:
        """FI-02: the first and third matching calls fail, the others do not."""
        number = world.fault(operation="DescribeEndpoint", nth=(1, 3), code="ValidationException")
        seen = []
        for _ in range(4):
            try:
                sagemaker.describe_endpoint(EndpointName="resnet-demo")
                seen.append("ok")
            except ClientError:
                seen.append("fault")
        assert seen == ["fault", "ok", "fault", "ok"]
        assert world.faults.seen(number) == 4

    def test_patterns(self, world: World, sagemaker: Any) -> None:
        """A fault strikes only the calls that its patterns match."""
        world.fault(service="sagemaker", account="3*", code="ValidationException")
        world.fault(service="sagemaker", resource="churn-*", code="ValidationException")
        sagemaker.describe_endpoint(EndpointName="resnet-demo")
        assert code(sagemaker.describe_endpoint, EndpointName="churn-poc") == "ValidationException"

    def test_reply_lost(self, world: World) -> None:
        """FI-45: the endpoint is deleted, the caller never hears of it."""
        world.fault(operation="DeleteEndpoint", drop="after")
        with pytest.raises(ConnectionClosedError):
            _without_retries(world).delete_endpoint(EndpointName="resnet-demo")
        assert world.snapshot()[MEMBER][REGION]["endpoints"]["resnet-demo"]["EndpointStatus"] == "Deleting"
        assert world.log.calls[-1].decision == "dropped-after"

    def test_request_lost(self, world: World) -> None:
        """FI-46: the endpoint is not deleted, and the caller does not know."""
        world.fault(operation="DeleteEndpoint", drop="before")
        with pytest.raises(ConnectionClosedError):
            _without_retries(world).delete_endpoint(EndpointName="resnet-demo")
        assert world.snapshot()[MEMBER][REGION]["endpoints"]["resnet-demo"]["EndpointStatus"] == "InService"

    def test_the_world_changes_between_two_calls(self, world: World, sagemaker: Any) -> None:
        """FI-05: a hook acts just before a call reaches AWS."""

        def vanish(call: Call) -> None:
            world.remove(call.account, call.region, call.resource)

        world.faults.add(Fault(operation="DescribeEndpoint", hook=vanish))
        assert code(sagemaker.describe_endpoint, EndpointName="resnet-demo") == "ValidationException"

    def test_another_reply(self, world: World, sagemaker: Any) -> None:
        """FI-04, FI-06, FI-18: what AWS said can be changed on its way back."""
        world.faults.add(
            Fault(operation="ListEndpoints", rewrite=lambda reply: replace(reply, body=b'{"Endpoints": []}'))
        )
        assert sagemaker.list_endpoints()["Endpoints"] == []

    def test_cleared(self, world: World, sagemaker: Any) -> None:
        """After clear_faults all is well again."""
        world.fault(code="ThrottlingException")
        world.clear_faults()
        assert sagemaker.list_endpoints()["Endpoints"]

    def test_held_and_let_go(self, world: World, sagemaker: Any) -> None:
        """A call waits at a gate, unseen by the service, until the gate is opened; later ones pass."""
        gate = world.hold(operation="DeleteEndpoint")
        with ThreadPoolExecutor() as pool:
            deleting = pool.submit(sagemaker.delete_endpoint, EndpointName="resnet-demo")
            while not world.held(gate):
                assert not deleting.done()
            assert world.log.find(operation="DeleteEndpoint") == []
            world.release(gate)
            deleting.result(10)
        assert [call.resource for call in world.log.find(operation="DeleteEndpoint")] == ["resnet-demo"]
        assert world.hold(operation="ListEndpoints") != gate
        world.clear_faults()
        assert sagemaker.list_endpoints()["Endpoints"]


def _without_retries(world: World) -> Any:
    """A client that never sends a request twice."""
    client = world.client("sagemaker", MEMBER)
    key = client._request_signer._credentials.access_key
    return boto3.client(
        "sagemaker",
        region_name=REGION,
        aws_access_key_id=key,
        aws_secret_access_key="simulated",
        config=Config(retries={"mode": "standard", "total_max_attempts": 1}),
    )


class TestProtocols:
    @pytest.mark.parametrize(
        ("path", "headers", "body", "expected"),
        [
            (
                "/",
                {"x-amz-target": "SageMaker.DescribeEndpoint"},
                b'{"EndpointName": "a"}',
                ("json", "DescribeEndpoint", "a"),
            ),
            (
                "/",
                {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"},
                b"Action=AssumeRole&RoleArn=r",
                ("query", "AssumeRole", "r"),
            ),
            ("/service/GraniteServiceVersion20100801/operation/GetMetricData", {}, b"", ("cbor", "GetMetricData", "")),
            ("/bucket/key?x=1", {}, b"", ("rest-xml", "GET /bucket/key", "bucket/key")),
        ],
    )
    def test_identify(self, path: str, headers: dict[str, str], body: bytes, expected: tuple[str, str, str]) -> None:
        """Operation and resource are read from the request in every protocol."""
        scope = "AWS4-HMAC-SHA256 Credential=AKIAX/20261120/eu-west-1/monitoring/aws4_request, SignedHeaders=host"
        found = identify("GET", path, {"Authorization": scope, **headers}, body)
        assert found is not None
        assert (found.protocol, found.operation, found.resource) == expected
        assert (found.access_key, found.region, found.service) == ("AKIAX", "eu-west-1", "cloudwatch")

    def test_unsigned(self) -> None:
        """A request without a signature is no one's call."""
        assert identify("GET", "/", {}, b"") is None

    @pytest.mark.parametrize("protocol", ["json", "cbor", "query", "rest-json", "rest-xml"])
    def test_error_code(self, protocol: str) -> None:
        """The code of an error can be read back in every protocol."""
        assert error_reply(protocol, "AccessDenied", "no <way>", 403).error_code == "AccessDenied"
