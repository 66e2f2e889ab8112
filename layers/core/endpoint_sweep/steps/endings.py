"""What an error means for an approved resource: it is kept, or it was already gone."""

from endpoint_sweep.domain.errors import (
    DocumentNotWritten,
    DocumentTampered,
    RecordForged,
    ResourceNotFound,
    RoleDenied,
    Unavailable,
)
from endpoint_sweep.domain.kinds import Alarm
from endpoint_sweep.domain.model import OutcomeStatus
from endpoint_sweep.rules.acting import Kept


def ending(error: Exception) -> tuple[OutcomeStatus, str]:
    """The outcome and its reason."""
    match error:
        case Kept():
            return error.status, error.reason
        case ResourceNotFound():
            return OutcomeStatus.ALREADY_GONE, "it no longer existed when the deletion started"
        case Unavailable():
            return OutcomeStatus.FAILED, f"kept: we could not verify who decided: {error}"
        case RoleDenied():
            return OutcomeStatus.FAILED, f"kept: the act role is missing or does not trust the hub: {error}"
        case DocumentNotWritten():
            return OutcomeStatus.FAILED, f"kept: its restore bundle could not be written: {error}"
        case _:
            return OutcomeStatus.FAILED, f"kept because of an error: {error}"


def alarm(error: Exception) -> str:
    """The alarm metric if only tampering can cause this error."""
    match error:
        case RecordForged():
            return Alarm.RECORD_FORGED
        case DocumentTampered():
            return Alarm.PLAN_TAMPERED
        case Kept():
            return error.alarm
        case _:
            return ""
