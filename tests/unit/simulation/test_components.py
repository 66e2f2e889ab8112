"""Inference components in the simulation: lists, adapters, the calls of each, and what deleting them takes."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.simulation.member_aws.world import World
from tests.simulation.organization.scenarios import build
from tests.simulation.organization.scenarios.small import one, organization
from tests.simulation.organization.specification import ComponentSpec, VariantSpec
from tests.unit.simulation.asking import INSTANCES, MEMBER, REGION, listed, points, refused

HERE = (MEMBER, REGION)
V: dict[str, Any] = {"VariantName": "AllTraffic"}


@pytest.fixture
def kinds() -> Iterator[World]:
    with World.in_process(build("kinds")) as world:
        yield world


@pytest.fixture
def sagemaker(kinds: World) -> Any:
    return kinds.client("sagemaker", MEMBER)


def names(client: Any, **filters: Any) -> list[str]:
    pages = client.get_paginator("list_inference_components").paginate(**filters)
    return [row["InferenceComponentName"] for page in pages for row in page["InferenceComponents"]]


class TestListing:
    def test_of_one_endpoint_and_of_all(self, sagemaker: Any) -> None:
        """D1.5: filtered by endpoint, or one list for the whole cell."""
        mine = names(sagemaker, EndpointNameEquals="components-idle")
        assert sorted(mine) == ["components-idle-base", "components-idle-second"]
        assert names(sagemaker, EndpointNameEquals="real-time-idle") == []
        assert names(sagemaker, EndpointNameEquals="components-none") == []
        assert set(mine) < set(names(sagemaker))

    def test_pages(self) -> None:
        """D2.1: 10 by default, 100 at most, each once."""
        parts = tuple(ComponentSpec(f"part-{number:03d}") for number in range(130))
        spec = one("crowd", kind="components", components=parts)
        with World.in_process(organization([spec])) as world:
            client = world.client("sagemaker", MEMBER)
            assert len(client.list_inference_components()["InferenceComponents"]) == 10
            assert len(client.list_inference_components(MaxResults=100)["InferenceComponents"]) == 100
            assert refused(client.list_inference_components, MaxResults=101)[0] == "ValidationException"
            assert len(set(names(client, PaginationConfig={"PageSize": 100}))) == 130

    def test_filters(self, sagemaker: Any) -> None:
        """A part of the name, a status, a variant."""
        assert names(sagemaker, NameContains="LORA-A") == ["lora-a"]
        assert names(sagemaker, StatusEquals="Failed") == []
        assert names(sagemaker, VariantNameEquals="nobody") == []

    def test_adapter(self, sagemaker: Any) -> None:
        """D1.16: an adapter names its base and has no compute of its own."""
        answer = sagemaker.describe_inference_component(InferenceComponentName="lora-a")
        assert answer["Specification"]["BaseInferenceComponentName"] == "llama-base"
        assert "ComputeResourceRequirements" not in answer["Specification"]

    def test_copies(self, sagemaker: Any) -> None:
        """D1.14: a component at zero says so."""
        answer = sagemaker.describe_inference_component(InferenceComponentName="asleep")
        assert answer["RuntimeConfig"] == {"DesiredCopyCount": 0, "CurrentCopyCount": 0}

    def test_configuration(self, sagemaker: Any) -> None:
        """D1.5, D1.15: an execution role, one variant, no model."""
        config = sagemaker.describe_endpoint_config(EndpointConfigName="components-idle-config")
        assert config["ExecutionRoleArn"].startswith("arn:aws:iam::")
        (row,) = config["ProductionVariants"]
        assert "ModelName" not in row

    def test_missing(self, sagemaker: Any) -> None:
        """A component that is not there is a ValidationException."""
        code, message = refused(sagemaker.describe_inference_component, InferenceComponentName="nobody")
        assert (code, message[:30]) == ("ValidationException", "Could not find inference compo")


class TestMetrics:
    @pytest.fixture
    def cloudwatch(self, kinds: World) -> Any:
        return kinds.client("cloudwatch", MEMBER)

    def test_by_the_component_alone(self, cloudwatch: Any) -> None:
        """D1.5, D1.13: zeros and calls under InferenceComponentName, nothing under the endpoint's names."""
        assert points(cloudwatch, "Invocations", InferenceComponentName="components-idle-base") == [0.0] * 168
        assert sum(points(cloudwatch, "Invocations", InferenceComponentName="components-busy-second")) > 0
        assert points(cloudwatch, "Invocations", EndpointName="components-busy", **V) == []
        both: dict[str, Any] = {"EndpointName": "components-busy", "InferenceComponentName": "components-busy-second"}
        assert points(cloudwatch, "Invocations", **both) == []

    def test_the_pool_is_the_endpoints(self, cloudwatch: Any) -> None:
        """D1.13, D1.20: the load of the instances, with the endpoint's and the variant's name."""
        load = points(cloudwatch, "CPUUtilization", namespace=INSTANCES, EndpointName="components-none", **V)
        assert len(load) == 168

    def test_no_components_no_traffic_metric(self, cloudwatch: Any) -> None:
        """D1.15: instances that run for no one publish no traffic at all."""
        asked = {"Namespace": "AWS/SageMaker", "Dimensions": [{"Name": "EndpointName", "Value": "components-none"}]}
        assert listed(cloudwatch, **asked) == set()

    def test_called_without_a_copy(self, cloudwatch: Any) -> None:
        """D1.14: whoever calls a sleeping component shows in its failures only."""
        failures = "NoCapacityInvocationFailures"
        assert sum(points(cloudwatch, failures, InferenceComponentName="asleep-and-called")) == 31
        assert points(cloudwatch, "Invocations", InferenceComponentName="asleep-and-called") == []
        assert points(cloudwatch, failures, InferenceComponentName="asleep") == []


