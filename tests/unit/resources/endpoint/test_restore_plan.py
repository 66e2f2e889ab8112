"""From a bundle to the calls of a restore: numbers, down to zero, come back as they were."""

from typing import Any

import pytest

from endpoint_sweep.resources.endpoint.restore_plan import Call, all_calls, differences, missing_parts, remaining_calls
from tests.unit.resources.endpoint.bundles import COUNT, NAME, TARGET, bundle, part

AWAKE = dict.fromkeys(("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended"), False)


def made(asked: list[Call], operation: str) -> list[dict[str, Any]]:
    return [one.request for one in asked if one.operation == operation]


def changed(asked: list[Call]) -> list[dict[str, Any]]:
    """What is set after the endpoint stands, without the names."""
    requests = made(asked, "update_endpoint_weights_and_capacities")
    assert all(one["EndpointName"] == NAME for one in requests)
    rows = [row for one in requests for row in one["DesiredWeightsAndCapacities"]]
    assert all(row["VariantName"] == "a" for row in rows)
    return [{key: value for key, value in row.items() if key != "VariantName"} for row in rows]


CHANGES: list[tuple[dict[str, Any], dict[str, Any], list[dict[str, Any]]]] = [
    ({"InitialVariantWeight": 1.0}, {"DesiredWeight": 0.0}, [{"DesiredWeight": 0.0}]),
    ({"InitialVariantWeight": 0.0}, {"DesiredWeight": 0.5}, [{"DesiredWeight": 0.5}]),
    ({"InitialVariantWeight": 0.0}, {"DesiredWeight": 0.0}, []),
    ({}, {"DesiredWeight": 0.0}, [{"DesiredWeight": 0.0}]),
    ({}, {"DesiredWeight": 1.0}, []),
    (
        {"InitialInstanceCount": 1},
        {"DesiredInstanceCount": 3, "CurrentInstanceCount": 2},
        [{"DesiredInstanceCount": 3}],
    ),
    ({"InitialInstanceCount": 2}, {"DesiredInstanceCount": 2}, []),
]


@pytest.mark.parametrize(("configured", "told", "expected"), CHANGES)
def test_weight_and_count_are_what_they_were(
    configured: dict[str, Any], told: dict[str, Any], expected: list[dict[str, Any]]
) -> None:
    """A weight of 0 is one, too; a configuration without a weight means 1."""
    assert changed(all_calls(bundle(configured=configured, **told), (), config_there=True)) == expected


@pytest.mark.parametrize(
    ("was", "now"),
    [({"DesiredWeight": 0.0}, {"DesiredWeight": 1.0}), ({"DesiredInstanceCount": 3}, {"DesiredInstanceCount": 1})],
)
def test_a_restore_that_goes_on_sets_what_it_had_not_come_to(was: dict[str, Any], now: dict[str, Any]) -> None:
    """And what was set already is not set again; what is not as it was is told."""
    assert changed(remaining_calls(bundle(**was), bundle(**now))) == [was]
    assert changed(remaining_calls(bundle(**was), bundle(**was))) == []
    assert differences(bundle(**was), bundle(**now)) == [f"variant a was {was}, is now {now}"]


@pytest.mark.parametrize(
    "state", [AWAKE, AWAKE | {"ScheduledScalingSuspended": True}, AWAKE | {"DynamicScalingInSuspended": True}]
)
@pytest.mark.parametrize(("least", "most"), [(0, 4), (2, 2), (0, 0)])
def test_a_target_has_its_limits_and_its_rest(state: dict[str, bool], least: int, most: int) -> None:
    """Least and most, also where they are 0, and what is suspended; each difference is told."""
    was = bundle()
    target = TARGET | {"MinCapacity": least, "MaxCapacity": most, "SuspendedState": state}
    was["autoscaling"]["targets"] = [target | {"RoleARN": "arn:role", "CreationTime": "2026-01-01", "Tags": {}}]
    assert made(all_calls(was, (), config_there=True), "register_scalable_target") == [target]
    for field, value in (
        ("MinCapacity", 1),
        ("MaxCapacity", 5),
        ("SuspendedState", dict.fromkeys(state, True)),
    ):
        now = bundle()
        now["autoscaling"]["targets"] = [target | {field: value}]
        [line] = differences(was, now)
        assert line.startswith(f"scalable target {TARGET['ResourceId']} {COUNT} was ")


@pytest.mark.parametrize(("copies", "expected"), [(1, 1), (3, 3), (0, 1), (None, 1)])
def test_a_component_has_as_many_copies_as_it_should_have(copies: int | None, expected: int) -> None:
    """As many as were desired, not as many as ran; one where there were none, because fewer cannot be made (D3.16)."""
    was = bundle(parts=[part(copies)])
    for asked in (all_calls(was, (), config_there=True), missing_parts(was, bundle()), remaining_calls(was, bundle())):
        [request] = made(asked, "create_inference_component")
        assert request["RuntimeConfig"] == {"CopyCount": expected}
    now = bundle(parts=[part(expected)])
    assert [line.partition(" was ")[0] for line in differences(was, now)] == (
        [] if copies == expected else ["inference component part"]
    )


