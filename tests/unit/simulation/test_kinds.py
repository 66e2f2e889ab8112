"""Each kind of endpoint: how DescribeEndpoint shows it, and which series it publishes under which dimensions."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.simulation.member_aws.world import World
from tests.simulation.organization.scenarios import build, kinds
from tests.simulation.organization.scenarios.small import one, organization
from tests.simulation.organization.specification import ComponentSpec, VariantSpec
from tests.simulation.organization.traffic import Traffic
from tests.simulation.wire.protocols import Reply
from tests.unit.simulation.asking import INSTANCES, MEMBER, OTHER, REGION, listed, points

V: dict[str, Any] = {"VariantName": "AllTraffic"}


@pytest.fixture(scope="module")
def everything() -> Iterator[World]:
    with World.in_process(build("kinds")) as world:
        yield world


@pytest.fixture(scope="module")
def sagemaker(everything: World) -> Any:
    return everything.client("sagemaker", MEMBER)


@pytest.fixture(scope="module")
def cloudwatch(everything: World) -> Any:
    return everything.client("cloudwatch", MEMBER)


def described(client: Any, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """(DescribeEndpoint, DescribeEndpointConfig)"""
    endpoint = client.describe_endpoint(EndpointName=name)
    return endpoint, client.describe_endpoint_config(EndpointConfigName=endpoint["EndpointConfigName"])


class TestModels:
    @pytest.mark.parametrize("name", ["real-time", "multi-model", "multi-container", "pipeline", "pools", "reserved"])
    def test_zeros_when_idle(self, cloudwatch: Any, name: str) -> None:
        """D1.1-D1.4, D1.25: every hour has its zero, the fleet is alive, and calls show where there are some."""
        assert points(cloudwatch, "Invocations", EndpointName=f"{name}-idle", **V) == [0.0] * 168
        assert sum(points(cloudwatch, "Invocations", EndpointName=f"{name}-busy", **V)) > 0
        assert len(points(cloudwatch, "CPUUtilization", namespace=INSTANCES, EndpointName=f"{name}-idle", **V)) == 168

    def test_multi_model(self, sagemaker: Any) -> None:
        """D1.2: the model's container says MultiModel, and nothing else does."""
        _, config = described(sagemaker, "multi-model-idle")
        model = sagemaker.describe_model(ModelName=config["ProductionVariants"][0]["ModelName"])
        assert model["PrimaryContainer"]["Mode"] == "MultiModel"

    @pytest.mark.parametrize(("name", "mode"), [("multi-container", "Direct"), ("pipeline", "Serial")])
    def test_several_containers(self, sagemaker: Any, cloudwatch: Any, name: str, mode: str) -> None:
        """D1.3, D1.4: containers side by side or in a row; their own series come beside the plain one."""
        _, config = described(sagemaker, f"{name}-busy")
        model = sagemaker.describe_model(ModelName=config["ProductionVariants"][0]["ModelName"])
        assert len(model["Containers"]) == 2
        assert model["InferenceExecutionConfig"] == {"Mode": mode}
        plain = points(cloudwatch, "Invocations", EndpointName=f"{name}-busy", **V)
        assert points(cloudwatch, "Invocations", EndpointName=f"{name}-busy", **V, ContainerName="predict") == plain

    def test_per_instance_is_a_share(self, cloudwatch: Any) -> None:
        """D1.19: 1/n of each call."""
        of_fleet = sum(points(cloudwatch, "Invocations", EndpointName="managed-busy", **V))
        shared = sum(points(cloudwatch, "InvocationsPerInstance", EndpointName="managed-busy", **V))
        assert shared == pytest.approx(of_fleet / 2)

    def test_two_variants(self, cloudwatch: Any) -> None:
        """D1.17: only the second is called."""
        first = points(cloudwatch, "Invocations", EndpointName="second-variant-busy", VariantName="first")
        second = points(cloudwatch, "Invocations", EndpointName="second-variant-busy", VariantName="second")
        assert set(first) == {0.0}
        assert sum(second) > 0

    def test_weight_zero_is_told(self, sagemaker: Any) -> None:
        """D1.17: a variant without a share of the traffic says so."""
        endpoint, _ = described(sagemaker, "second-variant-busy")
        assert [row["CurrentWeight"] for row in endpoint["ProductionVariants"]] == [0.0, 1.0]

    def test_shadow(self, sagemaker: Any, cloudwatch: Any) -> None:
        """D1.18: in a list of its own, in both answers, with a copy of the traffic under its own name."""
        endpoint, config = described(sagemaker, "shadowed-busy")
        (shadow,) = endpoint["ShadowProductionVariants"]
        assert (shadow["VariantName"], shadow["CurrentInstanceCount"]) == ("shadow", 1)
        assert config["ShadowProductionVariants"][0]["InstanceType"] == "ml.g5.2xlarge"
        copied = points(cloudwatch, "Invocations", EndpointName="shadowed-busy", VariantName="shadow")
        assert copied == points(cloudwatch, "Invocations", EndpointName="shadowed-busy", **V)

    def test_pools(self, sagemaker: Any) -> None:
        """D0.7, D8.7: several instance types, each with its count; no single type anywhere."""
        endpoint, config = described(sagemaker, "pools-idle")
        (row,), (wanted,) = endpoint["ProductionVariants"], config["ProductionVariants"]
        assert row["InstancePools"] == [
            {"InstanceType": "ml.g5.xlarge", "CurrentInstanceCount": 1},
            {"InstanceType": "ml.g6.xlarge", "CurrentInstanceCount": 2},
        ]
        assert row["CurrentInstanceCount"] == 3
        assert "InstanceType" not in wanted
        assert (wanted["VolumeSizeInGB"], wanted["InstancePools"][1]["Priority"]) == (100, 2)

    def test_reservation(self, sagemaker: Any) -> None:
        """D1.35: prepaid capacity shows in both answers."""
        endpoint, config = described(sagemaker, "reserved-idle")
        for row in (*endpoint["ProductionVariants"], *config["ProductionVariants"]):
            assert row["CapacityReservationConfig"]["MlReservationArn"] == kinds.RESERVATION
            wanted = row["CapacityReservationConfig"]["CapacityReservationPreference"]
            assert wanted == "capacity-reservations-only"

    def test_managed_scaling(self, sagemaker: Any) -> None:
        """D4.3: how far SageMaker may scale the fleet."""
        endpoint, _ = described(sagemaker, "managed-idle")
        scaling = endpoint["ProductionVariants"][0]["ManagedInstanceScaling"]
        assert (scaling["MinInstanceCount"], scaling["MaxInstanceCount"]) == (1, 4)

    def test_enhanced_metrics_count_twice(self, cloudwatch: Any) -> None:
        """D1.9: more dimension sets beside the plain one, which stays complete by itself."""
        plain = sum(points(cloudwatch, "Invocations", EndpointName="enhanced-busy", **V))
        sets = listed(cloudwatch, Dimensions=[{"Name": "EndpointName", "Value": "enhanced-busy"}])
        assert ("Invocations", frozenset({"EndpointName", "VariantName", "InstanceId"})) in sets
        instance = f"i-{0:017x}"
        assert sum(points(cloudwatch, "Invocations", EndpointName="enhanced-busy", **V, InstanceId=instance)) == plain

    def test_canary(self, cloudwatch: Any) -> None:
        """D1.31: one call a minute, for ever."""
        assert points(cloudwatch, "Invocations", EndpointName="canary-only", **V) == [60.0] * 168


