"""A bundle beside what stands now: what differs, which alarms are stale, and whether it is the same endpoint."""

from typing import Any

import pytest

from endpoint_sweep.resources.endpoint.restore_plan import differences, stale_alarms, why_another
from tests.unit.resources.endpoint.bundles import COUNT, TARGET, bundle, part


def test_what_was_not_there_before_is_told_as_well() -> None:
    """A tag that someone's automation adds, and a component that someone else made."""
    now = bundle(parts=[part(1)]) | {"tags": {"patched": "yes"}}
    assert differences(bundle(), now) == [
        "inference component part is new",
        "tag patched is new",
        "tags of inference component part is new",
    ]


def model(role: str) -> dict[str, Any]:
    return {"ModelName": "m", "ExecutionRoleArn": role}


def test_definitions_are_compared_as_well() -> None:
    """Another configuration or model may stand under the old name; what AWS adds by itself is no difference."""
    was, now = bundle(), bundle()
    was["models"] = {"m": model("old") | {"ModelArn": "arn:1"}}
    now["models"] = {"m": model("new") | {"ModelArn": "arn:2"}}
    now["model_tags"] = {"m": {"owner": "mira"}}
    now["endpoint_config"]["KmsKeyId"] = "key"
    now["endpoint"]["EndpointConfigName"] = "other"
    was["endpoint_config"]["CreationTime"] = "2026-01-01"
    assert differences(was, now) == [
        "KmsKeyId of the configuration is new",
        f"model m was {model('old')}, is now {model('new')}",
        "tags of model m was [], is now [{'Key': 'owner', 'Value': 'mira'}]",
        "the name of the configuration was c, is now other",
    ]


def test_tags_and_copies_are_compared_as_well() -> None:
    """Of the configuration, of an inference component and of its scalable target."""
    was, now = bundle(parts=[part(2)]), bundle(parts=[part(1)])
    was["autoscaling"]["targets"], now["autoscaling"]["targets"] = [TARGET], [TARGET | {"Tags": {"owner": "mira"}}]
    now["endpoint_config_tags"] = now["inference_components"][0]["Tags"] = {"owner": "mira"}
    copies, *tags = differences(was, now)
    assert copies.startswith("inference component part was {")
    assert [side.rpartition(", ")[2] for side in copies.split(", is now ")] == ["'copies': 2}", "'copies': 1}"]
    assert tags == [
        "tags of inference component part was [], is now [{'Key': 'owner', 'Value': 'mira'}]",
        f"tags of scalable target {TARGET['ResourceId']} {COUNT} was {{}}, is now {{'owner': 'mira'}}",
        "tags of the configuration was [], is now [{'Key': 'owner', 'Value': 'mira'}]",
    ]


def test_an_empty_setting_is_none() -> None:
    """A description may show one that a request never had; it is not sent, so it is no difference."""
    was, now = bundle(), bundle()
    was["endpoint_config"]["KmsKeyId"] = ""
    assert differences(was, now) == []


UNWATCHED = TARGET | {"PolicyName": "steps", "PolicyType": "StepScaling"}
STEPS = UNWATCHED | {"Alarms": [{"AlarmName": "busy"}]}


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        ([STEPS | {"PolicyARN": "old"}], [STEPS | {"PolicyARN": "new"}], ["point alarm busy to new, not old"]),
        ([STEPS | {"PolicyARN": "old"}], [STEPS | {"PolicyARN": "old"}], []),
        ([STEPS | {"PolicyARN": "old"}], [], []),
        ([STEPS | {"PolicyARN": "old"}], [STEPS | {"PolicyARN": "new", "ResourceId": "another"}], []),
        ([STEPS | {"PolicyARN": "old", "Alarms": []}], [STEPS | {"PolicyARN": "new"}], []),
        ([UNWATCHED | {"PolicyARN": "old"}], [UNWATCHED | {"PolicyARN": "new"}], []),
        ([STEPS | {"PolicyARN": "old", "PolicyType": "TargetTrackingScaling"}], [STEPS | {"PolicyARN": "new"}], []),
    ],
    ids=["another ARN", "same ARN", "no policy", "policy of another", "no alarm", "none mentioned", "AWS's own alarm"],
)
def test_an_alarm_is_told_where_it_calls_an_old_policy(
    was: list[dict[str, Any]], now: list[dict[str, Any]], expected: list[str]
) -> None:
    """Only alarms of step scaling are people's own; a policy that is missing is told as a difference (D3.19)."""
    then, there = bundle(), bundle()
    then["autoscaling"]["policies"], there["autoscaling"]["policies"] = was, now
    assert stale_alarms(then, there) == expected


def test_an_endpoint_that_is_being_made_may_be_ours() -> None:
    """It shows no variants yet; another configuration or other variants are not ours."""
    was, creating, other = bundle(), bundle(), bundle()
    del creating["endpoint"]["ProductionVariants"]
    assert (why_another(was, bundle()), why_another(was, creating)) == ("", "")
    other["endpoint"]["ProductionVariants"] = [{"VariantName": one} for one in "bac"]
    assert why_another(was, other) == "its variants are a, b, c, not a"
    other["endpoint"]["EndpointConfigName"] = "d"
    assert why_another(was, other) == "its configuration is d, not c"
