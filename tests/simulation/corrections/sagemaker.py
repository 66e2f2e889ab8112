"""SageMaker: pages, texts, statuses and the time that a deletion takes (D2.1, D3.2-D3.6)."""

import base64
import copy
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import botocore.session
from moto.applicationautoscaling.models import applicationautoscaling_backends
from moto.core.resource_tagging import TaggedResource
from moto.core.responses import ActionResult
from moto.sagemaker.exceptions import ValidationError
from moto.sagemaker.models import FakeEndpoint, FakeEndpointConfig, Model, SageMakerModelBackend
from moto.sagemaker.responses import SageMakerResponse

from tests.simulation.corrections.correction import Correction
from tests.simulation.publishing import publish, silence
from tests.simulation.state import active
from tests.simulation.traffic import Traffic

DEFAULT_PAGE, LARGEST_PAGE = 10, 100
IN_PROGRESS = ("Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting")
WITHOUT_VARIANTS = ("Creating", "Failed")  # Never had a fleet: DescribeEndpoint leaves them out (D1.32).
SHAPE = botocore.session.get_session().get_service_model("sagemaker").shape_for("ProductionVariantInstanceType")
INSTANCE_TYPES: frozenset[str] = frozenset(SHAPE.metadata["enum"])
_iter_tagged = SageMakerModelBackend.iter_tagged_resources
_list_tags = SageMakerResponse.list_tags


def settle(backend: SageMakerModelBackend) -> None:
    """Endpoints whose deletion is over are gone."""
    state = active()
    with state.lock:
        for name in list(backend.endpoints):
            gone_at = state.gone_at.get((backend.account_id, backend.region_name, name))
            if gone_at is not None and gone_at <= state.clock():
                del backend.endpoints[name]
                del state.gone_at[backend.account_id, backend.region_name, name]


def _arn(backend: SageMakerModelBackend, kind: str, name: str) -> str:
    return f"arn:aws:sagemaker:{backend.region_name}:{backend.account_id}:{kind}/{name}"


def _find(backend: SageMakerModelBackend, name: str) -> FakeEndpoint:
    settle(backend)
    endpoint = backend.endpoints.get(name)
    if endpoint is None:
        raise ValidationError(message=f'Could not find endpoint "{_arn(backend, "endpoint", name)}".')
    return endpoint


def describe_endpoint(backend: SageMakerModelBackend, endpoint_name: str) -> dict[str, Any]:
    """Only what AWS would say: nothing that the endpoint does not have (D1.32)."""
    endpoint = _find(backend, endpoint_name)
    config = backend.endpoint_configs.get(endpoint.endpoint_config_name)
    answer = {
        "EndpointName": endpoint.endpoint_name,
        "EndpointArn": endpoint.arn,
        "EndpointConfigName": endpoint.endpoint_config_name,
        "EndpointStatus": endpoint.endpoint_status,
        "CreationTime": endpoint.creation_time,
        "LastModifiedTime": endpoint.last_modified_time,
        "FailureReason": endpoint.failure_reason,
        "DataCaptureConfig": endpoint.data_capture_config,
        "AsyncInferenceConfig": config.async_inference_config if config is not None else None,
    }
    if endpoint.endpoint_status not in WITHOUT_VARIANTS:
        answer["ProductionVariants"] = endpoint.production_variants
    return {key: copy.deepcopy(value) for key, value in answer.items() if value}


def describe_endpoint_config(backend: SageMakerModelBackend, endpoint_config_name: str) -> dict[str, Any]:
    config = backend.endpoint_configs.get(endpoint_config_name)
    if config is None:
        arn = _arn(backend, "endpoint-config", endpoint_config_name)
        raise ValidationError(message=f'Could not find endpoint configuration "{arn}".')
    answer = {
        "EndpointConfigName": config.endpoint_config_name,
        "EndpointConfigArn": config.endpoint_config_arn,
        "ProductionVariants": config.production_variants,
        "DataCaptureConfig": config.data_capture_config,
        "AsyncInferenceConfig": config.async_inference_config,
        "KmsKeyId": config.kms_key_id,
        "CreationTime": config.creation_time,
    }
    return {key: copy.deepcopy(value) for key, value in answer.items() if value}


def describe_model(response: SageMakerResponse) -> ActionResult:
    """moto adds an empty VpcConfig and an empty list of containers; CreateModel would refuse them."""
    model = response.sagemaker_backend.describe_model(response._get_param("ModelName"))
    return ActionResult(model_fields(model))


