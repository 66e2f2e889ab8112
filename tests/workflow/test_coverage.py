"""Cells that cannot be scanned are rows of the report with their reason; what can be scanned goes on."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest

from tests.judging.stage import ADA, Stage
from tests.simulation.organization.scenarios.small import FIRST, HUB, MANAGEMENT, OPT_IN, OPT_IN_TOO, REGION, SECOND
from tests.simulation.wire.protocols import Reply
from tests.workflow.conftest import OpenStage


def offering(region: str) -> Callable[[Reply], Reply]:
    """The last page of AWS's list with one region more."""

    def rewrite(reply: Reply) -> Reply:
        page = json.loads(reply.body)
        page["Parameters"].append({"Name": region, "Value": region})
        return replace(reply, body=json.dumps(page).encode())

    return rewrite


def reason(stage: Stage, sweep: str, account: str, region: str) -> str:
    [row] = [row for row in stage.report(sweep)["coverage"] if (row["account"], row["region"]) == (account, region)]
    return str(row["reason"])


@pytest.mark.parametrize(
    "scenario", ["denied", "region_off", "region_denied", "suspended", "out_of_reach", "off_everywhere"]
)
@pytest.mark.usefixtures("impatient")
def test_every_cell_ends_as_the_organization_says(stage_of: OpenStage, scenario: str) -> None:
    """Scanned, denied, region off, failed or skipped: exactly one row a cell, as the world itself was built."""
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
    assert 0 < summary.index("% of accounts and regions scanned") < summary.index("$")
    assert SECOND in summary


def test_too_little_coverage_asks_nobody(stage_of: OpenStage) -> None:
    """Below the least coverage findings are reported, not offered, and the report says why."""
    stage = stage_of("denied", MinCoveragePercent="90")
    sweep = stage.start()
    stage.end(sweep)
    assert "Request approval" not in stage.states(sweep)
    said = stage.disposition(sweep, "resnet-demo")[1]
    assert said == (
        "kept: no one was asked to approve. 2 of 4 account-region pairs were scanned (50%), and the minimum is 90%. "
        "Deploy the scan role in the others, use ExcludeAccounts, or lower MinCoveragePercent"
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
    failed = {(SECOND, REGION): "failed", (SECOND, OPT_IN): "failed"}
    assert stage.coverage(sweep) == expected | failed
    assert "listing endpoints: InternalFailure" in reason(stage, sweep, SECOND, REGION)
    assert stage.plan(sweep) == [f"{FIRST}/{REGION}/resnet-demo"]


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"drop": "refused"}, "No connection to the region"),
        ({"code": "UnrecognizedClientException", "message": "The security token included in the request is invalid."},
         "The region refused the session's token"),
        ({"code": "InvalidClientTokenId", "status": 403}, "The region refused the session's token"),
    ],
    ids=["no connection", "token", "query token"],
)  # fmt: skip
def test_what_is_out_of_reach_asks_nobody(stage_of: OpenStage, fault: dict[str, Any], told: str) -> None:
    """Most of the Organization does not answer: that is no complete sweep, and no one decides by it (D6.5)."""
    stage = stage_of("many_accounts")
    stage.world.fault(service="sagemaker", operation="ListEndpoints", account="5000000000[0-3]*", **fault)
    sweep = stage.start()
    stage.end(sweep)
    assert "Request approval" not in stage.states(sweep)
    statuses = list(stage.coverage(sweep).values())
    assert (statuses.count("failed"), statuses.count("denied"), statuses.count("region-off")) == (40, 1, 0)
    summary = stage.summary(sweep)
    assert ": no one was asked: 12% was scanned and 50% is needed; " in summary.subject
    assert told in summary.text
    assert not stage.world.log.find(operation="DescribeRegions")


@pytest.mark.usefixtures("impatient")
def test_a_region_that_does_not_answer_is_asked_about_once(stage_of: OpenStage) -> None:
    """One call an account, however many of its regions are in doubt; none where all is well."""
    stage = stage_of("out_of_reach")
    stage.end(stage.start("report"))
    asked = Counter(call.account for call in stage.world.log.find(operation="DescribeRegions"))
    assert asked == {FIRST: 1, SECOND: 1, "444444444444": 1}


def test_a_region_that_was_named_and_is_off_everywhere_is_told(stage_of: OpenStage) -> None:
    """A gap with its region, not a region that needs no look."""
    stage = stage_of("off_everywhere")
    sweep = stage.start("report")
    stage.end(sweep)
    text = stage.summary(sweep).text
    assert "The sweep names a region that is off in every account" in text
    assert OPT_IN in text
    assert reason(stage, sweep, FIRST, OPT_IN) == "the sweep names this region, and no account has it"


@pytest.mark.usefixtures("impatient")
def test_an_account_that_does_not_tell_its_regions(stage_of: OpenStage) -> None:
    """Every region is looked at, and one that may be off or not is a gap: never only the hub's own region (D6.2)."""
    stage = stage_of("out_of_reach", Regions="enabled")
    stage.world.fault(service="account", operation="ListRegions", code="AccessDeniedException", status=403)
    sweep = stage.start("report")
    stage.end(sweep)
    expected, found = stage.world.organization.expected_coverage(), stage.coverage(sweep)
    assert {cell: status for cell, status in found.items() if cell in expected} == expected
    assert len([cell for cell in found if cell[0] == FIRST]) > 30
    assert found[FIRST, "me-south-1"] == "region-off"
    assert found["444444444444", "me-south-1"] == "failed"
    assert "the account's list of regions cannot be read" in reason(stage, sweep, "444444444444", OPT_IN_TOO)
    assert "Which regions the account has enabled is not known" in stage.summary(sweep).text


@pytest.mark.parametrize("regions", ["us-east-1,us-esat-1", "enabled,us-esat-1"])
def test_a_misspelt_region_of_the_stack(stage_of: OpenStage, regions: str) -> None:
    """Refused by name, with the one that was meant."""
    stage = stage_of("small", Regions=regions)
    sweep = stage.start("report")
    assert stage.end(sweep)["status"] == "FAILED"
    said = 'E_REGION: the stack parameter Regions has "us-esat-1", which is not a region; did you mean us-east-1?'
    assert stage.report(sweep)["failure"]["reason"] == said


def test_a_region_that_the_sdk_does_not_know(stage_of: OpenStage) -> None:
    """It is one if AWS offers SageMaker there."""
    stage = stage_of("small")
    stage.world.fault(service="ssm", operation="GetParametersByPath", rewrite=offering("ap-southeast-99"))
    sweep = stage.start("report", regions=[REGION, "ap-southeast-99"])
    assert stage.end(sweep)["status"] == "SUCCEEDED"


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
