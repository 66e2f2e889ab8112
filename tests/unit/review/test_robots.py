"""Mail scanners, crawlers and scripts: whatever they open or press, no one has decided (T1)."""

import re
from html.parser import HTMLParser

import pytest

from endpoint_sweep.rules.approvals import Choice, StopKind
from tests.simulation.hub.offers import Offer
from tests.simulation.hub.review_site import ReviewSite

AGENTS = (
    "Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.2; Trident/6.0) SafeLinks",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/99.0 Safari/537.36",
    "Mozilla/5.0 (compatible; Microsoft Defender for Office 365)",
    "Barracuda Sentinel (EE)",
    "BarracudaCentral/1.0",
    "Mimecast-URL-Protect/1.0",
    "Proofpoint URL Defense",
    "McAfee ClickProtect",
    "Cisco IronPort Outbreak Filters",
    "SymantecMessagingGateway URLScanner",
    "FireEye ETP",
    "Forcepoint Email Security",
    "TrendMicro/URLRep",
    "Sophos Time-of-Click",
    "GoogleImageProxy",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
    "curl/8.5.0",
    "python-requests/2.31",
)
PREFETCH = {"Purpose": "prefetch", "Sec-Purpose": "prefetch;prerender", "X-Moz": "prefetch"}


def test_scanners_change_no_stored_byte(site: ReviewSite, offer: Offer) -> None:
    """FI-26, I3: 20 programs with GET, HEAD and OPTIONS, three times each."""
    assert len(set(AGENTS)) == 20
    before = site.everything()
    statuses = {
        (method, site.get(offer.path, method, {"User-Agent": agent} | PREFETCH).status)
        for agent in AGENTS
        for method in ("GET", "HEAD", "OPTIONS")
        for _ in range(3)
    }
    assert statuses == {("GET", 200), ("HEAD", 405), ("OPTIONS", 405)}
    assert site.everything() == before


class Forms(HTMLParser):
    """Links and forms of a page, with what a program would fill in."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[tuple[dict[str, str], list[tuple[str, str]]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.links.append(given["href"])
        elif tag == "form":
            self.forms.append(({}, []))
        elif tag == "button":
            self.forms[-1][1].append((given.get("name", ""), given.get("value", "")))
        elif tag == "input" and (given.get("type") != "checkbox" or "checked" in given):
            self.forms[-1][0][given["name"]] = given.get("value", "")


def test_opening_every_link_changes_nothing(site: ReviewSite, offer: Offer) -> None:
    """Those of the page and those that a program would guess."""
    before = site.everything()
    place, _, query = offer.path.partition("?")
    links = [one for one in Forms(site.get(offer.path).body).links if not one.startswith("#")]
    for one in (*links, "/result", "/result?" + query, "?step=decide&" + query, "/approve", "/decide?" + query):
        site.get(place + one)
    assert links == []
    assert site.everything() == before


def pressing_every_button(site: ReviewSite, offer: Offer, typing: str) -> int:
    """Three pages deep; what a page asks for is typed where it begins with `typing`. How many buttons were pressed."""
    pages, pressed = [site.get(offer.path).body], 0
    for _ in range(3):
        answers = []
        for body in pages:
            asked = re.search(r"Type <code>([^<]+)</code>", body)
            for fields, buttons in Forms(body).forms:
                filled = fields
                if asked and asked[1].startswith(typing) and "phrase" in fields:
                    filled = fields | {"phrase": asked[1], "code": "123456", "comment": "scanned"}
                for chosen in ({}, {"i0": "d"}):
                    for name, value in buttons:
                        answer = site.post(offer.path, filled | chosen | ({name: value} if name else {}))
                        answers.append(answer.body)
                        pressed += 1
        pages = list({re.sub(r"\d+ more tries|one more try", "", one): one for one in answers}.values())[:12]
    return pressed


@pytest.mark.parametrize("typing", ["nothing", "DELETE"])
def test_pressing_every_button_decides_nothing(site: ReviewSite, offer: Offer, typing: str) -> None:
    """FI-27: a program that submits every form by every button, and even types what a page asks for before it deletes,
    has no code: no decision, no one woken.
    """
    assert pressing_every_button(site, offer, typing) > 50
    assert (offer.now().decisions, site.sweeps.woken) == ((), [])
    assert offer.now() == offer.approval


def test_a_program_that_types_everything_can_only_keep(site: ReviewSite, offer: Offer) -> None:
    """FI-27: keeping needs no code, so the worst that it does is that nothing is deleted."""
    pressing_every_button(site, offer, "")
    assert [one.choice for one in offer.now().decisions] == [Choice.KEEP]
    assert [one.kind for one in offer.now().stops] == [StopKind.KEPT]
