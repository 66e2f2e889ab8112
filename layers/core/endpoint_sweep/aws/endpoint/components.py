"""The inference components of one endpoint: what is there now, and their deletion (D1.16, D3.7)."""

from contextlib import suppress
from typing import TYPE_CHECKING

from endpoint_sweep.aws.error_translation import sent_once, translated
from endpoint_sweep.aws.paging import to_the_end
from endpoint_sweep.domain.errors import ComponentNotFound
from endpoint_sweep.domain.model import Component

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient


def of_endpoint(client: "SageMakerClient", endpoint: str) -> tuple[Component, ...]:
    """Each described, because the listing does not name an adapter's base."""
    with translated("listing inference components"):
        pages = client.get_paginator("list_inference_components").paginate(
            EndpointNameEquals=endpoint, PaginationConfig={"PageSize": 100}
        )
        names = [row["InferenceComponentName"] for page in to_the_end(pages) for row in page["InferenceComponents"]]
    found = []
    for name in names:
        with suppress(ComponentNotFound):  # Gone since it was listed.
            found.append(describe(client, name))
    return tuple(found)


def describe(client: "SageMakerClient", name: str) -> Component:
    """Raises ComponentNotFound."""
    with translated(f"describing inference component {name}"):
        row = client.describe_inference_component(InferenceComponentName=name)
    return Component(
        row["InferenceComponentName"],
        row["EndpointName"],
        row.get("VariantName", ""),
        row.get("InferenceComponentStatus", ""),
        row["InferenceComponentArn"],
        row["CreationTime"],
        (row.get("Specification") or {}).get("BaseInferenceComponentName", ""),
    )


def delete(client: "SageMakerClient", name: str) -> str:
    """One call, with a client that never repeats it. Its request id."""
    with sent_once("DeleteInferenceComponent"):
        answer = client.delete_inference_component(InferenceComponentName=name)
    return str(answer["ResponseMetadata"].get("RequestId", ""))
