"""An endpoint's specification in the words of SageMaker's API: configuration rows, fleets, models, components."""

from typing import Any

from tests.simulation.organization.endpoints import ComponentSpec, EndpointSpec, VariantSpec

IMAGE = "763104351884.dkr.ecr.{region}.amazonaws.com/pytorch-inference:2.6-gpu-py312"
Row = dict[str, Any]
# What an endpoint of the future might say. No SDK of today knows the fields: its parser drops them, and what remains is
# a variant without a model, an instance type, a count or a serverless configuration.
FUTURE_CONFIG = {"ComputePlan": {"PlanType": "Pooled", "TokensPerMinute": 50_000}}
FUTURE_VARIANT = {"CurrentComputePlan": {"PlanType": "Pooled", "TokensPerMinute": 50_000, "HourlyUnits": 2}}


def configured(spec: EndpointSpec, variant: VariantSpec) -> Row:
    """One row of CreateEndpointConfig's ProductionVariants (D1.5-D1.7, D1.35, D0.7)."""
    row: Row = {"VariantName": variant.name}
    if spec.kind == "unknown":
        return row | FUTURE_CONFIG
    if spec.kind != "components":
        row["ModelName"] = spec.model_name(variant)
    if variant.serverless is not None:
        row["ServerlessConfig"] = _serverless(variant)
    elif variant.pools:
        row["InstancePools"] = [
            {"InstanceType": name, "Priority": place} for place, (name, _) in enumerate(variant.pools, 1)
        ]
        row["InitialInstanceCount"] = max(1, variant.instances)
    else:
        row["InstanceType"] = variant.instance_type
        row["InitialInstanceCount"] = max(1, variant.count)
    row["InitialVariantWeight"] = variant.weight
    if variant.volume_gb is not None:
        row["VolumeSizeInGB"] = variant.volume_gb
    if variant.managed is not None:
        row["ManagedInstanceScaling"] = _managed(variant.managed)
    if variant.reservation:
        row["CapacityReservationConfig"] = _reservation(variant.reservation)
    return row


def fleet(row: Row, instances: int | None = None, pools: tuple[tuple[str, int], ...] = ()) -> Row:
    """The same variant as DescribeEndpoint shows it: counts, no instance type (D1.33).

    `instances`: how many run now; None: as many as the configuration starts with.
    """
    found: Row = {"VariantName": row["VariantName"]}
    if "ComputePlan" in row:
        return found | FUTURE_VARIANT
    if "ServerlessConfig" in row:
        found |= dict.fromkeys(("CurrentServerlessConfig", "DesiredServerlessConfig"), row["ServerlessConfig"])
    else:
        count = row.get("InitialInstanceCount", 1) if instances is None else instances
        found |= {"CurrentInstanceCount": count, "DesiredInstanceCount": count}
    if "InstancePools" in row:
        counted = pools or tuple((one["InstanceType"], 0) for one in row["InstancePools"])
        found["InstancePools"] = [{"InstanceType": name, "CurrentInstanceCount": count} for name, count in counted]
    if "InitialVariantWeight" in row:
        found |= dict.fromkeys(("CurrentWeight", "DesiredWeight"), row["InitialVariantWeight"])
    if "ManagedInstanceScaling" in row:
        found["ManagedInstanceScaling"] = row["ManagedInstanceScaling"]
    if "CapacityReservationConfig" in row:
        count = found.get("CurrentInstanceCount", 0)
        use = {"TotalInstanceCount": count, "AvailableInstanceCount": 0, "UsedByCurrentEndpoint": count}
        found["CapacityReservationConfig"] = row["CapacityReservationConfig"] | use
    return found


def fleet_of(spec: EndpointSpec, variant: VariantSpec) -> Row:
    return fleet(configured(spec, variant), variant.instances, variant.pools)


def config_extras(spec: EndpointSpec) -> Row:
    """The fields of a configuration that moto does not store."""
    found: Row = {}
    if spec.kind == "components":
        found["ExecutionRoleArn"] = execution_role(spec.account)
    if spec.shadows:
        found["ShadowProductionVariants"] = [configured(spec, variant) for variant in spec.shadows]
    if spec.enhanced_metrics:
        found["MetricsConfig"] = {"EnableEnhancedMetrics": True, "MetricPublishFrequencyInSeconds": 60}
    return found


def asynchronous(spec: EndpointSpec) -> Row:
    if spec.kind != "asynchronous":
        return {}
    place = f"s3://results-{spec.account}-{spec.region}/{spec.name}"
    return {"OutputConfig": {"S3OutputPath": place}, "ClientConfig": {"MaxConcurrentInvocationsPerInstance": 4}}


def endpoint_extras(spec: EndpointSpec, created: object) -> Row:
    """The fields of DescribeEndpoint that moto does not store (D1.8, D1.18, D1.34)."""
    found: Row = {"AsyncInferenceConfig": asynchronous(spec)}
    found["ShadowProductionVariants"] = [fleet_of(spec, variant) for variant in spec.shadows]
    if spec.enhanced_metrics:
        found["MetricsConfig"] = {"EnableEnhancedMetrics": True, "MetricPublishFrequencyInSeconds": 60}
    found["LastDeploymentConfig"] = dict(spec.deployment)
    if spec.pending_deployment:
        rows = [fleet_of(spec, one) | {"InstanceType": one.instance_type} for one in spec.variants]
        found["PendingDeploymentSummary"] = {
            "EndpointConfigName": f"{spec.config_name[:50]}-next",
            "ProductionVariants": rows,
            "StartTime": created,
        }
    return {key: value for key, value in found.items() if value}


