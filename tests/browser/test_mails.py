"""The mails as mail programs show them: no network, no scripts, no style sheet, a phone, hundreds of rows."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from endpoint_sweep import reports
from endpoint_sweep.domain.model import Caps, Finding, Mode, OutcomeStatus, Pointer
from endpoint_sweep.rules.approvals import Approval, Choice, Decision, Identity, Snooze
from endpoint_sweep.rules.planning import Coverage
from tests.browser.conftest import DESKTOP, PHONE, Open
from tests.simulation.hub.offers import (
    ACCOUNTS,
    FINDINGS,
    HOSTILE_NAME,
    HOSTILE_OWNER,
    LONGEST_NAME,
    NOW,
    coverage_of,
    finding,
    plan_of,
    report_of,
)

LINK = "https://review.example.com/a/0123?k=secret"
MANY = [finding(f"{LONGEST_NAME[:55]}-{n}", "333333333333", owner=HOSTILE_OWNER * 3) for n in range(300)]


def approval_mail(
    findings: list[Finding] | tuple[Finding, ...] = FINDINGS, left: timedelta | None = None
) -> tuple[str, str]:
    approval = Approval("0123", "sweep-0", "arn", Pointer("b", "k", "v", "0" * 64, 1), NOW + timedelta(days=3), NOW)
    view = reports.approval_view(approval, plan_of(findings), coverage_of(findings), ACCOUNTS, Caps(25, 10, 100))
    return reports.approval_mail(view, LINK, left)


def receipt_mail(findings: list[Finding] | tuple[Finding, ...], comment: str) -> tuple[str, str]:
    """Everything but three chosen, those snoozed, another approver before."""
    plan = plan_of(findings)
    approval = Approval("0123", "sweep-0", "arn", Pointer("b", "k", "v", "0" * 64, 1), NOW + timedelta(days=3), NOW)
    ids = [one.id for one in plan.items]
    mine = Decision("0123", "ada@example.com", Identity.LINK_AND_CODE, Choice.DELETE, tuple(ids[:-3]), "0" * 64, "v",
                    approval.expires_at, NOW, "n", tuple(Snooze(one, 30) for one in ids[-3:]), comment)  # fmt: skip
    theirs = replace(mine, approver="grace@example.com", selected=tuple(ids[:1]))
    approval = replace(approval, decisions=(theirs, mine))
    told = reports.receipt(
        approval, mine, plan, ACCOUNTS, coming="woken", needed=2, given=2, reasons=("more than 25 are selected",),
        progress=reports.Progress(len(ids), 0, len(ids), NOW + timedelta(minutes=15)),
    )  # fmt: skip
    return reports.receipt_mail(told)


STARTED = {
    "222222222222/us-east-1/resnet-demo": OutcomeStatus.DONE,
    f"222222222222/us-east-1/{'n' * 63}": OutcomeStatus.UNKNOWN,
}


def mails(findings: list[Finding] | tuple[Finding, ...] = FINDINGS) -> dict[str, tuple[str, str]]:
    report = report_of(findings)
    failed = replace(report, failure={"error": "States.Timeout", "reason": HOSTILE_OWNER * 20})
    return {
        "approval": approval_mail(findings),
        "reminder": approval_mail(findings, timedelta(hours=36)),
        "code": reports.code_mail("sweep-0", "012345", 10),
        "receipt": receipt_mail(findings, HOSTILE_OWNER * 5),
        "summary": reports.summary_mail(report),
        "failure": reports.summary_mail(failed),
        "watchdog": reports.watchdog_mail("sweep-0", "ABORTED", STARTED),
    }


every_mail = pytest.mark.parametrize(
    "name", ["approval", "reminder", "code", "receipt", "summary", "failure", "watchdog"]
)


@every_mail
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_mail_fits(tab: Open, name: str, viewport: dict[str, int]) -> None:
    """No sideways scrolling on a phone, at most 680 pixels wide elsewhere."""
    with tab(viewport=viewport) as page:
        page.set_content(mails()[name][1])
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
        box = page.locator("table table").first.bounding_box()
        assert box
        assert box["width"] <= 680


@every_mail
def test_a_mail_needs_nothing_else(tab: Open, name: str) -> None:
    """Nothing is loaded, and mail programs that drop style sheets and scripts drop nothing."""
    with tab() as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.set_content(mails()[name][1])
        assert asked == []
        assert page.locator("style, script, link, img, form, input").count() == 0


def test_the_only_link_is_the_approvers_own(tab: Open) -> None:
    """Account names and tags add no link, and give mail programs nothing that they would make one of."""
    text, html = approval_mail()
    with tab() as page:
        page.set_content(html)
        assert [one.get_attribute("href") for one in page.locator("a").all()] == [LINK]
        words = page.locator("body").inner_text()
    assert HOSTILE_OWNER.split("{{")[0] in words
    for shown in (words, text.replace(LINK, "")):
        assert "acquired.example/login" in shown.replace("\u200c", "")
        assert "acquired.example/login" not in shown
        assert "ravi.menon@example.com" in shown


@pytest.mark.parametrize("name", ["approval", "receipt", "summary"])
def test_hostile_text_is_inert_in_a_mail(tab: Open, name: str) -> None:
    """Markup in an account's name is shown letter by letter."""
    with tab() as page:
        page.set_content(mails()[name][1])
        assert HOSTILE_NAME in page.locator("body").inner_text()


