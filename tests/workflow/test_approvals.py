"""Several people, reminders, mails that come back, snoozes: what an approval goes through."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest

from tests.judging.stage import ADA, GRACE, Stage, link_in, secret_of
from tests.simulation.hub.outbox import Mail
from tests.simulation.hub.resources import STACK
from tests.workflow.conftest import OpenStage

BOTH = {"MinApprovers": "2"}


def bounce(stage: Stage, mail: Mail, kind: str = "Bounce", how: str = "Permanent") -> dict[str, Any]:
    """What the mail service tells of this mail, as SNS hands it to the function."""
    rows = [{"emailAddress": mail.to.upper()}]
    told = {
        "eventType": kind,
        "mail": {"tags": {"approval": [mail.approval], "ses:from-domain": ["example.com"]}},
        "bounce": {"bounceType": how, "bouncedRecipients": rows},
        "complaint": {"complainedRecipients": rows},
    }
    event = {"Records": [{"Sns": {"Message": json.dumps(told)}}]}
    done: dict[str, Any] = stage.hub.handlers[f"{STACK}-RecordBounceFunction"](event, None)
    return done


def asking(stage: Stage, sweep: str) -> list[Mail]:
    """The mails with a link."""
    return [mail for mail in stage.mails(sweep) if link_in(mail)]


def test_two_approvers_delete_what_both_chose(stage_of: OpenStage) -> None:
    """One of two decides: the sweep waits on. The second one's choice is narrower, and only that is deleted."""
    stage = stage_of("small", **BOTH)
    sweep = stage.start()
    links = stage.links(sweep)
    assert stage.decide(links[ADA], "resnet-demo", "churn-poc").status == 303
    stage.next_slice(sweep)
    assert stage.record(sweep)["status"] == "pending"
    assert stage.world.log.find(operation="DeleteEndpoint") == []
    assert stage.decide(links[GRACE], "churn-poc", comment="only this one").status == 303
    stage.end(sweep)
    assert stage.disposition(sweep, "churn-poc") == ("deleted", "deleted and confirmed gone")
    assert stage.disposition(sweep, "resnet-demo")[0] == "kept"
    told = stage.summary(sweep).text
    assert f"{ADA} decided to delete 2 endpoints on " in told
    assert re.search(rf"{GRACE} decided to delete 1 endpoint on .*\.\n    only this one\n", told)
    stage.approved.discard(("222222222222", "us-east-1", "resnet-demo"))


def test_one_of_two_is_not_enough(stage_of: OpenStage) -> None:
    """FI-37: the other one never answers: everything is kept, and the summary says how many were needed."""
    stage = stage_of("small", **BOTH)
    sweep = stage.start()
    links = stage.links(sweep)
    assert stage.decide(links[ADA], "resnet-demo", snoozes={"churn-poc": 30}).status == 303
    stage.hub.ahead = timedelta(hours=72)
    stage.end(sweep)
    stage.approved.clear()
    assert stage.world.log.find(operation="DeleteEndpoint") == []
    assert stage.record(sweep)["status"] == "expired"
    assert stage.disposition(sweep, "resnet-demo") == ("kept", "kept: 2 approvers were needed")
    following = stage.start()
    stage.links(following)
    assert [one.rpartition("/")[2] for one in stage.plan(following)] == ["resnet-demo"], "the snooze was forgotten"
    stage.stop(following)


def test_a_rejection_after_an_approval_wins(stage: Stage) -> None:
    """FI-29: as long as the sweep has not looked, anybody can still keep everything."""
    sweep = stage.start()
    links = stage.links(sweep)
    stage.world.fault(service="stepfunctions", operation="SendTaskSuccess", code="AccessDeniedException")
    looking = stage.hub.handlers[f"{STACK}-VerifyDecisionFunction"]
    answers: list[int] = []

    def later(event: dict[str, Any], context: Any) -> Any:
        if stage.record(sweep)["status"] == "decided" and not answers:
            answers.append(stage.decide(links[GRACE]).status)
        return looking(event, context)

    stage.hub.handlers[f"{STACK}-VerifyDecisionFunction"] = later
    assert stage.decide(links[ADA], "resnet-demo").status == 303
    stage.end(sweep)
    stage.approved.clear()
    assert answers == [303]
    assert stage.disposition(sweep, "resnet-demo") == ("kept", f"kept by {GRACE}")


