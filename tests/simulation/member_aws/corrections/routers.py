"""Inference routers and the policies of endpoints, which moto does not know (D13.1, D13.31)."""

from moto.core.responses import ActionResult, EmptyResult
from moto.sagemaker.exceptions import ResourceNotFound, ValidationError
from moto.sagemaker.responses import SageMakerResponse

from tests.simulation.member_aws.corrections.correction import Correction
from tests.simulation.member_aws.corrections.replies import JsonReply, Row, page, reply, with_token
from tests.simulation.member_aws.corrections.sagemaker_configs import arn_of
from tests.simulation.member_aws.state import CellState, active
from tests.simulation.organization.routers import RouterSpec

SUMMARY = ("InferenceRouterName", "InferenceRouterArn", "CreationTime", "LastModifiedTime")


def row_of(spec: RouterSpec, at: object) -> Row:
    """DescribeInferenceRouter. What the caller may not see of a destination is `Unknown`."""
    targets = [
        {
            "Name": f"target-{number}",
            "Destinations": [{"ResourceArn": one.arn, "RoutingStatus": "Unknown"} for one in target],
            "RoutingPreference": "LocalRegionFirst",
        }
        for number, target in enumerate(spec.targets)
    ]
    return {
        "InferenceRouterName": spec.name,
        "InferenceRouterArn": f"arn:aws:sagemaker:{spec.region}:{spec.account}:inference-router/{spec.name}",
        "RoutingTargets": targets,
        "Status": spec.status,
        "CreationTime": at,
        "LastModifiedTime": at,
    }


def _here(response: SageMakerResponse) -> CellState:
    return active().cell(response.current_account, response.region)


def list_inference_routers(response: SageMakerResponse) -> JsonReply:
    """The summary does not name the destinations."""
    rows = [
        ((str(row["CreationTime"]), str(name)), {field: row[field] for field in SUMMARY})
        for name, row in _here(response).routers.items()
    ]
    found, token = page(response, rows)
    return reply(with_token({"InferenceRouters": found}, token))


def describe_inference_router(response: SageMakerResponse) -> JsonReply:
    name = response._get_param("InferenceRouterName")
    if name not in _here(response).routers:
        raise ResourceNotFound(message=f"Could not find inference router {name}.")
    return reply(_here(response).routers[name])


def get_endpoint_policy(response: SageMakerResponse) -> ActionResult:
    """An endpoint without one is a ValidationException."""
    name = response._get_param("EndpointName")
    if name not in _here(response).policies:
        arn = arn_of(response.sagemaker_backend, "endpoint", name)
        raise ValidationError(message=f'Endpoint "{arn}" does not have a policy.')
    return ActionResult({"ResourcePolicy": _here(response).policies[name]})


def put_endpoint_policy(response: SageMakerResponse) -> ActionResult:
    _here(response).policies[response._get_param("EndpointName")] = response._get_param("ResourcePolicy")
    return EmptyResult()


CORRECTIONS = (
    Correction("routers", SageMakerResponse, "list_inference_routers", list_inference_routers, "D13.1"),
    Correction("router", SageMakerResponse, "describe_inference_router", describe_inference_router, "D13.1"),
    Correction("policy", SageMakerResponse, "get_endpoint_policy", get_endpoint_policy, "D13.31"),
    Correction("new-policy", SageMakerResponse, "put_endpoint_policy", put_endpoint_policy, "D13.31"),
)
