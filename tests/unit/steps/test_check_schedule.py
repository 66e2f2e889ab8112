"""Whether a scheduled sweep is overdue: what counts as one, when people are mailed, and what keeps it silent."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from endpoint_sweep.domain.errors import InputRejected, ScheduleUnreadable
from endpoint_sweep.domain.kinds import Measure
from endpoint_sweep.settings.schedule import ScheduleSettings
from endpoint_sweep.steps.check_schedule import check_schedule
from tests.unit.quiet import Mails
from tests.unit.samples import ADA, variables

WEEKLY = ScheduleSettings("s", "cron(0 7 ? * TUE *)", "UTC", is_enabled=True)
TUESDAY = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
LATE = TUESDAY + timedelta(hours=8)
LONG_AGO = TUESDAY - timedelta(days=300)
LAST_WEEK = TUESDAY - timedelta(days=6, hours=23)


@dataclass
class World:
    """What EventBridge Scheduler and Step Functions know, and what was published and mailed."""

    changed: datetime | None = LONG_AGO
    finished: datetime | None = LAST_WEEK
    runs: bool = False
    figures: list[int] = field(default_factory=list)
    mails: Mails = field(default_factory=Mails)

    def changed_at(self, name: str) -> datetime | None:
        return self.changed

    def is_one_running(self) -> bool:
        return self.runs

    def last_finished(self) -> datetime | None:
        return self.finished

    def publish(self, figures: dict[Measure, int]) -> None:
        assert set(figures) == {Measure.OVERDUE}
        self.figures += figures.values()

    def check(self, at: datetime, settings: ScheduleSettings = WEEKLY, event: object = None) -> bool:
        done = check_schedule(
            {"scheduled_at": at.isoformat()} if event is None else event,  # type: ignore[arg-type]
            settings=settings, schedules=self, sweeps=self, recipients=lambda: (ADA,), mailer=self.mails,
            metrics=self, now=lambda: at,  # type: ignore[arg-type]
        )  # fmt: skip
        assert done["mailed"] in (0, 1)
        return bool(done["overdue"])


@pytest.mark.parametrize(
    ("at", "world", "expected"),
    [
        (LATE, World(), True),
        (LATE - timedelta(minutes=1), World(), False),  # it may still be started
        (LATE, World(finished=TUESDAY + timedelta(hours=1)), False),
        (LATE, World(finished=TUESDAY), False),
        (LATE, World(finished=TUESDAY - timedelta(minutes=1)), True),
        (LATE, World(runs=True), False),
        (LATE, World(changed=TUESDAY + timedelta(minutes=1)), False),  # enabled after that time
        (LATE, World(changed=TUESDAY - timedelta(minutes=1)), True),
        (LATE, World(changed=None), True),  # someone removed the schedule
        (LATE, World(finished=None), True),
        (LATE, World(changed=None, finished=None), True),
        (LATE + timedelta(days=3), World(), True),
        (LATE + timedelta(days=7), World(finished=TUESDAY + timedelta(hours=1)), True),
    ],
)
def test_a_sweep_is_overdue(at: datetime, world: World, *, expected: bool) -> None:
    """Eight hours after it should have started, if none has finished since and none runs."""
    assert world.check(at) is expected
    assert world.figures == [int(expected)]


def test_a_schedule_that_is_off_is_silent() -> None:
    """Nothing is asked, zero is published: the alarm on missing data stays quiet."""
    world = World(finished=None)
    world.changed_at = world.last_finished = world.is_one_running = None  # type: ignore[assignment,method-assign]
    assert not world.check(LATE, replace(WEEKLY, is_enabled=False))
    assert (world.figures, world.mails.sent) == ([0], [])


def test_people_are_mailed_once_a_day() -> None:
    """Within the hour when a sweep becomes overdue, and every 24 hours after it, at whatever minute the checks are."""
    world, first = World(), TUESDAY + timedelta(hours=6, minutes=37)
    overdue = [world.check(first + timedelta(hours=hour)) for hour in range(2 + 24 * 3)]
    assert overdue == [False, False] + [True] * 72
    assert world.mails.sent == [ADA] * 3


@pytest.mark.parametrize("expression", ["rate(1 day)", "rate(7 days)", "cron(0 * * * ? *)", "cron(0 7 * * ? *)"])
def test_any_schedule_mails_once_a_day(expression: str) -> None:
    """Also one that starts a sweep every hour, and goes on missing them."""
    world, settings = World(finished=TUESDAY), replace(WEEKLY, expression=expression)
    checks = [world.check(TUESDAY + timedelta(days=8, hours=hour), settings) for hour in range(48)]
    assert checks[-1]
    assert len(world.mails.sent) == 2


@pytest.mark.parametrize("expression", ["rate(100 days)", "cron(0 7 1 1 ? *)"])
def test_what_step_functions_forgets_is_no_missed_sweep(expression: str) -> None:
    """A success of 95 days ago is not listed any more (D15.6), so nothing is said of a due time before that."""
    world = World(finished=None)
    assert not world.check(datetime(2027, 4, 6, tzinfo=UTC), replace(WEEKLY, expression=expression))


def test_the_mail_says_which_time_was_missed() -> None:
    """With the schedule as the stack has it, in both parts."""

    class Kept(Mails):
        def send(self, recipient: str, subject: str, text: str, html: str, approval: str = "") -> None:
            parts.extend((subject, text, html))

    parts: list[str] = []
    world = World(mails=Kept())
    world.check(LATE, replace(WEEKLY, zone_name="Europe/Berlin", expression="cron(0 8 ? * TUE *)"))
    assert parts[0] == "endpoint-sweep: a scheduled sweep is overdue"
    for part in parts[1:]:
        assert "24 Nov 2026, 07:00 UTC" in part
        assert "cron(0 8 ? * TUE *)" in part
        assert "Europe/Berlin" in part


def test_a_check_without_a_scheduled_time_is_of_now() -> None:
    """Someone calls it by hand; a time without a zone is UTC, and anything else is refused."""
    assert World().check(LATE, event={})
    assert World().check(LATE, event={"scheduled_at": "2026-11-24T15:00:00"})
    with pytest.raises(InputRejected, match="scheduled_at"):
        World().check(LATE, event={"scheduled_at": "soon"})


@pytest.mark.parametrize(("zone", "expression"), [("Europe/Nowhere", "rate(1 day)"), ("UTC", "cron(1 2 3)")])
def test_a_schedule_that_is_not_understood_publishes_nothing(zone: str, expression: str) -> None:
    """The check fails, and the missing figure is an alarm."""
    world = World()
    with pytest.raises(ScheduleUnreadable):
        world.check(LATE, replace(WEEKLY, zone_name=zone, expression=expression))
    assert world.figures == []


@pytest.mark.parametrize(("state", "expected"), [("ENABLED", True), ("DISABLED", False), ("disabled", True)])
def test_only_what_is_switched_off_is_not_watched(state: str, *, expected: bool) -> None:
    """As the parameter spells it."""
    found = ScheduleSettings.of(variables(SCHEDULE_STATE=state))
    assert (found.is_enabled, found.expression, str(found.zone)) == (expected, "cron(0 7 ? * TUE *)", "Europe/Berlin")