def model_fields(model: Model) -> dict[str, Any]:
    """What DescribeModel says of a model."""
    answer = {
        "ModelName": model.model_name,
        "ModelArn": model.arn,
        "PrimaryContainer": model.primary_container,
        "Containers": model.containers,
        "VpcConfig": model.vpc_config,
        "ExecutionRoleArn": model.execution_role_arn,
        "CreationTime": model.creation_time,
    }
    return {key: copy.deepcopy(value) for key, value in answer.items() if value} | {
        "EnableNetworkIsolation": model.enable_network_isolation
    }


def delete_endpoint(backend: SageMakerModelBackend, endpoint_name: str) -> None:
    """Refused while a change is in progress, else Deleting for a while; scalable targets go with it (D3.5, D3.6)."""
    state, endpoint = active(), _find(backend, endpoint_name)
    with state.lock:
        if endpoint.endpoint_status in IN_PROGRESS:
            raise ValidationError(message=f'Cannot update in-progress endpoint "{endpoint.arn}".')
        key = (backend.account_id, backend.region_name, endpoint_name)
        endpoint.endpoint_status = "Deleting"
        endpoint.last_modified_time = state.now()
        state.gone_at[key] = state.clock() + state.deleting_seconds
        silence(state.metrics, key[:2], endpoint_name, state.clock())
        _deregister(backend, endpoint_name)
    settle(backend)


def _deregister(backend: SageMakerModelBackend, endpoint_name: str) -> None:
    scaling = applicationautoscaling_backends[backend.account_id][backend.region_name]
    prefix = f"endpoint/{endpoint_name}/variant/"
    for targets in scaling.targets.values():
        for resource_id in [one for one in targets if one.startswith(prefix)]:
            del targets[resource_id]
    for name, policy in list(scaling.policies.items()):
        if policy.resource_id.startswith(prefix):
            del scaling.policies[name]
    scaling.scheduled_actions = [one for one in scaling.scheduled_actions if not one.resource_id.startswith(prefix)]


def create_endpoint(
    backend: SageMakerModelBackend, endpoint_name: str, endpoint_config_name: str, tags: list[dict[str, str]] | None
) -> FakeEndpoint:
    """A name that exists is refused (moto replaces it); a new endpoint publishes zeros at once (D1.25)."""
    settle(backend)
    if endpoint_name in backend.endpoints:
        arn = _arn(backend, "endpoint", endpoint_name)
        raise ValidationError(message=f'Cannot create already existing endpoint "{arn}".')
    config = describe_endpoint_config(backend, endpoint_config_name)
    endpoint = FakeEndpoint(
        account_id=backend.account_id,
        region_name=backend.region_name,
        endpoint_name=endpoint_name,
        endpoint_config_name=endpoint_config_name,
        production_variants=config["ProductionVariants"],
        data_capture_config=config.get("DataCaptureConfig", {}),
        tags=list(tags or []),
    )
    state = active()
    endpoint.creation_time = endpoint.last_modified_time = state.now()
    backend.endpoints[endpoint_name] = endpoint
    cell, now = (backend.account_id, backend.region_name), state.clock()
    for variant in config["ProductionVariants"]:
        instances = variant.get("InitialInstanceCount", 1)
        publish(state.metrics, cell, endpoint_name, variant["VariantName"], instances, Traffic.none(), now, now)
    return endpoint


def validate_production_variants(backend: SageMakerModelBackend, production_variants: list[dict[str, Any]]) -> None:
    """A variant without a model is legal: inference components bring theirs (D1.5)."""
    for variant in production_variants:
        name = variant.get("ModelName")
        if name is not None and name not in backend._models:
            raise ValidationError(message=f'Could not find model "{_arn(backend, "model", name)}".')


def validate_instance_type(config: FakeEndpointConfig, instance_type: str) -> None:
    """Every type of the SDK's own model; moto's list ends before g5, g6 and inf2."""
    if instance_type not in INSTANCE_TYPES:
        message = f"Value '{instance_type}' at 'instanceType' failed to satisfy constraint: Member must satisfy enum"
        raise ValidationError(message=message)


