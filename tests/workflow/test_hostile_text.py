"""What member accounts and approvers write is text wherever it is shown: on the page, in every mail, in the report's
CSV and HTML (BI-14 to BI-19, BI-41). One whole sweep, with each text in an account's name, a tag, a comment.
"""

import csv
import io
import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest

from tests.judging.invariants import before, violations
from tests.judging.stage import ADA, Stage, link_in
from tests.simulation.hub.resources import BUCKET
from tests.simulation.organization.scenarios.small import FIRST, SECOND, WORKLOADS, one, organization
from tests.simulation.organization.specification import Account
from tests.workflow.conftest import House

TEXTS = {
    "BI-14": "<script>alert(1)</script>",
    "BI-15": '=HYPERLINK("http://x","y")',
    "BI-16, plus": "+1-555-0100",
    "BI-16, minus": "-2+3",
    "BI-16, at": "@SUM(A1)",
    "BI-16, wide": "＝1+1",
    "BI-16, tab": "\t=1",
    "BI-16, return": "\r=1",
    "BI-16, space": " =1",
    "BI-17, separator": "first\u2028second",
    "BI-17, override": "abc\u202efed",
    "BI-17, nul": "nul\x00nul",
    "BI-17, joiners": "\u200d" * 256,
    "BI-18": "</td><img src=//x.example>\r\nBcc: all@example.com",
    "BI-19": "{{7*7}}{% include 'page.html.j2' %}",
}
COMMENT = "<b>fine</b>\r\nBcc: all@example.com\u202e \U0001f44d " + "x" * 10_000
NAMES = {row: re.sub(r"[^a-z0-9]+", "-", row.lower()) for row in TEXTS}
OWN = {"the page": {"form", "input"}, "the report": {"script", "input"}}
# Addresses of endpoints whose name has the form that AWS demands.
CONSOLE = re.compile(
    r"https://[\w-]+\.console\.aws\.amazon\.com/sagemaker/home\?region=[\w-]+#/endpoints/[\w-]+", re.ASCII
)
ELEMENTS = {"script", "img", "iframe", "object", "svg", "link", "base", "form", "input"}


class Elements(HTMLParser):
    """Names of the elements, and addresses of the links, of a page or mail."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.links: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.links |= {value or "" for name, value in attrs if name in ("href", "src", "action")}


@pytest.fixture(scope="module")
def told() -> Iterator[tuple[Stage, str, dict[str, str], list[str]]]:
    """The sweep after its end, what a person saw of it in HTML, and what is wrong with it."""
    house = House()
    endpoints = [one(NAMES[row], tags={"owner": text, "note": text}) for row, text in TEXTS.items()]
    accounts = (
        Account(FIRST, '=HYPERLINK("http://x","y")', WORKLOADS.id),
        Account(SECOND, "<script>alert(1)</script>", WORKLOADS.id),
    )
    world = organization([*endpoints, one("elsewhere", account=SECOND)], accounts)
    stage = house.open(world, MaxDeletePercentOfAccount="100", MaxDeletesPerAccount="50")
    start = before(stage)
    stage.world.fault(service="sagemaker", operation="DeleteEndpoint", resource="elsewhere", code="Refused",
                      message=TEXTS["BI-18"])  # fmt: skip
    sweep = stage.start()
    link = stage.links(sweep)[ADA]
    shown = {"the page": stage.hub.get(link).body}
    assert stage.decide(link, NAMES["BI-14"], "elsewhere", comment=COMMENT).status == 303
    stage.end(sweep)
    shown |= {f"mail {number}": mail.html for number, mail in enumerate(stage.mails(sweep))}
    body = stage.hub.client("s3").get_object(Bucket=BUCKET, Key=f"sweeps/{sweep}/report.html")["Body"].read()
    shown["the report"] = body.decode()
    yield stage, sweep, shown, violations(stage, start)
    house.close()


def test_the_sweep_is_as_any_other(told: tuple[Stage, str, dict[str, str], list[str]]) -> None:
    """All of it was found, offered and told; what was approved is gone, what AWS refused is kept."""
    stage, sweep, _, wrong = told
    assert wrong == []
    assert len(stage.plan(sweep)) == len(TEXTS) + 1
    assert stage.disposition(sweep, NAMES["BI-14"])[0] == "deleted"
    assert stage.disposition(sweep, "elsewhere")[0] == "failed"


def test_nothing_of_it_is_an_element_or_a_link(told: tuple[Stage, str, dict[str, str], list[str]]) -> None:
    """The page has its own forms, the approval mail its own link, the report its script and addresses of the console.
    Nothing has any other, and no template was run."""
    stage, sweep, shown, _ = told
    own = {link for mail in stage.mails(sweep) if (link := link_in(mail))}
    assert len(shown) > 6
    for place, html in shown.items():
        found = Elements(html)
        assert found.names & ELEMENTS <= OWN.get(place, set()), place
        assert html.count("<script") == (place == "the report"), place
        assert {
            link for link in found.links if not link.startswith(("#", "?")) and not CONSOLE.fullmatch(link)
        } <= own, place
        assert "7*7" in html or place.startswith("mail"), place
        assert "49{" not in html, place
        assert "<b>fine" not in html, place
    assert any("7*7" in html for place, html in shown.items() if place.startswith("mail"))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown["the page"]


def test_no_mail_has_a_line_or_a_header_of_theirs(told: tuple[Stage, str, dict[str, str], list[str]]) -> None:
    """Subjects are constants and numbers; in the texts no control, bidi or joining character, no new line, no essay."""
    stage, sweep, _, _ = told
    for mail in stage.mails(sweep):
        assert re.fullmatch(r"endpoint-sweep [\w.-]+: [a-z0-9 ,.$%;:-]+", mail.subject, re.ASCII), mail.subject
        assert not re.search("[\x00\u2028\u202e\u200d\r]", mail.text)
        assert not re.search(r"^\s*Bcc:", mail.text, re.MULTILINE)
        assert "x" * 600 not in mail.text
    receipt = next(mail for mail in stage.mails(sweep) if "fine" in mail.text)
    assert "<b>fine</b> Bcc: all@example.com" in receipt.text.replace("\u200c", "")


def test_no_cell_of_the_spreadsheet_is_a_formula(told: tuple[Stage, str, dict[str, str], list[str]]) -> None:
    """One row an endpoint, whatever is in it, and each cell is text."""
    stage, sweep, _, _ = told
    body = stage.hub.client("s3").get_object(Bucket=BUCKET, Key=f"sweeps/{sweep}/report.csv")["Body"].read()
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    assert len(rows) == len(TEXTS) + 2
    assert len(body.decode("utf-8-sig").split("\r\n")) == len(rows) + 1
    formulas = [cell for row in rows for cell in row if re.match(r"\s*[=+@＝＋－＠-]", cell)]
    assert formulas == []
    by_name = {row[rows[0].index("name")]: row for row in rows}
    owner = rows[0].index("owner")
    assert by_name[NAMES["BI-15"]][owner] == '\'=HYPERLINK("http://x","y")'
    assert {row[rows[0].index("account_name")] for row in rows[1:]} == {
        '\'=HYPERLINK("http://x","y")', "<script>alert(1)</script>",
    }  # fmt: skip
