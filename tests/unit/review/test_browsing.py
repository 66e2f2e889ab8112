"""The list: searched, grouped, sorted, a hundred rows on a page; and its buttons for many rows."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from endpoint_sweep.domain.model import Caps, Finding, Verdict
from endpoint_sweep.reports.views import RowView, row_view
from endpoint_sweep.review.browsing import ROWS, Grouping, Look, Sorting, groups_of, key_of, matching, on_page
from endpoint_sweep.rules.planning import fitting, over_caps
from tests.simulation.hub.offers import ACCOUNTS, FINDINGS, NOW, finding, plan_of, put_on_offer
from tests.simulation.hub.review_site import ReviewSite
from tests.unit.review.forms import form, selected, snoozed, told

FIRST, SECOND = list(ACCOUNTS)[:2]


def rows(findings: Sequence[Finding]) -> list[RowView]:
    return [row_view(one, ACCOUNTS, NOW) for one in findings]


def names(found: Sequence[RowView]) -> list[str]:
    return [row.name for row in found]


def test_words_are_found_wherever_they_stand() -> None:
    """Each word somewhere: in name, owner, account, its name, region, type, kind or tag, in any case."""
    tagged = replace(FINDINGS[1], tags={"Team": "Vision"})
    shown = rows([FINDINGS[0], tagged, *FINDINGS[2:]])
    for find, expected in (
        ("", names(shown)),
        ("LLAMA3", ["llama3-70b-demo"]),
        ("resnet eu-west-1", ["resnet-eu"]),
        ("vision-prod ravi", ["llama3-70b-demo"]),
        (f"{FIRST} team=vision", ["resnet-demo"]),
        ("real-time ml.g5.xlarge churn", ["churn-poc"]),
        ("resnet churn", []),
    ):
        assert names(matching(shown, find)) == expected, find


def test_what_a_form_says_of_the_look() -> None:
    """Nonsense is the default, never an error; a long text is cut."""
    assert Look.of("a  b", "owner", "idle", "3") == Look("a b", Grouping.OWNER, Sorting.IDLE, 3)
    for page in ("", "x", "-1", "1e3", "٣", "9999999"):
        assert Look.of("", "nonsense", "DROP", page) == Look()
    assert len(Look.of("x" * 500, "", "", "").find) == 80


@pytest.mark.parametrize("grouping", list(Grouping))
def test_groups_come_by_their_sum(grouping: Grouping) -> None:
    """The most expensive first, barely used ones last whatever they cost; a row is in the group that it belongs to."""
    barely = replace(finding("seldom", SECOND, monthly="99000"), verdict=Verdict.BARELY_USED)
    found = groups_of(rows([*FINDINGS, barely]), Look(grouping=grouping))
    idle = [group for group in found if group.idle]
    assert [names(group.rows) for group in found if not group.idle] == [["seldom"]]
    assert not found[-1].idle
    assert [group.monthly for group in idle] == sorted((group.monthly for group in idle), reverse=True)
    assert all(len({key_of(row, grouping) for row in group.rows}) == 1 for group in found)
    assert sum(group.monthly for group in idle) == Decimal("17086.96")
    assert sum(group.unpriced for group in idle) == 1


def test_the_order_within_a_group() -> None:
    """By cost without a price last; by idleness what was never called first."""
    called = replace(FINDINGS[1], last_invocation_at=NOW - timedelta(days=40))
    older = replace(finding("older", monthly="1"), last_invocation_at=NOW - timedelta(days=90))
    shown = rows([called, older, FINDINGS[2], FINDINGS[0]])
    for sorting, expected in (
        (Sorting.COST, ["llama3-70b-demo", "resnet-demo", "older", "resnet-eu"]),
        (Sorting.IDLE, ["llama3-70b-demo", "resnet-eu", "older", "resnet-demo"]),
        (Sorting.NAME, ["llama3-70b-demo", "older", "resnet-demo", "resnet-eu"]),
        (Sorting.OWNER, ["resnet-demo", "older", "resnet-eu", "llama3-70b-demo"]),
    ):
        [group] = groups_of(shown, Look(grouping=Grouping.NONE, sorting=sorting))
        assert names(group.rows) == expected, sorting


@given(sizes=st.lists(st.integers(1, 230), min_size=1, max_size=6), grouping=st.sampled_from(Grouping))
def test_the_pages_hold_every_row_once(sizes: list[int], grouping: Grouping) -> None:
    """In the order of the groups, none more than a hundred; pages beyond the ends are the first and the last."""
    findings = [
        finding(f"{owner}-{n}", owner=f"owner-{owner}") for owner, size in enumerate(sizes) for n in range(size)
    ]
    groups = groups_of(rows(findings), Look(grouping=grouping))
    _, first, pages = on_page(groups, 0)
    shown = [on_page(groups, page)[0] for page in range(1, pages + 1)]
    assert [row for page in shown for _, some in page for row in some] == [
        row for group in groups for row in group.rows
    ]
    assert {sum(len(some) for _, some in page) for page in shown[:-1]} <= {ROWS}
    assert all(some for page in shown for _, some in page)
    assert (first, on_page(groups, pages + 7)[1]) == (1, pages)


@given(
    accounts=st.lists(st.sampled_from(list(ACCOUNTS)[:3]), min_size=1, max_size=40),
    caps=st.builds(Caps, st.integers(1, 30), st.integers(1, 20), st.integers(1, 100)),
    taken=st.integers(0, 5),
)
def test_what_fits_is_within_the_caps_and_leaves_no_room(accounts: list[str], caps: Caps, taken: int) -> None:
    """As much as the caps allow beside what is chosen, the first ones first, and not one more."""
    plan = plan_of([finding(f"e{n}", account) for n, account in enumerate(accounts)], caps=caps)
    ids = [one.id for one in plan.items]
    chosen = ids[:taken] if not over_caps(plan, ids[:taken], caps) else []
    wanted = [one for one in ids if one not in chosen]
    fits = fitting(plan, wanted, chosen, caps)
    assert [one for one in wanted if one in fits] == list(fits)
    if fits:
        assert over_caps(plan, [*chosen, *fits], caps) == []
    assert all(over_caps(plan, [*chosen, *fits, one], caps) for one in wanted if one not in fits)


class TestPages:
    """On the page of a real site."""

    def test_what_is_chosen_elsewhere_is_kept(self, site: ReviewSite) -> None:
        """Through pages, searches and other groupings, until it is recorded; nothing is in an address."""
        many = [finding(f"demo-{n:03}", (FIRST, SECOND)[n % 2], owner=f"o{n % 3}") for n in range(250)]
        offer = put_on_offer(many, Caps(500, 500, 100))
        chosen = {offer.row("demo-000"): "d", offer.row("demo-249", "z"): "30"}
        fields = {"plan_sha256": offer.approval.plan.sha256} | chosen
        for look in ({"page": "2"}, {"find": "demo-17"}, {"group": "owner", "page": "3"}, {"find": "nothing-like-it"}):
            body = site.post(offer.path, fields | {"step": "list"} | look).body
            shown = hidden(body) | dict.fromkeys(selected(body), "d") | snoozed(body)
            assert {name: shown.get(name) for name in chosen} == chosen
            assert "k=" not in body
        assert "Page 3 of 3" in site.post(offer.path, fields | {"step": "list", "page": "99"}).body
        nothing = site.post(offer.path, fields | {"step": "list", "find": "nothing-like-it"}).body
        assert "No endpoint contains “nothing-like-it”" in nothing

    def test_buttons_choose_what_was_found(self, site: ReviewSite) -> None:
        """Of the search as it was shown, not as it is being typed, and as many as the caps allow."""
        offer = put_on_offer()
        sent = {"plan_sha256": offer.approval.plan.sha256, "shown_find": "resnet", "find": "churn"}
        body = site.post(offer.path, sent | {"delete_all": "found"}).body
        assert set(selected(body)) == {offer.row("resnet-demo"), offer.row("resnet-eu")}
        assert 'name="find" value="resnet"' in body
        tight = put_on_offer(caps=Caps(25, 1, 100))
        assert "Select the most expensive" in site.get(tight.path).body
        sent = {"plan_sha256": tight.approval.plan.sha256, "delete_all": "found"}
        body = site.post(tight.path, sent).body
        assert set(selected(body)) == {tight.row("llama3-70b-demo"), tight.row("x" * 63)}
        assert 'name="delete_all"' not in body

    def test_the_button_says_what_it_would_select(self, site: ReviewSite) -> None:
        """What is selected already counts, what is snoozed does not."""
        offer = put_on_offer([finding(f"demo-{n}") for n in range(6)], Caps(4, 4, 100))
        fields = {"plan_sha256": offer.approval.plan.sha256, "step": "list"}
        naps = {offer.row(f"demo-{n}", "z"): "7" for n in (3, 4, 5)}
        for chosen, label in (
            ({}, "Select the 4 most expensive"),
            ({offer.row("demo-0"): "d"}, "Select 3 more"),
            (naps, "Select all 3"),
            (naps | {offer.row("demo-0"): "d"}, "Select all 3"),
            ({offer.row(f"demo-{n}"): "d" for n in range(4)}, ""),
        ):
            body = site.post(offer.path, fields | chosen).body
            assert re.findall(r'name="delete_all"[^>]*>([^<]*)<', body) == [label] * bool(label), label

    def test_a_button_selects_no_more_than_it_says(self, site: ReviewSite) -> None:
        """Rows that are unticked before it is pressed leave room in the caps, which it does not fill."""
        found = [finding(f"{name}-{n}", account) for name, account in (("a", FIRST), ("b", SECOND)) for n in range(8)]
        offer = put_on_offer(found, Caps(7, 7, 100))
        sent = {"plan_sha256": offer.approval.plan.sha256, "step": "list"}
        body = site.post(offer.path, sent | {offer.row(f"a-{n}"): "d" for n in range(5)}).body
        group = offer.row("b-0")[1:]
        [(value, label)] = re.findall(rf'name="delete_all" value="({group}\b[^"]*)"[^>]*>([^<]*)<', body)
        assert label == "Select the 2 most expensive"
        unticked = {"plan_sha256": sent["plan_sha256"], "shown_group": "account", "delete_all": value}
        assert len(selected(site.post(offer.path, unticked).body)) == 2
        both = unticked | {offer.row("b-3"): "d", "keep_all": group}
        assert selected(site.post(offer.path, both).body) == []

    def test_all_are_all_whatever_was_unticked(self, site: ReviewSite) -> None:
        """“Select all 6” with two of them selected selects six, not the four that were left then."""
        offer = put_on_offer([finding(f"demo-{n}") for n in range(6)], Caps(9, 9, 100))
        sent = {"plan_sha256": offer.approval.plan.sha256}
        body = site.post(offer.path, sent | {"step": "list", offer.row("demo-0"): "d", offer.row("demo-1"): "d"}).body
        [(value, label)] = re.findall(r'name="delete_all" value="([^"]*)"[^>]*>([^<]*)<', body)
        assert label == "Select all 6"
        assert len(selected(site.post(offer.path, sent | {"delete_all": value}).body)) == 6

    def test_a_button_never_decides(self, site: ReviewSite) -> None:
        """Neither by itself, nor sent along with a step that does."""
        offer = put_on_offer()
        before = site.everything()
        assert site.post(offer.path, form(offer, "churn-poc", step="list", delete_all="found")).status == 200
        answer = site.post(offer.path, form(offer, step="decide", choice="delete", delete_all="found"))
        assert told(answer) == (400, "E_ITEM_SELECTION")
        assert site.everything() == before

    def test_deleted_and_snoozed_at_once_is_only_snoozed(self, site: ReviewSite) -> None:
        """Whatever was pressed, the list says so and nothing is recorded."""
        offer = put_on_offer()
        before = site.everything()
        for step in ("review", "decide"):
            fields = form(offer, "churn-poc", "resnet-demo", snooze={"churn-poc": 30}, step=step)
            answer = site.post(offer.path, fields)
            assert told(answer) == (400, "E_ITEM_SELECTION")
            assert selected(answer.body) == [offer.row("resnet-demo")]
            assert snoozed(answer.body) == {offer.row("churn-poc", "z"): "30"}
        assert site.everything() == before

    def test_what_is_searched_for_is_inert(self, site: ReviewSite) -> None:
        offer = put_on_offer()
        fields = {"plan_sha256": offer.approval.plan.sha256, "step": "list", "find": '"><script>alert(1)</script>'}
        body = site.post(offer.path, fields).body
        assert "<script" not in body
        assert "&lt;script&gt;" in body


def hidden(body: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', body))
