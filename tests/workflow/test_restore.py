"""What a sweep deleted can be had again: the whole way round, from the endpoint to its bundle to the endpoint."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from endpoint_sweep.aws.endpoint import restorer
from endpoint_sweep.cli import main
from endpoint_sweep.domain.errors import CellFailed
from tests.judging.invariants import before, violations
from tests.judging.stage import ADA, Stage
from tests.simulation.hub.resources import BUCKET
from tests.simulation.organization.scenarios.small import FIRST, REGION, WORKLOADS, one, organization
from tests.simulation.organization.specification import (
    Account,
    ComponentSpec,
    EndpointSpec,
    Organization,
    Scaling,
    VariantSpec,
)
from tests.workflow.conftest import House

After = Callable[..., tuple[Stage, str]]

ROOM = {"MaxDeletesPerAccount": "50", "MaxDeletePercentOfAccount": "100"}
ROLE = "endpoint-admin"
TAGS = {"owner": "mira.kent@example.com", "aws:cloudformation:stack-id": "x"}


def specs() -> list[EndpointSpec]:
    plain = replace(one("plain"), tags={"owner": "mira.kent@example.com"})
    scaled = replace(one("scaled"), scaling=(Scaling("AllTraffic", 1, 3),), tags=TAGS)
    parts = (ComponentSpec("host-base", 2), ComponentSpec("host-adapter", base="host-base"))
    host = replace(one("host"), kind="components", components=parts)
    two = (VariantSpec("blue", "ml.m5.large", 3), VariantSpec("green", "ml.m5.large", weight=0.5))
    return [plain, scaled, host, replace(one("queue"), kind="asynchronous"), replace(one("two"), variants=two)]


def world() -> Organization:
    return organization(specs(), (Account(FIRST, "vision-prod", WORKLOADS.id),))


@pytest.fixture
def after(house: House) -> After:
    """A world in which a sweep deleted these and nothing else; what follows is by other hands than the sweep's."""

    def decided(*names: str) -> tuple[Stage, str]:
        stage = house.open(world(), **ROOM)
        start = before(stage)
        sweep = stage.decided(*names)
        assert violations(stage, start) == []
        return stage, sweep

    return decided


def restore(stage: Stage, sweep: str, name: str, *options: str) -> int:
    stage.world.set_roles(FIRST, {ROLE, *stage.world.state.roles[FIRST]})
    given = ["restore", sweep, f"{FIRST}/{REGION}/{name}", "--bucket", BUCKET, "--member-role", ROLE]
    return main([*given, "--external-id", stage.world.organization.external_id, *options])


def cell(stage: Stage) -> dict[str, Any]:
    """The cell without what a new endpoint cannot have: old times, AWS's own tags, the name's history."""
    found: dict[str, Any] = json.loads(json.dumps(stage.world.snapshot()[FIRST][REGION]))
    for section in ("endpoints", "components", "configs", "models"):
        for row in found[section].values():
            for field in ("CreationTime", "LastModifiedTime"):
                row.pop(field, None)
    for row in found["components"].values():
        row.setdefault("Tags", [])
    for row in found["endpoints"].values():
        row["Tags"] = {key: value for key, value in row["Tags"].items() if not key.startswith("aws:")}
    return found


def whole(house: House) -> dict[str, Any]:
    return cell(house.open(world()))


def test_the_way_round_gives_the_same_world(house: House, after: After, capsys: pytest.CaptureFixture[str]) -> None:
    """Every kind: deleted, restored by the command that the mail prints, and the cell is what it was."""
    names = [spec.name for spec in specs()]
    first = whole(house)
    stage, sweep = after(*names)
    assert cell(stage)["endpoints"] == {}
    assert f"endpoint-sweep restore {sweep} {FIRST}/{REGION}/two" in stage.summary(sweep).text
    calls = len(stage.world.log)
    statuses = {name: restore(stage, sweep, name) for name in names}
    told = capsys.readouterr().out
    assert statuses == dict.fromkeys(names, 0), told
    now = cell(stage)
    assert {section: now[section] for section in first} == first
    made = [call.operation for call in stage.world.log.calls[calls:] if call.operation.startswith("Create")]
    assert made.count("CreateEndpoint") == len(names)
    assert "CreateModel" not in made  # A sweep leaves models and configurations where they are.


