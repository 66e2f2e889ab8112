"""The whole member world as one plain dictionary, to compare before with after."""

from datetime import datetime
from typing import Any

from moto.applicationautoscaling.models import applicationautoscaling_backends
from moto.sagemaker.models import sagemaker_backends

from tests.simulation.member_aws.corrections.components import here
from tests.simulation.member_aws.corrections.sagemaker import describe_endpoint, settle
from tests.simulation.member_aws.corrections.sagemaker_configs import describe_endpoint_config, model_fields
from tests.simulation.member_aws.state import State

Snapshot = dict[str, dict[str, dict[str, Any]]]


def snapshot(state: State) -> Snapshot:
    """{account: {region: {endpoints, configs, models, components, scalable_targets, scaling_policies, ...}}}.

    Every account and region of the Organization is there, empty or not. JSON-serialisable; times ISO 8601.
    """
    return {
        account.id: {region: cell(account.id, region) for region in state.organization.regions}
        for account in state.organization.accounts
    }


def cell(account: str, region: str) -> dict[str, Any]:
    """The same of one account in one region."""
    backend = sagemaker_backends[account][region]
    scaling = applicationautoscaling_backends[account][region]
    settle(backend)
    targets = [target for by_id in scaling.targets.values() for target in by_id.values()]
    return {
        "endpoints": {
            name: _plain(describe_endpoint(backend, name) | {"Tags": {tag["Key"]: tag["Value"] for tag in one.tags}})
            for name, one in sorted(backend.endpoints.items())
        },
        "configs": {name: _plain(describe_endpoint_config(backend, name)) for name in sorted(backend.endpoint_configs)},
        "models": {name: _plain(model_fields(backend._models[name])) for name in sorted(backend._models)},
        "components": {name: _plain(row) for name, row in sorted(here(backend).components.items())},
        "scalable_targets": {
            f"{target.resource_id} {target.scalable_dimension}": {
                "MinCapacity": target.min_capacity,
                "MaxCapacity": target.max_capacity,
                "SuspendedState": target.suspended_state,
            }
            for target in sorted(targets, key=lambda one: (one.resource_id, one.scalable_dimension))
        },
        "scaling_policies": {
            f"{policy.resource_id} {policy.policy_name}": _plain(policy.target_tracking_scaling_policy_configuration)
            for policy in sorted(scaling.policies.values(), key=lambda one: (one.resource_id, one.policy_name))
        },
        "scheduled_actions": sorted(
            f"{one.resource_id} {one.scheduled_action_name} {one.schedule}" for one in scaling.scheduled_actions
        ),
    }


def _plain(value: Any) -> Any:
    """The value in JSON's own types."""
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, datetime) else value
