"""What MiniStack gets wrong around functions and schedules."""

import contextvars
from datetime import UTC, datetime
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import eventbridge, lambda_svc

_raised: contextvars.ContextVar[dict[str, Any] | None] = contextvars.ContextVar("raised", default=None)


def name_python_errors() -> None:
    """Stock reports every Python exception as `Runtime.HandlerError` and kills the worker after it.

    AWS reports the class name and keeps the sandbox, so that Retry and Catch can match by name.
    """
    stock = 'json.dumps({"status": "error", "error": str(e), "trace": traceback.format_exc()})'
    mended = (
        'json.dumps({"status": "ok", "trace": traceback.format_exc(), "raised": {"errorMessage": str(e), '
        '"errorType": type(e).__name__, "stackTrace": traceback.format_tb(e.__traceback__)}})'
    )
    script: str = lambda_runtime._PYTHON_WORKER_SCRIPT
    if script.count(stock) != 1:
        raise RuntimeError("MiniStack's Python worker script is not the one this patch was written for")
    lambda_runtime._PYTHON_WORKER_SCRIPT = script.replace(stock, mended)
    invoke, execute = lambda_runtime.Worker.invoke, lambda_svc._execute_function_warm

    def invoke_and_keep_worker(self: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        response: dict[str, Any] = invoke(self, *args, **kwargs)
        _raised.set(response.get("raised"))
        if raised := response.get("raised"):
            response = {**response, "status": "error", "error": raised["errorMessage"]}
        return response

    def execute_with_name(func: Any, event: Any, request_id: str) -> dict[str, Any]:
        _raised.set(None)
        result: dict[str, Any] = execute(func, event, request_id)
        if result.get("error") and (raised := _raised.get()):
            result = {**result, "body": {**raised, "requestId": request_id}}
        return result

    lambda_runtime.Worker.invoke = invoke_and_keep_worker
    lambda_svc._execute_function_warm = execute_with_name


def fill_scheduler_placeholders() -> None:
    """Stock passes `<aws.scheduler.scheduled-time>` and its likes on as text."""
    invoke = eventbridge._invoke_target

    def invoke_target(target: dict[str, Any], event: dict[str, Any], rule: Any, view: Any = None) -> Any:
        if event.get("Source") == "aws.scheduler" and target.get("Input"):
            at = datetime.fromtimestamp(event["Time"], UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            filled = target["Input"].replace("<aws.scheduler.scheduled-time>", at)
            filled = filled.replace("<aws.scheduler.execution-id>", event["EventId"])
            filled = filled.replace("<aws.scheduler.schedule-arn>", event["Resources"][0])
            target = {**target, "Input": filled.replace("<aws.scheduler.attempt-number>", "1")}
        return invoke(target, event, rule, view)

    eventbridge._invoke_target = invoke_target
