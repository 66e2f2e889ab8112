"""Remind approvers."""

from typing import Any

from endpoint_sweep.aws.step_log import log_step
from endpoint_sweep.aws.wiring import hub
from endpoint_sweep.steps.contracts import ApprovalEvent
from endpoint_sweep.steps.remind_approvers import remind_approvers


def handler(event: ApprovalEvent, _context: object) -> dict[str, Any]:
    at = hub()
    done = remind_approvers(
        event,
        settings=at.decide_settings,
        base_url=at.review_base_url,
        store=at.store,
        records=at.records,
        mailer=at.mailer,
        now=at.now,
    )
    log_step("remind_approvers", event, done)
    return done
