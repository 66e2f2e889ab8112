"""The local AWS fences table, bucket and keys as AWS does: on partition keys, prefixes, versions, encryption contexts.

Where stock MiniStack lets through what AWS refuses, the gateway mends it; those tests fail without the patch.
"""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.deploy.actors import Actors
from tests.simulation.hub.local_aws import LocalAws

TABLE, BUCKET = "record", "record-of-sweeps"
FOLDER = "sweeps/2026-11-20T06-00Z"
CONTEXT = {"sweep": "2026-11-20T06-00Z", "input": "0c1d"}
ROLE = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
REFUSED = {"AccessDenied", "AccessDeniedException"}

type Role = Callable[..., Any]


@pytest.fixture(scope="module")
def role(actors: Actors) -> Role:
    """`role(name, service, *statements)`: a client of a new hub role that may do only this."""

    def client(name: str, service: str, *statements: dict[str, Any]) -> Any:
        arn = actors.role(actors.hub, f"fence-{name}", ROLE, list(statements))
        return actors.client(actors.function(arn), service)

    return client


@pytest.fixture(scope="module")
def table(cloud: LocalAws) -> str:
    cloud.client("dynamodb").create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
        BillingMode="PAY_PER_REQUEST",
    )
    return TABLE


@pytest.fixture(scope="module")
def bucket(cloud: LocalAws) -> str:
    """Versioned, with two versions of a veto, and the policy that keeps them."""
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    for number in (b"1", b"2"):
        s3.put_object(Bucket=BUCKET, Key=f"{FOLDER}/stops/veto.json", Body=number, Metadata={"mac": number.decode()})
    keeps = {"Effect": "Deny", "Principal": "*", "Action": "s3:DeleteObjectVersion"}
    keeps |= {"Resource": f"arn:aws:s3:::{BUCKET}/sweeps/*"}
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": [keeps]}))
    return BUCKET


def code(call: Any, **arguments: Any) -> str:
    """The error code that AWS would answer with, or nothing."""
    try:
        call(**arguments)
    except ClientError as error:
        found: str = error.response["Error"]["Code"]
        return found
    return ""


