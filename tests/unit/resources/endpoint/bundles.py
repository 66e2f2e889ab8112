"""Restore bundles of one small endpoint."""

from typing import Any

NAME, COUNT = "idle", "sagemaker:variant:DesiredInstanceCount"
TARGET: dict[str, Any] = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": f"endpoint/{NAME}/variant/a",
    "ScalableDimension": COUNT,
}


def bundle(*, configured: dict[str, Any] | None = None, parts: Any = (), **variant: Any) -> dict[str, Any]:
    """An endpoint of one variant: as it is `configured`, and as it is told."""
    return {
        "endpoint": {
            "EndpointName": NAME,
            "EndpointConfigName": "c",
            "ProductionVariants": [{"VariantName": "a"} | variant],
        },
        "endpoint_config": {
            "EndpointConfigName": "c",
            "ProductionVariants": [{"VariantName": "a"} | (configured or {})],
        },
        "models": {},
        "tags": {},
        "inference_components": list(parts),
        "autoscaling": {"targets": [], "policies": [], "scheduled_actions": []},
    }


def part(copies: int | None, name: str = "part", base: str = "") -> dict[str, Any]:
    specification = {"BaseInferenceComponentName": base} if base else {"ModelName": "m"}
    told = {"InferenceComponentName": name, "EndpointName": NAME, "VariantName": "a", "Specification": specification}
    return told | ({"RuntimeConfig": {"DesiredCopyCount": copies, "CurrentCopyCount": 9}} if copies is not None else {})