def test_who_started_a_sweep_needs_somebody_else(stage_of: OpenStage) -> None:
    """BI-42: under an alias, too; the approval of another person alone is enough."""
    stage = stage_of("small")
    sweep = stage.start(requested_by="Ada+finops@example.com")
    links = stage.links(sweep)
    assert stage.decide(links[ADA], "resnet-demo").status == 303
    stage.next_slice(sweep)
    assert stage.record(sweep)["status"] == "pending"
    assert stage.decide(links[GRACE], "resnet-demo").status == 303
    stage.end(sweep)
    assert stage.disposition(sweep, "resnet-demo")[0] == "deleted"


def test_the_only_approver_cannot_approve_an_own_sweep(stage_of: OpenStage) -> None:
    """BI-42: no one can be waited for, so no one is mailed; everything is kept at once."""
    stage = stage_of("small", Approvers=ADA)
    sweep = stage.start(requested_by=ADA)
    assert stage.end(sweep)["status"] == "FAILED"
    assert "Await decision" not in stage.states(sweep)
    assert stage.report(sweep)["failure"]["error"] == "ApprovalNotSent"


def test_reminders_at_half_time_and_before_the_end(stage: Stage) -> None:
    """Two to everybody who has not decided, each with a fresh secret; then everything is kept."""
    sweep = stage.start()
    first = stage.links(sweep)
    for hours, mails in ((35, 2), (36, 4), (65, 4), (66, 6)):
        stage.hub.ahead = timedelta(hours=hours)
        stage.next_slice(sweep)
        stage.next_slice(sweep)
        assert len(asking(stage, sweep)) == mails, f"after {hours} hours"
    assert stage.record(sweep)["reminders"] == 2
    assert stage.states(sweep).count("Remind approvers") == 2
    subjects = [mail.subject for mail in asking(stage, sweep)]
    assert ["left to decide on 2 idle endpoints" in one for one in subjects] == [False] * 2 + [True] * 4
    secrets = {secret_of(link_in(mail) or "") for mail in asking(stage, sweep)}
    assert len(secrets) == 6
    assert stage.hub.get(first[ADA]).status == stage.hub.get(link_in(asking(stage, sweep)[-1]) or "").status == 200
    stage.hub.ahead = timedelta(hours=72)
    stage.end(sweep)
    assert stage.disposition(sweep, "resnet-demo") == ("kept", "kept: no one responded in time")


def test_who_has_decided_is_not_reminded(stage_of: OpenStage) -> None:
    """Only the other one is. And a reminder that cannot be sent does not end the sweep."""
    stage = stage_of("small", **BOTH)
    sweep = stage.start()
    links = stage.links(sweep)
    assert stage.decide(links[ADA], "resnet-demo").status == 303
    stage.hub.ahead = timedelta(hours=37)
    stage.next_slice(sweep)
    stage.next_slice(sweep)
    assert [mail.to for mail in asking(stage, sweep)] == [ADA, GRACE, GRACE]
    stage.world.fault(service="sesv2", operation="SendEmail", nth=[1], code="MessageRejected")
    stage.hub.ahead = timedelta(hours=67)
    stage.next_slice(sweep)
    stage.next_slice(sweep)
    assert stage.decide(link_in(asking(stage, sweep)[-1]) or "").status == 303
    stage.approved.clear()
    stage.end(sweep)
    assert stage.disposition(sweep, "resnet-demo") == ("kept", f"kept by {GRACE}")


@pytest.mark.parametrize("kind", ["Bounce", "Complaint"])
def test_a_mail_that_comes_back_ends_what_can_no_longer_be_approved(stage_of: OpenStage, kind: str) -> None:
    """FI-24: two are needed, one of two cannot be reached. The wait ends at once, everything is kept."""
    stage = stage_of("small", **BOTH, WaitSliceSeconds="3600")
    sweep = stage.start()
    stage.links(sweep)
    [first, _] = asking(stage, sweep)
    assert bounce(stage, first, kind) == {"lost": 1, "closed_approvals": 1}
    stage.end(sweep)
    assert stage.disposition(sweep, "resnet-demo")[1].startswith("kept: too few approvers can be reached")
    assert bounce(stage, first, kind) == {"lost": 0, "closed_approvals": 0}


