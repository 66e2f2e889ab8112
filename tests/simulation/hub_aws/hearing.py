"""Writes down what only this process sees, if a test run asks for it.

These are task tokens, answers of the page, and table items that are overwritten later.
"""

import json
from pathlib import Path
from typing import Any

from tests.simulation.hub_aws.request import Receive, Scope, Send

_to: list[Path] = []


def write_to(path: Path) -> None:
    _to[:] = [path]


def token(word: str) -> None:
    _write({"token": word})


def write(operation: str, body: bytes) -> None:
    """Writes down a call to a service whose stored state does not show everything that was ever written."""
    if operation == "PutItem":
        _write({"item": json.dumps(json.loads(body)["Item"])})


def listen(scope: Scope, receive: Receive, send: Send) -> tuple[Receive, Send]:
    """Wraps one request of the page, and writes down what came in and what went out when it ends."""
    if not _to:
        return receive, send
    asked, headers, answered = bytearray(), bytearray(), bytearray()

    async def receiving() -> dict[str, Any]:
        message = await receive()
        asked.extend(message.get("body", b""))
        return message

    async def sending(message: dict[str, Any]) -> None:
        headers.extend(b"\n".join(b": ".join(header) for header in message.get("headers", ())))
        answered.extend(message.get("body", b""))
        if message["type"] == "http.response.body" and not message.get("more_body"):
            query, body = scope["query_string"].decode("latin-1"), asked.decode("latin-1")
            text = f"{headers.decode('latin-1')}\n{answered.decode('utf-8', 'replace')}"
            _write({"path": scope["path"], "query": query, "body": body, "answer": text})
        await send(message)

    return receiving, sending


def _write(fact: dict[str, str]) -> None:
    for path in _to:
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{json.dumps(fact)}\n")
