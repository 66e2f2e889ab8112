"""Request approval."""

from typing import Any

from endpoint_sweep.aws.step_log import log_step
from endpoint_sweep.aws.wiring import hub
from endpoint_sweep.domain.errors import ApprovalNotSent, DocumentTampered
from endpoint_sweep.domain.kinds import Alarm
from endpoint_sweep.steps.contracts import RequestApprovalEvent
from endpoint_sweep.steps.request_approval import request_approval


def handler(event: RequestApprovalEvent, _context: object) -> dict[str, Any]:
    at = hub()
    try:
        done = request_approval(
            event,
            settings=at.decide_settings,
            base_url=at.review_base_url,
            store=at.store,
            records=at.records,
            seals=at.seals,
            mailer=at.mailer,
            metrics=at.metrics,
            events=at.events,
            now=at.now,
        )
    except DocumentTampered:
        log_step("request_approval", event, {"alarm": Alarm.PLAN_TAMPERED})
        raise
    except ApprovalNotSent:
        log_step("request_approval", event, {"alarm": Alarm.APPROVAL_NOT_SENT})
        raise
    log_step("request_approval", event, done)
    return done
