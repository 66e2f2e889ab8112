"""Condition keys of the hub's services that MiniStack does not fill in, read from the request itself."""

import json
import re
from typing import Any

from ministack.services import dynamodb

_EQUALS = re.compile(r"(?P<name>[#\w.]+)\s*=\s*(?P<value>:\w+)|(?P<value_first>:\w+)\s*=\s*(?P<name_last>[#\w.]+)")


def request_keys(service: str, operation: str, body: bytes, account: str, region: str) -> dict[str, Any]:
    """`ses:FromAddress`, `ses:Recipients` and `dynamodb:LeadingKeys`, by lower-case name; nothing for other calls."""
    if service not in ("sesv2", "dynamodb") or not body.startswith(b"{"):
        return {}
    request = json.loads(body)
    if service == "sesv2":
        destination = request.get("Destination") or {}
        recipients = [one for kind in ("To", "Cc", "Bcc") for one in destination.get(f"{kind}Addresses") or []]
        keys = {"ses:fromaddress": sender_of(request), "ses:recipients": recipients}
        return keys if operation == "SendEmail" else {}
    leading = sorted(_leading_keys(request, account, region))
    return {"dynamodb:leadingkeys": leading} if leading else {}


def sender_of(request: dict[str, Any]) -> str:
    """The bare address of a SendEmail request's sender, without a display name."""
    return str(request.get("FromEmailAddress", "")).rpartition("<")[2].rstrip(">")


def _leading_keys(request: dict[str, Any], account: str, region: str) -> set[str]:
    """The partition-key values that a request names in all its items."""
    found: set[str] = set()
    for table, item in _items(request):
        name = _partition_key(table, account, region)
        if name in item:
            found |= {str(value) for value in item[name].values()}
    if "TableName" in request:
        asked = _asked_partition(request, _partition_key(request["TableName"], account, region))
        found |= {str(value) for value in asked.values()}
    return found


def _partition_key(table: str, account: str, region: str) -> str:
    """The name of the table's partition key; `table` is a name or an ARN."""
    stored = dynamodb._tables.get_scoped(account, region, table.rpartition("/")[2]) or {}
    return next((key["AttributeName"] for key in stored.get("KeySchema") or [] if key["KeyType"] == "HASH"), "")


def _asked_partition(request: dict[str, Any], partition_key: str) -> dict[str, Any]:
    """The value that a Query compares with the partition key, wherever it is in the condition."""
    legacy = (request.get("KeyConditions") or {}).get(partition_key) or {}
    names, values = request.get("ExpressionAttributeNames") or {}, request.get("ExpressionAttributeValues") or {}
    for one in _EQUALS.finditer(request.get("KeyConditionExpression") or ""):
        name, value = one["name"] or one["name_last"], one["value"] or one["value_first"]
        if names.get(name, name) == partition_key:
            return dict(values.get(value) or {})
    return dict(next(iter(legacy.get("AttributeValueList") or []), {}))


def _items(request: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """(table, key or item) of single, batch and transaction requests."""
    parts = [request]
    for element in request.get("TransactItems") or []:
        parts += element.values()
    found = [(part["TableName"], part.get("Key") or part.get("Item") or {}) for part in parts if "TableName" in part]
    batches = request.get("RequestItems") or {}
    for table, wanted in batches.items():
        if isinstance(wanted, dict):
            found += [(table, key) for key in wanted.get("Keys") or []]
        else:
            found += [(table, one.get("Key") or one.get("Item") or {}) for write in wanted for one in write.values()]
    return found
