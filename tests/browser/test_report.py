"""`report.html` in a browser, opened as a file: sorted, searched, printed, read without a script."""

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import expect

from endpoint_sweep import reports
from endpoint_sweep.domain.model import Verdict
from tests.browser.conftest import DESKTOP, PHONE, Open
from tests.browser.reviewing import violations
from tests.simulation.hub.offers import FINDINGS, HOSTILE_NAME, NOW, finding, report_of


@pytest.fixture
def address(tmp_path: Path) -> str:
    busy = [replace(finding(f"busy-{n}", monthly="10"), verdict=Verdict.BUSY) for n in range(3)]
    html = reports.report_page(report_of([*FINDINGS, *busy]), NOW)
    (tmp_path / "report.html").write_text(html, encoding="utf-8")
    return (tmp_path / "report.html").as_uri()


def test_a_head_sorts_and_words_find(address: str, tab: Open) -> None:
    """The dearest first, then the cheapest; what has no price stays last. Only rows with all words are left."""
    with tab() as page:
        page.goto(address)
        names = page.locator("#rows tbody th > code:first-child")
        cost = page.locator("#rows").get_by_role("button", name="Monthly cost")
        cost.click()
        expect(names.first).to_have_text("busy-0")
        expect(names.last).to_have_text("resnet-eu")
        cost.click()
        expect(names.first).to_have_text("llama3-70b-demo")
        expect(names.last).to_have_text("resnet-eu")
        page.get_by_label("Find").fill("US-EAST-1 busy")
        expect(page.locator("#rows tbody tr:visible")).to_have_count(3)
        expect(page.locator("#shown")).to_have_text("3 shown")


def test_it_is_whole_without_a_script(address: str, tab: Open) -> None:
    with tab(java_script_enabled=False) as page:
        page.goto(address)
        expect(page.locator("#rows tbody tr:visible")).to_have_count(len(FINDINGS) + 3)
        expect(page.get_by_role("heading", level=1)).to_contain_text("1 of 2 approved endpoints deleted")
        expect(page.get_by_label("Find")).to_be_hidden()


def test_nothing_is_loaded_or_run_but_its_own(address: str, tab: Open) -> None:
    """No request, no complaint of its policy; and other scripts would be refused."""
    with tab(forgiving=True) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(address)
        assert asked == [address]
        assert HOSTILE_NAME in page.get_by_role("main").inner_text()
        page.evaluate(
            """() => {
                const script = document.createElement('script');
                script.textContent = 'document.title = "ran"';
                document.body.append(script);
            }"""
        )
        assert page.title() != "ran"


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_and_no_page_scrolls_sideways(address: str, tab: Open, viewport: dict[str, int]) -> None:
    """The table scrolls within its own frame."""
    with tab(viewport=viewport) as page:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert violations(page) == [], scheme
