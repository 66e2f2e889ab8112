"""What a Catch of the state machine caught, in words."""

import json

from endpoint_sweep.steps.contracts import CaughtError


def explain(error: CaughtError) -> tuple[str, str]:
    """Name and message. The cause of a function's error is JSON; of a timeout or a refused call it is text."""
    name, cause = str(error.get("Error", "")), str(error.get("Cause") or "")
    try:
        told = json.loads(cause)
    except ValueError:
        return name, cause
    if not isinstance(told, dict):
        return name, cause
    return str(told.get("errorType") or name), str(told.get("errorMessage") or "")
