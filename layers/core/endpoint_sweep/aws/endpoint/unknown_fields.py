"""Fields of an endpoint and its configuration that this code does not know: one of them might mean another kind.

botocore drops what its own model lacks, so they are looked for in the answer as it was sent (D13.6).
"""

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

# The key under which they are put into an answer, and only where there are some.
UNKNOWN = "EndpointSweepUnknownFields"
_VARIANTS = ("ProductionVariants", "ShadowProductionVariants")
# What was read and found to leave kind, traffic and instances as they are understood. A test compares this with
# botocore's model, so that someone judges a field before it is added here.
KNOWN: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "DescribeEndpoint": (
        frozenset({
            "EndpointName", "EndpointArn", "EndpointConfigName", "ProductionVariants", "DataCaptureConfig",
            "EndpointStatus", "FailureReason", "CreationTime", "LastModifiedTime", "LastDeploymentConfig",
            "AsyncInferenceConfig", "PendingDeploymentSummary", "ExplainerConfig", "ShadowProductionVariants",
            "MetricsConfig",
            "CrossRegionTrafficConfig",  # a limit on requests of routers, which rules.needed keeps (D13.1)
        }),
        frozenset({
            "VariantName", "DeployedImages", "CurrentWeight", "DesiredWeight", "CurrentInstanceCount",
            "DesiredInstanceCount", "InstancePools", "VariantStatus", "CurrentServerlessConfig",
            "DesiredServerlessConfig", "ManagedInstanceScaling", "RoutingConfig", "CapacityReservationConfig",
            "AcceleratorPartitionLayouts",  # how inference components share an accelerator
        }),
    ),
    "DescribeEndpointConfig": (
        frozenset({
            "EndpointConfigName", "EndpointConfigArn", "ProductionVariants", "DataCaptureConfig", "KmsKeyId",
            "CreationTime", "AsyncInferenceConfig", "ExplainerConfig", "ShadowProductionVariants", "ExecutionRoleArn",
            "VpcConfig", "EnableNetworkIsolation", "MetricsConfig", "CrossRegionTrafficConfig",
        }),
        frozenset({
            "VariantName", "ModelName", "InitialInstanceCount", "InstanceType", "InitialVariantWeight",
            "AcceleratorType", "CoreDumpConfig", "ServerlessConfig", "VolumeSizeInGB",
            "ModelDataDownloadTimeoutInSeconds", "ContainerStartupHealthCheckTimeoutInSeconds", "EnableSSMAccess",
            "ManagedInstanceScaling", "RoutingConfig", "InferenceAmiVersion", "CapacityReservationConfig",
            "InstancePools", "VariantInstanceProvisionTimeoutInSeconds", "AcceleratorPartitionLayouts",
        }),
    ),
}  # fmt: skip


def keep(client: Any) -> None:
    """Has this client put them into its answers. Once is enough; a second time changes nothing."""
    for operation in KNOWN:
        client.meta.events.register(f"before-parse.sagemaker.{operation}", _look, unique_id=f"{UNKNOWN}-{operation}")


def of(endpoint: Mapping[str, Any], config: Mapping[str, Any]) -> list[str]:
    """Of both answers: what was put there, and what botocore knows but this code does not."""
    answers = {"DescribeEndpoint": endpoint, "DescribeEndpointConfig": config}
    found = {name for answer in answers.values() for name in answer.get(UNKNOWN, ())}
    return sorted(found.union(*(_unknown(operation, answer) for operation, answer in answers.items())))


def _look(
    operation_model: Any, response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any
) -> None:
    """botocore adds `customized_response_dict` to what it read. Whether the body can be read at all is its business."""
    with suppress(ValueError, AttributeError, TypeError):
        body = json.loads(response_dict["body"])
        if response_dict["status_code"] < 300 and (found := _unknown(operation_model.name, body)):
            customized_response_dict[UNKNOWN] = found


def _unknown(operation: str, answer: Mapping[str, Any]) -> list[str]:
    top, of_variant = KNOWN[operation]
    rows: Iterable[Mapping[str, Any]] = (row for name in _VARIANTS for row in answer.get(name) or ())
    found = answer.keys() - top - {"ResponseMetadata", UNKNOWN}
    return sorted(found | {field for row in rows for field in row.keys() - of_variant})
