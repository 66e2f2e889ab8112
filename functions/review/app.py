"""Review: the page behind the link. Routes only; what it shows and decides is in `steps.review`."""

from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response

from endpoint_sweep.aws.wiring import hub
from endpoint_sweep.journal import note
from endpoint_sweep.review_http import headers, read_form
from endpoint_sweep.steps import review

app = APIGatewayRestResolver()


@app.get("/a/<approval_id>")
def show(approval_id: str) -> Response[str]:
    at = hub()
    secret = app.current_event.get_query_string_value("k", "") or ""
    return _answer(review.show(approval_id, secret, records=at.records, store=at.store, now=at.now))


@app.post("/a/<approval_id>")
def answer(approval_id: str) -> Response[str]:
    at, event = hub(), app.current_event
    form = read_form(event.headers, event.body, encoded=bool(event.is_base64_encoded))
    if isinstance(form, review.Page):
        return _answer(form)
    return _answer(
        review.answer(approval_id, form, records=at.records, store=at.store, executions=at.executions, now=at.now)
    )


@app.get("/a/<approval_id>/result")
def result(approval_id: str) -> Response[str]:  # noqa: ARG001 - the page is the same for all
    return _answer(review.result())


@app.not_found
def elsewhere(_error: Exception) -> Response[str]:
    """Another path, or a method that neither shows nor decides."""
    return _answer(review.message("Nothing here", "Please use the link in your mail.", code="E_METHOD", status=405))


@app.exception_handler(Exception)  # type: ignore[untyped-decorator]
def trouble(error: Exception) -> Response[str]:
    note("review", {"error": type(error).__name__})
    lines = ("Nothing was recorded. Please try again in a minute.",)
    return _answer(review.message("Not available", *lines, code="E_UNAVAILABLE", status=503))


def _answer(page: review.Page) -> Response[str]:
    place = {"Location": page.location} if page.location else {}
    return Response(page.status, "text/html; charset=utf-8", page.html, headers=headers() | place)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    note("review", {"method": event.get("httpMethod")})
    return app.resolve(event, context)
