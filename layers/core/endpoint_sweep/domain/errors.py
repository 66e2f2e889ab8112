"""What can go wrong, by name. Step Functions shows these class names; adapters translate AWS errors into them."""

from typing import ClassVar

from endpoint_sweep.domain.kinds import CoverageStatus, GapCause


class EndpointSweepError(Exception):
    """Base of all: something that a person can be told in one sentence."""


class SettingsError(EndpointSweepError):
    """The environment of a function lacks a variable or holds an unusable one."""


class InputRejected(EndpointSweepError):
    """The input of a sweep is not acceptable; nothing was started."""


class TargetsIncomplete(EndpointSweepError):
    """The Organization could not be listed completely, so no plan may be made."""


class CellUnreachable(EndpointSweepError):
    """A cell that could not be looked at: what its coverage row says."""

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
    """The region is not enabled in this account."""

    status = CoverageStatus.REGION_OFF
    cause = GapCause.REGION_OFF


class RegionNotOffered(RegionOff):
    """The service has no endpoint in this region."""

    cause = GapCause.REGION_NOT_OFFERED


class RegionDenied(CellUnreachable):
    """A policy of the Organization closes this region."""

    status = CoverageStatus.DENIED
    cause = GapCause.REGION_DENIED


class CellFailed(CellUnreachable):
    """A call in the member account failed for another reason than permission."""


class RoleFailed(CellFailed):
    """The role in the member account could not be assumed for another reason than permission."""

    cause = GapCause.ROLE_FAILED


# By the name that Step Functions shows.
UNREACHABLE: dict[str, type[CellUnreachable]] = {
    kind.__name__: kind
    for kind in (RoleDenied, RoleFailed, CellDenied, CellFailed, RegionOff, RegionNotOffered, RegionDenied)
}


class EndpointNotFound(EndpointSweepError):
    """There is no such endpoint. AWS says it with a ValidationException (D3.2)."""


class ReplyLost(EndpointSweepError):
    """A call may or may not have been carried out: only looking tells."""


class DocumentNotFound(EndpointSweepError):
    """A document that should lie in the bucket does not."""


class DocumentNotWritten(EndpointSweepError):
    """A document could not be written to the bucket."""


class DocumentTampered(EndpointSweepError):
    """A document's SHA-256 is not the one that was recorded."""


class PlanDiffers(EndpointSweepError):
    """Another plan stands where this sweep's own should: somebody wrote it there."""


class RecordUnreadable(EndpointSweepError):
    """A record of the table does not hold what the product writes there: somebody else wrote it."""


class RecordForged(RecordUnreadable):
    """A record of the table was not written by the function that writes it: its MAC is not right."""


class ApprovalNotSent(EndpointSweepError):
    """No approver's mail was accepted: nobody could decide, so everything is kept at once."""


class Unavailable(EndpointSweepError):
    """A service that is needed for certainty does not answer: nothing is recorded, nothing is acted on."""


class DecisionUncertain(EndpointSweepError):
    """The reply to the write of a decision was lost, and the record cannot be read: nobody can tell at this moment."""


class CallerUnproven(EndpointSweepError):
    """Who calls with AWS credentials did not prove it for this very request; the text is a sentence for the caller."""


class MailRefused(EndpointSweepError):
    """The mail service did not accept a message."""


class SwitchUnreadable(EndpointSweepError):
    """The kill switch cannot be read."""


class ComponentNotFound(EndpointSweepError):
    """There is no such inference component."""


class AlreadyRecorded(EndpointSweepError):
    """A conditional write found that somebody was there first."""
