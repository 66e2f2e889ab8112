"""Endpoints as SageMaker tells of them."""

from collections.abc import Mapping
from typing import Any

from endpoint_sweep.aws.faults import code_of, is_missing_endpoint, message_of, translated
from endpoint_sweep.errors import CellDenied, CellFailed, EndpointNotFound, ReplyLost
from endpoint_sweep.idleness import REAL_TIME
from endpoint_sweep.model import Description, ListedEndpoint, Variant

from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, HTTPClientError  # isort: skip

_SERVER_ERROR = 500


def endpoints(client: Any) -> list[ListedEndpoint]:
    """All endpoints, oldest first so that new ones append behind the last page, once each (D2.1, D2.3)."""
    with translated("listing endpoints"):
        pages = client.get_paginator("list_endpoints").paginate(
            SortBy="CreationTime", SortOrder="Ascending", PaginationConfig={"PageSize": 100}
        )
        rows = list(pages.search("Endpoints[]"))
    found = {
        row["EndpointName"]: ListedEndpoint(
            row["EndpointName"], row["EndpointArn"], row["EndpointStatus"], row["CreationTime"], row["LastModifiedTime"]
        )
        for row in rows
    }
    return list(found.values())


def tags(client: Any) -> Mapping[str, dict[str, str]]:
    """By lower-case ARN; 100 resources a call of the tagging API instead of one call an endpoint (D3.14)."""
    with translated("reading tags"):
        pages = client.get_paginator("get_resources").paginate(
            ResourceTypeFilters=["sagemaker:endpoint"], PaginationConfig={"PageSize": 100}
        )
        return {
            row["ResourceARN"].lower(): {tag["Key"]: tag["Value"] for tag in row["Tags"]}
            for row in pages.search("ResourceTagMappingList[]")
        }


def describe(client: Any, name: str) -> Description:
    """DescribeEndpoint, and its configuration where there is one, for the instance types (D1.33)."""
    with translated(f"describing endpoint {name}"):
        endpoint = client.describe_endpoint(EndpointName=name)
    config_name = endpoint.get("EndpointConfigName")
    config = _config(client, config_name) if config_name else {}
    types = {row["VariantName"]: row.get("InstanceType") for row in config.get("ProductionVariants", [])}
    return Description(
        status=endpoint["EndpointStatus"],
        created_at=endpoint["CreationTime"],
        config=config_name,
        kind=_kind(endpoint, config),
        variants=tuple(
            Variant(row["VariantName"], types.get(row["VariantName"]), row.get("CurrentInstanceCount"))
            for row in endpoint.get("ProductionVariants", [])
        ),
    )


def _config(client: Any, name: str) -> dict[str, Any]:
    """Empty where the configuration of a live endpoint was deleted (D3.9): then kind and price are not known."""
    try:
        found: dict[str, Any] = client.describe_endpoint_config(EndpointConfigName=name)
    except ClientError as error:
        if code_of(error) == "ValidationException":
            return {}
        raise CellFailed(f"describing configuration {name}: {code_of(error)}: {message_of(error)}") from error
    return found


def _kind(endpoint: dict[str, Any], config: dict[str, Any]) -> str:  # noqa: PLR0911 - one return a kind
    """By the order of D1.36. Whatever is not surely an ordinary real-time endpoint is named, and so not judged."""
    current = endpoint.get("ProductionVariants", [])
    if any(row.get("CurrentServerlessConfig") for row in current):
        return "serverless"
    if endpoint.get("AsyncInferenceConfig") or config.get("AsyncInferenceConfig"):
        return "asynchronous"
    if not config:
        return "unknown, its configuration is gone"
    configured = config.get("ProductionVariants", [])
    if config.get("ExecutionRoleArn") or not all(row.get("ModelName") for row in configured):
        return "inference components"
    if any(row.get("ServerlessConfig") for row in configured):
        return "serverless"
    if endpoint.get("ShadowProductionVariants") or config.get("ShadowProductionVariants"):
        return "shadow variants"
    if any(row.get("InstancePools") for row in (*current, *configured)):
        return "instance pools"
    if endpoint.get("PendingDeploymentSummary"):
        return "unknown, it is being deployed"
    return REAL_TIME


def tags_of(client: Any, arn: str) -> dict[str, str]:
    with translated("reading tags"):
        pages = client.get_paginator("list_tags").paginate(ResourceArn=arn)
        return {tag["Key"]: tag["Value"] for tag in pages.search("Tags[]")}


def delete(client: Any, name: str) -> str:
    """One call, with a client that never repeats it. Its request id."""
    try:
        answer = client.delete_endpoint(EndpointName=name)
    except (ConnectTimeoutError, EndpointConnectionError) as error:
        raise CellFailed(f"DeleteEndpoint was not sent: {type(error).__name__}") from error
    except HTTPClientError as error:
        raise ReplyLost(f"DeleteEndpoint: {type(error).__name__}") from error
    except ClientError as error:
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if is_missing_endpoint(error):
            raise EndpointNotFound(message_of(error)) from error
        if status >= _SERVER_ERROR:
            raise ReplyLost(f"DeleteEndpoint: {code_of(error)}") from error
        if code_of(error).startswith("AccessDenied"):
            raise CellDenied(f"DeleteEndpoint: {message_of(error)}") from error
        raise CellFailed(f"DeleteEndpoint: {code_of(error)}: {message_of(error)}") from error
    return str(answer["ResponseMetadata"].get("RequestId", ""))
