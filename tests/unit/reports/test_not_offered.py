"""What is idle and was offered to no one: the report says why, and its sentences count what stands below them."""

from dataclasses import replace

import pytest

from endpoint_sweep.domain.kinds import Access
from endpoint_sweep.domain.model import Account, CoverageStatus, Finding, Mode
from endpoint_sweep.reports import Report, report_data, summary_mail
from endpoint_sweep.rules.planning import Coverage
from tests.unit.samples import ACCOUNT, NOW, cell, finding

DENIED = "333333333333"
ACCOUNTS = {one: Account(one, "vision", "ACTIVE") for one in (ACCOUNT, DENIED)}
ELSEWHERE = "eu-west-1"


def report(*halves: Finding, denied: tuple[Finding, ...] = (), mode: Mode = Mode.APPROVE) -> Report:
    """One idle endpoint in a whole cell; `halves` in a cell of which a later page could not be read."""
    half = replace(cell(*halves, region="eu-west-1"), status=CoverageStatus.PARTIAL)
    rows = (cell(finding("whole")), half, cell(*denied, account=DENIED))
    return Report("s", mode, Coverage(rows), ACCOUNTS, kept_reason="kept by ada@example.com", deny_accounts=(DENIED,))


@pytest.mark.parametrize("access", [None, Access.ENABLED, Access.NOT_ENABLED])
def test_what_stands_in_half_a_cell_was_kept_by_no_one(access: Access | None) -> None:
    """It was not offered (FI-03), so no approver is named for it, nor an act role."""
    half = replace(finding("half"), region=ELSEWHERE, access=access)
    told = {one["name"]: one["disposition_reason"] for one in report_data(report(half), NOW)["findings"]}
    assert told == {
        "whole": "kept by ada@example.com",
        "half": "kept: not offered, because its account-region pair was only partly scanned",
    }
    for part in summary_mail(report(half)):
        assert "1 of these is in an account-region pair that was only partly scanned" in part
        assert "not enabled" not in part.lower()
    said = summary_mail(report(half, replace(half, name="other")))[0]
    assert "2 of these are in account-region pairs that were only partly scanned" in said


def test_a_report_offers_nothing_anyway() -> None:
    """So nothing has to be said of halves."""
    one = report(replace(finding("half"), region=ELSEWHERE), mode=Mode.REPORT)
    assert {row["disposition_reason"] for row in report_data(one, NOW)["findings"]} == {one.kept_reason}
    assert "of these" not in summary_mail(one)[0]


def test_the_deny_list_is_counted_without_what_is_snoozed() -> None:
    """That stands in a section of its own."""
    awake = replace(finding("awake"), account=DENIED)
    text = summary_mail(report(denied=(awake, replace(awake, name="asleep", snoozed_until=NOW))))[0]
    assert "1 of these is in accounts on the deny list" in text
