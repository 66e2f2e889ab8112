"""SageMaker's endpoints: pages, texts, statuses and the time that a deletion takes (D2.1, D3.2-D3.7)."""

import copy
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from moto.core.resource_tagging import TaggedResource
from moto.core.responses import ActionResult
from moto.sagemaker.exceptions import ValidationError
from moto.sagemaker.models import FakeEndpoint, SageMakerModelBackend
from moto.sagemaker.responses import SageMakerResponse

from tests.simulation.member_aws import shapes
from tests.simulation.member_aws.corrections import autoscaling, components, sagemaker_configs
from tests.simulation.member_aws.corrections.correction import Correction
from tests.simulation.member_aws.corrections.replies import JsonReply, Row, page, reply
from tests.simulation.member_aws.corrections.sagemaker_configs import arn_of
from tests.simulation.member_aws.state import active
from tests.simulation.organization.publishing import publish, silence
from tests.simulation.organization.traffic import Traffic

IN_PROGRESS = ("Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting")
WITHOUT_VARIANTS = ("Creating", "Failed")  # They never had a fleet, so DescribeEndpoint omits the variants (D1.32).
_iter_tagged = SageMakerModelBackend.iter_tagged_resources
_list_tags = SageMakerResponse.list_tags


def settle(backend: SageMakerModelBackend) -> None:
    """Removes endpoints whose deletion is complete."""
    state = active()
    with state.lock:
        for name in list(backend.endpoints):
            gone_at = state.gone_at.get((backend.account_id, backend.region_name, name))
            if gone_at is not None and gone_at <= state.clock():
                del backend.endpoints[name]
                del state.gone_at[backend.account_id, backend.region_name, name]


def _find(backend: SageMakerModelBackend, name: str) -> FakeEndpoint:
    settle(backend)
    endpoint = backend.endpoints.get(name)
    if endpoint is None:
        raise ValidationError(message=f'Could not find endpoint "{arn_of(backend, "endpoint", name)}".')
    return endpoint


def describe_endpoint(backend: SageMakerModelBackend, endpoint_name: str) -> Row:
    """Only what AWS would say: nothing that the endpoint does not have (D1.32)."""
    endpoint = _find(backend, endpoint_name)
    answer = {
        "EndpointName": endpoint.endpoint_name,
        "EndpointArn": endpoint.arn,
        "EndpointConfigName": endpoint.endpoint_config_name,
        "EndpointStatus": endpoint.endpoint_status,
        "CreationTime": endpoint.creation_time,
        "LastModifiedTime": endpoint.last_modified_time,
        "FailureReason": endpoint.failure_reason,
        "DataCaptureConfig": endpoint.data_capture_config,
    } | getattr(endpoint, "extras", {})
    if getattr(endpoint, "hides_variants", False) or endpoint.endpoint_status in WITHOUT_VARIANTS:
        answer.pop("ShadowProductionVariants", None)
    else:
        answer["ProductionVariants"] = endpoint.production_variants
    return {key: copy.deepcopy(value) for key, value in answer.items() if value}


def describe_reply(response: SageMakerResponse) -> JsonReply:
    return reply(describe_endpoint(response.sagemaker_backend, response._get_param("EndpointName")))


def delete_endpoint(backend: SageMakerModelBackend, endpoint_name: str) -> None:
    """Refused while a change is in progress or it has components (D3.7), else Deleting for a while.

    Scalable targets go with it (D3.5, D3.6).
    """
    state, endpoint = active(), _find(backend, endpoint_name)
    with state.lock:
        if endpoint.endpoint_status in IN_PROGRESS:
            raise ValidationError(message=f'Cannot update in-progress endpoint "{endpoint.arn}".')
        if left := components.of_endpoint(backend, endpoint_name):
            names = ", ".join(sorted(row["InferenceComponentName"] for row in left))
            raise ValidationError(
                message=f'Cannot delete endpoint "{endpoint.arn}" with inference components: {names}.'
            )
        key = (backend.account_id, backend.region_name, endpoint_name)
        endpoint.endpoint_status = "Deleting"
        endpoint.last_modified_time = state.now()
        state.gone_at[key] = state.clock() + state.deleting_seconds
        silence(state.metrics, key[:2], endpoint_name, state.clock())
        autoscaling.deregister(*key[:2], f"endpoint/{endpoint_name}/variant/")
    settle(backend)


def create_endpoint(
    backend: SageMakerModelBackend, endpoint_name: str, endpoint_config_name: str, tags: list[dict[str, str]] | None
) -> FakeEndpoint:
    """A name that exists is refused (moto replaces it); a new endpoint publishes zeros at once (D1.25)."""
    settle(backend)
    if endpoint_name in backend.endpoints:
        arn = arn_of(backend, "endpoint", endpoint_name)
        raise ValidationError(message=f'Cannot create already existing endpoint "{arn}".')
    config = sagemaker_configs.describe_endpoint_config(backend, endpoint_config_name)
    endpoint = FakeEndpoint(
        account_id=backend.account_id,
        region_name=backend.region_name,
        endpoint_name=endpoint_name,
        endpoint_config_name=endpoint_config_name,
        production_variants=[],
        data_capture_config=shapes.capturing(config.get("DataCaptureConfig", {})),
        tags=list(tags or []),
    )
    state = active()
    shadows = config.get("ShadowProductionVariants", [])
    endpoint.production_variants = [shapes.fleet(row) for row in config["ProductionVariants"]]
    extras = {"ShadowProductionVariants": [shapes.fleet(row) for row in shadows]}
    endpoint.extras = extras | {
        name: config[name] for name in ("AsyncInferenceConfig", "MetricsConfig") if name in config
    }
    endpoint.creation_time = endpoint.last_modified_time = state.now()
    backend.endpoints[endpoint_name] = endpoint
    cell, now = (backend.account_id, backend.region_name), state.clock()
    for row in (*config["ProductionVariants"], *shadows):
        instances = row.get("InitialInstanceCount", 1)
        kind = _kind(config, row)
        publish(state.metrics, cell, endpoint_name, row["VariantName"], instances, Traffic.none(), now, now, kind)
    return endpoint


