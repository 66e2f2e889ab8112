"""Endpoints as SageMaker tells of them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError, PaginationError

from endpoint_sweep.aws.endpoint import unknown_fields
from endpoint_sweep.aws.endpoint.recognition import Document, recognise
from endpoint_sweep.aws.error_translation import code_of, message_of, sent_once, translated
from endpoint_sweep.aws.paging import to_the_end
from endpoint_sweep.domain.errors import CellDenied, CellFailed
from endpoint_sweep.domain.model import Component, Description, ListedEndpoint, Listing

if TYPE_CHECKING:
    from mypy_boto3_resourcegroupstaggingapi import ResourceGroupsTaggingAPIClient
    from mypy_boto3_sagemaker import SageMakerClient
    from mypy_boto3_sagemaker.type_defs import (
        EndpointSummaryTypeDef,
        InferenceComponentSummaryTypeDef,
        PaginatorConfigTypeDef,
    )

_HUNDRED: "PaginatorConfigTypeDef" = {"PageSize": 100}
_OVER = {"Completed", "Cancelled"}


def endpoints(client: "SageMakerClient") -> Listing:
    """All endpoints, oldest first so that new ones append behind the last page, once each (D2.1, D2.3).

    Where a later page fails, what came before it is there with the reason; a token that repeats is a failure (FI-04).
    """
    found: dict[str, ListedEndpoint] = {}
    try:
        with translated("listing endpoints"):
            pages = client.get_paginator("list_endpoints").paginate(
                SortBy="CreationTime", SortOrder="Ascending", PaginationConfig=_HUNDRED
            )
            for page in to_the_end(pages):
                found |= {row["EndpointName"]: _listed(row) for row in page["Endpoints"]}
    except CellFailed as error:
        if not found or isinstance(error.__cause__, PaginationError):
            raise
        return Listing(tuple(found.values()), str(error))
    return Listing(tuple(found.values()))


def _listed(row: "EndpointSummaryTypeDef") -> ListedEndpoint:
    return ListedEndpoint(
        row["EndpointName"], row["EndpointArn"], row["EndpointStatus"], row["CreationTime"], row["LastModifiedTime"]
    )


def tags(client: "ResourceGroupsTaggingAPIClient") -> Mapping[str, dict[str, str]]:
    """By lower-case ARN; 100 resources per call of the tagging API instead of one call per endpoint (D3.14)."""
    with translated("reading tags"):
        pages = client.get_paginator("get_resources").paginate(
            ResourceTypeFilters=["sagemaker:endpoint"], PaginationConfig=_HUNDRED
        )
        return {
            row["ResourceARN"].lower(): {tag["Key"]: tag["Value"] for tag in row["Tags"]}
            for page in to_the_end(pages)
            for row in page["ResourceTagMappingList"]
        }


def describe(client: "SageMakerClient", name: str, configs: dict[str, Document]) -> Description:
    """DescribeEndpoint, and its configuration for the instance types (D1.33); a shared configuration is read once."""
    unknown_fields.keep(client)
    with translated(f"describing endpoint {name}"):
        endpoint = client.describe_endpoint(EndpointName=name)
    if endpoint["EndpointName"] != name:
        raise CellFailed(f"describing endpoint {name}: AWS returned another endpoint (E_RESULT_FOREIGN)")
    config_name = endpoint.get("EndpointConfigName")
    if config_name and config_name not in configs:
        configs[config_name] = _config(client, config_name)
    return recognise(endpoint, configs.get(config_name, {}))


def _config(client: "SageMakerClient", name: str) -> Document:
    """Empty if the configuration of a live endpoint was deleted (D3.9). Then kind and price are not known."""
    try:
        found = client.describe_endpoint_config(EndpointConfigName=name)
    except ClientError as error:
        if code_of(error) == "ValidationException":
            return {}
        raise CellFailed(f"describing configuration {name}: {code_of(error)}: {message_of(error)}") from error
    if found["EndpointConfigName"] != name:
        raise CellFailed(f"describing configuration {name}: AWS returned another configuration (E_RESULT_FOREIGN)")
    return found


def components(client: "SageMakerClient") -> tuple[Component, ...]:
    """All inference components of the cell, in one listing instead of one per endpoint (D5.11)."""
    with translated("listing inference components"):
        pages = client.get_paginator("list_inference_components").paginate(PaginationConfig=_HUNDRED)
        return tuple(listed_component(row) for page in to_the_end(pages) for row in page["InferenceComponents"])


def monitoring(client: "SageMakerClient") -> Mapping[str, tuple[str, ...]]:
    with translated("listing monitoring schedules"):
        found: dict[str, tuple[str, ...]] = {}
        pages = client.get_paginator("list_monitoring_schedules").paginate(PaginationConfig=_HUNDRED)
        for page in to_the_end(pages):
            for row in page["MonitoringScheduleSummaries"]:
                name = row.get("EndpointName", "")
                found[name] = (*found.get(name, ()), row["MonitoringScheduleName"])
        return found


def experiments(client: "SageMakerClient") -> Mapping[str, str]:
    """Every status but those that are final: a stopping one still needs its endpoint, and so may a new status (D13.5).

    The listing does not name the endpoint. One that cannot be described could be about any.
    """
    with translated("listing inference experiments"):
        pages = client.get_paginator("list_inference_experiments").paginate(PaginationConfig=_HUNDRED)
        names = [
            row["Name"]
            for page in to_the_end(pages)
            for row in page["InferenceExperiments"]
            if row["Status"] not in _OVER
        ]
    return {name: _endpoint_of(client, name) for name in names}


def _endpoint_of(client: "SageMakerClient", experiment: str) -> str:
    try:
        with translated(f"describing inference experiment {experiment}"):
            return client.describe_inference_experiment(Name=experiment)["EndpointMetadata"]["EndpointName"]
    except (CellDenied, CellFailed):
        return ""


def listed_component(row: "InferenceComponentSummaryTypeDef") -> Component:
    """A row of ListInferenceComponents; it does not name the base."""
    return Component(
        row["InferenceComponentName"],
        row["EndpointName"],
        row.get("VariantName", ""),
        row.get("InferenceComponentStatus", ""),
        row.get("InferenceComponentArn", ""),
        row.get("CreationTime"),
    )


def tags_of(client: "SageMakerClient", arn: str) -> dict[str, str]:
    with translated("reading tags"):
        pages = client.get_paginator("list_tags").paginate(ResourceArn=arn)
        return {tag["Key"]: tag["Value"] for page in to_the_end(pages) for tag in page["Tags"]}


def delete(client: "SageMakerClient", name: str) -> str:
    """One call, with a client that never repeats it. Its request id."""
    with sent_once("DeleteEndpoint"):
        answer = client.delete_endpoint(EndpointName=name)
    return str(answer["ResponseMetadata"].get("RequestId", ""))