class TestServerless:
    def test_shape(self, sagemaker: Any) -> None:
        """D1.6, D1.7: a serverless configuration instead of instances; provisioned concurrency only where there is."""
        endpoint, config = described(sagemaker, "serverless-idle")
        (row,) = endpoint["ProductionVariants"]
        assert row["CurrentServerlessConfig"] == {"MemorySizeInMB": 2048, "MaxConcurrency": 20}
        assert not {"CurrentInstanceCount", "InstanceType"} & (set(row) | set(config["ProductionVariants"][0]))
        warm, _ = described(sagemaker, "serverless-warm-idle")
        assert warm["ProductionVariants"][0]["CurrentServerlessConfig"]["ProvisionedConcurrency"] == 2

    def test_nothing_when_idle(self, cloudwatch: Any) -> None:
        """D1.6: no calls, no datapoints; no instances, no load."""
        assert listed(cloudwatch, Dimensions=[{"Name": "EndpointName", "Value": "serverless-idle"}]) == set()
        assert sum(points(cloudwatch, "Invocations", EndpointName="serverless-busy", **V)) > 0
        assert points(cloudwatch, "CPUUtilization", namespace=INSTANCES, EndpointName="serverless-busy", **V) == []

    def test_warm_concurrency_reports_its_use(self, cloudwatch: Any) -> None:
        """D1.7: the use of provisioned concurrency is there, also when it is nothing."""
        use = "ServerlessProvisionedConcurrencyUtilization"
        assert points(cloudwatch, use, EndpointName="serverless-warm-idle", **V) == [0.0] * 168
        assert points(cloudwatch, "Invocations", EndpointName="serverless-warm-idle", **V) == []


