"""SageMaker in the simulation answers as AWS does where moto does not."""

from typing import Any

import pytest

from tests.simulation.member_aws.world import World
from tests.simulation.organization.scenarios import build
from tests.unit.simulation.asking import MEMBER, REGION, refused

HERE = (MEMBER, REGION)


class TestListing:
    @pytest.fixture
    def crowd(self) -> Any:
        with World.in_process(build("many_endpoints")) as world:
            yield world.client("sagemaker", MEMBER)

    def test_default_page(self, crowd: Any) -> None:
        """D2.1: without MaxResults a page holds 10 and says that there is more."""
        page = crowd.list_endpoints()
        assert len(page["Endpoints"]) == 10
        assert page["NextToken"]

    def test_largest_page(self, crowd: Any) -> None:
        """D2.1: 100 is the most, 101 is an error."""
        assert len(crowd.list_endpoints(MaxResults=100)["Endpoints"]) == 100
        code, message = refused(crowd.list_endpoints, MaxResults=101)
        assert code == "ValidationException"
        assert "less than or equal to 100" in message

    def test_every_page(self, crowd: Any) -> None:
        """D2.1: the tokens lead through every endpoint exactly once."""
        pages = crowd.get_paginator("list_endpoints").paginate(PaginationConfig={"PageSize": 100})
        names = [row["EndpointName"] for page in pages for row in page["Endpoints"]]
        assert len(names) == len(set(names)) == 130

    def test_a_deletion_between_pages_hides_nothing(self, crowd: Any) -> None:
        """D2.3: paging is no snapshot, but an endpoint deleted on page one does not push another off page two."""
        first = crowd.list_endpoints(MaxResults=100, SortBy="Name", SortOrder="Ascending")
        crowd.delete_endpoint(EndpointName="tenant-000")
        rest = crowd.list_endpoints(MaxResults=100, SortBy="Name", SortOrder="Ascending", NextToken=first["NextToken"])
        assert [row["EndpointName"] for row in rest["Endpoints"]] == [f"tenant-{n:03d}" for n in range(100, 130)]

    def test_bad_token(self, crowd: Any) -> None:
        """A token that no one gave out is an error, not the first page."""
        assert refused(crowd.list_endpoints, NextToken="bogus")[0] == "ValidationException"

    def test_order(self, sagemaker: Any) -> None:
        """D2.1: newest first by default."""
        rows = sagemaker.list_endpoints()["Endpoints"]
        assert rows[0]["EndpointName"] == "summarizer-rc1"
        assert [row["CreationTime"] for row in rows] == sorted((row["CreationTime"] for row in rows), reverse=True)

    def test_filters(self, world: World, sagemaker: Any) -> None:
        """D2.2: one status, a part of the name, a time."""
        world.set_status(*HERE, "resnet-demo", "Failed")
        assert [row["EndpointName"] for row in sagemaker.list_endpoints(StatusEquals="Failed")["Endpoints"]] == [
            "resnet-demo"
        ]
        assert len(sagemaker.list_endpoints(NameContains="ranker")["Endpoints"]) == 1
        created = sagemaker.describe_endpoint(EndpointName="summarizer-rc1")["CreationTime"]
        assert len(sagemaker.list_endpoints(CreationTimeBefore=created)["Endpoints"]) == 5

    def test_no_components(self, sagemaker: Any) -> None:
        """D1.5: an endpoint without inference components has an empty list of them."""
        assert sagemaker.list_inference_components(EndpointNameEquals="resnet-demo")["InferenceComponents"] == []


