"""What people decide, from the start of a sweep to its summary: real state machine, real handlers."""

from datetime import timedelta

import pytest

from tests.judging.deciding import form
from tests.judging.stage import ADA, GRACE, Stage
from tests.simulation.hub.approver import newest_code
from tests.workflow.conftest import OpenStage

MEMBER, REGION = "222222222222", "us-east-1"
IDLE = {"resnet-demo", "churn-poc"}


def names(stage: Stage) -> set[str]:
    return {name for _, _, name in stage.world.endpoints()}


def test_everything_idle_is_approved_and_gone(stage_of: OpenStage) -> None:
    """Both idle endpoints are deleted, the other four are not, and the summary says so with the saving."""
    stage = stage_of("small")
    others = names(stage) - IDLE
    sweep = stage.decided(*IDLE)
    assert names(stage) == others
    assert {stage.disposition(sweep, name)[0] for name in IDLE} == {"deleted"}
    assert stage.report(sweep)["totals"]["deleted"] == 2
    summary = stage.summary(sweep)
    assert summary.subject.endswith(": 66% scanned; 2 endpoints deleted, $1,196 a month saved")
    assert "$1,196.03" in summary.text
    assert stage.states(sweep)[-3:] == ["Send summary", "How did it end?", "Sweep complete but for some cells"]


def test_codes_that_come_twelve_minutes_late(stage_of: OpenStage) -> None:
    """A mail gateway holds every email back. The approver asks twice, and the first code that arrives decides."""
    stage = stage_of("small")
    sweep = stage.start()
    link = stage.links(sweep)[ADA]
    asked_at = (timedelta(), timedelta(minutes=8))
    for stage.hub.ahead in asked_at:
        assert stage.hub.post(link, form(stage.hub, link, ["resnet-demo"]) | {"step": "review"}).status == 200
    stage.hub.ahead = timedelta(minutes=13)
    mailed = [mail.text for mail in stage.mails(sweep) if mail.to == ADA and "Your code: " in mail.text]
    late = timedelta(minutes=12)
    arrived = [text for text, at in zip(mailed, asked_at, strict=True) if at + late <= stage.hub.ahead]
    assert len(arrived) == 1
    assert stage.decide(link, "resnet-demo", code=newest_code(arrived)).status == 303
    stage.end(sweep)
    assert stage.disposition(sweep, "resnet-demo")[0] == "deleted"


def test_only_the_approved_one_is_deleted(stage_of: OpenStage) -> None:
    """Of two offered endpoints one is approved: the other one is kept, with the name of who decided."""
    stage = stage_of("small")
    sweep = stage.decided("resnet-demo")
    assert not stage.world.exists(MEMBER, REGION, "resnet-demo")
    assert stage.world.exists(MEMBER, REGION, "churn-poc")
    assert stage.disposition(sweep, "churn-poc") == ("kept", f"kept by {ADA}")
    assert "IDLE AND KEPT" in stage.summary(sweep).text


def test_keeping_everything_deletes_nothing(stage: Stage) -> None:
    """A decision to keep ends the sweep at once. The act role was only asked, once, whether it lets the hub in."""
    calls = len(stage.world.log)
    sweep = stage.decided()
    assert "Apply each decision" not in stage.states(sweep)
    assert stage.disposition(sweep, "resnet-demo") == ("kept", f"kept by {ADA}")
    assumed = [call for call in stage.world.log.calls[calls:] if call.operation == "AssumeRole"]
    roles = [call.resource.rpartition("/")[2] for call in assumed]
    assert set(roles) == {"endpoint-sweep-scan", "endpoint-sweep-act"}
    assert roles.count("endpoint-sweep-act") == 1


def test_nobody_answers(stage: Stage) -> None:
    """FI-37: after 72 hours without an answer everything is kept, the link says so, and no one is asked again."""
    sweep = stage.start()
    links = stage.links(sweep)
    stage.next_slice(sweep)
    stage.hub.ahead = timedelta(hours=73)
    stage.end(sweep)
    assert stage.disposition(sweep, "resnet-demo") == ("kept", "kept: no one responded in time")
    assert [mail.to for mail in stage.mails(sweep)] == [ADA, GRACE] * 2
    late = stage.hub.get(links[GRACE])
    assert (late.status, "Nothing was deleted." in late.body) == (410, True)
    assert stage.decide(links[GRACE], "resnet-demo").status == 410


def test_the_last_moment_to_answer_is_before_expiry(stage: Stage) -> None:
    """FI-37: in the last 15 minutes of the 72 hours no decision is accepted, though the sweep has not looked yet."""
    sweep = stage.start()
    links = stage.links(sweep)
    stage.hub.ahead = timedelta(hours=71, minutes=45)
    answer = stage.decide(links[ADA], "resnet-demo")
    assert (answer.status, answer.body) == (410, "E_APPROVAL_EXPIRED")
    stage.end(sweep)


def test_nothing_idle_asks_nobody(stage_of: OpenStage) -> None:
    """Where nothing is idle there is no approval, only the summary."""
    stage = stage_of("quiet")
    sweep = stage.start()
    stage.end(sweep)
    assert "Request approval" not in stage.states(sweep)
    assert stage.row(sweep, "REQUEST") is None
    assert [mail.to for mail in stage.mails(sweep)] == [ADA, GRACE]
    assert {row["verdict"] for row in stage.report(sweep)["findings"]} == {"busy", "too-young", "protected"}


@pytest.mark.parametrize("data", [{}, {"mode": "report"}], ids=["by default", "asked for"])
def test_mode_report_changes_nothing_and_asks_nobody(stage: Stage, data: dict[str, str]) -> None:
    """Report is the default: no changing call in a member account, no differing byte, no one asked."""
    world, calls = stage.world.snapshot(), len(stage.world.log)
    sweep = stage.start_with(data)
    stage.end(sweep)
    assert stage.world.snapshot() == world
    made = [
        call for call in stage.world.log.calls[calls:] if call.account not in ("", stage.world.organization.hub_account)
    ]
    assert made, "the member was not even looked at"
    assert [one.name for one in made if not one.operation.startswith(("List", "Describe", "Get"))] == []
    assert stage.row(sweep, "REQUEST") is None
    assert not [mail for mail in stage.mails(sweep) if "decision" in mail.subject]
    assert stage.disposition(sweep, "resnet-demo") == ("kept", "kept: this sweep only reports")
