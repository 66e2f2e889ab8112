"""One sweep in which much happens between the approval and the deletion: each endpoint has a story of its own.

Everything that is not exactly as it was approved is kept; what is, is deleted once, after its undo was written.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from tests.judging.invariants import before, violations
from tests.judging.stage import ADA, Stage
from tests.simulation.organization.scenarios.small import FIRST, REGION, SECOND, WORKLOADS, one, organization
from tests.simulation.organization.specification import (
    Account,
    EndpointSpec,
    Organization,
    Scaling,
    Serverless,
    VariantSpec,
)
from tests.simulation.wire.calls import Call
from tests.workflow.conftest import House

FATES = {
    "plain": "deleted",
    "scaled": "deleted",
    "reply-lost": "deleted",
    "two-variants": "deleted",
    "rollback-failed": "deleted",
    "queue": "deleted",
    "warm": "deleted",
    "queue-filled": "spared",
    "hosting": "deleted",
    "revived": "spared",
    "revived-second-variant": "spared",
    "recreated": "changed",
    "recreated-late": "changed",
    "born-again": "changed",
    "updating": "changed",
    "reconfigured": "changed",
    "tagged": "protected",
    "removed": "already-gone",
    "removed-late": "already-gone",
    "request-lost": "failed",
    "refused": "failed",
    "no-undo": "failed",
    "not-selected": "kept",
}
TWO = (VariantSpec("blue", "ml.m5.large"), VariantSpec("green", "ml.m5.large"))
ROOM = {"MaxDeletesPerAccount": "50", "MaxDeletePercentOfAccount": "100"}


def eventful() -> Organization:
    members = (
        Account(FIRST, "vision-prod", WORKLOADS.id),
        Account(SECOND, "speech-prod", WORKLOADS.id, has_act_role=False),
    )
    specs = [one(name, instance_type="ml.m5.large") for name in FATES]
    specs = [replace(spec, variants=TWO) if "variant" in spec.name else spec for spec in specs]
    specs = [replace(spec, scaling=(Scaling("AllTraffic"),)) if spec.name == "scaled" else spec for spec in specs]
    specs = [_special(spec) for spec in specs]
    return organization([*specs, one("spare"), one("no-act-role", account=SECOND)], members)


def _special(spec: EndpointSpec) -> EndpointSpec:
    """Of another kind or status than the rest."""
    match spec.name:
        case "rollback-failed":
            return replace(spec, status="UpdateRollbackFailed")
        case "queue" | "queue-filled":
            return replace(spec, kind="asynchronous")
        case "warm":
            return replace(spec, kind="serverless", variants=(VariantSpec("v", serverless=Serverless(provisioned=2)),))
        case "hosting":
            return replace(spec, kind="components")
    return spec


@dataclass(frozen=True)
class Run:
    stage: Stage
    sweep: str
    wrong: list[str]

    def calls(self, operation: str, endpoint: str) -> list[Call]:
        return self.stage.world.log.find(operation=operation, resource=endpoint, account=FIRST)


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """The sweep, approved but for one endpoint; then life goes on."""
    house = House()
    stage = house.open(eventful(), **ROOM)
    start = before(stage)
    sweep = stage.start()
    links = stage.links(sweep)
    break_things(stage)
    live_on(stage)
    chosen = [name for name in (*FATES, "spare", "no-act-role") if name not in ("not-selected", "spare")]
    assert stage.decide(links[ADA], *chosen).status == 303
    stage.end(sweep)
    yield Run(stage, sweep, violations(stage, start))
    house.close()


def live_on(stage: Stage) -> None:
    """What other people do after the mail and before the decision."""
    world = stage.world
    world.invoke(*stage.touch(FIRST, REGION, "revived"))
    world.invoke(*stage.touch(FIRST, REGION, "revived-second-variant"), variant="green")
    world.invoke(*stage.touch(FIRST, REGION, "queue-filled"))
    world.recreate(*stage.touch(FIRST, REGION, "recreated"))
    world.set_status(*stage.touch(FIRST, REGION, "updating"), status="Updating")
    world.set_config(*stage.touch(FIRST, REGION, "reconfigured"), config="spare-config")
    world.set_tags(*stage.touch(FIRST, REGION, "tagged"), tags={"Endpoint-Sweep:KEEP": "false"})
    world.remove(*stage.touch(FIRST, REGION, "removed"))


def break_things(stage: Stage) -> None:
    """What happens at the very moment.

    After the scan DescribeEndpoint comes four times: second look, restore bundle, last look, confirmation.
    """
    world = stage.world
    for name in ("recreated-late", "born-again", "removed-late"):
        stage.touch(FIRST, REGION, name)
    late = {"service": "sagemaker", "operation": "DescribeEndpoint", "account": FIRST}
    world.fault(
        **late, resource="recreated-late", nth=[3], hook=lambda _: world.recreate(FIRST, REGION, "recreated-late")
    )
    world.fault(**late, resource="born-again", nth=[4], hook=lambda _: world.recreate(FIRST, REGION, "born-again"))
    deletion = {"service": "sagemaker", "operation": "DeleteEndpoint", "account": FIRST}
    world.fault(**deletion, resource="removed-late", hook=lambda _: world.remove(FIRST, REGION, "removed-late"))
    world.fault(**deletion, resource="reply-lost", drop="after")
    world.fault(**deletion, resource="request-lost", drop="before")
    world.fault(**deletion, resource="refused", code="AccessDeniedException")
    world.fault(
        service="s3", operation="PutObject", resource="*/restore/*/no-undo.json", code="AccessDenied", status=403
    )


@pytest.mark.parametrize(("endpoint", "fate"), FATES.items())
def test_each_endpoint_has_its_own_fate(run: Run, endpoint: str, fate: str) -> None:
    """FI-40 to FI-44, FI-49: deleted, spared, changed, protected, failed or kept; the report says which."""
    assert run.stage.disposition(run.sweep, endpoint)[0] == fate


def test_everything_else_is_as_it_was(run: Run) -> None:
    """No endpoint was deleted twice or unapproved, none altered, every intent has its outcome, the sums are true."""
    assert run.wrong == []


@pytest.mark.parametrize("endpoint", [name for name, fate in FATES.items() if fate not in ("deleted", "already-gone")])
def test_what_was_not_deleted_is_there(run: Run, endpoint: str) -> None:
    """Whatever the reason: it still serves."""
    assert run.stage.world.exists(FIRST, REGION, endpoint)


@pytest.mark.parametrize("endpoint", [name for name, fate in FATES.items() if fate == "deleted"])
def test_what_was_deleted_is_gone(run: Run, endpoint: str) -> None:
    """By one call each."""
    assert not run.stage.world.exists(FIRST, REGION, endpoint)
    assert len(run.calls("DeleteEndpoint", endpoint)) == 1


@pytest.mark.parametrize(
    "endpoint",
    [
        *("revived", "revived-second-variant", "recreated", "recreated-late", "updating", "reconfigured", "tagged"),
        *("removed", "no-undo", "not-selected"),
    ],
)
def test_nothing_is_sent_for_what_changed(run: Run, endpoint: str) -> None:
    """The second look keeps it before any DeleteEndpoint is on the wire."""
    assert run.calls("DeleteEndpoint", endpoint) == []


@pytest.mark.parametrize(
    ("endpoint", "words"),
    [
        ("revived", "it is in use again"),
        ("recreated", "re-created under the same name"),
        ("born-again", "with the same name was created in the meantime"),
        ("updating", "its status is now Updating"),
        ("reconfigured", "its configuration was changed after the scan"),
        ("tagged", "protects it with the tag Endpoint-Sweep:KEEP"),
        ("request-lost", "kept: it was not deleted"),
        ("refused", "kept because of an error: DeleteEndpoint"),
        ("no-undo", "kept: its restore bundle could not be written"),
        ("no-act-role", "kept: the act role is missing or does not trust the hub: AccessDenied"),
        ("not-selected", f"kept by {ADA}"),
    ],
)
def test_the_reason_is_told(run: Run, endpoint: str, words: str) -> None:
    """In the report, and in the mail where it is not long."""
    assert words in run.stage.disposition(run.sweep, endpoint)[1]


def test_a_lost_reply_is_not_repeated(run: Run) -> None:
    """FI-45: one DeleteEndpoint whose reply was dropped: that it is gone is found out by looking."""
    assert [call.decision for call in run.calls("DeleteEndpoint", "reply-lost")] == ["dropped-after"]
    assert run.stage.disposition(run.sweep, "reply-lost") == ("deleted", "deleted and confirmed gone")


def test_a_lost_request_is_not_repeated(run: Run) -> None:
    """FI-46: one DeleteEndpoint that never arrived: the endpoint stays, and says so."""
    assert [call.decision for call in run.calls("DeleteEndpoint", "request-lost")] == ["dropped-before"]


def test_without_an_act_role_nothing_can_be_deleted(run: Run) -> None:
    """An account that allowed scanning only keeps its endpoint even where someone approved its deletion."""
    assert run.stage.disposition(run.sweep, "no-act-role")[0] == "failed"
    assert run.stage.world.exists(SECOND, REGION, "no-act-role")


def test_the_undo_is_enough_to_build_it_again(run: Run) -> None:
    """Endpoint, configuration, model, tags, scalable targets and their policies stand in the bundle."""
    bundle = run.stage.hub.document(f"restore/{FIRST}/{REGION}/scaled.json", run.sweep)
    assert bundle["endpoint"]["EndpointConfigName"] == bundle["endpoint_config"]["EndpointConfigName"]
    assert bundle["endpoint_config"]["ProductionVariants"][0]["InstanceType"] == "ml.m5.large"
    assert list(bundle["models"]) == ["scaled-AllTraffic"]
    [target] = bundle["autoscaling"]["targets"]
    assert (target["MinCapacity"], target["MaxCapacity"]) == (1, 4)
    [policy] = bundle["autoscaling"]["policies"]
    assert policy["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] == 100
    assert bundle["approver"] == ADA
    assert run.stage.world.scalable_targets(FIRST, REGION) == []


def test_the_undo_is_written_before_the_deletion(run: Run) -> None:
    """On the wire: bundle, intent, last look, DeleteEndpoint, in this order."""
    calls = run.stage.world.log.calls
    deletion = next(i for i, one in enumerate(calls) if (one.operation, one.resource) == ("DeleteEndpoint", "plain"))
    bundle = next(i for i, one in enumerate(calls) if one.resource.endswith(f"restore/{FIRST}/{REGION}/plain.json"))
    looks = [i for i, one in enumerate(calls) if (one.operation, one.resource) == ("DescribeEndpoint", "plain")]
    assert bundle < max(look for look in looks if look < deletion) < deletion


def test_the_totals_count_every_fate(run: Run) -> None:
    """25 found, and where each one went."""
    fates = {"already_gone": 2, "changed": 6, "deleted": 8, "failed": 4, "kept": 2, "spared": 3, "unknown": 0}
    assert run.stage.report(run.sweep)["totals"] == {"found": 25, **fates}
