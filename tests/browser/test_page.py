"""How the page is delivered and how it looks: its own policy, small screens, both colour schemes, hostile text."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Open
from tests.browser.reviewing import go_to_confirmation, visit
from tests.simulation.offers import ACCOUNTS, HOSTILE_NAME, HOSTILE_OWNER, LONGEST_NAME, finding, put_on_offer

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
# Beyond the defaults (WCAG A and AA), what costs nothing: every rule that axe calls a best practice.
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

Goto = Callable[[Page, str], None]


@cache
def address(site: str) -> str:
    """One plan on offer for all: nothing here decides."""
    return site + put_on_offer().path


def the_list(page: Page, site: str) -> None:
    visit(page, address(site))


def a_problem(page: Page, site: str) -> None:
    the_list(page, site)
    page.get_by_role("button", name="Review deletions").click()


def the_confirmation(page: Page, site: str) -> None:
    the_list(page, site)
    go_to_confirmation(page, ("llama3-70b-demo", "churn-poc", LONGEST_NAME))


def a_wrong_phrase(page: Page, site: str) -> None:
    the_confirmation(page, site)
    page.get_by_label("Type").fill("yes")
    page.get_by_role("button", name="Delete").click()


def a_message(page: Page, site: str) -> None:
    page.goto(f"{site}/a/0000?k=wrong")


PAGES: tuple[Goto, ...] = (the_list, a_problem, the_confirmation, a_wrong_phrase, a_message)
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


def test_hundreds_of_rows_stay_one_page(site: str, tab: Open) -> None:
    """Three hundred endpoints are listed with their sum, and each account is one link away."""
    many = [finding(f"demo-{number}", account=list(ACCOUNTS)[number % 2]) for number in range(300)]
    with tab() as page:
        visit(page, site + put_on_offer(many).path)
        expect(page.get_by_role("radio", name="Delete")).to_have_count(300)
        expect(page.get_by_role("main")).to_contain_text("$308,439.00 a month")
        page.get_by_role("link", name="vision-prod 222222222222").click()
        expect(page.get_by_role("table").filter(has_text="vision-prod").last).to_be_in_viewport()


@every_page
def test_axe_finds_nothing(site: str, tab: Open, goto: Goto) -> None:
    """No violation of the accessibility rules, in light and in dark: contrast, names, order, landmarks."""
    with tab() as page:
        goto(page, site)
        page.evaluate(AXE.read_text(encoding="utf-8"))
        paper = set()
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            paper.add(page.locator("body").evaluate("one => getComputedStyle(one).backgroundColor"))
            options = {"runOnly": AXE_RULES, "resultTypes": ["violations"]}
            found = page.evaluate("options => axe.run(document, options)", options)["violations"]
            assert [(one["id"], scheme, [node["html"] for node in one["nodes"]]) for one in found] == []
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
    """Coverage first, each cause once in plain words, a suspended account in one line; AWS's own words are small."""
    with tab() as page:
        the_list(page, site)
        words = page.get_by_role("main").inner_text()
        gap = words.index("The scan role is missing or does not trust the hub (2 cells)")
        assert gap < words.index("$")
        assert words.count("The account is suspended") == 1
        assert words.count("In AWS’s words: AccessDenied: User: ") == 1
        assert "666666666666, all 2 regions" in words


def test_the_choice_is_told_without_colour(site: str, tab: Open) -> None:
    """Where the system takes all colours away, a chosen row still has its filled radio button."""
    with tab(forced_colors="active") as page:
        the_list(page, site)
        radio = page.get_by_role("radio", name="Delete").first
        radio.check()
        assert radio.evaluate("one => getComputedStyle(one).appearance") in ("auto", "radio")
