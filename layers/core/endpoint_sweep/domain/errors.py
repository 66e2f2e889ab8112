"""Everything that can go wrong, by name. Step Functions shows these class names; adapters map AWS errors to them."""

from typing import ClassVar

from endpoint_sweep.domain.kinds import CoverageStatus, GapCause


class EndpointSweepError(Exception):
    """Base class: an error that one sentence can explain to a person."""


class SettingsError(EndpointSweepError):
    """A function's environment has a missing or invalid variable, or a list that it names cannot be read."""


class ListUnreadable(SettingsError):
    """A list of the stack cannot be read right now."""


class ListInvalid(ListUnreadable):
    """A list of the stack was read and cannot be understood. Waiting does not help, so no state retries it."""


class ScheduleUnreadable(SettingsError):
    """The expression or the time zone of the schedule cannot be understood, so no one knows when a sweep is due."""


class InputRejected(EndpointSweepError):
    """The input of a sweep is invalid; nothing was started."""


class UsageError(EndpointSweepError):
    """The command line was not used as it can be. The text names the option and the fix."""


class RestoreFailed(EndpointSweepError):
    """A restore cannot begin or go on. The text says what to do."""


class TargetsIncomplete(EndpointSweepError):
    """The Organization could not be listed completely, so no plan may be made."""


class CellUnreachable(EndpointSweepError):
    """A cell that could not be scanned, with what its coverage row says."""

    status: ClassVar[CoverageStatus] = CoverageStatus.FAILED
    cause: ClassVar[GapCause] = GapCause.FAILED


class RoleDenied(CellUnreachable):
    """The role in the member account does not exist or does not trust the hub."""

    status = CoverageStatus.DENIED
    cause = GapCause.ROLE_DENIED


class CellDenied(CellUnreachable):
    """A call in the member account was refused."""

    status = CoverageStatus.DENIED
    cause = GapCause.PERMISSION


class RegionOff(CellUnreachable):
    """The region is not enabled in this account: by its own list, never because a call failed (D6.5)."""

    status = CoverageStatus.REGION_OFF
    cause = GapCause.REGION_OFF


class RegionNotOffered(RegionOff):
    """SageMaker is not available in this region: by AWS's public list."""

    cause = GapCause.REGION_NOT_OFFERED


class RegionDenied(CellUnreachable):
    """An Organization policy blocks this region."""

    status = CoverageStatus.DENIED
    cause = GapCause.REGION_DENIED


class CellFailed(CellUnreachable):
    """A call in the member account failed for a reason other than permissions."""


class RegionUnclear(CellFailed):
    """What AWS answered fits a region that is off, and just as well one that is out of reach (D6.5)."""


class NotConnected(RegionUnclear):
    """No connection to the service: refused, or a name that does not resolve."""

    cause = GapCause.NO_CONNECTION


class TokenRefused(RegionUnclear):
    """The service does not accept the session's token."""

    cause = GapCause.TOKEN_REFUSED


class RegionsNotKnown(CellFailed):
    """The region may be off, but the account's list of regions cannot be read."""

    cause = GapCause.REGIONS_NOT_KNOWN


class RoleFailed(CellFailed):
    """The role in the member account could not be assumed for a reason other than permissions."""

    cause = GapCause.ROLE_FAILED


# By the name that Step Functions shows.
UNREACHABLE: dict[str, type[CellUnreachable]] = {
    kind.__name__: kind
    for kind in (
        *(RoleDenied, RoleFailed, CellDenied, CellFailed, RegionOff, RegionNotOffered, RegionDenied),
        *(NotConnected, TokenRefused, RegionsNotKnown),
    )
}


class ResourceNotFound(EndpointSweepError):
    """The resource does not exist. SageMaker reports that as a ValidationException (D3.2)."""


class ReplyLost(EndpointSweepError):
    """A call may or may not have been carried out; check to find out."""


class DocumentNotFound(EndpointSweepError):
    """A document that should be in the bucket is not."""


class DocumentNotWritten(EndpointSweepError):
    """A document could not be written to the bucket."""


class DocumentTampered(EndpointSweepError):
    """A document's SHA-256 is not the one that was recorded."""


class PlanDiffers(EndpointSweepError):
    """Someone wrote another plan in the place of this sweep's plan."""


class RecordUnreadable(EndpointSweepError):
    """A table record is not in our format, so someone else wrote it."""


class RecordForged(RecordUnreadable):
    """A table record has a wrong MAC, so it was not written by the function that should write it."""


class ApprovalNotSent(EndpointSweepError):
    """Too few approvers could be emailed to decide anything, so everything is kept immediately."""


class Unavailable(EndpointSweepError):
    """A service that is needed for a check is unavailable, so nothing is recorded and nothing is deleted."""


class DecisionUncertain(EndpointSweepError):
    """The reply to a decision's write was lost and the record cannot be read, so the result is unknown for now."""


class CallerUnproven(EndpointSweepError):
    """The caller with AWS credentials did not prove their identity for this request. The text is for the caller."""


class MailRefused(EndpointSweepError):
    """The mail service did not accept a message."""


class SwitchUnreadable(EndpointSweepError):
    """The kill switch cannot be read."""


class SwitchMissing(SwitchUnreadable):
    """No one has made the kill switch yet, or someone removed it. The text is its name."""


class ComponentNotFound(EndpointSweepError):
    """The inference component does not exist."""


class AlreadyRecorded(EndpointSweepError):
    """A conditional write failed because someone else was faster."""


class NotAllowed(EndpointSweepError):
    """The caller may not ask this question. `action`: the permission that is missing."""

    def __init__(self, action: str) -> None:
        super().__init__(f"these credentials may not call {action}")
        self.action = action


class NotAnswered(EndpointSweepError):
    """AWS did not answer a question, for a reason other than permissions. `code`: what it said instead."""

    def __init__(self, action: str, code: str, message: str = "") -> None:
        super().__init__(f"{action} did not answer: {code}{f': {message}' if message else ''}")
        self.action = action
        self.code = code


class StackMissing(EndpointSweepError):
    """The hub's stack is not there, so what belongs to it cannot be found."""
