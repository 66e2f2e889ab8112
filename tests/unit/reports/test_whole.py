"""`report.html`: every row, sums that add up, and nothing that a member account could make active."""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from endpoint_sweep import reports
from endpoint_sweep.domain.model import Finding, Verdict
from endpoint_sweep.reports.console import endpoint_address, stack_address
from endpoint_sweep.reports.whole import breakdowns
from tests.simulation.hub.offers import ACCOUNTS, FINDINGS, HOSTILE_NAME, HOSTILE_OWNER, NOW, finding, report_of

PLAIN = finding("churn-poc")
STACK = "arn:aws:cloudformation:us-east-1:222222222222:stack/recs/0f3a-11"


class Tags(HTMLParser):
    """The names of all elements, and the addresses of all links."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]


def page(findings: Sequence[Finding] = FINDINGS) -> str:
    return reports.report_page(report_of(findings), NOW)


def test_every_resource_has_a_row() -> None:
    """Not the first 25 as in the email; each deleted one with the command that restores it."""
    many = [finding(f"demo-{number}") for number in range(300)]
    html = reports.report_page(report_of(many, deleted=40, spared=2), NOW)
    assert html.count('<th scope="row" class="wide">') == 300
    assert len(re.findall(r"endpoint-sweep restore sweep-0 222222222222/us-east-1/demo-\d+<", html)) == 40
    assert html.count("<td>Kept: in use again</td>") == 2


def test_hostile_text_is_inert() -> None:
    """As text, in no link, and not as an element."""
    odd = finding(HOSTILE_NAME.replace("/", ""))
    html = page([*FINDINGS, odd, replace(PLAIN, tags={"aws:cloudformation:stack-id": HOSTILE_NAME})])
    tags = Tags(html)
    assert tags.names.count("script") == 1
    assert not {"img", "iframe", "object", "form"} & set(tags.names)
    assert HOSTILE_OWNER not in html
    assert "&lt;img src=x onerror=alert(1)&gt;" in html
    assert all(re.fullmatch(r"https://us-east-1\.console\.aws\.amazon\.com/sagemaker/[\w?=#/-]+|"
                            r"https://eu-west-1\.console\.aws\.amazon\.com/sagemaker/[\w?=#/-]+", link)
               for link in tags.links)  # fmt: skip


def test_it_loads_nothing() -> None:
    html = page()
    assert "default-src 'none'" in html
    assert not re.search(r"@import|url\(|<link|src=\"", html)


@given(
    prices=st.lists(st.one_of(st.none(), st.decimals(0, 90_000, places=2)), max_size=30),
    owners=st.lists(st.sampled_from(["a@example.com", "", "team-b"]), min_size=30, max_size=30),
)
def test_each_breakdown_adds_up_to_the_whole(prices: list[Decimal | None], owners: list[str]) -> None:
    """In number, in price, and in what has no price: every idle one once in each."""
    found = [
        replace(finding(f"demo-{n}", list(ACCOUNTS)[n % 2], owner=owners[n]), monthly_usd=price)
        for n, price in enumerate(prices)
    ]
    busy = replace(finding("busy"), verdict=Verdict.BUSY)
    report = report_of([*found, busy], 0, 0)
    money = report.idle_money
    for one in breakdowns(report):
        assert sum(part.count for part in one.parts) == money.count == len(found)
        assert sum(part.monthly for part in one.parts) == money.monthly
        assert sum(part.unpriced for part in one.parts) == money.unpriced


@pytest.mark.parametrize(
    ("changes", "address"),
    [
        ({}, "https://us-east-1.console.aws.amazon.com/sagemaker/home?region=us-east-1#/endpoints/churn-poc"),
        (
            {"arn": "arn:aws-us-gov:sagemaker:x", "region": "us-gov-west-1"},
            "https://us-gov-west-1.console.amazonaws-us-gov.com/sagemaker/home?region=us-gov-west-1#/endpoints/churn-poc",
        ),
        (
            {"arn": "arn:aws-cn:sagemaker:x", "region": "cn-north-1"},
            "https://cn-north-1.console.amazonaws.cn/sagemaker/home?region=cn-north-1#/endpoints/churn-poc",
        ),
        ({"arn": "arn:aws-iso:sagemaker:x"}, ""),
        ({"arn": "nonsense"}, ""),
        ({"name": "a b"}, ""),
        ({"name": "x" * 64}, ""),
        ({"name": "-x"}, ""),
        ({"name": "x\n"}, ""),
        ({"region": "evil.example#"}, ""),
        ({"account": "1"}, ""),
        ({"type": "toy-train"}, ""),
    ],
)
def test_the_address_of_an_endpoint(changes: dict[str, Any], address: str) -> None:
    """By partition; none for a name, region or account that AWS would not have."""
    assert endpoint_address(replace(PLAIN, **changes)) == address


def test_the_address_of_its_stack() -> None:
    """If the tag has the form of AWS's own and names this account and region; anybody can write a tag."""
    tag = "aws:cloudformation:stack-id"
    assert stack_address(replace(PLAIN, tags={tag: STACK})) == (
        "https://us-east-1.console.aws.amazon.com/cloudformation/home?region=us-east-1#/stacks/stackinfo?stackId="
        "arn%3Aaws%3Acloudformation%3Aus-east-1%3A222222222222%3Astack%2Frecs%2F0f3a-11"
    )
    for other in ("", "x", STACK.replace("222222222222", "333333333333"), STACK.replace("us-east-1", "eu-west-1"),
                  STACK + "?x", STACK + "\n", STACK.replace("recs", "r/e")):  # fmt: skip
        assert stack_address(replace(PLAIN, tags={tag: other})) == ""
    assert stack_address(replace(PLAIN, arn="arn:aws-iso:x", tags={tag: STACK})) == ""
