"""The labels next to an endpoint's name, on the page and in each row of a mail."""

from dataclasses import replace
from decimal import Decimal

import pytest

from endpoint_sweep.domain.model import Account, Cell, Finding, Mode, Silence, Verdict
from endpoint_sweep.reports import Report, approval_mail, approval_view, summary_mail
from endpoint_sweep.reports.views import labels
from endpoint_sweep.rules.planning import Coverage, join
from tests.unit.samples import ACCOUNT, CAPS, NOW, REGION, approval, cell, finding, plan

ACCOUNTS = {ACCOUNT: Account(ACCOUNT, "vision", "ACTIVE")}
NOTHING = finding("quiet", silence=Silence.NOTHING)
FEW = finding("seldom", verdict=Verdict.BARELY_USED, invocations=4, last_invocation_at=NOW)


def of(*findings: Finding) -> Coverage:
    return join([Cell(ACCOUNT, REGION)], [cell(*findings)])


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (NOTHING, ("published nothing",)),
        (FEW, ("barely used",)),
        (replace(NOTHING, reason="it published zeros"), ("published nothing",)),
        (finding(silence=Silence.ZEROS, reason="it published no datapoints"), ()),
        (finding(silence=Silence.SOME), ()),
        (finding(), ()),
    ],
)
def test_a_label_says_what_was_measured(one: Finding, expected: tuple[str, ...]) -> None:
    """Whatever its reason says in words."""
    assert labels(one) == expected


def test_the_mail_shows_it_beside_the_name() -> None:
    """Of that endpoint only."""
    asked = plan([finding("zeros", silence=Silence.ZEROS), NOTHING])
    view = approval_view(approval(asked), asked, of(*asked.items), ACCOUNTS, CAPS)
    text, html = approval_mail(view, "https://review.example.com")
    assert text.count("[published nothing]") == html.count(">published nothing<") == 1
    assert "- quiet [published nothing]\n    222222222222" in text
    assert "- zeros\n    222222222222" in text


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([finding("idle", monthly_usd=Decimal(1000))], "1 idle endpoint, $1,000.00 a month."),
        ([replace(FEW, monthly_usd=Decimal(200))], "1 barely used endpoint, $200.00 a month."),
        (
            [finding("idle", monthly_usd=Decimal(1000)), replace(FEW, monthly_usd=Decimal(200))],
            "1 idle and 1 barely used endpoint, $1,000.00 and $200.00 a month.",
        ),
    ],
)
def test_the_preview_of_the_mail_adds_no_two_totals(items: list[Finding], expected: str) -> None:
    """The mail itself says that the barely used ones count in no other total."""
    asked = plan(items)
    view = approval_view(approval(asked), asked, of(*items), ACCOUNTS, CAPS)
    _, html = approval_mail(view, "https://review.example.com")
    assert f"scanned. {expected} Please respond" in html


def test_the_summary_shows_it_too() -> None:
    """Where the endpoint is listed as idle and kept."""
    text, html = summary_mail(Report("s", Mode.REPORT, of(NOTHING, finding("zeros")), ACCOUNTS, kept_reason="because"))
    assert text.count("[published nothing]") == html.count(">published nothing<") == 1
