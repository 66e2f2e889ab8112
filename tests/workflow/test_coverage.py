"""Cells that cannot be scanned are rows of the report with their reason; what can be scanned goes on."""

from unittest.mock import patch

import pytest

from tests.judging.stage import ADA, Stage
from tests.simulation.organization.scenarios.small import FIRST, HUB, MANAGEMENT, OTHER_REGION, REGION, SECOND
from tests.workflow.conftest import OpenStage


def reason(stage: Stage, sweep: str, account: str, region: str) -> str:
    [row] = [row for row in stage.report(sweep)["coverage"] if (row["account"], row["region"]) == (account, region)]
    return str(row["reason"])


@pytest.mark.parametrize("scenario", ["denied", "region_off", "region_denied", "suspended"])
def test_every_cell_ends_as_the_organization_says(stage_of: OpenStage, scenario: str) -> None:
    """Scanned, denied, region off or skipped: exactly one row a cell, as the world itself was built."""
    stage = stage_of(scenario)
    sweep = stage.start("report")
    assert stage.end(sweep)["status"] == "SUCCEEDED"
    assert stage.coverage(sweep) == stage.world.organization.expected_coverage()
    assert "Sweep complete but for some cells" in stage.states(sweep)


def test_a_denied_account_does_not_stop_the_others(stage_of: OpenStage) -> None:
    """Its idle endpoint stays unknown and untouched, the mail names the account before any money, the rest goes on."""
    stage = stage_of("denied")
    sweep = stage.start()
    text = stage.mails(sweep)[0].text if stage.links(sweep) else ""
    assert 0 < text.index(SECOND) < text.index("$")
    assert stage.plan(sweep) == [f"{FIRST}/{REGION}/resnet-demo"]
    assert stage.decide(stage.links(sweep)[ADA], "resnet-demo").status == 303
    stage.end(sweep)
    assert stage.coverage(sweep)[SECOND, REGION] == "denied"
    assert stage.world.exists(SECOND, REGION, "hidden-idle")
    summary = stage.summary(sweep).text
    assert 0 < summary.index(SECOND) < summary.index("$")


def test_too_little_coverage_asks_nobody(stage_of: OpenStage) -> None:
    """Below the least coverage findings are reported, not offered, and the report says why."""
    stage = stage_of("denied", MinCoveragePercent="90")
    sweep = stage.start()
    stage.end(sweep)
    assert "Request approval" not in stage.states(sweep)
    said = stage.disposition(sweep, "resnet-demo")[1]
    assert said == (
        "kept: no one was asked to approve. 2 of 4 account-region pairs were scanned (50%), and the minimum is 90%. "
        "Deploy the scan role in the missing accounts, exclude them, or lower MinCoveragePercent"
    )


def test_a_failing_cell_is_a_row(stage_of: OpenStage) -> None:
    """A service that answers 500 for ever fails one cell: nothing there is offered, the others are."""
    stage = stage_of("region_off", MinCoveragePercent="10")
    stage.world.fault(
        service="sagemaker", operation="ListEndpoints", account=SECOND, code="InternalFailure", status=500
    )
    with patch("botocore.retries.standard.RetryHandler.needs_retry", lambda *_, **__: None):
        sweep = stage.start()
        links = stage.links(sweep)
    assert stage.decide(links[ADA]).status == 303
    stage.end(sweep)
    expected = stage.world.organization.expected_coverage()
    failed = {(SECOND, REGION): "failed", (SECOND, OTHER_REGION): "failed"}
    assert stage.coverage(sweep) == expected | failed
    assert "listing endpoints: InternalFailure" in reason(stage, sweep, SECOND, REGION)
    assert stage.plan(sweep) == [f"{FIRST}/{REGION}/resnet-demo"]


def test_a_cell_without_a_result_is_a_row(stage: Stage) -> None:
    """A scan that says that it went well and leaves nothing behind: failed, and nothing of it is offered."""
    stage.hub.handlers["endpoint-sweep-ScanCellFunction"] = lambda event, context: None
    sweep = stage.start()
    stage.end(sweep)
    cells = {(account, REGION): "failed" for account in (MANAGEMENT, HUB, FIRST)}
    assert stage.coverage(sweep) == cells
    assert reason(stage, sweep, FIRST, REGION) == "the scan of this account and region produced no result"
    assert stage.report(sweep)["findings"] == []


def test_an_incomplete_list_of_accounts_stops_the_sweep(stage: Stage) -> None:
    """Where the Organization cannot be listed there is no plan, no question, and a mail that says so."""
    stage.world.fault(service="organizations", operation="ListAccounts", code="AccessDeniedException")
    sweep = stage.start()
    assert stage.end(sweep)["status"] == "FAILED"
    assert stage.report(sweep)["failure"]["error"] == "TargetsIncomplete"
    assert "Scan every cell" not in stage.states(sweep)
    assert stage.summary(sweep).subject.endswith("the sweep failed")


def test_metrics_that_cannot_be_read_fail_the_cell(stage: Stage) -> None:
    """Without traffic figures nothing is judged: the cell is denied, and nothing of it is offered."""
    stage.world.fault(service="cloudwatch", operation="GetMetricData", code="AccessDenied", status=403)
    sweep = stage.start()
    stage.end(sweep)
    assert stage.coverage(sweep)[FIRST, REGION] == "denied"
    assert stage.plan(sweep) == []


def test_tags_that_cannot_be_read_protect(stage: Stage) -> None:
    """Without tags every quiet endpoint counts as protected."""
    stage.world.fault(service="resourcegroupstaggingapi", operation="GetResources", code="AccessDeniedException")
    sweep = stage.start()
    stage.end(sweep)
    verdicts = {row["name"]: row["verdict"] for row in stage.report(sweep)["findings"]}
    assert verdicts["resnet-demo"] == verdicts["churn-poc"] == "protected"
    assert verdicts["fraud-scoring"] == "busy"
