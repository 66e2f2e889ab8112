"""Application Auto Scaling as AWS has it: what moto drops or leaves behind (D3.5, D3.6, D4.1, D4.8)."""

from typing import Any

import pytest

from tests.simulation.member_aws.world import World
from tests.unit.simulation.conftest import MEMBER

TARGET = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": "endpoint/resnet-demo/variant/AllTraffic",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}
COPIES = {**TARGET, "ResourceId": "inference-component/llm"}
COPIES["ScalableDimension"] = "sagemaker:inference-component:DesiredCopyCount"
NAMED = {"ServiceNamespace": "sagemaker", "ResourceId": TARGET["ResourceId"]}
STEPS = {"AdjustmentType": "ChangeInCapacity", "StepAdjustments": [{"ScalingAdjustment": 1}]}


@pytest.fixture
def scaling(world: World) -> Any:
    return world.client("application-autoscaling", MEMBER)


@pytest.mark.parametrize("target", [TARGET, COPIES], ids=["variant", "component"])
def test_a_target_has_its_tags_and_the_role_of_the_service(scaling: Any, target: dict[str, str]) -> None:
    """moto drops the tags, has no ListTagsForResource, and knows no copies of components."""
    scaling.register_scalable_target(**target, MinCapacity=1, MaxCapacity=3, Tags={"owner": "platform"})
    [row] = scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"]
    assert scaling.list_tags_for_resource(ResourceARN=row["ScalableTargetARN"])["Tags"] == {"owner": "platform"}
    assert row["RoleARN"].endswith("AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint")


def test_a_step_policy_names_the_alarms_that_start_it(world: World, scaling: Any) -> None:
    """Those that people made; moto tells of none."""
    scaling.register_scalable_target(**TARGET, MinCapacity=1, MaxCapacity=3)
    made = scaling.put_scaling_policy(
        **TARGET, PolicyName="steps", PolicyType="StepScaling", StepScalingPolicyConfiguration=STEPS
    )
    alarm = {"Namespace": "AWS/SageMaker", "MetricName": "Invocations", "Statistic": "Sum", "Period": 60}
    alarm |= {"EvaluationPeriods": 1, "Threshold": 9.0, "ComparisonOperator": "GreaterThanThreshold"}
    for name, actions in (("busy", [made["PolicyARN"]]), ("other", [])):
        world.client("cloudwatch", MEMBER).put_metric_alarm(AlarmName=name, AlarmActions=actions, **alarm)
    [policy] = scaling.describe_scaling_policies(**NAMED)["ScalingPolicies"]
    assert [one["AlarmName"] for one in policy["Alarms"]] == ["busy"]


@pytest.mark.parametrize("how", ["deregister", "delete"])
def test_policies_and_actions_go_with_the_target(world: World, scaling: Any, how: str) -> None:
    """Whether it is deregistered or its endpoint is deleted (D3.5, D3.6)."""
    scaling.register_scalable_target(**TARGET, MinCapacity=1, MaxCapacity=3)
    scaling.put_scaling_policy(
        **TARGET, PolicyName="steps", PolicyType="StepScaling", StepScalingPolicyConfiguration=STEPS
    )
    scaling.put_scheduled_action(**TARGET, ScheduledActionName="nights", Schedule="rate(1 day)")
    if how == "delete":
        world.client("sagemaker", MEMBER).delete_endpoint(EndpointName="resnet-demo")
    else:
        scaling.deregister_scalable_target(**TARGET)
    assert scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"] == []
    assert scaling.describe_scaling_policies(**NAMED)["ScalingPolicies"] == []
    assert scaling.describe_scheduled_actions(**NAMED)["ScheduledActions"] == []


