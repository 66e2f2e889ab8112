"""SageMaker's answers in the product's words: listings, descriptions, errors."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from endpoint_sweep.aws.endpoint.sagemaker import components, describe, endpoints, experiments, monitoring, tags
from endpoint_sweep.aws.error_translation import translated
from endpoint_sweep.domain.errors import (
    CellDenied,
    CellFailed,
    EndpointSweepError,
    RegionDenied,
    ResourceNotFound,
    TokenRefused,
)
from endpoint_sweep.domain.model import Component, Kind, Variant
from tests.unit.answering import Refusal, client, in_pages
from tests.unit.samples import ARN, NAME, NOW

VARIANT = {"VariantName": "AllTraffic", "ModelName": "m", "InstanceType": "ml.g5.xlarge", "InitialInstanceCount": 1}
CURRENT = {"VariantName": "AllTraffic", "CurrentInstanceCount": 3}
LISTED: dict[str, Any] = {
    "EndpointName": NAME, "EndpointArn": ARN, "EndpointStatus": "InService", "CreationTime": NOW,
    "LastModifiedTime": NOW,
}  # fmt: skip
ENDPOINT: dict[str, Any] = LISTED | {"EndpointConfigName": "c", "ProductionVariants": [CURRENT]}
CONFIG: dict[str, Any] = {
    "EndpointConfigName": "c", "EndpointConfigArn": "arn:aws:sagemaker:us-east-1:222222222222:endpoint-config/c",
    "CreationTime": NOW, "ProductionVariants": [VARIANT],
}  # fmt: skip


@pytest.fixture
def stubbed() -> Iterator[tuple[Any, Stubber]]:
    made = boto3.client("sagemaker", "us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing")
    with Stubber(made) as stubber:
        yield made, stubber


def named(name: str) -> dict[str, Any]:
    return LISTED | {"EndpointName": name, "EndpointArn": ARN.replace(NAME, name)}


def test_a_description_joins_endpoint_and_configuration(stubbed: tuple[Any, Stubber]) -> None:
    """Running instances from the one, their type from the other (D1.33)."""
    sagemaker, stubber = stubbed
    stubber.add_response("describe_endpoint", ENDPOINT, {"EndpointName": NAME})
    stubber.add_response("describe_endpoint_config", CONFIG, {"EndpointConfigName": "c"})
    found = describe(sagemaker, NAME, {})
    assert (found.status, found.kind, found.config) == ("InService", Kind.REAL_TIME, "c")
    assert found.variants == (Variant("AllTraffic", "ml.g5.xlarge", 3),)


def test_a_deleted_configuration_leaves_type_and_kind_open(stubbed: tuple[Any, Stubber]) -> None:
    """It is described all the same (D3.9)."""
    sagemaker, stubber = stubbed
    stubber.add_response("describe_endpoint", ENDPOINT)
    stubber.add_client_error("describe_endpoint_config", "ValidationException", "Could not find endpoint configuration")
    found = describe(sagemaker, NAME, {})
    assert (found.variants[0].type, found.kind) == (None, Kind.UNKNOWN)
    assert found.why_unknown == "its configuration is gone, so it could not be created again"


def test_a_configuration_that_two_share_is_read_once(stubbed: tuple[Any, Stubber]) -> None:
    """Configurations never change (D3.10)."""
    sagemaker, stubber = stubbed
    configs: dict[str, Mapping[str, Any]] = {}
    stubber.add_response("describe_endpoint", ENDPOINT)
    stubber.add_response("describe_endpoint_config", CONFIG)
    stubber.add_response("describe_endpoint", ENDPOINT | {"EndpointName": "other"})
    assert describe(sagemaker, NAME, configs).kind == describe(sagemaker, "other", configs).kind == Kind.REAL_TIME
    stubber.assert_no_pending_responses()


def test_an_answer_about_another_one_is_a_failure(stubbed: tuple[Any, Stubber]) -> None:
    """Endpoint or configuration: what was not asked for is not believed."""
    sagemaker, stubber = stubbed
    stubber.add_response("describe_endpoint", ENDPOINT | {"EndpointName": "other"})
    with pytest.raises(CellFailed, match="E_RESULT_FOREIGN"):
        describe(sagemaker, NAME, {})
    stubber.add_response("describe_endpoint", ENDPOINT)
    stubber.add_response("describe_endpoint_config", CONFIG | {"EndpointConfigName": "d"})
    with pytest.raises(CellFailed, match="E_RESULT_FOREIGN"):
        describe(sagemaker, NAME, {})


@pytest.mark.parametrize(
    ("code", "message", "expected"),
    [
        ("ValidationException", 'Could not find endpoint "arn".', ResourceNotFound),
        ("ValidationException", "Could not find endpoint configuration", CellFailed),
        ("ValidationException", "another reason", CellFailed),
        ("ThrottlingException", "Rate exceeded", CellFailed),
    ],
)
def test_only_the_text_tells_that_it_is_gone(
    stubbed: tuple[Any, Stubber], code: str, message: str, expected: type[EndpointSweepError]
) -> None:
    """There is no code of its own for it (D3.2)."""
    sagemaker, stubber = stubbed
    stubber.add_client_error("describe_endpoint", code, message)
    with pytest.raises(expected):
        describe(sagemaker, NAME, {})


def test_the_list_is_asked_in_pages_of_a_hundred(stubbed: tuple[Any, Stubber]) -> None:
    """Oldest first; an endpoint that comes twice, at the edge of a page, is one (D2.1, D2.3)."""
    sagemaker, stubber = stubbed
    asked = {"SortBy": "CreationTime", "SortOrder": "Ascending", "MaxResults": 100}
    stubber.add_response("list_endpoints", {"Endpoints": [LISTED], "NextToken": "t"}, asked)
    stubber.add_response("list_endpoints", {"Endpoints": [LISTED]}, asked | {"NextToken": "t"})
    found = endpoints(sagemaker)
    assert ([one.name for one in found.endpoints], found.broken) == ([NAME], "")


@pytest.mark.parametrize("tokens", ["tt", "aba", "abcb"])
def test_pages_that_lead_in_a_circle_fail(stubbed: tuple[Any, Stubber], tokens: str) -> None:
    """The same token again, at once or later, is noticed, not followed for ever (FI-04); not a partial listing."""
    sagemaker, stubber = stubbed
    for token in tokens:
        stubber.add_response("list_endpoints", {"Endpoints": [LISTED], "NextToken": token})
    with pytest.raises(CellFailed, match="PaginationError"):
        endpoints(sagemaker)


def test_a_listing_that_breaks_off_keeps_its_first_pages() -> None:
    """With the reason; where the first page fails there is no listing (FI-03)."""
    pages = in_pages({"Endpoints": [named("a")]}, {"Endpoints": [named("b")]}, Refusal("InternalFailure", "oops"))
    found = endpoints(client("sagemaker", pages)[0])
    assert [one.name for one in found.endpoints] == ["a", "b"]
    assert found.broken == "listing endpoints: InternalFailure: oops"
    with pytest.raises(CellFailed, match="oops"):
        endpoints(client("sagemaker", in_pages(Refusal("InternalFailure", "oops")))[0])


def test_a_refusal_on_a_later_page_is_a_refusal() -> None:
    """A cell that is closed is no partial cell."""
    pages = in_pages({"Endpoints": [named("a")]}, Refusal("AccessDeniedException", "no"))
    with pytest.raises(CellDenied):
        endpoints(client("sagemaker", pages)[0])


def test_tags_are_read_a_hundred_resources_a_call() -> None:
    """By lower-case ARN, all pages (D3.14); half of the tags would be no tags."""

    def row(name: str) -> dict[str, Any]:
        return {"ResourceARN": ARN.replace(NAME, name), "Tags": [{"Key": "owner", "Value": name}]}

    pages: list[dict[str, Any] | Refusal] = [
        {"ResourceTagMappingList": [row("Ada")]},
        {"ResourceTagMappingList": [row("b")], "PaginationToken": ""},
    ]
    made, asked = client("resourcegroupstaggingapi", in_pages(*pages, field="PaginationToken"))
    assert tags(made) == {ARN.replace(NAME, "ada"): {"owner": "Ada"}, ARN.replace(NAME, "b"): {"owner": "b"}}
    request = asked.of("GetResources")[0]
    assert (request["ResourceTypeFilters"], request["ResourcesPerPage"]) == (["sagemaker:endpoint"], 100)
    pages = [pages[0], Refusal("InternalServiceException")]
    with pytest.raises(CellFailed):
        tags(client("resourcegroupstaggingapi", in_pages(*pages, field="PaginationToken"))[0])


def test_components_come_in_one_listing_of_the_cell() -> None:
    """Not one call an endpoint (D5.11), all pages."""

    made_at = datetime(2026, 1, 1, tzinfo=UTC)

    def row(name: str) -> dict[str, Any]:
        return {"InferenceComponentName": name, "EndpointName": NAME, "VariantName": "v",
                "InferenceComponentStatus": "InService", "CreationTime": made_at}  # fmt: skip

    made, asked = client(
        "sagemaker", in_pages({"InferenceComponents": [row("a")]}, {"InferenceComponents": [row("b")]})
    )
    assert components(made) == tuple(Component(name, NAME, "v", "InService", created_at=made_at) for name in "ab")
    assert [request["MaxResults"] for request in asked.of("ListInferenceComponents")] == [100, 100]
    assert "EndpointNameEquals" not in asked.of("ListInferenceComponents")[0]


@pytest.mark.parametrize(
    ("code", "message", "expected"),
    [
        ("AccessDeniedException", "explicit deny in a service control policy", RegionDenied),
        ("AccessDenied", "no identity-based policy allows it", CellDenied),
        ("UnrecognizedClientException", "The security token is invalid", TokenRefused),
        ("InvalidClientTokenId", "", TokenRefused),
        ("InternalFailure", "", CellFailed),
    ],
)
def test_how_errors_are_told(
    stubbed: tuple[Any, Stubber], code: str, message: str, expected: type[EndpointSweepError]
) -> None:
    """Token refused, region denied, denied and failed are four different things."""
    client, stubber = stubbed
    stubber.add_client_error("list_endpoints", code, message)
    with pytest.raises(expected, match="listing"), translated("listing"):
        client.list_endpoints()


def test_monitoring_schedules_by_endpoint() -> None:
    """All pages of the cell in one listing (D3.12)."""

    def row(name: str, endpoint: str) -> dict[str, Any]:
        return {"MonitoringScheduleName": name, "EndpointName": endpoint}

    made, asked = client(
        "sagemaker",
        in_pages(
            {"MonitoringScheduleSummaries": [row("quality", NAME), row("drift", "b")]},
            {"MonitoringScheduleSummaries": [row("bias", NAME)]},
        ),
    )
    assert monitoring(made) == {NAME: ("quality", "bias"), "b": ("drift",)}
    assert len(asked.of("ListMonitoringSchedules")) == 2


STATUSES = (
    *("Creating", "Created", "Updating", "Starting", "Stopping", "Running"),
    *("Completed", "Cancelled", "Hibernating"),  # The last one no one knows yet.
)


def test_experiments_that_are_not_over() -> None:
    """Their descriptions name the endpoint, which the list does not (D1.18, D13.5); all pages."""
    rows = [{"Name": status.lower(), "Status": status} for status in STATUSES]
    pages = in_pages({"InferenceExperiments": rows[:2]}, {"InferenceExperiments": rows[2:]})

    def answer(operation: str, request: dict[str, Any]) -> Mapping[str, Any]:
        if operation == "ListInferenceExperiments":
            return pages(operation, request)
        return {"EndpointMetadata": {"EndpointName": f"of-{request['Name']}"}}

    found = experiments(client("sagemaker", answer)[0])
    assert found == {one.lower(): f"of-{one.lower()}" for one in STATUSES if one not in ("Completed", "Cancelled")}


def test_an_experiment_that_cannot_be_described_is_about_any_endpoint() -> None:
    """A listing that fails is another matter: then nothing is known."""

    def answer(operation: str, _: dict[str, Any]) -> Mapping[str, Any]:
        if operation == "ListInferenceExperiments":
            return {"InferenceExperiments": [{"Name": "a", "Status": "Running"}]}
        raise Refusal("AccessDeniedException")

    assert experiments(client("sagemaker", answer)[0]) == {"a": ""}
    with pytest.raises(CellDenied):
        experiments(client("sagemaker", in_pages(Refusal("AccessDeniedException")))[0])
