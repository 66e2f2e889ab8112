"""Keys in KMS: a MAC that differs is no error but an answer; a KMS that does not answer is never taken for one."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber
from moto import mock_aws

from endpoint_sweep.aws.seals import AwsSeals
from endpoint_sweep.errors import Unavailable

DIGEST = bytes(range(32))


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield boto3.client("kms", region_name="us-east-1")


@pytest.fixture
def seals(client: Any) -> AwsSeals:
    mac = client.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["Arn"]
    return AwsSeals(client, mac, client.create_key()["KeyMetadata"]["Arn"])


def test_a_mac_is_of_one_digest(seals: AwsSeals) -> None:
    """Any other digest or MAC is not authentic, whatever characters it has."""
    mac = seals.mac(DIGEST)
    assert seals.is_authentic(DIGEST, mac)
    assert not seals.is_authentic(DIGEST[::-1], mac)
    assert not [one for one in ("", "x", mac[:-4], mac.lower(), "\u2028", mac + mac) if seals.is_authentic(DIGEST, one)]


def test_a_token_opens_for_its_own_approval_only(seals: AwsSeals) -> None:
    """The approval's id is the encryption context: a row copied to another approval does not open (S1.3)."""
    sealed = seals.seal("token", "a1")
    assert "token" not in sealed
    assert seals.unseal(sealed, "a1") == "token"
    for wrong, context in ((sealed, "a2"), ("nonsense", "a1"), ("", "a1")):
        with pytest.raises(Unavailable):
            seals.unseal(wrong, context)


@pytest.mark.parametrize("code", ["ThrottlingException", "KMSInternalException", "AccessDeniedException"])
def test_a_kms_that_fails_gives_no_answer(client: Any, code: str) -> None:
    """FI-32: neither a MAC nor an opinion about one."""
    seals = AwsSeals(client, "mac", "seal")
    calls = (
        ("generate_mac", lambda: seals.mac(DIGEST)),
        ("verify_mac", lambda: seals.is_authentic(DIGEST, "bWFj")),
        ("encrypt", lambda: seals.seal("token", "a1")),
        ("decrypt", lambda: seals.unseal("bWFj", "a1")),
    )
    for operation, call in calls:
        with Stubber(client) as stubber:
            stubber.add_client_error(operation, code)
            with pytest.raises(Unavailable, match=code):
                call()


def test_a_kms_that_cannot_be_reached_gives_no_answer(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """FI-32: not even an error of its own."""

    def unreachable(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="x")

    monkeypatch.setattr(client, "verify_mac", unreachable)
    with pytest.raises(Unavailable, match="EndpointConnectionError"):
        AwsSeals(client, "mac", "seal").is_authentic(DIGEST, "bWFj")
