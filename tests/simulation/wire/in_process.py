"""Puts the wire under botocore's clients of this process, at the one place where moto catches them."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import boto3
import botocore.session
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError
from botocore.loaders import create_loader
from moto.core import errors
from moto.core.botocore_stubber import BotocoreStubber, MockRawResponse
from moto.core.request import normalize_request

from tests.simulation.member_aws import services
from tests.simulation.member_aws.services import pricing
from tests.simulation.member_aws.state import Session, State
from tests.simulation.wire.calls import Call, Dropped, Unreachable, Wire
from tests.simulation.wire.protocols import SERVICES, Reply, identify

_loader = create_loader()  # A client made with a loader of its own costs ten times as much.
_moto = BotocoreStubber.__call__
_errors = cache(errors.ErrorLookupFactory)  # moto makes one for each error, and reads all of a service's for it.


@contextmanager
def stubbed(wire: Wire, state: State) -> Iterator[None]:
    """Every call of this process passes `wire` before moto answers it."""

    def call(stubber: BotocoreStubber, event_name: str, request: AWSPreparedRequest, **kwargs: Any) -> Any:
        host = urlsplit(request.url).hostname or ""
        if not stubber.enabled or not host.endswith(".amazonaws.com"):
            return _moto(stubber, event_name, request, **kwargs)
        described, protocol = _describe(state, event_name, request)
        if described.service == "pricing" and described.region not in pricing.ENDPOINTS:
            raise EndpointConnectionError(endpoint_url=request.url)  # No such host (D6.1, D6.5).

        def send() -> Reply:
            if services.is_ours(described):
                return services.answer(described, protocol, normalize_request(request))
            with state.alone(described.service):
                answered = _moto(stubber, event_name, request, **kwargs)
            if answered is None:
                raise RuntimeError(f"moto does not answer {request.url}")
            return Reply(answered.status_code, dict(answered.headers.items()), answered.content)

        try:
            reply = wire.perform(described, protocol, send)
        except Unreachable as error:
            raise EndpointConnectionError(endpoint_url=request.url) from error
        except Dropped as error:
            raise ConnectionClosedError(endpoint_url=request.url) from error
        raw = MockRawResponse(reply.body)
        return AWSResponse(request.url, reply.status, dict(reply.headers), raw)  # type: ignore[arg-type]

    with patch.object(BotocoreStubber, "__call__", call), patch.object(errors, "ErrorLookupFactory", _errors):
        yield


def client(state: State, service: str, account: str, region: str, role: str) -> Any:
    """A client with a session of `role` in a member account, as if someone had assumed it."""
    key = f"ASIA{hashlib.sha256(f'{account}/{role}'.encode()).hexdigest()[:16].upper()}"
    state.sessions[key] = Session(account, role, "simulation")
    session = botocore.session.get_session()
    session.register_component("data_loader", _loader)
    return boto3.Session(key, "simulated", "simulated", region, botocore_session=session).client(service)  # type: ignore[call-overload]


def _describe(state: State, event_name: str, request: AWSPreparedRequest) -> tuple[Call, str]:
    """The call as the event names it; account, region and resource from the request itself."""
    _, service_id, operation = event_name.split(".", 2)
    service = SERVICES.get(service_id, service_id)
    body = request.body if isinstance(request.body, bytes) else str(request.body or "").encode()
    parts = urlsplit(request.url)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    found = identify(request.method, path, dict(request.headers.items()), body)
    if found is None:
        return Call("", "anonymous", "", "", service, operation), "rest-xml"
    account = state.account_of_key(found.access_key)
    caller = state.caller_of_key(found.access_key)
    return Call("", caller, account, found.region, service, operation, found.resource), found.protocol
