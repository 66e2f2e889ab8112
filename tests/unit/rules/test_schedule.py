"""When a schedule is due: each form of an expression, clocks that change, and every minute of a year compared."""

import calendar
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from endpoint_sweep.domain.errors import ScheduleUnreadable
from endpoint_sweep.rules.schedule import next_due

BERLIN, NEW_YORK, LORD_HOWE = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")
START = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)  # a Friday
FOREVER = timedelta(days=5000)


def due(expression: str, after: datetime = START, zone: ZoneInfo | None = None) -> str:
    """The next time in its zone, or empty."""
    found = next_due(expression, zone or ZoneInfo("UTC"), after, after + FOREVER)
    return f"{found.astimezone(zone or UTC):%Y-%m-%d %H:%M}" if found else ""


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("cron(0 7 ? * TUE *)", "2026-11-24 07:00"),  # the default of the stack
        ("cron(0 7 ? * 3 *)", "2026-11-24 07:00"),  # Sunday is 1
        ("cron(0 6 ? * FRI *)", "2026-11-27 06:00"),  # not the same instant again
        ("cron(1 6 ? * FRI *)", "2026-11-20 06:01"),
        ("cron(0 7 * * ? *)", "2026-11-20 07:00"),
        ("cron( 0  7 * * ? * )", "2026-11-20 07:00"),
        ("cron(0 7 1 * ? *)", "2026-12-01 07:00"),
        ("cron(0 7 1,15 * ? *)", "2026-12-01 07:00"),
        ("cron(0 7 31 * ? *)", "2026-12-31 07:00"),
        ("cron(0 7 1 JAN,JUL ? *)", "2027-01-01 07:00"),
        ("cron(0 7 1 1/3 ? *)", "2027-01-01 07:00"),
        ("cron(0 7 29 2 ? *)", "2028-02-29 07:00"),
        ("cron(0 7 ? * MON-FRI *)", "2026-11-20 07:00"),
        ("cron(0 7 ? * SAT-MON *)", "2026-11-21 07:00"),
        ("cron(0 7 ? * sat,sun *)", "2026-11-21 07:00"),
        ("cron(0 22-2 * * ? *)", "2026-11-20 22:00"),
        ("cron(0 5 * * ? 2027-2028)", "2027-01-01 05:00"),
        ("cron(0 5 * * ? 2026/2)", "2026-11-21 05:00"),
        ("cron(0 5 * * ? 2025)", ""),
        ("cron(*/20 * * * ? *)", "2026-11-20 06:20"),
        ("cron(5/20 * * * ? *)", "2026-11-20 06:05"),
        ("cron(50-59/5 * * * ? *)", "2026-11-20 06:50"),
        ("cron(0 7 L * ? *)", "2026-11-30 07:00"),
        ("cron(0 7 LW * ? *)", "2026-11-30 07:00"),
        ("cron(0 7 LW 1 ? *)", "2027-01-29 07:00"),  # the 31st is a Sunday
        ("cron(0 7 LW 10 ? 2026-2027)", "2027-10-29 07:00"),
        ("cron(0 7 21W * ? *)", "2026-11-20 07:00"),  # a Saturday, so the Friday before
        ("cron(0 7 22W * ? *)", "2026-11-23 07:00"),  # a Sunday, so the Monday after
        ("cron(0 7 25W * ? *)", "2026-11-25 07:00"),
        ("cron(0 7 1W 5 ? *)", "2027-05-03 07:00"),  # a Saturday; the Friday before is April
        ("cron(0 7 31W 1 ? *)", "2027-01-29 07:00"),  # a Sunday; the Monday after is February
        ("cron(0 7 30W 2 ? *)", ""),
        ("cron(0 7 ? * L *)", "2026-11-21 07:00"),
        ("cron(0 7 ? * 6L *)", "2026-11-27 07:00"),
        ("cron(0 7 ? * FRIL *)", "2026-11-27 07:00"),
        ("cron(0 7 ? * 3#2 *)", "2026-12-08 07:00"),
        ("cron(0 7 ? * TUE#1 *)", "2026-12-01 07:00"),
        ("cron(0 7 ? * TUE#5 *)", "2026-12-29 07:00"),
        ("rate(7 days)", "2026-11-27 06:00"),
        ("rate(1 day)", "2026-11-21 06:00"),
        ("rate(12 hours)", "2026-11-20 18:00"),
        ("rate(90 minutes)", "2026-11-20 07:30"),
        ("at(2026-11-20T06:00:01)", "2026-11-20 06:00"),
        ("at(2026-11-20T06:00:00)", ""),
        ("at(2020-01-01T00:00:00)", ""),
    ],
)
def test_when_a_sweep_is_due_next(expression: str, expected: str) -> None:
    assert due(expression) == expected


