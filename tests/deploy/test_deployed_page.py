"""The approval page of the deployed stack, in a browser without scripts, with the sweep's real execution behind it.

The tests share one stack and run in order; each ends its sweep, then looks at the world: what was approved by enough
people is gone, and nothing else has changed.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Open
from tests.browser.reviewing import choose, confirm, go_to_confirmation, phrase, press, row_of, violations, visit
from tests.deploy.deployed import APPROVERS, Deployed, deploy, without
from tests.deploy.flood import Flood
from tests.simulation.hub.approver import Approver

ADA, GRACE = APPROVERS
# One approver is enough for vision, two are needed for speech.
VISION, SPEECH = "222222222222", "333333333333"
SNOOZED = "vision-poc-5"

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    parameters = {"TwoApproversForAccounts": SPEECH, "MaxDeletePercentOfAccount": "100"}
    with deploy(tmp_path_factory.mktemp("page"), "two_teams", **parameters) as stack:
        yield stack


@pytest.fixture(autouse=True)
def _ended(deployed: Deployed) -> Iterator[None]:
    yield
    deployed.stop()


def test_part_of_the_list_is_approved(deployed: Deployed, tab: Open) -> None:
    """A wrong phrase and wrong codes are refused and counted; after the right ones, exactly the chosen two are gone."""
    world, chosen = deployed.aws.snapshot(), ("vision-poc-0", "vision-poc-1")
    execution = deployed.start("partial-1", "approve")
    link = deployed.link("partial-1", ADA)
    with tab() as page:
        visit(page, link)
        assert violations(page) == []
    with tab(java_script_enabled=False) as page:
        visit(page, link)
        expect(page.get_by_role("checkbox", name="Delete", checked=False)).to_have_count(9)
        row_of(page, SNOOZED).get_by_label("Snooze").select_option("7")
        go_to_confirmation(page, chosen)
        expect(page.get_by_text("Your approval is enough.")).to_be_visible()
        code = deployed.code(ADA)
        page.get_by_label("Type").fill(phrase(page).lower())
        page.get_by_label("Six-digit code").fill(code)
        press(page.locator("form.confirm button"))
        expect(page.get_by_role("alert")).to_contain_text("exactly as shown")
        for left in (4, 3):
            confirm(page, "000000" if code != "000000" else "111111")
            words = f"not the code from your latest email. You have {left} more"
            expect(page.get_by_role("alert")).to_contain_text(words)
        assert deployed.status(execution) == "RUNNING"
        confirm(page, code)
        expect(page.get_by_role("heading", level=1)).to_have_text("Recorded")
        assert "k=" not in page.url
    assert deployed.wait(execution) == "SUCCEEDED"
    assert deployed.aws.snapshot() == without(world, VISION, chosen)
    assert {name for name, row in deployed.findings("partial-1").items() if row["disposition"] == "deleted"} == {
        *chosen
    }


def test_a_snoozed_endpoint_is_not_offered_again(deployed: Deployed, tab: Open) -> None:
    """The next page, on a phone and without sideways scrolling, has no row of it; the report says until when."""
    world = deployed.aws.snapshot()
    execution = deployed.start("phone-1", "approve")
    with tab(java_script_enabled=False, viewport=PHONE, has_touch=True) as page:
        visit(page, deployed.link("phone-1", ADA))
        assert fits(page)
        expect(page.get_by_role("checkbox", name="Delete")).to_have_count(6)
        expect(row_of(page, SNOOZED)).to_have_count(0)
        choose(page, ["vision-poc-2"])
        page.get_by_role("button", name="Review decision").tap()
        expect(page.get_by_role("heading", level=1)).to_have_text("Delete 1 endpoint?")
        assert fits(page)
        confirm(page, deployed.code(ADA))
        expect(page.get_by_role("heading", level=1)).to_have_text("Recorded")
        assert fits(page)
    assert deployed.wait(execution) == "SUCCEEDED"
    assert deployed.aws.snapshot() == without(world, VISION, ["vision-poc-2"])
    row = deployed.findings("phone-1")[SNOOZED]
    assert (row["disposition"], row["disposition_reason"][:14]) == ("kept", "snoozed until ")
    [summary] = [text for text in deployed.texts(ADA) if "phone-1" in text and "IDLE BUT SNOOZED" in text.upper()]
    assert SNOOZED in summary.upper().partition("IDLE BUT SNOOZED")[2].lower()


def test_two_approvers_delete_what_both_chose(deployed: Deployed, tab: Open) -> None:
    """The first is told that another is awaited, the second sees the first's choice and agrees to a part of it."""
    world = deployed.aws.snapshot()
    execution = deployed.start("two-1", "approve")
    link = deployed.link("two-1", ADA)
    with tab(java_script_enabled=False) as page:
        visit(page, link)
        go_to_confirmation(page, ("asr-poc-0", "asr-poc-1"))
        main = page.get_by_role("main")
        expect(main).to_contain_text("2 approvers must agree; you are the first.")
        expect(main).to_contain_text(f"Account {SPEECH} always needs two")
        confirm(page, deployed.code(ADA))
        expect(page.get_by_role("heading", level=1)).to_have_text("Recorded")
        visit(page, link)
        expect(main).to_contain_text("Nothing will be deleted until one more approver agrees.")
    assert deployed.aws.snapshot() == world
    with tab(java_script_enabled=False) as page:
        visit(page, deployed.link("two-1", GRACE))
        main = page.get_by_role("main")
        expect(main).to_contain_text(f"{ADA} decided to delete 2 endpoints")
        go_to_confirmation(page, ("asr-poc-1", "asr-poc-2"))
        expect(main).to_contain_text("All of you selected 1 endpoint: only that one will be deleted.")
        confirm(page, deployed.code(GRACE))
        expect(page.get_by_role("heading", level=1)).to_have_text("Recorded")
    assert deployed.wait(execution) == "SUCCEEDED"
    assert deployed.aws.snapshot() == without(world, SPEECH, ["asr-poc-1"])


