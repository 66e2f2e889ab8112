"""The hub's own bucket, table, mail and executions."""

import json
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, FlexibleChecksumError

from endpoint_sweep.aws.faults import code_of, message_of
from endpoint_sweep.aws.sessions import CONNECTIONS
from endpoint_sweep.documents import digest, to_data
from endpoint_sweep.errors import (
    AlreadyRecorded,
    DocumentNotFound,
    DocumentNotWritten,
    DocumentTampered,
    MailRefused,
    SwitchUnreadable,
    Unavailable,
)
from endpoint_sweep.model import Pointer
from endpoint_sweep.ports import Row, Stored

_MAC = "mac"


class AwsStore:
    """`ports.Store` on S3. The bucket is versioned, so nothing that was written is lost."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    @property
    def bucket(self) -> str:
        return self._bucket

    def put(
        self,
        key: str,
        body: bytes,
        content_type: str = "application/json",
        count: int = 1,
        *,
        once: bool = False,
        mac: str = "",
    ) -> Pointer:
        extra: dict[str, Any] = {"IfNoneMatch": "*"} if once else {}
        if mac:
            extra["Metadata"] = {_MAC: mac}
        try:
            answer = self._client.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType=content_type, **extra)
        except ClientError as error:
            if code_of(error) == "PreconditionFailed":
                raise AlreadyRecorded(f"{key} was written before") from error
            raise DocumentNotWritten(f"{key}: {code_of(error)}: {message_of(error)}") from error
        except BotoCoreError as error:
            raise DocumentNotWritten(f"{key}: {type(error).__name__}") from error
        return Pointer(self._bucket, key, str(answer.get("VersionId", "")), digest(body), count)

    def get(self, key: str, version_id: str | None = None) -> bytes:
        return self.read(key, version_id).body

    def read(self, key: str, version_id: str | None = None) -> Stored:
        version = {"VersionId": version_id} if version_id else {}
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=key, **version)
            body: bytes = answer["Body"].read()
        except ClientError as error:
            if code_of(error) in ("NoSuchKey", "NoSuchVersion"):
                raise DocumentNotFound(key) from error
            raise
        except FlexibleChecksumError as error:
            raise DocumentTampered(f"{key} is not what was written") from error
        return Stored(body, str(answer.get("VersionId", "")), str(answer.get("Metadata", {}).get(_MAC, "")))

    def keys(self, prefix: str) -> list[str]:
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        return sorted(key for key in pages.search("Contents[].Key") if key)

    def all(self, prefix: str) -> Mapping[str, Stored]:
        keys = self.keys(prefix)
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            return dict(zip(keys, pool.map(self.read, keys), strict=True))

    def history(self, prefix: str) -> tuple[tuple[str, str], ...]:
        found: list[tuple[str, str]] = []
        for page in self._client.get_paginator("list_object_versions").paginate(Bucket=self._bucket, Prefix=prefix):
            if page.get("Prefix", "") != prefix:
                # botocore makes an empty answer of a body that it cannot read: that is not "there is nothing".
                raise Unavailable("S3's answer cannot be read")
            found += [(one["Key"], one["VersionId"]) for one in page.get("Versions", ())]
        return tuple(reversed(found))


class AwsTable:
    """`ports.Table` on DynamoDB: `pk`, `sk`, the document as JSON text, its version, its status for the console.

    `expires_at` is the table's time to live: everything but the lock and the ledger goes after 400 days.
    """

    _FOREVER = ("LOCK", "LEDGER")
    _RETENTION_SECONDS = 400 * 86_400

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def get(self, pk: str, sk: str) -> Row | None:
        asked = {"ConsistentRead": True, "ReturnConsumedCapacity": "TOTAL"}
        answer = self._client.get_item(TableName=self._table, Key=_key(pk, sk), **asked)
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
        self._write("put_item", version, Item=item)

    def remove(self, pk: str, sk: str, version: int) -> None:
        self._write("delete_item", version, Key=_key(pk, sk))

    def query(self, pk: str, prefix: str = "") -> list[Row]:
        request: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :sk)",
            "ExpressionAttributeValues": {":pk": {"S": pk}, ":sk": {"S": prefix}},
            "ConsistentRead": True,
        }
        if not prefix:
            request["KeyConditionExpression"] = "pk = :pk"
            del request["ExpressionAttributeValues"][":sk"]
        pages = self._client.get_paginator("query").paginate(**request)
        found = []
        for page in pages:
            if "Items" not in page:
                raise Unavailable("DynamoDB's answer cannot be read")
            found += [_row(item) for item in page["Items"]]
        return found

    def _write(self, operation: str, version: int, **request: Any) -> None:
        if version == 0:
            condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(pk)"}
        else:
            condition = {
                "ConditionExpression": "#version = :version",
                "ExpressionAttributeNames": {"#version": "version"},
                "ExpressionAttributeValues": {":version": {"N": str(version)}},
            }
        try:
            getattr(self._client, operation)(TableName=self._table, **request, **condition)
        except ClientError as error:
            if code_of(error) == "ConditionalCheckFailedException":
                raise AlreadyRecorded("the record was changed by somebody else") from error
            raise


def _key(pk: str, sk: str) -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def _row(item: dict[str, Any]) -> Row:
    return Row((item["pk"]["S"], item["sk"]["S"]), json.loads(item["document"]["S"]), int(item["version"]["N"]))


class AwsKillSwitch:
    """`ports.KillSwitch` on a parameter of Systems Manager."""

    def __init__(self, client: Any, name: str) -> None:
        self._client = client
        self._name = name

    def read(self) -> str:
        try:
            return str(self._client.get_parameter(Name=self._name)["Parameter"]["Value"])
        except ClientError as error:
            raise SwitchUnreadable(code_of(error)) from error
        except BotoCoreError as error:
            raise SwitchUnreadable(type(error).__name__) from error


class AwsMailer:
    """`ports.Mailer` on SES: one recipient a message, text and HTML."""

    def __init__(self, client: Any, sender: str, configuration_set: str = "") -> None:
        self._client = client
        self._sender = sender
        # Bounces and complaints are reported for mails that name a configuration set.
        self._reported = {"ConfigurationSetName": configuration_set} if configuration_set else {}

    def send(self, recipient: str, subject: str, text: str, html: str, approval: str = "") -> None:
        body = {"Text": {"Data": text, "Charset": "UTF-8"}, "Html": {"Data": html, "Charset": "UTF-8"}}
        simple = {"Subject": {"Data": subject, "Charset": "UTF-8"}, "Body": body}
        try:
            self._client.send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [recipient]},
                Content={"Simple": simple},
                EmailTags=[{"Name": "approval", "Value": approval}] if approval else [],
                **self._reported,
            )
        except ClientError as error:
            raise MailRefused(f"the mail service said {code_of(error)}") from error
        except BotoCoreError as error:
            raise MailRefused(f"the mail service did not answer: {type(error).__name__}") from error


class AwsExecutions:
    """`ports.Executions` on Step Functions."""

    def __init__(self, client: Any, state_machine: str) -> None:
        self._client = client
        self._state_machine = state_machine

    def wake(self, token: str) -> bool:
        """Best effort: nobody waits any more, or the call did not get through. Then the next slice looks by itself."""
        try:
            self._client.send_task_success(taskToken=token, output='{"wake":true}')
        except (ClientError, BotoCoreError):
            return False
        return True

    def is_running(self, execution: str) -> bool:
        try:
            status = self._client.describe_execution(executionArn=execution)["status"]
        except ClientError as error:
            if code_of(error) == "ExecutionDoesNotExist":
                return False
            raise
        return bool(status == "RUNNING")

    def start(self, name: str, data: Mapping[str, Any]) -> str:
        try:
            answer = self._client.start_execution(
                stateMachineArn=self._state_machine, name=name, input=json.dumps(to_data(data))
            )
        except ClientError as error:
            if code_of(error) == "ExecutionAlreadyExists":
                raise AlreadyRecorded(f"there is an execution named {name} already") from error
            raise
        return str(answer["executionArn"])
