"""Only a decision made on the page counts: not a token, not a row written by hand, not another plan."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from endpoint_sweep.domain.documents import digest
from endpoint_sweep.domain.errors import Unavailable
from endpoint_sweep.domain.why import Cause, Why
from endpoint_sweep.storage.records import Records
from tests.judging.forging import BUSY, IDLE, Document, at, by_hand, rewrite
from tests.judging.stage import ADA, GRACE, Stage
from tests.simulation.hub.resources import BUCKET
from tests.workflow.conftest import OpenStage

ANOTHER_REQUEST = "the approval record was not written by the function that emails the links"
FORGED = Why(Cause.FORGED).sentence
ALARMS = {FORGED: "DecisionForged", ANOTHER_REQUEST: "RecordForged"}
FORGERIES: dict[str, tuple[Callable[[Document], Any], str]] = {
    "a decision that fits": (lambda _: None, FORGED),
    "no MAC": (lambda d: d["decisions"][0].update(mac=""), FORGED),
    "a MAC that is none": (lambda d: d["decisions"][0].update(mac="\u2028"), FORGED),
    "an endpoint outside the plan": (lambda d: d["decisions"][0].update(selected=[BUSY]), FORGED),
    "an approver who is none": (lambda d: d["decisions"][0].update(approver="mallory@example.com"), FORGED),
    "two of them": (lambda d: d["decisions"].append(by_hand(d, approver=GRACE)), FORGED),
    "another plan": (lambda d: d["decisions"][0].update(plan_sha256="0" * 64), FORGED),
    "another plan in the pointer": (lambda d: d["plan"].update(sha256="0" * 64), ANOTHER_REQUEST),
    "another document": (lambda d: d["plan"].update(key=d["plan"]["key"].replace("plan", "cells")), ANOTHER_REQUEST),
    "no decision at all": (lambda d: d.update(decisions=[]), "no one responded in time"),
    "nonsense": (lambda d: d.update(status="APPROVED"), "the approval record cannot be read"),
    "a list for a decision": (lambda d: d.update(decisions=["x"]), "the approval record cannot be read"),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_row_written_by_hand_deletes_nothing(stage: Stage, forgery: str) -> None:
    """FI-33: the sweep ends at its next look, keeps everything, and alarm, mail and report tell why."""
    change, reason = FORGERIES[forgery]
    sweep = stage.start()
    stage.links(sweep)
    rewrite(stage, sweep, change)
    stage.end(sweep)
    assert stage.world.log.find(operation="DeleteEndpoint") == []
    assert "Apply each decision" not in stage.states(sweep)
    assert stage.report(sweep)["failure"] is None, "a forged record broke the sweep"
    kept = stage.disposition(sweep, "resnet-demo")
    assert kept[0] == "kept"
    assert reason in kept[1]
    assert kept[1].removeprefix("kept: ")[:40] in stage.summary(sweep).text
    alarm = ALARMS.get(reason, "")
    assert (
        f"Someone changed the records of this sweep.\nAlarm {alarm}: nothing is deleted." in stage.summary(sweep).text
        or not alarm
    )
    assert f'"alarm":"{alarm}"' in stage.log.getvalue() or not alarm


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda d: d["decisions"][0].update(selected=[IDLE, IDLE | {"name": "churn-poc"}]), FORGED),
        (lambda d: d["decisions"][0].update(approver=GRACE), FORGED),
        (lambda d: d["decisions"][0].update(at=at(seconds=2)), FORGED),
        (lambda d: d["decisions"].append(by_hand(d, approver=GRACE, mac=d["decisions"][0]["mac"])), FORGED),
        (lambda d: d.update(expires_at=at(hours=90)), ANOTHER_REQUEST),
    ],
    ids=["one endpoint more", "another person", "another time", "a copied MAC", "a longer time to answer"],
)
def test_an_honest_decision_that_was_altered_deletes_nothing(
    stage: Stage, change: Callable[[Document], None], why: str
) -> None:
    """FI-33: changed by hand between the page and the look, it counts for nothing, not even for what was decided."""
    sweep = stage.start()
    links = stage.links(sweep)
    with stage.looking_away():
        assert stage.decide(links[ADA], "resnet-demo").status == 303
        rewrite(stage, sweep, change)
    stage.end(sweep)
    assert stage.world.log.find(operation="DeleteEndpoint") == []
    assert stage.disposition(sweep, "resnet-demo") == ("kept", f"kept: {why}")
    assert not any(f"{who} decided" in stage.summary(sweep).text for who in (ADA, GRACE))
    stage.approved.clear()


def test_a_decision_altered_after_it_was_verified_deletes_nothing(stage: Stage) -> None:
    """FI-33: the deleting step asks for the MAC again."""
    sweep = stage.start()
    links = stage.links(sweep)
    widen = once(lambda: rewrite(stage, sweep, lambda d: d["decisions"][0].update(comment="x"), status="verified"))
    stage.around("ApplyDecisionFunction", widen)
    assert stage.decide(links[ADA], "resnet-demo").status == 303
    stage.end(sweep)
    assert stage.world.log.find(operation="DeleteEndpoint") == []
    assert stage.disposition(sweep, "resnet-demo") == ("failed", FORGED)
    stage.approved.clear()


def test_the_summary_names_nobody_who_decided_nothing(stage_of: OpenStage) -> None:
    """Another name beside a decision that was acted on, before its end is told: an alarm, and no one's decision."""
    stage = stage_of("small")
    sweep = stage.start()
    links = stage.links(sweep)
    rename = once(lambda: rewrite(stage, sweep, lambda d: d["decisions"][0].update(approver=GRACE), status="verified"))
    stage.around("SendSummaryFunction", rename)
    assert stage.decide(links[ADA], "resnet-demo").status == 303
    stage.end(sweep)
    assert stage.disposition(sweep, "resnet-demo")[0] == "deleted"
    assert f"{GRACE} decided" not in stage.summary(sweep).text
    assert (
        "Someone changed the records of this sweep.\nAlarm DecisionForged: nothing more is deleted."
        in stage.summary(sweep).text
    )


