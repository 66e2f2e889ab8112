"""Why nothing, or nothing more, is deleted in a sweep: a cause that code can ask for, and a sentence for people."""

from dataclasses import dataclass
from enum import StrEnum

from endpoint_sweep.domain.kinds import Alarm


class Cause(StrEnum):
    """Each has a sentence. A detail replaces it where a person, a number or an endpoint is named."""

    NOT_OFFERED = "not-offered"
    FORGED = "decision-forged"
    UNNAMED = "kept-by-somebody-unnamed"
    TOO_OLD = "too-old"
    TOO_EARLY = "too-early"
    OTHER_VERSION = "other-version"
    NO_ANSWER = "no-answer"
    NOTHING_AGREED = "nothing-agreed"
    TOO_FEW_APPROVERS = "too-few-approvers"
    INVALID_DECISION = "invalid-decision"
    KEPT = "kept"
    STOPPED = "stopped"
    UNPROVEN = "unproven"


_SENTENCES = {
    Cause.NOT_OFFERED: "the plan is not the one that was offered",
    Cause.OTHER_VERSION: "the stack was updated after this plan was made, and the new version cannot act on it",
    Cause.FORGED: "a decision in the record was not made on the review page",
    Cause.UNNAMED: "someone who cannot be named stopped this sweep",
    Cause.TOO_OLD: "the approval is too old to act on",
    Cause.TOO_EARLY: "the grace period after the decision is not over",
    Cause.NO_ANSWER: "no one responded in time",
    Cause.NOTHING_AGREED: "the approvers did not agree on any endpoint",
    Cause.TOO_FEW_APPROVERS: "more approvers were needed",
    Cause.INVALID_DECISION: "a decision does not meet the rules of this deployment",
    Cause.KEPT: "an approver kept everything",
    Cause.STOPPED: "the sweep was stopped",
    Cause.UNPROVEN: "we cannot verify right now who decided",
}
# Alarms for what only tampering can cause.
_ALARMS: dict[Cause | None, Alarm] = {
    Cause.NOT_OFFERED: Alarm.PLAN_TAMPERED,
    Cause.FORGED: Alarm.DECISION_FORGED,
    Cause.UNNAMED: Alarm.DECISION_FORGED,
}


@dataclass(frozen=True, slots=True)
class Why:
    """`detail` replaces the sentence of the cause if it says more."""

    cause: Cause
    detail: str = ""

    @property
    def sentence(self) -> str:
        return self.detail or _SENTENCES[self.cause]

    @property
    def alarm(self) -> str:
        """The metric that counts it, or empty."""
        return alarm_of(self.cause)


def alarm_of(cause: Cause | None) -> str:
    return _ALARMS.get(cause, "")