def list_endpoints(response: SageMakerResponse) -> ActionResult:
    """10 to a page by default, 100 at most, newest first (D2.1); the token is a place in the order, not a number."""
    backend = response.sagemaker_backend
    settle(backend)
    size = response._get_param("MaxResults") or DEFAULT_PAGE
    if not 1 <= size <= LARGEST_PAGE:
        limit = "less than or equal to 100" if size > LARGEST_PAGE else "greater than or equal to 1"
        text = f"1 validation error detected: Value '{size}' at 'maxResults' failed to satisfy constraint: "
        raise ValidationError(message=f"{text}Member must have value {limit}")
    key = {"Name": "endpoint_name", "Status": "endpoint_status"}.get(response._get_param("SortBy"), "creation_time")
    rows = sorted(
        ((str(getattr(one, key)), one.endpoint_name), one) for one in backend.endpoints.values() if _fits(response, one)
    )
    if response._get_param("SortOrder") != "Ascending":
        rows.reverse()
    if token := response._get_param("NextToken"):
        place = _place(token)
        ascending = response._get_param("SortOrder") == "Ascending"
        rows = [row for row in rows if (row[0] > place if ascending else row[0] < place)]
    page = rows[:size]
    next_token = base64.urlsafe_b64encode(json.dumps(page[-1][0]).encode()).decode() if len(rows) > size else None
    return ActionResult({"Endpoints": [one.summary() for _, one in page], "NextToken": next_token})


def _place(token: str) -> tuple[str, str]:
    try:
        value, name = json.loads(base64.urlsafe_b64decode(token.encode()))
    except ValueError as error:
        raise ValidationError(message="Invalid pagination token given.") from error
    return str(value), str(name)


def _fits(response: SageMakerResponse, endpoint: FakeEndpoint) -> bool:
    wanted = response._get_param
    if (text := wanted("NameContains")) and text.lower() not in endpoint.endpoint_name.lower():
        return False
    if (status := wanted("StatusEquals")) and status != endpoint.endpoint_status:
        return False
    for field, value in (("CreationTime", endpoint.creation_time), ("LastModifiedTime", endpoint.last_modified_time)):
        after, before = wanted(f"{field}After"), wanted(f"{field}Before")
        if (after and value <= _naive(after)) or (before and value >= _naive(before)):
            return False
    return True


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def iter_tagged_resources(backend: SageMakerModelBackend) -> Iterator[TaggedResource]:
    settle(backend)
    yield from _iter_tagged(backend)


def list_tags(response: SageMakerResponse) -> ActionResult:
    """moto fails with a stack trace where the endpoint is not there."""
    kind, _, name = response._get_param("ResourceArn").rpartition(":")[2].partition("/")
    if kind == "endpoint":
        _find(response.sagemaker_backend, name)
    return _list_tags(response)


def add_tags(backend: SageMakerModelBackend, arn: str, tags: list[dict[str, str]]) -> list[dict[str, str]]:
    """A tag key exists once: a new value replaces the old one (moto keeps both)."""
    resource = backend._get_resource_from_arn(arn)
    merged = {tag["Key"]: tag["Value"] for tag in [*resource.tags, *tags]}
    resource.tags = [{"Key": key, "Value": value} for key, value in merged.items()]
    return list(resource.tags)


def list_inference_components(response: SageMakerResponse) -> ActionResult:
    """There are none in this world; moto does not know the operation."""
    return ActionResult({"InferenceComponents": []})


CORRECTIONS = (
    Correction("list-endpoints", SageMakerResponse, "list_endpoints", list_endpoints, "page sizes and order, D2.1"),
    Correction("list-tags", SageMakerResponse, "list_tags", list_tags, "a missing endpoint is an AWS error, D3.2"),
    Correction("no-components", SageMakerResponse, "list_inference_components", list_inference_components, "D1.5"),
    Correction("describe", SageMakerModelBackend, "describe_endpoint", describe_endpoint, "exact fields, D1.32, D3.2"),
    Correction("describe-config", SageMakerModelBackend, "describe_endpoint_config", describe_endpoint_config, "D3.9"),
    Correction("describe-model", SageMakerResponse, "describe_model", describe_model, "exact fields"),
    Correction("delete", SageMakerModelBackend, "delete_endpoint", delete_endpoint, "Deleting, refusals, D3.1, D3.5"),
    Correction("create", SageMakerModelBackend, "create_endpoint", create_endpoint, "an existing name, zeros, D1.25"),
    Correction("add-tags", SageMakerModelBackend, "add_tags", add_tags, "a key exists once, D3.14"),
    Correction("tagged", SageMakerModelBackend, "iter_tagged_resources", iter_tagged_resources, "what is gone, D3.14"),
    Correction(
        "variants",
        SageMakerModelBackend,
        "validate_production_variants",
        validate_production_variants,
        "no model, D1.5",
    ),
    Correction(
        "instance-types", FakeEndpointConfig, "validate_instance_type", validate_instance_type, "all types of the SDK"
    ),
)
