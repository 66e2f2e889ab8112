"""Functions of the hub called by hand, with events that no sweep made: nothing is deleted, no one is asked anything."""

import json
from datetime import timedelta
from typing import Any

import pytest

from endpoint_sweep.aws.wiring import hub
from endpoint_sweep.domain.documents import digest
from endpoint_sweep.domain.errors import DocumentNotFound, DocumentTampered, InputRejected, PlanDiffers
from endpoint_sweep.domain.why import Cause, Why
from endpoint_sweep.rules.approvals import approval_id
from tests.judging.forging import IDLE, IDLE_KEY, rewrite
from tests.judging.stage import ADA, Stage, link_in
from tests.simulation.hub.resources import BUCKET, STACK
from tests.simulation.organization.scenarios import build
from tests.workflow.conftest import House, OpenStage

OTHER = IDLE | {"name": "churn-poc"}
# One long slice, so that nothing moves by itself, and time to keep everything after a decision.
SLOW = {"GraceMinutes": "15", "WaitSliceSeconds": "3600"}


def call(stage: Stage, function: str, **event: Any) -> Any:
    return stage.hub.handlers[f"{STACK}-{function}Function"](event, None)


def deletions(stage: Stage) -> list[str]:
    return [call.resource for call in stage.world.log.find(operation="DeleteEndpoint")]


def decided(stage: Stage) -> str:
    """A sweep in its grace period, in which Ada chose one of two endpoints: its name."""
    sweep = stage.start()
    assert stage.decide(stage.links(sweep)[ADA], "resnet-demo").status == 303
    stage.until_wait(sweep, 2)
    return sweep


def keep_waiting_then_delete(stage: Stage, sweep: str) -> None:
    """The sweep itself is not disturbed: after the grace period it deletes what was chosen, and only that."""
    assert deletions(stage) == []
    stage.hub.ahead = timedelta(minutes=16)
    stage.wake(sweep, 2)
    stage.end(sweep)
    assert deletions(stage) == ["resnet-demo"]


@pytest.mark.parametrize("item", [IDLE, OTHER], ids=["the chosen one", "another one"])
@pytest.mark.parametrize("function", ["ApplyDecision", "ConfirmItIsGone"])
def test_nothing_goes_in_the_grace_period(stage_of: OpenStage, function: str, item: dict[str, str]) -> None:
    """The deleting steps called by hand before its end keep the endpoint for good; the other one's fate is its own."""
    stage = stage_of("small", **SLOW)
    sweep = decided(stage)
    event = {"sweep_id": sweep, "approval_id": approval_id(sweep), "item": item, "attempt": 0}
    assert call(stage, function, **event)["status"] == "failed"
    assert deletions(stage) == []
    stage.hub.ahead = timedelta(minutes=16)
    stage.wake(sweep, 2)
    stage.end(sweep)
    assert deletions(stage) == (["resnet-demo"] if item == OTHER else [])
    assert stage.world.exists(item["account"], item["region"], item["name"])
    stage.approved &= {(IDLE["account"], IDLE["region"], one) for one in deletions(stage)}


def test_what_is_recorded_of_endpoints_that_nobody_found_counts_for_nothing(stage: Stage) -> None:
    """The deleting step called by hand for endpoints that are not there: the totals are those of what was found."""
    sweep = stage.start()
    links = stage.links(sweep)
    for name in ("made-up-1", "made-up-2"):
        item = IDLE | {"name": name}
        event = {"sweep_id": sweep, "approval_id": approval_id(sweep), "item": item, "attempt": 0}
        assert call(stage, "ApplyDecision", **event)["status"] == "failed"
    assert stage.decide(links[ADA]).status == 303
    stage.end(sweep)
    totals = stage.report(sweep)["totals"]
    assert (totals["failed"], totals["kept"]) == (0, totals["found"])
    assert stage.summary(sweep).text.splitlines()[1].endswith(" kept.")


def test_a_status_that_was_written_by_hand_does_not_shorten_it(stage_of: OpenStage) -> None:
    """`verified` in the row of the status, and the deleting step called by hand: it asks for the time itself."""
    stage = stage_of("small", **SLOW)
    sweep = decided(stage)
    rewrite(stage, sweep, lambda _: None, status="verified")
    event = {"sweep_id": sweep, "approval_id": approval_id(sweep), "item": IDLE, "attempt": 0}
    assert call(stage, "ApplyDecision", **event)["status"] == "failed"
    outcome = stage.onlooker.document(f"SWEEP#{sweep}", f"OUTCOME#{'/'.join(IDLE_KEY)}")
    assert outcome
    assert outcome["reason"] == Why(Cause.TOO_EARLY).sentence
    stage.hub.ahead = timedelta(minutes=16)
    stage.wake(sweep, 2)
    stage.end(sweep)
    assert deletions(stage) == []
    stage.approved.clear()


def test_a_sweep_under_way_is_about_what_it_was_started_with(stage: Stage) -> None:
    """The first step called by hand while the cells are scanned, as if tried again, with looser rules for idleness."""
    refused: list[object] = []

    def loosen(event: dict[str, Any]) -> None:
        if not refused:
            mine = stage.asked[event["sweep_id"]] | {"lookback_days": 7, "min_age_days": 1}
            started = stage.hub.document("input.json", event["sweep_id"])["started"]
            again = {"execution": stage.sweeps[event["sweep_id"]], "started": started, "input": mine}
            with pytest.raises(InputRejected, match=r"^E_RUN_NAME: ") as info:
                call(stage, "PlanSweep", sweep_id=event["sweep_id"], **again)
            refused.append(info)

    stage.around("AggregateFindingsFunction", loosen)
    sweep = stage.start()
    assert stage.decide(stage.links(sweep)[ADA]).status == 303
    stage.end(sweep)
    assert refused
    assert stage.hub.document("input.json", sweep)["policy"]["lookback_days"] == 14


