"""What somebody with access to the hub's table could write there."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.simulation.hub import TABLE
from tests.workflow.stage import ADA, Stage

IDLE = {"account": "222222222222", "region": "us-east-1", "endpoint": "resnet-demo"}
BUSY = IDLE | {"endpoint": "fraud-scoring"}
Document = dict[str, Any]


def at(**shift: float) -> str:
    return (datetime.now(UTC) + timedelta(**shift)).isoformat().replace("+00:00", "Z")


def rewrite(stage: Stage, sweep: str, change: Callable[[Document], None], status: str = "decided") -> None:
    """Somebody with access to the table writes the approval's row by hand, as the product would, but for the MAC."""
    stage.tampered.add(sweep)
    row = stage.row(sweep, "RECORD")
    assert row
    document = json.loads(row["document"]["S"])
    document["status"] = status
    if not document["decisions"]:
        document["decisions"] = [by_hand(document)]
    change(document)
    row |= {
        "document": {"S": json.dumps(document)},
        "version": {"N": str(int(row["version"]["N"]) + 1)},
        "status": {"S": status},
    }
    stage.hub.client("dynamodb").put_item(TableName=TABLE, Item=row)


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
