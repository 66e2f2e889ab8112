"""What goes wrong around a sweep: lost calls, refused mails, operators, second starts, bad input, late runs."""

from datetime import timedelta
from typing import Any

import pytest

from endpoint_sweep.aws.wiring import hub
from endpoint_sweep.storage.records import Records
from tests.judging import deciding
from tests.judging.stage import ADA, GRACE, Stage, link_in
from tests.workflow.conftest import OpenStage

MEMBER, REGION = "222222222222", "us-east-1"


@pytest.mark.parametrize("code", ["AccessDeniedException", "TaskTimedOut"])
def test_a_lost_wake_up_is_made_good_by_the_next_slice(stage: Stage, code: str) -> None:
    """The wake-up does not get through: the page still says recorded, and the sweep finds the decision by itself."""
    sweep = stage.start()
    links = stage.links(sweep)
    stage.world.fault(service="stepfunctions", operation="SendTaskSuccess", code=code)
    fields = deciding.with_code(stage.hub, links[ADA], deciding.form(stage.hub, links[ADA]))
    answer = stage.hub.post(links[ADA], fields)
    assert (answer.status, "Recorded" in answer.body) == (202, True)
    stage.end(sweep)
    assert stage.disposition(sweep, "resnet-demo") == ("kept", f"kept by {ADA}")


