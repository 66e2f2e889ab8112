"""One sweep in the local AWS, as its records show it."""

import json
import re
from dataclasses import dataclass
from typing import Any

from endpoint_sweep.rules.approvals import approval_id
from tests.simulation.hub.approval_rows import key_of
from tests.simulation.hub.local_aws import LocalAws

APPROVER = "ada.approver@example.com"
SECOND_APPROVER = "grace.approver@example.com"


class DemoError(Exception):
    """The demo did not do what it promises; the text says so in one line."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """One execution under way."""

    id: str
    arn: str
    bucket: str


def links(aws: LocalAws) -> dict[str, str]:
    pattern = re.compile(re.escape(aws.page_url()) + r"/a/[0-9a-f]+\?k=[\w-]+")
    found = {mail.to[0]: pattern.findall(mail.text) for mail in aws.mails()}
    first = {to: mine[0] for to, mine in found.items() if mine}
    return first if APPROVER in first else {}


def decision(aws: LocalAws, sweep: Sweep) -> set[str] | None:
    """The ids chosen for deletion, empty if everything was kept, None if no one has decided yet."""
    if keys(aws, sweep, "stops/"):
        return set()
    partition, sort = key_of("DECISIONS", approval_id(sweep.id))
    table, key = aws.outputs()["TableName"], {"pk": {"S": partition}, "sk": {"S": sort}}
    item = aws.client("dynamodb").get_item(TableName=table, Key=key).get("Item")
    if item is None:
        return None
    [first] = json.loads(item["document"]["S"])["decisions"]
    return {f"{one['account']}/{one['region']}/{one['name']}" for one in first["selected"]}


def status(aws: LocalAws, sweep: Sweep) -> str:
    return str(aws.client("stepfunctions").describe_execution(executionArn=sweep.arn)["status"])


def raise_if_ended(aws: LocalAws, sweep: Sweep) -> None:
    now = status(aws, sweep)
    if now != "RUNNING":
        told = document(aws, sweep, "failure.json") or {"error": "no approval was asked for", "reason": ""}
        raise DemoError(f"the sweep ended as {now}: {told['error']} {told['reason']}; see {aws.gateway_log}")


def keys(aws: LocalAws, sweep: Sweep, prefix: str) -> list[str]:
    folder = f"sweeps/{sweep.id}/"
    pages = aws.client("s3").get_paginator("list_objects_v2").paginate(Bucket=sweep.bucket, Prefix=folder + prefix)
    return [key.removeprefix(folder) for key in pages.search("Contents[].Key") if key]


def document(aws: LocalAws, sweep: Sweep, name: str) -> Any:
    s3 = aws.client("s3")
    try:
        return json.loads(s3.get_object(Bucket=sweep.bucket, Key=f"sweeps/{sweep.id}/{name}")["Body"].read())
    except s3.exceptions.NoSuchKey:
        return None
