"""A scan's clients know a part of SageMaker, and know that part whole."""

from typing import Any

import boto3
import pytest

from endpoint_sweep.aws.lean_loader import OPERATIONS
from endpoint_sweep.aws.sessions import Sessions


@pytest.fixture(scope="module")
def lean() -> Any:
    return Sessions(lean=True).at("sagemaker", "us-east-1").meta.service_model


@pytest.fixture(scope="module")
def whole() -> Any:
    return boto3.client("sagemaker", "us-east-1").meta.service_model


def test_it_knows_these_operations_and_no_others(lean: Any) -> None:
    """None of them changes anything."""
    assert set(lean.operation_names) == OPERATIONS["sagemaker"]
    assert all(name.startswith(("List", "Describe")) for name in lean.operation_names)


@pytest.mark.parametrize("name", sorted(OPERATIONS["sagemaker"]))
def test_each_is_as_aws_describes_it(lean: Any, whole: Any, name: str) -> None:
    """Request, answer, errors and protocol, down to the last member."""
    mine, theirs = lean.operation_model(name), whole.operation_model(name)
    assert (mine.http, mine.auth_type) == (theirs.http, theirs.auth_type)
    assert _shape(mine.input_shape) == _shape(theirs.input_shape)
    assert _shape(mine.output_shape) == _shape(theirs.output_shape)
    assert [one.name for one in mine.error_shapes] == [one.name for one in theirs.error_shapes]
    assert lean.metadata == whole.metadata


def test_other_services_are_untouched() -> None:
    """Only the largest description is worth the trouble."""
    sessions = Sessions(lean=True)
    assert "GetMetricData" in sessions.at("cloudwatch", "us-east-1").meta.service_model.operation_names
    assert "DeleteEndpoint" in Sessions().at("sagemaker", "us-east-1").meta.service_model.operation_names


def _shape(one: Any) -> Any:
    """Everything that decides what is sent and what is read."""
    if one.type_name == "structure":
        return one.name, one.required_members, {name: _shape(member) for name, member in one.members.items()}
    if one.type_name == "list":
        return one.name, _shape(one.member)
    if one.type_name == "map":
        return one.name, _shape(one.key), _shape(one.value)
    return one.name, one.type_name, one.metadata, getattr(one, "enum", None)
