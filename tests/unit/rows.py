"""The hub's table, bucket and keys on moto, and what someone can do to them who is not the product."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any
from unittest.mock import patch

import boto3
from moto import mock_aws

from endpoint_sweep.aws.seals import AwsSeals
from endpoint_sweep.aws.store import AwsStore
from endpoint_sweep.aws.table import AwsTable
from endpoint_sweep.ports import Maker
from endpoint_sweep.storage.records import Records
from tests.simulation.member_aws.corrections import corrected, dynamodb, kms, s3

_numbers = count()


@dataclass(frozen=True, slots=True)
class Stored:
    """The product's own ports, and the clients of someone who may write everywhere, but has no key.

    `name` is that of the table and of the bucket.
    """

    name: str
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
        self.dynamodb.put_item(TableName=self.name, Item=typed | {"version": {"N": version}})

    def change_row(self, pk: str, sk: str, **changes: Any) -> None:
        """Some fields of a row that is there."""
        self.put_row(pk, sk, self.row(pk, sk) | changes)

    def put_object(self, key: str, body: bytes, **extra: Any) -> None:
        self.s3.put_object(Bucket=self.name, Key=key, Body=body, **extra)

    def names(self) -> list[str]:
        """The keys of all objects that were not removed."""
        return [one["Key"] for one in self.s3.list_objects_v2(Bucket=self.name).get("Contents", [])]

    def remove_object(self, key: str) -> None:
        """As far as the bucket's policy lets anybody: a delete marker."""
        self.s3.delete_object(Bucket=self.name, Key=key)


@contextmanager
def keyring() -> Iterator[AwsSeals]:
    """AWS with fresh keys and nothing else. Keys take long to make, so that many tests share them."""
    keys = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": "us-east-1"}
    mended = corrected(*dynamodb.CORRECTIONS, *s3.CORRECTIONS, *kms.CORRECTIONS)
    with patch.dict("os.environ", keys), mock_aws(), mended:
        yield seals_on(boto3.client("kms"))


def fresh(seals: AwsSeals) -> Stored:
    """An empty table and an empty bucket."""
    name = f"fresh-{next(_numbers)}"
    table, bucket = boto3.client("dynamodb"), boto3.client("s3")
    table.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
    )
    bucket.create_bucket(Bucket=name)
    bucket.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    rows, store = AwsTable(table, name), AwsStore(bucket, name)
    return Stored(name, Records(rows, store, seals), rows, store, seals, table, bucket)


def seals_on(client: Any) -> AwsSeals:
    """Fresh keys, one for each maker and two that encrypt."""
    hashing = {"KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"}
    makers = {maker: client.create_key(**hashing)["KeyMetadata"]["Arn"] for maker in Maker}
    cells, seal = (client.create_key()["KeyMetadata"]["Arn"] for _ in range(2))
    return AwsSeals(client, makers, cells, seal)
