"""The real template, built and deployed by SAM, with IAM on: sweeps from the first state to the summary mail.

The tests share one stack and run in order; each leaves no execution behind.
"""

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect, sync_playwright

from scripts import chromium
from tests.browser.reviewing import confirm, go_to_confirmation
from tests.deploy.deployed import APPROVERS, Deployed, deploy, until
from tests.simulation.hub.approver import Approver, newest_code

READING = re.compile(r"(List|Describe|Get|BatchGet|Head)")
MEMBER_SERVICES = ("sagemaker", "monitoring", "cloudwatch", "tagging", "application-autoscaling")
ROBOTS = ("GET", "HEAD", "OPTIONS")
DEPLOYING = 600

pytestmark = pytest.mark.timeout(DEPLOYING)


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    with deploy(tmp_path_factory.mktemp("deployed"), "small") as stack:
        yield stack


def test_report_mode_changes_nothing_in_any_member_account(deployed: Deployed) -> None:
    """Not one call that changes something is made there, no one is asked, and the summary says what was found."""
    before, calls = deployed.aws.snapshot(), len(deployed.aws.calls())
    execution = deployed.start("report-1", "report")
    assert deployed.wait(execution) == "SUCCEEDED"
    assert deployed.aws.snapshot() == before
    made = [call for call in deployed.aws.calls()[calls:] if call.service in MEMBER_SERVICES]
    assert made, "the log shows no scan at all"
    assert [call for call in made if not READING.match(call.operation)] == []
    mails = [mail for mail in deployed.aws.mails() if "report-1" in mail.subject]
    assert {mail.to for mail in mails} == {(approver,) for approver in APPROVERS}
    for mail in mails:
        said = mail.text.lower()
        assert said.index("scanned") < said.index("$"), "money is said before coverage"
    assert not any("/a/" in mail.text for mail in mails)


def test_a_person_in_a_browser_approves_one_of_two(deployed: Deployed) -> None:
    """Exactly that endpoint is gone, by one call of the act role, after its restore bundle was written."""
    aws, before, calls = deployed.aws, deployed.aws.snapshot(), len(deployed.aws.calls())
    execution = deployed.start("browser-1", "approve")
    link = deployed.link("browser-1", APPROVERS[0])
    plan = deployed.document("browser-1", "plan.json")["items"]
    chosen = plan[0]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.arguments())
        page = browser.new_context(java_script_enabled=False).new_page()
        page.goto(link)
        expect(page.get_by_role("checkbox", name="Delete", checked=False)).to_have_count(len(plan))
        go_to_confirmation(page, [chosen["name"]])
        confirm(page, newest_code(deployed.texts(APPROVERS[0])))
        expect(page.get_by_role("heading", level=1)).to_contain_text("Recorded")
        assert "k=" not in page.url
        browser.close()
    assert deployed.wait(execution) == "SUCCEEDED"
    after = aws.snapshot()
    gone = {
        (account, region, name)
        for account, regions in before.items()
        for region, cell in regions.items()
        for name in cell["endpoints"].keys() - after[account][region]["endpoints"].keys()
    }
    assert gone == {(chosen["account"], chosen["region"], chosen["name"])}
    before[chosen["account"]][chosen["region"]]["endpoints"].pop(chosen["name"])
    assert after == before
    made = aws.calls()[calls:]
    deletions = [index for index, call in enumerate(made) if call.operation == "DeleteEndpoint"]
    assert [made[index].resource for index in deletions] == [chosen["name"]]
    assert ":assumed-role/endpoint-sweep-act/endpoint-sweep-browser-1" in made[deletions[0]].caller
    bundles = [index for index, call in enumerate(made) if call.service == "s3" and "/restore/" in call.resource]
    assert bundles
    assert bundles[0] < deletions[0]
    refused = {(call.service, call.operation) for call in made if call.decision == "refused"}
    assert refused <= {("sts", "AssumeRole")}, "a function lacks a permission"
    again = Approver(link).open()
    assert again.status == 200
    assert "ada@example.com</strong> decided to delete 1 endpoint" in again.body


