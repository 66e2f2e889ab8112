"""Inference components, which moto does not have: listed, described, made, deleted (D1.5, D1.16, D3.7, D3.16)."""

import copy
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.sagemaker.exceptions import ValidationError
from moto.sagemaker.models import SageMakerModelBackend
from moto.sagemaker.responses import SageMakerResponse

from tests.simulation.member_aws.corrections import autoscaling
from tests.simulation.member_aws.corrections.correction import Correction
from tests.simulation.member_aws.corrections.replies import JsonReply, Row, page, reply, with_token
from tests.simulation.member_aws.corrections.sagemaker_configs import arn_of
from tests.simulation.member_aws.state import CellState, active
from tests.simulation.organization.publishing import publish_component, silence_component
from tests.simulation.organization.traffic import Traffic

SUMMARY = (
    *("InferenceComponentName", "InferenceComponentArn", "EndpointName", "EndpointArn", "VariantName"),
    *("CreationTime", "LastModifiedTime", "InferenceComponentStatus"),
)
SORTED_BY = {"Name": "InferenceComponentName", "Status": "InferenceComponentStatus"}
EQUALS = (
    ("EndpointNameEquals", "EndpointName"),
    ("VariantNameEquals", "VariantName"),
    ("StatusEquals", "InferenceComponentStatus"),
)


def here(backend: SageMakerModelBackend) -> CellState:
    """What a backend's account and region hold, without the components whose deletion is complete."""
    state = active()
    with state.lock:
        cell = state.cell(backend.account_id, backend.region_name)
        for name in list(cell.components):
            key = (backend.account_id, backend.region_name, f"inference-component/{name}")
            if (gone_at := state.gone_at.get(key)) is not None and gone_at <= state.clock():
                del cell.components[name]
                del state.gone_at[key]
    return cell


def all_of(backend: SageMakerModelBackend) -> list[Row]:
    """Of this moment: other requests delete some meanwhile."""
    with active().lock:
        return list(here(backend).components.values())


def of_endpoint(backend: SageMakerModelBackend, endpoint_name: str) -> list[Row]:
    return [row for row in all_of(backend) if row["EndpointName"] == endpoint_name]


def list_inference_components(response: SageMakerResponse) -> JsonReply:
    """10 per page by default, 100 at most, newest first; without a filter those of all endpoints (D1.5)."""
    wanted = response._get_param
    key = SORTED_BY.get(wanted("SortBy"), "CreationTime")
    rows = [
        ((str(row[key]), str(row["InferenceComponentName"])), {name: row[name] for name in SUMMARY})
        for row in all_of(response.sagemaker_backend)
        if all(wanted(name) in (None, row[field]) for name, field in EQUALS)
        and (wanted("NameContains") or "").lower() in row["InferenceComponentName"].lower()
    ]
    found, token = page(response, rows)
    return reply(with_token({"InferenceComponents": found}, token))


def _find(backend: SageMakerModelBackend, name: str) -> Row:
    row = here(backend).components.get(name)
    if row is None:
        arn = arn_of(backend, "inference-component", name)
        raise ValidationError(message=f'Could not find inference component "{arn}".')
    return row


def describe_inference_component(response: SageMakerResponse) -> JsonReply:
    row = _find(response.sagemaker_backend, response._get_param("InferenceComponentName"))
    return reply({key: value for key, value in row.items() if key != "Tags"})


def create_inference_component(response: SageMakerResponse) -> ActionResult:
    """On an endpoint without models of its own, with at least one copy (D3.16), an adapter on a base that exists."""
    backend, wanted = response.sagemaker_backend, response._get_param
    name, endpoint_name = wanted("InferenceComponentName"), wanted("EndpointName")
    endpoint = backend.endpoints.get(endpoint_name)
    if endpoint is None:
        raise ValidationError(message=f'Could not find endpoint "{arn_of(backend, "endpoint", endpoint_name)}".')
    cell = here(backend)
    arn = arn_of(backend, "inference-component", name)
    if name in cell.components:
        raise ValidationError(message=f'Cannot create already existing inference component "{arn}".')
    specification: dict[str, Any] = wanted("Specification") or {}
    base = specification.get("BaseInferenceComponentName")
    if base:
        _find(backend, base)
    copies = (wanted("RuntimeConfig") or {}).get("CopyCount", 0 if not base else 1)
    if copies < 1:
        raise ValidationError(message="Inference components copy count must be an integer larger than 0.")
    state = active()
    cell.components[name] = {
        "InferenceComponentName": name,
        "InferenceComponentArn": arn,
        "EndpointName": endpoint_name,
        "EndpointArn": endpoint.arn,
        "VariantName": wanted("VariantName") or endpoint.production_variants[0]["VariantName"],
        "Specification": _described(specification, state.now()),
        "RuntimeConfig": {"DesiredCopyCount": copies, "CurrentCopyCount": copies},
        "CreationTime": state.now(),
        "LastModifiedTime": state.now(),
        "InferenceComponentStatus": "InService",
        "Tags": wanted("Tags") or [],
    }
    now = state.clock()
    place = (backend.account_id, backend.region_name)
    publish_component(state.metrics, place, name, copies, Traffic.none(), Traffic.silent(), now, now)
    return ActionResult({"InferenceComponentArn": arn})


def _described(given: dict[str, Any], at: object) -> dict[str, Any]:
    """A description shows the image of a container as its deployed image, under another name."""
    specification = copy.deepcopy(given)
    container = specification.get("Container", {})
    if image := container.pop("Image", ""):
        deployed = {"SpecifiedImage": image, "ResolvedImage": f"{image}@sha256:0", "ResolutionTime": at}
        container["DeployedImage"] = deployed
    return specification


def delete_inference_component(response: SageMakerResponse) -> ActionResult:
    """Deleting for a while; refused while it is being created or has adapters (D1.16, D3.7)."""
    backend, state = response.sagemaker_backend, active()
    row = _find(backend, response._get_param("InferenceComponentName"))
    name = row["InferenceComponentName"]
    with state.lock:
        if row["InferenceComponentStatus"] in ("Creating", "Updating", "Deleting"):
            raise ValidationError(
                message=f'Cannot delete in-progress inference component "{row["InferenceComponentArn"]}".'
            )
        adapters = [
            one["InferenceComponentName"]
            for one in all_of(backend)
            if one["Specification"].get("BaseInferenceComponentName") == name
        ]
        if adapters:
            raise ValidationError(message=f"Cannot delete {name}: it is the base of {', '.join(sorted(adapters))}.")
        place = (backend.account_id, backend.region_name)
        row["InferenceComponentStatus"], row["LastModifiedTime"] = "Deleting", state.now()
        state.gone_at[(*place, f"inference-component/{name}")] = state.clock() + state.deleting_seconds
        silence_component(state.metrics, place, name, state.clock())
    autoscaling.deregister(backend.account_id, backend.region_name, f"inference-component/{name}")
    return EmptyResult()


CORRECTIONS = (
    Correction("components", SageMakerResponse, "list_inference_components", list_inference_components, "D1.5"),
    Correction("component", SageMakerResponse, "describe_inference_component", describe_inference_component, "D1.16"),
    Correction("new-component", SageMakerResponse, "create_inference_component", create_inference_component, "D3.16"),
    Correction("no-component", SageMakerResponse, "delete_inference_component", delete_inference_component, "D3.7"),
)
