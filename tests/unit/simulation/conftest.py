"""A small world for each test, and the clients of its one member account."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.simulation.member_aws.server import create_wsgi_app
from tests.simulation.member_aws.world import World
from tests.simulation.organization.scenarios import build

MEMBER, REGION = "222222222222", "us-east-1"


@pytest.fixture
def world() -> Iterator[World]:
    with World.in_process(build("small")) as world:
        yield world


@pytest.fixture
def sagemaker(world: World) -> Any:
    return world.client("sagemaker", MEMBER)


@pytest.fixture
def cloudwatch(world: World) -> Any:
    return world.client("cloudwatch", MEMBER)


class Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - the signature of the base class
        """No line a request."""


@pytest.fixture
def http() -> Iterator[Callable[..., Any]]:
    """Makes clients of the hub that talk to the world of `kinds` over HTTP."""
    app = create_wsgi_app(build("kinds"))
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()

    def client(service: str, region: str = REGION, account: str = "") -> Any:
        return boto3.client(
            service,  # type: ignore[call-overload] # a name known at run time
            region_name=region,
            endpoint_url=f"http://127.0.0.1:{server.port}",
            aws_access_key_id=account or "AKIASIMULATEDHUB0001",
            aws_secret_access_key="x",
        )

    yield client
    server.shutdown()
    thread.join()
    server.server_close()
    app.close()
