"""The hub's table, bucket and keys on moto, and what somebody can do to them who is not the product."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import boto3
from moto import mock_aws

from endpoint_sweep.aws.hub import AwsStore, AwsTable
from endpoint_sweep.aws.seals import AwsSeals
from endpoint_sweep.ports import Maker
from endpoint_sweep.records import Records
from tests.simulation.corrections import corrected, dynamodb, kms, s3

BUCKET, TABLE = "bucket", "t"


@dataclass(frozen=True, slots=True)
class Stored:
    """The product's own ports, and the clients of somebody who may write everywhere, but has no key."""

    records: Records
    table: AwsTable
    store: AwsStore
    seals: AwsSeals
    dynamodb: Any
    s3: Any

    def row(self, pk: str, sk: str) -> dict[str, Any]:
        found = self.table.get(pk, sk)
        assert found
        return found.document

    def put_row(self, pk: str, sk: str, document: Any) -> None:
        """Over whatever is there, with the next version, as an honest writer would leave it."""
        there = self.table.get(pk, sk)
        version = str((there.version if there else 0) + 1)
        item = {"pk": pk, "sk": sk, "document": json.dumps(document)}
        typed: dict[str, Any] = {name: {"S": value} for name, value in item.items()}
        self.dynamodb.put_item(TableName=TABLE, Item=typed | {"version": {"N": version}})

    def change_row(self, pk: str, sk: str, **changes: Any) -> None:
        """Some fields of a row that is there."""
        self.put_row(pk, sk, self.row(pk, sk) | changes)

    def put_object(self, key: str, body: bytes, **extra: Any) -> None:
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=body, **extra)

    def remove_object(self, key: str) -> None:
        """As far as the bucket's policy lets anybody: a delete marker."""
        self.s3.delete_object(Bucket=BUCKET, Key=key)


@contextmanager
def stored() -> Iterator[Stored]:
    """A fresh hub."""
    keys = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": "us-east-1"}
    mended = corrected(*dynamodb.CORRECTIONS, *s3.CORRECTIONS, *kms.CORRECTIONS)
    with patch.dict("os.environ", keys), mock_aws(), mended:
        table, bucket, keyring = boto3.client("dynamodb"), boto3.client("s3"), boto3.client("kms")
        table.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
        )
        bucket.create_bucket(Bucket=BUCKET)
        bucket.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        rows, store, seals = AwsTable(table, TABLE), AwsStore(bucket, BUCKET), seals_on(keyring)
        yield Stored(Records(rows, store, seals), rows, store, seals, table, bucket)


def seals_on(client: Any) -> AwsSeals:
    """Fresh keys, one for each maker and two that encrypt."""
    hashing = {"KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"}
    makers = {maker: client.create_key(**hashing)["KeyMetadata"]["Arn"] for maker in Maker}
    cells, seal = (client.create_key()["KeyMetadata"]["Arn"] for _ in range(2))
    return AwsSeals(client, makers, cells, seal)