def test_nothing_is_due_after_the_end_of_the_search() -> None:
    """The bound itself belongs to it."""
    for expression, at in (("cron(0 7 * * ? *)", 7), ("rate(1 hour)", 7), ("at(2026-11-20T07:00:00)", 7)):
        end = START.replace(hour=at)
        assert next_due(expression, UTC, START, end) == end
        assert next_due(expression, UTC, START, end - timedelta(seconds=1)) is None


def test_a_time_is_of_its_zone() -> None:
    """Also where it is another day there."""
    assert due("cron(0 7 ? * TUE *)", zone=BERLIN) == "2026-11-24 07:00"
    assert next_due("cron(0 7 ? * TUE *)", BERLIN, START, START + FOREVER) == datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
    assert next_due("at(2026-11-20T20:00:00)", NEW_YORK, START, START + FOREVER) == datetime(
        2026, 11, 21, 1, 0, tzinfo=UTC
    )
    late = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # still Monday in New York
    assert due("cron(0 22 ? * MON *)", late, NEW_YORK) == "2026-11-23 22:00"


def test_an_hour_that_does_not_exist_has_no_run() -> None:
    """Clocks go forward: the schedule is next due on the day after (D15.4). On Lord Howe they skip half an hour."""
    before = datetime(2027, 3, 27, 12, 0, tzinfo=UTC)
    assert due("cron(30 2 * * ? *)", before, BERLIN) == "2027-03-29 02:30"
    assert due("cron(30 3 * * ? *)", before, BERLIN) == "2027-03-28 03:30"
    assert due("cron(15 2 * * ? *)", datetime(2026, 10, 3, 3, 0, tzinfo=UTC), LORD_HOWE) == "2026-10-05 02:15"


def test_an_hour_that_comes_twice_has_one_run() -> None:
    """Clocks go back: the first of both."""
    before = datetime(2027, 10, 30, 12, 0, tzinfo=UTC)
    first = next_due("cron(30 2 * * ? *)", BERLIN, before, before + FOREVER)
    assert first == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert due("cron(30 2 * * ? *)", first, BERLIN) == "2027-11-01 02:30"


@pytest.mark.parametrize(
    "expression",
    [
        "", "cron", "cron()", "daily", "0 7 ? * TUE *", "cron(0 7 ? * TUE)", "cron(0 7 ? * TUE * *)",
        "cron(60 7 ? * TUE *)",
        "cron(0 24 ? * TUE *)", "cron(0 7 32 * ? *)", "cron(0 7 0 * ? *)", "cron(0 7 ? * 8 *)", "cron(0 7 ? * 0L *)",
        "cron(0 7 ? * TUES *)", "cron(0 7 ? 13 TUE *)", "cron(0 7 ? * TUE 1969)", "cron(0/0 7 ? * TUE *)",
        "cron(, 7 ? * TUE *)", "cron(0 7 L-3 * ? *)", "cron(0 7 ? * 3#6 *)", "cron(0 7 32W * ? *)", "cron(- 7 ? * 1 *)",
        "cron(² 7 ? * 1 *)", "rate(0 days)", "rate(7)", "rate(7 weeks)", "rate(-1 day)", "at(2026-11-20)", "at(soon)",
        "at(2026-02-30T00:00:00)",
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused(expression: str) -> None:
    """A schedule that no one understands must not look as if it were kept."""
    with pytest.raises(ScheduleUnreadable, match=r"cron|rate|at"):
        due(expression)


def naive(expression: str, at: datetime) -> bool:
    """Whether a minute fits, read another way: by the words of the calendar."""
    minutes, hours, days, months, week, _ = expression.removeprefix("cron(").removesuffix(")").split()
    name = calendar.day_abbr[at.weekday()].upper()
    return (
        (minutes == "*" or str(at.minute) in minutes.split(","))
        and (hours == "*" or str(at.hour) in hours.split(","))
        and (days == "?" or str(at.day) in days.split(","))
        and (months == "*" or str(at.month) in months.split(","))
        and (week == "?" or name in week.split(","))
    )


def some(low: int, high: int) -> st.SearchStrategy[str]:
    return st.lists(st.integers(low, high).map(str), min_size=1, max_size=3, unique=True).map(",".join)


WEEK = st.lists(st.sampled_from(["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]), min_size=1, max_size=3).map(
    ",".join
)
DAYS = st.one_of(st.tuples(some(1, 31), some(1, 12), st.just("?")), st.tuples(st.just("?"), st.just("*"), WEEK))


@given(some(0, 59), some(0, 23), DAYS, st.integers(0, 525_600))
def test_no_minute_before_the_next_one_fits(minutes: str, hours: str, days: tuple[str, str, str], offset: int) -> None:
    """A search of every minute finds the same one."""
    expression = f"cron({minutes} {hours} {' '.join(days)} *)"
    after = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=offset)
    until = after + timedelta(days=14)
    steps = (after + timedelta(minutes=one) for one in range(1, 14 * 1440 + 1))
    assert next_due(expression, UTC, after, until) == next((one for one in steps if naive(expression, one)), None)
