"""A conditional write is one step: no one else writes between its look and its change (FI-28)."""

import threading
from collections.abc import Callable
from functools import wraps
from typing import Any

from moto.dynamodb.models import DynamoDBBackend

from tests.simulation.member_aws.corrections.correction import Correction

_one_at_a_time = threading.RLock()


def _atomic(write: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(write)
    def alone(*given: Any, **named: Any) -> Any:
        with _one_at_a_time:
            return write(*given, **named)

    return alone


CORRECTIONS = tuple(
    Correction(f"atomic {name}", DynamoDBBackend, name, _atomic(getattr(DynamoDBBackend, name)), "FI-28")
    for name in ("put_item", "update_item", "delete_item", "transact_write_items")
)
