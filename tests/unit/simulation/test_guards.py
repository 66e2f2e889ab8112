"""What stands around an endpoint: missing parts, tags, schedules, experiments."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.simulation.member_aws.world import World
from tests.simulation.organization.scenarios import build
from tests.simulation.organization.scenarios.guards import STATUSES
from tests.simulation.organization.scenarios.small import one, organization
from tests.unit.simulation.asking import MEMBER, REGION, refused


@pytest.fixture
def world() -> Iterator[World]:
    with World.in_process(build("guards")) as world:
        yield world


@pytest.fixture
def guards(world: World) -> Any:
    return world.client("sagemaker", MEMBER)


class TestAbsent:
    """What a careless reader would stumble over."""

    def test_configuration_gone(self, guards: Any) -> None:
        """D3.9: the endpoint lives and names a configuration that cannot be found."""
        endpoint = guards.describe_endpoint(EndpointName="config-gone")
        assert endpoint["EndpointStatus"] == "InService"
        code, message = refused(guards.describe_endpoint_config, EndpointConfigName=endpoint["EndpointConfigName"])
        assert (code, message[:37]) == ("ValidationException", "Could not find endpoint configuration")

    def test_variants_hidden(self, guards: Any) -> None:
        """D1.32: ProductionVariants may be absent from a living endpoint."""
        assert "ProductionVariants" not in guards.describe_endpoint(EndpointName="variants-hidden")

    def test_pending_deployment(self, guards: Any) -> None:
        """D1.34: while it is updated, a second fleet."""
        answer = guards.describe_endpoint(EndpointName="updating-two-fleets")
        (row,) = answer["PendingDeploymentSummary"]["ProductionVariants"]
        assert (row["InstanceType"], row["CurrentInstanceCount"]) == ("ml.g5.xlarge", 1)

    def test_an_asynchronous_endpoint_stays_one_without_its_configuration(self) -> None:
        """D1.8, D3.9: DescribeEndpoint tells by itself."""
        spec = replace(one("a"), kind="asynchronous", config_gone=True)
        with World.in_process(organization([spec])) as world:
            answer = world.client("sagemaker", MEMBER).describe_endpoint(EndpointName="a")
        assert "AsyncInferenceConfig" in answer

    def test_recent_change(self, guards: Any) -> None:
        """D2.5: an update moves LastModifiedTime, not CreationTime."""
        answer = guards.describe_endpoint(EndpointName="age-changed-an-hour-ago")
        assert (answer["LastModifiedTime"] - answer["CreationTime"]).days == 89


class TestStatuses:
    @pytest.mark.parametrize("status", STATUSES)
    def test_every_status_is_shown(self, guards: Any, status: str) -> None:
        """Facts 2: each status, also one that no SDK of today knows."""
        answer = guards.describe_endpoint(EndpointName=f"status-{status.lower()}")
        assert answer["EndpointStatus"] == status
        assert ("ProductionVariants" in answer) == (status not in ("Creating", "Failed"))


class TestAttached:
    def test_monitoring_schedules(self, guards: Any) -> None:
        """D3.12: of one endpoint, with pages, and none of another."""
        rows = guards.list_monitoring_schedules(EndpointName="monitored")["MonitoringScheduleSummaries"]
        assert {row["MonitoringScheduleName"] for row in rows} == {"monitored-quality", "monitored-bias"}
        assert guards.list_monitoring_schedules(EndpointName="mute")["MonitoringScheduleSummaries"] == []
        pages = guards.get_paginator("list_monitoring_schedules").paginate(PaginationConfig={"PageSize": 1})
        assert [len(page["MonitoringScheduleSummaries"]) for page in pages] == [1, 1]

    def test_experiments(self, guards: Any) -> None:
        """D1.18: the running ones; which endpoint only the description says."""
        (row,) = guards.list_inference_experiments(StatusEquals="Running")["InferenceExperiments"]
        assert "EndpointMetadata" not in row
        answer = guards.describe_inference_experiment(Name=row["Name"])
        assert answer["EndpointMetadata"]["EndpointName"] == "in-experiment"
        assert guards.list_inference_experiments(StatusEquals="Completed")["InferenceExperiments"] == []
        assert refused(guards.describe_inference_experiment, Name="nobody")[0] == "ResourceNotFound"

    def test_gone_with_the_endpoint(self, world: World, guards: Any) -> None:
        """Removed by another hand, an endpoint leaves no schedule that names it."""
        world.remove(MEMBER, REGION, "monitored")
        assert guards.list_monitoring_schedules()["MonitoringScheduleSummaries"] == []


class TestTags:
    def test_makers(self, world: World) -> None:
        """D3.13, D3.14: what CloudFormation, JumpStart and Bedrock leave is in the tagging API."""
        client = world.client("resourcegroupstaggingapi", MEMBER)
        pages = client.get_paginator("get_resources").paginate(ResourceTypeFilters=["sagemaker:endpoint"])
        keys = {
            row["ResourceARN"].rpartition("/")[2]: {tag["Key"] for tag in row["Tags"]}
            for page in pages
            for row in page["ResourceTagMappingList"]
        }
        assert "aws:cloudformation:stack-name" in keys["made-by-stack"]
        assert "sagemaker-sdk:jumpstart-model-id" in keys["made-by-jumpstart"]
        assert "bedrock:marketplace-registration-status" in keys["made-by-bedrock"]
        assert len(keys["tag-fifty-tags"]) == 50
        assert "canvas-churn-forecast" not in keys
