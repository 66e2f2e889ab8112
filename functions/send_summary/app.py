"""Send summary."""

from typing import Any

from endpoint_sweep.aws.step_log import log_step
from endpoint_sweep.aws.wiring import hub
from endpoint_sweep.domain.kinds import Alarm
from endpoint_sweep.steps.contracts import SendSummaryEvent
from endpoint_sweep.steps.send_summary import send_summary


def handler(event: SendSummaryEvent, _context: object) -> dict[str, Any]:
    at = hub()
    done = send_summary(
        event,
        recipients=lambda: at.recipients,
        approvers=lambda: at.approvers,
        deny_accounts=lambda: at.deny_accounts,
        store=at.store,
        records=at.records,
        seals=at.seals,
        mailer=at.mailer,
        metrics=at.metrics,
        events=at.events,
        now=at.now,
    )
    log_step("send_summary", event, done, {"alarm": Alarm.SUMMARY_NOT_MAILED} if done["ending"] == "not-mailed" else {})
    return done
