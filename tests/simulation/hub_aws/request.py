"""An HTTP request of an AWS client, read once, and what its signature says it is."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import parse_qsl

from tests.simulation.wire.protocols import Reply

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

_SCOPE = re.compile(r"Credential=(?P<key>[^/]+)/\d{8}/(?P<region>[^/]*)/(?P<service>[^/]+)/aws4_request")


def asked_in_query(scope: Scope) -> dict[str, str]:
    """The parameters of a question to STS that is signed in its query; empty for every other request."""
    query = dict(parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True))
    return query if "/sts/aws4_request" in query.get("X-Amz-Credential", "") else {}


@dataclass(frozen=True, slots=True)
class Request:
    """The request as it arrived. `service` and `region` are those of the SigV4 scope, empty when it is not signed."""

    method: str
    path: str
    raw_path: str
    query: str
    raw_headers: list[tuple[bytes, bytes]]
    headers: dict[str, str]
    body: bytes
    access_key: str
    service: str
    region: str
    # Of a question to STS that is signed in its query.
    action: str = ""

    @classmethod
    async def read(cls, scope: Scope, receive: Receive) -> Self:
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        parts: list[bytes] = []
        while True:
            message = await receive()
            parts.append(message.get("body", b""))
            if not message.get("more_body"):
                break
        asked = asked_in_query(scope) if "authorization" not in headers else {}
        credential = f"Credential={asked['X-Amz-Credential']}" if asked else headers.get("authorization", "")
        signed = _SCOPE.search(credential)
        return cls(
            method=scope["method"],
            path=scope["path"],
            raw_path=(scope.get("raw_path") or scope["path"].encode()).decode("latin-1"),
            query=scope.get("query_string", b"").decode("latin-1"),
            raw_headers=list(scope["headers"]),
            headers=headers,
            body=b"".join(parts),
            access_key=signed["key"] if signed else "",
            service=signed["service"] if signed else "",
            region=signed["region"] if signed else "",
            action=asked.get("Action", ""),
        )

    def replay(self) -> Receive:
        """A `receive` that gives the body that was read already, for the next application."""
        messages = [{"type": "http.request", "body": self.body, "more_body": False}]

        async def receive() -> dict[str, Any]:
            return messages.pop() if messages else {"type": "http.disconnect"}

        return receive


async def send_reply(send: Send, reply: Reply) -> None:
    """Send a complete reply; its own content-length is set anew."""
    headers = {name.lower(): value for name, value in reply.headers.items()}
    headers["content-length"] = str(len(reply.body))
    pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": pairs})
    await send({"type": "http.response.body", "body": reply.body})


async def send_nothing(send: Send) -> None:
    """Break the connection in the middle of a reply: the caller learns nothing about its call."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})
