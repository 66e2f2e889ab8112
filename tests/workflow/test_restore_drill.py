"""The restore drill: every deleted endpoint of a mixed world comes back equal in all that a describe or a list shows.

Also where someone deleted its configuration and models since. What cannot come back is named in GONE_FOR_GOOD.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.judging.invariants import before, violations
from tests.judging.stage import Stage
from tests.simulation.organization.scenarios import kinds
from tests.simulation.organization.scenarios.small import FIRST, REGION, one, organization
from tests.simulation.organization.specification import ComponentSpec, EndpointSpec, Scaling, VariantSpec
from tests.workflow.conftest import House
from tests.workflow.test_restore import ROLE, ROOM, restore

# Times are those of the new one. AWS gives a new policy, target or action another ARN, and makes the alarms of target
# tracking anew; of a pool it chooses the instances; the tags of AWS itself (aws:) no one else can set (D3.19).
GONE_FOR_GOOD = frozenset(
    {
        *("ResponseMetadata", "CreationTime", "LastModifiedTime", "ResolutionTime"),
        *("PolicyARN", "ScalableTargetARN", "ScheduledActionARN", "ResolvedImage"),
    }
)
SAMPLES = (
    *("real-time", "multi-model", "multi-container", "pipeline", "shadowed", "pools", "managed", "enhanced"),
    *("async", "serverless-warm"),
)
DEPLOYMENT = {
    "BlueGreenUpdatePolicy": {
        "TrafficRoutingConfiguration": {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 120},
        "TerminationWaitInSeconds": 60,
    },
    "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "too-many-errors"}]},
}
COUNT, COPIES = "sagemaker:variant:DesiredInstanceCount", "sagemaker:inference-component:DesiredCopyCount"
ASLEEP = {"DynamicScalingInSuspended": True, "DynamicScalingOutSuspended": False, "ScheduledScalingSuspended": True}


def specs() -> list[EndpointSpec]:
    """Every kind that a sweep may delete, and what people do with endpoints."""
    samples = [replace(spec, experiments=()) for spec in kinds.samples() if spec.name in SAMPLES]
    tags = {"owner": "mira.kent@example.com", "aws:cloudformation:stack-id": "x"}
    rich = replace(one("rich", tags=tags), captured=True, deployment=DEPLOYMENT, scaling=(Scaling("AllTraffic", 1, 3),))
    two = (VariantSpec("blue", "ml.m5.large", 3), VariantSpec("green", "ml.m5.large", weight=0.5))
    parts = (ComponentSpec("host-base", 2), ComponentSpec("host-adapter", base="host-base"))
    host = replace(one("host"), kind="components", components=(*parts, ComponentSpec("host-container")))
    return [*samples, rich, replace(one("two"), variants=two), host]


def furnish(stage: Stage) -> None:
    """What the owners did since the endpoints were made, by the APIs that they use."""
    sagemaker, scaling, cloudwatch = (
        stage.world.client(name, FIRST, REGION, ROLE) for name in ("sagemaker", "application-autoscaling", "cloudwatch")
    )
    prefix = f"arn:aws:sagemaker:{REGION}:{FIRST}"
    for name in ("endpoint-config/rich-config", "model/rich-AllTraffic"):
        sagemaker.add_tags(ResourceArn=f"{prefix}:{name}", Tags=[{"Key": "cost-center", "Value": "4711"}])
    for change in (
        {"VariantName": "blue", "DesiredInstanceCount": 1, "DesiredWeight": 0.25},
        {"VariantName": "green", "DesiredWeight": 2.0},
    ):
        sagemaker.update_endpoint_weights_and_capacities(EndpointName="two", DesiredWeightsAndCapacities=[change])
    warmer = {"VariantName": "AllTraffic", "ServerlessUpdateConfig": {"MaxConcurrency": 6, "ProvisionedConcurrency": 1}}
    sagemaker.update_endpoint_weights_and_capacities(
        EndpointName="serverless-warm", DesiredWeightsAndCapacities=[warmer]
    )
    parts = stage.world.state.cell(FIRST, REGION).components
    deployed = {"SpecifiedImage": "registry/own:3", "ResolvedImage": "registry/own@sha256:1"}
    deployed["ResolutionTime"] = parts["host-base"]["CreationTime"]
    parts["host-container"] |= {
        "Tags": [{"Key": "team", "Value": "search"}],
        "Specification": {
            "Container": {
                "DeployedImage": deployed,
                "ArtifactUrl": "s3://artifacts/own.tar.gz",
                "Environment": {"WORKERS": "2"},
            },
            "ComputeResourceRequirements": {"NumberOfCpuCoresRequired": 1, "MinMemoryRequiredInMb": 1024},
            "StartupParameters": {"ContainerStartupHealthCheckTimeoutInSeconds": 300},
        },
    }
    target = {"ServiceNamespace": "sagemaker", "ResourceId": "endpoint/rich/variant/AllTraffic"}
    target["ScalableDimension"] = COUNT
    copies = {**target, "ResourceId": "inference-component/host-base", "ScalableDimension": COPIES}
    for each, most in ((target, 5), (copies, 4)):
        scaling.register_scalable_target(
            **each, MinCapacity=1, MaxCapacity=most, SuspendedState=ASLEEP, Tags={"owner": "platform"}
        )
        scaling.put_scheduled_action(
            **each,
            ScheduledActionName="nights",
            Schedule="cron(0 22 * * ? *)",
            Timezone="Europe/Berlin",
            ScalableTargetAction={"MinCapacity": 1, "MaxCapacity": 1},
        )
    steps = {
        "AdjustmentType": "ChangeInCapacity",
        "Cooldown": 60,
        "StepAdjustments": [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1}],
    }
    arn = scaling.put_scaling_policy(
        **target, PolicyName="steps", PolicyType="StepScaling", StepScalingPolicyConfiguration=steps
    )["PolicyARN"]
    cloudwatch.put_metric_alarm(
        AlarmName="rich-is-busy",
        AlarmActions=[arn],
        Namespace="AWS/SageMaker",
        MetricName="Invocations",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=100,
        ComparisonOperator="GreaterThanThreshold",
    )
    tracking = {"TargetValue": 5.0, "ScaleInCooldown": 300, "PredefinedMetricSpecification": {
        "PredefinedMetricType": "SageMakerInferenceComponentInvocationsPerCopy"}}  # fmt: skip
    scaling.put_scaling_policy(
        **copies, PolicyName="tracking", PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration=tracking,
    )  # fmt: skip


def told(stage: Stage, name: str) -> dict[str, Any]:
    """Every answer of a describe or a list about one endpoint and what belongs to it."""
    sagemaker = stage.world.client("sagemaker", FIRST, REGION, ROLE)
    scaling = stage.world.client("application-autoscaling", FIRST, REGION, ROLE)
    endpoint = sagemaker.describe_endpoint(EndpointName=name)
    config = sagemaker.describe_endpoint_config(EndpointConfigName=endpoint["EndpointConfigName"])
    listed = sagemaker.list_inference_components(EndpointNameEquals=name)["InferenceComponents"]
    listed.sort(key=lambda row: str(row["InferenceComponentName"]))
    parts = [
        sagemaker.describe_inference_component(InferenceComponentName=row["InferenceComponentName"]) for row in listed
    ]
    variants = (*config["ProductionVariants"], *config.get("ShadowProductionVariants", []))
    wanted = {row.get("ModelName") for row in variants} | {part["Specification"].get("ModelName") for part in parts}
    models = [sagemaker.describe_model(ModelName=one) for one in sorted(filter(None, wanted))]
    arns = [endpoint["EndpointArn"], config["EndpointConfigArn"]]
    arns += [row["ModelArn"] for row in models] + [part["InferenceComponentArn"] for part in parts]
    answers: dict[str, Any] = {"endpoint": endpoint, "config": config, "models": models, "components": listed}
    answers |= {"described": parts, "tags": {arn: sagemaker.list_tags(ResourceArn=arn)["Tags"] for arn in arns}}
    for resource in scaled(endpoint, parts):
        of_one = {"ServiceNamespace": "sagemaker", "ResourceId": resource}
        targets = scaling.describe_scalable_targets(ServiceNamespace="sagemaker", ResourceIds=[resource])
        answers[f"targets of {resource}"] = targets["ScalableTargets"]
        answers[f"tags of {resource}"] = [
            scaling.list_tags_for_resource(ResourceARN=row["ScalableTargetARN"])["Tags"]
            for row in targets["ScalableTargets"]
        ]
        policies = scaling.describe_scaling_policies(**of_one)["ScalingPolicies"]
        answers[f"policies of {resource}"] = sorted(policies, key=lambda row: str(row["PolicyName"]))
        answers[f"actions of {resource}"] = scaling.describe_scheduled_actions(**of_one)["ScheduledActions"]
    lasting: dict[str, Any] = without_what_is_gone(answers)
    return lasting


def scaled(endpoint: dict[str, Any], parts: list[dict[str, Any]]) -> Iterator[str]:
    for row in endpoint["ProductionVariants"]:
        yield f"endpoint/{endpoint['EndpointName']}/variant/{row['VariantName']}"
    for part in parts:
        yield f"inference-component/{part['InferenceComponentName']}"


def without_what_is_gone(value: Any) -> Any:
    if isinstance(value, list):
        rows = [one for one in value if not (isinstance(one, dict) and str(one.get("Key", "")).startswith("aws:"))]
        return [without_what_is_gone(one) for one in rows]
    if not isinstance(value, dict):
        return value
    kept = {key: without_what_is_gone(one) for key, one in value.items() if key not in GONE_FOR_GOOD}
    if "PolicyName" in kept:
        del kept["Alarms"]
    if set(kept) == {"InstanceType", "CurrentInstanceCount"}:
        del kept["CurrentInstanceCount"]  # One pool of several instance types.
    return kept


def opened(house: House) -> tuple[Stage, dict[str, Any]]:
    """The world as its owners left it, and all that it tells."""
    stage = house.open(organization(specs()), **ROOM)
    stage.world.set_roles(FIRST, {ROLE, *stage.world.state.roles[FIRST]})
    furnish(stage)
    return stage, {spec.name: told(stage, spec.name) for spec in specs()}


@pytest.mark.parametrize("definitions", ["stay", "go"])
def test_everything_comes_back_as_it_was(house: House, definitions: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Deleted by a sweep and restored by the printed command; `go`: without its configurations and models as well."""
    stage, was = opened(house)
    start = before(stage)
    sweep = stage.decided(*was)
    assert violations(stage, start) == []
    assert stage.world.endpoints() == set()
    sagemaker = stage.world.client("sagemaker", FIRST, REGION, ROLE)
    if definitions == "go":
        for one_ in sagemaker.list_endpoint_configs(MaxResults=100)["EndpointConfigs"]:
            sagemaker.delete_endpoint_config(EndpointConfigName=one_["EndpointConfigName"])
        for one_ in sagemaker.list_models(MaxResults=100)["Models"]:
            sagemaker.delete_model(ModelName=one_["ModelName"])
    statuses = {name: restore(stage, sweep, name) for name in was}
    out = capsys.readouterr().out
    assert statuses == dict.fromkeys(was, 0), out
    for name, answers in was.items():
        assert told(stage, name) == answers
    [policy] = [
        row
        for row in stage.world.client("application-autoscaling", FIRST, REGION, ROLE).describe_scaling_policies(
            ServiceNamespace="sagemaker"
        )["ScalingPolicies"]
        if row["PolicyName"] == "steps"
    ]
    assert f"to do: point alarm rich-is-busy to {policy['PolicyARN']}, not arn:" in out


