"""What MiniStack gets wrong around functions and schedules."""

import contextvars
import hashlib
import tempfile
import threading
import zipfile
from collections import defaultdict
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import eventbridge, lambda_svc

WORKERS = 3  # Processes per function. More cold starts than processors only slow each other down.
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


def limit_workers() -> None:
    """Stock starts a process for every concurrent invocation. Forty at once take minutes on a small machine."""
    execute = lambda_svc._execute_function_warm
    slots: defaultdict[str, threading.BoundedSemaphore] = defaultdict(lambda: threading.BoundedSemaphore(WORKERS))

    def execute_in_turn(func: Any, event: Any, request_id: str) -> dict[str, Any]:
        with slots[(func.get("config") or func).get("FunctionName", "")]:
            result: dict[str, Any] = execute(func, event, request_id)
            return result

    lambda_svc._execute_function_warm = execute_in_turn


def share_layers() -> None:
    """Stock unpacks every layer anew for each process, which then compiles all of it before its first answer.

    One unpacked copy a layer, with the byte code that the first process leaves there, makes cold starts bearable.
    """
    lambda_runtime.zipfile = SimpleNamespace(
        ZipFile=_SharedArchive, BadZipFile=zipfile.BadZipFile, LargeFileError=zipfile.LargeZipFile
    )


class _SharedArchive(zipfile.ZipFile):
    """Unpacks into `layer_<n>` by linking it to a folder named after the archive's content."""

    _unpacking = threading.Lock()

    @cached_property
    def _shared(self) -> Path:
        content = Path(str(self.filename)).read_bytes()
        return Path(tempfile.gettempdir()) / f"shared-layer-{hashlib.sha256(content).hexdigest()[:16]}"

    def namelist(self) -> list[str]:
        """Stock checks these for paths that lead outside. Once is enough."""
        return [] if self._shared.exists() else super().namelist()

    def extractall(self, path: Any = None, members: Any = None, pwd: Any = None) -> None:
        target = Path(path)
        if not target.name.startswith("layer_"):
            super().extractall(path, members, pwd)
            return
        with self._unpacking:
            if not self._shared.exists():
                partial = self._shared.with_suffix(".partial")
                super().extractall(partial)
                partial.rename(self._shared)
        target.rmdir()
        target.symlink_to(self._shared)


def fill_scheduler_placeholders() -> None:
    """Stock passes `<aws.scheduler.scheduled-time>` and similar placeholders on as text."""
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
