"""The verdict on one endpoint: every guard, and what no combination may ever do."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from endpoint_sweep.idleness import is_candidate, judge, last_invocation, protection, traffic, window, youth
from endpoint_sweep.model import Policy, Series, Verdict
from tests.unit.samples import NOW, POLICY, activity, description, listed, series

YOUNG = NOW - timedelta(days=13, hours=23)


def verdict(**changes: Any) -> Verdict:
    return judged(**changes)[0]


def judged(**changes: Any) -> tuple[Verdict, str]:
    given: dict[str, Any] = {"endpoint": listed(), "description": description(), "tags": {}, "activity": activity(),
             "policy": POLICY, "now": NOW} | changes  # fmt: skip
    return judge(**given)


def test_no_call_in_a_whole_window_is_idle() -> None:
    """The plain case, and what a person reads."""
    assert judged() == (Verdict.IDLE, "no invocation of its only variant in 14 days")


@pytest.mark.parametrize(
    "status", ["Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting", "Failed", "OutOfService",
               "UpdateRollbackFailed", "Hibernating"],
)  # fmt: skip
def test_only_endpoints_in_service_are_judged(status: str) -> None:
    """Every other status is left alone, also one that nobody knows yet; whichever answer says it."""
    assert verdict(endpoint=listed(status=status), description=None) is Verdict.NOT_IN_SERVICE
    assert verdict(description=description(status=status)) is Verdict.NOT_IN_SERVICE


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"activity": activity(series(total=1.0))}, Verdict.BUSY),
        ({"activity": activity(series(total=0.001))}, Verdict.BUSY),
        ({"activity": activity(series("blue"), series("green", total=3))}, Verdict.BUSY),
        ({"activity": activity(series(total=5, complete=False))}, Verdict.BUSY),
        ({"tags": {"endpoint-sweep:keep": ""}}, Verdict.PROTECTED),
        ({"tags": None}, Verdict.PROTECTED),
        ({"endpoint": listed(created_at=YOUNG), "description": description(created_at=YOUNG)}, Verdict.TOO_YOUNG),
        ({"description": None}, Verdict.NO_EVIDENCE),
        ({"description": description(created_at=NOW - timedelta(days=80))}, Verdict.NO_EVIDENCE),
        ({"description": description(variants=())}, Verdict.NO_EVIDENCE),
        ({"activity": activity(series(complete=False))}, Verdict.NO_EVIDENCE),
        ({"activity": activity(series(points=0))}, Verdict.NO_EVIDENCE),
        ({"activity": activity(series("another"))}, Verdict.NO_EVIDENCE),
        ({"description": description("blue", "green"), "activity": activity(series("blue"))}, Verdict.NO_EVIDENCE),
        ({"description": description(kind="serverless")}, Verdict.UNKNOWN),
        ({"description": description(kind="asynchronous")}, Verdict.UNKNOWN),
    ],
)
def test_every_doubt_keeps(changes: dict[str, Any], expected: Verdict) -> None:
    """Traffic, protection, youth, a missing or contradictory answer: never idle."""
    assert verdict(**changes) is expected


def test_traffic_wins_over_protection_and_age() -> None:
    """What is called is busy, whatever else is true of it."""
    assert verdict(activity=activity(series(total=9)), tags=None, description=None) is Verdict.BUSY


measured = st.builds(
    lambda variant, values, complete: Series(
        "Invocations", variant, sum(values), len(values), NOW if any(values) else None, complete
    ),
    st.sampled_from(["blue", "green", "AllTraffic"]),
    st.lists(st.one_of(st.just(0.0), st.floats(0, 1e9)), max_size=5),
    st.booleans(),
)
ages = st.one_of(st.just(90.0), st.floats(0, 400))


@given(st.lists(measured, max_size=4), st.sampled_from([("AllTraffic",), ("blue", "green")]), ages)
def test_whatever_was_called_is_never_idle(answers: list[Series], variants: tuple[str, ...], age: float) -> None:
    """Any datapoint above zero, in any series, at any age."""
    created = NOW - timedelta(days=age)
    found = verdict(endpoint=listed(created_at=created), description=description(*variants, created_at=created),
                    activity=activity(*answers))  # fmt: skip
    if any(one.total > 0 for one in answers):
        assert found is Verdict.BUSY
    if found is Verdict.IDLE:
        by_variant = {one.variant: one for one in answers} or {"AllTraffic": series()}
        assert all(by_variant[name].complete and by_variant[name].points for name in variants)
        assert age >= 14


@given(st.lists(measured, min_size=1, max_size=4), st.data())
def test_one_incomplete_series_of_a_variant_is_never_idle(answers: list[Series], data: st.DataObject) -> None:
    """Not even when all the others are complete and zero."""
    name = data.draw(st.sampled_from(["blue", "green"]))
    others = [one for one in answers if one.variant != name]
    broken = series(name, complete=False)
    assert verdict(description=description("blue", "green"), activity=activity(*others, broken)) is not Verdict.IDLE


def test_the_order_of_answers_does_not_matter() -> None:
    """Every order of three series gives the same verdict and reason."""
    three = (series("blue"), series("green"), series("red", complete=False))
    found = {judged(description=description("blue", "green", "red"), activity=activity(*order))
             for order in itertools.permutations(three)}  # fmt: skip
    assert len(found) == 1


@pytest.mark.parametrize(
    ("tags", "protects"),
    [
        ({}, False),
        ({"endpoint-sweep:keep": "true"}, True),
        ({"endpoint-sweep:keep": "false"}, True),
        ({"Endpoint-Sweep:KEEP": ""}, True),
        ({" endpoint-sweep:keep ": "x"}, True),
        ({"endpoint-sweep:keep-until": "tomorrow"}, True),
        ({"endpoint-sweep:keep-until": "2026-13-45"}, True),
        ({"endpoint-sweep:keep-until": ""}, True),
        ({"endpoint-sweep:keeper": "x"}, False),
        ({"critical": "yes"}, True),
        ({"env": "prod"}, True),
        ({"env": "dev"}, False),
        ({"Env": "prod"}, False),
        (None, True),
    ],
)
def test_protect_tags(tags: dict[str, str] | None, protects: bool) -> None:
    """Ours in any case and with any value, the stack's exactly; unread tags protect."""
    assert (protection(tags, Policy(14, 14, ("critical", "env=prod"))) is not None) is protects