def test_what_takes_more_than_a_page_comes_back_whole(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    """Twelve policies and 51 scheduled actions of one target: compared with what there was, not with the bundle."""
    stage = house.open(world(), **ROOM)
    scaling = stage.world.client("application-autoscaling", FIRST, REGION, ROLE)
    target = {"ServiceNamespace": "sagemaker", "ResourceId": "endpoint/scaled/variant/AllTraffic"}
    target["ScalableDimension"] = "sagemaker:variant:DesiredInstanceCount"
    steps = {"AdjustmentType": "ChangeInCapacity", "StepAdjustments": [{"ScalingAdjustment": 1}]}
    for number in range(11):
        scaling.put_scaling_policy(
            **target, PolicyName=f"steps-{number}", PolicyType="StepScaling", StepScalingPolicyConfiguration=steps
        )
    for number in range(51):
        scaling.put_scheduled_action(**target, ScheduledActionName=f"hour-{number}", Schedule="rate(1 hour)")
    was, start = cell(stage), before(stage)
    assert (len(was["scaling_policies"]), len(was["scheduled_actions"])) == (12, 51)
    sweep = stage.decided("scaled")
    assert violations(stage, start) == []
    assert cell(stage)["scheduled_actions"] == []
    assert restore(stage, sweep, "scaled") == 0, capsys.readouterr()
    assert cell(stage) == was


def test_a_dry_run_changes_nothing(after: After, capsys: pytest.CaptureFixture[str]) -> None:
    """It names what would be made, also the model and the configuration that someone deleted since."""
    stage, sweep = after("plain")
    client = stage.world.client("sagemaker", FIRST, REGION, ROLE)
    snapshot = stage.world.snapshot()
    client.delete_endpoint_config(EndpointConfigName="plain-config")
    client.delete_model(ModelName="plain-AllTraffic")
    gone = stage.world.snapshot()
    capsys.readouterr()  # what the steps of the sweep logged
    assert restore(stage, sweep, "plain", "--dry-run") == 0
    assert capsys.readouterr().out.splitlines() == [
        "would create model plain-AllTraffic",
        "would create configuration plain-config",
        "would create endpoint plain",
    ]
    assert stage.world.snapshot() == gone
    assert restore(stage, sweep, "plain") == 0, capsys.readouterr()
    assert stage.world.snapshot()[FIRST][REGION]["models"].keys() == snapshot[FIRST][REGION]["models"].keys()


def test_what_cannot_be_brought_back_is_listed(after: After, capsys: pytest.CaptureFixture[str]) -> None:
    """Restored, but another configuration stands under the old name: exit 3, and the difference in a line."""
    stage, sweep = after("plain")
    client = stage.world.client("sagemaker", FIRST, REGION, ROLE)
    client.delete_endpoint_config(EndpointConfigName="plain-config")
    variant = {"VariantName": "AllTraffic", "ModelName": "plain-AllTraffic", "InstanceType": "ml.c5.large"}
    client.create_endpoint_config(
        EndpointConfigName="plain-config", ProductionVariants=[variant | {"InitialInstanceCount": 1}]
    )
    assert restore(stage, sweep, "plain") == 3
    assert "differs: ProductionVariants of the configuration was" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("target", "options", "status", "words"),
    [
        ("222222222222/us-east-1/resnet-demo", (), 2, "name a role with --member-role"),
        ("222222222222/us-east-1", (), 2, "write the endpoint as"),
        ("222222222222/us-east-1/../x", (), 2, "write the endpoint as"),
        ("222222222222/us-east-1/resnet-demo", ("--wait-minutes", "0"), 2, "--wait-minutes must be"),
        ("222222222222/us-east-1/resnet-demo", ("--member-role", "r"), 1, "has no restore bundle"),
        ("222222222222/us-east-1/resnet-demo", ("--member-role", "r", "--bucket", ""), 1, "asking the stack"),
    ],
)
def test_what_does_not_fit_is_told(
    stage: Stage, capsys: pytest.CaptureFixture[str], target: str, options: tuple[str, ...], status: int, words: str
) -> None:
    """One sentence, the exit status of `scan`, nothing made."""
    calls = len(stage.world.log)
    assert main(["restore", "no-such-sweep", target, "--bucket", BUCKET, *options]) == status
    assert words in capsys.readouterr().err
    assert [call for call in stage.world.log.calls[calls:] if call.operation.startswith("Create")] == []


def test_an_endpoint_that_is_there_is_left_alone(after: After, capsys: pytest.CaptureFixture[str]) -> None:
    """Someone made it again in the meantime."""
    stage, sweep = after("plain")
    stage.world.recreate(FIRST, REGION, "plain")
    snapshot = stage.world.snapshot()
    assert restore(stage, sweep, "plain") == 1
    assert "endpoint plain already exists" in capsys.readouterr().err
    assert stage.world.snapshot() == snapshot