class TestChanging:
    def test_endpoint_with_components_stays(self, kinds: World, sagemaker: Any) -> None:
        """D3.7: components go first."""
        assert refused(sagemaker.delete_endpoint, EndpointName="components-idle")[0] == "ValidationException"
        assert kinds.exists(*HERE, "components-idle")

    def test_adapters_before_the_base(self, kinds: World, sagemaker: Any) -> None:
        """D1.16, D3.7: then the base, then the endpoint."""
        kinds.deleting_takes(0)
        assert refused(sagemaker.delete_inference_component, InferenceComponentName="llama-base")[0]
        for name in ("lora-a", "llama-base"):
            sagemaker.delete_inference_component(InferenceComponentName=name)
        assert names(sagemaker, EndpointNameEquals="components-adapters") == []
        sagemaker.delete_endpoint(EndpointName="components-adapters")

    def test_deleting_takes_a_while(self, kinds: World, sagemaker: Any) -> None:
        """D3.7: Deleting first, and the endpoint waits for it."""
        now = kinds.state.clock()
        kinds.deleting_takes(30)
        kinds.state.clock = lambda: now
        sagemaker.delete_inference_component(InferenceComponentName="mute-part")
        answer = sagemaker.describe_inference_component(InferenceComponentName="mute-part")
        assert answer["InferenceComponentStatus"] == "Deleting"
        assert refused(sagemaker.delete_endpoint, EndpointName="components-mute")[0] == "ValidationException"
        kinds.state.clock = lambda: now + 31
        sagemaker.delete_endpoint(EndpointName="components-mute")

    def test_stuck_in_creating(self) -> None:
        """D3.7: a component that is being created cannot be deleted and blocks its endpoint."""
        spec = one("stuck", kind="components", components=(ComponentSpec("new", status="Creating"),))
        with World.in_process(organization([spec])) as world:
            client = world.client("sagemaker", MEMBER)
            assert refused(client.delete_inference_component, InferenceComponentName="new")[0] == "ValidationException"

    def test_creating(self, sagemaker: Any) -> None:
        """D3.16: with at least one copy, on an endpoint and a base that are there, under a new name."""
        wanted = {"EndpointName": "components-none", **V, "InferenceComponentName": "new", "Specification": {}}
        assert refused(sagemaker.create_inference_component, **wanted, RuntimeConfig={"CopyCount": 0})[0]
        sagemaker.create_inference_component(**wanted, RuntimeConfig={"CopyCount": 2})
        assert names(sagemaker, EndpointNameEquals="components-none") == ["new"]
        assert refused(sagemaker.create_inference_component, **wanted, RuntimeConfig={"CopyCount": 1})[0]
        orphan = wanted | {"InferenceComponentName": "x", "Specification": {"BaseInferenceComponentName": "nobody"}}
        assert refused(sagemaker.create_inference_component, **orphan)[0] == "ValidationException"

    def test_in_the_snapshot(self, kinds: World, sagemaker: Any) -> None:
        """A component that goes is a difference."""
        before = kinds.snapshot()
        sagemaker.delete_inference_component(InferenceComponentName="lora-a")
        assert kinds.snapshot() != before

    def test_removed_with_the_endpoint(self, kinds: World, sagemaker: Any) -> None:
        """Someone else's hand takes both."""
        kinds.remove(*HERE, "components-idle")
        assert names(sagemaker, EndpointNameEquals="components-idle") == []


def test_names_are_unique_in_a_cell() -> None:
    """Two components of one name cannot be in one account and region."""
    pool = (VariantSpec("AllTraffic", "ml.g5.xlarge"),)
    specs = [one(name, kind="components", variants=pool, components=(ComponentSpec("same"),)) for name in ("a", "b")]
    with pytest.raises(ValueError, match="unique"):
        organization(specs)