def test_names_that_cannot_be_proven_are_no_forgery(stage_of: OpenStage, monkeypatch: pytest.MonkeyPatch) -> None:
    """KMS does not answer when the end is told: no one is named, and no one is said to have changed the records."""
    stage = stage_of("small")
    sweep = stage.start()
    links = stage.links(sweep)

    def unproven(*_: object) -> bool:
        raise Unavailable("KMS does not answer")

    stage.around("SendSummaryFunction", lambda _: monkeypatch.setattr(Records, "is_authentic", unproven))
    assert stage.decide(links[ADA], "resnet-demo").status == 303
    stage.end(sweep)
    assert stage.disposition(sweep, "resnet-demo")[0] == "deleted"
    assert stage.disposition(sweep, "churn-poc") == ("kept", f"kept: {Why(Cause.UNPROVEN).sentence}")
    assert f"{ADA} decided" not in stage.summary(sweep).text
    assert "Someone changed the records" not in stage.summary(sweep).text


def once(do: Callable[[], object]) -> Callable[[Document], None]:
    """For `around`: only before the first call."""
    done: list[object] = []

    def first(_: Document) -> None:
        if not done:
            done.append(do())

    return first


def test_a_verified_row_written_by_hand_is_checked_again(stage: Stage) -> None:
    """Whoever writes `verified` skips one look; the decision is judged all the same."""
    sweep = stage.start()
    stage.links(sweep)
    rewrite(stage, sweep, lambda d: d["decisions"][0].update(selected=[BUSY]), status="verified")
    stage.end(sweep)
    assert stage.world.log.find(operation="DeleteEndpoint") == []
    assert stage.disposition(sweep, "fraud-scoring")[0] == "kept"
    assert stage.disposition(sweep, "resnet-demo") == ("kept", f"kept: {FORGED}")
    assert not any(f"{who} decided" in stage.summary(sweep).text for who in (ADA, GRACE))
    assert (
        "Someone changed the records of this sweep.\nAlarm DecisionForged: nothing is deleted."
        in stage.summary(sweep).text
    )


def test_a_list_of_approved_endpoints_is_no_permission(stage: Stage) -> None:
    """What the second map reads is a list of names: an endpoint that is added to it is not touched."""
    sweep = stage.start()

    def add(event: Document) -> None:
        event["item"] = BUSY

    stage.around("ApplyDecisionFunction", add)
    answer = stage.decide(stage.links(sweep)[ADA], "resnet-demo")
    assert answer.status == 303
    stage.end(sweep)
    assert stage.world.log.find(operation="DeleteEndpoint") == []
    stage.approved.clear()