class TestAsynchronous:
    def test_shape(self, sagemaker: Any) -> None:
        """D1.8: AsyncInferenceConfig in DescribeEndpoint and in the configuration."""
        for answer in described(sagemaker, "async-idle"):
            assert answer["AsyncInferenceConfig"]["OutputConfig"]["S3OutputPath"].startswith("s3://")

    def test_nothing_when_idle(self, cloudwatch: Any) -> None:
        """D1.8, D1.10: no traffic metric of any name, only the load of the fleet."""
        asked = {"Namespace": "AWS/SageMaker", "Dimensions": [{"Name": "EndpointName", "Value": "async-idle"}]}
        assert listed(cloudwatch, **asked) == set()
        assert len(points(cloudwatch, "CPUUtilization", namespace=INSTANCES, EndpointName="async-idle", **V)) == 168

    def test_calls_have_another_name(self, cloudwatch: Any) -> None:
        """D1.8, D1.10: InvocationsProcessed, and never Invocations."""
        assert sum(points(cloudwatch, "InvocationsProcessed", EndpointName="async-busy", **V)) > 0
        assert points(cloudwatch, "Invocations", EndpointName="async-busy", **V) == []

    def test_a_single_call(self, cloudwatch: Any) -> None:
        """D1.8: one datapoint in the week, no zeros around it."""
        assert points(cloudwatch, "InvocationsProcessed", EndpointName="async-called-last-week", **V) == [1.0]

    @pytest.mark.parametrize(
        ("name", "waiting", "without"), [("async-backlog-without-capacity", 12.0, 1.0), ("async-backlog", 3.0, 0.0)]
    )
    def test_backlog(self, cloudwatch: Any, name: str, waiting: float, without: float) -> None:
        """D1.12: the queue is the endpoint's, not a variant's; requests without an instance are a cry for help."""
        queue = points(cloudwatch, "ApproximateBacklogSize", EndpointName=name, stat="Maximum", days=1)
        assert set(queue) == {waiting}
        assert points(cloudwatch, "ApproximateBacklogSize", EndpointName=name, **V, stat="Maximum", days=1) == []
        cry = points(cloudwatch, "HasBacklogWithoutCapacity", EndpointName=name, stat="Maximum", days=1)
        assert set(cry) == {without}

    def test_at_zero(self, sagemaker: Any, cloudwatch: Any) -> None:
        """D4.3: no instance runs, which the configuration does not say."""
        endpoint, config = described(sagemaker, "async-at-zero")
        assert endpoint["ProductionVariants"][0]["CurrentInstanceCount"] == 0
        assert config["ProductionVariants"][0]["InitialInstanceCount"] == 1
        assert points(cloudwatch, "CPUUtilization", namespace=INSTANCES, EndpointName="async-at-zero", **V) == []