def test_an_endpoint_that_only_lost_its_components_gets_them_back(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    """The switch is flipped when the adapter is gone: the endpoint is kept, and the command makes the rest again."""
    stage = house.open(world(), **ROOM)
    first, start = cell(stage), before(stage)
    sweep = stage.start()
    links = stage.links(sweep)
    stage.world.fault(operation="DeleteInferenceComponent", nth=[1], hook=lambda _: stage.hub.kill())
    assert stage.decide(links[ADA], "host").status == 303
    stage.end(sweep)
    sent = "inference components host-adapter had already been sent; endpoint-sweep restore"
    assert sent in stage.disposition(sweep, "host")[1]
    assert violations(stage, start) == []
    assert sorted(cell(stage)["components"]) == ["host-base"]
    calls = len(stage.world.log)
    capsys.readouterr()  # what the steps of the sweep logged
    assert restore(stage, sweep, "host", "--dry-run") == 0
    assert capsys.readouterr().out.splitlines() == ["would create inference component host-adapter"]
    assert restore(stage, sweep, "host") == 0, capsys.readouterr()
    made = [call.operation for call in stage.world.log.calls[calls:] if call.operation.startswith("Create")]
    assert made == ["CreateInferenceComponent"]
    assert cell(stage)["components"] == first["components"]
    assert restore(stage, sweep, "host") == 1
    assert "already exists; nothing was changed" in capsys.readouterr().err


def test_a_restore_that_stopped_goes_on(
    house: House, after: After, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS refuses a policy in the midst of it: the same command with --resume makes the rest and nothing twice."""
    first = whole(house)
    stage, sweep = after("scaled", "two")
    stage.world.fault(operation="PutScalingPolicy", nth=[1], code="ServiceUnavailable", status=400)
    assert restore(stage, sweep, "scaled") == 1
    assert "creating scaling policy" in (said := capsys.readouterr().err), said
    assert "to create the rest, run this again with --resume" in said
    # The endpoint of the other one is still being made when the shell's credentials end.
    real = restorer.Restorer.wait
    with monkeypatch.context() as patched:
        patched.setattr(restorer.Restorer, "wait", lambda *_: expired())
        assert restore(stage, sweep, "two") == 1
    stage.world.set_status(FIRST, REGION, "two", "Creating")
    capsys.readouterr()
    calls = len(stage.world.log)
    assert restore(stage, sweep, "scaled", "--resume", "--dry-run") == 0
    assert [line.split(" ", 3)[2] for line in capsys.readouterr().out.splitlines()] == ["scaling"]
    assert restore(stage, sweep, "scaled", "--resume") == 0, capsys.readouterr()
    waited: list[tuple[str, str]] = []

    def wait(self: restorer.Restorer, kind: str, name: str, seconds: int) -> None:
        waited.append((kind, name))
        stage.world.set_status(FIRST, REGION, "two", "InService")
        real(self, kind, name, seconds)

    monkeypatch.setattr(restorer.Restorer, "wait", wait)
    assert restore(stage, sweep, "two", "--resume") == 0, capsys.readouterr()
    assert waited[0] == ("endpoint", "two")
    made = [call.operation for call in stage.world.log.calls[calls:] if call.operation.startswith(("Create", "Regi"))]
    assert made == []
    now = cell(stage)
    assert {section: now[section] for section in first} == first
    assert restore(stage, sweep, "two", "--resume") == 0
    assert "as it was" in capsys.readouterr().out


def expired() -> None:
    raise CellFailed("the credentials of this shell have expired")


@pytest.mark.parametrize("change", ["failed", "config", "variants"])
def test_what_is_not_from_a_restore_is_not_gone_on_with(
    after: After, capsys: pytest.CaptureFixture[str], change: str
) -> None:
    """It failed, or it has another configuration or other variants: nothing is added to it."""
    stage, sweep = after("plain", "two")
    for name in ("plain", "two"):
        assert restore(stage, sweep, name) == 0
    client = stage.world.client("sagemaker", FIRST, REGION, ROLE)
    words = {"failed": "with status Failed", "config": "exists: its configuration is", "variants": "its variants are"}
    if change == "failed":
        stage.world.set_status(FIRST, REGION, "two", "Failed")
    elif change == "config":
        stage.world.set_config(FIRST, REGION, "two", "plain-config")
    else:
        stage.world.remove(FIRST, REGION, "two")
        client.delete_endpoint_config(EndpointConfigName="two-config")
        row = {"VariantName": "AllTraffic", "ModelName": "plain-AllTraffic", "InstanceType": "ml.c5.large"}
        client.create_endpoint_config(
            EndpointConfigName="two-config", ProductionVariants=[row | {"InitialInstanceCount": 1}]
        )
        client.create_endpoint(EndpointName="two", EndpointConfigName="two-config")
    snapshot = stage.world.snapshot()
    assert restore(stage, sweep, "two", "--resume") == 1
    assert words[change] in capsys.readouterr().err
    assert stage.world.snapshot() == snapshot
