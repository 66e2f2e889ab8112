"""The history of what seems unused is read with the window; a wrong guess costs a call and changes no verdict."""

from dataclasses import replace

import pytest

from endpoint_sweep.domain.model import Kind, Policy, Verdict
from endpoint_sweep.resources.endpoint.history import Past
from endpoint_sweep.resources.endpoint.traffic_series import control, key, of_variant
from endpoint_sweep.scanning.one_cell import scan
from tests.unit.fake_cell import HERE, TYPES, FakeCell, another
from tests.unit.samples import NAME, NOW, description

PLAIN = of_variant(NAME, "AllTraffic")
ZEROS = (0.0, 0.0)
BOTH = {"EndpointName": NAME, "VariantName": "AllTraffic"}
TIMED = key("ModelLatency", BOTH)


def reading(cell: FakeCell) -> list[str]:
    return [one for one in cell.asked if one.startswith(("activity", "past"))]


def test_where_requests_were_timed_the_window_is_enough() -> None:
    """Fifteen months of a busy endpoint would be read for nothing."""
    cell = FakeCell(values={PLAIN: (7.0,), TIMED: (12.0,)})
    assert cell.verdicts() == {NAME: Verdict.BUSY}
    assert reading(cell) == ["activity 1"]


def test_what_was_not_foreseen_is_read_afterwards() -> None:
    """Requests were timed, and yet no call was served."""
    cell = FakeCell(values={PLAIN: ZEROS, TIMED: ZEROS}, descriptions={NAME: description()})
    assert cell.verdicts() == {NAME: Verdict.IDLE}
    assert reading(cell) == ["activity 1", "past 5"]


def test_what_the_description_adds_is_read_afterwards() -> None:
    """The second variant was not listed, and its history may tell of calls."""
    green = of_variant(NAME, "green")
    cell = FakeCell(
        values={PLAIN: ZEROS, **{control(NAME, name): (60.0,) for name in ("AllTraffic", "green")}},
        descriptions={NAME: description("AllTraffic", "green")},
        pasts={green: Past((NOW - 20 * (NOW - NOW.replace(day=NOW.day - 1)),))},
    )
    [found] = cell.findings().values()
    assert (found.verdict, "last call on" in found.reason) == (Verdict.IDLE, True)
    assert reading(cell) == ["activity 1 and past 4", "activity 3", "past 5"]


def test_of_what_was_described_first_all_is_known() -> None:
    """Also what only its kind publishes."""
    asynchronous = description(kind=Kind.ASYNCHRONOUS)
    cell = FakeCell(descriptions={NAME: asynchronous}, values={control(NAME, "AllTraffic"): (60.0,)})
    assert cell.verdicts() == {NAME: Verdict.IDLE}
    assert reading(cell) == ["activity 5 and past 9"]


@pytest.mark.parametrize(("count", "expected"), [(27, ["activity 27 and past 108"]), (28, ["activity 28", "past 140"])])
def test_only_what_fits_into_one_answer_is_read_ahead(count: int, expected: list[str]) -> None:
    """A second page would be a second call; 15 months of six hours are 1,824 datapoints (D5.1)."""
    names = [f"e{number:02}" for number in range(count)]
    cell = FakeCell(
        listing=[another(name) for name in names],
        values={of_variant(name, "AllTraffic"): ZEROS for name in names},
        descriptions=dict.fromkeys(names, description()),
    )
    assert set(cell.verdicts().values()) == {Verdict.IDLE}
    assert reading(cell) == expected


def test_a_long_window_is_read_by_the_day() -> None:
    """A quarter of the datapoints, so four times as many endpoints fit."""
    names = [f"e{number:02}" for number in range(40)]
    cell = FakeCell(
        listing=[replace(another(name), created_at=NOW.replace(year=NOW.year - 1)) for name in names],
        values={of_variant(name, "AllTraffic"): (0.0,) * 70 for name in names},
        descriptions=dict.fromkeys(names, replace(description(), created_at=NOW.replace(year=NOW.year - 1))),
    )
    scan(TYPES, cell, HERE, Policy(70, 70), NOW)
    assert reading(cell)[0] == "activity 40 and past 160"


def test_a_call_before_the_window_is_not_told_of_a_busy_endpoint() -> None:
    """Whether its history was read ahead must not change what is said."""
    waiting = key("ApproximateBacklogSize", {"EndpointName": NAME}, stat="Maximum")
    cell = FakeCell(
        descriptions={NAME: description(kind=Kind.ASYNCHRONOUS)},
        values={waiting: (3.0,)},
        pasts={key("InvocationsProcessed", BOTH): Past((NOW.replace(month=NOW.month - 2),))},
    )
    [found] = cell.findings().values()
    assert (found.verdict, reading(cell)) == (Verdict.BUSY, ["activity 5 and past 9"])
    assert found.last_invocation_at == found.evidence.series[0].last_at
