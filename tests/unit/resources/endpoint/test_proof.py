"""When silence is proof: in how many periods something must have been published, and what a person reads if not."""

from datetime import timedelta

import pytest

from endpoint_sweep.resources.endpoint import proof
from tests.unit.samples import activity, series

OTHERWISE = "and nothing else confirms that its metrics can be read"


@pytest.mark.parametrize(
    ("points", "periods", "is_dense"),
    [(52, 56, True), (51, 56, False), (18, 20, True), (17, 20, False), (1, 1, True), (1, 2, True), (0, 1, False)],
)
def test_nearly_every_period_holds_a_datapoint(points: int, periods: int, is_dense: bool) -> None:
    """All but one in twenty, and one that may be cut off; never none at all (D13.2)."""
    assert proof.is_dense(points, periods) is is_dense


def test_a_window_of_more_than_two_months_is_measured_by_the_day() -> None:
    """One answer holds so many datapoints (D5.1)."""
    assert [proof.period_of(days) // timedelta(hours=1) for days in (14, 61, 62, 400)] == [6, 6, 24, 24]


@pytest.mark.parametrize(
    ("points", "said"),
    [
        (0, f"variant blue was silent, {OTHERWISE}"),
        (51, f"variant blue published datapoints in only 51 of 56 periods, {OTHERWISE}"),
        (52, None),
    ],
)
def test_a_doubt_says_how_little_was_published(points: int, said: str | None) -> None:
    """The most of several series, as one that is whole is enough."""
    measured = [series("blue", points=0), series("blue", points=points)]
    assert proof.doubt(measured, "variant blue", activity(), None) == said


def test_the_weakest_control_stands_for_all_variants() -> None:
    """One that is not complete is weaker than one with few samples; a variant without any has no stand-in (D1.28)."""
    few, many, broken = series(points=3), series(points=50), series(points=60, complete=False)
    assert proof.weakest({"a": many, "b": few}, ("a", "b")) == few
    assert proof.weakest({"a": many, "b": broken}, ("a", "b")) == broken
    assert proof.weakest({"a": many}, ("a", "b")) is None
    assert proof.weakest({"a": many}, ()) is None