def test_an_adapter_has_no_copies_of_its_own() -> None:
    """It is made after its base and shares the base's; neither variant nor copies are named (D3.16)."""
    unnamed = part(None, "unnamed", "base")
    del unnamed["VariantName"]
    was = bundle(parts=[part(None, "adapter", "base"), unnamed, part(2, "base")])
    base, adapter, other = made(all_calls(was, (), config_there=True), "create_inference_component")
    assert (base["InferenceComponentName"], adapter["InferenceComponentName"]) == ("base", "adapter")
    for one in (adapter, other):
        assert not {"RuntimeConfig", "VariantName"} & one.keys()


POLICY = TARGET | {"PolicyName": "p", "PolicyType": "StepScaling", "StepScalingPolicyConfiguration": {"Cooldown": 0}}
ACTION = (
    TARGET
    | {"ScheduledActionName": "s", "Schedule": "rate(1 day)", "Timezone": "Europe/Berlin"}
    | {"ScalableTargetAction": {"MinCapacity": 0, "MaxCapacity": 0}}
)


@pytest.mark.parametrize(
    ("kind", "operation", "row"),
    [("policies", "put_scaling_policy", POLICY), ("scheduled_actions", "put_scheduled_action", ACTION)],
)
def test_policies_and_actions_are_made_as_they_were(kind: str, operation: str, row: dict[str, Any]) -> None:
    """Word for word and number for number, all of them; those that stand are not made again, missing ones are told."""
    named = next(field for field in ("PolicyName", "ScheduledActionName") if field in row)
    was, now, rows = bundle(), bundle(), [row | {named: name} for name in ("one", "two", "three")]
    was["autoscaling"][kind] = [one | {"CreationTime": "2026-01-01"} for one in rows]
    now["autoscaling"][kind] = was["autoscaling"][kind][:1]
    assert made(all_calls(was, (), config_there=True), operation) == rows
    assert made(remaining_calls(was, now), operation) == rows[1:]
    assert sum(line.endswith(" is missing") for line in differences(was, now)) == 2


def test_tags_come_back_except_those_of_aws() -> None:
    """Of endpoint, configuration, model, component and scalable target; no one else can set `aws:` tags (D3.19)."""
    tags = {"owner": "mira", "aws:cloudformation:stack-id": "x", "AWS:other": "x"}
    was = bundle(parts=[part(1) | {"Tags": tags}])
    was |= {"tags": tags, "endpoint_config_tags": tags, "models": {"m": {"ModelName": "m"}}, "model_tags": {"m": tags}}
    was["autoscaling"]["targets"] = [TARGET | {"Tags": tags}]
    calls = all_calls(was, (), config_there=False)
    assert {one.operation: one.request["Tags"] for one in calls} == {
        "create_model": [{"Key": "owner", "Value": "mira"}],
        "create_endpoint_config": [{"Key": "owner", "Value": "mira"}],
        "create_endpoint": [{"Key": "owner", "Value": "mira"}],
        "create_inference_component": [{"Key": "owner", "Value": "mira"}],
        "register_scalable_target": {"owner": "mira"},
    }
    untagged = bundle() | {"models": {"m": {"ModelName": "m"}}}
    untagged["autoscaling"]["targets"] = [TARGET]
    requests = [one.request for one in all_calls(untagged, (), config_there=False)]
    assert [request.get("Tags") for request in requests] == [None, None, [], None]


def test_the_next_update_is_rolled_out_as_the_last_one() -> None:
    """Where the endpoint had a deployment configuration, it has it again, and a difference is told."""
    was, deployment = bundle(), {"BlueGreenUpdatePolicy": {"TerminationWaitInSeconds": 60}}
    was["endpoint"]["LastDeploymentConfig"] = deployment
    [request] = made(all_calls(was, (), config_there=True), "create_endpoint")
    assert request == {
        "EndpointName": NAME, "EndpointConfigName": "c", "Tags": [], "DeploymentConfig": deployment}  # fmt: skip
    assert differences(was, bundle()) == [f"LastDeploymentConfig was {deployment}, is now None"]
    assert "DeploymentConfig" not in made(all_calls(bundle(), (), config_there=True), "create_endpoint")[0]


@pytest.mark.parametrize(
    ("configured", "told", "expected"),
    [
        ({"MaxConcurrency": 5}, {"MaxConcurrency": 5}, []),
        ({"MaxConcurrency": 5}, {"MaxConcurrency": 6}, [{"MaxConcurrency": 6}]),
        (
            {"MaxConcurrency": 5, "MemorySizeInMB": 2048},
            {"MaxConcurrency": 5, "ProvisionedConcurrency": 1, "MemorySizeInMB": 2048},
            [{"MaxConcurrency": 5, "ProvisionedConcurrency": 1}],
        ),
    ],
)
def test_concurrency_is_what_it_was(
    configured: dict[str, int], told: dict[str, int], expected: list[dict[str, int]]
) -> None:
    """Serverless capacity can be changed after the endpoint was made, the memory cannot (D4.1)."""
    was = bundle(configured={"ServerlessConfig": configured}, DesiredServerlessConfig=told)
    changes = changed(all_calls(was, (), config_there=True))
    assert changes == [{"ServerlessUpdateConfig": one} for one in expected]


