"""A person decides on the page: without scripts, with a keyboard alone, on a phone."""

from datetime import timedelta

from playwright.sync_api import Locator, Page, expect

from endpoint_sweep.aws import wiring
from endpoint_sweep.domain.model import Caps
from endpoint_sweep.rules.approvals import ApprovalStatus, Choice, Stop, StopKind
from tests.browser.conftest import PHONE, Open
from tests.browser.reviewing import choose, confirm, go_to_confirmation, phrase, press, row_of, visit
from tests.browser.served import served
from tests.simulation.hub.offers import APPROVER, FINDINGS, NOW, SECOND, finding, put_on_offer
from tests.simulation.hub.review_site import ReviewSite

TWO = ("llama3-70b-demo", "churn-poc")


def test_the_whole_decision_needs_no_script(site: str, desk: ReviewSite, tab: Open) -> None:
    """Two of five are chosen and one snoozed; a wrong phrase and a wrong code record nothing and lose nothing; the
    right ones record exactly that.
    """
    offer = put_on_offer()
    with tab(java_script_enabled=False) as page:
        visit(page, site + offer.path)
        row_of(page, "resnet-eu").get_by_label("Snooze").select_option("30")
        go_to_confirmation(page, TWO)
        expect(page.get_by_role("heading", level=1)).to_have_text("Delete 2 endpoints?")
        expect(page.get_by_text("Your approval is enough.")).to_be_visible()
        page.get_by_label("Type").fill("delete 2")
        page.get_by_label("Six-digit code").fill(desk.code())
        page.get_by_role("button", name="Delete 2 endpoints").click()
        expect(page.get_by_role("alert")).to_contain_text("exactly as shown")
        confirm(page, "000000" if desk.code() != "000000" else "111111")
        expect(page.get_by_role("alert")).to_contain_text("not the code from your latest email. You have 4 more tries.")
        expect(page.get_by_label("Type")).to_have_value(phrase(page))
        for endpoint in (*TWO, "resnet-eu"):
            expect(row_of(page, endpoint)).to_be_visible()
        assert offer.decision() is None
        confirm(page, desk.code())
        expect(page.get_by_role("heading", level=1)).to_contain_text("Recorded")
        assert "k=" not in page.url
        visit(page, site + offer.path)
        expect(page.get_by_role("heading", level=1)).to_contain_text("Your decision stands")
        expect(page.get_by_role("main")).to_contain_text(f"{APPROVER} decided to delete 2 endpoints on ")
        visit(page, site + offer.second)
        expect(page.get_by_role("heading", level=1)).to_contain_text("Already decided")
    decision = offer.decision()
    assert decision is not None
    assert {one.name for one in decision.selected} == set(TWO)
    assert [(one.id.name, one.days) for one in decision.snoozes] == [("resnet-eu", 30)]


def test_a_link_behind_a_custom_domain_with_a_base_path(desk: ReviewSite, tab: Open) -> None:
    """D13.50: the forms stay behind the base path, and so does the page after the decision."""
    offer = put_on_offer()
    with served(desk, "/sweeps/idle") as url, tab(java_script_enabled=False) as page:
        visit(page, url + offer.path)
        page.get_by_role("button", name="Select all 3 of 222222222222").click()
        expect(page.get_by_role("checkbox", name="Delete", checked=True)).to_have_count(3)
        press(page.get_by_role("button", name="Review decision"))
        confirm(page, desk.code())
        expect(page.get_by_role("heading", level=1)).to_have_text("Recorded")
        assert page.url == f"{url}/a/{offer.approval.id}/result"
        visit(page, url + offer.path)
        expect(page.get_by_role("heading", level=1)).to_contain_text("Your decision stands")
    decision = offer.decision()
    assert decision is not None
    assert len(decision.selected) == 3


def test_everything_is_kept_by_default(site: str, tab: Open) -> None:
    """Nothing is chosen in advance, and keeping everything is one button and one phrase: it takes no code."""
    offer = put_on_offer()
    with tab(java_script_enabled=False) as page:
        visit(page, site + offer.path)
        expect(page.get_by_role("checkbox", name="Delete", checked=False)).to_have_count(len(offer.plan.items))
        press(page.get_by_role("button", name="Keep everything"))
        confirm(page)
        expect(page.get_by_role("heading", level=1)).to_contain_text("Recorded")
    decision = offer.decision()
    assert decision is not None
    assert (decision.choice, decision.selected) == (Choice.KEEP, ())


