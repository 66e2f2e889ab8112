"""Lambda's Invoke over HTTP, for engines that call functions in this process."""

import importlib.util
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.simulation.wire import watching

Handler = Callable[[dict[str, Any], Any], Any]


def context() -> SimpleNamespace:
    """What a handler is told about its function."""
    return SimpleNamespace(
        function_name="local", memory_limit_in_mb=512, invoked_function_arn="", aws_request_id="local"
    )


@contextmanager
def lambda_endpoint(handlers: Mapping[str, Handler]) -> Iterator[str]:
    """Lambda's Invoke over HTTP with these handlers: exceptions keep their class name, as on AWS."""

    class Invoke(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            name = self.path.split("/functions/")[1].split("/")[0].replace("%3A", ":").rpartition(":")[2]
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {"x-amzn-RequestId": "local", "Content-Type": "application/json"}
            try:
                answer = json.dumps(handlers[name](json.loads(body or b"{}"), context()))
            except Exception as error:  # noqa: BLE001 - Lambda reports whatever a handler raises
                headers["X-Amz-Function-Error"] = "Unhandled"
                answer = json.dumps({"errorMessage": str(error), "errorType": type(error).__name__, "stackTrace": []})
            payload = answer.encode()
            self.send_response(200)
            for key, value in headers.items():
                self.send_header(key, value)
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, *_: Any) -> None:
            """Logs nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Invoke)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def load(path: Path, name: str) -> Handler:
    """The handler of one `app.py`."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    handler: Handler = module.handler
    return _watched(handler, name)


def _watched(handler: Handler, name: str) -> Handler:
    @wraps(handler)
    def call(event: dict[str, Any], context: Any) -> Any:
        watcher = watching.watcher
        if watcher is None:
            return handler(event, context)
        watcher.invoking(event)
        try:
            answer = handler(event, context)
        except Exception as error:
            watcher.answered(name, {}, f"{type(error).__name__}: {error}")
            raise
        watcher.answered(name, event, answer)
        return answer

    return call
