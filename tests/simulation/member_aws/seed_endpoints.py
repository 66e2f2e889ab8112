"""Puts one endpoint into moto's backends with all that belongs to it: no API sets a creation time or a status."""

from datetime import datetime, timedelta

from moto.applicationautoscaling.models import applicationautoscaling_backends
from moto.sagemaker.models import FakeEndpoint, FakeEndpointConfig, Model, SageMakerModelBackend, sagemaker_backends

from tests.simulation.member_aws import shapes
from tests.simulation.member_aws.corrections import autoscaling
from tests.simulation.member_aws.metric_store import DAY
from tests.simulation.member_aws.state import State
from tests.simulation.organization.endpoints import EndpointSpec, Scaling
from tests.simulation.organization.publishing import (
    publish,
    publish_component,
    publish_enhanced,
    publish_failures,
    publish_provisioned,
    publish_queue,
)

VARIANT_DIMENSION = "sagemaker:variant:DesiredInstanceCount"
BEFORE = timedelta(minutes=5)  # A configuration is made shortly before the endpoint that uses it.


def seed_endpoint(state: State, spec: EndpointSpec) -> None:
    """One endpoint with its configuration, models, components, scalable targets, tags, schedules and traffic."""
    backend = sagemaker_backends[spec.account][spec.region]
    created = _days_ago(state, spec.created_days_ago)
    _models(backend, spec, created - BEFORE)
    configured = created if spec.config_days_ago is None else _days_ago(state, spec.config_days_ago)
    _config(backend, spec, configured - BEFORE)
    endpoint = FakeEndpoint(
        account_id=spec.account,
        region_name=spec.region,
        endpoint_name=spec.name,
        endpoint_config_name=spec.config_name,
        production_variants=[],
        data_capture_config=shapes.capturing(shapes.capture(spec)),
        tags=[{"Key": key, "Value": value} for key, value in spec.tags.items()],
    )
    endpoint.production_variants = [shapes.fleet_of(spec, variant) for variant in spec.variants]
    endpoint.creation_time = endpoint.last_modified_time = created
    if spec.modified_days_ago is not None:
        endpoint.last_modified_time = _days_ago(state, spec.modified_days_ago)
    endpoint.endpoint_status = spec.status
    endpoint.failure_reason = spec.failure_reason or None
    endpoint.extras = shapes.endpoint_extras(spec, endpoint.last_modified_time)
    endpoint.hides_variants = spec.variants_hidden
    backend.endpoints[spec.name] = endpoint
    if spec.config_gone:
        backend.endpoint_configs.pop(spec.config_name, None)
    here = state.cell(spec.account, spec.region)
    for component in spec.components:
        here.components[component.name] = shapes.component_row(spec, component, created)
    here.schedules += shapes.schedule_rows(spec, created)
    here.experiments += shapes.experiment_rows(spec, created)
    if spec.status not in ("Creating", "Failed"):
        _publish(state, spec)
    for scaling in spec.scaling:
        seed_scaling(spec, scaling)


def _publish(state: State, spec: EndpointSpec) -> None:
    store, cell, now = state.metrics, (spec.account, spec.region), state.clock()
    since = now - spec.created_days_ago * DAY
    if spec.kind == "unknown":
        return  # Under names that no one looks for.
    for variant in (*spec.variants, *spec.shadows):
        traffic = spec.traffic_of(variant)
        publish(store, cell, spec.name, variant.name, variant.instances, traffic, since, now, spec.kind)
        if variant.serverless is not None and variant.serverless.provisioned and not traffic.is_silent:
            publish_provisioned(store, cell, spec.name, variant.name, since)
    for component in spec.components:
        publish_component(
            store, cell, component.name, component.copies, component.traffic, component.refused, since, now
        )
    if spec.kind == "asynchronous":
        publish_queue(store, cell, spec, since, now)
    publish_failures(store, cell, spec, since, now)
    if spec.enhanced_metrics:
        publish_enhanced(store, cell, spec, since, now)


def _days_ago(state: State, days: float) -> datetime:
    moment = state.now() - timedelta(days=days)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _models(backend: SageMakerModelBackend, spec: EndpointSpec, created: datetime) -> None:
    if spec.kind == "unknown":
        return
    names = [f"{spec.name}-{component.name}"[:63] for component in spec.components if not component.base]
    if spec.kind != "components":
        names = [spec.model_name(variant) for variant in (*spec.variants, *spec.shadows)]
    for name in names:
        if name in backend._models:
            continue
        parts = shapes.model_parts(spec, name)
        model = Model(
            account_id=spec.account,
            region_name=spec.region,
            model_name=name,
            execution_role_arn=shapes.execution_role(spec.account),
            primary_container=parts.get("primary_container", {}),
            containers=parts.get("containers"),
            vpc_config={},
        )
        model.creation_time, model.execution = created, parts.get("execution")
        backend._models[name] = model


def _config(backend: SageMakerModelBackend, spec: EndpointSpec, created: datetime) -> None:
    if spec.config_name in backend.endpoint_configs:
        return
    config = FakeEndpointConfig(
        account_id=spec.account,
        region_name=spec.region,
        endpoint_config_name=spec.config_name,
        production_variants=[shapes.configured(spec, variant) for variant in spec.variants],
        async_inference_config=shapes.asynchronous(spec),
        data_capture_config=shapes.capture(spec),
        tags=[],
        kms_key_id="",
    )
    config.creation_time, config.extras = created, shapes.config_extras(spec)
    backend.endpoint_configs[spec.config_name] = config


def seed_scaling(spec: EndpointSpec, scaling: Scaling) -> None:
    """A scalable target with the usual target-tracking policy (D4.8)."""
    backend = applicationautoscaling_backends[spec.account][spec.region]
    resource = f"endpoint/{spec.name}/variant/{scaling.variant}"
    backend.register_scalable_target(
        namespace="sagemaker",
        r_id=resource,
        dimension=VARIANT_DIMENSION,
        min_capacity=scaling.minimum,
        max_capacity=scaling.maximum,
        role_arn=autoscaling.service_role(spec.account),
        suspended_state={
            "DynamicScalingInSuspended": False,
            "DynamicScalingOutSuspended": False,
            "ScheduledScalingSuspended": False,
        },
    )
    backend.put_scaling_policy(
        policy_name=f"{spec.name}-{scaling.variant}-invocations"[:256],
        service_namespace="sagemaker",
        resource_id=resource,
        scalable_dimension=VARIANT_DIMENSION,
        policy_body={
            "TargetValue": scaling.invocations_per_instance,
            "PredefinedMetricSpecification": {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"},
        },
        policy_type="TargetTrackingScaling",
    )
