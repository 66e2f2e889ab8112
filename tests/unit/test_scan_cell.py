"""One cell: what is asked, in which order, and that no answer is mistaken for silence."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from endpoint_sweep.errors import CellDenied, EndpointNotFound, RegionOff
from endpoint_sweep.model import Cell, Description, ListedEndpoint, Series, Verdict
from endpoint_sweep.ports import SeriesKey
from endpoint_sweep.steps.scan_cell import judge_cell, owner_of
from tests.unit.samples import ACCOUNT, ARN, NAME, NOW, POLICY, REGION, description, listed, series


@dataclass
class Reader:
    """A cell that answers what the test says. `silent` variants are missing from ListMetrics."""

    listing: list[ListedEndpoint] = field(default_factory=lambda: [listed()])
    series: dict[SeriesKey, Series] = field(default_factory=lambda: {(NAME, "AllTraffic"): series()})
    unlisted: frozenset[SeriesKey] = frozenset()
    tagged: dict[str, dict[str, str]] = field(default_factory=dict)
    descriptions: dict[str, Description] = field(default_factory=lambda: {NAME: description()})
    tags_error: Exception | None = None
    asked: list[str] = field(default_factory=list)

    def endpoints(self) -> list[ListedEndpoint]:
        self.asked.append("endpoints")
        return self.listing

    def tags(self) -> Mapping[str, dict[str, str]]:
        self.asked.append("tags")
        if self.tags_error:
            raise self.tags_error
        return self.tagged

    def published_variants(self) -> set[SeriesKey]:
        self.asked.append("published_variants")
        return set(self.series) - self.unlisted

    def activity(
        self, keys: Collection[SeriesKey], start: datetime, end: datetime, period: timedelta
    ) -> Mapping[SeriesKey, Series]:
        self.asked.append(f"activity {len(keys)}")
        return {key: self.series.get(key, series(key[1], points=0)) for key in keys}

    def describe(self, name: str) -> Description:
        self.asked.append(f"describe {name}")
        if name not in self.descriptions:
            raise EndpointNotFound(name)
        return self.descriptions[name]


def verdicts(reader: Reader) -> dict[str, Verdict]:
    return {one.endpoint: one.verdict for one in judge_cell(reader, Cell(ACCOUNT, REGION), POLICY, NOW)}


def test_an_idle_endpoint_costs_five_calls() -> None:
    """List, tags, metrics, figures, description."""
    reader = Reader()
    assert verdicts(reader) == {NAME: Verdict.IDLE}
    assert reader.asked == ["endpoints", "tags", "published_variants", "activity 1", f"describe {NAME}"]


def test_an_empty_cell_costs_one_call() -> None:
    """Most cells are empty."""
    reader = Reader(listing=[])
    assert verdicts(reader) == {}
    assert reader.asked == ["endpoints"]


def test_a_busy_endpoint_is_not_described() -> None:
    """Its traffic says enough."""
    reader = Reader(series={(NAME, "AllTraffic"): series(total=7)})
    assert verdicts(reader) == {NAME: Verdict.BUSY}
    assert not [one for one in reader.asked if one.startswith("describe")]


def test_a_variant_that_is_missing_from_the_listing_is_asked_for_by_name() -> None:
    """Forgotten for two weeks, or never heard of: the first variant's silence does not speak for the second."""
    reader = Reader(
        series={(NAME, "blue"): series("blue"), (NAME, "green"): series("green", total=3)},
        unlisted=frozenset({(NAME, "green")}),
        descriptions={NAME: description("blue", "green")},
    )
    assert verdicts(reader) == {NAME: Verdict.BUSY}
    assert reader.asked[-1] == "activity 1"


def test_a_variant_that_publishes_nothing_is_no_evidence() -> None:
    """Nothing is not zero."""
    reader = Reader(series={})
    assert verdicts(reader) == {NAME: Verdict.NO_EVIDENCE}


def test_series_of_deleted_endpoints_are_not_asked_for() -> None:
    """ListMetrics remembers them for two weeks."""
    reader = Reader(series={(NAME, "AllTraffic"): series(), ("long-gone", "AllTraffic"): series(total=9)})
    verdicts(reader)
    assert "activity 1" in reader.asked


def test_tags_are_found_by_arn_in_any_case() -> None:
    """The tagging API and SageMaker spell ARNs differently."""
    reader = Reader(listing=[listed(arn=ARN.replace(NAME, NAME.upper()))], tagged={ARN: {"endpoint-sweep:keep": ""}})
    assert verdicts(reader) == {NAME: Verdict.PROTECTED}


def test_tags_that_cannot_be_read_protect_but_a_closed_region_is_told() -> None:
    """The one is a doubt, the other the answer for the whole cell."""
    assert verdicts(Reader(tags_error=CellDenied("no"))) == {NAME: Verdict.PROTECTED}
    with pytest.raises(RegionOff):
        verdicts(Reader(tags_error=RegionOff("off")))


def test_an_endpoint_that_vanishes_is_told_of() -> None:
    """Listed, then not found: a row, no crash, not idle."""
    [found] = judge_cell(Reader(descriptions={}), Cell(ACCOUNT, REGION), POLICY, NOW)
    assert (found.verdict, found.reason) == (Verdict.NO_EVIDENCE, "it vanished while it was being looked at")


def test_one_row_an_endpoint() -> None:
    """Each with its own figures."""
    names = ("a", "b", "c")
    listing = [replace(listed(), name=name, arn=f"{ARN}-{name}") for name in names]
    reader = Reader(
        listing=listing,
        series={(name, "AllTraffic"): series(total=float(number)) for number, name in enumerate(names)},
        descriptions={name: description() for name in names},
    )
    assert verdicts(reader) == {"a": Verdict.IDLE, "b": Verdict.BUSY, "c": Verdict.BUSY}


@pytest.mark.parametrize(
    ("tags", "owner"),
    [
        ({}, None),
        ({"owner": ""}, None),
        ({"team": "vision", "Owner": "mira"}, "mira"),
        ({"Team": "vision"}, "vision"),
        ({"CreatedBy": "x"}, "x"),
    ],
)
def test_owners(tags: dict[str, str], owner: str | None) -> None:
    """The first tag that names one, in any letter case."""
    assert owner_of(tags) == owner