def test_a_rejection_keeps_everything(deployed: Deployed, tab: Open) -> None:
    """A confirmation that another approver left open meanwhile records nothing any more and says who decided."""
    world = deployed.aws.snapshot()
    execution = deployed.start("rejected-1", "approve")
    link = deployed.link("rejected-1", ADA)
    with tab(java_script_enabled=False) as stale, tab(java_script_enabled=False) as page:
        visit(stale, link)
        go_to_confirmation(stale, ["vision-poc-3"])
        code = deployed.code(ADA)
        visit(page, deployed.link("rejected-1", GRACE))
        press(page.get_by_role("button", name="Keep everything"))
        confirm(page)
        expect(page.get_by_role("heading", level=1)).to_have_text("Recorded")
        confirm(stale, code)
        expect(stale.get_by_role("heading", level=1)).to_have_text("Already decided")
        expect(stale.get_by_role("main")).to_contain_text(f"{GRACE} decided to keep everything")
        visit(stale, link)
        expect(stale.get_by_role("main")).to_contain_text(f"{GRACE} decided to keep everything")
        expect(stale.get_by_role("button")).to_have_count(0)
    assert deployed.wait(execution) == "SUCCEEDED"
    assert deployed.aws.snapshot() == world
    assert whys(deployed, "rejected-1") == {f"kept by {GRACE}"}


def test_a_newer_sweep_asks_instead(deployed: Deployed, tab: Open) -> None:
    """A confirmation of the sweep before, kept open, names the newer one; that one expires, and everything is kept."""
    world, events = deployed.aws.snapshot(), deployed.aws.client("events")
    [rule] = [one["Name"] for one in events.list_rules()["Rules"]]
    older = deployed.start("older-1", "approve")
    with tab(java_script_enabled=False) as page:
        visit(page, deployed.link("older-1", ADA))
        go_to_confirmation(page, ["vision-poc-3"])
        code = deployed.code(ADA)
        events.disable_rule(Name=rule)  # the watchdog is not told: a sweep died without a word
        deployed.aws.client("stepfunctions").stop_execution(executionArn=older)
        with shortest_approval(deployed):
            newer = deployed.start("newer-1", "approve")
            link = deployed.link("newer-1", ADA)
        events.enable_rule(Name=rule)
        confirm(page, code)
        expect(page.get_by_role("main")).to_contain_text("A newer sweep, newer-1, has replaced this one.")
        visit(page, link)
        go_to_confirmation(page, ["vision-poc-3"])
        assert deployed.wait(newer) == "SUCCEEDED"
        confirm(page, deployed.code(ADA))
        expect(page.get_by_role("main")).to_contain_text("This approval expired on")
        answer = page.goto(link)
        assert answer
        assert answer.status == 410
        expect(page.get_by_role("main")).to_contain_text("Nothing was deleted.")
    assert deployed.aws.snapshot() == world
    assert whys(deployed, "newer-1") == {"kept: no one responded in time"}
    mails = [mail.text for mail in deployed.aws.mails() if mail.to == (GRACE,) and "newer-1" in mail.subject]
    assert "Kept: no one responded in time." in mails[-1]


def whys(deployed: Deployed, sweep: str) -> set[str]:
    """Why the endpoints that were offered are kept."""
    rows = deployed.findings(sweep).items()
    return {row["disposition_reason"] for name, row in rows if row["verdict"] == "idle" and name != SNOOZED}


@contextmanager
def shortest_approval(deployed: Deployed) -> Iterator[None]:
    """As with the least ApprovalTtlMinutes, 16: without its last 15 minutes, a link is good for one."""
    functions = deployed.aws.client("lambda")
    name = deployed.resource("RequestApprovalFunction")
    variables = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    short = variables | {"APPROVAL_TTL_MINUTES": "16"}
    functions.update_function_configuration(FunctionName=name, Environment={"Variables": short})
    yield
    functions.update_function_configuration(FunctionName=name, Environment={"Variables": variables})


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"])


def test_a_flood_is_turned_away(deployed: Deployed) -> None:
    """BI-44: 200 requests at once from one address get 429 or an honest answer, and write nothing; while more come,
    a sweep scans and reports as ever.
    """
    execution = deployed.start("flooded-1", "approve")
    link = deployed.link("flooded-1", ADA)
    before, mails = deployed.stored(), len(deployed.aws.mails())
    began = time.monotonic()
    statuses = Flood(link, 200).run()
    assert statuses.total() == 200
    assert statuses.keys() <= {200, 404, 429}, statuses
    # The stage lets ten GET and ten POST through at once, then five a second of each.
    assert 0 < 200 - statuses[429] <= 2 * (11 + 5 * (time.monotonic() - began)), statuses
    assert (deployed.stored(), len(deployed.aws.mails())) == (before, mails)
    assert deployed.status(execution) == "RUNNING"
    time.sleep(2)  # five a second come through again
    Approver(link, lambda: deployed.texts(ADA)).decide(lambda _: ())
    assert deployed.wait(execution) == "SUCCEEDED"
    flood = Flood(link, 10_000, a_second=200)
    with flood.running():
        ended = deployed.wait(deployed.start("meanwhile-1", "report"))
    assert ended == "SUCCEEDED"
    assert deployed.findings("meanwhile-1")["fraud-scoring"]["verdict"] == "busy"
    assert 50 < flood.statuses.total() < 10_000
    assert flood.statuses.keys() <= {200, 404, 429}, flood.statuses
