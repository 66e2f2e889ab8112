"""An approval as the hub holds it: its rows in the table and what stops it in the bucket, joined for tests.

The product has its own code for this (`endpoint_sweep.domain.approval_record`); the judge of a run does not use it.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

Document = dict[str, Any]
ROWS = {
    "REQUEST": ("ASKED#", "REQUEST"),
    "DECISIONS": ("DECIDED#", "DECISIONS"),
    "STATE": ("APPROVAL#", "STATE"),
    "WAIT": ("WAIT#", "TOKEN"),
}
ENDED = ("verified", "expired")


def key_of(row: str, approval: str) -> tuple[str, str]:
    """Partition and sort key of one of `ROWS`."""
    prefix, sk = ROWS[row]
    return f"{prefix}{approval}", sk


def stops_prefix(sweep: str) -> str:
    """The prefix of everything that stops a sweep. Every version of it counts."""
    return f"sweeps/{sweep}/stops/"


def approval_of(
    approval: str, row: Callable[[str, str], Document | None], stops: Callable[[str], Iterable[Document]]
) -> Document | None:
    """One document: the request's fields, `secrets` (hash -> approver), `decisions`, `withdrawn`, `status` and how it
    ended. `row` reads the table, `stops` the documents that stop a sweep.
    """
    asked = row(*key_of("REQUEST", approval))
    if asked is None:
        return None
    chosen = row(*key_of("DECISIONS", approval)) or {}
    ended = row(*key_of("STATE", approval)) or {}
    stopping = list(stops(str(asked.get("sweep_id"))))
    keeps = [one["decision"] for one in stopping if one.get("decision")]
    keepers = {one["approver"] for one in keeps}
    decisions = list(chosen.get("decisions", []))
    other = next((one for one in stopping if not one.get("decision")), None)
    status = "decided" if chosen.get("decided") or keeps else "pending"
    if other:
        status = "superseded" if other.get("kind") == "superseded" else "closed"
    if ended.get("status") in ENDED:
        status = str(ended["status"])
    return {
        **{name: value for name, value in asked.items() if name not in ("links", "mac")},
        "secrets": {one["hash"]: one["approver"] for one in asked.get("links", [])},
        "decisions": [one for one in decisions if _approver(one) not in keepers] + keeps,
        "withdrawn": [one for one in decisions if _approver(one) in keepers],
        "status": status,
        "note": ended.get("note") or (other or {}).get("note", ""),
        "newer": (other or {}).get("newer", ""),
        "unreachable": ended.get("unreachable", []),
    }


def item_of(dynamodb: Any, table: str, pk: str, sk: str) -> Document | None:
    """One item of a table as it is stored."""
    key = {"pk": {"S": pk}, "sk": {"S": sk}}
    found: Document | None = dynamodb.get_item(TableName=table, Key=key).get("Item")
    return found


def stored_approval(dynamodb: Any, table: str, s3: Any, bucket: str, approval: str) -> Document | None:
    """An approval by its id, read through AWS's own calls."""

    def row(pk: str, sk: str) -> Document | None:
        item = item_of(dynamodb, table, pk, sk)
        return json.loads(item["document"]["S"]) if item else None

    def stops(sweep: str) -> Iterator[Document]:
        pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=stops_prefix(sweep))
        for one in pages.search("Versions[]"):
            if one:
                body = s3.get_object(Bucket=bucket, Key=one["Key"], VersionId=one["VersionId"])["Body"].read()
                yield stop_of(body)

    return approval_of(approval, row, stops)


def stop_of(body: bytes) -> Document:
    """A document stops a sweep even if it cannot be read."""
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _approver(decision: Any) -> str:
    return str(decision.get("approver")) if isinstance(decision, dict) else ""
