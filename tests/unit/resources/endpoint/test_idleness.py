"""The verdict on one real-time endpoint, the order in which verdicts win, and the figures that go with them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from endpoint_sweep.domain.model import Kind, Policy, Verdict
from endpoint_sweep.resources.endpoint import proof
from endpoint_sweep.resources.endpoint.history import Past
from endpoint_sweep.resources.endpoint.idleness import (
    Evidence,
    is_candidate,
    judge,
    last_invocation,
    traffic,
    window,
)
from endpoint_sweep.resources.endpoint.traffic_series import key
from tests.unit.fake_cell import measured
from tests.unit.samples import NOW, POLICY, activity, description, listed, series

YOUNG = NOW - timedelta(days=13, hours=23)
AN_HOUR_AGO = NOW - timedelta(hours=1)
START = activity().start
FIRST_DAY = START.replace(hour=0)


def evidence(**changes: Any) -> Evidence:
    """A silent real-time endpoint that everything is known of."""
    made: dict[str, Any] = {
        "endpoint": listed(),
        "description": description(),
        "tags": {},
        "activity": activity(),
        "past": Past(),
    }
    return Evidence(**made | changes)


def judged(**changes: Any) -> tuple[Verdict, str]:
    return judge(evidence(**changes), POLICY, NOW)


def verdict(**changes: Any) -> Verdict:
    return judged(**changes)[0]


def test_no_call_in_a_whole_window_is_idle() -> None:
    """The plain case, and what a person reads."""
    assert judged() == (Verdict.IDLE, "its only variant was not invoked in 14 days")
    two = {"description": description("blue", "green"), "activity": activity(series("blue"), series("green"))}
    assert judged(**two) == (Verdict.IDLE, "none of its 2 variants was invoked in 14 days")


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("Creating", "it is still being created; if this lasts more than a day, it is stuck and still billed"),
        ("Updating", "it is being updated"),
        ("SystemUpdating", "AWS is maintaining it"),
        ("RollingBack", "an update is being rolled back"),
        ("Deleting", "it is being deleted"),
        ("Failed", "its creation failed; it serves nothing and can only be deleted by hand"),
        ("OutOfService", "it accepts no requests, but any instances are billed"),
        ("Hibernating", "its status is not supported"),
        ("", "its status is not supported"),
        ("inservice", "its status is not supported"),
    ],
)
def test_a_status_that_is_left_alone(status: str, said: str) -> None:
    """Also one that no one knows yet (BI-22), whichever answer says it, whatever else is true (D2.8)."""
    expected = (Verdict.NOT_IN_SERVICE, f"{said} (status {status})")
    assert judged(endpoint=listed(status=status), description=None) == expected
    assert judged(description=description(status=status)) == expected
    assert judged(description=description(status=status), activity=activity(series(total=5)), tags=None) == expected


def test_a_failed_rollback_is_judged_by_its_traffic() -> None:
    """It is in service with mixed configurations, and bills (D2.8)."""
    mixed = {
        "endpoint": listed(status="UpdateRollbackFailed"),
        "description": description(status="UpdateRollbackFailed"),
    }
    assert verdict(**mixed) is Verdict.IDLE
    assert verdict(**mixed, activity=activity(series(total=3))) is Verdict.BUSY


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"activity": activity(series(total=1.0))}, Verdict.BUSY),
        ({"activity": activity(series(total=0.001))}, Verdict.BUSY),
        ({"activity": activity(series("blue"), series("green", total=3))}, Verdict.BUSY),
        ({"activity": activity(series(total=5, complete=False))}, Verdict.BUSY),
        ({"activity": activity(series(), series("not described", total=5))}, Verdict.BUSY),
        ({"tags": {"endpoint-sweep:keep": ""}}, Verdict.PROTECTED),
        ({"tags": None}, Verdict.PROTECTED),
        ({"endpoint": listed(created_at=YOUNG), "description": description(created_at=YOUNG)}, Verdict.TOO_YOUNG),
        ({"description": description(config_created_at=AN_HOUR_AGO)}, Verdict.TOO_YOUNG),
        (
            {"description": description(config_created_at=NOW - timedelta(days=14) + timedelta(seconds=1))},
            Verdict.TOO_YOUNG,
        ),
        ({"description": description(config_created_at=NOW + timedelta(days=1))}, Verdict.NO_EVIDENCE),
        ({"description": description(config_created_at=None, last_modified_at=AN_HOUR_AGO)}, Verdict.TOO_YOUNG),
        ({"endpoint": listed(created_at=NOW + timedelta(days=1))}, Verdict.NO_EVIDENCE),
        ({"endpoint": listed(created_at=datetime(2020, 1, 1))}, Verdict.NO_EVIDENCE),  # noqa: DTZ001
        ({"endpoint": listed(last_modified_at=NOW + timedelta(days=1))}, Verdict.NO_EVIDENCE),
        ({"description": None}, Verdict.NO_EVIDENCE),
        ({"description": description(created_at=NOW - timedelta(days=80))}, Verdict.NO_EVIDENCE),
        ({"description": description(variants=())}, Verdict.NO_EVIDENCE),
        ({"activity": activity(series(complete=False))}, Verdict.NO_EVIDENCE),
        ({"activity": activity(series(points=0))}, Verdict.NO_EVIDENCE),
        ({"activity": activity(series(points=50))}, Verdict.NO_EVIDENCE),
        ({"past": None}, Verdict.NO_EVIDENCE),
        ({"past": Past(complete=False)}, Verdict.NO_EVIDENCE),
        ({"signs": {"Invocation5XXErrors": Past(complete=False)}}, Verdict.NO_EVIDENCE),
        ({"activity": activity(series("another"))}, Verdict.NO_EVIDENCE),
        ({"description": description("blue", "green"), "activity": activity(series("blue"))}, Verdict.NO_EVIDENCE),
        ({"description": description(kind=Kind.UNKNOWN, why_unknown="odd")}, Verdict.UNKNOWN),
    ],
)
def test_every_doubt_keeps(changes: dict[str, Any], expected: Verdict) -> None:
    """Traffic, protection, youth, a missing or contradictory answer: never idle (D1.25-D1.28, BI-24)."""
    assert verdict(**changes) is expected


def test_a_configuration_as_old_as_the_window_is_old_enough() -> None:
    """A newer one says since when calls are known (D2.5)."""
    assert verdict(description=description(config_created_at=NOW - timedelta(days=14))) is Verdict.IDLE
    said = "its configuration was created 13 days ago, after the window began; earlier calls are not known"
    newer = description(config_created_at=NOW - timedelta(days=14) + timedelta(seconds=1))
    assert judged(description=newer) == (Verdict.TOO_YOUNG, said)


def test_requests_that_were_not_served_keep_from_the_first_day_of_the_window() -> None:
    """It begins within that day (D13.3). Three metrics are named. What was before says nothing of now."""
    found, reason = judged(signs={one: Past((FIRST_DAY,)) for one in "dcba"})
    assert (found, reason) == (Verdict.BUSY, "other metrics show requests that were not served: a, b, c")
    assert verdict(signs={"a": Past((FIRST_DAY - timedelta(days=1),))}) is Verdict.IDLE


def test_calls_that_were_served_explain_other_signs_of_their_day() -> None:
    """Early on the first day, before the window begins."""
    day = Past((FIRST_DAY,))
    assert verdict(past=day, signs={"ModelLatency": day}) is Verdict.IDLE


BUSY = {"activity": activity(series(total=9))}
KEPT = {"tags": {"endpoint-sweep:keep": ""}}
NEW = {"endpoint": listed(created_at=YOUNG), "description": description(created_at=YOUNG)}
ODD = {"description": description(kind=Kind.UNKNOWN, why_unknown="odd")}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (BUSY | KEPT | NEW, Verdict.BUSY),
        (KEPT | NEW, Verdict.PROTECTED),
        (KEPT | ODD, Verdict.PROTECTED),
        (NEW, Verdict.TOO_YOUNG),
        (ODD | {"activity": activity(series(complete=False))}, Verdict.UNKNOWN),
        (BUSY | ODD, Verdict.BUSY),
        (BUSY | {"description": None, "tags": None}, Verdict.BUSY),
    ],
)
def test_the_order_in_which_verdicts_win(changes: dict[str, Any], expected: Verdict) -> None:
    """Traffic wins over protection, and protection over age, kind and evidence."""
    assert verdict(**changes) is expected


def test_prepaid_capacity_saves_nothing() -> None:
    """However silent it is (D1.35)."""
    found, reason = judged(description=description(reserved=True))
    assert found is Verdict.ZERO_COST
    assert reason.endswith("it runs on reserved capacity, so deleting it saves nothing")
    assert verdict(description=description(reserved=True), activity=activity(series(points=0))) is Verdict.NO_EVIDENCE


@pytest.mark.parametrize(
    ("total", "steady", "said"),
    [
        (20_160, True, "20,160 invocations in 14 days, a steady 1 per minute: possibly just a canary"),
        (20_160, False, "20,160 invocations in 14 days"),
        (40_320, True, "40,320 invocations in 14 days, a steady 2 per minute: possibly just a canary"),
        (672, True, "672 invocations in 14 days, a steady 2 per hour: possibly just a canary"),
        (19_354, True, "19,354 invocations in 14 days, a steady 1 per minute: possibly just a canary"),
        (12_096, True, "12,096 invocations in 14 days, a steady 36 per hour: possibly just a canary"),
        (282, True, "282 invocations in 14 days, a steady 20.1 per day: possibly just a canary"),
        (40_321, True, "40,321 invocations in 14 days"),
        (1, False, "1 invocations in 14 days"),
    ],
    ids=["canary", "bursts of it", "two a minute", "two an hour", "nearly one", "an hour", "rare", "many", "one"],
)
def test_a_trickle_that_may_be_a_canary_is_said(total: float, steady: bool, said: str) -> None:
    """It is busy all the same (D1.31)."""
    one = measured(key("Invocations", {"EndpointName": "e", "VariantName": "AllTraffic"}), total, steady=steady)
    assert judged(activity=activity(one)) == (Verdict.BUSY, said)
    assert judged(activity=activity(one, series("silent"))) == (Verdict.BUSY, said)


@given(st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)), st.integers(7, 400))  # noqa: DTZ001
def test_the_window_covers_the_lookback(now: datetime, days: int) -> None:
    """It ends before the publication lag, starts on a period boundary, and is never shorter than promised (D5.10)."""
    start, end = window(now, Policy(days, 14))
    assert now - timedelta(minutes=75) <= end <= now - timedelta(minutes=15)
    hours = proof.period_of(days) // timedelta(hours=1)
    assert timedelta(days=days) <= end - start < timedelta(days=days, hours=hours)
    assert (start.hour % hours, start.minute, start.second) == (0, 0, 0)


@pytest.mark.parametrize(
    ("now", "end"),
    [
        (datetime(2026, 11, 20, 10, 15, tzinfo=UTC), datetime(2026, 11, 20, 10, tzinfo=UTC)),
        (datetime(2026, 11, 20, 10, 14, 59, 999_999, tzinfo=UTC), datetime(2026, 11, 20, 9, tzinfo=UTC)),
    ],
    ids=["a quarter past", "just before"],
)
def test_the_window_ends_on_an_hour_that_is_a_quarter_of_an_hour_old(now: datetime, end: datetime) -> None:
    """Later datapoints may not have been published yet (D5.10)."""
    assert window(now, POLICY) == (datetime(2026, 11, 6, 6, tzinfo=UTC), end)


def test_only_what_could_be_idle_is_described() -> None:
    """Young and changing ones are decided from the list (D5.11). Broken ones may be billed all the same (D2.8)."""
    for status in ("InService", "UpdateRollbackFailed", "Failed", "OutOfService"):
        assert is_candidate(listed(status=status), POLICY, NOW)
    assert not is_candidate(listed(status="Updating"), POLICY, NOW)
    assert not is_candidate(listed(created_at=YOUNG), POLICY, NOW)
    assert is_candidate(listed(last_modified_at=AN_HOUR_AGO), POLICY, NOW)


def test_figures() -> None:
    """Calls are summed over all series; a fraction is not nothing; the last call is the latest of any."""
    assert traffic(activity(series("a", 3), series("b", 4.5))) == 7
    assert traffic(activity(series(total=0.2))) == 1
    assert traffic(activity(series())) == 0
    assert last_invocation((series(), series(total=1))) == NOW - timedelta(days=2)
    assert last_invocation(()) is None


def test_what_the_policy_protects_is_left_alone_until_its_day_is_over() -> None:
    """A tag of the deployment, and a day of the owner: both in the list already, and again in the verdict."""
    policy = Policy(14, 14, ("env=prod",))
    until = f"{NOW + timedelta(days=1):%Y-%m-%d}"
    for tags, why in (
        ({"env": "prod"}, "protected by the tag env=prod"),
        ({"endpoint-sweep:keep-until": until}, f"its owner protects it until {until}"),
    ):
        assert judge(evidence(tags=tags), policy, NOW) == (Verdict.PROTECTED, why)
    over = {"env": "test", "endpoint-sweep:keep-until": "2026-11-01"}
    assert judge(evidence(tags=over), policy, NOW)[0] is Verdict.IDLE


def test_what_containers_repeat_is_counted_once() -> None:
    """A call of a container is a call of its variant (D1.3); alone it is a call all the same."""
    names = {"EndpointName": "e", "VariantName": "AllTraffic"}
    plain, inside = key("Invocations", names), key("Invocations", names | {"ContainerName": "c"})
    assert traffic(activity(measured(plain, 5), measured(inside, 5))) == 5
    assert traffic(activity(measured(plain, 1), measured(inside, 2))) == 1
    assert judged(activity=activity(measured(plain, 0), measured(inside, 5))) == (
        Verdict.BUSY,
        "5 invocations in 14 days",
    )