def test_policies_come_ten_a_page_and_scheduled_actions_fifty(scaling: Any) -> None:
    """Whoever reads one page only misses the rest; moto gives a hundred policies at once, and all actions."""
    scaling.register_scalable_target(**TARGET, MinCapacity=1, MaxCapacity=3)
    policies, actions = ({f"{number:02d}" for number in range(count)} for count in (12, 51))
    for name in policies:
        scaling.put_scaling_policy(
            **TARGET, PolicyName=name, PolicyType="StepScaling", StepScalingPolicyConfiguration=STEPS
        )
    for name in actions:
        scaling.put_scheduled_action(**TARGET, ScheduledActionName=name, Schedule="rate(1 day)")
    assert len(scaling.describe_scaling_policies(**NAMED)["ScalingPolicies"]) == 10
    assert len(scaling.describe_scheduled_actions(**NAMED)["ScheduledActions"]) == 50
    for operation, found, wanted in (
        ("describe_scaling_policies", "ScalingPolicies[].PolicyName", policies),
        ("describe_scheduled_actions", "ScheduledActions[].ScheduledActionName", actions),
    ):
        assert set(scaling.get_paginator(operation).paginate(**NAMED).search(found)) == wanted


def test_the_image_of_a_component_is_told_as_deployed(world: World, sagemaker: Any) -> None:
    """CreateInferenceComponent takes Image, the description tells DeployedImage: no answer can be sent as it is."""
    requirements = {"NumberOfCpuCoresRequired": 1, "MinMemoryRequiredInMb": 1024}
    sagemaker.create_inference_component(
        InferenceComponentName="llm",
        EndpointName="resnet-demo",
        VariantName="AllTraffic",
        Specification={"Container": {"Image": "own:3"}, "ComputeResourceRequirements": requirements},
        RuntimeConfig={"CopyCount": 1},
    )
    container = sagemaker.describe_inference_component(InferenceComponentName="llm")["Specification"]["Container"]
    assert set(container) == {"DeployedImage"}
    assert container["DeployedImage"]["SpecifiedImage"] == "own:3"


def test_a_weight_changes_without_the_count(sagemaker: Any) -> None:
    """moto clears what is not named (D4.1)."""
    change = {"VariantName": "challenger", "DesiredWeight": 3.0}
    sagemaker.update_endpoint_weights_and_capacities(EndpointName="ranker-ab", DesiredWeightsAndCapacities=[change])
    rows = sagemaker.describe_endpoint(EndpointName="ranker-ab")["ProductionVariants"]
    told = {row["VariantName"]: (row["DesiredWeight"], row["DesiredInstanceCount"]) for row in rows}
    assert told == {"control": (0.0, 1), "challenger": (3.0, 2)}


def test_an_endpoint_remembers_how_it_was_deployed(sagemaker: Any) -> None:
    """moto forgets DeploymentConfig; AWS tells it as LastDeploymentConfig."""
    rolling = {"MaximumBatchSize": {"Type": "CAPACITY_PERCENT", "Value": 50}, "WaitIntervalInSeconds": 60}
    wanted = {"RollingUpdatePolicy": rolling}
    sagemaker.create_endpoint(EndpointName="new", EndpointConfigName="resnet-demo-config", DeploymentConfig=wanted)
    assert sagemaker.describe_endpoint(EndpointName="new")["LastDeploymentConfig"] == wanted


def test_a_model_remembers_how_its_containers_work_together(sagemaker: Any) -> None:
    """moto forgets InferenceExecutionConfig and the isolation of the network (D1.3, D1.4)."""
    sagemaker.create_model(
        ModelName="both",
        ExecutionRoleArn=f"arn:aws:iam::{MEMBER}:role/inference",
        Containers=[{"Image": "one"}, {"Image": "two"}],
        InferenceExecutionConfig={"Mode": "Direct"},
        EnableNetworkIsolation=True,
    )
    found = sagemaker.describe_model(ModelName="both")
    assert (found["InferenceExecutionConfig"], found["EnableNetworkIsolation"]) == ({"Mode": "Direct"}, True)