def fenced(operator: str, *partitions: str) -> dict[str, Any]:
    """A statement like those of the template, with every action of DynamoDB so that the condition alone decides."""
    condition = {f"ForAllValues:{operator}": {"dynamodb:LeadingKeys": list(partitions)}}
    return {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*", "Condition": condition}


@pytest.mark.parametrize(
    ("name", "operator", "allowed", "inside", "outside"),
    [
        ("one-kind", "StringLike", ["DECIDED#*"], ["DECIDED#5f3a", "DECIDED#"], ["ASKED#5f3a", "decided#1", "DECIDED"]),
        ("kinds", "StringLike", ["ASKED#*", "APPROVAL#*"], ["ASKED#1", "APPROVAL#1"], ["WAIT#1", "X#ASKED#1", "LOCK"]),
        ("exact", "StringEquals", ["LOCK"], ["LOCK"], ["LOCK#1", "lock", "LEDGER", "*"]),
    ],
)
def test_every_single_call_is_fenced(
    role: Role, table: str, name: str, operator: str, allowed: list[str], inside: list[str], outside: list[str]
) -> None:
    """Get, Put, Delete, Query and a batch see the partition key that they name, whatever the sort key is."""
    dynamodb = role(name, "dynamodb", fenced(operator, *allowed))
    for partition in inside + outside:
        item = {"pk": {"S": partition}, "sk": {"S": allowed[0]}}
        asked = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": item["pk"]}}
        codes = {
            code(dynamodb.put_item, TableName=table, Item=item),
            code(dynamodb.get_item, TableName=table, Key=item),
            code(dynamodb.query, TableName=table, **asked),
            code(dynamodb.delete_item, TableName=table, Key=item),
            code(dynamodb.batch_write_item, RequestItems={table: [{"DeleteRequest": {"Key": item}}]}),
        }
        assert codes == ({""} if partition in inside else {"AccessDeniedException"}), partition


def test_no_wording_of_a_request_passes_the_fence(cloud: LocalAws, role: Role, actors: Actors, table: str) -> None:
    """The sort key first, other names for the keys, the old form of a query, the table by its ARN."""
    dynamodb = role("wording", "dynamodb", fenced("StringLike", "DECIDED#*"))
    values = {":out": {"S": "ASKED#1"}, ":in": {"S": "DECIDED#1"}}
    for condition, names in (
        ("sk = :in AND pk = :out", {}),
        (":in = sk AND :out = pk", {}),
        ("#a = :in AND #b = :out", {"#a": "sk", "#b": "pk"}),
    ):
        asked: dict[str, Any] = {"KeyConditionExpression": condition, "ExpressionAttributeValues": values}
        asked |= {"ExpressionAttributeNames": names} if names else {}
        assert code(dynamodb.query, TableName=table, **asked) in REFUSED, condition
    old = {"pk": {"AttributeValueList": [values[":out"]], "ComparisonOperator": "EQ"}}
    assert code(dynamodb.query, TableName=table, KeyConditions=old) in REFUSED
    by_arn = f"arn:aws:dynamodb:us-east-1:{actors.hub}:table/{table}"
    item = {"pk": values[":out"], "sk": {"S": "x"}}
    assert code(dynamodb.put_item, TableName=by_arn, Item=item) in REFUSED
    assert "Item" not in cloud.client("dynamodb").get_item(TableName=table, Key=item)


def test_a_scan_has_no_partition_key(role: Role, table: str) -> None:
    """A condition on all of its keys holds where there is none: so no role of ours is given Scan at all."""
    dynamodb = role("scan", "dynamodb", fenced("StringLike", "DECIDED#*"))
    assert code(dynamodb.scan, TableName=table) == ""
    named = fenced("StringLike", "DECIDED#*") | {"Action": ["dynamodb:GetItem", "dynamodb:Query"]}
    assert code(role("no-scan", "dynamodb", named).scan, TableName=table) in REFUSED


def test_versions_are_listed_under_the_prefix_only(role: Role, bucket: str) -> None:
    """`s3:prefix` is that of the request; none given is none, and listing versions is not listing objects."""
    condition = {"StringLike": {"s3:prefix": "sweeps/*"}}
    lists = {"Effect": "Allow", "Action": "s3:ListBucketVersions", "Resource": f"arn:aws:s3:::{bucket}"}
    s3 = role("versions", "s3", lists | {"Condition": condition})
    found = s3.list_object_versions(Bucket=bucket, Prefix=f"{FOLDER}/stops/")["Versions"]
    assert [one["IsLatest"] for one in found] == [True, False]
    for asked in ({}, {"Prefix": ""}, {"Prefix": "prices/"}, {"Prefix": "sweep"}):
        assert code(s3.list_object_versions, Bucket=bucket, **asked) in REFUSED
    assert code(s3.list_objects_v2, Bucket=bucket, Prefix=f"{FOLDER}/stops/") in REFUSED


def test_nobody_deletes_a_version(cloud: LocalAws, role: Role, bucket: str) -> None:
    """Not one by one and not in a batch, whatever the role's own policy says; a delete marker hides no version."""
    s3 = role("administrator", "s3", {"Effect": "Allow", "Action": "*", "Resource": "*"})
    key = f"{FOLDER}/stops/veto.json"

    def versions() -> set[str]:
        return {one["VersionId"] for one in s3.list_object_versions(Bucket=bucket, Prefix=key)["Versions"]}

    before = versions()
    for version in before:
        assert code(s3.delete_object, Bucket=bucket, Key=key, VersionId=version) in REFUSED
        batch = {"Objects": [{"Key": key, "VersionId": version}]}
        assert code(s3.delete_objects, Bucket=bucket, Delete=batch) in REFUSED
    s3.delete_object(Bucket=bucket, Key=key)
    assert versions() == before
    found = s3.get_object(Bucket=bucket, Key=key, VersionId=min(before))
    assert found["Metadata"]["mac"].encode() == found["Body"].read()


def test_who_may_not_list_is_not_told_what_is_missing(role: Role, bucket: str) -> None:
    """GetObject of nothing is AccessDenied without s3:ListBucket, NoSuchKey with it."""
    reads = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    lists = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{bucket}"}
    missing = {"Bucket": bucket, "Key": f"{FOLDER}/none.json"}
    assert code(role("reader", "s3", reads).get_object, **missing) == "AccessDenied"
    assert code(role("lister", "s3", reads, lists).get_object, **missing) == "NoSuchKey"


def test_one_of_many_writes_an_object_once(cloud: LocalAws, bucket: str) -> None:
    """`If-None-Match: *` has one winner."""
    s3 = cloud.client("s3")

    def write(number: int) -> bool:
        once = {"Bucket": bucket, "Key": f"{FOLDER}/plan.json", "IfNoneMatch": "*"}
        return code(s3.put_object, Body=b"%d" % number, **once) != "PreconditionFailed"

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(write, range(8))) == 1


