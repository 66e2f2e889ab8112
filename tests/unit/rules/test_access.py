"""Where deletion is not enabled nothing is offered, and what that costs is told."""

from dataclasses import replace
from decimal import Decimal

import pytest

from endpoint_sweep.domain.closed import Closed
from endpoint_sweep.domain.kinds import Access, CoverageStatus, Verdict
from endpoint_sweep.domain.model import Account, Finding
from endpoint_sweep.rules.access import closed_in, is_closed, managed, told, why_closed, why_nobody, with_access
from endpoint_sweep.rules.planning import join, make_plan, why_not_offered
from tests.unit.samples import ACCOUNT, CAPS, NOW, cell, finding

OTHER, THIRD = "333333333333", "444444444444"
NO, UNKNOWN, MANAGEMENT = Access.NOT_ENABLED.value, Access.UNKNOWN.value, Access.MANAGEMENT.value
FIX = "Deploy the member roles with AllowDelete=true"


def idle(name: str, account: str, access: Access | None, usd: str | None = "10.50") -> Finding:
    monthly = None if usd is None else Decimal(usd)
    return replace(finding(name), account=account, access=access, monthly_usd=monthly)


def test_an_idle_finding_has_the_answer_of_its_account() -> None:
    """No answer is no permission; what is not idle is not asked about."""
    known = {ACCOUNT: Access.ENABLED, OTHER: Access.NOT_ENABLED}
    assert with_access(finding(), known).access is Access.ENABLED
    assert with_access(replace(finding(), account=OTHER), known).access is Access.NOT_ENABLED
    assert with_access(replace(finding(), account=THIRD), known).access is Access.UNKNOWN
    busy = replace(finding(), verdict=Verdict.BUSY)
    assert with_access(busy, known) == busy


@pytest.mark.parametrize(
    ("access", "why"),
    [
        (None, ""),
        (Access.ENABLED, ""),
        (Access.NOT_ENABLED, "deletion is not enabled in this account"),
        (Access.UNKNOWN, "whether deletion is enabled in this account could not be checked"),
    ],
)
def test_only_what_may_be_deleted_is_offered(access: Access | None, why: str) -> None:
    """As far as anyone has asked."""
    one, closed = idle("a", ACCOUNT, access), bool(why)
    assert (is_closed(one), why_closed(one)) == (closed, why)
    rows = [cell(one)]
    plan = make_plan("s", join([row.cell for row in rows], rows), CAPS, 0)
    assert [item.name for item in plan.items] == ([] if closed else ["a"])


def test_the_management_account_is_closed_whatever_its_roles_allow() -> None:
    """S2.7. Other accounts keep their answers."""
    accounts = [Account(ACCOUNT, "management", "ACTIVE", is_management=True), Account(OTHER, "prod", "ACTIVE")]
    known = {ACCOUNT: Access.ENABLED, OTHER: Access.ENABLED}
    assert managed(known, accounts) == {ACCOUNT: Access.MANAGEMENT, OTHER: Access.ENABLED}
    assert managed({}, accounts) == {ACCOUNT: Access.MANAGEMENT}
    assert is_closed(idle("a", ACCOUNT, Access.MANAGEMENT))


def test_the_sums() -> None:
    """By answer, of fully scanned cells, without what would not be offered anyway."""
    rows = [
        cell(idle("a", ACCOUNT, Access.NOT_ENABLED), idle("b", ACCOUNT, Access.NOT_ENABLED, None)),
        cell(idle("c", OTHER, Access.UNKNOWN), account=OTHER),
        cell(idle("d", OTHER, Access.NOT_ENABLED), account=OTHER, region="eu-west-1"),
        replace(cell(idle("e", THIRD, Access.NOT_ENABLED), account=THIRD), status=CoverageStatus.PARTIAL),
        cell(replace(idle("f", THIRD, Access.NOT_ENABLED), snoozed_until=NOW), account=THIRD, region="eu-west-1"),
    ]
    assert closed_in(rows) == {
        NO: Closed(3, 2, Decimal("21.00"), 1, "endpoint"),
        UNKNOWN: Closed(1, 1, Decimal("10.50"), 0, "endpoint"),
    }
    assert closed_in(rows, [ACCOUNT, OTHER]) == {}


def test_what_is_told() -> None:
    """A sentence for each answer: how many, where, how much, and what helps."""
    sums = {NO: Closed(3, 2, Decimal("2056.26"), 1, "endpoint"), UNKNOWN: Closed(1, 1, Decimal(0), 0, "endpoint")}
    assert told(sums) == (
        "3 idle endpoints in 2 accounts ($2,056.26 per month at list price, 1 without a known price) are not offered, "
        "because deletion is not enabled there: deploy the member roles with AllowDelete=true. "
        "1 idle endpoint in 1 account ($0.00 per month at list price) is not offered, because whether deletion is "
        "enabled there could not be checked; the next sweep asks again."
    )
    assert told({}) == ""
    assert "1 without a known price) could not be offered, because deletion is" in told(sums, offers=False)
    assert "($0.00 per month at list price) could not be offered, because whether" in told(sums, offers=False)


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ([NO], f"because deletion is not enabled in the 1 account with idle endpoints. {FIX}"),
        ([NO, NO], f"because deletion is not enabled in the 2 accounts with idle endpoints. {FIX}"),
        ([UNKNOWN], "because whether it is enabled could not be checked in the 1 account with idle endpoints"),
        ([MANAGEMENT], "because nothing is deleted in the management account"),
        (
            [NO, MANAGEMENT],
            (
                "because deletion is not enabled in the 1 account with idle endpoints and nothing is deleted in the "
                f"management account. {FIX}"
            ),
        ),
        (
            [NO, UNKNOWN],
            (
                "because deletion is not enabled in the 1 account with idle endpoints and whether it is enabled could "
                f"not be checked in the 1 account with idle endpoints. {FIX}"
            ),
        ),
    ],
)
def test_nobody_is_asked_where_nothing_may_be_deleted(answers: list[str], why: str) -> None:
    """And the reason is told, ahead of the deny list."""
    accounts = (ACCOUNT, OTHER)[: len(answers)]
    rows = [cell(idle("a", one, Access(answer)), account=one) for one, answer in zip(accounts, answers, strict=True)]
    coverage = join([row.cell for row in rows], rows)
    plan = make_plan("s", coverage, CAPS, 0)
    assert why_not_offered(plan, coverage) == f"no one was asked to approve, {why}"


def test_where_every_account_allows_it_access_is_no_reason() -> None:
    """Then nothing is said of it."""
    rows = [cell(idle("a", ACCOUNT, Access.ENABLED))]
    assert why_nobody(make_plan("s", join([row.cell for row in rows], rows), CAPS, 0)) == ""
