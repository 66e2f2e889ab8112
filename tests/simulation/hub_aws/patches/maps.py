"""What MiniStack's Distributed Map gets wrong."""

from typing import Any

from ministack.services import stepfunctions as sfn


def honour_concurrency_paths() -> None:
    """Stock ignores `MaxConcurrencyPath`: all children start at once."""
    run_map = sfn._run_distributed_map

    def run_distributed_map(state: dict[str, Any], raw_input: Any, effective: Any, *more: Any) -> Any:
        if "MaxConcurrencyPath" in state:
            count = sfn._resolve_path_or_ctx(state["MaxConcurrencyPath"], effective, more[-1])
            if not isinstance(count, int) or isinstance(count, bool) or count < 0:
                raise sfn._ExecutionError("States.Runtime", f"MaxConcurrencyPath gave {count!r}, not an integer")
            state = {**state, "MaxConcurrency": count}
        return run_map(state, raw_input, effective, *more)

    sfn._run_distributed_map = run_distributed_map
