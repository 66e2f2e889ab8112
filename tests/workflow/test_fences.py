"""What stands between an approval and a deletion besides the endpoint itself: the kill switch, the deny list."""

from collections.abc import Callable
from functools import partial
from threading import Lock
from typing import Any

import pytest

from endpoint_sweep.rules.acting import Checkpoint
from tests.judging.stage import ADA, Stage
from tests.simulation.organization.scenarios.small import FIRST, REGION, SECOND, WORKLOADS, one, organization
from tests.simulation.organization.specification import Account, Organization
from tests.workflow.conftest import OpenStage
from tests.workflow.test_stops import Stopper

ROOM = {"MaxDeletesPerAccount": "50", "MaxDeletePercentOfAccount": "100"}
TEN = [f"idle-{number}" for number in range(10)]


def ten() -> Organization:
    members = (Account(FIRST, "vision-prod", WORKLOADS.id), Account(SECOND, "speech-prod", WORKLOADS.id))
    return organization([one(name) for name in TEN] + [one("elsewhere", account=SECOND)], members)


def deleted(stage: Stage) -> list[str]:
    return [call.resource for call in stage.world.log.find(service="sagemaker", operation="DeleteEndpoint")]


def one_at_a_time(stage: Stage, at: Callable[[str, Checkpoint], None] = lambda *_: None) -> None:
    """The steps that delete run one after another; `at` is told the endpoint and each point of its step."""
    turn, stopper = Lock(), Stopper(stage)

    def step(event: dict[str, Any], _context: Any) -> Any:
        with turn:
            return stopper.run(event, partial(at, event["item"]["name"]))

    stage.hub.handlers["endpoint-sweep-ApplyDecisionFunction"] = step


def test_the_switch_stops_between_two_items(stage_of: OpenStage) -> None:
    """FI-50: on while the third of ten is being deleted, nothing follows; the rest is kept and says why."""
    stage = stage_of(ten(), **ROOM)
    one_at_a_time(stage)
    sweep = stage.start()
    links = stage.links(sweep)
    third = {"service": "sagemaker", "operation": "DeleteEndpoint", "nth": [3]}
    stage.world.fault(**third, hook=lambda _: stage.hub.kill())
    assert stage.decide(links[ADA], *TEN).status == 303
    stage.end(sweep)
    assert len(deleted(stage)) == 3
    kept = [name for name in TEN if name not in deleted(stage)]
    assert {stage.disposition(sweep, name) for name in kept} == {("failed", "kept: the kill switch is on")}


def test_the_switch_is_read_right_before_the_call(stage_of: OpenStage) -> None:
    """FI-50: switched on at whichever point of a deletion but the call itself, also after the last look: it is kept."""
    stage = stage_of(ten(), **ROOM)
    points = dict(zip(TEN, Checkpoint, strict=False))
    assert points["idle-9"] is Checkpoint.DELETE

    def flip(name: str, point: Checkpoint) -> None:
        """On at this endpoint's own point; off for the step of the next one."""
        if point in (Checkpoint.KILL_SWITCH, points[name]):
            stage.hub.kill("on" if point is points[name] else "off")

    one_at_a_time(stage, flip)
    sweep = stage.start()
    links = stage.links(sweep)
    assert stage.decide(links[ADA], *TEN).status == 303
    stage.end(sweep)
    assert deleted(stage) == ["idle-9"]
    assert {name: stage.disposition(sweep, name) for name in TEN[:9]} == dict.fromkeys(
        TEN[:9], ("failed", "kept: the kill switch is on")
    )


def test_a_switch_that_cannot_be_read_is_on(stage_of: OpenStage) -> None:
    """FI-50: fail closed, and the reason says that it was the reading."""
    stage = stage_of(ten(), **ROOM)
    sweep = stage.start()
    links = stage.links(sweep)
    stage.world.fault(service="ssm", operation="GetParameter", resource="*/kill", code="AccessDeniedException")
    assert stage.decide(links[ADA], "idle-1").status == 303
    stage.end(sweep)
    assert deleted(stage) == []
    assert "could not be read and is treated as on" in stage.disposition(sweep, "idle-1")[1]


