"""The hub's table, on DynamoDB."""

import json
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from endpoint_sweep.aws.error_translation import code_of
from endpoint_sweep.domain.documents import to_data
from endpoint_sweep.domain.errors import AlreadyRecorded, Unavailable
from endpoint_sweep.ports import Row

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class AwsTable:
    """`ports.Table` on DynamoDB: `pk`, `sk`, the document as JSON text, its version, its status for the console.

    `expires_at` is the table's time to live: everything but the lock and the ledger goes after 400 days.
    """

    _FOREVER = ("LOCK", "LEDGER")
    _RETENTION_SECONDS = 400 * 86_400

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def get(self, pk: str, sk: str) -> Row | None:
        answer = self._client.get_item(
            TableName=self._table, Key=_key(pk, sk), ConsistentRead=True, ReturnConsumedCapacity="TOTAL"
        )
        if "Item" in answer:
            return _row(answer["Item"])
        if "ConsumedCapacity" not in answer:
            # botocore makes an empty answer of a body that is no JSON: that is not "there is none".
            raise Unavailable("DynamoDB's answer cannot be read")
        return None

    def put(self, pk: str, sk: str, document: Mapping[str, Any], version: int) -> None:
        item = {
            **_key(pk, sk),
            "document": {"S": json.dumps(to_data(document), sort_keys=True)},
            "version": {"N": str(version + 1)},
            "status": {"S": str(document.get("status", "-"))},
        }
        if pk not in self._FOREVER:
            item["expires_at"] = {"N": str(int(time.time()) + self._RETENTION_SECONDS)}
        self._write(self._client.put_item, version, Item=item)

    def remove(self, pk: str, sk: str, version: int) -> None:
        self._write(self._client.delete_item, version, Key=_key(pk, sk))

    def query(self, pk: str, prefix: str = "") -> list[Row]:
        condition, values = "pk = :pk", {":pk": {"S": pk}}
        if prefix:
            condition, values = f"{condition} AND begins_with(sk, :sk)", values | {":sk": {"S": prefix}}
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=values,
            ConsistentRead=True,
        )
        found = []
        for page in pages:
            if "Items" not in page:
                raise Unavailable("DynamoDB's answer cannot be read")
            found += [_row(item) for item in page["Items"]]
        return found

    def _write(self, operation: Callable[..., object], version: int, **request: Any) -> None:
        if version == 0:
            condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(pk)"}
        else:
            condition = {
                "ConditionExpression": "#version = :version",
                "ExpressionAttributeNames": {"#version": "version"},
                "ExpressionAttributeValues": {":version": {"N": str(version)}},
            }
        try:
            operation(TableName=self._table, **request, **condition)
        except ClientError as error:
            if code_of(error) == "ConditionalCheckFailedException":
                raise AlreadyRecorded("the record was changed by someone else") from error
            raise


def _key(pk: str, sk: str) -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def _row(item: dict[str, Any]) -> Row:
    document = json.loads(item["document"]["S"])
    # Every document of ours is an object. What is none was written by someone else and says nothing.
    said = document if isinstance(document, dict) else {}
    return Row((item["pk"]["S"], item["sk"]["S"]), said, int(item["version"]["N"]))
