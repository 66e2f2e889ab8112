"""From cells to a plan: nothing forgotten, nothing foreign, nothing over the caps, every change in the hash."""

import dataclasses
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from endpoint_sweep.domain.kinds import Access
from endpoint_sweep.domain.model import (
    Caps,
    Cell,
    CellResult,
    Component,
    CoverageStatus,
    Finding,
    GapCause,
    Kind,
    ResourceId,
    Silence,
    Variant,
    Verdict,
)
from endpoint_sweep.domain.restorable import Restorable
from endpoint_sweep.rules.planning import (
    FOREIGN,
    MOST_OFFERED,
    NO_RESULT,
    join,
    jumps,
    make_plan,
    not_offered,
    over_caps,
    plan_digest,
    why_not_offered,
)
from tests.unit.rules.test_jumps import idle_of
from tests.unit.samples import ACCOUNT, CAPS, NOW, REGION, activity, cell, finding, plan, series

LOOSE = Caps(1000, 1000, 100)
HERE, THERE = Cell(ACCOUNT, REGION), Cell("333333333333", REGION)


def test_every_expected_cell_has_exactly_one_row() -> None:
    """A missing one is failed, an unexpected one is left out, doubles are one."""
    coverage = join([THERE, HERE, HERE], [cell(finding()), cell(account="999999999999")])
    missing = CellResult(THERE.account, REGION, CoverageStatus.FAILED, NO_RESULT, cause=GapCause.NO_RESULT)
    assert coverage.rows == (cell(finding()), missing)


def test_coverage_counts_its_rows_by_how_they_ended() -> None:
    """For the line that the sweep logs."""
    coverage = join([HERE, THERE], [cell(finding())])
    assert coverage.counts == {CoverageStatus.SCANNED: 1, CoverageStatus.FAILED: 1}


def test_a_result_that_names_another_account_counts_as_failed() -> None:
    """Nothing of it is believed."""
    coverage = join([HERE], [cell(finding(), replace(finding("b"), account="999999999999"))])
    foreign = CellResult(ACCOUNT, REGION, CoverageStatus.FAILED, FOREIGN, cause=GapCause.FOREIGN)
    assert coverage.rows == (foreign,)


@pytest.mark.parametrize(
    ("statuses", "percent"),
    [
        ([], 0),
        ([CoverageStatus.SKIPPED, CoverageStatus.REGION_OFF], 0),
        ([CoverageStatus.SCANNED], 100),
        ([CoverageStatus.SCANNED, CoverageStatus.SKIPPED, CoverageStatus.REGION_OFF], 100),
        ([CoverageStatus.SCANNED, CoverageStatus.DENIED], 50),
        ([CoverageStatus.SCANNED] * 2 + [CoverageStatus.FAILED], 66),
        ([CoverageStatus.SCANNED] * 199 + [CoverageStatus.PARTIAL], 99),
    ],
)
def test_coverage_is_rounded_down(statuses: list[CoverageStatus], percent: int) -> None:
    """Of the cells that should have been scanned; what an administrator closed is not one."""
    rows = [CellResult(f"{number:012d}", REGION, status) for number, status in enumerate(statuses)]
    coverage = join([row.cell for row in rows], rows)
    assert (coverage.percent, coverage.complete) == (percent, percent == 100)


def off(account: str, region: str, status: CoverageStatus = CoverageStatus.REGION_OFF) -> CellResult:
    return CellResult(account, region, status, "why", cause=GapCause.REGION_OFF)