class TestDescribing:
    def test_ages_are_real(self, world: World, sagemaker: Any) -> None:
        """D2.5: creation times are the world's, not "now"."""
        created = sagemaker.describe_endpoint(EndpointName="resnet-demo")["CreationTime"]
        assert world.state.clock() - created.timestamp() == pytest.approx(90 * 86_400, abs=60)

    def test_only_what_aws_says(self, sagemaker: Any) -> None:
        """D1.32, D1.33: no field that the endpoint does not have, no instance type, no tags."""
        answer = sagemaker.describe_endpoint(EndpointName="resnet-demo")
        assert set(answer) - {"ResponseMetadata"} == {
            *("EndpointName", "EndpointArn", "EndpointConfigName", "ProductionVariants"),
            *("EndpointStatus", "CreationTime", "LastModifiedTime"),
        }
        assert set(answer["ProductionVariants"][0]) == {
            *("VariantName", "CurrentInstanceCount", "DesiredInstanceCount", "CurrentWeight", "DesiredWeight"),
        }

    def test_failed_creation_has_no_variants(self) -> None:
        """D1.32: ProductionVariants can be absent."""
        with World.in_process(build("broken")) as world:
            answer = world.client("sagemaker", MEMBER).describe_endpoint(EndpointName="status-failed")
        assert "ProductionVariants" not in answer

    def test_missing(self, sagemaker: Any) -> None:
        """D3.2: a missing endpoint is a ValidationException, told in AWS's words."""
        code, message = refused(sagemaker.describe_endpoint, EndpointName="nobody")
        arn = f"arn:aws:sagemaker:{REGION}:{MEMBER}:endpoint/nobody"
        assert (code, message) == ("ValidationException", f'Could not find endpoint "{arn}".')

    def test_missing_configuration(self, sagemaker: Any) -> None:
        """D3.9: a configuration can be gone while its endpoint lives."""
        sagemaker.delete_endpoint_config(EndpointConfigName="resnet-demo-config")
        code, message = refused(sagemaker.describe_endpoint_config, EndpointConfigName="resnet-demo-config")
        assert code == "ValidationException"
        assert message.startswith('Could not find endpoint configuration "')
        assert sagemaker.describe_endpoint(EndpointName="resnet-demo")["EndpointStatus"] == "InService"

    def test_configuration_can_be_made_again(self, sagemaker: Any) -> None:
        """What DescribeEndpointConfig says is what CreateEndpointConfig takes."""
        config = sagemaker.describe_endpoint_config(EndpointConfigName="ranker-ab-config")
        assert set(config) - {"ResponseMetadata"} == {
            *("EndpointConfigName", "EndpointConfigArn", "ProductionVariants", "CreationTime"),
        }
        sagemaker.create_endpoint_config(EndpointConfigName="again", ProductionVariants=config["ProductionVariants"])

    def test_model_can_be_made_again(self, sagemaker: Any) -> None:
        """DescribeModel shows no empty VpcConfig, which CreateModel would refuse."""
        model = sagemaker.describe_model(ModelName="resnet-demo-AllTraffic")
        assert not {"VpcConfig", "Containers"} & set(model)
        assert model["PrimaryContainer"]["ModelDataUrl"].startswith("s3://")

    def test_models_are_listed_in_pages(self, sagemaker: Any) -> None:
        """D2.1: ten at a time unless asked for more; moto tells all at once."""
        for number in range(12):
            container = {"Image": "x", "ModelDataUrl": "s3://x/y"}
            role = f"arn:aws:iam::{MEMBER}:role/x"
            sagemaker.create_model(ModelName=f"many-{number:02}", PrimaryContainer=container, ExecutionRoleArn=role)
        first = sagemaker.list_models(NameContains="many", SortBy="Name", SortOrder="Ascending")
        assert [row["ModelName"] for row in first["Models"]] == [f"many-{number:02}" for number in range(10)]
        second = sagemaker.list_models(
            NameContains="many", SortBy="Name", SortOrder="Ascending", NextToken=first["NextToken"]
        )
        assert [row["ModelName"] for row in second["Models"]] == ["many-10", "many-11"]
        assert "NextToken" not in second


class TestDeleting:
    def test_takes_a_while(self, world: World, sagemaker: Any) -> None:
        """D3.1, D3.4: Deleting first, then the endpoint cannot be found; its configuration stays (D3.8)."""
        now = world.state.clock()
        world.deleting_takes(30)
        world.state.clock = lambda: now
        sagemaker.delete_endpoint(EndpointName="resnet-demo")
        assert sagemaker.describe_endpoint(EndpointName="resnet-demo")["EndpointStatus"] == "Deleting"
        world.state.clock = lambda: now + 31
        assert refused(sagemaker.describe_endpoint, EndpointName="resnet-demo")[0] == "ValidationException"
        assert "resnet-demo" not in {row["EndpointName"] for row in sagemaker.list_endpoints()["Endpoints"]}
        assert sagemaker.describe_endpoint_config(EndpointConfigName="resnet-demo-config")

    @pytest.mark.parametrize("status", ["Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"])
    def test_refused_while_it_changes(self, world: World, sagemaker: Any, status: str) -> None:
        """Facts 2, the status table: an endpoint in progress cannot be deleted."""
        world.set_status(*HERE, "resnet-demo", status)
        code, message = refused(sagemaker.delete_endpoint, EndpointName="resnet-demo")
        assert code == "ValidationException"
        assert message.startswith("Cannot update in-progress endpoint")
        assert world.exists(*HERE, "resnet-demo")

    @pytest.mark.parametrize("status", ["Failed", "OutOfService", "UpdateRollbackFailed"])
    def test_allowed_when_broken(self, world: World, sagemaker: Any, status: str) -> None:
        """Facts 2: DeleteEndpoint is what remains for a failed endpoint."""
        world.set_status(*HERE, "resnet-demo", status)
        sagemaker.delete_endpoint(EndpointName="resnet-demo")
        assert sagemaker.describe_endpoint(EndpointName="resnet-demo")["EndpointStatus"] == "Deleting"

    def test_not_idempotent(self, world: World, sagemaker: Any) -> None:
        """D3.3: the second deletion finds nothing."""
        world.deleting_takes(0)
        sagemaker.delete_endpoint(EndpointName="resnet-demo")
        assert refused(sagemaker.delete_endpoint, EndpointName="resnet-demo")[1].startswith("Could not find endpoint")

    def test_takes_the_scalable_target_along(self) -> None:
        """D3.5, D3.6: targets and policies go silently with the endpoint, and only its own."""
        with World.in_process(build("default")) as world:
            account = "210000000002"
            before = set(world.scalable_targets(account, REGION))
            world.client("sagemaker", account).delete_endpoint(EndpointName="llm-router-bakeoff")
            gone = before - set(world.scalable_targets(account, REGION))
            cell = world.snapshot()[account][REGION]
        assert gone == {f"endpoint/llm-router-bakeoff/variant/{variant}" for variant in ("llama", "mistral")}
        assert not [policy for policy in cell["scaling_policies"] if "llm-router-bakeoff" in policy]


