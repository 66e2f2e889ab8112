"""The wrapper around MiniStack's ASGI application: one port for the hub, the members and the test's own controls."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from ministack.core import iam_actions, router
from ministack.services import apigateway_v1

from tests.simulation.hub_aws import hearing
from tests.simulation.hub_aws.conditions import request_keys
from tests.simulation.hub_aws.forward import call_member
from tests.simulation.hub_aws.members import Caller, authorise, caller_of, is_member_call, resource_arn, world_account
from tests.simulation.hub_aws.patches import page, principals
from tests.simulation.hub_aws.refusal import refuse
from tests.simulation.hub_aws.request import Receive, Request, Scope, Send, asked_in_query, send_nothing, send_reply
from tests.simulation.hub_aws.served import ServedWorld
from tests.simulation.wire.calls import Call, Dropped
from tests.simulation.wire.protocols import Reply, identify

AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]
# The base path that a custom domain maps to the deployed stack's only REST API, whose id is unknown before.
REVIEW = "/review"
_JSON = {"content-type": "application/json"}


class Gateway:
    """Routes each request: controls, the review page, member accounts (moto), everything else (MiniStack)."""

    def __init__(self, hub: AsgiApp, world: ServedWorld) -> None:
        self._hub = hub
        self._world = world
        # Not MiniStack's pool, because its threads wait for functions whose calls come back here.
        self._threads = ThreadPoolExecutor(max_workers=128, thread_name_prefix="gateway")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._hub(scope, receive, send)
        elif scope["path"].startswith("/_simulation/"):
            await send_reply(send, await self._control(await Request.read(scope, receive)))
        elif scope["path"] == REVIEW or scope["path"].startswith(f"{REVIEW}/"):
            await self._review(scope, receive, send)
        elif b"authorization" not in {name.lower() for name, _ in scope["headers"]} and not asked_in_query(scope):
            await self._hub(scope, receive, send)  # MiniStack's own pages, other presigned URLs
        else:
            request = await Request.read(scope, receive)
            caller = caller_of(request.access_key)
            if is_member_call(request, caller, self._world.organization):
                await self._member(request, caller, send)
            else:
                await self._hub_call(scope, request, caller, send)

    async def _member(self, request: Request, caller: Caller, send: Send) -> None:
        """Judge the call, and let moto answer it behind the world's own refusals and faults."""
        world = self._world
        call, protocol = _describe(request, caller)
        resource = resource_arn(request, call.operation, caller.account)
        denial = authorise(request, caller, call.operation, resource, world.tags(resource), world.organization)
        if denial is not None:
            reply = refuse(denial, request, protocol)
            world.log.append(replace(call, decision="refused", status=reply.status, error=reply.error_code))
            await send_reply(send, reply)
            return
        account = world_account(request, caller, world.organization)
        perform = world.members.perform
        await self._perform(send, perform, call, protocol, lambda: call_member(world.wsgi_app, request, account))

    async def _hub_call(self, scope: Scope, request: Request, caller: Caller, send: Send) -> None:
        """Let MiniStack judge and answer the call, behind the faults. Its exact reply goes back, header for header."""
        call, protocol = _describe(request, caller)
        call = _named(request, caller, call)
        hearing.write(call.operation, request.body)
        loop = asyncio.get_running_loop()
        messages: list[dict[str, Any]] = []

        async def ask() -> Reply:
            async def keep(message: dict[str, Any]) -> None:
                messages.append(message)

            keys = request_keys(call.service, call.operation, request.body, caller.account, request.region)
            principals.request_keys.set(keys)
            await self._hub(_over_tls(scope), request.replay(), keep)
            return _reply_of(messages)

        def send_on() -> Reply:
            return asyncio.run_coroutine_threadsafe(ask(), loop).result()

        await self._perform(send, self._world.hub.perform, call, protocol, send_on, messages)

    async def _perform(
        self,
        send: Send,
        perform: Callable[[Call, str, Callable[[], Reply]], Reply],
        call: Call,
        protocol: str,
        send_on: Callable[[], Reply],
        messages: list[dict[str, Any]] | None = None,
    ) -> None:
        try:
            loop = asyncio.get_running_loop()
            reply = await loop.run_in_executor(self._threads, perform, call, protocol, send_on)
        except Dropped:
            await send_nothing(send)
            return
        if messages and reply == _reply_of(messages):
            for message in messages:
                await send(message)
        else:
            await send_reply(send, reply)

    async def _review(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The page behind its public address. The query, which holds the secret, is not logged."""
        found = _only_stage(self._world.organization.hub_account)
        if found is None:
            body = b'{"message": "no stack with exactly one REST API is deployed"}'
            await send_reply(send, Reply(503, _JSON, body))
            return
        prefix = f"/_aws/execute-api/{found[0]}/{found[1]}"
        rest = scope["path"].removeprefix(REVIEW) or "/"
        raw_rest = (scope.get("raw_path") or scope["path"].encode()).removeprefix(REVIEW.encode()) or b"/"
        statuses: list[int] = []
        receive, send = hearing.listen(scope, receive, send)

        async def watch(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])
            await send(message)

        page.base_path.set(REVIEW)  # for this request: each has a task of its own
        await self._hub({**scope, "path": prefix + rest, "raw_path": prefix.encode() + raw_rest}, receive, watch)
        call = _call(Caller("", "anonymous"), self._world.organization.hub_region, "execute-api", scope["method"], rest)
        self._world.log.append(replace(call, status=statuses[0] if statuses else 0))

    async def _control(self, request: Request) -> Reply:
        """GET health, snapshot; POST an action of the world with its arguments as a JSON object."""
        action = request.path.removeprefix("/_simulation/")
        try:
            arguments = json.loads(request.body or b"{}") if request.method == "POST" else {}
            loop = asyncio.get_running_loop()
            answer = await loop.run_in_executor(self._threads, self._world.answer, request.method, action, arguments)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with a control request is its answer
            body = json.dumps({"error": f"{type(error).__name__}: {error}"}).encode()
            return Reply(404 if isinstance(error, LookupError) else 400, _JSON, body)
        return Reply(200, _JSON, json.dumps(answer, default=str).encode())


def _over_tls(scope: Scope) -> Scope:
    """The simulated endpoints stand for those of AWS, which clients reach over TLS. A test can say otherwise."""
    if any(name.lower() == b"x-forwarded-proto" for name, _ in scope["headers"]):
        return scope
    return {**scope, "headers": [*scope["headers"], (b"x-forwarded-proto", b"https")]}


def _describe(request: Request, caller: Caller) -> tuple[Call, str]:
    """The call as the log names it, and its wire protocol."""
    if request.action:
        return _call(caller, request.region, request.service, request.action, ""), "query"
    known = identify(request.method, request.path, request.headers, request.body)
    if known is None:  # Another kind of signature is still a call.
        return _call(caller, request.region, request.service, request.method, request.path), "rest-json"
    return _call(caller, known.region, known.service, known.operation, known.resource), known.protocol


def _call(caller: Caller, region: str, service: str, operation: str, resource: str) -> Call:
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    return Call(at, caller.arn, caller.account, region, service, operation, resource)


def _named(request: Request, caller: Caller, call: Call) -> Call:
    """The call with operation and resource as IAM names them, where the protocol names neither (REST)."""
    if not call.operation.startswith(f"{request.method} "):
        return call
    query = parse_qs(request.query, keep_blank_values=True)
    service = router.detect_service(request.method, request.path, request.headers, query)
    where = (service, request.method, request.path, request.headers, request.body, query)
    action = iam_actions.extract_iam_action(*where)
    if not action:
        return call
    arn = iam_actions.extract_resource_arn(*where, request.region, caller.account)
    return replace(call, operation=action.partition(":")[2], resource=arn if arn != "*" else call.resource)


def _reply_of(messages: list[dict[str, Any]]) -> Reply:
    start = next(message for message in messages if message["type"] == "http.response.start")
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in start["headers"]}
    body = b"".join(message.get("body", b"") for message in messages if message["type"] == "http.response.body")
    return Reply(start["status"], headers, body)


def _only_stage(account: str) -> tuple[str, str] | None:
    """(API id, stage) of the only REST API in the hub account."""
    apis = [key for key, _ in apigateway_v1._rest_apis.all_items() if key[0] == account]
    if len(apis) != 1:
        return None
    _, region, api = apis[0]
    stages = sorted(apigateway_v1._stages_v1.get_scoped(account, region, api, {}))
    return (api, next((stage for stage in stages if stage != "Stage"), "")) if stages else None
