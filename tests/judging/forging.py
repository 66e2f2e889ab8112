"""What someone with access to the hub's table could write there."""

import base64
import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from endpoint_sweep.rules.approvals import approval_id
from tests.judging.stage import ADA, Stage
from tests.simulation.hub.approval_rows import key_of
from tests.simulation.hub.resources import TABLE

IDLE = {"account": "222222222222", "region": "us-east-1", "name": "resnet-demo", "type": "endpoint"}
IDLE_KEY = ("222222222222", "us-east-1", "resnet-demo")
BUSY = IDLE | {"name": "fraud-scoring"}
Document = dict[str, Any]
# Where each field of an approval lies; every other one is the request's.
LIES_IN = {"decisions": "DECISIONS", "decided": "DECISIONS", "status": "STATE", "note": "STATE"}


def at(**shift: float) -> str:
    return (datetime.now(UTC) + timedelta(**shift)).isoformat().replace("+00:00", "Z")


def rewrite(stage: Stage, sweep: str, change: Callable[[Document], None], status: str = "decided") -> None:
    """Someone with access to the table writes an approval by hand, as the product would, but for the MACs.

    `change` gets the request's fields, the decisions and the status as one document. What it leaves alone stays as it
    lies there; a status is written only where it is not that of an approval that waits for the sweep's next look.
    """
    stage.tampered.add(sweep)
    rows = {name: _document(stage, sweep, name) for name in ("REQUEST", "DECISIONS", "STATE")}
    request = rows["REQUEST"]
    assert request
    decisions = (rows["DECISIONS"] or {}).get("decisions", [])
    before = request | {"decisions": decisions, "decided": bool(decisions), "status": "decided"}
    document: Document = copy.deepcopy(before) | {"status": status, "decided": True}
    document["decisions"] = document["decisions"] or [by_hand(request)]
    change(document)
    touched = {LIES_IN.get(name, "REQUEST") for name, value in document.items() if before.get(name) != value}
    written = []
    for name in sorted(touched):
        fields = {field: value for field, value in document.items() if LIES_IN.get(field, "REQUEST") == name}
        written.append({"Put": {"TableName": TABLE, "Item": item(stage, sweep, name, (rows[name] or {}) | fields)}})
    stage.hub.client("dynamodb").transact_write_items(TransactItems=written)


def item(stage: Stage, sweep: str, name: str, document: Document) -> Document:
    """One row by its name in `approval_rows.ROWS`, to be put over whatever stands there."""
    pk, sk = key_of(name, approval_id(sweep))
    known = stage.row(sweep, name)
    version = int(known["version"]["N"]) if known else 0
    return {
        "pk": {"S": pk},
        "sk": {"S": sk},
        "document": {"S": json.dumps(document)},
        "version": {"N": str(version + 1)},
        "status": {"S": str(document.get("status", "-"))},
    }


def _document(stage: Stage, sweep: str, name: str) -> Document | None:
    row = stage.row(sweep, name)
    found: Document | None = json.loads(row["document"]["S"]) if row else None
    return found


def by_hand(document: Document, **changes: Any) -> Document:
    """A decision that fits the record in every field."""
    return {
        "approval": document["id"],
        "approver": ADA,
        "identity": "link+code",
        "choice": "delete",
        "selected": [IDLE],
        "plan_sha256": document["plan"]["sha256"],
        "plan_version": document["plan"]["version_id"],
        "expires_at": document["expires_at"],
        "at": at(),
        "nonce": "x",
        "mac": base64.b64encode(b"0" * 32).decode(),
    } | changes