class TestCreating:
    def test_an_existing_name_is_refused(self, sagemaker: Any) -> None:
        """D2.6: names are unique; nothing is replaced."""
        code, message = refused(
            sagemaker.create_endpoint, EndpointName="resnet-demo", EndpointConfigName="churn-poc-config"
        )
        assert code == "ValidationException"
        assert message.startswith("Cannot create already existing endpoint")

    def test_publishes_zeros_at_once(self, world: World, sagemaker: Any, cloudwatch: Any) -> None:
        """D1.25: a restored endpoint has datapoints like any other."""
        now = world.state.clock()
        sagemaker.create_endpoint(EndpointName="resnet-again", EndpointConfigName="resnet-demo-config")
        world.state.clock = lambda: now + 600
        names = {metric["Dimensions"][0]["Value"] for metric in cloudwatch.list_metrics()["Metrics"]}
        assert "resnet-again" in names

    @pytest.mark.parametrize("instance_type", ["ml.g5.xlarge", "ml.g6.2xlarge", "ml.g6e.12xlarge", "ml.inf2.xlarge"])
    def test_current_instance_types(self, sagemaker: Any, instance_type: str) -> None:
        """Every instance type that the SDK knows is accepted."""
        variant = {"VariantName": "one", "ModelName": "resnet-demo-AllTraffic", "InitialInstanceCount": 1}
        sagemaker.create_endpoint_config(
            EndpointConfigName="new", ProductionVariants=[variant | {"InstanceType": instance_type}]
        )
        [made] = sagemaker.describe_endpoint_config(EndpointConfigName="new")["ProductionVariants"]
        assert made["InstanceType"] == instance_type

    def test_unknown_instance_type(self, sagemaker: Any) -> None:
        """A type that does not exist is refused."""
        variant = {"VariantName": "one", "ModelName": "resnet-demo-AllTraffic", "InstanceType": "ml.huge"}
        arguments = {"EndpointConfigName": "new", "ProductionVariants": [variant]}
        assert refused(sagemaker.create_endpoint_config, **arguments)[0] == "ValidationException"

    def test_a_variant_without_model(self, sagemaker: Any) -> None:
        """D1.5: the configuration of an inference-component endpoint names no model."""
        variant = {"VariantName": "one", "InstanceType": "ml.g5.xlarge", "InitialInstanceCount": 1}
        sagemaker.create_endpoint_config(EndpointConfigName="new", ProductionVariants=[variant])
        [made] = sagemaker.describe_endpoint_config(EndpointConfigName="new")["ProductionVariants"]
        assert (made["VariantName"], "ModelName" in made) == ("one", False)


class TestTags:
    def test_a_key_exists_once(self, sagemaker: Any) -> None:
        """D3.14: a second value replaces the first."""
        arn = sagemaker.describe_endpoint(EndpointName="resnet-demo")["EndpointArn"]
        sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "team", "Value": "other"}])
        tags = sorted((tag["Key"], tag["Value"]) for tag in sagemaker.list_tags(ResourceArn=arn)["Tags"])
        assert tags == [("owner", "mira.kent@example.com"), ("team", "other")]

    def test_of_a_missing_endpoint(self, sagemaker: Any) -> None:
        """D3.2: an AWS error, not an internal one."""
        arn = f"arn:aws:sagemaker:{REGION}:{MEMBER}:endpoint/nobody"
        assert refused(sagemaker.list_tags, ResourceArn=arn)[0] == "ValidationException"
