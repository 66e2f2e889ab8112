"""The same world behind HTTP: moto's server application with the corrections, in this process."""

import threading
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.simulation.member_aws.server import MemberApp, create_wsgi_app
from tests.simulation.organization.scenarios import build
from tests.unit.simulation.asking import code

MEMBER = "222222222222"


class Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - the signature of the base class
        """No line a request."""


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[MemberApp, str]]:
    app = create_wsgi_app(build("region_off"))
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield app, f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()
    app.close()


def client(url: str, service: str, region: str = "us-east-1", keys: dict[str, str] | None = None) -> Any:
    keys = keys or {"AccessKeyId": "AKIASIMULATEDHUB0001", "SecretAccessKey": "x"}
    return boto3.client(
        service,  # type: ignore[call-overload] # a name known at run time
        region_name=region,
        endpoint_url=url,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys.get("SessionToken"),
        config=Config(read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3}),
    )


@pytest.fixture
def keys(served: tuple[MemberApp, str]) -> dict[str, str]:
    app, url = served
    answer = client(url, "sts").assume_role(
        RoleArn=f"arn:aws:iam::{MEMBER}:role/endpoint-sweep-scan",
        RoleSessionName="sweep-1",
        ExternalId=app.world.organization.external_id,
    )
    found: dict[str, str] = answer["Credentials"]
    return found


def test_a_scan_over_http(served: tuple[MemberApp, str], keys: dict[str, str]) -> None:
    """Organizations, SageMaker, CloudWatch and tagging answer as they do in process."""
    _, url = served
    assert len(client(url, "organizations").list_accounts()["Accounts"]) == 4
    assert len(client(url, "sagemaker", keys=keys).list_endpoints()["Endpoints"]) == 1
    asked = {"Namespace": "AWS/SageMaker", "MetricName": "Invocations"}
    assert len(client(url, "cloudwatch", keys=keys).list_metrics(**asked)["Metrics"]) == 1
    assert client(url, "resourcegroupstaggingapi", keys=keys).get_resources()["ResourceTagMappingList"] == []


@pytest.mark.parametrize(
    ("service", "operation", "expected"),
    [
        ("sagemaker", "list_endpoints", "UnrecognizedClientException"),
        ("cloudwatch", "list_metrics", "InvalidClientTokenId"),
        ("resourcegroupstaggingapi", "get_resources", "UnrecognizedClientException"),
    ],
)
def test_refusals_in_each_protocol(
    served: tuple[MemberApp, str], keys: dict[str, str], service: str, operation: str, expected: str
) -> None:
    """D6.5: the SDK raises the code that AWS gives where a region is off."""
    _, url = served
    assert code(getattr(client(url, service, "eu-south-2", keys), operation)) == expected


def test_faults_and_log(served: tuple[MemberApp, str], keys: dict[str, str]) -> None:
    """FI-02: a throttled call is answered with the fault, tried again by the SDK, and both are in the log."""
    app, url = served
    app.world.control("fault", operation="ListEndpoints", nth=[1], code="ThrottlingException", message="Rate exceeded")
    before = len(app.world.log)
    assert client(url, "sagemaker", keys=keys).list_endpoints()["Endpoints"]
    app.world.clear_faults()
    calls = app.world.log.calls[before:]
    assert [call.decision for call in calls] == ["fault", "allowed"]
    assert {call.account for call in calls} == {MEMBER}


def test_the_world_behind_it(served: tuple[MemberApp, str]) -> None:
    """What is changed through the object is what HTTP shows, also with the account in a header."""
    app, _ = served
    app.world.control("set_status", account=MEMBER, region="us-east-1", endpoint="resnet-demo", status="Updating")
    assert (
        app.world.control("snapshot")[MEMBER]["us-east-1"]["endpoints"]["resnet-demo"]["EndpointStatus"] == "Updating"
    )
