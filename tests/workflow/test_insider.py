"""What someone with a stolen link, or with a name that was used before, cannot do; the rest is in tests/deploy."""

import json

import pytest
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from endpoint_sweep.steps.watchdog import SUMMARY_MAILED
from tests.deploy.insider import wrong_guesses
from tests.judging.deciding import form
from tests.judging.stage import ADA, GRACE, Stage, link_in
from tests.simulation.hub.approver import newest_code
from tests.simulation.hub.resources import TABLE
from tests.workflow.conftest import OpenStage


def test_a_used_up_link_gets_its_approver_another(stage_of: OpenStage) -> None:
    """Whoever stole a link asks for codes until none is mailed any more, and guesses wrong: at the sweep's next look
    its approver is mailed a new link, all by itself, and can decide to delete with it.
    """
    stage = stage_of("small")
    sweep = stage.start()
    stolen = stage.links(sweep)[ADA]
    assert use_up(stage, sweep, stolen, "resnet-demo") >= 50
    for _ in range(3):
        stage.next_slice(sweep)
    mailed = links(stage, sweep, ADA) - {stolen}
    assert len(mailed) == 1, f"{len(mailed)} links were mailed instead of one that was used up"
    assert len(links(stage, sweep, GRACE)) == 1
    assert '"alarm":"CodesUsedUp"' in stage.log.getvalue()
    [new] = mailed
    assert stage.decide(new, "resnet-demo").status == 303
    stage.end(sweep)
    assert stage.disposition(sweep, "resnet-demo")[0] == "deleted"


def test_a_name_is_used_once(stage: Stage) -> None:
    """AWS forgets the name of an execution after 90 days. The next sweep of that name is refused: no one is asked about
    the plan of the one before.
    """
    sweep = stage.start()
    assert stage.decide(stage.links(sweep)[ADA]).status == 303
    stage.end(sweep)
    before = len(stage.mails(sweep))
    forget(stage, sweep)
    stage.start_with({"mode": "approve", "requested_by": "schedule"}, sweep)
    ended = stage.end(sweep)
    assert [mail.subject for mail in stage.mails(sweep)[before:] if link_in(mail)] == []
    assert ended["status"] == "FAILED"
    assert "E_RUN_NAME" in stage.mails(sweep)[-1].text


def use_up(stage: Stage, sweep: str, link: str, endpoint: str) -> int:
    """Asks for codes and guesses wrong until no more are mailed, and five times more: how many guesses it took."""
    fields, guesses = form(stage.hub, link, [endpoint]), 0
    for _ in range(12):
        mailed = len(codes(stage, sweep))
        stage.hub.post(link, fields | {"step": "review"})
        for wrong in wrong_guesses(newest_code(codes(stage, sweep)), 5):
            assert stage.hub.post(link, fields | {"code": wrong}).status not in (202, 303)
            guesses += 1
        if len(codes(stage, sweep)) == mailed:
            break
    return guesses


def codes(stage: Stage, sweep: str) -> list[str]:
    return [mail.text for mail in stage.mails(sweep) if mail.to == ADA and "Your code: " in mail.text]


def links(stage: Stage, sweep: str, address: str) -> set[str]:
    """Every link that this person was mailed about the sweep."""
    return {link for mail in stage.mails(sweep) if mail.to == address and (link := link_in(mail))}


def forget(stage: Stage, sweep: str) -> None:
    """As Step Functions does with an execution that ended 90 days ago."""
    backend = stepfunctions_parser_backends[stage.world.organization.hub_account][stage.hub.region]
    machine = backend.describe_state_machine(stage.hub.arn)
    machine.executions = [one for one in machine.executions if one.name != sweep]


@pytest.mark.parametrize("error", ["", SUMMARY_MAILED], ids=["aborted", "aborted with the error of a mailed summary"])
def test_nobody_silences_the_watchdog(stage: Stage, error: str) -> None:
    """A row of the ledger that says that the summary was mailed, and an execution that is stopped: people are told."""
    sweep = stage.start()
    stage.links(sweep)
    document = json.dumps({"ending": "complete", "mailed": 2, "monthly_saving_usd": "0", "acted": {}})
    row = {"pk": {"S": "LEDGER"}, "sk": {"S": sweep}, "document": {"S": document}, "version": {"N": "1"}}
    stage.tampered.add(sweep)
    stage.hub.client("dynamodb").put_item(TableName=TABLE, Item=row)
    stage.stopped.add(sweep)
    stage.hub.client("stepfunctions").stop_execution(executionArn=stage.sweeps[sweep], error=error, cause="-")
    assert stage.watchdog(sweep, str(stage.end(sweep)["status"]))["mailed"] == 2
    assert "stopped" in stage.summary(sweep).subject


def test_a_mailed_summary_is_not_followed_by_a_second_mail(stage_of: OpenStage) -> None:
    """A sweep that fails and says so in its summary: the watchdog closes what is open and mails nothing."""
    stage = stage_of("small")
    stage.world.fault(service="organizations", operation="*", code="AccessDeniedException")
    sweep = stage.start()
    assert stage.end(sweep)["status"] == "FAILED"
    assert stage.states(sweep)[-1] == "Sweep failed"
    before = len(stage.mails(sweep))
    assert stage.watchdog(sweep, "FAILED")["mailed"] == 0
    assert len(stage.mails(sweep)) == before > 0
