"""Accounts where deletion is not enabled: found out before anybody is asked, shown with their sum, never offered."""

import csv
import io
from collections import Counter
from typing import Any

import pytest

from tests.judging.stage import ADA, Stage
from tests.simulation.hub.resources import BUCKET
from tests.simulation.organization.scenarios.small import FIRST, REGION, SECOND, WORKLOADS, one, organization
from tests.simulation.organization.specification import Account, Organization
from tests.simulation.organization.traffic import Traffic
from tests.workflow.conftest import OpenStage

THIRD, OTHER_REGION = "444444444444", "eu-west-1"
ROOM = {"MaxDeletesPerAccount": "50", "MaxDeletePercentOfAccount": "100"}


def world(*, first: bool = True) -> Organization:
    """Deletion is enabled in the first account, unless it is not, and nothing is idle in the third."""
    members = (
        Account(FIRST, "vision-prod", WORKLOADS.id, has_act_role=first),
        Account(SECOND, "speech-prod", WORKLOADS.id, has_act_role=False),
        Account(THIRD, "busy-prod", WORKLOADS.id, has_act_role=False),
    )
    endpoints = [
        one("open-1"),
        one("open-2"),
        one("closed-1", account=SECOND),
        one("closed-2", account=SECOND, region=OTHER_REGION),
        one("called", Traffic.steady(9), account=THIRD),
    ]
    return organization(endpoints, members, (REGION, OTHER_REGION))


def asked(stage: Stage) -> Counter[str]:
    """How often each account's act role was tried before the plan was written."""
    calls = stage.world.log.calls
    plan = next(i for i, call in enumerate(calls) if call.operation == "PutObject" and "plan.json" in call.resource)
    tried = [call for call in calls[:plan] if call.operation == "AssumeRole" and "endpoint-sweep-act" in call.resource]
    return Counter(call.resource.split(":")[4] for call in tried)


def test_what_cannot_be_deleted_is_shown_and_not_offered(stage_of: OpenStage) -> None:
    """On the page, in the mails, in the report and in the spreadsheet, with the sum of the account."""
    stage = stage_of(world(), **ROOM)
    sweep = stage.start()
    links = stage.links(sweep)
    organization = stage.world.organization
    assert stage.plan(sweep) == sorted("/".join(one) for one in organization.deletable(organization.expected_idle()))
    assert [name.rpartition("/")[2] for name in stage.plan(sweep)] == ["open-1", "open-2"]
    told = "2 idle endpoints in 1 account ($2,169.36 per month at list price) are not offered, because deletion is not"
    for shown in (stage.hub.get(links[ADA]).body, stage.mails(sweep)[0].text, stage.mails(sweep)[0].html):
        assert told in shown
        assert "closed-1" not in shown
    assert stage.decide(links[ADA], "open-1").status == 303
    stage.end(sweep)
    summary = stage.summary(sweep)
    for text in (summary.text, summary.html):
        assert told in text
        assert "closed-1" in text
    why = "kept: not offered, deletion is not enabled in this account"
    for name in ("closed-1", "closed-2"):
        assert stage.disposition(sweep, name) == ("kept", why)
    assert stage.report(sweep)["not_offered"]["not-enabled"] == {
        "accounts": 1, "count": 2, "monthly_usd": "2169.36", "noun": "endpoint", "unpriced": 0,
    }  # fmt: skip
    body = stage.hub.client("s3").get_object(Bucket=BUCKET, Key=f"sweeps/{sweep}/report.csv")["Body"].read()
    rows = {row["name"]: row["deletion"] for row in csv.DictReader(io.StringIO(body.decode("utf-8-sig")))}
    assert rows == {"open-1": "enabled", "open-2": "enabled", "closed-1": "not-enabled", "closed-2": "not-enabled",
                    "called": ""}  # fmt: skip
    assert stage.disposition(sweep, "open-1")[0] == "deleted"


def test_each_account_with_something_idle_is_asked_once(stage_of: OpenStage) -> None:
    """Whatever the number of its regions."""
    stage = stage_of(world(), **ROOM)
    stage.decided()
    assert asked(stage) == {FIRST: 1, SECOND: 1}