@pytest.mark.parametrize("other", [CoverageStatus.REGION_OFF, CoverageStatus.DENIED, CoverageStatus.SKIPPED])
def test_a_region_that_was_named_and_is_off_everywhere_is_a_gap(other: CoverageStatus) -> None:
    """An account that no one could ask is no reason to believe that it has the region."""
    rows = [cell(finding()), off(ACCOUNT, "eu-south-2"), off(THERE.account, "eu-south-2", other)]
    coverage = join([row.cell for row in rows], rows, ["us-east-1", "eu-south-2"])
    missed = [row for row in coverage.rows if row.cause is GapCause.REGION_OFF_EVERYWHERE]
    assert {row.status for row in missed} == {CoverageStatus.FAILED}
    assert [row.account for row in missed] == [ACCOUNT, THERE.account][: 1 + (other is CoverageStatus.REGION_OFF)]
    assert coverage.percent < 100


def test_a_region_that_is_off_here_and_on_there_is_no_gap() -> None:
    """Nor is one that the accounts themselves name."""
    rows = [off(ACCOUNT, "eu-south-2"), replace(cell(account=THERE.account), region="eu-south-2")]
    for status in (CoverageStatus.SCANNED, CoverageStatus.PARTIAL):
        found = [rows[0], replace(rows[1], status=status)]
        assert join([row.cell for row in rows], found, ["eu-south-2"]).rows == tuple(found)
    assert join([rows[0].cell], rows[:1]).rows == (rows[0],)


def test_a_plan_holds_the_idle_of_whole_cells_dearest_first() -> None:
    """Busy ones and those of half-scanned cells are not offered; unknown prices come last, by name."""
    rows = [
        cell(replace(finding("cheap"), monthly_usd=Decimal("0.5")), replace(finding("dear"), monthly_usd=Decimal(500)),
             finding("unpriced"), finding("no price"), replace(finding("busy"), verdict=Verdict.BUSY)),
        replace(cell(replace(finding("half"), region="eu-west-1"), region="eu-west-1"), status=CoverageStatus.PARTIAL),
    ]  # fmt: skip
    made = make_plan("s", join([row.cell for row in rows], rows), CAPS, 0)
    assert [item.name for item in made.items] == ["dear", "cheap", "no price", "unpriced"]
    assert made.found == {ACCOUNT: 6}


def test_a_plan_offers_the_dearest_and_counts_the_rest() -> None:
    """More than a page and a record hold is not offered: the cheapest wait, unknown prices first of all."""
    many = [finding(f"e{number:04}", monthly_usd=Decimal(number)) for number in range(MOST_OFFERED + 1)]
    made = make_plan("s", join([HERE], [cell(*many, finding("unpriced"))]), CAPS, 0)
    assert (len(made.items), made.beyond) == (MOST_OFFERED, 2)
    assert [made.items[0].name, made.items[-1].name] == [f"e{MOST_OFFERED:04}", "e0001"]
    assert make_plan("s", join([HERE], [cell(*many[1:])]), CAPS, 0).beyond == 0


def test_a_plan_holds_what_its_decision_is_measured_by() -> None:
    """How many were seen, not only judged; the caps, the coverage that it needs, and what looks like a false alarm."""
    before, now = idle_of(1, endpoints=9), idle_of(7)
    made = make_plan("s", now, CAPS, 90, before)
    assert (made.sweep_id, made.caps, made.minimum_coverage) == ("s", CAPS, 90)
    assert made.found == {ACCOUNT: 10}
    assert made.flagged == jumps(now, before) != {}


def ids(count: int, account: str = ACCOUNT) -> list[ResourceId]:
    return [ResourceId(account, REGION, f"e{number:03d}") for number in range(count)]


MIXED = ids(2) + ids(2, THERE.account)