def test_a_stolen_token_only_wakes(stage_of: OpenStage) -> None:
    """FI-36: the token in the history's TaskScheduled event, sent with an approval: nothing is recorded or deleted.

    The wait goes on, and the real decision still works afterwards.
    """
    stage = stage_of("small")
    sweep = stage.start()
    links = stage.links(sweep)
    [token, *_] = tokens_in_history(stage, sweep)
    output = json.dumps({"decision": "approved", "status": "approved", "choice": "delete", "selected": [IDLE]})
    slices = stage.slices(sweep)
    stage.hub.client("stepfunctions").send_task_success(taskToken=token, output=output)
    stage.hub.until(lambda: True if stage.slices(sweep) > slices else None, 20, "the next wait")
    assert stage.states(sweep)[-1] == "Await decision"
    stage.still_running(sweep, "by a stolen token")
    assert (stage.record(sweep)["status"], stage.record(sweep)["decisions"]) == ("pending", [])
    assert stage.world.log.find(operation="DeleteEndpoint") == []
    assert stage.decide(links[GRACE], "churn-poc").status == 303
    stage.end(sweep)
    assert stage.disposition(sweep, "churn-poc")[0] == "deleted"
    assert stage.disposition(sweep, "resnet-demo") == ("kept", f"kept by {GRACE}")


def test_a_stolen_token_can_only_end_the_sweep_by_failing_it(stage_of: OpenStage) -> None:
    """SendTaskFailure with the token stops the sweep: everything is kept, said so, and the link is closed."""
    stage = stage_of("small", WaitSliceSeconds="3600")
    sweep = stage.start()
    links = stage.links(sweep)
    stage.hub.until(lambda: stage.slices(sweep) or None, 20, "the wait")
    token = tokens_in_history(stage, sweep)[-1]
    stage.hub.client("stepfunctions").send_task_failure(taskToken=token, error="Approved", cause='{"x": 1}')
    assert stage.end(sweep)["status"] == "FAILED"
    assert stage.disposition(sweep, "resnet-demo")[0] == "kept"
    assert stage.hub.get(links[ADA]).status == 409


def tokens_in_history(stage: Stage, sweep: str) -> list[str]:
    """Every task token that Step Functions itself shows."""
    found = []
    for event in stage.hub.history(stage.sweeps[sweep]):
        details = event.get("taskScheduledEventDetails", {})
        payload = json.loads(details.get("parameters") or "{}").get("Payload", {})
        found += [payload["token"]] if "token" in payload else []
    assert found, "the history shows no token"
    return found


def overwrite_plan(stage: Stage, sweep: str) -> tuple[str, bytes]:
    """A newer version of plan.json in which the busy endpoint is offered, too: its version and its bytes."""
    plan = stage.hub.document("plan.json", sweep)
    plan["items"].append(plan["items"][0] | BUSY)
    body = json.dumps(plan).encode()
    done = stage.hub.client("s3").put_object(Bucket=BUCKET, Key=f"sweeps/{sweep}/plan.json", Body=body)
    return str(done["VersionId"]), body


def test_a_plan_that_is_overwritten_changes_nothing(stage_of: OpenStage) -> None:
    """FI-19: the approved version is used, whatever lies on top of it: before the page and after the decision."""
    stage = stage_of("small")
    sweep = stage.start()
    links = stage.links(sweep)
    overwrite_plan(stage, sweep)
    wipe = {"Bucket": BUCKET, "Key": f"sweeps/{sweep}/plan.json", "Body": b"{}"}
    stage.around("ApplyDecisionFunction", lambda _: stage.hub.client("s3").put_object(**wipe))
    assert stage.decide(links[ADA], "resnet-demo").status == 303
    stage.end(sweep)
    assert stage.disposition(sweep, "resnet-demo")[0] == "deleted"


def test_a_plan_whose_bytes_differ_from_what_was_approved_keeps_everything(stage: Stage) -> None:
    """FI-18, FI-19: led to the newer version by hand, with its hash, a record fails on the request's own MAC."""
    sweep = stage.start()
    stage.links(sweep)
    version, body = overwrite_plan(stage, sweep)

    def both(document: Document) -> None:
        document["plan"].update(version_id=version, sha256=digest(body))
        document["decisions"] = [by_hand(document, selected=[BUSY])]

    rewrite(stage, sweep, both)
    stage.end(sweep)
    assert stage.world.log.find(operation="DeleteEndpoint") == []
    assert stage.disposition(sweep, "fraud-scoring")[0] == "kept"
