"""Review: the page behind the link, and the same for callers with AWS credentials. The rest is in `review`."""

import json
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response

from endpoint_sweep.aws.step_log import log_step
from endpoint_sweep.aws.wiring import hub
from endpoint_sweep.domain.errors import CallerUnproven
from endpoint_sweep.domain.kinds import Alarm
from endpoint_sweep.review import Desk, Page, json_api, message, page_flow, result
from endpoint_sweep.review.http import binding_of, headers, path_of, read_form, read_json, read_proof
from endpoint_sweep.rules.approvals import RefusalCode

app = APIGatewayRestResolver()


@app.get("/a/<approval_id>")
def show(approval_id: str) -> Response[str]:
    if _overridden():
        return _elsewhere()
    # A parameter that is given twice is no secret (BI-28).
    secrets = app.current_event.resolved_query_string_parameters.get("k", [])
    return _page(page_flow.show(approval_id, secrets[0] if len(secrets) == 1 else "", _desk()))


@app.post("/a/<approval_id>")
def answer(approval_id: str) -> Response[str]:
    event = app.current_event
    form = read_form(event.headers, event.body, encoded=bool(event.is_base64_encoded))
    return _page(form if isinstance(form, Page) else page_flow.answer(approval_id, form, _desk()))


@app.get("/a/<approval_id>/result")
def recorded(approval_id: str) -> Response[str]:  # noqa: ARG001 - the page is the same for all
    return _elsewhere() if _overridden() else _page(result())


@app.get("/approvals/<approval_id>")
def offer(approval_id: str) -> Response[str]:
    return _reply(json_api.offer(approval_id, _principal("GET", approval_id), _desk()))


@app.post("/approvals/<approval_id>")
def decide(approval_id: str) -> Response[str]:
    event = app.current_event
    body = read_json(event.headers, event.body, encoded=bool(event.is_base64_encoded))
    if isinstance(body, json_api.Reply):
        return _reply(body)
    return _reply(json_api.decide(approval_id, _principal("POST", approval_id), body, _desk()))


@app.not_found
def elsewhere(_error: Exception) -> Response[str]:
    """Another path, or a method that neither shows nor decides."""
    return _elsewhere()


def _elsewhere() -> Response[str]:
    return _page(message("Nothing here", "Please use the link in your email.", code="E_METHOD", status=405))


@app.exception_handler(CallerUnproven)  # type: ignore[untyped-decorator]
def unproven(error: CallerUnproven) -> Response[str]:
    line = f"{error} Nothing was recorded. Please use the current version of `endpoint-sweep approve`."
    return _reply(json_api.refusing(403, "E_CALLER_UNPROVEN", line))


@app.exception_handler(Exception)  # type: ignore[untyped-decorator]
def trouble(error: Exception) -> Response[str]:
    log_step("review", {"error": type(error).__name__})
    line = "Nothing was recorded. Please try again in a minute."
    if str(app.current_event.path).startswith("/approvals/"):
        return _reply(json_api.refusing(503, "E_UNAVAILABLE", line))
    return _page(message("Not available", line, code="E_UNAVAILABLE", status=503))


def _desk() -> Desk:
    at = hub()
    return Desk(
        at.records,
        at.store,
        at.executions,
        at.mailer,
        at.seals,
        at.rules,
        lambda: at.principals,
        at.events,
        at.now,
        at.code_ttl,
    )


def _principal(method: str, approval_id: str) -> str:
    """Who made the proof in this request, according to STS. Raises CallerUnproven or Unavailable.

    What the event says is ignored: anyone who may invoke this function can make it up.
    """
    event = app.current_event
    binding = binding_of(approval_id, method, event.body, encoded=bool(event.is_base64_encoded))
    return hub().callers.identify(read_proof(event.headers), binding)


def _overridden() -> bool:
    """Whether the request asks to be treated as another method (BI-40)."""
    return any(name.lower() == "x-http-method-override" for name in app.current_event.headers)


def _page(page: Page) -> Response[str]:
    if page.code:
        alarm = page.alarm or (Alarm.LINK_FORGED if page.code == RefusalCode.LINK_INVALID else "")
        said = {"alarm": alarm, "id": page.approval} if alarm else {}
        log_step("review", {"status": page.status, "code": str(page.code)}, said)
    place = {"Location": page.location} if page.location else {}
    return Response(page.status, "text/html; charset=utf-8", page.html, headers=headers() | place)


def _reply(reply: json_api.Reply) -> Response[str]:
    alarm = {"alarm": reply.alarm} if reply.alarm else {}
    log_step("review", {"status": reply.status, "code": reply.data.get("code")}, alarm)
    return Response(reply.status, "application/json", json.dumps(reply.data), headers=headers())


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    log_step("review", {"method": event.get("httpMethod")})
    return app.resolve(event | {"path": path_of(event)}, context)