@pytest.mark.parametrize(
    ("selected", "found", "caps", "words"),
    [
        (ids(10), {ACCOUNT: 100}, CAPS, []),
        (ids(11), {ACCOUNT: 100}, CAPS, ["the limit for an account is 10"]),
        (ids(6), {ACCOUNT: 11}, CAPS, ["50% of its 11 endpoints, which is 5;"]),
        (ids(5), {ACCOUNT: 10}, CAPS, []),
        (ids(3), {ACCOUNT: 9}, Caps(3, 9, 100), []),
        (ids(1), {ACCOUNT: 1}, CAPS, []),
        (ids(2), {ACCOUNT: 2}, CAPS, ["which is 1"]),
        (ids(1), {}, CAPS, []),
        (ids(2), {}, CAPS, ["of its 0 endpoints, which is 1"]),
        (MIXED, {ACCOUNT: 9, THERE.account: 9}, Caps(3, 9, 100), ["4 endpoints", "the limit for one decision is 3"]),
        ([], {}, CAPS, []),
    ],
)  # fmt: skip
def test_caps(selected: list[ResourceId], found: dict[str, int], caps: Caps, words: list[str]) -> None:
    """For a sweep, an account, a share of an account, at least one, whether the plan is the stricter or the stack; the
    refusal names the figures.
    """
    for of_the_plan, of_the_stack in ((caps, LOOSE), (LOOSE, caps)):
        said = "".join(f"{one};" for one in over_caps(plan(found=found, caps=of_the_plan), selected, of_the_stack))
        assert bool(said) == bool(words)
        assert [word for word in words if word not in said] == []


def test_what_sleeps_is_not_offered() -> None:
    """It is idle still, and in the coverage; the plan leaves it out."""
    asleep = finding("b", snoozed_until=NOW + timedelta(days=7))
    rows = [cell(finding("a"), asleep)]
    made = make_plan("s", join([row.cell for row in rows], rows), CAPS, 0)
    assert [one.name for one in made.items] == ["a"]


CHANGES: dict[str, st.SearchStrategy[Any]] = {
    "account": st.from_regex(r"[0-9]{12}", fullmatch=True),
    "region": st.sampled_from(["eu-west-1", "us-west-2"]),
    "name": st.from_regex(r"[a-zA-Z0-9]{1,20}", fullmatch=True),
    "type": st.sampled_from(["notebook-instance", "domain"]),
    "action": st.just("stop"),
    "state": st.dictionaries(st.text(min_size=1, max_size=5), st.text(max_size=5), min_size=1, max_size=3),
    "arn": st.text(min_size=1, max_size=20),
    "kind": st.one_of(st.none(), st.sampled_from([one for one in Kind if one is not Kind.REAL_TIME])),
    "status": st.sampled_from(["Updating", "Failed"]),
    "verdict": st.sampled_from([one for one in Verdict if one is not Verdict.IDLE]),
    "reason": st.text(max_size=20),
    "created_at": st.integers(1, 10**9).map(lambda ms: NOW + timedelta(milliseconds=ms)),
    "config": st.one_of(st.none(), st.text(min_size=1, max_size=10)),
    "instances": st.integers(2, 50).map(lambda count: (Variant("AllTraffic", "ml.g5.xlarge", count),)),
    "evidence": st.floats(0.1, 1e6).map(lambda total: activity(series(total=total))),
    "tags": st.dictionaries(st.text(min_size=1, max_size=5), st.text(max_size=5), min_size=1, max_size=3),
    "owner": st.text(min_size=1, max_size=10),
    "invocations": st.integers(0, 10**9),
    "last_invocation_at": st.integers(1, 10**6).map(lambda seconds: NOW - timedelta(seconds=seconds)),
    "advice": st.text(min_size=1, max_size=20),
    "witness": st.sampled_from(["agrees", "silent"]),
    "price_basis": st.text(min_size=1, max_size=20),
    "hourly_usd": st.decimals(0, 1000, places=4),
    "monthly_usd": st.decimals(0, 100_000, places=2),
    "net_monthly_usd": st.decimals(0, 100_000, places=2),
    "net_basis": st.text(min_size=1, max_size=20),
    "wasted_usd": st.decimals(0, 100_000, places=2),
    "wasted_since": st.integers(1, 10**6).map(lambda seconds: NOW - timedelta(seconds=seconds)),
    "wasted_at_least": st.just(value=True),
    "witness_note": st.text(min_size=1, max_size=20),
    "snoozed_until": st.integers(1, 10**6).map(lambda seconds: NOW + timedelta(seconds=seconds)),
    "access": st.sampled_from(list(Access)),
    "components": st.from_regex(r"[a-z]{1,9}", fullmatch=True).map(lambda name: (Component(name, "host", "v"),)),
    "restorable": st.just(Restorable.no("its configuration was deleted")),
    "silence": st.sampled_from(list(Silence)),
    "unprotected": st.sampled_from([one for one in Verdict if one is not Verdict.PROTECTED]),
}


