"""The local STS judges a question that is signed in its query as AWS does: whoever sends it, the signer is named."""

import urllib.error
import urllib.request
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import boto3
import pytest
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials

from tests.deploy.actors import Actors
from tests.simulation.hub.local_aws import LocalAws
from tests.simulation.wire.protocols import Reply

QUESTION = {"Action": "GetCallerIdentity", "Version": "2011-06-15"}
BOUND = {"x-bound-to": "this"}


@pytest.fixture(scope="module")
def keys(actors: Actors) -> ReadOnlyCredentials:
    """Those of a role's session."""
    return _keys_of(actors.scanner)


def _keys_of(session: boto3.Session) -> ReadOnlyCredentials:
    found = session.get_credentials()
    assert found is not None
    return found.get_frozen_credentials()


def _signed(cloud: LocalAws, keys: Any, age: timedelta = timedelta(), **question: str) -> str:
    request = AWSRequest("GET", f"{cloud.endpoint}/", headers=BOUND, params=QUESTION | question)
    when = (datetime.now(UTC) - age).replace(tzinfo=None)
    with patch("botocore.auth.get_current_datetime", lambda: when):
        SigV4QueryAuth(keys, "sts", "us-east-1", expires=60).add_auth(request)
    return str(request.url)


def _ask(url: str, headers: Mapping[str, str] = BOUND, method: str = "GET") -> Reply:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=dict(headers), method=method)) as answer:
            return Reply(answer.status, {}, answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return Reply(error.code, {}, error.read())


def test_the_signer_is_named(cloud: LocalAws, actors: Actors, keys: ReadOnlyCredentials) -> None:
    """As XML, with account and ARN; the call is in the log, as the signer's."""
    arn = actors.client(actors.scanner, "sts").get_caller_identity()["Arn"]
    asked = len(cloud.calls(service="sts", operation="GetCallerIdentity"))
    answer = _ask(_signed(cloud, keys))
    assert (answer.status, f"<Arn>{arn}</Arn>" in answer.body.decode()) == (200, True)
    [call] = cloud.calls(service="sts", operation="GetCallerIdentity")[asked:]
    assert (call.caller, call.account, call.region, call.status) == (arn, actors.hub, "us-east-1", 200)


def test_what_aws_refuses(cloud: LocalAws, keys: ReadOnlyCredentials) -> None:
    """Another secret, token, key, header, date, method or parameter: 403 in AWS's words."""
    good = _signed(cloud, keys)
    forged, stolen, nobody = (
        keys._replace(secret_key="x" * 40),
        keys._replace(token="another"),
        keys._replace(access_key="ASIA" + "X" * 16),
    )
    refused = {
        "another secret": _ask(_signed(cloud, forged)),
        "another value of a signed header": _ask(good, {"x-bound-to": "that"}),
        "without a signed header": _ask(good, {}),
        "another question": _ask(good.replace("GetCallerIdentity", "GetSessionToken")),
        "one more parameter": _ask(good + "&DurationSeconds=900"),
        "another method": _ask(good, method="POST"),
        "old": _ask(_signed(cloud, keys, timedelta(minutes=16))),
        "of the future": _ask(_signed(cloud, keys, timedelta(minutes=-16))),
    }
    assert {name: (one.status, one.error_code) for name, one in refused.items()} == dict.fromkeys(
        refused, (403, "SignatureDoesNotMatch")
    )
    for one in (stolen, nobody):
        answer = _ask(_signed(cloud, one))
        assert (answer.status, answer.error_code) == (403, "InvalidClientTokenId")


def test_it_holds_for_a_quarter_of_an_hour(cloud: LocalAws, keys: ReadOnlyCredentials) -> None:
    """Whatever X-Amz-Expires says, as on AWS: who wants a minute must look at the date."""
    assert _ask(_signed(cloud, keys, timedelta(minutes=14))).status == 200


def test_a_fault_reaches_it(cloud: LocalAws, keys: ReadOnlyCredentials) -> None:
    """As every other call."""
    cloud.control("fault", service="sts", operation="GetCallerIdentity", code="ServiceUnavailable", status=503)
    try:
        assert _ask(_signed(cloud, keys)).status == 503
    finally:
        cloud.control("clear_faults")
