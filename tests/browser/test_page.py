"""How the page is delivered and how it looks: its own policy, small screens, both colour schemes, hostile text."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from endpoint_sweep.aws import wiring
from endpoint_sweep.domain.model import Caps
from endpoint_sweep.review.access import Opened
from endpoint_sweep.review.selection import Wish, drafted
from endpoint_sweep.rules.approvals import Decision, Identity, Snooze
from endpoint_sweep.storage.records import Versions
from tests.browser.conftest import DESKTOP, PHONE, Open
from tests.browser.reviewing import go_to_confirmation, press, violations, visit
from tests.simulation.hub.offers import (
    ACCOUNTS,
    HOSTILE_NAME,
    HOSTILE_OWNER,
    LONGEST_NAME,
    NOW,
    SECOND,
    Offer,
    finding,
    put_on_offer,
)

Goto = Callable[[Page, str], None]


@cache
def address(site: str) -> str:
    """One plan on offer for all: nothing here decides."""
    return site + put_on_offer().path


def the_list(page: Page, site: str) -> None:
    visit(page, address(site))


def a_problem(page: Page, site: str) -> None:
    """Over the cap."""
    visit(page, site + put_on_offer(caps=Caps(1, 10, 100)).path)
    go_to_confirmation(page, ("llama3-70b-demo", "churn-poc"))
    expect(page.get_by_role("alert")).to_be_visible()


def the_confirmation(page: Page, site: str) -> None:
    the_list(page, site)
    go_to_confirmation(page, ("llama3-70b-demo", "churn-poc", LONGEST_NAME))


def a_wrong_phrase(page: Page, site: str) -> None:
    the_confirmation(page, site)
    page.get_by_label("Type").fill("yes")
    page.get_by_label("Six-digit code").fill("123456")
    press(page.locator("form.confirm button"))


def a_message(page: Page, site: str) -> None:
    page.goto(f"{site}/a/0000?k=wrong")


def flagged(page: Page, site: str) -> Offer:
    """Another approver has decided already, and two are needed."""
    offer = put_on_offer(flagged={"222222222222": "twice as many of its endpoints are idle as last time"})
    theirs = Wish((offer.plan.items[0].id,), (Snooze(offer.plan.items[2].id, 7),))
    opened = Opened(offer.approval, Versions(1), SECOND, Identity.IAM, principal="arn")
    draft = drafted(opened, offer.plan, theirs, "", comment="words " * 40, nonce="n", at=NOW, caps=offer.plan.caps)
    assert isinstance(draft, Decision)
    wiring.hub().records.save_choices(replace(offer.approval, decisions=(draft,)), 0)
    return offer


def after_another(page: Page, site: str) -> None:
    visit(page, site + flagged(page, site).path)


def confirming_after_another(page: Page, site: str) -> None:
    after_another(page, site)
    go_to_confirmation(page, ("llama3-70b-demo", "churn-poc"))


def keeping(page: Page, site: str) -> None:
    after_another(page, site)
    press(page.get_by_role("button", name="Keep everything"))


def what_stands(page: Page, site: str) -> None:
    visit(page, site + flagged(page, site).second)


PAGES: tuple[Goto, ...] = (
    the_list, a_problem, the_confirmation, a_wrong_phrase, a_message, after_another, confirming_after_another, keeping,
    what_stands,
)  # fmt: skip
every_page = pytest.mark.parametrize("goto", PAGES, ids=lambda goto: goto.__name__)


@every_page
def test_the_policy_lets_the_one_style_sheet_through(site: str, tab: Open, goto: Goto) -> None:
    """The style sheet applies, nothing is refused by the page's own policy, and nothing else is asked for."""
    with tab() as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.resource_type))
        goto(page, site)
        assert page.locator("body").evaluate("one => getComputedStyle(one).margin") == "0px"
        assert set(asked) <= {"document"}


def test_the_policy_refuses_scripts_and_other_styles(site: str, tab: Open) -> None:
    """What would slip into the page could neither run nor change how it looks."""
    with tab(forgiving=True) as page:
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text))
        the_list(page, site)
        page.evaluate(
            """() => {
                const script = document.createElement('script');
                script.textContent = 'document.title = "ran"';
                document.body.append(script);
                document.querySelector('h1').setAttribute('style', 'display: none');
            }"""
        )
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert page.title() != "ran"
        assert sum("Content Security Policy" in one for one in complaints) == 2