def test_a_mail_that_comes_back_where_one_is_enough(stage: Stage) -> None:
    """FI-24: the other one decides; the lost one is not reminded. A full mailbox and a stranger's mail say nothing."""
    sweep = stage.start()
    links = stage.links(sweep)
    [first, second] = asking(stage, sweep)
    for mail, how in ((second, "Transient"), (Mail("x@example.com", "", "", "", first.approval), "Permanent")):
        assert bounce(stage, mail, how=how) == {"lost": 0, "closed_approvals": 0}
    assert bounce(stage, Mail(ADA, "", "", "", "0" * 32)) == {"lost": 0, "closed_approvals": 0}
    assert bounce(stage, first) == {"lost": 1, "closed_approvals": 0}
    assert stage.record(sweep)["unreachable"] == [ADA]
    stage.hub.ahead = timedelta(hours=37)
    stage.next_slice(sweep)
    stage.next_slice(sweep)
    assert [mail.to for mail in asking(stage, sweep)] == [ADA, GRACE, GRACE]
    assert stage.decide(links[GRACE]).status == 303
    stage.end(sweep)


@pytest.mark.parametrize("message", ["", "null", "[]", '{"mail": {"tags": {"approval": [{}]}}}', '{"mail": 1}'])
def test_a_report_of_another_shape_changes_nothing(stage: Stage, message: str) -> None:
    """Nor does it raise, which would make SNS repeat it."""
    event = {"Records": [{"Sns": {"Message": message}}]}
    assert stage.hub.handlers[f"{STACK}-RecordBounceFunction"](event, None) == {"lost": 0, "closed_approvals": 0}


def test_a_throttled_mail_is_sent_after_all(stage: Stage) -> None:
    """FI-23: refused twice, then accepted."""
    stage.world.fault(service="sesv2", operation="SendEmail", nth=[1, 2], code="TooManyRequestsException")
    sweep = stage.start()
    links = stage.links(sweep)
    assert stage.decide(links[ADA]).status == 303
    stage.end(sweep)


def test_a_mail_whose_reply_was_lost_opens_no_second_approval(stage: Stage) -> None:
    """FI-25: mailed, the reply lost, mailed again: the same approval, one decision."""
    stage.world.fault(service="sesv2", operation="SendEmail", nth=[1], drop="after")
    sweep = stage.start()
    stage.links(sweep)
    mails = asking(stage, sweep)
    assert [mail.to for mail in mails] == [ADA, ADA, GRACE]
    assert len({mail.approval for mail in mails}) == 1
    assert stage.decide(link_in(mails[0]) or "").status == 303
    stage.end(sweep)
    assert [stage.decide(link_in(mail) or "").status for mail in mails[1:]] == [200, 409]
    assert len(stage.record(sweep)["decisions"]) == 1


def test_an_asking_step_that_runs_twice_opens_no_second_approval(stage: Stage) -> None:
    """FI-25: a retry mails again, with other secrets, into the same record."""
    asked = stage.hub.handlers[f"{STACK}-RequestApprovalFunction"]

    def twice(event: dict[str, Any], context: Any) -> Any:
        asked(event, context)
        return asked(event, context)

    stage.hub.handlers[f"{STACK}-RequestApprovalFunction"] = twice
    sweep = stage.start()
    links = stage.links(sweep)
    assert len(stage.record(sweep)["secrets"]) == 4
    assert stage.decide(links[ADA]).status == 303
    stage.end(sweep)


def test_a_snoozed_endpoint_is_shown_and_not_offered(stage: Stage) -> None:
    """Until the snooze ends by itself."""
    first = stage.start()
    answer = stage.decide(stage.links(first)[ADA], snoozes={"churn-poc": 7})
    assert answer.status == 303
    stage.end(first)
    second = stage.start()
    links = stage.links(second)
    assert [one.rpartition("/")[2] for one in stage.plan(second)] == ["resnet-demo"]
    assert stage.decide(links[ADA]).status == 303
    stage.end(second)
    disposition, why = stage.disposition(second, "churn-poc")
    assert (disposition, why.startswith("snoozed until ")) == ("kept", True)
    assert "IDLE BUT SNOOZED" in stage.summary(second).text
    stage.hub.ahead = timedelta(days=8)
    third = stage.start()
    links = stage.links(third)
    assert len(stage.plan(third)) == 2
    assert stage.decide(links[ADA]).status == 303
    stage.end(third)