@pytest.mark.parametrize(
    ("created", "young"),
    [
        (NOW - timedelta(days=14), False),
        (NOW - timedelta(days=14) + timedelta(seconds=1), True),
        (NOW, True),
        (NOW + timedelta(days=1), True),
        (datetime(2020, 1, 1), True),  # noqa: DTZ001 - that is the point
    ],
    ids=["old enough", "a second short", "new", "in the future", "without a time zone"],
)
def test_youth(created: datetime, young: bool) -> None:
    """The whole window must lie within its life; a time that cannot be true counts as young."""
    assert (youth(created, POLICY, NOW) is not None) is young


def test_the_longer_of_age_and_lookback_decides() -> None:
    """A minimum age below the lookback cannot shorten the window."""
    created = NOW - timedelta(days=20)
    assert youth(created, Policy(30, 1), NOW) == "created 20 days ago; an endpoint is judged from 30 days on"
    assert youth(created, Policy(7, 21), NOW) is not None
    assert youth(created, Policy(7, 20), NOW) is None


@given(st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)), st.integers(7, 63))  # noqa: DTZ001
def test_the_window_covers_the_lookback(now: datetime, days: int) -> None:
    """It ends before the publication lag, starts on a period boundary, and is never shorter than promised."""
    start, end = window(now, Policy(days, 14))
    assert now - timedelta(minutes=75) <= end <= now - timedelta(minutes=15)
    assert timedelta(days=days) <= end - start < timedelta(days=days, hours=6)
    assert (start.hour % 6, start.minute, start.second) == (0, 0, 0)


def test_only_what_could_be_idle_is_described() -> None:
    """Young, protected and broken ones are decided from the list."""
    assert is_candidate(listed(), {}, POLICY, NOW)
    assert not is_candidate(listed(status="Updating"), {}, POLICY, NOW)
    assert not is_candidate(listed(), {"endpoint-sweep:keep": ""}, POLICY, NOW)
    assert not is_candidate(listed(), None, POLICY, NOW)
    assert not is_candidate(listed(created_at=YOUNG), {}, POLICY, NOW)


def test_figures() -> None:
    """Calls are summed over all series; a fraction is not nothing; the last call is the latest of any."""
    assert traffic(activity(series("a", 3), series("b", 4.5))) == 7
    assert traffic(activity(series(total=0.2))) == 1
    assert traffic(activity(series())) == 0
    assert last_invocation((series(), series(total=1))) == NOW - timedelta(days=2)
    assert last_invocation(()) is None