@pytest.mark.parametrize("value", ["on", "ON", "stop", "0", "offf"])
def test_only_off_is_off(stage: Stage, value: str) -> None:
    """Whatever someone types in a hurry stops; a sweep that would ask does not start, one that reports does."""
    stage.hub.kill(value)
    try:
        sweep = stage.start()
        assert stage.end(sweep)["status"] == "FAILED"
        assert "E_KILL_SWITCH: the kill switch is on" in stage.report(sweep)["failure"]["reason"]
        assert stage.mails(sweep)[-1].subject.endswith("the sweep failed")
        reporting = stage.start("report")
        assert stage.end(reporting)["status"] == "SUCCEEDED"
    finally:
        stage.hub.kill("off")


def test_nothing_is_deleted_until_someone_makes_the_switch(stage: Stage) -> None:
    """A new stack has none: a sweep that would ask fails with the command that makes it, one that reports runs."""
    name = stage.hub.environment()["KILL_SWITCH"]
    stage.hub.client("ssm").delete_parameter(Name=name)
    try:
        sweep = stage.start()
        assert stage.end(sweep)["status"] == "FAILED"
        command = f"`aws ssm put-parameter --name {name} --value off --type String --overwrite`"
        assert command in stage.report(sweep)["failure"]["reason"]
        assert stage.end(stage.start("report"))["status"] == "SUCCEEDED"
    finally:
        stage.hub.kill("off")


def test_a_switch_that_is_removed_voids_what_was_asked(stage_of: OpenStage) -> None:
    """An update from a stack that still had it removes it: what was decided before is kept."""
    stage = stage_of(ten(), **ROOM)
    sweep = stage.start()
    links = stage.links(sweep)
    stage.hub.client("ssm").delete_parameter(Name=stage.hub.environment()["KILL_SWITCH"])
    # The sweep looks at the switch by itself, too, and can be over before the decision arrives.
    assert stage.decide(links[ADA], "idle-1").status in (303, 409)
    stage.end(sweep)
    assert deleted(stage) == []
    assert stage.disposition(sweep, "idle-1") == ("kept", "kept: the kill switch is on")


def test_an_account_of_the_deny_list_is_shown_and_never_offered(stage_of: OpenStage) -> None:
    """Its idle endpoints stand in report and mail with the reason; the plan does not hold them."""
    stage = stage_of(ten(), **ROOM, DenyAccounts=SECOND)
    sweep = stage.decided("idle-1")
    assert f"{SECOND}/{REGION}/elsewhere" not in stage.plan(sweep)
    assert stage.disposition(sweep, "elsewhere") == ("kept", "kept: its account is on the deny list")
    assert "1 of these is in accounts on the deny list" in stage.summary(sweep).text
    rejected = stage.start(accounts=[SECOND])
    stage.end(rejected)
    why = f"E_ACCOUNT_NOT_IN_SCOPE: {SECOND} is on the deny list, so nothing is deleted there"
    assert why in stage.report(rejected)["failure"]["reason"]


def test_the_deny_list_is_looked_at_again_before_the_deletion(stage_of: OpenStage) -> None:
    """An account that is denied after the approval: its endpoint is kept."""
    stage = stage_of(ten(), **ROOM)
    sweep = stage.start()
    links = stage.links(sweep)

    def denied(_: Any) -> None:
        from endpoint_sweep.aws import wiring

        name = stage.hub.environment()["DENY_ACCOUNTS_PARAMETER"]
        stage.hub.client("ssm").put_parameter(Name=name, Value=f",{FIRST}", Type="String", Overwrite=True)
        wiring.hub.cache_clear()

    stage.around("ApplyDecisionFunction", denied)
    assert stage.decide(links[ADA], "idle-1").status == 303
    stage.end(sweep)
    assert stage.disposition(sweep, "idle-1") == ("failed", "kept: its account is on the deny list")
    assert deleted(stage) == []


def test_a_deny_list_that_cannot_be_read_deletes_nothing(stage_of: OpenStage) -> None:
    """The step stops before it looks at anything, so its endpoint is kept."""
    stage = stage_of(ten(), **ROOM)
    sweep = stage.start()
    links = stage.links(sweep)

    def refused(_: Any) -> None:
        from endpoint_sweep.aws import wiring

        wiring.hub.cache_clear()
        stage.world.fault(service="ssm", resource="*/deny-accounts", nth=[1], code="AccessDeniedException")

    stage.around("ApplyDecisionFunction", refused)
    assert stage.decide(links[ADA], "idle-1").status == 303
    stage.end(sweep)
    why = "kept: the delete step stopped before it deleted anything"
    assert stage.disposition(sweep, "idle-1") == ("failed", why)
    assert deleted(stage) == []


