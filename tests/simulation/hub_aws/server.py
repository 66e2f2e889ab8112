"""Runs the gateway's server in this process until it is told to stop, and leaves nothing behind."""

import asyncio
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from tests.simulation.organization.specification import Organization


def prepare_environment(organization: Organization, port: int, data: Path) -> None:
    """What MiniStack reads when it is imported. Functions inherit it, so nothing of the caller's AWS set-up stays."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "MOTO_", "MINISTACK_"))]:
        del os.environ[name]
    temporary = data / "tmp"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True, exist_ok=True)
    os.environ |= {
        "AUTH": "true",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
        # Functions inherit the line above, and their logger would use it. On AWS it is not set.
        "POWERTOOLS_LOG_LEVEL": "INFO",
        "MINISTACK_ACCOUNT_ID": organization.hub_account,
        "MINISTACK_REGION": organization.hub_region,
        "S3_DATA_DIR": str(data / "s3"),
        "STATE_DIR": str(data / "state"),
        "TMPDIR": str(temporary),
        # A function finds only the credentials of its own role, and no settings of the person at the keyboard.
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    for name in ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PYTHONWARNINGS"):
        os.environ.pop(name, None)


def serve(scenario: str, organization: Organization, port: int, call_log: Path, *, stop_with_stdin: bool) -> None:
    """Serve until SIGTERM, SIGINT or, if asked, the end of standard input. Does not return."""
    from hypercorn.asyncio import serve as hypercorn_serve
    from hypercorn.config import Config
    from ministack import app as ministack
    from ministack.core import lambda_runtime

    from tests.simulation.hub_aws import patches
    from tests.simulation.hub_aws.asgi import Gateway
    from tests.simulation.hub_aws.member_stacks import stacks_at
    from tests.simulation.hub_aws.served import ServedWorld

    world = ServedWorld(scenario, organization, call_log)
    world.world.state.hub.put_stack = stacks_at(f"http://127.0.0.1:{port}")
    patches.apply(organization, world.note_invocation)
    config = Config()
    config.bind = [f"127.0.0.1:{port}"]
    config.keep_alive_timeout = 75
    config.loglevel = "WARNING"

    def leave(code: int = 0) -> None:
        """Exits immediately. Waiting executions and MiniStack's own shutdown would take minutes."""
        lambda_runtime.reset()  # the function processes
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)

    async def run() -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, leave)
        if stop_with_stdin:
            threading.Thread(target=_await_end_of_stdin, args=(loop, leave), daemon=True).start()
        await hypercorn_serve(Gateway(ministack.app, world), config)  # type: ignore[arg-type]

    try:
        asyncio.run(run())
    except OSError as error:
        print(f"gateway: {error}", file=sys.stderr)
        leave(2)


def _await_end_of_stdin(loop: asyncio.AbstractEventLoop, leave: Callable[[], None]) -> None:
    """The parent holds the other end of the pipe. However the parent dies, the gateway ends with it."""
    while sys.stdin.buffer.read(1024):
        pass
    loop.call_soon_threadsafe(leave)
