"""Restores an endpoint from its bundle: makes what is missing, and says what differs afterwards (D3.19)."""

from typing import Any

from endpoint_sweep.domain.errors import EndpointSweepError, RestoreFailed
from endpoint_sweep.resources.endpoint.ports import EndpointRestorer
from endpoint_sweep.resources.endpoint.restore_plan import (
    Call,
    all_calls,
    differences,
    missing_parts,
    remaining_calls,
    stale_alarms,
    why_another,
)
from endpoint_sweep.resources.resource_type import Undo

Document = dict[str, Any]


def restore(restorer: EndpointRestorer, bundle: Document, how: Undo) -> tuple[str, ...]:
    """How the endpoint differs from what it was. Raises RestoreFailed or CellUnreachable."""
    for call in _left_to_make(restorer, bundle, how):
        how.say(f"{'would create' if how.dry_run else 'creating'} {call.what}")
        if not how.dry_run:
            _make(restorer, call, how)
    if how.dry_run:
        return ()
    now = restorer.bundle(bundle["endpoint"]["EndpointName"], bundle["endpoint"]["EndpointArn"])
    for line in stale_alarms(bundle, now):
        how.say(f"to do: {line}")
    return tuple(differences(bundle, now))


def _left_to_make(restorer: EndpointRestorer, bundle: Document, how: Undo) -> list[Call]:
    """Everything; or, where the endpoint stands, what it has lost in a sweep, or lacks of a restore that stopped."""
    then = bundle["endpoint"]
    name = then["EndpointName"]
    if not restorer.has_endpoint(name):
        models = [model for model in bundle["models"] if restorer.has_model(model)]
        return all_calls(bundle, models, config_there=restorer.has_config(then["EndpointConfigName"]))
    standing = restorer.bundle(name, then["EndpointArn"])
    if how.resume:
        return _rest(restorer, bundle, standing, how)
    is_same = standing["endpoint"]["CreationTime"] == then["CreationTime"]
    left = missing_parts(bundle, standing) if is_same else []
    if not left:
        hint = "if a restore stopped halfway, add --resume"
        raise RestoreFailed(f"endpoint {name} already exists; nothing was changed; {hint}")
    return left


def _rest(restorer: EndpointRestorer, bundle: Document, standing: Document, how: Undo) -> list[Call]:
    """Waits for what is still being made, because nothing can be added to it before."""
    name, arn = bundle["endpoint"]["EndpointName"], bundle["endpoint"]["EndpointArn"]
    _check_ours(bundle, standing)
    if not how.dry_run:
        restorer.wait("endpoint", name, how.wait_seconds)
        for one in standing["inference_components"]:
            restorer.wait("component", one["InferenceComponentName"], how.wait_seconds)
        standing = restorer.bundle(name, arn)
        _check_ours(bundle, standing)
    return remaining_calls(bundle, standing)


def _check_ours(bundle: Document, standing: Document) -> None:
    """Raises RestoreFailed if nothing should be added to the existing endpoint."""
    name = bundle["endpoint"]["EndpointName"]
    if why := why_another(bundle, standing):
        raise RestoreFailed(f"another endpoint named {name} exists: {why}; nothing was changed")
    if standing["endpoint"]["EndpointStatus"] == "Failed":
        raise RestoreFailed(f"endpoint {name} exists with status Failed; delete it, then run the restore again")


def _make(restorer: EndpointRestorer, call: Call, how: Undo) -> None:
    try:
        restorer.make(call, how.wait_seconds)
    except EndpointSweepError as error:
        raise RestoreFailed(f"{error}; to create the rest, run this again with --resume") from error