def test_a_sweep_that_only_reports_says_where_deletion_is_not_enabled(stage_of: OpenStage) -> None:
    """With its sum, for one AssumeRole an account and a session that may do nothing. The plan is what it was."""
    stage = stage_of(world(), **ROOM)
    sweep = stage.start("report")
    assert stage.end(sweep)["status"] == "SUCCEEDED"
    assert asked(stage) == {FIRST: 1, SECOND: 1}
    assert not [call for call in stage.world.log.calls if "endpoint-sweep-act" in call.caller]
    told = (
        "2 idle endpoints in 1 account ($2,169.36 per month at list price) could not be offered, because deletion is "
        "not enabled there: deploy the member roles with AllowDelete=true."
    )
    summary = stage.summary(sweep)
    assert told in summary.text
    assert told in summary.html
    assert "IDLE AND KEPT: $4,225.62 per month" in summary.text
    report = stage.report(sweep)
    assert report["not_offered"]["not-enabled"] == {
        "accounts": 1, "count": 2, "monthly_usd": "2169.36", "noun": "endpoint", "unpriced": 0,
    }  # fmt: skip
    assert {row["name"]: row["access"] for row in report["findings"]} == {
        "open-1": "enabled", "open-2": "enabled", "closed-1": "not-enabled", "closed-2": "not-enabled", "called": None,
    }  # fmt: skip
    only = "kept: this sweep only reports"
    assert stage.disposition(sweep, "open-1") == ("kept", only)
    assert stage.disposition(sweep, "closed-1") == ("kept", f"{only}; deletion is not enabled in this account")
    planned = {item["name"] for item in stage.hub.document("plan.json", sweep)["items"]}
    assert planned == {"open-1", "open-2", "closed-1", "closed-2"}


def test_a_check_that_fails_does_not_stop_a_report(stage_of: OpenStage) -> None:
    """Nothing would be offered: the report has everything but these answers, and says so."""
    stage = stage_of(world(), **ROOM)

    def dies(_event: dict[str, Any], _context: Any) -> dict[str, Any]:
        raise RuntimeError("no memory left")

    stage.hub.handlers["endpoint-sweep-CheckActRolesFunction"] = dies
    sweep = stage.start("report")
    assert stage.end(sweep)["status"] == "SUCCEEDED"
    assert stage.report(sweep)["failure"] is None
    assert "whether deletion is enabled there could not be checked" in stage.summary(sweep).text


def test_where_deletion_is_enabled_nowhere_nobody_is_asked(stage_of: OpenStage) -> None:
    """And the summary says why, and what to do."""
    stage = stage_of(world(first=False))
    sweep = stage.start()
    assert stage.end(sweep)["status"] == "SUCCEEDED"
    assert stage.row(sweep, "REQUEST") is None
    [plan] = [stage.hub.document("plan.json", sweep)]
    assert plan["why_not"] == (
        "no one was asked to approve, because deletion is not enabled in the 2 accounts with idle endpoints. "
        "Deploy the member roles with AllowDelete=true"
    )
    assert (
        "4 idle endpoints in 2 accounts ($4,225.62 per month at list price) are not offered"
        in stage.summary(sweep).text
    )
    assert "deploy the member roles with AllowDelete=true" in stage.summary(sweep).text
    assert stage.disposition(sweep, "open-1")[1] == "kept: not offered, deletion is not enabled in this account"


def test_an_error_is_no_answer(stage_of: OpenStage) -> None:
    """STS throttles: what is there is kept, with another sentence, and the other account is offered."""
    stage = stage_of(world(), **ROOM)
    stage.world.fault(service="sts", resource=f"*{SECOND}:role/endpoint-sweep-act", code="Throttling", status=400)
    sweep = stage.decided("open-1")
    why = "kept: not offered, whether deletion is enabled in this account could not be checked"
    assert stage.disposition(sweep, "closed-1") == ("kept", why)
    assert "could not be checked; the next sweep asks again" in stage.summary(sweep).text
    assert stage.disposition(sweep, "open-1")[0] == "deleted"


@pytest.mark.parametrize("body", [None, b"[]", b"{", b'{"222222222222": "yes"}'])
def test_without_the_answers_nothing_is_offered(stage_of: OpenStage, body: bytes | None) -> None:
    """Missing, or written by someone else first: no one is asked, and nothing else happens."""
    stage = stage_of(world(), **ROOM)
    name = "endpoint-sweep-CheckActRolesFunction"

    def instead(event: dict[str, Any], _: Any) -> dict[str, Any]:
        if body is not None:
            key = f"sweeps/{event['sweep_id']}/access.json"
            stage.hub.client("s3").put_object(Bucket=BUCKET, Key=key, Body=body)
        return {}

    stage.hub.handlers[name] = instead
    sweep = stage.start()
    assert stage.end(sweep)["status"] == "SUCCEEDED"
    assert stage.row(sweep, "REQUEST") is None
    assert "could not be checked" in stage.summary(sweep).text


def test_a_check_that_fails_keeps_everything(stage_of: OpenStage) -> None:
    """The step itself dies: the sweep ends with a report."""
    stage = stage_of(world(), **ROOM)

    def dies(_event: dict[str, Any], _context: Any) -> dict[str, Any]:
        raise RuntimeError("no memory left")

    stage.hub.handlers["endpoint-sweep-CheckActRolesFunction"] = dies
    sweep = stage.start()
    assert stage.end(sweep)["status"] == "FAILED"
    assert stage.row(sweep, "REQUEST") is None
    assert stage.report(sweep)["failure"]["error"] == "RuntimeError"
