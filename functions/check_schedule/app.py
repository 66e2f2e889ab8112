"""Check schedule: called by a schedule of its own, every hour."""

from typing import Any

from endpoint_sweep.aws.step_log import log_step
from endpoint_sweep.aws.wiring import hub
from endpoint_sweep.steps.check_schedule import check_schedule


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    at = hub()
    done = check_schedule(
        event,
        settings=at.schedule_settings,
        schedules=at.schedules,
        sweeps=at.executions,
        recipients=lambda: at.recipients,
        mailer=at.mailer,
        metrics=at.metrics,
        now=at.now,
    )
    log_step("check_schedule", done)
    return done
