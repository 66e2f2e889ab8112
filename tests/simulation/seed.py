"""Fills moto with a world: straight into its backends, because no API sets a creation time or a status."""

from datetime import UTC, datetime, timedelta

from moto.applicationautoscaling.models import applicationautoscaling_backends
from moto.organizations.models import FakeAccount, FakeOrganizationalUnit, organizations_backends
from moto.sagemaker.models import FakeEndpoint, FakeEndpointConfig, Model, SageMakerModelBackend, sagemaker_backends

from tests.simulation.metrics import DAY
from tests.simulation.organization import EndpointSpec, Organization, Scaling
from tests.simulation.publishing import publish
from tests.simulation.state import State

IMAGE = "763104351884.dkr.ecr.{region}.amazonaws.com/pytorch-inference:2.6-gpu-py312"
VARIANT_DIMENSION = "sagemaker:variant:DesiredInstanceCount"
BEFORE = timedelta(minutes=5)  # A configuration is made shortly before the endpoint that uses it.


def seed(state: State) -> None:
    """Everything of `state.organization`, in moto and in the metric store."""
    seed_organization(state.organization)
    for spec in state.organization.endpoints:
        seed_endpoint(state, spec)


def seed_organization(organization: Organization) -> None:
    """The Organization belongs to the management account; its ids are the world's, not moto's random ones."""
    backend = organizations_backends[organization.management_account]["aws"]
    backend.create_organization(region="us-east-1")
    org, root = backend.org, backend.ou[0]
    if org is None:
        raise RuntimeError("moto created no organization")
    org.id, org.root_id, root.id = organization.id, organization.root_id, organization.root_id
    backend.accounts.clear()
    organizations_backends.master_accounts.clear()
    for unit in organization.units:
        made = FakeOrganizationalUnit(org, Name=unit.name, ParentId=root.id)
        made.id = unit.id
        backend.ou.append(made)
    for account in organization.accounts:
        backend.accounts.append(_account(organization, account.id))
        if account.id != organization.management_account:
            organizations_backends.master_accounts[account.id] = (organization.management_account, "aws")


def _account(organization: Organization, account_id: str) -> FakeAccount:
    spec = organization.account(account_id)
    if spec is None:
        raise LookupError(account_id)
    # Without its constructor, which would make an IAM role in an account of a random number.
    account = FakeAccount.__new__(FakeAccount)
    account.__dict__ |= {
        "type": "ACCOUNT",
        "region": "us-east-1",
        "organization_id": organization.id,
        "master_account_id": organization.management_account,
        "create_account_status_id": f"car-{account_id}",
        "id": account_id,
        "name": spec.name,
        "email": f"aws-{account_id}@example.com",
        "create_time": datetime(2021, 3, 1, tzinfo=UTC).replace(tzinfo=None),
        "status": spec.state,
        "state": spec.state,
        "joined_method": "CREATED",
        "parent_id": spec.unit or organization.root_id,
        "attached_policies": [],
        "tags": {},
    }
    return account


def seed_endpoint(state: State, spec: EndpointSpec) -> None:
    """One endpoint with its configuration, models, scalable targets, tags and traffic."""
    backend = sagemaker_backends[spec.account][spec.region]
    now = state.clock()
    created = state.now() - timedelta(days=spec.created_days_ago)
    created = created.replace(microsecond=created.microsecond // 1000 * 1000)
    _config(backend, spec, created - BEFORE)
    endpoint = FakeEndpoint(
        account_id=spec.account,
        region_name=spec.region,
        endpoint_name=spec.name,
        endpoint_config_name=spec.config_name,
        production_variants=backend.endpoint_configs[spec.config_name].production_variants,
        data_capture_config={},
        tags=[{"Key": key, "Value": value} for key, value in spec.tags.items()],
    )
    endpoint.creation_time = endpoint.last_modified_time = created
    endpoint.endpoint_status = spec.status
    endpoint.failure_reason = spec.failure_reason or None
    backend.endpoints[spec.name] = endpoint
    if spec.status not in ("Creating", "Failed"):
        since = now - spec.created_days_ago * DAY
        for one in spec.variants:
            cell, traffic = (spec.account, spec.region), spec.traffic_of(one)
            publish(state.metrics, cell, spec.name, one.name, one.count, traffic, since, now)
    for scaling in spec.scaling:
        seed_scaling(spec, scaling)


def _config(backend: SageMakerModelBackend, spec: EndpointSpec, created: datetime) -> None:
    role = f"arn:aws:iam::{spec.account}:role/sagemaker-inference"
    for variant in spec.variants:
        name = spec.model_name(variant)
        if name not in backend._models:
            model = Model(
                account_id=spec.account,
                region_name=spec.region,
                model_name=name,
                execution_role_arn=role,
                primary_container={
                    "Image": IMAGE.format(region=spec.region),
                    "Mode": "SingleModel",
                    "ModelDataUrl": f"s3://models-{spec.account}-{spec.region}/{name}/model.tar.gz",
                },
                vpc_config={},
            )
            model.creation_time = created
            backend._models[name] = model
    if spec.config_name not in backend.endpoint_configs:
        config = FakeEndpointConfig(
            account_id=spec.account,
            region_name=spec.region,
            endpoint_config_name=spec.config_name,
            production_variants=[
                {
                    "VariantName": variant.name,
                    "ModelName": spec.model_name(variant),
                    "InstanceType": variant.instance_type,
                    "InitialInstanceCount": variant.count,
                    "InitialVariantWeight": variant.weight,
                }
                for variant in spec.variants
            ],
            async_inference_config={},
            data_capture_config={},
            tags=[],
            kms_key_id="",
        )
        config.creation_time = created
        backend.endpoint_configs[spec.config_name] = config


def seed_scaling(spec: EndpointSpec, scaling: Scaling) -> None:
    """A scalable target with the usual target-tracking policy (D4.8)."""
    backend = applicationautoscaling_backends[spec.account][spec.region]
    resource = f"endpoint/{spec.name}/variant/{scaling.variant}"
    service_role = "aws-service-role/sagemaker.application-autoscaling.amazonaws.com"
    backend.register_scalable_target(
        namespace="sagemaker",
        r_id=resource,
        dimension=VARIANT_DIMENSION,
        min_capacity=scaling.minimum,
        max_capacity=scaling.maximum,
        role_arn=f"arn:aws:iam::{spec.account}:role/{service_role}/AWSServiceRoleForApplicationAutoScaling",
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
