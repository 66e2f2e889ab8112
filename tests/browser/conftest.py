"""One browser and one hub for the tests of a file; every test has its own context and its own plan on offer."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect, sync_playwright

from scripts import chromium
from tests.browser.served import served
from tests.simulation.hub.review_site import ReviewSite

Open = Callable[..., AbstractContextManager[Page]]
# Milliseconds: only a failure lasts so long, however busy the machine is.
PATIENT = 60_000
# A test that is quicker than the page has put the focus somewhere already: no fault of the page.
FASTER = "Autofocus processing was blocked because a document already has a focused element."
expect.set_options(timeout=PATIENT)
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}


# Not for the session: playwright keeps an event loop running, which other tests must not find.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.arguments())
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def desk() -> Iterator[ReviewSite]:
    """The review function in this process. The caps of its stack bind nothing here: those of a plan do."""
    room: dict[str, Any] = {
        "MAX_DELETES_PER_SWEEP": "1000",
        "MAX_DELETES_PER_ACCOUNT": "1000",
        "MAX_DELETE_PERCENT_OF_ACCOUNT": "100",
    }
    with ReviewSite.open(**room) as opened:
        yield opened


@pytest.fixture(scope="module")
def site(desk: ReviewSite) -> Iterator[str]:
    """Its base URL."""
    with served(desk) as url:
        yield url


@pytest.fixture
def tab(browser: Browser) -> Open:
    """`with tab(viewport=PHONE) as page`: a fresh context. What the browser complains about fails the test."""

    @contextmanager
    def opened(*, forgiving: bool = False, **options: Any) -> Iterator[Page]:
        context = browser.new_context(**{"viewport": DESKTOP} | options)
        context.set_default_timeout(PATIENT)
        page = context.new_page()
        complaints: list[str] = []

        def told(dialog: Dialog) -> None:
            complaints.append(f"dialog: {dialog.message}")
            dialog.dismiss()

        page.on("console", lambda said: complaints.append(said.text) if said.text != FASTER else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", told)

        yield page
        context.close()
        # Chromium reports an answer of 400 and above as a failed resource; the tests look at those themselves.
        assert forgiving or [one for one in complaints if "Failed to load resource" not in one] == []

    return opened