def test_every_field_of_a_finding_is_tried() -> None:
    """A field that is added to Finding is added to the next test."""
    assert CHANGES.keys() == {field.name for field in dataclasses.fields(Finding)}


@settings(max_examples=300)
@given(st.data(), st.sampled_from(sorted(CHANGES)), st.integers(0, 2))
def test_any_single_change_changes_the_hash(data: st.DataObject, field: str, index: int) -> None:
    """Whatever differs in one finding, the plan is another one."""
    original = plan()
    value = data.draw(CHANGES[field])
    if value == getattr(original.items[index], field):
        return
    items = list(original.items)
    items[index] = replace(items[index], **{field: value})
    assert plan_digest(replace(original, items=tuple(items))) != plan_digest(original)


@pytest.mark.parametrize(
    "change",
    [{"sweep_id": "sweep-2"}, {"items": (finding("b"), finding("a"), finding("c"))}, {"items": (finding("a"),)},
     {"found": {ACCOUNT: 21}}, {"caps": Caps(26, 10, 50)}, {"minimum_coverage": 1}],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_any_change_of_the_plan_changes_the_hash(change: dict[str, Any]) -> None:
    """Its sweep, its order, its length, its caps."""
    assert plan_digest(replace(plan(), **change)) != plan_digest(plan())


def test_the_same_plan_has_the_same_hash() -> None:
    """However the dictionaries in it were filled."""
    one = plan([replace(finding(), tags={"a": "1", "b": "2"})], {"1": 1, "2": 2})
    other = plan([replace(finding(), tags={"b": "2", "a": "1"})], {"2": 2, "1": 1})
    assert plan_digest(one) == plan_digest(other)


def test_nobody_is_asked_without_findings_or_coverage() -> None:
    """And the reason is told."""
    whole, half = join([HERE], [cell(finding())]), join([HERE, THERE], [cell(finding())])
    nothing = join([HERE], [CellResult(ACCOUNT, REGION, CoverageStatus.SKIPPED)])
    assert why_not_offered(replace(plan(), minimum_coverage=0), nothing) == (
        "no one was asked to approve: no account-region pair was scanned"
    )
    assert why_not_offered(replace(plan(), items=()), join([HERE], [cell()])) == "nothing idle was found"
    assert why_not_offered(plan(), whole) is None
    assert "1 of 2 account-region pairs were scanned (50%)" in (
        why_not_offered(replace(plan(), minimum_coverage=51), half) or ""
    )
    assert why_not_offered(replace(plan(), minimum_coverage=50), half) is None


@pytest.mark.parametrize(
    ("beyond", "said"), [(1, "1 more idle endpoint is not"), (2000, "2,000 more idle endpoints are not")]
)
def test_what_is_not_offered_is_told(beyond: int, said: str) -> None:
    """How many more are idle, and what helps."""
    found = f"{said} offered, because one sweep offers only the 1,000 most expensive. "
    found += "Run a sweep of fewer accounts to decide on the rest."
    assert not_offered(replace(plan(), beyond=beyond)) == found
    assert not_offered(plan()) == ""


def test_an_account_of_the_deny_list_is_not_offered() -> None:
    """And when everything idle is there, no one is asked, for that reason."""
    coverage = idle_of(3)
    denied = make_plan("sweep-1", coverage, CAPS, 0, deny_accounts=[ACCOUNT])
    assert denied.items == ()
    assert why_not_offered(denied, coverage) == "everything idle is in accounts on the deny list"
