"""Endpoints of inference components: adapters go first, then bases, then the endpoint, each once, or nothing more."""

from dataclasses import dataclass, replace

import pytest

from endpoint_sweep.rules.acting import Checkpoint
from tests.judging.invariants import before, violations
from tests.judging.stage import ADA, Stage
from tests.simulation.organization.scenarios.small import FIRST, REGION, WORKLOADS, one, organization
from tests.simulation.organization.specification import (
    Account,
    ComponentSpec,
    EndpointSpec,
    Organization,
    Scaling,
    VariantSpec,
)
from tests.simulation.wire.calls import Call
from tests.simulation.wire.protocols import Reply
from tests.workflow.conftest import House, OpenStage
from tests.workflow.test_stops import Stopped, Stopper

ROOM = {"MaxDeletesPerAccount": "50", "MaxDeletePercentOfAccount": "100"}
FATES = {
    "layered": ("deleted", "deleted and confirmed gone"),
    "many": ("deleted", "deleted and confirmed gone"),
    "reply-lost": ("deleted", "deleted and confirmed gone"),
    "called": ("spared", "it is in use again"),
    "grown": ("changed", "its inference component grown-late is new since the scan"),
    "shrunk": ("changed", "its inference component shrunk-b was removed after the scan"),
    "starting": ("changed", "the status of its inference component starting-a is now Creating"),
    "reborn": ("changed", "its inference component reborn-a was re-created after the scan"),
    "guarded": ("protected", "inference component guarded-a: its owner protects it with the tag"),
    "stuck": ("failed", "its inference component stuck-a was not deleted; its status is Failed"),
    "request-lost": ("failed", "its inference component request-lost-a was not deleted"),
    "refused": ("failed", "kept because of an error: DeleteInferenceComponent: "),
}
PARTS = {
    "layered": ("base", "adapter>base", "second", "adapter-2>base"),
    "many": tuple("abcdefghijkl"),
    "shrunk": ("a", "b"),
}


def pooled(name: str) -> EndpointSpec:
    """An IC endpoint with its components named after it; `adapter>base` is an adapter on a base."""
    parts = []
    for part in PARTS.get(name, ("a",)):
        own, _, base = part.partition(">")
        parts.append(ComponentSpec(f"{name}-{own}", base=f"{name}-{base}" if base else ""))
    fleet = (VariantSpec("AllTraffic", "ml.g5.xlarge"),)
    spec = replace(one(name), variants=fleet, kind="components", components=tuple(parts))
    return replace(spec, scaling=(Scaling("AllTraffic"),)) if name == "layered" else spec


def world() -> Organization:
    members = (Account(FIRST, "vision-prod", WORKLOADS.id),)
    return organization([pooled(name) for name in FATES], members)


@dataclass(frozen=True)
class Run:
    stage: Stage
    sweep: str
    wrong: list[str]

    def sent(self, endpoint: str) -> list[Call]:
        """The deletions on the wire of this endpoint and of its components, in order."""
        return [
            call
            for call in self.stage.world.log.find(service="sagemaker", operation="Delete*", account=FIRST)
            if call.resource == endpoint or call.resource.startswith(f"{endpoint}-")
        ]


@pytest.fixture(scope="module")
def run(house: House) -> Run:
    stage = house.open(world(), **ROOM)
    start = before(stage)
    sweep = stage.start()
    links = stage.links(sweep)
    live_on(stage)
    assert stage.decide(links[ADA], *FATES).status == 303
    stage.end(sweep)
    return Run(stage, sweep, violations(stage, start))


def live_on(stage: Stage) -> None:
    """What happens after the mail, and at the very moment."""
    world = stage.world
    rows = world.state.cell(FIRST, REGION).components
    for name in ("called", "grown", "shrunk", "starting", "reborn", "guarded", "stuck"):
        stage.touch(FIRST, REGION, name)
    world.invoke(FIRST, REGION, "called", component="called-a")
    rows["grown-late"] = rows["grown-a"] | {"InferenceComponentName": "grown-late"}
    del rows["shrunk-b"]
    rows["starting-a"]["InferenceComponentStatus"] = "Creating"
    rows["reborn-a"]["CreationTime"] = world.state.now()
    rows["guarded-a"]["Tags"] = [{"Key": "endpoint-sweep:keep", "Value": "yes"}]

    def get_stuck(reply: Reply) -> Reply:
        """SageMaker began to delete it, and failed."""
        rows["stuck-a"]["InferenceComponentStatus"] = "Failed"
        world.state.gone_at.pop((FIRST, REGION, "inference-component/stuck-a"))
        return reply

    deletion = {"service": "sagemaker", "operation": "DeleteInferenceComponent", "account": FIRST}
    world.fault(**deletion, resource="stuck-a", rewrite=get_stuck)
    world.fault(**deletion, resource="reply-lost-a", drop="after")
    world.fault(**deletion, resource="request-lost-a", drop="before")
    world.fault(**deletion, resource="refused-a", code="AccessDeniedException")


@pytest.mark.parametrize(("endpoint", "fate"), FATES.items())
def test_each_endpoint_has_its_own_fate(run: Run, endpoint: str, fate: tuple[str, str]) -> None:
    """Deleted with its components, or kept, and the report says why."""
    status, reason = run.stage.disposition(run.sweep, endpoint)
    assert (status, fate[1] in reason) == (fate[0], True), reason
    assert run.stage.world.exists(FIRST, REGION, endpoint) is (status != "deleted")