class TestUnknown:
    def test_what_an_sdk_sees(self, sagemaker: Any) -> None:
        """D1.28: a variant without model, instances or serverless configuration is all that is left of a new field."""
        endpoint, config = described(sagemaker, "future-busy")
        assert endpoint["ProductionVariants"] == [{"VariantName": "AllTraffic"}]
        assert config["ProductionVariants"] == [{"VariantName": "AllTraffic"}]

    def test_what_aws_says(self, everything: World) -> None:
        """D1.28: the field is on the wire."""
        bodies: list[bytes] = []

        def look(reply: Reply) -> Reply:
            bodies.append(reply.body)
            return reply

        number = everything.fault(operation="DescribeEndpoint*", rewrite=look)
        described(everything.client("sagemaker", MEMBER), "future-idle")
        everything.faults.remove(number)
        assert [b"CurrentComputePlan" in bodies[0], b"ComputePlan" in bodies[1]] == [True, True]

    def test_no_series_that_anybody_knows(self, cloudwatch: Any) -> None:
        """D1.27: silence, complete and without an error."""
        assert points(cloudwatch, "Invocations", EndpointName="future-busy", **V) == []


class TestByApi:
    def test_every_kind_can_be_created_from_what_describing_told(self, everything: World, sagemaker: Any) -> None:
        """Undo record: CreateEndpointConfig takes the described configuration, and the new endpoint shows it again."""
        for number, name in enumerate(
            ("shadowed-idle", "pools-idle", "components-idle", "async-idle", "serverless-idle")
        ):
            _, config = described(sagemaker, name)
            wanted = {
                key: config[key]
                for key in config
                if key not in ("ResponseMetadata", "EndpointConfigArn", "CreationTime")
            }
            sagemaker.create_endpoint_config(**wanted | {"EndpointConfigName": f"again-{number}"})
            sagemaker.create_endpoint(EndpointName=f"again-{number}", EndpointConfigName=f"again-{number}")
            endpoint, same = described(sagemaker, f"again-{number}")
            original, _ = described(sagemaker, name)
            assert {key: same[key] for key in wanted if key != "EndpointConfigName"} == {
                key: wanted[key] for key in wanted if key != "EndpointConfigName"
            }
            assert endpoint.keys() == original.keys()
            everything.remove(MEMBER, REGION, f"again-{number}")

    def test_invoke_uses_the_right_series(self, everything: World) -> None:
        """D1.8, D1.13: later traffic lands where the kind publishes it. No other test asks about these two."""
        cloudwatch = everything.client("cloudwatch", OTHER)
        at = everything.state.clock() - 7200
        everything.invoke(OTHER, REGION, "async-kept", count=3, at=at)
        everything.invoke(OTHER, REGION, "components-kept", component="components-kept-base", count=4, at=at)
        assert points(cloudwatch, "InvocationsProcessed", EndpointName="async-kept", **V) == [3.0]
        assert sum(points(cloudwatch, "Invocations", InferenceComponentName="components-kept-base")) == 4.0


def test_two_accounts_and_four_lives() -> None:
    """Each kind is there idle, busy, young and protected, over two accounts, with some 70 endpoints."""
    world = build("kinds")
    names = {spec.name for spec in world.endpoints}
    for sample in kinds.samples():
        assert {f"{sample.name}-{life}" for life in ("idle", "busy", "young", "kept")} <= names
    assert {spec.account for spec in world.endpoints} == {MEMBER, OTHER}
    assert 65 <= len(world.endpoints) <= 80


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"kind": "new"}, "unknown kind"),
        ({"kind": "serverless"}, "serverless is the whole"),
        ({"backlog": 1}, "queue"),
        ({"components": (ComponentSpec("a"),)}, "only an endpoint of inference components"),
        ({"kind": "components", "variants": (VariantSpec("a"), VariantSpec("b"))}, "exactly one variant"),
        ({"shadows": (VariantSpec("a"), VariantSpec("b"))}, "one shadow"),
    ],
)
def test_contradictions(changes: dict[str, Any], wrong: str) -> None:
    """A specification that cannot be true is refused."""
    with pytest.raises(ValueError, match=wrong):
        organization([replace(one("a", Traffic.none()), **changes)])
