"""The deployed roles do with the real table, bucket and keys what the design says, and nothing else.

No sweep runs: each role is entered as Lambda enters it, and tries every kind of row, document and key.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.deploy.actors import client_of, session_of
from tests.deploy.deployed import Deployed, deploy
from tests.unit.repository.makers import (
    APPLY,
    DOCUMENTS,
    EVERY_VERSION,
    KEYS,
    PLAN,
    REQUEST,
    REVIEW,
    ROWS,
    SCAN,
    SUMMARY,
    SWEEP,
)

REFUSED = {"AccessDenied", "AccessDeniedException"}
# Those who make something that allows a deletion, and the two that an attacker would rather have.
TRIED = (PLAN, SCAN, REQUEST, REVIEW, APPLY, SUMMARY)
MAC = {"MacAlgorithm": "HMAC_SHA_256", "Message": b"m" * 32}

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    with deploy(tmp_path_factory.mktemp("fences"), "small") as stack:
        yield stack


class Tried:
    """What one role may do. A call that is refused for another reason than a missing permission was allowed."""

    def __init__(self, deployed: Deployed, role: str) -> None:
        self.role = role
        arn = f"arn:aws:iam::{deployed.aws.organization.hub_account}:role/{deployed.resource(role)}"
        session = session_of(deployed.aws, arn)
        self._clients = {name: client_of(deployed.aws, session, name) for name in ("dynamodb", "s3", "kms")}

    def may(self, service: str, operation: str, **arguments: Any) -> bool:
        try:
            getattr(self._clients[service], operation)(**arguments)
        except ClientError as error:
            return error.response["Error"]["Code"] not in REFUSED
        return True


@pytest.fixture(scope="module", params=TRIED)
def tried(request: pytest.FixtureRequest, deployed: Deployed) -> Tried:
    return Tried(deployed, request.param)


def test_a_role_touches_its_own_rows_only(deployed: Deployed, tried: Tried) -> None:
    """Written, removed, read and listed: as the table of the design says, row by row."""
    table = {"TableName": deployed.outputs["TableName"]}
    for kind, (partition, writers, removers, readers, listers) in ROWS.items():
        key = {"pk": {"S": partition}, "sk": {"S": "REQUEST"}}
        asked = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": key["pk"]}}
        found = {
            "put": tried.may("dynamodb", "put_item", Item=key, **table),
            "delete": tried.may("dynamodb", "delete_item", Key=key, **table),
            "get": tried.may("dynamodb", "get_item", Key=key, **table),
            "query": tried.may("dynamodb", "query", **asked, **table),
        }
        makers = {"put": writers, "delete": removers, "get": readers, "query": listers}
        assert found == {action: tried.role in roles for action, roles in makers.items()}, kind
    assert not tried.may("dynamodb", "scan", **table)


def test_a_role_writes_its_own_documents_only(deployed: Deployed, tried: Tried) -> None:
    """And takes none away; every version of a sweep's folder is seen by those who look for a veto."""
    bucket = {"Bucket": deployed.outputs["BucketName"]}
    for key, writers in DOCUMENTS.items():
        assert tried.may("s3", "put_object", Key=key, Body=b"{}", **bucket) == (tried.role in writers), key
        assert not tried.may("s3", "delete_object", Key=key, **bucket), key
    sees = tried.may("s3", "list_object_versions", Prefix=f"{SWEEP}/stops/", **bucket)
    assert sees == (tried.role in EVERY_VERSION)
    assert not tried.may("s3", "list_object_versions", **bucket)


def test_a_role_uses_its_own_keys_only(deployed: Deployed, tried: Tried) -> None:
    """Makes and checks MACs, makes and opens data keys: as the key policies say, key by key."""
    for name, uses in KEYS.items():
        key = {"KeyId": deployed.resource(name)}
        calls: dict[str, tuple[str, dict[str, Any]]] = {
            "kms:GenerateMac": ("generate_mac", MAC),
            "kms:VerifyMac": ("verify_mac", MAC | {"Mac": b"x" * 32}),
            "kms:Encrypt": ("encrypt", {"Plaintext": b"x"}),
            "kms:Decrypt": ("decrypt", {"CiphertextBlob": b"x" * 200}),
            "kms:GenerateDataKey": ("generate_data_key", {"KeySpec": "AES_256"}),
            "kms:GenerateDataKeyWithoutPlaintext": ("generate_data_key_without_plaintext", {"KeySpec": "AES_256"}),
        }
        for action, (operation, arguments) in calls.items():
            allowed = tried.role in uses.get(action, set())
            assert tried.may("kms", operation, **key, **arguments) == allowed, (name, action)


def test_a_veto_outlives_everybody(deployed: Deployed) -> None:
    """No function deletes a version, nor does someone whose own policy allows everything."""
    iam, bucket = deployed.aws.client("iam"), deployed.outputs["BucketName"]
    key = f"{SWEEP}/stops/veto.json"
    version = deployed.aws.client("s3").put_object(Bucket=bucket, Key=key, Body=b"{}")["VersionId"]
    everything = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
    name = deployed.resource(REVIEW)
    iam.put_role_policy(RoleName=name, PolicyName="everything", PolicyDocument=everything)
    try:
        tried = Tried(deployed, REVIEW)
        named = {"Bucket": bucket, "Key": key}
        assert tried.may("s3", "delete_object", **named)
        assert not tried.may("s3", "delete_object", VersionId=version, **named)
        assert tried.may("s3", "get_object", VersionId=version, **named)
    finally:
        iam.delete_role_policy(RoleName=name, PolicyName="everything")