def test_the_drill_looks_at_everything(house: House) -> None:
    """Each feature that the drill is about really stands in what is compared."""
    _, was = opened(house)
    rich, two, host = was["rich"], was["two"], was["host"]
    assert rich["endpoint"]["LastDeploymentConfig"] == DEPLOYMENT
    assert rich["config"]["DataCaptureConfig"]["InitialSamplingPercentage"] == 20
    assert [row["PolicyType"] for row in rich["policies of endpoint/rich/variant/AllTraffic"]] == [
        "TargetTrackingScaling",
        "StepScaling",
    ]
    assert rich["tags of endpoint/rich/variant/AllTraffic"] == [{"owner": "platform"}]
    assert rich["targets of endpoint/rich/variant/AllTraffic"][0]["SuspendedState"] == ASLEEP
    assert rich["actions of endpoint/rich/variant/AllTraffic"][0]["Timezone"] == "Europe/Berlin"
    assert sorted(len(tags) for tags in rich["tags"].values()) == [1, 1, 1]
    counts = {row["VariantName"]: (row["DesiredInstanceCount"], row["DesiredWeight"]) for row in _variants(two)}
    assert counts == {"blue": (1, 0.25), "green": (1, 2.0)}
    assert [row["InferenceComponentName"] for row in host["described"]] == [
        "host-adapter", "host-base", "host-container"]  # fmt: skip
    assert host["policies of inference-component/host-base"][0]["PolicyName"] == "tracking"
    assert was["shadowed"]["config"]["ShadowProductionVariants"]
    assert was["pools"]["config"]["ProductionVariants"][0]["InstancePools"]
    assert was["async"]["config"]["AsyncInferenceConfig"]
    [warm] = _variants(was["serverless-warm"])
    assert warm["DesiredServerlessConfig"]["ProvisionedConcurrency"] == 1


def _variants(answers: dict[str, Any]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = answers["endpoint"]["ProductionVariants"]
    return rows
