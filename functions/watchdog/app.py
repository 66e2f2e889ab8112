"""Watchdog: called by EventBridge, not by the state machine."""

from typing import Any

from endpoint_sweep.aws.step_log import log_step
from endpoint_sweep.aws.wiring import hub
from endpoint_sweep.domain.kinds import Alarm
from endpoint_sweep.steps.watchdog import watchdog


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    at = hub()
    done = watchdog(
        event,
        recipients=lambda: at.recipients,
        store=at.store,
        records=at.records,
        executions=at.executions,
        mailer=at.mailer,
        events=at.events,
        now=at.now,
    )
    log_step("watchdog", done, {"alarm": Alarm.SWEEP_STOPPED})
    return done
