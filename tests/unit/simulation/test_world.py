"""The world can be looked at as a whole, and changed behind the product's back."""

import json
import os
import time
from typing import Any

import boto3
import pytest

from tests.simulation.member_aws.corrections import ALL
from tests.simulation.member_aws.world import World
from tests.simulation.organization.scenarios import build
from tests.simulation.organization.scenarios.small import one

MEMBER, REGION = "222222222222", "us-east-1"
HERE = (MEMBER, REGION)


class TestSnapshot:
    def test_everything_is_in_it(self) -> None:
        """All accounts and regions, with every endpoint, configuration, model, tag and scalable target."""
        with World.in_process(build("default")) as world:
            taken = world.snapshot()
            organization = world.organization
        assert set(taken) == {account.id for account in organization.accounts}
        assert all(set(regions) == set(organization.regions) for regions in taken.values())
        endpoints = {
            (a, r, n) for a, regions in taken.items() for r, cell in regions.items() for n in cell["endpoints"]
        }
        assert endpoints == {spec.key for spec in organization.endpoints}
        cell = taken["210000000002"][REGION]
        assert cell["endpoints"]["llm-router-bakeoff"]["Tags"]["ticket"] == "MLP-2217"
        assert (
            "endpoint/llm-router-bakeoff/variant/llama sagemaker:variant:DesiredInstanceCount"
            in cell["scalable_targets"]
        )
        assert {"llm-router-bakeoff-llama", "llm-router-bakeoff-mistral"} <= set(cell["models"])
        json.dumps(taken)

    def test_reading_changes_nothing(self, world: World, sagemaker: Any, cloudwatch: Any) -> None:
        """Two snapshots around reads are equal."""
        before = world.snapshot()
        sagemaker.list_endpoints()
        sagemaker.describe_endpoint(EndpointName="resnet-demo")
        cloudwatch.list_metrics()
        assert world.snapshot() == before

    @pytest.mark.parametrize(
        "change",
        [
            lambda world: world.set_tags(*HERE, "resnet-demo", {}),
            lambda world: world.set_status(*HERE, "resnet-demo", "Failed"),
            lambda world: world.recreate(*HERE, "resnet-demo"),
            lambda world: world.remove(*HERE, "resnet-demo"),
            lambda world: world.set_config(*HERE, "resnet-demo", "churn-poc-config"),
            lambda world: world.scale(*HERE, "resnet-demo"),
            lambda world: world.client("sagemaker", MEMBER).delete_model(ModelName="resnet-demo-AllTraffic"),
            lambda world: world.client("sagemaker", MEMBER).delete_endpoint_config(
                EndpointConfigName="ranker-ab-config"
            ),
        ],
        ids=["tags", "status", "recreated", "removed", "config", "scaled", "model", "configuration gone"],
    )
    def test_every_change_shows(self, world: World, change: Any) -> None:
        """Nothing can be touched without a difference."""
        before = world.snapshot()
        change(world)
        assert world.snapshot() != before