def test_everything_else_is_as_it_was(run: Run) -> None:
    """Judged from outside: every deletion approved and once, every intent settled, the sums true."""
    assert run.wrong == []


def test_adapters_go_before_bases_and_bases_before_the_endpoint(run: Run) -> None:
    """D1.16, D3.7: each by one call."""
    names = [call.resource for call in run.sent("layered")]
    assert set(names[:2]) == {"layered-adapter", "layered-adapter-2"}
    assert set(names[2:4]) == {"layered-base", "layered-second"}
    assert names[4:] == ["layered"]


def test_more_components_than_a_session_policy_can_name_go_in_several_passes(run: Run) -> None:
    """Twelve, five a pass, each once."""
    names = [call.resource for call in run.sent("many")]
    assert sorted(names[:-1]) == sorted(f"many-{part}" for part in "abcdefghijkl")
    assert names[-1] == "many"


@pytest.mark.parametrize("endpoint", ["called", "grown", "shrunk", "starting", "reborn", "guarded"])
def test_nothing_is_sent_where_a_component_is_not_as_approved(run: Run, endpoint: str) -> None:
    """Not even for the components that are."""
    assert run.sent(endpoint) == []


def test_a_lost_call_is_never_repeated(run: Run) -> None:
    """Lost on the way there or back: one call each."""
    assert [call.decision for call in run.sent("request-lost")] == ["dropped-before"]
    assert [call.decision for call in run.sent("reply-lost") if call.resource == "reply-lost-a"] == ["dropped-after"]


@pytest.mark.parametrize("endpoint", ["stuck", "refused", "request-lost"])
def test_what_was_begun_is_told(run: Run, endpoint: str) -> None:
    """The endpoint stays, and the reason names the component whose deletion had been sent."""
    reason = run.stage.disposition(run.sweep, endpoint)[1]
    assert f"the deletion of its inference components {endpoint}-a had already been sent" in reason


def test_the_undo_holds_the_components(run: Run) -> None:
    """Written before the first of them is deleted, with specification, copies and tags."""
    bundle = run.stage.hub.document(f"restore/{FIRST}/{REGION}/layered.json", run.sweep)
    found = {row["InferenceComponentName"]: row for row in bundle["inference_components"]}
    assert found.keys() == {"layered-base", "layered-second", "layered-adapter", "layered-adapter-2"}
    assert found["layered-adapter"]["Specification"]["BaseInferenceComponentName"] == "layered-base"
    calls = run.stage.world.log.calls
    written = next(i for i, one in enumerate(calls) if one.resource.endswith(f"/{FIRST}/{REGION}/layered.json"))
    assert written < calls.index(run.sent("layered")[0])


def test_a_stop_between_two_components_keeps_the_rest(stage_of: OpenStage) -> None:
    """FI-48: killed after the first of three was sent: nothing more is sent, and the reason says what is gone."""
    members = (Account(FIRST, "vision-prod", WORKLOADS.id),)
    parts = tuple(ComponentSpec(f"trio-{part}") for part in "abc")
    stage = stage_of(organization([replace(pooled("trio"), components=parts), one("spare")], members), **ROOM)
    sweep = stage.start()
    links = stage.links(sweep)
    stage.hub.handlers["endpoint-sweep-ApplyDecisionFunction"] = lambda event, _: Stopper(stage).run(event, dying)
    assert stage.decide(links[ADA], "trio").status == 303
    stage.end(sweep)
    sent = stage.world.log.find(service="sagemaker", operation="Delete*")
    assert [call.resource for call in sent] == ["trio-a"]
    assert stage.disposition(sweep, "trio") == (
        "failed",
        (
            "kept: the delete step stopped before it deleted anything; the deletion of its inference components "
            "trio-a had already been sent; endpoint-sweep restore brings them back"
        ),
    )


@pytest.mark.parametrize(("point", "time"), [(Checkpoint.KILL_SWITCH, 3), (Checkpoint.LAST_LOOK, 2)])
def test_the_switch_is_read_right_before_each_component(stage_of: OpenStage, point: Checkpoint, time: int) -> None:
    """FI-50: switched on before or after the intent for the second of three: nothing is sent any more."""
    members = (Account(FIRST, "vision-prod", WORKLOADS.id),)
    parts = tuple(ComponentSpec(f"trio-{part}") for part in "abc")
    stage = stage_of(organization([replace(pooled("trio"), components=parts), one("spare")], members), **ROOM)
    sweep = stage.start()
    links = stage.links(sweep)
    passed: list[Checkpoint] = []

    def flip(here: Checkpoint) -> None:
        passed.append(here)
        if passed.count(point) == time:
            stage.hub.kill()

    stage.hub.handlers["endpoint-sweep-ApplyDecisionFunction"] = lambda event, _: Stopper(stage).run(event, flip)
    assert stage.decide(links[ADA], "trio").status == 303
    stage.end(sweep)
    sent = stage.world.log.find(service="sagemaker", operation="Delete*")
    assert [call.resource for call in sent] == ["trio-a"]
    status, reason = stage.disposition(sweep, "trio")
    assert status == "failed"
    assert reason.startswith("kept: the kill switch is on; the deletion of its inference components trio-a had")


def dying(here: Checkpoint) -> None:
    if here is Checkpoint.OUTCOME:
        raise Stopped