def model_parts(spec: EndpointSpec, name: str) -> Row:
    """What CreateModel got: one container, one with many models, or two in a row or side by side (D1.2-D1.4)."""
    bucket = f"s3://models-{spec.account}-{spec.region}/{name}"
    image = IMAGE.format(region=spec.region)
    if spec.kind == "multi-model":
        return {"primary_container": {"Image": image, "Mode": "MultiModel", "ModelDataUrl": f"{bucket}/"}}
    if spec.kind in ("multi-container", "pipeline"):
        containers = [
            {
                "ContainerHostname": host,
                "Image": image,
                "Mode": "SingleModel",
                "ModelDataUrl": f"{bucket}/{host}.tar.gz",
            }
            for host in ("preprocess", "predict")
        ]
        mode = "Direct" if spec.kind == "multi-container" else "Serial"
        return {"containers": containers, "execution": {"Mode": mode}}
    single = {"Image": image, "Mode": "SingleModel", "ModelDataUrl": f"{bucket}/model.tar.gz"}
    return {"primary_container": single}


def component_row(spec: EndpointSpec, component: ComponentSpec, created: object) -> Row:
    """DescribeInferenceComponent: a model with compute of its own, or an adapter on a base's (D1.16)."""
    specification: Row = {"ModelName": f"{spec.name}-{component.name}"[:63]}
    if component.base:
        specification = {
            "BaseInferenceComponentName": component.base,
            "Container": {"ArtifactUrl": f"s3://models-{spec.account}-{spec.region}/{component.name}.tar.gz"},
        }
    else:
        specification["ComputeResourceRequirements"] = {"NumberOfCpuCoresRequired": 2, "MinMemoryRequiredInMb": 4096}
    prefix = f"arn:aws:sagemaker:{spec.region}:{spec.account}"
    return {
        "InferenceComponentName": component.name,
        "InferenceComponentArn": f"{prefix}:inference-component/{component.name}",
        "EndpointName": spec.name,
        "EndpointArn": f"{prefix}:endpoint/{spec.name}",
        "VariantName": spec.variants[0].name,
        "Specification": specification,
        "RuntimeConfig": {"DesiredCopyCount": component.copies, "CurrentCopyCount": component.copies},
        "CreationTime": created,
        "LastModifiedTime": created,
        "InferenceComponentStatus": component.status,
    }


def capture(spec: EndpointSpec) -> Row:
    """Model Monitor analyses captured data: a schedule without capture has nothing to look at."""
    if not (spec.captured or spec.monitoring_schedules):
        return {}
    return {
        "EnableCapture": True,
        "InitialSamplingPercentage": 20,
        "DestinationS3Uri": f"s3://captured-{spec.account}-{spec.region}/{spec.name}",
        "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
    }


def capturing(configured: Row) -> Row:
    """The same as DescribeEndpoint shows it: DataCaptureConfigSummary."""
    if not configured:
        return {}
    summary = {"EnableCapture": configured.get("EnableCapture", True), "CaptureStatus": "Started"}
    kept = {name: configured[name] for name in ("DestinationS3Uri", "KmsKeyId") if name in configured}
    return summary | {"CurrentSamplingPercentage": configured.get("InitialSamplingPercentage", 100)} | kept


def schedule_rows(spec: EndpointSpec, created: object) -> list[Row]:
    """ListMonitoringSchedules (D3.12)."""
    prefix = f"arn:aws:sagemaker:{spec.region}:{spec.account}:monitoring-schedule"
    return [
        {
            "MonitoringScheduleName": name,
            "MonitoringScheduleArn": f"{prefix}/{name}",
            "CreationTime": created,
            "LastModifiedTime": created,
            "MonitoringScheduleStatus": "Scheduled",
            "EndpointName": spec.name,
            "MonitoringJobDefinitionName": f"{name}-job",
            "MonitoringType": "DataQuality",
        }
        for name in spec.monitoring_schedules
    ]


def experiment_rows(spec: EndpointSpec, created: object) -> list[Row]:
    """ListInferenceExperiments; only DescribeInferenceExperiment names the endpoint (D1.18)."""
    metadata = {"EndpointName": spec.name, "EndpointConfigName": spec.config_name, "EndpointStatus": spec.status}
    prefix = f"arn:aws:sagemaker:{spec.region}:{spec.account}:inference-experiment"
    return [
        {
            "Name": name,
            "Arn": f"{prefix}/{name}",
            "Type": "ShadowMode",
            "Status": "Running",
            "CreationTime": created,
            "LastModifiedTime": created,
            "RoleArn": execution_role(spec.account),
            "EndpointMetadata": metadata,
            "ModelVariants": [],
        }
        for name in spec.experiments
    ]


def execution_role(account: str) -> str:
    return f"arn:aws:iam::{account}:role/sagemaker-inference"


def _serverless(variant: VariantSpec) -> Row:
    wanted = variant.serverless
    if wanted is None:
        return {}
    found = {"MemorySizeInMB": wanted.memory_mb, "MaxConcurrency": wanted.max_concurrency}
    return found | ({"ProvisionedConcurrency": wanted.provisioned} if wanted.provisioned else {})


def _managed(bounds: tuple[int, int]) -> Row:
    return {"Status": "ENABLED", "MinInstanceCount": bounds[0], "MaxInstanceCount": bounds[1]}


def _reservation(arn: str) -> Row:
    return {"CapacityReservationPreference": "capacity-reservations-only", "MlReservationArn": arn}