@pytest.mark.parametrize("value", [",0222-2222-2222", f",{FIRST};{SECOND}", f",,{FIRST}"])
def test_a_deny_list_that_cannot_be_understood_deletes_nothing(stage_of: OpenStage, value: str) -> None:
    """Someone writes it by hand after the approval, with a typo: no one knows whom it was to save, so it saves all."""
    stage = stage_of(ten(), **ROOM)
    sweep = stage.start()
    links = stage.links(sweep)

    def mistyped(_: Any) -> None:
        from endpoint_sweep.aws import wiring

        name = stage.hub.environment()["DENY_ACCOUNTS_PARAMETER"]
        stage.hub.client("ssm").put_parameter(Name=name, Value=value, Type="String", Overwrite=True)
        wiring.hub.cache_clear()

    stage.around("ApplyDecisionFunction", mistyped)
    assert stage.decide(links[ADA], "idle-1").status == 303
    stage.end(sweep)
    why = "kept: the delete step stopped before it deleted anything"
    assert stage.disposition(sweep, "idle-1") == ("failed", why)
    assert deleted(stage) == []


def test_the_member_account_sees_who_approved(stage_of: OpenStage) -> None:
    """The sessions that delete carry sweep and approver as source identity, those that look whether it is gone, or
    whether deletion is enabled, only the sweep; those that scan carry none.
    """
    stage = stage_of(ten(), **ROOM)
    sweep = stage.decided("idle-1")
    sources = {(session.role, session.source) for session in stage.world.state.sessions.values()}
    acting = {("endpoint-sweep-act", f"{ADA},{sweep}"), ("endpoint-sweep-act", f"confirming,{sweep}")}
    assert sources == {("endpoint-sweep-scan", ""), ("endpoint-sweep-act", f"checking,{sweep}")} | acting


def test_many_newly_idle_endpoints_are_flagged(stage_of: OpenStage) -> None:
    """FI-51: 60% of an account newly idle since the last sweep: all are listed, and the plan says what is odd."""
    stage = stage_of(ten(), **ROOM)
    for name in TEN[:6]:
        stage.world.invoke(*stage.touch(FIRST, REGION, name), at=stage.world.state.clock() - 86_400)
    first = stage.start("report")
    stage.end(first)
    assert stage.hub.document("plan.json", first)["flagged"] == {}
    for name in TEN[:6]:
        stage.world.recreate(FIRST, REGION, name, created_days_ago=120.0)
    second = stage.start("report")
    stage.end(second)
    plan = stage.hub.document("plan.json", second)
    assert len(plan["items"]) == 11
    assert plan["flagged"] == {
        "*": "11 endpoints are idle, up from 5 in the last sweep",
        FIRST: "6 of its 10 endpoints are idle and were not idle in the last sweep",
    }


def test_what_stays_gone_is_told_by_later_sweeps(stage_of: OpenStage) -> None:
    """Promised when it was approved, realized while it stays gone, and not any more when someone makes it again."""
    stage = stage_of(ten(), **ROOM)
    first = stage.decided("idle-1", "idle-2")
    promised = stage.report(first)["monthly_promised_usd"]
    assert promised == stage.report(first)["monthly_saving_usd"] != "0"
    stage.touch(FIRST, REGION, "idle-1")  # Gone when the second sweep looks.
    stage.touch(FIRST, REGION, "idle-2")
    stage.world.recreate(FIRST, REGION, "idle-2")
    second = stage.start("report")
    stage.end(second)
    realized = stage.report(second)["realized"]
    assert (realized["gone"], realized["back"], realized["unseen"]) == (1, 1, 0)
    assert 0 < float(realized["monthly"]) < float(promised)
    assert "1 stayed gone, 1 came back, 0 could not be checked this time." in stage.summary(second).text


@pytest.mark.parametrize("decided", [False, True])
def test_switching_it_on_voids_an_open_approval(stage_of: OpenStage, decided: bool) -> None:
    """FI-50: at the next slice, or when the decision is verified; switching it off again brings nothing back."""
    stage = stage_of(ten(), **ROOM)
    sweep = stage.start()
    links = stage.links(sweep)
    with stage.looking_away():
        stage.hub.kill()
        if decided:
            assert stage.decide(links[ADA], "idle-1").status == 303
    stage.end(sweep)
    stage.hub.kill("off")
    assert deleted(stage) == []
    assert {stage.disposition(sweep, name) for name in TEN} == {("kept", "kept: the kill switch is on")}
    assert stage.record(sweep)["status"] == "closed"
    assert stage.decide(links[ADA], "idle-2").status == 409