def test_two_approvers_in_turn(site: str, desk: ReviewSite, tab: Open) -> None:
    """The first is told that another is awaited, the second sees the first's choice; then a rejection ends it all."""
    offer = put_on_offer(flagged={"222222222222": "twice as many of its endpoints are idle as last time"})
    with tab(java_script_enabled=False) as page:
        visit(page, site + offer.path)
        go_to_confirmation(page, TWO)
        expect(page.get_by_role("main")).to_contain_text("2 approvers must agree; you are the first.")
        confirm(page, desk.code())
        visit(page, site + offer.path)
        expect(page.get_by_role("main")).to_contain_text("Nothing will be deleted until one more approver agrees.")
        visit(page, site + offer.second)
        expect(page.get_by_role("main")).to_contain_text(f"{APPROVER} decided to delete 2 endpoints")
        go_to_confirmation(page, TWO[:1])
        expect(page.get_by_role("main")).to_contain_text(
            "All of you selected 1 endpoint: only that one will be deleted."
        )
        confirm(page, desk.code(SECOND))
        assert offer.now().status is ApprovalStatus.DECIDED
        visit(page, site + offer.path)
        press(page.get_by_role("button", name="Keep everything"))
        confirm(page)
        visit(page, site + offer.second)
        expect(page.get_by_role("main")).to_contain_text(f"{APPROVER} decided to keep everything")
        expect(page.get_by_role("button")).to_have_count(0)
    assert [one.choice for one in offer.now().decisions] == [Choice.DELETE, Choice.KEEP]


def test_all_of_an_account_by_one_button(site: str, tab: Open) -> None:
    """The page comes back at that account with its rows chosen, others as they were; and back again."""
    offer = put_on_offer()
    with tab(java_script_enabled=False) as page:
        visit(page, site + offer.path)
        choose(page, ["churn-poc"])
        page.get_by_role("button", name="Select all 3 of 222222222222").click()
        expect(page.get_by_role("checkbox", name="Delete", checked=True)).to_have_count(4)
        assert page.url.endswith("#group-1")
        page.get_by_role("button", name="Keep all 3 of 222222222222").click()
        expect(page.get_by_role("checkbox", name="Delete", checked=True)).to_have_count(1)
        expect(row_of(page, "churn-poc").get_by_label("Delete")).to_be_checked()
    assert offer.decision() is None


def test_back_to_the_list_keeps_what_was_chosen(site: str, tab: Open) -> None:
    """Deletions and snoozes are where they were."""
    with tab(java_script_enabled=False) as page:
        visit(page, site + put_on_offer().path)
        row_of(page, "resnet-eu").get_by_label("Snooze").select_option("7")
        go_to_confirmation(page, TWO)
        page.get_by_role("button", name="Back to the list").click()
        for endpoint in TWO:
            expect(row_of(page, endpoint).get_by_label("Delete")).to_be_checked()
        expect(row_of(page, "resnet-eu").get_by_label("Snooze")).to_have_value("7")


def test_a_page_that_has_become_stale(site: str, desk: ReviewSite, tab: Open) -> None:
    """BI-30, BI-32: open for days, it says on the next press that it is too late; or that a newer sweep asks."""
    expired, superseded = put_on_offer(), put_on_offer()
    with tab(java_script_enabled=False) as page:
        visit(page, site + expired.path)
        desk.ahead = timedelta(hours=73)
        go_to_confirmation(page, TWO)
        desk.ahead = timedelta()
        expect(page.get_by_role("main")).to_contain_text("This approval expired on")
        expect(page.get_by_role("main")).to_contain_text("Nothing was deleted.")
        visit(page, site + superseded.path)
        go_to_confirmation(page, TWO)
        newer = Stop(StopKind.SUPERSEDED, NOW, newer="2026-11-27T06-00Z-weekly")
        wiring.hub().records.stop(superseded.approval.sweep_id, newer)
        confirm(page, desk.code())
        expect(page.get_by_role("main")).to_contain_text("2026-11-27T06-00Z-weekly, has replaced this one")
    assert expired.decision() is superseded.decision() is None


def test_two_tabs_record_nothing_twice(site: str, desk: ReviewSite, tab: Open) -> None:
    """BI-31: the same confirmed in the second tab gets the recorded answer."""
    offer = put_on_offer()
    with tab(java_script_enabled=False) as page:
        other = page.context.new_page()
        for one in (page, other):
            visit(one, site + offer.path)
            go_to_confirmation(one, TWO)
        confirm(page, desk.code())
        confirm(other, desk.code())
        expect(page.get_by_role("heading", level=1)).to_have_text("Recorded")
        expect(other.get_by_role("heading", level=1)).to_have_text("Already recorded")
    assert len(offer.now().decisions) == 1


