"""Where deletion is not enabled. It is found out first, so that no one approves what cannot be deleted. No I/O."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from endpoint_sweep.domain.closed import Closed
from endpoint_sweep.domain.kinds import Access, CoverageStatus, Verdict
from endpoint_sweep.domain.model import Account, CellResult, Finding, Plan
from endpoint_sweep.domain.resource import noun_of
from endpoint_sweep.rules.offers import may_be_offered
from endpoint_sweep.rules.pricing import total_monthly

Sums = dict[str, Closed]  # by `Access`
SENTENCES = {
    Access.NOT_ENABLED: "deletion is not enabled in this account",
    Access.UNKNOWN: "whether deletion is enabled in this account could not be checked",
    Access.MANAGEMENT: "nothing is deleted in the management account",
}
_WHY = {
    Access.NOT_ENABLED: "because deletion is not enabled there: deploy the member roles with AllowDelete=true",
    Access.UNKNOWN: "because whether deletion is enabled there could not be checked; the next sweep asks again",
    Access.MANAGEMENT: "because nothing is deleted in the management account",
}


def with_access(finding: Finding, known: Mapping[str, Access], below: int = 0) -> Finding:
    """A finding that may be offered, with the answer of its account; without an answer, UNKNOWN."""
    if not may_be_offered(finding, below):
        return finding
    return replace(finding, access=known.get(finding.account, Access.UNKNOWN))


def managed(known: Mapping[str, Access], accounts: Iterable[Account]) -> dict[str, Access]:
    """With the management account, whatever its roles allow: no Organization policy binds it (S2.7)."""
    return {**known, **{one.id: Access.MANAGEMENT for one in accounts if one.is_management}}


def is_closed(finding: Finding) -> bool:
    """Whether it is not offered for that reason. None: its account was not asked."""
    return finding.access not in (None, Access.ENABLED)


def why_closed(finding: Finding) -> str:
    """Empty if its account is no reason."""
    return SENTENCES.get(finding.access, "") if finding.access else ""


def closed_in(rows: Iterable[CellResult], deny_accounts: Collection[str] = ()) -> Sums:
    """How much is not offered for each answer, if anything, of what would be offered otherwise."""
    whole = [row for row in rows if row.status is CoverageStatus.SCANNED and row.account not in deny_accounts]
    found = [one for row in whole for one in row.findings if one.verdict is Verdict.IDLE and not one.snoozed_until]
    sums: Sums = {}
    for access in SENTENCES:
        if mine := [one for one in found if one.access is access]:
            monthly, unpriced = total_monthly(tuple(mine))
            accounts = len({one.account for one in mine})
            sums[access.value] = Closed(len(mine), accounts, monthly, unpriced, noun_of(one.type for one in mine))
    return sums


def told(closed: Mapping[str, Closed], *, offers: bool = True) -> str:
    """A sentence for each answer, with the sum. Empty if nothing is closed. `offers`: whether the sweep asks."""
    return " ".join(_told(closed[one.value], why, offers=offers) for one, why in _WHY.items() if one.value in closed)


def _told(closed: Closed, why: str, *, offers: bool) -> str:
    noun = closed.noun if closed.count == 1 else f"{closed.noun}s"
    accounts = "1 account" if closed.accounts == 1 else f"{closed.accounts:,} accounts"
    unpriced = f", {closed.unpriced:,} without a known price" if closed.unpriced else ""
    money = f"${closed.monthly_usd:,.2f} per month at list price{unpriced}"
    are = ("is not" if closed.count == 1 else "are not") if offers else "could not be"
    return f"{closed.count:,} idle {noun} in {accounts} ({money}) {are} offered, {why}."


def why_nobody(plan: Plan) -> str:
    """Why a plan without items offers nothing, if that is the reason. Empty if it is not."""
    every = (Access.NOT_ENABLED, Access.UNKNOWN, Access.MANAGEMENT)
    no, unknown, management = (plan.closed.get(access.value) for access in every)
    reasons = [f"deletion is not enabled in {_accounts(no)}"] if no else []
    reasons += [f"whether it is enabled could not be checked in {_accounts(unknown)}"] if unknown else []
    reasons += [SENTENCES[Access.MANAGEMENT]] if management else []
    if not reasons:
        return ""
    fix = ". Deploy the member roles with AllowDelete=true" if no else ""
    return f"no one was asked to approve, because {' and '.join(reasons)}{fix}"


def _accounts(closed: Closed) -> str:
    idle = f"idle {closed.noun}s"
    return f"the 1 account with {idle}" if closed.accounts == 1 else f"the {closed.accounts:,} accounts with {idle}"
