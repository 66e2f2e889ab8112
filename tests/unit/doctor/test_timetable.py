"""The next run of a schedule, as EventBridge Scheduler reads its expression."""

from datetime import UTC, datetime

import pytest

from endpoint_sweep.doctor.timetable import next_run

NOW = datetime(2026, 11, 28, 2, 30, tzinfo=UTC)  # a Saturday


@pytest.mark.parametrize(
    ("expression", "timezone", "expected"),
    [
        ("cron(0 7 ? * TUE *)", "UTC", "2026-12-01 07:00"),
        ("cron(0 7 ? * TUE *)", "Europe/Berlin", "2026-12-01 06:00"),
        ("cron(30 2 * * ? *)", "UTC", "2026-11-29 02:30"),
        ("cron(31 2 * * ? *)", "UTC", "2026-11-28 02:31"),
        ("cron(0 9 1 1,7 ? *)", "UTC", "2027-01-01 09:00"),
        ("cron(0/20 8-9 ? * MON-FRI *)", "UTC", "2026-11-30 08:00"),
        ("cron(15 12 ? FEB 1 2027)", "UTC", "2027-02-07 12:15"),
        ("cron(0 0/6 * * ? *)", "America/New_York", "2026-11-28 05:00"),
    ],
)
def test_the_next_time(expression: str, timezone: str, expected: str) -> None:
    """In the schedule's own time zone, told in UTC."""
    found = next_run(expression, timezone, NOW)
    assert found is not None
    assert f"{found:%Y-%m-%d %H:%M}" == expected


@pytest.mark.parametrize(
    ("expression", "timezone"),
    [
        ("rate(7 days)", "UTC"),
        ("cron(0 7 L * ? *)", "UTC"),
        ("cron(0 7 ? * TUE#1 *)", "UTC"),
        ("cron(0 7 ? * TUE *)", "Nowhere/City"),
        ("cron(0 7 ? * TUE 2020)", "UTC"),
        ("cron(0 7)", "UTC"),
        ("cron(0 77 * * ? *)", "UTC"),
    ],
)
def test_what_is_not_known(expression: str, timezone: str) -> None:
    """No time is made up."""
    assert next_run(expression, timezone, NOW) is None
