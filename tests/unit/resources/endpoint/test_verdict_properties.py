"""What no combination may do: random cells of every kind, with random figures, gaps and orders."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from endpoint_sweep.aws.endpoint.cloudwatch import activity
from endpoint_sweep.domain.errors import CellDenied
from endpoint_sweep.domain.model import Component, Description, Kind, Variant, Verdict
from endpoint_sweep.resources.endpoint.traffic_series import SeriesKey, expected, key, of_variant
from tests.unit.answering import client
from tests.unit.fake_cell import FakeCell, another
from tests.unit.samples import NOW, description

POINTS = st.lists(st.sampled_from([0.0, 0.0, 0.0, 0.25, 1.0, 1e9]), max_size=4).map(tuple)
SILENT = st.sampled_from([(0.0,), (0.0, 0.0), ()])
AGES = st.sampled_from([0, 13, 14, 90, 400])
TAGS = st.sampled_from(
    [{}, {}, {"owner": "a"}, {"endpoint-sweep:keep": ""}, {"Endpoint-Sweep:Keep-Until": "2020-01-01"}]
)
STATUSES = st.sampled_from(["InService"] * 6 + ["UpdateRollbackFailed", "Updating", "Failed", "Hibernating"])


@dataclass(frozen=True)
class Given:
    """One endpoint of a random cell: its series with their datapoints, and which of them CloudWatch forgot."""

    name: str
    description: Description
    status: str
    age: int
    tags: dict[str, str]
    components: tuple[Component, ...]
    values: dict[SeriesKey, tuple[float, ...]]
    forgotten: frozenset[SeriesKey]
    needed: frozenset[SeriesKey]

    @property
    def was_called(self) -> bool:
        return any(value > 0 for values in self.values.values() for value in values)


@st.composite
def endpoints(draw: st.DrawFn, points: Any = POINTS, status: Any = STATUSES, plain: bool = False) -> Given:
    """`plain`: old enough, not protected, in service; only kind and figures are random."""
    name = draw(st.uuids()).hex[:12]
    kind = draw(st.sampled_from(Kind))
    names = draw(st.lists(st.sampled_from(["AllTraffic", "blue", "green"]), min_size=1, max_size=3, unique=True))
    counts = st.sampled_from([0, 1, 2, None])
    variants = tuple(Variant(one, "ml.g5.xlarge", draw(counts), shadow=draw(st.booleans())) for one in names)
    components: tuple[Component, ...] = ()
    if kind is Kind.INFERENCE_COMPONENTS:
        components = tuple(Component(f"{name}-c{number}", name, names[0]) for number in range(draw(st.integers(0, 3))))
    told = description(variants=variants, kind=kind, why_unknown="odd" if kind is Kind.UNKNOWN else "")
    needed = frozenset(expected(name, told.serving, kind, components))
    values = {one: draw(points) for one in sorted(needed)}
    for variant in names:
        both = {"EndpointName": name, "VariantName": variant}
        for other in (both | {"ContainerName": "c"}, both):
            if draw(st.booleans()):
                values.setdefault(key("Invocations", other), draw(points))
    age = 90 if plain else draw(AGES)
    forgotten = frozenset(draw(st.lists(st.sampled_from(sorted(needed)), max_size=3))) if needed else frozenset()
    return Given(
        name,
        replace(told, created_at=NOW - timedelta(days=age), config_created_at=NOW - timedelta(days=age)),
        "InService" if plain else draw(status),
        age,
        {} if plain else draw(TAGS),
        components,
        values,
        forgotten,
        needed,
    )


def cell_of(made: Sequence[Given], **changes: Any) -> FakeCell:
    created = {one.name: NOW - timedelta(days=one.age) for one in made}
    listing = [
        another(one.name, status=one.status, created_at=created[one.name], last_modified_at=created[one.name])
        for one in made
    ]
    arns = {one.name: one.arn.lower() for one in listing}
    return FakeCell(
        **{
            "listing": listing,
            "values": {series: values for one in made for series, values in one.values.items()},
            "descriptions": {one.name: replace(one.description, status=one.status) for one in made},
            "tagged": {arns[one.name]: one.tags for one in made if one.tags},
            "hosted": [component for one in made for component in one.components],
            "forgotten": frozenset(series for one in made for series in one.forgotten),
        }
        | changes
    )


@given(st.lists(endpoints(), max_size=5))
def test_whatever_was_called_is_never_idle(made: list[Given]) -> None:
    """Any datapoint above zero in any of its series, listed by CloudWatch or forgotten."""
    found = cell_of(made).verdicts()
    assert found.keys() == {one.name for one in made}
    for one in made:
        if one.was_called:
            assert found[one.name] is not Verdict.IDLE
            if set(one.values) - one.forgotten and one.status == "InService" and not one.forgotten:
                assert found[one.name] is Verdict.BUSY
        if found[one.name] is Verdict.IDLE:
            assert one.age >= 14
            assert not any(name.rpartition(":")[2].lower() == "keep" for name in one.tags)
            assert one.status in {"InService", "UpdateRollbackFailed"}


@given(endpoints(SILENT, plain=True), st.lists(endpoints(), max_size=2), st.data())
def test_a_gap_in_any_needed_series_is_never_idle(one: Given, others: list[Given], data: st.DataObject) -> None:
    """However complete and silent all the others are (D1.27)."""
    if one.needed:
        gap = frozenset({data.draw(st.sampled_from(sorted(one.needed)))})
        assert cell_of([one, *others], incomplete=gap).verdicts()[one.name] is not Verdict.IDLE


@given(st.lists(endpoints(SILENT, plain=True), min_size=1, max_size=4), st.sampled_from(["tags", "components", "list"]))
def test_no_partial_or_refused_answer_yields_idle(made: list[Given], what: str) -> None:
    """Tags protect, components hide, a listing that broke off is not the cell."""
    if what == "list":
        found = cell_of(made, broken="listing endpoints: InternalFailure").verdicts()
    else:
        found = cell_of(made, errors={what: CellDenied("no")}).verdicts()
    hosts = {one.name for one in made if one.description.kind is Kind.INFERENCE_COMPONENTS}
    for name, verdict in found.items():
        if what != "components" or name in hosts:
            assert verdict is not Verdict.IDLE


@given(st.lists(endpoints(SILENT, plain=True), min_size=1, max_size=4))
def test_an_empty_metrics_service_finds_nothing_idle(made: list[Given]) -> None:
    """It answers Complete to everything, with nothing in it (FI-07)."""
    assert Verdict.IDLE not in cell_of(made, values={}).verdicts().values()


@given(st.lists(endpoints(), min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_nothing_matters(made: list[Given], dice: random.Random) -> None:
    """Endpoints, variants, series, components, tags: the same verdicts."""

    def shuffled[T](things: Sequence[T]) -> list[T]:
        return dice.sample(list(things), len(things))

    def mixed(one: Given) -> Given:
        told = replace(one.description, variants=tuple(shuffled(one.description.variants)))
        values, tags = dict(shuffled(list(one.values.items()))), dict(shuffled(list(one.tags.items())))
        return replace(one, description=told, components=tuple(shuffled(one.components)), values=values, tags=tags)

    assert cell_of([mixed(one) for one in shuffled(made)]).verdicts() == cell_of(made).verdicts()


START = datetime(2026, 11, 6, tzinfo=UTC)
PERIOD = timedelta(hours=6)


@settings(max_examples=40)
@given(st.lists(POINTS, min_size=1, max_size=4), st.randoms(use_true_random=False), st.integers(1, 5))
def test_the_order_of_pages_and_points_does_not_matter(
    figures: list[tuple[float, ...]], dice: random.Random, size: int
) -> None:
    """CloudWatch may answer in any order, cut anywhere (D5.1): the same sums, calls and completeness."""
    keys = [of_variant(f"e{number}", "v") for number in range(len(figures))]
    points = [(f"q{number}", START + at * PERIOD, value) for number, values in enumerate(figures)
              for at, value in enumerate(values)]  # fmt: skip
    dice.shuffle(points)
    pages = [points[at : at + size] for at in range(0, len(points), size)]
    last = [
        {"Id": f"q{number}", "StatusCode": "Complete", "Timestamps": [], "Values": []} for number in range(len(keys))
    ]
    answers = [
        {
            "MetricDataResults": [
                {"Id": name, "StatusCode": "PartialData", "Timestamps": [at], "Values": [value]}
                for name, at, value in page
            ],
            "NextToken": f"t{number}",
        }
        for number, page in enumerate(pages)
    ]
    left: Iterator[Any] = iter([*answers, {"MetricDataResults": dice.sample(last, len(last))}])
    found = activity(client("cloudwatch", lambda *_: next(left))[0], keys, START, START + 20 * PERIOD, PERIOD)
    for one, values in zip(keys, figures, strict=True):
        called = [START + at * PERIOD for at, value in enumerate(values) if value > 0]
        assert (found[one].points, found[one].complete) == (len(values), True)
        assert found[one].last_at == (max(called) if called else None)
        assert abs(found[one].total - sum(values)) < 1e-3
