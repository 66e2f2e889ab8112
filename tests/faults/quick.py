"""Makes a sweep hurry: whoever waits for AWS, or to try again, waits a moment only."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from unittest.mock import patch

import botocore.endpoint
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction
from moto.stepfunctions.parser.asl.eval.environment import Environment

MOMENT = 0.02


@contextmanager
def hurried() -> Iterator[None]:
    """The waits of the state machine, the retries of states and those of the SDK last 20 ms each."""
    import time

    clock = SimpleNamespace(**{name: getattr(time, name) for name in ("time", "monotonic", "perf_counter", "gmtime")})
    clock.sleep = lambda seconds: time.sleep(min(seconds, MOMENT))

    def wait(_: WaitFunction, env: Environment, wait_seconds: float) -> None:
        env.program_state_event.wait(min(wait_seconds, MOMENT))

    with ExitStack() as patches:
        patches.enter_context(patch.object(WaitFunction, "_wait_interval", wait))
        patches.enter_context(patch.object(retrier_decl, "time", clock))
        patches.enter_context(patch.object(botocore.endpoint, "time", clock))
        yield
