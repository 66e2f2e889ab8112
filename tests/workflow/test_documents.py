"""The bucket lies, fails or is written to by someone else: nothing is deleted on what cannot be trusted."""

import json
from typing import Any

import pytest

from endpoint_sweep.domain.errors import DocumentNotFound, PlanDiffers
from endpoint_sweep.domain.why import Cause, Why
from endpoint_sweep.storage.sweep_folder import SweepFolder
from tests.judging.stage import ADA, Stage
from tests.simulation.hub.resources import BUCKET, STACK
from tests.simulation.wire.protocols import Reply
from tests.workflow.conftest import OpenStage

MEMBER, REGION = "222222222222", "us-east-1"


def deletions(stage: Stage) -> int:
    return len(stage.world.log.find(operation="DeleteEndpoint"))


@pytest.mark.parametrize(("code", "status"), [("AccessDenied", 403), ("SlowDown", 503)])
def test_a_plan_that_cannot_be_written_asks_nobody(stage: Stage, code: str, status: int) -> None:
    """FI-17: refused, or throttled for good: the sweep fails with the reason, everything is kept, no approval mail."""
    number = stage.world.fault(service="s3", operation="PutObject", resource="*/plan.json", code=code, status=status)
    sweep = stage.start()
    assert stage.end(sweep)["status"] == "FAILED"
    assert stage.report(sweep)["failure"]["error"] == "DocumentNotWritten"
    assert f"plan.json: {status}" in stage.report(sweep)["failure"]["reason"]
    assert stage.world.faults.seen(number) == (1 if status == 403 else 5)
    assert {row["disposition"] for row in stage.report(sweep)["findings"]} == {"kept"}
    assert [mail.subject.rpartition(": ")[2] for mail in stage.mails(sweep)] == ["the sweep failed"] * 2
    assert stage.row(sweep, "REQUEST") is None


def test_a_plan_that_slows_down_is_tried_again(stage: Stage) -> None:
    """FI-17: throttled twice, written then."""
    stage.world.fault(
        service="s3", operation="PutObject", resource="*/plan.json", nth=[1, 2], code="SlowDown", status=503
    )
    sweep = stage.decided()
    assert stage.disposition(sweep, "resnet-demo") == ("kept", f"kept by {ADA}")


def test_other_bytes_than_were_approved_delete_nothing(stage: Stage) -> None:
    """FI-18: the pinned version comes back changed by one byte: all kept, and the report says why."""
    sweep = stage.start()
    links = stage.links(sweep)

    def corrupted(reply: Reply) -> Reply:
        return Reply(reply.status, reply.headers, reply.body.replace(b"resnet-demo", b"resnet-damo"))

    with stage.looking_away():
        assert stage.decide(links[ADA], "resnet-demo").status == 303
        stage.world.fault(service="s3", operation="GetObject", resource="*plan.json*", rewrite=corrupted, nth=[1])
    stage.end(sweep)
    assert deletions(stage) == 0
    assert stage.disposition(sweep, "resnet-demo") == ("kept", f"kept: {Why(Cause.NOT_OFFERED).sentence}")
    assert '"alarm":"PlanTampered"' in stage.log.getvalue()
    assert (
        "Someone changed the records of this sweep.\nAlarm PlanTampered: nothing is deleted."
        in stage.summary(sweep).text
    )
    stage.approved.clear()


