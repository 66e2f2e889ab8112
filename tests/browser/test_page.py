"""How the page is delivered and how it looks: its own policy, small screens, both colour schemes, hostile text."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest
from playwright.sync_api import Page, expect

from endpoint_sweep.aws import wiring
from endpoint_sweep.domain.model import Caps
from endpoint_sweep.review.access import Opened
from endpoint_sweep.review.selection import Wish, drafted
from endpoint_sweep.rules.approvals import Decision, Identity, Snooze
from endpoint_sweep.storage.records import Versions
from tests.browser.conftest import PHONE, Open
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


def test_hundreds_of_rows_stay_one_page(site: str, tab: Open) -> None:
    """Five hundred endpoints are listed with their sum in less than 1 MB, each account is one link away, and all of
    them chosen fit in a form of less than 64 KiB.
    """
    many = [finding(f"{LONGEST_NAME[:57]}-{number}", account=list(ACCOUNTS)[number % 2]) for number in range(500)]
    offer = put_on_offer(many, Caps(500, 500, 100))
    with tab() as page:
        sent: list[int] = []
        page.on("request", lambda request: sent.append(len(request.post_data or "")))
        answer = page.goto(site + offer.path)
        assert answer
        assert len(answer.body()) < 1_000_000
        expect(page.get_by_role("radio", name="Delete")).to_have_count(500)
        expect(page.get_by_role("main")).to_contain_text("$514,065.00 per month")
        page.get_by_role("link", name="vision-prod 222222222222").click()
        expect(page.get_by_role("heading", name="vision-prod 222222222222")).to_be_in_viewport()
        for account in list(ACCOUNTS)[:2]:
            page.get_by_role("button", name=f"Select all 250 of {account}").click()
        page.get_by_role("button", name="Review decision").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Delete 500 endpoints?")
        assert 3_000 < max(sent) < 65_536


def test_a_printed_page_has_no_controls(site: str, tab: Open) -> None:
    """What was found and what was chosen, nothing to press."""
    with tab() as page:
        the_list(page, site)
        page.emulate_media(media="print")
        assert page.locator("button:visible").count() == 0
        expect(page.get_by_text("llama3-70b-demo", exact=True)).to_be_visible()


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
    """Coverage first, each cause once in plain words, a suspended account in one line; AWS's own words are small."""
    with tab() as page:
        the_list(page, site)
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
        radio = page.get_by_role("radio", name="Delete").first
        radio.check()
        assert radio.evaluate("one => getComputedStyle(one).appearance") in ("auto", "radio")
