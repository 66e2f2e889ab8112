"""The README's pictures, from a whole sweep of the demo's world: mails as they were sent, the page as it was served.

`python -m tests.simulation.demo.pictures` writes docs/pictures. Nothing in them is staged.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from scripts import chromium
from tests.simulation.demo.sweep import APPROVER, links
from tests.simulation.hub.approver import newest_code
from tests.simulation.hub.local_aws import STACK, LocalAws, LocalAwsError
from tests.simulation.hub.local_stacks import ROOT

PICTURES = ROOT / "docs" / "pictures"
SWEEP = "2026-11-20T06-00Z-weekly"
CHOSEN = 3
# The template's own limits and waiting times, except where no one wants to wait.
PARAMETERS = {
    "Mode": "approve",
    "Approvers": APPROVER,
    # One person is enough to show everything.
    "TwoApproversAboveUsd": "1000000",
    "MinCoveragePercent": "50",
    "GoneCheckSeconds": "1",
    "ScanConcurrency": "4",
    "GraceMinutes": "1",
}
# CSS pixels. A mail is read in a column, the page in a window; a phone shows one screen of either.
MAIL, LIST, WINDOW, MESSAGE, PHONE = (760, 1340), (1280, 2000), (1280, 1100), (1280, 420), (360, 740)


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the story is played: the approval mail, its link, and the summary once the decision is carried out."""

    approval_mail: str
    link: str
    texts: Callable[[], list[str]]
    summary: Callable[[], str]


@contextmanager
def deployed() -> Iterator[Stage]:
    """Deploys the real templates to the local AWS and starts a sweep that waits for its decision."""
    with LocalAws(ROOT / ".demo" / "pictures", progress=lambda phase: print(f"· {phase}")) as aws:
        machine = aws.deploy(**PARAMETERS)["StateMachineArn"]  # type: ignore[arg-type]
        aws.allow_deletions()
        print(f"· Sweeping with {STACK}")
        states = aws.client("stepfunctions")
        sweep = states.start_execution(
            stateMachineArn=machine, name=SWEEP, input='{"mode": "approve", "requested_by": "schedule"}'
        )

        def to_approver() -> list[str]:
            if states.describe_execution(executionArn=sweep["executionArn"])["status"] not in ("RUNNING", "SUCCEEDED"):
                raise LocalAwsError("the sweep failed")
            return [mail.html for mail in aws.mails() if APPROVER in mail.to]

        def texts() -> list[str]:
            return [mail.text for mail in aws.mails() if APPROVER in mail.to]

        def summaries() -> list[str]:
            return [mail.html for mail in aws.mails() if APPROVER in mail.to and " deleted" in mail.subject]

        approval = until(to_approver)[0]
        yield Stage(approval, links(aws)[APPROVER], texts, lambda: until(summaries)[0])


def until[T](look: Callable[[], list[T]], seconds: float = 180) -> list[T]:
    """Returns what `look` finds as soon as it finds something."""
    end = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > end:
            raise LocalAwsError(f"waited {seconds:.0f} seconds in vain")
        time.sleep(0.5)
    return found


def take(browser: Browser, stage: Stage, folder: Path) -> None:
    """Takes the pictures in the order of the story, and decides on the way."""
    mail(browser, stage.approval_mail, folder, "approval-mail")
    with window(browser, LIST) as page:
        page.goto(stage.link)
        choose(page)
        page.evaluate("scrollTo(0, 0)")
        shoot(page, folder, "review-page")
        confirmation(page, stage, folder, "confirmation", WINDOW)
    with window(browser, PHONE) as page:
        page.goto(stage.link)
        choose(page)
        page.get_by_role("checkbox", checked=True, name="Delete").last.evaluate(
            "one => one.scrollIntoView({block: 'center'})"
        )
        shoot(page, folder, "review-page-phone")
        confirmation(page, stage, folder, "confirmation-phone", PHONE)
        page.locator("form.confirm button").click()
        page.get_by_role("heading", name="Recorded").wait_for()
        shoot(page, folder, "recorded-phone")
        recorded = page.url
    with window(browser, MESSAGE) as page:
        page.goto(recorded)
        shoot(page, folder, "recorded")
    print("· Decided; waiting for the summary")
    mail(browser, stage.summary(), folder, "summary-mail")


@contextmanager
def window(browser: Browser, size: tuple[int, int]) -> Iterator[Page]:
    """A phone's picture has two dots a pixel, as phones have."""
    viewport = ViewportSize(width=size[0], height=size[1])
    context = browser.new_context(viewport=viewport, device_scale_factor=2 if size == PHONE else 1)
    yield context.new_page()
    context.close()


def mail(browser: Browser, html: str, folder: Path, name: str) -> None:
    for size, suffix in ((MAIL, ""), (PHONE, "-phone")):
        with window(browser, size) as page:
            page.set_content(html)
            shoot(page, folder, name + suffix)


def choose(page: Page) -> None:
    for radio in page.get_by_role("checkbox", name="Delete").all()[:CHOSEN]:
        radio.check()


def confirmation(page: Page, stage: Stage, folder: Path, name: str, size: tuple[int, int]) -> None:
    """Goes on to the next page and types the confirmation without sending it."""
    page.get_by_role("button", name="Review decision").click()
    page.set_viewport_size(ViewportSize(width=size[0], height=size[1]))
    page.get_by_label("Type").fill(page.locator("label[for=phrase] code").inner_text())
    page.get_by_label("Six-digit code").fill(newest_code(stage.texts()))
    if size == WINDOW:
        page.evaluate("scrollTo(0, 0)")
    shoot(page, folder, name)


def shoot(page: Page, folder: Path, name: str) -> None:
    path = folder / f"{name}.png"
    page.screenshot(path=path)
    print(f"  {path.relative_to(ROOT)}, {path.stat().st_size // 1024} KiB")


def main() -> int:
    PICTURES.mkdir(parents=True, exist_ok=True)
    try:
        with deployed() as stage, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.arguments())
            take(browser, stage, PICTURES)
            browser.close()
    except LocalAwsError as error:
        print(f"pictures: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