@pytest.mark.parametrize("name", ["code", "receipt", "summary", "failure", "watchdog"])
def test_other_mails_have_no_link(tab: Open, name: str) -> None:
    """S1.12: only the approver's own mail has one; nothing is signed into an address, nothing asks for a reply."""
    text, html = mails()[name]
    with tab() as page:
        page.set_content(html)
        assert page.locator("a").count() == 0
    for part in (text, html):
        assert "://" not in part
        assert "X-Amz-" not in part
        assert "never ask you to reply" in part


def test_subjects_are_constants_names_and_numbers() -> None:
    """BI-18, S1.12: nothing of a member account, no code, no amount; a reminder says how long is left."""
    approval = Approval("0123", "sweep-0", "arn", Pointer("b", "k", "v", "0" * 64, 1), NOW + timedelta(days=3), NOW)
    view = reports.approval_view(approval, plan_of(FINDINGS), coverage_of(FINDINGS), ACCOUNTS, Caps(25, 10, 100))
    assert reports.approval_subject(view) == "endpoint-sweep sweep-0: 5 idle endpoints are waiting for your decision"
    hours = "endpoint-sweep sweep-0: 6 hours left to decide on 5 idle endpoints"
    assert reports.reminder_subject(view, timedelta(hours=6, minutes=59)) == hours
    minutes = "endpoint-sweep sweep-0: 59 minutes left to decide on 5 idle endpoints"
    assert reports.reminder_subject(view, timedelta(minutes=59, seconds=59)) == minutes
    assert reports.code_subject("sweep-0") == "endpoint-sweep sweep-0: your code"


def test_a_reminder_says_how_long_is_left() -> None:
    """In both parts; the first mail does not."""
    for reminder, first in zip(mails()["reminder"], mails()["approval"], strict=True):
        assert "36 hours left." in reminder
        assert "left." not in first


@every_mail
def test_three_hundred_rows_are_not_clipped(name: str) -> None:
    """Gmail hides what is behind 102 KB; the longest names and tags stay far below."""
    text, html = mails(MANY)[name]
    assert len(html.encode()) < 100_000
    assert len(text.encode()) < 100_000


def test_a_long_list_says_what_it_leaves_out() -> None:
    """25 rows of 300, and where the others are, in both parts."""
    for part in approval_mail(MANY):
        assert "And 275 more on the review page." in part


def test_the_summary_adds_up() -> None:
    """Every endpoint found is in exactly one line, and the lines add up to the sum."""
    text, _ = reports.summary_mail(report_of(FINDINGS))
    lines, found = re.search(r"ALL ENDPOINTS\n(.*?)-{6}\n +(\d+)  Found", text, re.DOTALL).groups()  # type: ignore[union-attr]
    counts = [line.split(maxsplit=1) for line in lines.splitlines()]
    assert counts == [["1", "Deleted"], ["1", "Kept: in use again"], ["3", "Idle and kept"]]
    numbers = [int(number) for number, _ in counts]
    assert sum(numbers) == int(found) == len(FINDINGS)


def test_a_sweep_that_never_began_claims_no_coverage() -> None:
    """Where the Organization could not be listed, nothing was scanned, and no percentage says otherwise."""
    failure = {"error": "TargetsIncomplete", "reason": "the accounts could not be listed"}
    for part in reports.summary_mail(reports.Report("sweep-0", Mode.APPROVE, Coverage(()), {}, failure=failure)):
        assert "Nothing was scanned." in part
        assert not re.search(r"%(</strong> <span[^>]*>| )scanned", part)


@pytest.mark.parametrize("part", [0, 1], ids=["text", "html"])
@pytest.mark.parametrize("name", ["approval", "summary"])
def test_coverage_is_said_before_money(name: str, part: int) -> None:
    """What was not looked at stands above the first sum, in both parts of the mail."""
    body = mails()[name][part]
    body = body[body.index("Coverage" if part else "COVERAGE") :]
    assert body.index("The scan role is missing") < body.index("$")
