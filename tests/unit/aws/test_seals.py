"""Keys in KMS: a MAC that differs is no error but an answer; a KMS that does not answer is never taken for one."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber
from moto import mock_aws

from endpoint_sweep.aws.seals import AwsSeals
from endpoint_sweep.domain.errors import Unavailable
from endpoint_sweep.ports import Maker
from tests.simulation.member_aws.corrections import corrected, kms
from tests.unit.rows import seals_on

DIGEST = bytes(range(32))


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws(), corrected(*kms.CORRECTIONS):
        yield boto3.client("kms", region_name="us-east-1")


@pytest.fixture
def seals(client: Any) -> AwsSeals:
    return seals_on(client)


@pytest.mark.parametrize("maker", Maker)
def test_a_mac_is_of_one_digest(seals: AwsSeals, maker: Maker) -> None:
    """Any other digest or MAC is not authentic, whatever characters it has."""
    mac = seals.mac(maker, DIGEST)
    wrong = ("", "x", mac[:-4], mac.lower(), "\u2028", mac + mac)
    assert seals.is_authentic(maker, DIGEST, mac)
    assert not seals.is_authentic(maker, DIGEST[::-1], mac)
    assert not [one for one in wrong if seals.is_authentic(maker, DIGEST, one)]


def test_a_mac_is_of_one_maker(seals: AwsSeals) -> None:
    """What one function may sign, no other's key confirms."""
    for maker in Maker:
        mac = seals.mac(maker, DIGEST)
        assert [one for one in Maker if seals.is_authentic(one, DIGEST, mac)] == [maker]


def test_a_key_opens_for_its_own_sweep_only(seals: AwsSeals) -> None:
    """The same bytes each time; another sweep, another input, another document: none."""
    context = {"sweep": "s1", "input": "0" * 64}
    wrapped, other = seals.new_key(context), seals.new_key(context)
    key = seals.open_key(wrapped, context)
    assert key
    assert len(key) == 32
    assert seals.open_key(wrapped, dict(reversed(context.items()))) == key != seals.open_key(other, context)
    for wrong in ({"sweep": "s2"}, {"input": "1" * 64}, {"more": "x"}):
        assert seals.open_key(wrapped, context | wrong) is None
    token = seals.seal("token", "a1")
    assert [seals.open_key(one, context) for one in ("", "!", "bWFj", token, wrapped[:-8])] == [None] * 5


def test_a_token_opens_for_its_own_approval_only(seals: AwsSeals) -> None:
    """The approval's id is the encryption context: a row copied to another approval does not open (S1.3)."""
    sealed = seals.seal("token", "a1")
    assert "token" not in sealed
    assert seals.unseal(sealed, "a1") == "token"
    for wrong, context in ((sealed, "a2"), ("nonsense", "a1"), ("", "a1")):
        with pytest.raises(Unavailable):
            seals.unseal(wrong, context)


def seals_on_nothing(client: Any) -> AwsSeals:
    return AwsSeals(client, dict.fromkeys(Maker, "mac"), "cells", "seal")


@pytest.mark.parametrize("code", ["ThrottlingException", "KMSInternalException", "AccessDeniedException"])
def test_a_kms_that_fails_gives_no_answer(client: Any, code: str) -> None:
    """FI-32: neither a MAC nor an opinion about one."""
    seals = seals_on_nothing(client)
    calls = (
        ("generate_mac", lambda: seals.mac(Maker.ACTS, DIGEST)),
        ("verify_mac", lambda: seals.is_authentic(Maker.ACTS, DIGEST, "bWFj")),
        ("encrypt", lambda: seals.seal("token", "a1")),
        ("decrypt", lambda: seals.unseal("bWFj", "a1")),
        ("generate_data_key_without_plaintext", lambda: seals.new_key({"sweep": "s"})),
        ("decrypt", lambda: seals.open_key("bWFj", {"sweep": "s"})),
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
        seals_on_nothing(client).is_authentic(Maker.ACTS, DIGEST, "bWFj")
