"""A field that no one here knows makes an endpoint unknown, although botocore's parser drops it (D13.6)."""

import json
from collections.abc import Mapping
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from endpoint_sweep.aws.endpoint.restore_bundle import collect
from endpoint_sweep.aws.endpoint.sagemaker import describe
from endpoint_sweep.aws.endpoint.unknown_fields import KNOWN, UNKNOWN
from endpoint_sweep.aws.sessions import Sessions
from endpoint_sweep.domain.model import Kind
from tests.unit.answering import client, in_pages
from tests.unit.aws.endpoint.test_sagemaker import CONFIG, CURRENT, ENDPOINT, VARIANT
from tests.unit.samples import ARN, NAME

Answer = dict[str, Any]
NEW = {"ComputePlan": {"PlanType": "Pooled"}}


class Raw:
    """The body of an answer as it comes over the wire."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, **_: Any) -> list[bytes]:
        return [self._body]


def answering(made: Any, bodies: Mapping[str, Answer | bytes], status: int = 200) -> Any:
    """botocore reads these bodies as if the network had brought them; `default=0` turns times into numbers."""

    def send(request: Any, **_: Any) -> AWSResponse:
        body = bodies[request.headers["X-Amz-Target"].decode().partition(".")[2]]
        raw = body if isinstance(body, bytes) else json.dumps(body, default=lambda at: at.timestamp()).encode()
        return AWSResponse(request.url, status, HTTPHeaders(), Raw(raw))

    made.meta.events.register("before-send.sagemaker.*", send)
    return made


@pytest.fixture(params=["whole", "lean"])
def made(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A client, also of those that scan with a part of the description."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    return Sessions(lean=request.param == "lean").at("sagemaker", "us-east-1")


def variants(row: Answer, field: str = "ProductionVariants") -> Answer:
    return {field: [row]}


@pytest.mark.parametrize(
    ("endpoint", "config"),
    [
        (NEW, {}),
        ({}, NEW),
        (variants(CURRENT | NEW), {}),
        ({}, variants(VARIANT | NEW)),
        (variants(CURRENT | NEW, "ShadowProductionVariants"), {}),
        ({}, variants(VARIANT | NEW, "ShadowProductionVariants")),
    ],
)
def test_a_new_field_is_seen(made: Any, endpoint: Answer, config: Answer) -> None:
    """Of the endpoint, of its configuration, and of a variant of either."""
    answering(made, {"DescribeEndpoint": ENDPOINT | endpoint, "DescribeEndpointConfig": CONFIG | config})
    found = describe(made, NAME, {})
    assert (found.kind, found.why_unknown) == (
        Kind.UNKNOWN,
        "its configuration has an unsupported field: ComputePlan",
    )


def test_a_configuration_that_was_remembered_still_tells(made: Any) -> None:
    """Two endpoints share it, and it is read once (D3.10)."""
    answering(made, {"DescribeEndpoint": ENDPOINT, "DescribeEndpointConfig": CONFIG | variants(VARIANT | NEW)})
    configs: dict[str, Mapping[str, Any]] = {}
    assert [describe(made, NAME, configs).kind for _ in range(2)] == [Kind.UNKNOWN, Kind.UNKNOWN]


def test_what_is_known_is_as_before(made: Any) -> None:
    """All fields that there are, and a null in the place of variants."""
    everything: Answer = dict.fromkeys(KNOWN["DescribeEndpointConfig"][0]) | CONFIG
    more = {"CrossRegionTrafficConfig": {"MaxCrossRegionPercentPerEndpoint": 5}, "ShadowProductionVariants": None}
    answering(made, {"DescribeEndpoint": ENDPOINT | more, "DescribeEndpointConfig": everything})
    assert describe(made, NAME, {}).kind is Kind.REAL_TIME


def test_a_restore_bundle_is_aws_s_own_words() -> None:
    """What the scan's look adds for itself is in no bundle."""
    made = boto3.client("sagemaker", "us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing")
    scaling = client("application-autoscaling", in_pages({"ScalableTargets": []}))[0]
    answers: dict[str, Answer | bytes] = {
        "DescribeEndpoint": ENDPOINT | NEW,
        "DescribeEndpointConfig": CONFIG,
        "DescribeModel": {"ModelName": "m", "ModelArn": ARN.replace("endpoint/", "model/"), "CreationTime": 1},
        "ListTags": {"Tags": []},
        "ListInferenceComponents": {"InferenceComponents": []},
    }
    answering(made, answers)
    assert describe(made, NAME, {}).kind is Kind.UNKNOWN
    assert UNKNOWN not in collect(made, scaling, NAME, ARN)["endpoint"]


@pytest.mark.parametrize("operation", sorted(KNOWN))
def test_every_field_of_botocore_was_judged(operation: str) -> None:
    """A new botocore that knows more turns this red: read what the field means before adding it to KNOWN."""
    model: Any = boto3.client("sagemaker", "us-east-1").meta.service_model.operation_model(operation).output_shape
    for name in ("ProductionVariants", "ShadowProductionVariants"):
        assert set(model.members[name].member.members) == KNOWN[operation][1], name
    assert set(model.members) == KNOWN[operation][0]
