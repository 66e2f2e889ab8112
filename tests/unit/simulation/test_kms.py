"""What the product's proofs lean on in KMS: a data key opens beside its own context only, a MAC under its own key."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest

from tests.simulation.member_aws.world import World
from tests.simulation.organization.scenarios import build
from tests.unit.simulation.asking import code

CONTEXT = {"sweep": "2026-11-20T06-00Z", "input": "0c1d"}


@contextmanager
def keys(without: list[str]) -> Iterator[Any]:
    """A client of KMS."""
    with World.in_process(build("empty"), without=without):
        yield boto3.client("kms", region_name="us-east-1")


def key(kms: Any, **kind: str) -> str:
    arn: str = kms.create_key(**kind)["KeyMetadata"]["Arn"]
    return arn


def test_a_data_key_opens_beside_its_own_context_only() -> None:
    """Another sweep, another input, less or more than was said: InvalidCiphertextException, and so for what is none."""
    with keys([]) as kms:
        arn = key(kms)
        made = kms.generate_data_key_without_plaintext(KeyId=arn, KeySpec="AES_256", EncryptionContext=CONTEXT)
        assert "Plaintext" not in made
        sealed = made["CiphertextBlob"]
        opened = kms.decrypt(KeyId=arn, CiphertextBlob=sealed, EncryptionContext=CONTEXT)
        assert len(opened["Plaintext"]) == 32
        # The order of the context is nothing.
        again = kms.decrypt(KeyId=arn, CiphertextBlob=sealed, EncryptionContext=dict(reversed(CONTEXT.items())))
        assert again["Plaintext"] == opened["Plaintext"]
        for context in (
            CONTEXT | {"sweep": "x"},
            CONTEXT | {"input": "x"},
            {"sweep": "x"},
            CONTEXT | {"more": "x"},
            {},
        ):
            refusal = code(kms.decrypt, KeyId=arn, CiphertextBlob=sealed, EncryptionContext=context)
            assert refusal == "InvalidCiphertextException"
        for garbage in (b"short", b"x" * 200, sealed[:-1] + bytes([sealed[-1] ^ 1])):
            refusal = code(kms.decrypt, KeyId=arn, CiphertextBlob=garbage, EncryptionContext=CONTEXT)
            assert refusal == "InvalidCiphertextException"


@pytest.mark.parametrize(
    ("without", "refusal"),
    [([], "IncorrectKeyException"), (["decrypt"], "AccessDeniedException")],
    ids=["corrected", "moto itself"],
)
def test_a_data_key_of_another_key_is_told_apart(without: list[str], refusal: str) -> None:
    """Who names the key that it must be opens no other's; AWS does not call that a missing permission."""
    with keys(without) as kms:
        made = kms.generate_data_key_without_plaintext(KeyId=key(kms), KeySpec="AES_256", EncryptionContext=CONTEXT)
        sealed = made["CiphertextBlob"]
        assert code(kms.decrypt, KeyId=key(kms), CiphertextBlob=sealed, EncryptionContext=CONTEXT) == refusal
        kms.decrypt(CiphertextBlob=sealed, EncryptionContext=CONTEXT)


def test_moto_itself_calls_garbage_a_missing_permission() -> None:
    """Which the product would wait for instead of refusing it."""
    with keys(["decrypt"]) as kms:
        assert code(kms.decrypt, CiphertextBlob=b"x" * 200) == "AccessDeniedException"


def test_a_mac_holds_for_its_message_and_key_only() -> None:
    """KMSInvalidMacException for anything else."""
    with keys([]) as kms:
        one, other = (key(kms, KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC") for _ in range(2))
        asked = {"MacAlgorithm": "HMAC_SHA_256", "Message": b"m" * 32}
        mac = kms.generate_mac(KeyId=one, **asked)["Mac"]
        assert kms.verify_mac(KeyId=one, Mac=mac, **asked)["MacValid"]
        for changes in ({"KeyId": other}, {"Message": b"n" * 32}, {"Mac": mac[:-1]}, {"Mac": mac[::-1]}):
            request = {"KeyId": one, "Mac": mac, **asked} | changes
            assert code(kms.verify_mac, **request) == "KMSInvalidMacException"
