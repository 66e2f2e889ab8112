"""Notes what this process mints and what it writes where others can read it.

Not noted are requests, which only their sender knows, and what AWS itself keeps secret: the plain text of an
encryption, the token of SendTaskSuccess.
"""

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode

from botocore.client import BaseClient

from endpoint_sweep.aws import step_log
from endpoint_sweep.rules import approvals
from tests.leaks import places
from tests.leaks.spool import CODE, LINK, TOKEN, Spool
from tests.simulation.hub.stack_in_process import Hub
from tests.simulation.wire import watching

_call = BaseClient._make_api_call  # type: ignore[attr-defined]
# Whose content stays and can be read by others than its writer.
_WRITES = {
    "PutItem", "UpdateItem", "TransactWriteItems", "BatchWriteItem", "PutObject", "PutParameter", "StartExecution",
    "PutMetricData", "PutEvents", "Publish", "SendMessage", "PutLogEvents", "TagResource", "AddTags",
}  # fmt: skip


@contextmanager
def listening(spool: Spool) -> Iterator[None]:
    """Until the end of the block everything is noted."""
    log = _Log(spool)
    product = logging.getLogger("endpoint-sweep")
    with ExitStack() as stack:
        stack.enter_context(patch.object(approvals, "secrets", _Minting(spool)))
        stack.enter_context(patch.object(BaseClient, "_make_api_call", _noting(spool)))
        stack.enter_context(patch.object(watching, "watcher", Watcher(spool)))
        for logger in (product, logging.getLogger()):
            logger.addHandler(log)
            stack.callback(logger.removeHandler, log)
        yield


class _Minting(SimpleNamespace):
    """The module `secrets` as the product's approvals use it."""

    def __init__(self, spool: Spool) -> None:
        from secrets import randbelow, token_urlsafe

        def link(size: int) -> str:
            secret = token_urlsafe(size)
            spool.mint(LINK, secret)
            return secret

        def code(below: int) -> int:
            number = randbelow(below)
            spool.mint(CODE, f"{number:06}")
            return number

        super().__init__(token_urlsafe=link, randbelow=code)


def _noting(spool: Spool) -> Any:
    def call(client: Any, operation: str, given: dict[str, Any]) -> Any:
        if operation == "SendEmail":
            _mail(spool, given)
        elif operation in _WRITES:
            note_write(spool, operation, given)
        return _call(client, operation, given)

    return call


def _mail(spool: Spool, given: Mapping[str, Any]) -> None:
    simple = given.get("Content", {}).get("Simple", {})
    parts = [simple.get("Subject", {}), *simple.get("Body", {}).values()]
    for to in given.get("Destination", {}).get("ToAddresses", []):
        spool.keep(f"a mail to {to}", "\n".join(str(part.get("Data", "")) for part in parts), to)


def note_write(spool: Spool, operation: str, given: Mapping[str, Any]) -> None:
    """An object with its name, an item with its key, anything else whole."""
    match operation, given:
        case "PutObject", {"Key": key, "Body": str() | bytes() as body}:
            text = body if isinstance(body, str) else body.decode("utf-8", "replace")
            spool.keep(f"object {key}", f"{key}\n{text}")
        case "PutItem", {"Item": {"pk": {"S": pk}, "sk": {"S": sk}} as item}:
            spool.keep(f"the record {pk} {sk}", json.dumps(item, default=str), row=f"{pk} {sk}")
        case _:
            spool.keep(operation, json.dumps(given, default=str))


class _Log(logging.Handler):
    """No StreamHandler: those of the product are turned to other streams by some tests."""

    def __init__(self, spool: Spool) -> None:
        super().__init__()
        self._spool = spool

    def emit(self, record: logging.LogRecord) -> None:
        is_ours = record.name == "endpoint-sweep"
        text = step_log._logger().registered_formatter.format(record) if is_ours else self.format(record)
        self._spool.keep("the log", text)


class Watcher:
    """What the simulation tells."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool

    def opened(self) -> None:
        self._spool.another_hub()

    def invoking(self, event: Any) -> None:
        if isinstance(event, Mapping) and isinstance(event.get("token"), str):
            self._spool.mint(TOKEN, event["token"])

    def answered(self, function: str, event: Any, answer: Any) -> None:
        if isinstance(event, Mapping) and "httpMethod" in event:
            query = event.get("queryStringParameters") or {}
            text = "\n".join(str(answer.get(part)) for part in ("headers", "multiValueHeaders", "body"))
            asked = places.sent(urlencode(query), event.get("body") or "")
            self._spool.keep(f"an answer of {event.get('path')}", places.without_own(text, asked))
        else:
            self._spool.keep(f"an answer of {function}", json.dumps(answer, default=str))

    def ending(self, hub: object) -> None:
        if not isinstance(hub, Hub):
            self._spool.another_hub()  # it is read as a whole, and others were opened since
        for place in places.of(hub):
            if isinstance(place, places.Mail):
                self._spool.keep(f"a mail to {place.to}", place.text, place.to)
            elif isinstance(place, places.Secret):
                self._spool.mint(place.kind, place.word)
            else:
                self._spool.keep(place.name, places.without_own(place.text, place.asked), row=place.row)

    def heard(self, data: Path) -> Path:
        return data / places.HEARD
