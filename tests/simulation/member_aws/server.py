"""The member accounts behind HTTP: moto's server as a WSGI application in this process, corrected and filled."""

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path
from typing import Any

from moto.core.base_backend import BackendDict
from moto.core.request import Request as MotoRequest
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.test import run_wsgi_app
from werkzeug.wrappers import Request as HttpRequest
from werkzeug.wrappers import Response as HttpResponse

from tests.simulation.member_aws import services
from tests.simulation.member_aws.corrections import apply
from tests.simulation.member_aws.seed import seed
from tests.simulation.member_aws.world import World
from tests.simulation.organization.specification import Organization
from tests.simulation.wire.calls import Call, Dropped
from tests.simulation.wire.protocols import Reply, identify

StartResponse = Callable[..., Any]
ACCOUNT_HEADER = "HTTP_X_MOTO_ACCOUNT_ID"


class _Dispatcher(DomainDispatcherApplication):  # type: ignore[misc]
    """moto's, which lists its own folders on disk twice per request under a lock; the answer never changes."""

    def __init__(self) -> None:
        super().__init__(create_backend_app)
        self._backends: dict[str | None, Any] = {}

    def get_backend_for_host(self, host: str | None) -> Any:
        if host not in self._backends:
            self._backends[host] = super().get_backend_for_host(host)
        return self._backends[host]


class MemberApp:
    """A WSGI application. `wired` calls pass the world's own log, faults and refusals; else the caller does that.

    The account of a call is the header `x-moto-account-id`, or the owner of the access key.
    """

    def __init__(self, organization: Organization, *, wired: bool = True, log_path: Path | None = None) -> None:
        self.world = World(organization, log_path, roles_are_real=not wired)
        self.wired = wired
        self._moto = _Dispatcher()
        self._stack = ExitStack()
        BackendDict.reset()
        self._stack.enter_context(apply(self.world.state))
        seed(self.world.state)

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        request = HttpRequest(environ)
        body = request.get_data()
        environ["wsgi.input"] = BytesIO(body)  # Read once here, once by moto.
        found = identify(request.method, request.full_path, dict(request.headers.items()), body)
        if found is None:
            return self._moto(environ, start_response)  # type: ignore[no-any-return]
        state = self.world.state
        account = environ.get(ACCOUNT_HEADER) or state.account_of_key(found.access_key)
        caller = state.caller_of_key(found.access_key)
        call = Call("", caller, account, found.region, found.service, found.operation, found.resource)
        is_ours = services.is_ours(call)
        if not self.wired and not is_ours:
            return self._moto(environ, start_response)  # type: ignore[no-any-return]

        def send() -> Reply:
            if not is_ours:
                with state.alone(call.service):
                    return self.send(environ)
            # Behind one port the host names no region: the signature does.
            host = f"https://{call.service}.{call.region}.amazonaws.com{request.path}"
            ours = MotoRequest.from_primitives(request.method, host, dict(request.headers.items()), body)
            return services.answer(call, found.protocol, ours)

        if not self.wired:
            return _respond(send())(environ, start_response)
        try:
            reply = self.world.wire.perform(call, found.protocol, send)
        except Dropped:
            reply = Reply(502)  # A WSGI application cannot close the connection; a server in front of it can.
        return _respond(reply)(environ, start_response)

    def send(self, environ: dict[str, Any]) -> Reply:
        """moto's answer to one request."""
        chunks, status, headers = run_wsgi_app(self._moto, environ)
        return Reply(int(status.split(" ", 1)[0]), dict(headers.items()), b"".join(chunks))

    def close(self) -> None:
        """moto is uncorrected again."""
        self._stack.close()


def _respond(reply: Reply) -> HttpResponse:
    return HttpResponse(reply.body, reply.status, dict(reply.headers))


def create_wsgi_app(organization: Organization, *, wired: bool = True, log_path: Path | None = None) -> MemberApp:
    """The member accounts of `organization`; `.world` is the object behind them."""
    return MemberApp(organization, wired=wired, log_path=log_path)
