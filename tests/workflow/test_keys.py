"""Keys that do not answer, and what is stored of a task token."""

from datetime import timedelta
from typing import Any

from endpoint_sweep.domain.why import Cause, Why
from tests.judging import deciding
from tests.judging.stage import ADA, Stage, link_in
from tests.workflow.conftest import OpenStage

FOREVER = list(range(1, 500))
NO_CHECK: dict[str, Any] = {
    "service": "kms", "operation": "VerifyMac", "nth": FOREVER, "code": "KMSInternalException"
}  # fmt: skip


def test_a_decision_that_cannot_be_signed_is_not_recorded(stage_of: OpenStage) -> None:
    """FI-32: KMS makes no MAC: whoever chose deletions gets 503, and the approval is as open as before."""
    stage = stage_of("small")
    sweep = stage.start()
    links = stage.links(sweep)
    fields = deciding.with_code(stage.hub, links[ADA], deciding.form(stage.hub, links[ADA], ["resnet-demo"]))
    stage.world.fault(service="kms", operation="GenerateMac", nth=FOREVER, code="ThrottlingException")
    assert stage.hub.post(links[ADA], fields).status == 503
    record = stage.record(sweep)
    assert (record["status"], record["decisions"]) == ("pending", [])
    stage.world.clear_faults()
    assert stage.decide(links[ADA], "resnet-demo").status == 303
    stage.end(sweep)
    assert stage.disposition(sweep, "resnet-demo")[0] == "deleted"


def test_keeping_everything_needs_no_signature(stage: Stage) -> None:
    """FI-32: KMS makes no MAC: everything is kept all the same. Only who it was cannot be proven, and that is told."""
    sweep = stage.start()
    links = stage.links(sweep)
    stage.world.fault(service="kms", operation="GenerateMac", nth=FOREVER, code="ThrottlingException")
    assert stage.decide(links[ADA]).status == 303
    stage.end(sweep)
    assert stage.disposition(sweep, "resnet-demo") == ("kept", f"kept: {Why(Cause.UNNAMED).sentence}")


def test_a_page_that_cannot_be_proven_shows_and_records_nothing(stage: Stage) -> None:
    """KMS checks no MAC: no one can tell whose link it is. 503, and afterwards it works as before."""
    sweep = stage.start()
    links = stage.links(sweep)
    stage.world.fault(**NO_CHECK)
    assert (stage.hub.get(links[ADA]).status, stage.decide(links[ADA]).status) == (503, 503)
    stage.world.clear_faults()
    assert stage.record(sweep)["status"] == "pending"
    assert stage.decide(links[ADA]).status == 303
    stage.end(sweep)


def test_a_signature_that_cannot_be_checked_is_waited_for(stage_of: OpenStage) -> None:
    """KMS does not answer for a while: nothing is deleted meanwhile, and afterwards what was approved."""
    stage = stage_of("small")
    sweep = stage.start()
    links = stage.links(sweep)
    with stage.looking_away():
        assert stage.decide(links[ADA], "resnet-demo").status == 303
        stage.world.fault(**NO_CHECK)
    stage.next_slice(sweep)
    stage.next_slice(sweep)
    assert stage.record(sweep)["status"] == "decided"
    assert stage.world.log.find(operation="DeleteEndpoint") == []
    stage.world.clear_faults()
    stage.end(sweep)
    assert stage.disposition(sweep, "resnet-demo")[0] == "deleted"


def test_a_signature_that_can_never_be_checked_keeps_everything(stage: Stage) -> None:
    """KMS does not answer until the decision is too old: kept, and the summary says why."""
    sweep = stage.start()
    links = stage.links(sweep)
    with stage.looking_away():
        assert stage.decide(links[ADA], "resnet-demo").status == 303
        stage.world.fault(**NO_CHECK)
        stage.hub.ahead = timedelta(hours=5)
    stage.end(sweep)
    stage.approved.clear()
    assert stage.world.log.find(operation="DeleteEndpoint") == []
    assert "could not verify who decided" in stage.disposition(sweep, "resnet-demo")[1]
    assert "could not verify who decided" in stage.summary(sweep).text


def test_a_token_that_cannot_be_sealed_is_not_stored(stage: Stage) -> None:
    """The sweep waits without being woken, and finds the decision at its next look (FI-34)."""
    stage.world.fault(service="kms", operation="Encrypt", nth=FOREVER, code="KMSInternalException")
    sweep = stage.start()
    stage.hub.until(lambda: len(stage.mails(sweep)) == 2 or None, 30, "the mails")
    assert stage.row(sweep, "WAIT") is None
    assert stage.decide(link_in(stage.mails(sweep)[0]) or "").status == 303
    stage.end(sweep)
    assert stage.disposition(sweep, "resnet-demo") == ("kept", f"kept by {ADA}")


def test_the_stored_token_is_sealed_for_its_approval(stage: Stage) -> None:
    """What lies in the table is not the token, and opens only under the approval's own name; it goes with the wait."""
    sweep = stage.start()
    links = stage.links(sweep)
    row = stage.row(sweep, "WAIT")
    assert row
    assert not [token for token in stage.tokens if token in str(row)]
    assert stage.decide(links[ADA]).status == 303
    stage.end(sweep)
    assert stage.row(sweep, "WAIT") is None