def test_a_change_is_waited_for_before_the_next() -> None:
    """One variant a call: AWS refuses a second one while the endpoint is being updated (D4.1)."""
    was = bundle()
    was["endpoint"]["ProductionVariants"] = [{"VariantName": one, "DesiredWeight": 0.5} for one in "ab"]
    was["endpoint_config"]["ProductionVariants"] = [{"VariantName": one} for one in "ab"]
    calls = [one for one in all_calls(was, (), config_there=True) if "weight" in one.what]
    assert [one.what for one in calls] == [f"weight and count of variant {one}" for one in "ab"]
    assert {one.wait_for for one in calls} == {("endpoint", NAME)}


def whole() -> dict[str, Any]:
    """A bundle that needs a call of every kind."""
    was = bundle(parts=[part(1)], DesiredWeight=0.5) | {"models": {"m": {"ModelName": "m"}}}
    was["autoscaling"] = {"targets": [TARGET], "policies": [POLICY], "scheduled_actions": [ACTION]}
    return was


def test_each_call_is_told_and_waited_for() -> None:
    """In the order that AWS requires; nothing can be added to what is not in service yet (D3.16, D4.1)."""
    calls = all_calls(whole(), (), config_there=False)
    assert [(one.operation, one.what, one.wait_for) for one in calls] == [
        ("create_model", "model m", None),
        ("create_endpoint_config", "configuration c", None),
        ("create_endpoint", f"endpoint {NAME}", ("endpoint", NAME)),
        ("create_inference_component", "inference component part", ("component", "part")),
        ("update_endpoint_weights_and_capacities", "weight and count of variant a", ("endpoint", NAME)),
        ("register_scalable_target", f"scalable target {TARGET['ResourceId']}", None),
        ("put_scaling_policy", "scaling policy p", None),
        ("put_scheduled_action", "scheduled action s", None),
    ]
    assert [one.service for one in calls] == ["sagemaker"] * 5 + ["application-autoscaling"] * 3


def test_only_the_scaling_of_a_missing_component_comes_back() -> None:
    """The endpoint was not deleted, so the scaling of its variants is as its owner wants it now."""
    own = TARGET | {"ResourceId": "inference-component/part"}
    was = bundle(parts=[part(1), part(1, "standing")])
    was["autoscaling"]["targets"] = [TARGET, own, TARGET | {"ResourceId": "inference-component/standing"}]
    assert made(missing_parts(was, bundle(parts=[part(1, "standing")])), "register_scalable_target") == [own]


def test_what_a_bundle_does_not_mention_is_not_there() -> None:
    """AWS leaves out what is empty, and shows no variants of an endpoint that is being made."""
    bare = bundle()
    del bare["endpoint"]["ProductionVariants"], bare["endpoint_config"]["ProductionVariants"]
    del bare["inference_components"]
    assert [one.operation for one in all_calls(bare, (), config_there=True)] == ["create_endpoint"]
    assert missing_parts(bare, bare) == []
    assert differences(bare, bare) == []
    told = bundle(DesiredWeight=0.5, DesiredInstanceCount=2)
    assert remaining_calls(told, bare) == []


IMAGE = {"SpecifiedImage": "registry/own:3", "ResolvedImage": "registry/own@sha256:1"}


@pytest.mark.parametrize(
    ("described", "expected"),
    [
        ({"Container": {"DeployedImage": IMAGE, "Environment": {"A": "1"}}},
         {"Container": {"Environment": {"A": "1"}, "Image": "registry/own:3"}}),
        ({"Container": {"DeployedImage": {}, "ArtifactUrl": "s3://a"}}, {"Container": {"ArtifactUrl": "s3://a"}}),
        ({"Container": {"Image": "registry/own:3"}}, {"Container": {"Image": "registry/own:3"}}),
        ({"ModelName": "m"}, {"ModelName": "m"}),
    ],
)  # fmt: skip
def test_a_container_has_the_image_that_was_asked_for(described: dict[str, Any], expected: dict[str, Any]) -> None:
    """A description tells the deployed one; a component's one specification or its several are the same to this."""
    one, several = part(1), part(1, "several")
    one["Specification"] = described
    del several["Specification"]
    several["Specifications"] = [described, {"ModelName": "other"}]
    requests = made(all_calls(bundle(parts=[one, several]), (), config_there=True), "create_inference_component")
    assert [request.get("Specification") for request in requests] == [expected, None]
    assert [request.get("Specifications") for request in requests] == [None, [expected, {"ModelName": "other"}]]