def create_reply(response: SageMakerResponse) -> ActionResult:
    """moto replaces an endpoint of the same name, and forgets the deployment configuration (D3.19)."""
    wanted = response._get_param
    backend = response.sagemaker_backend
    endpoint = create_endpoint(backend, wanted("EndpointName"), wanted("EndpointConfigName"), wanted("Tags"))
    if deployment := wanted("DeploymentConfig"):
        endpoint.extras["LastDeploymentConfig"] = deployment
    return ActionResult({"EndpointArn": endpoint.arn})


def update_weights(
    backend: SageMakerModelBackend, endpoint_name: str, desired_weights_and_capacities: list[Row]
) -> str:
    """Only what is named changes (moto clears the other); serverless concurrency, too (D4.1)."""
    endpoint = _find(backend, endpoint_name)
    there = {row["VariantName"]: row for row in endpoint.production_variants}
    for change in desired_weights_and_capacities:
        row = there.get(change["VariantName"])
        if row is None:
            message = f'The variant name(s) "{change["VariantName"]}" is/are not present within endpoint configuration.'
            raise ValidationError(message=message)
        for name, field in (("DesiredWeight", "Weight"), ("DesiredInstanceCount", "InstanceCount")):
            if change.get(name) is not None:
                row |= dict.fromkeys((f"Current{field}", f"Desired{field}"), change[name])
        if update := change.get("ServerlessUpdateConfig"):
            now = {"MemorySizeInMB": row["CurrentServerlessConfig"]["MemorySizeInMB"]} | update
            row |= dict.fromkeys(("CurrentServerlessConfig", "DesiredServerlessConfig"), now)
    return str(endpoint.arn)


def _kind(config: Row, row: Row) -> str:
    if "ServerlessConfig" in row:
        return "serverless"
    if "AsyncInferenceConfig" in config:
        return "asynchronous"
    return "components" if "ExecutionRoleArn" in config else "real-time"


def list_endpoints(response: SageMakerResponse) -> ActionResult:
    """10 per page by default, 100 at most, newest first (D2.1)."""
    backend = response.sagemaker_backend
    settle(backend)
    key = {"Name": "endpoint_name", "Status": "endpoint_status"}.get(response._get_param("SortBy"), "creation_time")
    rows = [
        ((str(getattr(one, key)), one.endpoint_name), one)
        for one in list(backend.endpoints.values())
        if _fits(response, one)
    ]
    found, token = page(response, rows)
    return ActionResult({"Endpoints": [one.summary() for one in found], "NextToken": token})


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
    """moto fails with a stack trace if the endpoint does not exist, and has no inference components."""
    kind, _, name = response._get_param("ResourceArn").rpartition(":")[2].partition("/")
    if kind == "inference-component":
        row: dict[str, Any] = components.here(response.sagemaker_backend).components.get(name, {})
        return ActionResult({"Tags": row.get("Tags", [])})
    if kind == "endpoint":
        _find(response.sagemaker_backend, name)
    return _list_tags(response)


def add_tags(backend: SageMakerModelBackend, arn: str, tags: list[dict[str, str]]) -> list[dict[str, str]]:
    """A tag key exists once: a new value replaces the old one (moto keeps both)."""
    resource = backend._get_resource_from_arn(arn)
    merged = {tag["Key"]: tag["Value"] for tag in [*resource.tags, *tags]}
    resource.tags = [{"Key": key, "Value": value} for key, value in merged.items()]
    return list(resource.tags)


CORRECTIONS = (
    Correction("list-endpoints", SageMakerResponse, "list_endpoints", list_endpoints, "page sizes and order, D2.1"),
    Correction("list-tags", SageMakerResponse, "list_tags", list_tags, "a missing endpoint is an AWS error, D3.2"),
    Correction("describe", SageMakerResponse, "describe_endpoint", describe_reply, "exact fields, D1.28, D1.32, D3.2"),
    Correction("delete", SageMakerModelBackend, "delete_endpoint", delete_endpoint, "Deleting, refusals, D3.1, D3.5"),
    Correction("create", SageMakerResponse, "create_endpoint", create_reply, "an existing name, zeros, D1.25, D3.19"),
    Correction(
        "weights", SageMakerModelBackend, "update_endpoint_weights_and_capacities", update_weights, "one field, D4.1"
    ),
    Correction("add-tags", SageMakerModelBackend, "add_tags", add_tags, "a key exists once, D3.14"),
    Correction("tagged", SageMakerModelBackend, "iter_tagged_resources", iter_tagged_resources, "what is gone, D3.14"),
)