@pytest.fixture(scope="module")
def data_key(cloud: LocalAws, actors: Actors) -> dict[str, Any]:
    """A key whose policy lets one role make data keys and another one open them; clients by name, the ciphertext."""
    arns = {name: actors.role(actors.hub, f"fence-{name}", ROLE, []) for name in ("makes", "opens")}
    anything = {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}
    arns["stranger"] = actors.role(actors.hub, "fence-kms-stranger", ROLE, [anything])
    statements = [
        {"Effect": "Allow", "Principal": {"AWS": arns[name]}, "Action": action, "Resource": "*"}
        for name, action in (("makes", "kms:GenerateDataKeyWithoutPlaintext"), ("opens", "kms:Decrypt"))
    ]
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    found: dict[str, Any] = {"key": cloud.client("kms").create_key(Policy=policy)["KeyMetadata"]["Arn"]}
    found |= {name: actors.client(actors.function(arn), "kms") for name, arn in arns.items()}
    asked = {"KeyId": found["key"], "KeySpec": "AES_256", "EncryptionContext": CONTEXT}
    made = found["makes"].generate_data_key_without_plaintext(**asked)
    assert "Plaintext" not in made
    return found | {"sealed": made["CiphertextBlob"], "asked": asked}


def test_a_data_key_opens_beside_its_own_context_only(data_key: dict[str, Any]) -> None:
    """Another sweep, another input, more or less: InvalidCiphertextException, as for a ciphertext that was changed."""
    opens, sealed = data_key["opens"].decrypt, data_key["sealed"]
    opened = opens(KeyId=data_key["key"], CiphertextBlob=sealed, EncryptionContext=CONTEXT)
    assert len(opened["Plaintext"]) == 32
    for context in ({}, CONTEXT | {"sweep": "x"}, CONTEXT | {"input": "x"}, CONTEXT | {"more": "x"}, {"sweep": "x"}):
        assert code(opens, CiphertextBlob=sealed, EncryptionContext=context) == "InvalidCiphertextException"
    for blob in (b"short", b"x" * 200, sealed[:-1] + bytes([sealed[-1] ^ 1]), sealed[:-1]):
        named = {"KeyId": data_key["key"], "CiphertextBlob": blob, "EncryptionContext": CONTEXT}
        assert code(opens, **named) == "InvalidCiphertextException"


def test_a_data_key_is_made_and_opened_by_its_roles_only(data_key: dict[str, Any]) -> None:
    """The key policy decides, also where the key is only named by the ciphertext; no one makes one in the clear."""
    sealed = {"CiphertextBlob": data_key["sealed"], "EncryptionContext": CONTEXT}
    for name in ("makes", "stranger"):
        assert code(data_key[name].decrypt, **sealed) in REFUSED
        assert code(data_key[name].decrypt, KeyId=data_key["key"], **sealed) in REFUSED
    for name in ("opens", "stranger"):
        assert code(data_key[name].generate_data_key_without_plaintext, **data_key["asked"]) in REFUSED
    for name in ("makes", "opens", "stranger"):
        assert code(data_key[name].generate_data_key, **data_key["asked"]) in REFUSED


def test_a_data_key_of_another_key_is_refused(cloud: LocalAws, data_key: dict[str, Any]) -> None:
    """Who names the key that it must be opens no other's: IncorrectKeyException."""
    anybody = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [anybody]})
    other = cloud.client("kms").create_key(Policy=policy)["KeyMetadata"]["Arn"]
    forged = data_key["makes"].generate_data_key_without_plaintext(**(data_key["asked"] | {"KeyId": other}))
    sealed = {"CiphertextBlob": forged["CiphertextBlob"], "EncryptionContext": CONTEXT}
    assert code(data_key["opens"].decrypt, KeyId=data_key["key"], **sealed) == "IncorrectKeyException"
    assert code(data_key["opens"].decrypt, **sealed) == ""
