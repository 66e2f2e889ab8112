"""SageMaker's endpoint configurations and models: every field comes back, and nothing else does (D1.32)."""

import copy
from typing import Any

import botocore.session
from moto.core.responses import ActionResult
from moto.sagemaker.exceptions import ValidationError
from moto.sagemaker.models import FakeEndpointConfig, Model, SageMakerModelBackend
from moto.sagemaker.responses import SageMakerResponse

from tests.simulation.member_aws.corrections.correction import Correction
from tests.simulation.member_aws.corrections.replies import JsonReply, Row, page, reply, with_token

SHAPE = botocore.session.get_session().get_service_model("sagemaker").shape_for("ProductionVariantInstanceType")
INSTANCE_TYPES: frozenset[str] = frozenset(SHAPE.metadata["enum"])
# What moto has no place for: inference components' role (D1.5), shadow variants (D1.18), enhanced metrics (D1.9).
EXTRAS = ("ExecutionRoleArn", "ShadowProductionVariants", "MetricsConfig", "ExplainerConfig", "VpcConfig")
_SORTED_BY = {"Name": "ModelName"}
_create = SageMakerResponse.create_endpoint_config
_create_model = SageMakerResponse.create_model


def arn_of(backend: SageMakerModelBackend, kind: str, name: str) -> str:
    return f"arn:aws:sagemaker:{backend.region_name}:{backend.account_id}:{kind}/{name}"


def describe_endpoint_config(backend: SageMakerModelBackend, endpoint_config_name: str) -> Row:
    config = backend.endpoint_configs.get(endpoint_config_name)
    if config is None:
        arn = arn_of(backend, "endpoint-config", endpoint_config_name)
        raise ValidationError(message=f'Could not find endpoint configuration "{arn}".')
    answer = {
        "EndpointConfigName": config.endpoint_config_name,
        "EndpointConfigArn": config.endpoint_config_arn,
        "ProductionVariants": config.production_variants,
        "DataCaptureConfig": config.data_capture_config,
        "AsyncInferenceConfig": config.async_inference_config,
        "KmsKeyId": config.kms_key_id,
        "CreationTime": config.creation_time,
    } | getattr(config, "extras", {})
    return {key: copy.deepcopy(value) for key, value in answer.items() if value}


def describe_config_reply(response: SageMakerResponse) -> JsonReply:
    name = response._get_param("EndpointConfigName")
    return reply(describe_endpoint_config(response.sagemaker_backend, name))


def create_endpoint_config(response: SageMakerResponse) -> ActionResult:
    """moto forgets the fields that make an endpoint one of inference components, or shadowed."""
    result = _create(response)
    config = response.sagemaker_backend.endpoint_configs[response._get_param("EndpointConfigName")]
    config.extras = {name: value for name in EXTRAS if (value := response._get_param(name))}
    return result


def create_model(response: SageMakerResponse) -> ActionResult:
    """moto forgets how several containers work together, and the network isolation."""
    result = _create_model(response)
    model = response.sagemaker_backend._models[response._get_param("ModelName")]
    model.execution = response._get_param("InferenceExecutionConfig")
    model.enable_network_isolation = bool(response._get_param("EnableNetworkIsolation"))
    return result


def describe_model(response: SageMakerResponse) -> ActionResult:
    """moto adds an empty VpcConfig and an empty list of containers; CreateModel would refuse them."""
    model = response.sagemaker_backend.describe_model(response._get_param("ModelName"))
    return ActionResult(model_fields(model))


def model_fields(model: Model) -> Row:
    """What DescribeModel says of a model; the mode of several containers too (D1.3, D1.4)."""
    answer = {
        "ModelName": model.model_name,
        "ModelArn": model.arn,
        "PrimaryContainer": model.primary_container,
        "Containers": model.containers,
        "InferenceExecutionConfig": getattr(model, "execution", None),
        "VpcConfig": model.vpc_config,
        "ExecutionRoleArn": model.execution_role_arn,
        "CreationTime": model.creation_time,
    }
    return {key: copy.deepcopy(value) for key, value in answer.items() if value} | {
        "EnableNetworkIsolation": model.enable_network_isolation
    }


def validate_production_variants(backend: SageMakerModelBackend, production_variants: list[dict[str, Any]]) -> None:
    """A variant without a model is legal: inference components bring theirs (D1.5)."""
    for variant in production_variants:
        name = variant.get("ModelName")
        if name is not None and name not in backend._models:
            raise ValidationError(message=f'Could not find model "{arn_of(backend, "model", name)}".')


def validate_config_variants(config: FakeEndpointConfig, production_variants: list[dict[str, Any]]) -> None:
    """Only a variant's name is required; pools of instance types are as good as one type (D0.7)."""
    for variant in production_variants:
        types = [pool["InstanceType"] for pool in variant.get("InstancePools") or []]
        for instance_type in (*types, *([variant["InstanceType"]] if "InstanceType" in variant else [])):
            config.validate_instance_type(instance_type)
        if "ServerlessConfig" in variant:
            config.validate_serverless_config(variant["ServerlessConfig"])


def validate_instance_type(config: FakeEndpointConfig, instance_type: str) -> None:
    """Every type of the SDK's own model; moto's list ends before g5, g6 and inf2."""
    if instance_type not in INSTANCE_TYPES:
        message = f"Value '{instance_type}' at 'instanceType' failed to satisfy constraint: Member must satisfy enum"
        raise ValidationError(message=message)


def list_models(response: SageMakerResponse) -> JsonReply:
    """10 per page by default, 100 at most, newest first (moto returns all at once)."""
    backend, wanted = response.sagemaker_backend, response._get_param
    rows = []
    for name, model in backend._models.items():
        row = {"ModelName": name, "ModelArn": model.arn, "CreationTime": model.creation_time}
        if (wanted("NameContains") or "").lower() in name.lower():
            rows.append(((str(row[_SORTED_BY.get(wanted("SortBy"), "CreationTime")]), name), row))
    found, token = page(response, rows)
    return reply(with_token({"Models": found}, token))


CORRECTIONS = (
    Correction("list-models", SageMakerResponse, "list_models", list_models, "pages, as D2.1"),
    Correction(
        "describe-config",
        SageMakerResponse,
        "describe_endpoint_config",
        describe_config_reply,
        "exact fields, also those that no SDK knows, D1.28, D3.9",
    ),
    Correction("create-config", SageMakerResponse, "create_endpoint_config", create_endpoint_config, "D1.5, D1.18"),
    Correction("create-model", SageMakerResponse, "create_model", create_model, "several containers, D1.3, D1.4"),
    Correction("describe-model", SageMakerResponse, "describe_model", describe_model, "exact fields, D1.3"),
    Correction(
        "variants",
        SageMakerModelBackend,
        "validate_production_variants",
        validate_production_variants,
        "no model, D1.5",
    ),
    Correction(
        "config-variants", FakeEndpointConfig, "validate_production_variants", validate_config_variants, "pools, D0.7"
    ),
    Correction(
        "instance-types", FakeEndpointConfig, "validate_instance_type", validate_instance_type, "all types of the SDK"
    ),
)
