"""A person decides on the page: without scripts, with a keyboard alone, on a phone."""

from playwright.sync_api import Locator, Page, expect

from endpoint_sweep.approvals import Choice
from endpoint_sweep.model import Caps
from tests.browser.conftest import PHONE, Open
from tests.browser.reviewing import confirm, go_to_confirmation, phrase, row_of, visit
from tests.simulation.offers import APPROVER, FINDINGS, finding, put_on_offer

TWO = ("llama3-70b-demo", "churn-poc")


def test_the_whole_decision_needs_no_script(site: str, tab: Open) -> None:
    """Two are chosen, a wrong phrase records nothing and loses nothing, the right one records exactly the two."""
    offer = put_on_offer()
    with tab(java_script_enabled=False) as page:
        visit(page, site + offer.path)
        go_to_confirmation(page, TWO)
        expect(page.get_by_role("heading", level=1)).to_have_text("Delete 2 endpoints?")
        page.get_by_label("Type").fill("delete 2")
        page.get_by_role("button", name="Delete 2 endpoints").click()
        expect(page.get_by_role("alert")).to_contain_text("must read exactly")
        for endpoint in TWO:
            expect(row_of(page, endpoint)).to_be_visible()
        assert offer.decision() is None
        confirm(page)
        expect(page.get_by_role("heading", level=1)).to_contain_text("Recorded")
        assert "k=" not in page.url
        visit(page, site + offer.path)
        expect(page.get_by_role("heading", level=1)).to_contain_text("Already decided")
        expect(page.get_by_role("main")).to_contain_text(f"{APPROVER} decided to delete 2 endpoints on ")
    decision = offer.decision()
    assert decision is not None
    assert {one.endpoint for one in decision.selected} == set(TWO)


def test_everything_is_kept_by_default(site: str, tab: Open) -> None:
    """Nothing is chosen in advance, and keeping everything is one button and one phrase."""
    offer = put_on_offer()
    with tab(java_script_enabled=False) as page:
        visit(page, site + offer.path)
        expect(page.get_by_role("radio", name="Keep", checked=True)).to_have_count(len(offer.plan.items))
        page.get_by_role("button", name="Keep everything").click()
        page.get_by_label("Type").fill(phrase(page))
        page.get_by_role("button", name="Keep everything").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Recorded")
    decision = offer.decision()
    assert decision is not None
    assert (decision.choice, decision.selected) == (Choice.KEEP, ())


def test_a_selection_over_the_cap_stays_chosen(site: str, tab: Open) -> None:
    """The page says which limit was passed and keeps the selection, so that it can be made smaller."""
    offer = put_on_offer(caps=Caps(1, 10, 100))
    with tab(java_script_enabled=False) as page:
        visit(page, site + offer.path)
        go_to_confirmation(page, TWO)
        expect(page.get_by_role("alert")).to_contain_text("2 endpoints are selected")
        expect(page.get_by_role("radio", name="Delete", checked=True)).to_have_count(2)
    assert offer.decision() is None


def test_the_number_of_chosen_endpoints_stays_in_sight(site: str, tab: Open) -> None:
    """The bar counts along while one chooses, without a script."""
    with tab() as page:
        visit(page, site + put_on_offer().path)
        row_of(page, TWO[0]).get_by_label("Delete").check()
        tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
        words = "".join(node["name"]["value"] for node in tree if node["role"]["value"] == "StaticText")
        assert "1 chosen for deletion" in words


def test_a_keyboard_is_enough(site: str, tab: Open) -> None:
    """Tab, arrow, space, Enter and letters: every control is reached, in order, and its focus can be seen."""
    offer = put_on_offer()
    with tab() as page:
        visit(page, site + offer.path)
        tab_to(page, "input[type=radio]")
        page.keyboard.press("ArrowRight")
        tab_to(page, "button")
        page.keyboard.press("Enter")
        page.wait_for_load_state()
        tab_to(page, "#phrase")
        page.keyboard.type(phrase(page))
        tab_to(page, "button")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Recorded")
    decision = offer.decision()
    assert decision is not None
    assert [one.endpoint for one in decision.selected] == ["llama3-70b-demo"]


def test_the_bar_never_covers_the_focus(site: str, tab: Open) -> None:
    """Tabbing through thirty choices, each one is seen above the bar (WCAG 2.4.11)."""
    with tab() as page:
        visit(page, site + put_on_offer([finding(f"demo-{number:02}") for number in range(30)]).path)
        tab_to(page, "input[type=radio]")
        for _ in range(29):
            page.keyboard.press("Tab")
            assert is_uncovered(page.locator(":focus"))
        assert page.locator(":focus").get_attribute("name") == "d29"


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
        labels = page.locator("fieldset label").all()
        assert len(labels) == 2 * len(FINDINGS)
        for label in labels:
            box = label.bounding_box()
            assert box
            assert box["height"] >= 44
            assert box["width"] >= 44