def test_robots_and_strange_methods_write_nothing(deployed: Deployed) -> None:
    """Twenty times GET, HEAD and OPTIONS, and methods that no one uses: not one stored byte differs."""
    execution = deployed.start("robots-1", "approve")
    link = deployed.link("robots-1", APPROVERS[1])
    before = deployed.stored()
    answers: dict[str, set[int]] = {}
    for method in (*ROBOTS * 20, "PUT", "DELETE", "PATCH"):
        answers.setdefault(method, set()).add(_patient(method, link))
    assert answers.pop("GET") == {200}
    assert all(statuses <= {405} for statuses in answers.values()), answers
    assert deployed.stored() == before
    assert deployed.status(execution) == "RUNNING"
    Approver(link, lambda: deployed.texts(APPROVERS[1])).decide(lambda _: ())
    assert deployed.wait(execution) == "SUCCEEDED"


def test_an_aborted_sweep_leaves_nothing_open(deployed: Deployed) -> None:
    """The rule calls the watchdog: the approval is closed, the lock is free, someone is told, the link is dead."""
    execution = deployed.start("aborted-1", "approve")
    link = deployed.link("aborted-1", APPROVERS[0])
    deployed.aws.client("stepfunctions").stop_execution(executionArn=execution)
    assert deployed.wait(execution) == "ABORTED"
    until(
        lambda: True if any("aborted-1: the sweep stopped" in m.subject for m in deployed.aws.mails()) else None, "mail"
    )
    assert not any(item["pk"]["S"] == "LOCK" for item in deployed.items())
    page = Approver(link).open()
    assert page.status == 409
    assert "no longer running" in page.body
    second = deployed.start("after-1", "report")
    assert deployed.wait(second) == "SUCCEEDED"


def test_mails_that_come_back_end_the_wait(deployed: Deployed) -> None:
    """The topic calls the function, whose role may read the plan, write the record and unseal the token (FI-24)."""
    execution = deployed.start("bounced-1", "approve")
    approval = deployed.link("bounced-1", APPROVERS[0]).partition("/a/")[2].partition("?")[0]
    [topic] = [one["TopicArn"] for one in deployed.aws.client("sns").list_topics()["Topics"]]
    rows = [{"emailAddress": address} for address in APPROVERS]
    told = {"eventType": "Bounce", "mail": {"tags": {"approval": [approval]}}}
    told["bounce"] = {"bounceType": "Permanent", "bouncedRecipients": rows}
    deployed.aws.client("sns").publish(TopicArn=topic, Message=json.dumps(told))
    assert deployed.wait(execution) == "SUCCEEDED"
    [kept] = {row["disposition_reason"] for row in deployed.document("bounced-1", "report.json")["findings"]
              if row["verdict"] == "idle"}  # fmt: skip
    assert kept == "kept: too few approvers can be reached by email to approve anything"


def test_input_that_nobody_meant_is_refused_by_name(deployed: Deployed) -> None:
    """A typo starts nothing: the execution fails, the mail names the field and the one that was meant."""
    answer = deployed.aws.client("stepfunctions").start_execution(
        stateMachineArn=deployed.outputs["StateMachineArn"], name="typo-1", input='{"dryrun": true}'
    )
    calls = len(deployed.aws.calls())
    assert deployed.wait(answer["executionArn"]) == "FAILED"
    assert not [call for call in deployed.aws.calls()[calls:] if call.service == "sagemaker"]
    mail = next(mail for mail in deployed.aws.mails() if "typo-1" in mail.subject)
    assert 'there is no field "dryrun"; did you mean "mode"?' in mail.text


def _patient(method: str, url: str) -> int:
    """The page lets five requests a second through."""
    return until(lambda: None if (status := _status(method, url)) == 429 else status, f"{method} to be let through")


def _status(method: str, url: str) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method=method), timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