@pytest.mark.parametrize("step", ["verify_decision", "apply_decision"])
def test_a_plan_of_another_version_of_the_stack_deletes_nothing(
    stage: Stage, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An update while people decide: its bytes are those that were offered, so all is kept, and no one is accused."""
    sweep = stage.start()
    links = stage.links(sweep)
    with stage.looking_away():
        assert stage.decide(links[ADA], "resnet-demo").status == 303
        monkeypatch.setattr(f"endpoint_sweep.steps.{step}.plan_digest", lambda _: "0" * 64)
    stage.end(sweep)
    assert deletions(stage) == 0
    assert stage.disposition(sweep, "resnet-demo")[1] == f"kept: {Why(Cause.OTHER_VERSION).sentence}"
    assert not [line for line in stage.log.getvalue().splitlines() if sweep in line and "PlanTampered" in line]
    assert "Someone changed the records" not in stage.summary(sweep).text
    stage.approved.clear()


def test_a_new_version_of_the_plan_changes_nothing(stage_of: OpenStage) -> None:
    """FI-19: someone writes another plan over it: the pinned version decides, and ours is never written twice."""
    stage = stage_of("small")
    sweep = stage.start()
    links = stage.links(sweep)
    plan = stage.hub.document("plan.json", sweep)
    plan["caps"]["per_sweep"] = 0
    key = f"sweeps/{sweep}/plan.json"
    stage.hub.client("s3").put_object(Bucket=BUCKET, Key=key, Body=json.dumps(plan).encode())
    assert stage.decide(links[ADA], "resnet-demo").status == 303
    stage.end(sweep)
    assert stage.disposition(sweep, "resnet-demo")[0] == "deleted"
    assert deletions(stage) == 1


def test_what_is_written_once_is_written_once(stage: Stage) -> None:
    """The second result of a cell leaves the first one where it is (If-None-Match), and so does the same plan again;
    another plan is refused.
    """
    from endpoint_sweep.aws.wiring import hub

    sweep = stage.start("report")
    stage.end(sweep)
    folder, seals = SweepFolder(hub().store, sweep), hub().seals
    key = folder.opened(seals).key
    [cell] = [one for one in folder.cells(key).results if one.account == MEMBER]
    plan = folder.proven_plan(seals)
    versions = len(stage.objects())
    assert not folder.put_cell(type(cell)(MEMBER, REGION, cell.status, "another"), key)
    pointer = folder.put_plan(plan, seals)
    with pytest.raises(PlanDiffers):
        folder.put_plan(type(plan)(sweep, (), {}, plan.caps), seals)
    assert len(stage.objects()) == versions
    assert (pointer.count, folder.plan(pointer)) == (len(plan.items), plan)
    assert [one for one in folder.cells(key).results if one.account == MEMBER] == [cell]


BESIDE = ["plan.json", "findings.json", "coverage.json", "accounts.json", "input.json", "key.json"]


@pytest.mark.parametrize("how", ["overwritten", "removed"])
@pytest.mark.parametrize("name", BESIDE)
def test_what_became_of_a_document_hides_no_deletion(stage_of: OpenStage, name: str, how: str) -> None:
    """FI-19: nonsense on top of a document after the decision, or a marker: the summary tells what was found."""
    stage = stage_of("small")
    sweep = stage.start()
    links = stage.links(sweep)
    there = {"Bucket": BUCKET, "Key": f"sweeps/{sweep}/{name}"}
    s3 = stage.hub.client("s3")
    stage.around(
        "SendSummaryFunction",
        lambda _: s3.delete_object(**there) if how == "removed" else s3.put_object(**there, Body=b"[]"),
    )
    assert stage.decide(links[ADA], "resnet-demo").status == 303
    stage.end(sweep)
    assert stage.disposition(sweep, "resnet-demo")[0] == "deleted"
    assert stage.report(sweep)["failure"] is None


@pytest.mark.parametrize("how", ["overwritten", "removed"])
@pytest.mark.parametrize("name", ["input.json", "key.json"])
def test_a_sweep_that_cannot_be_told_says_so(stage_of: OpenStage, name: str, how: str) -> None:
    """I9: without a plan, and with an input that is not its own any more, nothing that was found is believed. So the
    report says that the sweep failed, not that nothing was found.
    """
    stage = stage_of("small")
    sweep = stage.next_name
    there = {"Bucket": BUCKET, "Key": f"sweeps/{sweep}/{name}"}
    s3 = stage.hub.client("s3")
    stage.around(
        "AggregateFindingsFunction",
        lambda _: s3.delete_object(**there) if how == "removed" else s3.put_object(**there, Body=b"{}"),
    )
    assert stage.end(stage.start())["status"] == "FAILED"
    assert stage.report(sweep)["ending"] == "failed"
    assert name in stage.report(sweep)["failure"]["reason"]
    assert "The sweep failed." in stage.summary(sweep).text


@pytest.mark.parametrize("name", ["input.json", "key.json"])
def test_a_report_without_documents_is_a_failure(
    stage_of: OpenStage, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """I2, I9: where even the plan's versions are gone, which no one can do: a failure, and what was deleted."""
    stage = stage_of("small")
    sweep = stage.start()
    links = stage.links(sweep)

    def gone(folder: SweepFolder, *_: Any) -> None:
        raise DocumentNotFound(f"{folder.prefix}/plan.json")

    def remove(_: dict[str, Any]) -> None:
        monkeypatch.setattr(SweepFolder, "proven_plan", gone)
        stage.hub.client("s3").delete_object(Bucket=BUCKET, Key=f"sweeps/{sweep}/{name}")

    stage.around("SendSummaryFunction", remove)
    assert stage.decide(links[ADA], "resnet-demo").status == 303
    assert stage.end(sweep)["status"] == "FAILED"
    told = f"deletions were sent for {MEMBER}/{REGION}/resnet-demo: done"
    assert told in stage.report(sweep)["failure"]["reason"]
    assert told in " ".join(stage.summary(sweep).text.split())


def test_a_summary_that_is_not_accepted_changes_no_fate(stage_of: OpenStage) -> None:
    """FI-52: deleted and reported as deleted, the execution fails so that someone looks."""
    stage = stage_of("small")
    sweep = stage.start()
    links = stage.links(sweep)
    # The code and the receipt are mailed before.
    stage.world.fault(service="sesv2", operation="SendEmail", code="MessageRejected", nth=list(range(3, 30)))
    assert stage.decide(links[ADA], "resnet-demo").status == 303
    assert stage.end(sweep)["status"] == "FAILED"
    assert stage.disposition(sweep, "resnet-demo")[0] == "deleted"


REPORTS = ["*/report.html", "*/report.csv", "*/report.json", "*/report.*"]


@pytest.mark.parametrize("which", REPORTS, ids=["html", "csv", "json", "all of them"])
def test_a_report_that_cannot_be_written_changes_no_fate(stage_of: OpenStage, which: str) -> None:
    """FI-52: deleted; the table says so, the execution fails, the watchdog tells people what became of each."""
    stage = stage_of("small")
    sweep = stage.start()
    links = stage.links(sweep)
    stage.world.fault(service="s3", operation="PutObject", resource=which, code="InternalError", status=500)
    stage.stopped.add(sweep)
    assert stage.decide(links[ADA], "resnet-demo").status == 303
    assert stage.end(sweep)["status"] == "FAILED"
    assert stage.states(sweep)[-2:] == ["Send summary", "Summary not mailed"]
    assert f"{STACK}-SendSummaryFunction" in stage.history(sweep)
    mailed = len(stage.mails(sweep))
    done = stage.watchdog(sweep, "FAILED")
    assert (done["mailed"], done["released"], done["written"]) == (2, True, which != "*/report.*")
    target = f"{MEMBER}/{REGION}/resnet-demo"
    for mail in stage.mails(sweep)[mailed:]:
        assert f"{target}: Carried out" in mail.text
        assert f"endpoint-sweep restore {sweep} {target}" in mail.text
    # Plan, decision, intent, outcome and the world tell the same story without the report.
    items = [item for item in stage.hub.items() if item["pk"]["S"] == f"SWEEP#{sweep}"]
    assert {item["sk"]["S"] for item in items} == {f"INTENT#{target}", f"OUTCOME#{target}"}
    assert [item["status"]["S"] for item in items if item["sk"]["S"].startswith("OUTCOME#")] == ["done"]
    assert target in stage.plan(sweep)
    [decision] = stage.record(sweep)["decisions"]
    assert [one["name"] for one in decision["selected"]] == ["resnet-demo"]
    assert not stage.world.exists(MEMBER, REGION, "resnet-demo")
    assert deletions(stage) == 1
    stage.world.clear_faults()
    stage.watchdog(sweep, "FAILED")
    assert stage.hub.document("report.failed.json", sweep)["deletions"] == {target: "done"}