def test_a_look_by_hand_changes_nothing(stage_of: OpenStage) -> None:
    """Of a sweep in its grace period, under its own name and under another: it waits on, whatever is asked."""
    stage = stage_of("small", **SLOW)
    sweep = decided(stage)
    before = everything(stage)
    for name in (sweep, "2026-11-20T06-99Z-test"):
        answer = call(stage, "VerifyDecision", sweep_id=name, approval_id=approval_id(sweep))
        assert answer["status"] == "waiting"
    unknown = call(stage, "VerifyDecision", sweep_id=sweep, approval_id="0" * 32)
    assert (unknown["status"], unknown["reason"]) == ("kept", "no record exists for this approval")
    assert everything(stage) == before
    keep_waiting_then_delete(stage, sweep)


def test_an_approval_is_worth_nothing_in_another_sweep(stage_of: OpenStage) -> None:
    """An endpoint that was approved and deleted, and was made again under its name: not under the name of the sweep
    that asks about it by now, not under that of the old one; and what no one chose not under any.
    """
    stage = stage_of("small", WaitSliceSeconds="3600")
    first = stage.decided("resnet-demo")
    assert deletions(stage) == ["resnet-demo"]
    stage.world.recreate(*stage.touch(*IDLE_KEY), created_days_ago=120.0)
    second = stage.start()
    links = stage.links(second)
    assert len(stage.plan(second)) == 2
    for sweep, approval, item, status in [
        (second, first, IDLE, "failed"), (second, second, OTHER, "failed"),
        (first, second, OTHER, "failed"), (first, first, OTHER, "failed"), (first, first, IDLE, "done"),
    ]:  # fmt: skip
        event = {"sweep_id": sweep, "approval_id": approval_id(approval), "item": item, "attempt": 0}
        assert call(stage, "ApplyDecision", **event)["status"] == status, (sweep, approval)
    assert deletions(stage) == ["resnet-demo"]
    assert stage.world.exists(*IDLE_KEY)
    assert stage.world.exists(*IDLE_KEY[:2], OTHER["name"])
    assert stage.decide(links[ADA]).status == 303
    stage.end(second)


@pytest.fixture(scope="module")
def asking(house: House) -> Stage:
    """A sweep that only reported, and one that waits for an answer."""
    stage = house.open(build("small"), WaitSliceSeconds="3600")
    stage.end(stage.start("report"))
    stage.links(stage.start())
    return stage


def everything(stage: Stage) -> tuple[Any, ...]:
    return sorted(map(str, stage.hub.items())), dict(stage.objects()), stage.hub.mails()


def pointer(sweep: str) -> dict[str, Any]:
    """To the plan of a sweep, as its newest version lies there."""
    key = f"sweeps/{sweep}/plan.json"
    there = hub().store.read(key)
    return {
        "bucket": BUCKET, "key": key, "version_id": there.version_id, "sha256": digest(there.body),
        "count": len(json.loads(there.body)["items"]),
    }  # fmt: skip


@pytest.mark.parametrize("made_up", ["by hand", "another hash", "of a report", "of another sweep"])
def test_nobody_is_asked_about_what_no_sweep_offers(asking: Stage, made_up: str) -> None:
    """The function that mails the links, called by hand: it mails nothing and writes no request."""
    reported, sweep = asking.sweeps
    plan = asking.record(sweep)["plan"]
    event = {"sweep_id": sweep, "execution": asking.sweeps[sweep]}
    if made_up == "by hand":
        body = asking.hub.client("s3").get_object(Bucket=BUCKET, Key=plan["key"])["Body"].read()
        asking.hub.client("s3").put_object(Bucket=BUCKET, Key=plan["key"], Body=body.replace(b"resnet", b"reznet"))
        plan = pointer(sweep)
    elif made_up == "another hash":
        plan["sha256"] = "0" * 64
    else:
        event["sweep_id"] = reported
        plan = pointer(reported) if made_up == "of a report" else plan
    before = everything(asking)
    with pytest.raises((DocumentTampered, DocumentNotFound)):
        call(asking, "RequestApproval", **event, plan=plan)
    assert everything(asking) == before
    assert len([mail for mail in asking.hub.mails() if link_in(mail)]) == 2


def test_findings_that_are_joined_again_make_no_other_plan(asking: Stage) -> None:
    """With a cell that someone else wrote in the place of a scanned one: no second plan, and no one is mailed."""
    _, sweep = asking.sweeps
    mails = asking.hub.mails()
    key = f"sweeps/{sweep}/cells/{IDLE['account']}/{IDLE['region']}.json"
    cell = json.loads(asking.hub.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read())
    forged = json.dumps(cell | {"findings": cell["findings"][:1]}).encode()
    asking.hub.client("s3").put_object(Bucket=BUCKET, Key=key, Body=forged)
    before = [name for name in asking.objects() if sweep in name]
    with pytest.raises(PlanDiffers):
        call(asking, "AggregateFindings", sweep_id=sweep)
    assert [name for name in asking.objects() if sweep in name] == before
    assert asking.hub.mails() == mails