@every_page
def test_a_phone_needs_no_sideways_scrolling(site: str, tab: Open, goto: Goto) -> None:
    """360 pixels are enough, with the longest names that AWS allows."""
    with tab(viewport=PHONE) as page:
        goto(page, site)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_thousand_rows_are_ten_short_pages(site: str, tab: Open) -> None:
    """The first screen says how much, how many, until when and what to press. A page is smaller than 400 KB, the form
    with all rows chosen smaller than 64 KiB, and what is chosen on one page is chosen on all.
    """
    many = [finding(f"{LONGEST_NAME[:57]}-{number}", account=list(ACCOUNTS)[number % 2]) for number in range(1000)]
    offer = put_on_offer(many, Caps(1000, 500, 100))
    with tab(java_script_enabled=False) as page:
        sent: list[int] = []
        page.on("request", lambda request: sent.append(len(request.post_data or "")))
        answer = page.goto(site + offer.path)
        assert answer
        assert len(answer.body()) < 400_000
        for telling in ("1,000 idle endpoints are waiting", "$1,028,130.00", "Please respond by"):
            expect(page.get_by_role("main").get_by_text(telling).first).to_be_in_viewport(ratio=1)
        expect(page.get_by_role("row").nth(1)).to_be_in_viewport()
        expect(page.get_by_role("button", name="Review decision")).to_be_in_viewport()
        expect(page.get_by_role("checkbox", name="Delete")).to_have_count(100)
        page.get_by_role("checkbox", name="Delete").first.check()
        press(page.get_by_role("button", name="Next 100").first)
        expect(page.get_by_text("and 1 selected, 0 snoozed that this page does not show")).to_be_visible()
        for account in list(ACCOUNTS)[:2]:
            page.get_by_label("Find").fill(account)
            press(page.get_by_role("button", name="Show"))
            press(page.get_by_role("button", name="Select all 500 found for deletion"))
        press(page.get_by_role("button", name="Review decision"))
        expect(page.get_by_role("heading", level=1)).to_have_text("Delete 1,000 endpoints?")
        press(page.get_by_role("button", name="Back to the list"))
        expect(page.get_by_role("checkbox", name="Delete", checked=True)).to_have_count(100)
        assert 6_000 < max(sent) < 65_536


def test_fifty_rows_are_read_without_much_scrolling(site: str, tab: Open) -> None:
    """Four screens of a desktop, eleven of a phone, which scrolls in no other direction."""
    many = [finding(f"demo-{n}", list(ACCOUNTS)[n % 2], owner="ravi.menon@example.com") for n in range(52)]
    path = put_on_offer(many).path
    for viewport, screens in ((DESKTOP, 4), (PHONE, 11), ({"width": 320, "height": 740}, 13)):
        with tab(viewport=viewport) as page:
            visit(page, site + path)
            root = page.locator("html")
            assert root.evaluate("one => one.scrollHeight") < viewport["height"] * screens
            assert root.evaluate("one => one.scrollWidth") <= viewport["width"]


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("goto", [go_to_confirmation, None], ids=["confirmation", "list"])
def test_no_cell_runs_into_its_neighbour(
    site: str, tab: Open, goto: Callable[[Page, list[str]], None] | None, viewport: dict[str, int]
) -> None:
    """Not even with a price after discounts and a long date."""
    called = datetime(2026, 11, 28, tzinfo=UTC)
    paid: dict[str, Any] = {
        "monthly_usd": Decimal("14862.80"),
        "net_monthly_usd": Decimal("10255.33"),
        "last_invocation_at": called,
    }
    path = put_on_offer([replace(finding("llama3-70b-demo", owner="ravi.menon@example.com"), **paid)]).path
    with tab(viewport=viewport) as page:
        visit(page, site + path)
        if goto:
            goto(page, ["llama3-70b-demo"])
        for cell in page.locator(".rows tbody td, .rows tbody th").all():
            assert cell.evaluate("one => one.scrollWidth <= one.clientWidth"), cell.inner_text()


def test_a_printed_page_has_no_controls(site: str, tab: Open) -> None:
    """What was found and what was chosen, nothing to press."""
    with tab() as page:
        the_list(page, site)
        page.emulate_media(media="print")
        assert page.locator("button:visible").count() == 0
        expect(page.get_by_role("rowheader", name="llama3-70b-demo")).to_be_visible()


@every_page
def test_axe_finds_nothing(site: str, tab: Open, goto: Goto) -> None:
    """No violation of the accessibility rules, in light and in dark: contrast, names, order, landmarks."""
    with tab() as page:
        goto(page, site)
        paper = set()
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            paper.add(page.locator("body").evaluate("one => getComputedStyle(one).backgroundColor"))
            assert violations(page) == [], scheme
        assert len(paper) == 2, "dark is not dark"


@pytest.mark.parametrize("goto", [the_list, the_confirmation], ids=lambda goto: goto.__name__)
def test_hostile_text_is_shown_and_inert(site: str, tab: Open, goto: Goto) -> None:
    """Markup in an account's name or in a tag is text: shown letter by letter, and no element of its own."""
    with tab() as page:
        goto(page, site)
        words = page.get_by_role("main").inner_text()
        assert HOSTILE_NAME in words
        assert HOSTILE_OWNER in words
        assert page.locator("script, img, iframe, object, svg").count() == 0


def test_what_was_not_looked_at_comes_before_the_money(site: str, tab: Open) -> None:
    """Coverage first, in one line that opens: each cause once in plain words, a suspended account in one line."""
    with tab() as page:
        the_list(page, site)
        words = page.get_by_role("main").inner_text()
        assert words.index("66% scanned: 2 of 6 account-region pairs are missing") < words.index("$")
        page.get_by_text("66% scanned:").click()
        words = page.get_by_role("main").inner_text()
        gap = words.index("The scan role is missing or does not trust the hub (2 account-region pairs)")
        assert gap < words.index("$")
        assert words.count("The account is suspended") == 1
        assert words.count("AWS says: AccessDenied: User: ") == 1
        assert "666666666666, all 2 regions" in words


def test_the_choice_is_told_without_colour(site: str, tab: Open) -> None:
    """Where the system takes all colours away, a chosen row still has its filled radio button."""
    with tab(forced_colors="active") as page:
        the_list(page, site)
        radio = page.get_by_role("checkbox", name="Delete").first
        radio.check()
        assert radio.evaluate("one => getComputedStyle(one).appearance") in ("auto", "radio")
