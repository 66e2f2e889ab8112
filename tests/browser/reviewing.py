"""What a person does on the page, in a browser."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
# Beyond the defaults (WCAG A and AA), what costs nothing: every rule that axe calls a best practice.
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def visit(page: Page, address: str) -> None:
    """Opens a link that works: a test that looked at an error page would prove nothing."""
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 200, page.title()


def row_of(page: Page, endpoint: str) -> Locator:
    return page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=endpoint))


def choose(page: Page, endpoints: Iterable[str]) -> None:
    for endpoint in endpoints:
        row_of(page, endpoint).get_by_label("Delete").check()


def go_to_confirmation(page: Page, endpoints: Iterable[str]) -> None:
    choose(page, endpoints)
    press(page.get_by_role("button", name="Review decision"))


def press(button: Locator) -> None:
    """Until the next page is there: a click alone only begins to load it."""
    with button.page.expect_navigation():
        button.click()


def phrase(page: Page) -> str:
    """What the page asks the person to type."""
    return page.locator("label[for=phrase] code").inner_text()


def confirm(page: Page, code: str = "") -> None:
    """`code` is empty where the page asks for none: to keep everything."""
    page.get_by_label("Type").fill(phrase(page))
    if code:
        page.get_by_label("Six-digit code").fill(code)
    else:
        expect(page.get_by_label("Six-digit code")).to_have_count(0)
    page.locator("form.confirm button").click()


def violations(page: Page) -> list[Any]:
    """What axe finds, each with its nodes. Injected by the protocol: the page's own policy lets no script in."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    options = {"runOnly": AXE_RULES, "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(document, options)", options)["violations"]
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]