def test_a_failure_after_the_decision_does_not_unsay_it(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the conditional write the decision stands, whatever fails then."""
    sweep = stage.start()
    links = stage.links(sweep)

    def failing(*_: Any) -> str:
        raise OSError("the table does not answer")

    monkeypatch.setattr(Records, "waiting", failing)
    assert stage.decide(links[ADA]).status == 303
    stage.end(sweep)
    assert stage.disposition(sweep, "resnet-demo")[1] == f"kept by {ADA}"


def test_a_wait_whose_record_lost_its_reply_goes_on(stage: Stage) -> None:
    """The token was written, the reply lost, the SDK repeats the write: no conflict with oneself."""
    losing = {"service": "dynamodb", "operation": "PutItem", "drop": "after", "nth": [1]}
    stage.around("AwaitDecisionFunction", lambda _: stage.world.fault(**losing))
    sweep = stage.start()
    links = stage.links(sweep)
    stage.next_slice(sweep)
    assert stage.decide(links[ADA]).status in (200, 303)
    stage.end(sweep)
    assert stage.report(sweep)["failure"] is None


def test_no_mail_accepted_ends_the_sweep_at_once(stage: Stage) -> None:
    """FI-23: where no approver could be mailed no one can decide. Everything is kept, alarm and summary say why."""
    stage.world.fault(service="sesv2", operation="SendEmail", nth=[1, 2], code="MessageRejected")
    sweep = stage.start()
    assert stage.end(sweep)["status"] == "FAILED"
    assert "Await decision" not in stage.states(sweep)
    assert stage.report(sweep)["failure"]["error"] == "ApprovalNotSent"
    assert '"alarm":"ApprovalNotSent"' in stage.log.getvalue()
    assert stage.disposition(sweep, "resnet-demo")[0] == "kept"
    assert [mail.to for mail in stage.mails(sweep)] == [ADA, GRACE]


def test_one_refused_mail_of_two_leaves_the_other_approver(stage: Stage) -> None:
    """The sweep waits for whoever was reached."""
    stage.world.fault(service="sesv2", operation="SendEmail", nth=[1], code="MessageRejected")
    sweep = stage.start()
    stage.hub.until(lambda: stage.is_waiting(sweep) or None, 30, "the wait")
    [mail] = stage.mails(sweep)
    assert mail.to == GRACE
    assert stage.decide(link_in(mail) or "").status == 303
    stage.end(sweep)


def test_no_summary_accepted_is_a_failed_sweep(stage: Stage) -> None:
    """No one was told: the report lies there, the execution fails, and the watchdog tries to tell again."""
    stage.world.fault(service="sesv2", operation="SendEmail", nth=[1, 2], code="MessageRejected")
    sweep = stage.start("report")
    assert stage.end(sweep)["status"] == "FAILED"
    assert stage.report(sweep)["ending"] == "gaps"
    assert '"alarm":"SummaryNotMailed"' in stage.log.getvalue()
    assert stage.watchdog(sweep, "FAILED")["mailed"] == 2
    assert '"alarm":"SweepStopped"' in stage.log.getvalue()
    assert [mail.to for mail in stage.mails(sweep)] == [ADA, GRACE]


def test_a_second_start_is_skipped_and_names_the_first(stage: Stage) -> None:
    """FI-20, FI-21: one sweep at a time: the second one ends at once, asks no one and touches nothing of the first."""
    first = stage.start()
    links = stage.links(first)
    second = stage.start()
    described = stage.end(second)
    assert described["status"] == "SUCCEEDED"
    assert f'"holder": "{first}"' in described["output"]
    assert stage.states(second)[-1] == "Skipped, another sweep is running"
    assert stage.mails(second) == []
    assert stage.decide(links[ADA]).status == 303
    stage.end(first)


def test_bad_input_does_not_disturb_the_sweep_that_runs(stage: Stage) -> None:
    """A rejected start neither takes nor releases the lock of the sweep that waits."""
    first = stage.start()
    links = stage.links(first)
    stage.end(stage.start("nonsense"))
    third = stage.start()
    stage.end(third)
    assert stage.states(third)[-1] == "Skipped, another sweep is running"
    assert stage.decide(links[ADA]).status == 303
    stage.end(first)


def test_an_aborted_sweep_is_closed_by_the_watchdog(stage: Stage) -> None:
    """FI-38: the link says that the sweep is over, the lock is free, everybody is mailed, nothing was deleted."""
    sweep = stage.start()
    links = stage.links(sweep)
    done = stage.stop(sweep)
    assert (done["closed"], done["released"], done["mailed"]) == (True, True, 2)
    page = stage.hub.get(links[ADA])
    assert (page.status, "no longer running" in page.body) == (409, True)
    assert stage.decide(links[GRACE], "resnet-demo").status == 409
    assert "stopped" in stage.summary(sweep).subject
    assert "No deletion had started" in stage.summary(sweep).text
    following = stage.decided()
    assert stage.disposition(following, "resnet-demo")[1] == f"kept by {ADA}"


def test_a_decision_that_nobody_acted_on_is_closed_with_its_sweep(stage: Stage) -> None:
    """Approved, then aborted before the sweep looked: the approval is closed and can never be acted on later."""
    sweep = stage.start()
    links = stage.links(sweep)
    looking = stage.hub.handlers["endpoint-sweep-VerifyDecisionFunction"]

    def blind(event: dict[str, Any], context: Any) -> Any:
        return looking(event, context) if stage.record(sweep)["status"] == "pending" else seen_before(event)

    def seen_before(event: dict[str, Any]) -> Any:
        found = hub().records.unproven(event["approval_id"])
        seen = found.versions.seen if found else ""
        return {"id": event["approval_id"], "status": "waiting", "reason": "", "seen": seen, "slice_seconds": 1}

    stage.hub.handlers["endpoint-sweep-VerifyDecisionFunction"] = blind
    assert stage.decide(links[ADA], "resnet-demo").status == 303
    assert stage.stop(sweep)["closed"]
    item = {"account": MEMBER, "region": REGION, "name": "resnet-demo", "type": "endpoint"}
    approval = links[ADA].split("/a/")[1].partition("?")[0]
    event = {"sweep_id": sweep, "approval_id": approval, "item": item}
    assert stage.hub.handlers["endpoint-sweep-ApplyDecisionFunction"](event, None)["status"] == "failed"
    assert stage.world.log.find(operation="DeleteEndpoint") == []
    stage.approved.clear()


def test_a_deletion_that_an_abort_left_open_is_written_down_as_unknown(stage_of: OpenStage) -> None:
    """I8: no one confirms it any more; the table, the watchdog's mail and its report say so, with the way back."""
    stage = stage_of("small")
    stage.world.deleting_takes(60)
    sweep = stage.start()
    assert stage.decide(stage.links(sweep)[ADA], "resnet-demo").status == 303
    sent = {"operation": "DeleteEndpoint", "resource": "resnet-demo", "decision": "allowed"}
    stage.hub.until(lambda: stage.world.log.find(**sent) or None, 30, "the deletion")
    stage.stop(sweep)
    target = f"{MEMBER}/{REGION}/resnet-demo"
    outcome = stage.onlooker.document(f"SWEEP#{sweep}", f"OUTCOME#{target}")
    assert outcome
    assert (outcome["status"], outcome["reason"][:17]) == ("unknown", "the sweep stopped")
    assert stage.hub.document("report.failed.json", sweep)["deletions"] == {target: "unknown"}
    assert "1 deletion had started" in stage.summary(sweep).text


def test_a_lock_whose_sweep_died_is_taken_over(stage: Stage) -> None:
    """FI-22, BI-32: aborted, and the watchdog never came. The next sweep sees it; the old links name the new one."""
    sweep = stage.start()
    links = stage.links(sweep)
    stage.abort(sweep)
    following = stage.decided()
    assert "Request approval" in stage.states(following)
    record = stage.record(sweep)
    assert (record["status"], record["newer"]) == ("superseded", following)
    assert stage.row(sweep, "WAIT") is None
    assert not stage.watchdog(sweep, "ABORTED")["closed"]
    late = stage.decide(links[ADA], "resnet-demo")
    assert (late.status, late.body) == (409, "E_PLAN_SUPERSEDED")


def test_an_approval_is_not_acted_on_late(stage: Stage) -> None:
    """FI-39: past the delete window, as after a redrive days later: every item is stale, nothing is sent."""
    sweep = stage.start()
    links = stage.links(sweep)

    def later(_: Any) -> None:
        stage.hub.ahead = timedelta(hours=5)

    stage.around("ApplyDecisionFunction", later)
    assert stage.decide(links[ADA], "resnet-demo", "churn-poc").status == 303
    stage.end(sweep)
    assert stage.disposition(sweep, "resnet-demo") == ("stale", "the approval is too old to act on")
    assert stage.report(sweep)["totals"]["changed"] == 2
    assert stage.world.log.find(operation="DeleteEndpoint") == []


def test_a_step_that_runs_twice_deletes_once(stage_of: OpenStage) -> None:
    """Apply decision again with the same item, before and after the end: it only looks."""
    stage = stage_of("small")
    sweep = stage.start()
    links = stage.links(sweep)
    apply = stage.hub.handlers["endpoint-sweep-ApplyDecisionFunction"]
    events: list[dict[str, Any]] = []

    def twice(event: dict[str, Any], context: Any) -> Any:
        events.append(event)
        apply(event, context)
        return apply(event, context)

    stage.hub.handlers["endpoint-sweep-ApplyDecisionFunction"] = twice
    assert stage.decide(links[ADA], "resnet-demo").status == 303
    stage.end(sweep)
    assert apply(events[0], None)["status"] == "done"
    assert len(stage.world.log.find(operation="DeleteEndpoint")) == 1
    assert stage.disposition(sweep, "resnet-demo")[0] == "deleted"


def test_a_crash_after_the_deletion_is_found_out_by_looking(stage_of: OpenStage) -> None:
    """The function dies after DeleteEndpoint, before it wrote anything: deleted, by one call."""
    stage = stage_of("small")
    sweep = stage.start()
    links = stage.links(sweep)
    apply = stage.hub.handlers["endpoint-sweep-ApplyDecisionFunction"]

    def dying(event: dict[str, Any], context: Any) -> Any:
        stage.world.fault(service="dynamodb", operation="PutItem", nth=[2], code="ValidationException")
        return apply(event, context)

    stage.hub.handlers["endpoint-sweep-ApplyDecisionFunction"] = dying
    assert stage.decide(links[ADA], "resnet-demo").status == 303
    stage.end(sweep)
    assert len(stage.world.log.find(operation="DeleteEndpoint")) == 1
    assert stage.disposition(sweep, "resnet-demo") == ("deleted", "deleted and confirmed gone")
