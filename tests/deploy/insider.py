"""Someone inside the hub account, with every permission but the use of the product's keys.

Nothing here knows how the product lays out its rows: it looks for what it can recognise, the hashes of a link's secret
and of a code, and writes beside them what it would like to stand there.
"""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from endpoint_sweep.domain.documents import digest, to_json
from endpoint_sweep.rules.approvals import Choice, hash_code, hash_secret, phrase

OWN_SECRET = "insiders-own-" + "x" * 30
OWN_CODE = "000000"
FAR = "2099-01-01T00:00:00Z"
Row = dict[str, Any]
Change = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Insider:
    """`client` makes clients of the hub account."""

    client: Callable[[str], Any]
    table: str
    bucket: str

    # the table

    def rows(self) -> list[Row]:
        pages = self.client("dynamodb").get_paginator("scan").paginate(TableName=self.table, ConsistentRead=True)
        return list(pages.search("Items[]"))

    def put(self, row: Row) -> None:
        self.client("dynamodb").put_item(TableName=self.table, Item=row)

    def knows(self, value: str) -> bool:
        """Whether this stands in the table: else the attack looks for something that is not there any more."""
        return value in json.dumps(self.rows())

    def plant_link(self, real: str, own: str) -> None:
        """Wherever the table says something of the secret `real`, it says the same of `own`."""
        old, new = hash_secret(real), hash_secret(own)
        assert self.knows(old), "the table does not know the link by the hash of its secret"
        for row in self.rows():
            if old in row["pk"]["S"] + row["sk"]["S"]:
                self.put(_replaced(row, old, new))
            elif old in json.dumps(row):
                self.put(_changed(row, lambda value: _with_twin(value, old, new)))

    def forge_code(self, real: str, secret: str) -> None:
        """Wherever the hash `real` of a mailed code stands, `OWN_CODE` of this link does, for ever, never yet tried."""
        assert self.knows(real), "the table does not know the code by its hash"
        own = {"expires_at": FAR, "tries": -1000, "sent": -1000}

        def forged(value: Any) -> Any:
            if not isinstance(value, dict) or real not in value.values():
                return value
            hashes = {name: hash_code(OWN_CODE, secret) for name, item in value.items() if item == real}
            return value | {name: own[name] for name in own if name in value} | hashes

        for row in self.rows():
            if (other := _changed(row, lambda value: _everywhere(value, forged))) != row:
                self.put(other)

    def put_back(self, earlier: list[Row]) -> int:
        """Every row that stands there otherwise now, or no longer; how many. What only wakes a sweep stays."""
        now = {_key(row): row for row in self.rows()}
        other = [row for row in earlier if "WAIT" not in "".join(_key(row)) and now.get(_key(row)) != row]
        for row in other:
            self.put(row)
        return len(other)

    def replay(self, approval: str, sweep: str, later_approval: str, later_sweep: str) -> int:
        """The rows about one approval say that they are about a later sweep, in their own and in its places; how many.

        All else in them stays: whoever was asked, what was decided, every proof of it.
        """

        def said(value: Any) -> Any:
            if not isinstance(value, dict):
                return value
            return {name: later_sweep if item == sweep else item for name, item in value.items()}

        rows = [row for row in self.rows() if approval in row["pk"]["S"] and "WAIT" not in "".join(_key(row))]
        for row in rows:
            other = _changed(row, lambda value: _everywhere(value, said))
            self.put(other)
            self.put(other | {name: {"S": row[name]["S"].replace(approval, later_approval)} for name in ("pk", "sk")})
        return len(rows)

    # the bucket

    def write(self, key: str, value: Any, like: str = "") -> None:
        """A document as the product writes it, canonical; with whatever is said of the honest one at `like`."""
        s3, told = self.client("s3"), {}
        if like:
            told = s3.head_object(Bucket=self.bucket, Key=like)["Metadata"]
        s3.put_object(Bucket=self.bucket, Key=key, Body=to_json(value), ContentType="application/json", Metadata=told)

    def read(self, key: str) -> bytes:
        body: bytes = self.client("s3").get_object(Bucket=self.bucket, Key=key)["Body"].read()
        return body

    # the functions

    def call(self, function: str, event: object) -> int:
        """The HTTP status that a function answers to an event, or with which calling it is refused."""
        try:
            answer = self.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event).encode())
        except ClientError as error:
            return int(error.response["ResponseMetadata"]["HTTPStatusCode"])
        return int(json.load(answer["Payload"]).get("statusCode", 500))


def decision(plan: bytes, endpoints: Collection[str] = (), code: str = "") -> dict[str, str]:
    """The page's last form, filled in: these endpoints of the plan are deleted, none keeps everything."""
    rows = [item["name"] for item in json.loads(plan)["items"]]
    choice = Choice.DELETE if endpoints else Choice.KEEP
    words = phrase(choice, len(endpoints), digest(plan))
    fields = {"plan_sha256": digest(plan), "step": "decide", "choice": choice.value, "phrase": words}
    return fields | {f"i{rows.index(one)}": "d" for one in endpoints} | ({"code": code} if code else {})


def wrong_guesses(code: str, count: int) -> list[str]:
    """Six digits each, none of them these."""
    return [f"{(int(code) + 1 + number) % 1_000_000:06}" for number in range(count)]


def made_up_call(api: str, approval: str, principal: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """The event of a signed POST, as API Gateway hands it over, in which it would have checked who `principal` is."""
    path, account = f"/approvals/{approval}", principal.split(":")[4]
    identity = {"userArn": principal, "caller": "AROAXXXXXXXXXXXXXXXXX:x", "accountId": account, "sourceIp": "10.0.0.1"}
    headers = {"Content-Type": "application/json", "Host": "review.example.com"}
    return {
        "resource": "/approvals/{approval_id}",
        "path": path,
        "httpMethod": "POST",
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": {"approval_id": approval},
        "stageVariables": None,
        "requestContext": {
            "resourcePath": "/approvals/{approval_id}",
            "path": f"/v1{path}",
            "httpMethod": "POST",
            "stage": "v1",
            "accountId": account,
            "apiId": api,
            "requestId": "00000000-0000-0000-0000-000000000000",
            "identity": identity,
        },
        "body": json.dumps(body),
        "isBase64Encoded": False,
    }


def _key(row: Row) -> tuple[str, str]:
    return row["pk"]["S"], row["sk"]["S"]


def _changed(row: Row, change: Change) -> Row:
    """The row with `change` applied to each of its JSON documents."""
    other = dict(row)
    for name, value in row.items():
        text = value.get("S", "")
        if name not in ("pk", "sk") and text.startswith(("{", "[")):
            other[name] = {"S": json.dumps(change(json.loads(text)), sort_keys=True)}
    return other


def _everywhere(value: Any, change: Change) -> Any:
    match value:
        case dict():
            return change({key: _everywhere(item, change) for key, item in value.items()})
        case list():
            return [_everywhere(item, change) for item in value]
        case _:
            return value


def _with_twin(value: Any, old: str, new: str) -> Any:
    """Beside each key and each element that names `old` one that names `new`; a lone value gives way to it."""
    match value:
        case dict():
            named = {key.replace(old, new): _replaced(item, old, new) for key, item in value.items() if old in key}
            return {key: item if old in key else _with_twin(item, old, new) for key, item in value.items()} | named
        case list():
            return value + [_replaced(item, old, new) for item in value if old in json.dumps(item)]
        case str():
            return value.replace(old, new)
        case _:
            return value


def _replaced(value: Any, old: str, new: str) -> Any:
    return json.loads(json.dumps(value).replace(old, new))