def test_a_selection_over_the_cap_stays_chosen(site: str, tab: Open) -> None:
    """The page says which limit was passed and keeps the selection, so that it can be made smaller."""
    offer = put_on_offer(caps=Caps(1, 10, 100))
    with tab(java_script_enabled=False) as page:
        visit(page, site + offer.path)
        go_to_confirmation(page, TWO)
        expect(page.get_by_role("alert")).to_contain_text("2 endpoints are selected")
        expect(page.get_by_role("checkbox", name="Delete", checked=True)).to_have_count(2)
    assert offer.decision() is None


def test_the_number_of_chosen_endpoints_stays_in_sight(site: str, tab: Open) -> None:
    """The bar counts along while one chooses, without a script."""
    with tab() as page:
        visit(page, site + put_on_offer().path)
        row_of(page, TWO[0]).get_by_label("Delete").check()
        tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
        words = "".join(node["name"]["value"] for node in tree if node["role"]["value"] == "StaticText")
        assert "1 selected for deletion, 0 snoozed" in words


def test_a_keyboard_is_enough(site: str, desk: ReviewSite, tab: Open) -> None:
    """Tab, arrow, space, Enter and letters: every control is reached, in order, and its focus can be seen."""
    offer = put_on_offer()
    with tab() as page:
        visit(page, site + offer.path)
        tab_to(page, "input[type=checkbox]")
        page.keyboard.press("Space")
        tab_to(page, "button.go")
        page.keyboard.press("Enter")
        page.wait_for_load_state()
        tab_to(page, "#phrase")
        page.keyboard.type(phrase(page))
        tab_to(page, "#code")
        page.keyboard.type(desk.code())
        tab_to(page, "button")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Recorded")
    decision = offer.decision()
    assert decision is not None
    assert [one.name for one in decision.selected] == ["llama3-70b-demo"]


def test_enter_in_the_list_shows_it_again_and_chooses_nothing(site: str, tab: Open) -> None:
    """The first button of a form is what Enter presses: it is none that chooses a whole account."""
    with tab(java_script_enabled=False) as page:
        visit(page, site + put_on_offer().path)
        box = row_of(page, "churn-poc").get_by_label("Delete")
        box.check()
        with page.expect_navigation():
            box.press("Enter")
        expect(page.get_by_role("checkbox", name="Delete", checked=True)).to_have_count(1)
        expect(row_of(page, "churn-poc").get_by_label("Delete")).to_be_checked()


def test_the_bar_never_covers_the_focus(site: str, tab: Open) -> None:
    """Tabbing through thirty choices, each one is seen above the bar (WCAG 2.4.11)."""
    with tab() as page:
        visit(page, site + put_on_offer([finding(f"demo-{number:02}") for number in range(30)]).path)
        tab_to(page, "input[type=checkbox]")
        for _ in range(29 * 3):
            page.keyboard.press("Tab")
            assert is_uncovered(page.locator(":focus"))
        assert page.locator(":focus").get_attribute("name") == "i29"


def tab_to(page: Page, selector: str) -> None:
    """Presses Tab until the focus is there; it is outlined and not covered by the bar."""
    for _ in range(40):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if focused.count() and focused.evaluate("(one, selector) => one.matches(selector)", selector):
            assert focused.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"
            assert is_uncovered(focused)
            return
    raise AssertionError(f"40 tabs do not lead to {selector}")


def is_uncovered(control: Locator) -> bool:
    """Whether a click in its middle would meet it."""
    script = """one => {
        const {x, y, width, height} = one.getBoundingClientRect();
        return document.elementFromPoint(x + width / 2, y + height / 2) === one;
    }"""
    return bool(control.evaluate(script))


def test_a_thumb_is_enough(site: str, tab: Open) -> None:
    """On a phone the choice is large enough to be met: 44 pixels (WCAG 2.5.5)."""
    with tab(viewport=PHONE, has_touch=True) as page:
        visit(page, site + put_on_offer().path)
        controls = page.locator("td.decision > *").all()
        assert len(controls) == 2 * len(FINDINGS)
        for label in controls:
            box = label.bounding_box()
            assert box
            assert box["height"] >= 44
            assert box["width"] >= 44
