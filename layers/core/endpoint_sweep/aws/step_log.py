"""One structured line per step. Only named, harmless facts are written: never an event, a link, a token or an email."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger

_ALLOWED = {
    "sweep_id", "id", "account", "region", "type", "name", "status", "ending", "resources", "idle", "ask", "mailed",
    "refused", "attempt", "lock", "holder", "error", "approval_closed", "closed", "released", "found", "deleted",
    "kept", "spared", "changed", "failed", "unknown", "already_gone", "code", "method", "started", "sweep",
    "alarm", "lost", "closed_approvals", "overdue",
}  # fmt: skip
_RENAMED = {"name": "resource"}  # a log record has a name of its own, which may not be overwritten


@cache
def _logger() -> Logger:
    return Logger(service="endpoint-sweep")


def log_step(step: str, *facts: Mapping[str, Any]) -> None:
    """Writes the allowed facts of these mappings. `alarm` names the metric that template.yaml counts."""
    said = {
        _RENAMED.get(key, key): value
        for one in facts
        for key, value in one.items()
        if key in _ALLOWED and _is_plain(value)
    }
    _logger().info(step, extra={"step": step, **said})


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int | bool | None)