class TestChanges:
    def test_invoke(self, world: World, cloudwatch: Any) -> None:
        """FI-40: traffic that comes later is there at once, in the right series."""
        world.invoke(*HERE, "ranker-ab", "control", count=5)
        dimensions = [{"Name": "EndpointName", "Value": "ranker-ab"}, {"Name": "VariantName", "Value": "control"}]
        metric = {"Namespace": "AWS/SageMaker", "MetricName": "Invocations", "Dimensions": dimensions}
        now = world.state.clock()
        (result,) = cloudwatch.get_metric_data(
            MetricDataQueries=[{"Id": "a", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}}],
            StartTime=now - 300,
            EndTime=now + 60,
        )["MetricDataResults"]
        assert sum(result["Values"]) == 5

    def test_recreate(self, world: World, sagemaker: Any) -> None:
        """D2.7: the same ARN, configuration and tags, but another creation time."""
        before = sagemaker.describe_endpoint(EndpointName="resnet-demo")
        world.recreate(*HERE, "resnet-demo")
        after = sagemaker.describe_endpoint(EndpointName="resnet-demo")
        assert after["EndpointArn"] == before["EndpointArn"]
        assert after["EndpointConfigName"] == before["EndpointConfigName"]
        assert after["CreationTime"] > before["CreationTime"]

    def test_recreated_after_a_deletion(self, world: World, sagemaker: Any) -> None:
        """FI-47: the new endpoint outlives the end of the old one's deletion."""
        now = world.state.clock()
        sagemaker.delete_endpoint(EndpointName="resnet-demo")
        world.recreate(*HERE, "resnet-demo")
        world.state.clock = lambda: now + 60
        assert sagemaker.describe_endpoint(EndpointName="resnet-demo")["EndpointStatus"] == "InService"

    def test_add(self, world: World) -> None:
        """One more endpoint can appear at any time."""
        world.add(one("newcomer"))
        assert world.exists(*HERE, "newcomer")

    def test_control_by_name(self, world: World) -> None:
        """The same changes over a channel that only carries JSON."""
        place = {"account": MEMBER, "region": REGION, "endpoint": "resnet-demo"}
        world.control("set_tags", **place, tags={"endpoint-sweep:keep": "true"})
        world.control("set_status", **place, status="Updating")
        answer = world.control("snapshot")[MEMBER][REGION]["endpoints"]["resnet-demo"]
        assert (answer["Tags"], answer["EndpointStatus"]) == ({"endpoint-sweep:keep": "true"}, "Updating")
        assert world.control("fault", operation="ListEndpoints", nth=[1], code="ThrottlingException") == 1
        json.dumps(world.control("endpoints"))

    def test_control_knows_its_actions(self, world: World) -> None:
        """Nothing else of the object is reachable by name."""
        with pytest.raises(LookupError, match="unknown action"):
            world.control("in_process")


class TestIsolation:
    def test_environment_and_moto_are_restored(self) -> None:
        """After the block nothing of the world is left in the process."""
        before = dict(os.environ)
        targets = [(one.target, one.attribute, getattr(one.target, one.attribute, None)) for one in ALL]
        with World.in_process(build("small")):
            assert os.environ["AWS_DEFAULT_REGION"] == REGION
        assert dict(os.environ) == before
        assert all(getattr(target, name, None) is value for target, name, value in targets)

    def test_a_second_world_knows_nothing_of_the_first(self) -> None:
        """Each world begins as its specification says."""
        with World.in_process(build("small")) as world:
            world.remove(*HERE, "resnet-demo")
        with World.in_process(build("small")) as world:
            assert world.exists(*HERE, "resnet-demo")

    def test_cells_are_separate(self) -> None:
        """An endpoint is in one account and one region and nowhere else."""
        with World.in_process(build("region_off")) as world:
            assert world.client("sagemaker", "333333333333", REGION).list_endpoints()["Endpoints"] == []

    def test_the_state_machine_engine_acts_in_the_hub(self, world: World) -> None:
        """An execution of the local engine uses the hub's resources, although its keys are moto's own."""
        who = {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:sts:getCallerIdentity",
            "ResultSelector": {"account.$": "$.Account"},
            "End": True,
        }
        states = boto3.client("stepfunctions")
        machine = states.create_state_machine(
            name="probe",
            definition=json.dumps({"StartAt": "Who is it", "States": {"Who is it": who}}),
            roleArn="arn:aws:iam::111111111111:role/probe",
        )["stateMachineArn"]
        execution = states.start_execution(stateMachineArn=machine, name="once", input="{}")["executionArn"]
        deadline = time.monotonic() + 300
        while (state := states.describe_execution(executionArn=execution))["status"] == "RUNNING":
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert json.loads(state["output"]) == {"account": "111111111111"}
        assert world.log.find(service="sts", operation="GetCallerIdentity")[0].account == "111111111111"
