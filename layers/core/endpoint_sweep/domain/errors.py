"""What can go wrong, by name. Step Functions shows these class names; adapters translate AWS errors into them."""


class EndpointSweepError(Exception):
    """Base of all: something that a person can be told in one sentence."""


class SettingsError(EndpointSweepError):
    """The environment of a function lacks a variable or holds an unusable one."""


class InputRejected(EndpointSweepError):
    """The input of a sweep is not acceptable; nothing was started."""


class TargetsIncomplete(EndpointSweepError):
    """The Organization could not be listed completely, so no plan may be made."""


class RoleDenied(EndpointSweepError):
    """The role in the member account could not be assumed."""


class CellDenied(EndpointSweepError):
    """A call in the member account was refused."""


class RegionOff(EndpointSweepError):
    """The region is not enabled in this account."""


class RegionDenied(EndpointSweepError):
    """A policy of the Organization closes this region."""


class CellFailed(EndpointSweepError):
    """A call in the member account failed for another reason than permission."""


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
