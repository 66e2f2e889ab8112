"""A restore in an account: what is made, in which cases nothing is touched, and what is told."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from endpoint_sweep.domain.errors import CellDenied, RestoreFailed
from endpoint_sweep.resources.endpoint.endpoint_type import EndpointType
from endpoint_sweep.resources.endpoint.restore_plan import Call
from endpoint_sweep.resources.resource_type import ResourceType, Undo

TYPE: ResourceType = EndpointType()
NAME, ARN, CREATED = "idle", "arn:idle", "2026-08-01T00:00:00Z"
BUNDLE: dict[str, Any] = {
    "endpoint": {
        "EndpointName": NAME,
        "EndpointArn": ARN,
        "EndpointConfigName": "config",
        "EndpointStatus": "InService",
        "CreationTime": CREATED,
        "ProductionVariants": [{"VariantName": "a"}],
    },
    "endpoint_config": {"EndpointConfigName": "config", "ProductionVariants": [{"VariantName": "a"}]},
    "models": {"m1": {"ModelName": "m1"}, "m2": {"ModelName": "m2"}},
    "tags": {},
    "inference_components": [{"InferenceComponentName": "llm", "EndpointName": NAME, "VariantName": "a"}],
    "autoscaling": {"targets": [], "policies": [], "scheduled_actions": []},
}
EVERYTHING = ["model m1", "model m2", "configuration config", f"endpoint {NAME}", "inference component llm"]


def standing(**changes: Any) -> dict[str, Any]:
    """The endpoint as it was, with these fields changed; `parts`: the components that it still has."""
    now = copy.deepcopy(BUNDLE)
    if "parts" in changes:
        now["inference_components"] = changes.pop("parts")
    now["endpoint"] |= changes
    return now


@dataclass
class Account:
    """What stands there: `now` is a bundle, None without an endpoint. Whatever is made stands afterwards as it was."""

    now: dict[str, Any] | None = None
    definitions: tuple[str, ...] = ()
    refuses: str = ""
    afterwards: dict[str, Any] = field(default_factory=lambda: BUNDLE)
    made: list[str] = field(default_factory=list)
    waited: list[tuple[str, str, int]] = field(default_factory=list)
    on_wait: Callable[[], None] = lambda: None

    def has_endpoint(self, name: str) -> bool:
        assert name == NAME
        return self.now is not None

    def has_config(self, name: str) -> bool:
        return name in self.definitions

    def has_model(self, name: str) -> bool:
        return name in self.definitions

    def make(self, call: Call, wait_seconds: int) -> None:
        assert wait_seconds == 600
        if call.what == self.refuses:
            raise CellDenied(f"creating {call.what}: no")
        self.made.append(call.what)
        self.now = self.afterwards

    def wait(self, kind: str, name: str, seconds: int) -> None:
        self.waited.append((kind, name, seconds))
        self.on_wait()

    def bundle(self, name: str, arn: str) -> dict[str, Any]:
        assert (name, arn) == (NAME, ARN)
        assert self.now is not None
        return self.now


def restore(account: Account, **how: Any) -> tuple[tuple[str, ...], list[str]]:
    """How it differs, and what was told."""
    told: list[str] = []
    return TYPE.restore(account, BUNDLE, Undo(told.append, wait_seconds=600, **how)), told


def test_what_is_gone_is_made_anew() -> None:
    """Each step is told before it is made, and nothing differs afterwards."""
    account = Account()
    assert restore(account) == ((), [f"creating {one}" for one in EVERYTHING])
    assert account.made == EVERYTHING


@pytest.mark.parametrize("there", ["m1", "m2", "config"])
def test_a_definition_that_stands_is_not_made_again(there: str) -> None:
    """A sweep leaves models and configurations; whatever someone deleted since is made."""
    account = Account(definitions=(there,))
    restore(account)
    assert account.made == [one for one in EVERYTHING if not one.endswith(f" {there}")]


def test_a_dry_run_only_tells() -> None:
    """Nothing is made, and nothing is compared, as there is nothing."""
    account = Account(definitions=("m1",))
    assert restore(account, dry_run=True) == ((), [f"would create {one}" for one in EVERYTHING if one != "model m1"])
    assert account.made == []


def test_what_is_not_as_it_was_is_told() -> None:
    """Each difference in a line of its own."""
    differences, _ = restore(Account(afterwards=standing(parts=[])))
    assert differences == ("inference component llm is missing", "tags of inference component llm is missing")


def test_an_alarm_that_calls_the_old_policy_is_somebodys_task() -> None:
    """AWS gives the new policy another ARN, and the alarm is not ours to change (D3.19)."""
    then, now = copy.deepcopy(BUNDLE), copy.deepcopy(BUNDLE)
    row = {"ResourceId": "r", "ScalableDimension": "d", "PolicyName": "p", "PolicyType": "StepScaling"}
    then["autoscaling"]["policies"] = [row | {"PolicyARN": "arn:old", "Alarms": [{"AlarmName": "busy"}]}]
    now["autoscaling"]["policies"] = [row | {"PolicyARN": "arn:new"}]
    told: list[str] = []
    assert TYPE.restore(Account(afterwards=now), then, Undo(told.append, wait_seconds=600)) == ()
    assert told[-1] == "to do: point alarm busy to arn:new, not arn:old"


def test_a_component_that_an_interrupted_sweep_deleted_comes_back() -> None:
    """The endpoint was kept and is the very same one, so only what it lost is made."""
    account = Account(standing(parts=[]))
    assert restore(account) == ((), ["creating inference component llm"])
    assert account.waited == []


@pytest.mark.parametrize(
    "now", [standing(), standing(CreationTime="2026-11-20T00:00:00Z", parts=[])], ids=["whole", "another one"]
)
@pytest.mark.parametrize("dry_run", [True, False])
def test_an_endpoint_that_stands_is_left_alone(now: dict[str, Any], dry_run: bool) -> None:
    """Where it lacks nothing, or someone made it anew: nothing is changed, and the sentence says what may help."""
    account = Account(now)
    with pytest.raises(RestoreFailed, match=r"endpoint idle already exists; nothing was changed; .* add --resume"):
        restore(account, dry_run=dry_run)
    assert account.made == []


def test_a_step_that_is_refused_ends_it() -> None:
    """The error says how to go on; what follows is not tried."""
    account = Account(refuses=f"endpoint {NAME}")
    with pytest.raises(RestoreFailed, match=r"creating endpoint idle: no; to create the rest, .* --resume") as caught:
        restore(account)
    assert isinstance(caught.value.__cause__, CellDenied)
    assert account.made == EVERYTHING[:3]


def test_a_restore_that_stopped_is_continued() -> None:
    """What is still being made is waited for first, as nothing can be added to it before (D3.16)."""
    other = {"InferenceComponentName": "other", "EndpointName": NAME, "VariantName": "a"}
    account = Account(standing(CreationTime="later", EndpointStatus="Creating", parts=[other]))
    assert restore(account, resume=True) == ((), ["creating inference component llm"])
    assert account.waited == [("endpoint", NAME, 600), ("component", "other", 600)]


def test_what_came_up_while_it_was_waited_for_is_not_made_again() -> None:
    """What stands is looked at anew after the wait."""
    account = Account(standing(EndpointStatus="Creating", ProductionVariants=[], parts=[]))

    def comes_up() -> None:
        account.now = standing()

    account.on_wait = comes_up
    assert restore(account, resume=True) == ((), [])


def test_a_dry_run_of_the_rest_waits_for_nothing() -> None:
    """It says what is missing now."""
    account = Account(standing(EndpointStatus="Creating", parts=[]))
    assert restore(account, resume=True, dry_run=True) == ((), ["would create inference component llm"])
    assert (account.waited, account.made) == ([], [])


NOT_OURS = [
    ({"EndpointStatus": "Failed"}, "endpoint idle exists with status Failed; delete it"),
    ({"EndpointConfigName": "x"}, "another endpoint named idle exists: its configuration is x, not config; nothing"),
    (
        {"ProductionVariants": [{"VariantName": "b"}, {"VariantName": "a"}]},
        "another endpoint named idle exists: its variants are a, b, not a; nothing",
    ),
]


@pytest.mark.parametrize(("changes", "words"), NOT_OURS, ids=["failed", "config", "variants"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_nothing_is_added_to_what_no_restore_made(changes: dict[str, Any], words: str, when: str) -> None:
    """Seen at once, or only once it is up: an endpoint that is being made shows no variants yet."""
    strange = standing(**changes, parts=[])
    account = Account(strange if when == "before" else standing(EndpointStatus="Creating", ProductionVariants=[]))

    def comes_up() -> None:
        account.now = strange

    account.on_wait = comes_up
    with pytest.raises(RestoreFailed, match=words):
        restore(account, resume=True)
    assert account.made == []
    assert (account.waited == []) is (when == "before")
