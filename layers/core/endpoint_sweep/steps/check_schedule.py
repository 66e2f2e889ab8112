"""Check schedule: called every hour. Finds out whether a sweep should have finished by now, and none did.

An alarm cannot: it looks back seven days at most (D15.5), and nothing fails where nothing starts. So this step
publishes a figure every hour. One alarm hears that it is 1, another that it is missing.
"""

from datetime import datetime, timedelta
from typing import Any

from endpoint_sweep import reports
from endpoint_sweep.domain.errors import InputRejected
from endpoint_sweep.domain.kinds import Measure
from endpoint_sweep.ports import Clock, Mailer, Metrics, PastSweeps, Schedules, StackList
from endpoint_sweep.rules.schedule import next_due
from endpoint_sweep.settings.schedule import ScheduleSettings
from endpoint_sweep.steps.mailing import mail_to_all

# The schedule tries to start a sweep for an hour, Lambda for six more (D15.1). A sweep that runs is not late.
_LATE = timedelta(hours=8)
# Step Functions forgets an execution 90 days after its end (D15.6): what was due before cannot be told from a success.
_KNOWN = timedelta(days=85)
_HOUR = timedelta(hours=1)


def check_schedule(
    event: dict[str, Any],
    *,
    settings: ScheduleSettings,
    schedules: Schedules,
    sweeps: PastSweeps,
    recipients: StackList,
    mailer: Mailer,
    metrics: Metrics,
    now: Clock,
) -> dict[str, Any]:
    """`event`: `{"scheduled_at": ISO time or absent}`. Emails people once a day while a sweep is overdue.

    Raises ScheduleUnreadable; then the figure is missing, which is an alarm, too.
    """
    at = _hour_of(event.get("scheduled_at"), now())
    missed = _missed(settings, schedules, sweeps, at) if settings.is_enabled else None
    metrics.publish({Measure.OVERDUE: int(missed is not None)})
    if missed is None:
        return {"overdue": False, "mailed": 0}
    mailed: int | None = 0
    if (at - missed - _LATE) // _HOUR % 24 == 0:  # The checks are an hour apart, so one of 24 mails.
        text, html = reports.overdue_mail(missed, settings.expression, settings.zone_name)
        mailed = mail_to_all(recipients, mailer, reports.overdue_subject(), text, html)
    return {"overdue": True, "mailed": mailed or 0}


def _missed(settings: ScheduleSettings, schedules: Schedules, sweeps: PastSweeps, at: datetime) -> datetime | None:
    """The first time since the last sweep, or since the schedule was changed, at which one should have started."""
    if sweeps.is_one_running():
        return None
    since = [at - _KNOWN, schedules.changed_at(settings.name), sweeps.last_finished()]
    after = max(one for one in since if one is not None)
    return next_due(settings.expression, settings.zone, after, at - _LATE)


def _hour_of(text: object, now: datetime) -> datetime:
    """The check's own scheduled time: checks that start late or twice stay an hour apart."""
    if text is None:
        return now
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise InputRejected("E_RUN_NAME: scheduled_at must be an ISO 8601 time") from error
    return at if at.tzinfo else at.replace(tzinfo=now.tzinfo)
