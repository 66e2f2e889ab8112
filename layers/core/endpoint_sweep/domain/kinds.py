"""Kinds of endpoints, of outcomes and of gaps."""

from enum import StrEnum


class Kind(StrEnum):
    """How an endpoint serves, by the order of D1.36. What is not surely known is `unknown` and never offered."""

    REAL_TIME = "real-time"
    INFERENCE_COMPONENTS = "inference-components"
    SERVERLESS = "serverless"
    SERVERLESS_PROVISIONED = "serverless-provisioned"
    ASYNCHRONOUS = "asynchronous"
    UNKNOWN = "unknown"


class OutcomeStatus(StrEnum):
    """How one approved resource ended. `sent`: the call was made and no one has seen yet what it did."""

    SENT = "sent"
    DONE = "done"
    ALREADY_GONE = "already-gone"
    SPARED = "spared"
    CHANGED = "changed"
    PROTECTED = "protected"
    STALE = "stale"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Silence(StrEnum):
    """What an endpoint published while no one called it: AWS documents both (D13.2)."""

    ZEROS = "zeros"
    SOME = "some"
    NOTHING = "nothing"


class Verdict(StrEnum):
    """What was concluded about one endpoint. Only `idle` is offered for deletion, and `barely-used` if the
    stack says so (rules/offers.py).
    """

    IDLE = "idle"
    BARELY_USED = "barely-used"
    BUSY = "busy"
    TOO_YOUNG = "too-young"
    PROTECTED = "protected"
    ZERO_COST = "zero-cost"
    AT_ZERO = "at-zero"
    NOT_IN_SERVICE = "not-in-service"
    NO_EVIDENCE = "no-evidence"
    UNKNOWN = "unknown"


# Nothing, or next to nothing, calls it: what may be offered, needed by a router, or asked about.
UNUSED = frozenset({Verdict.IDLE, Verdict.BARELY_USED})


class Access(StrEnum):
    """Whether the hub may delete in an account. Nothing is offered where it is not `enabled`."""

    ENABLED = "enabled"
    NOT_ENABLED = "not-enabled"
    UNKNOWN = "unknown"
    MANAGEMENT = "management-account"


class CoverageStatus(StrEnum):
    """How one cell ended. Everything but `scanned` is said before any money is."""

    SCANNED = "scanned"
    PARTIAL = "partial"
    DENIED = "denied"
    REGION_OFF = "region-off"
    SKIPPED = "skipped"
    FAILED = "failed"


class GapCause(StrEnum):
    """Why a cell was not scanned."""

    ROLE_DENIED = "role-denied"
    ROLE_FAILED = "role-failed"
    PERMISSION = "permission"
    REGION_DENIED = "region-denied"
    REGION_OFF = "region-off"
    REGION_NOT_OFFERED = "region-not-offered"
    REGION_OFF_EVERYWHERE = "region-off-everywhere"
    REGIONS_NOT_KNOWN = "regions-not-known"
    NO_CONNECTION = "no-connection"
    TOKEN_REFUSED = "token-refused"  # noqa: S105 - no token
    ACCOUNT_SUSPENDED = "account-suspended"
    ACCOUNT_CLOSED = "account-closed"
    ACCOUNT_INACTIVE = "account-inactive"
    EXCLUDED = "excluded"
    EXCLUDED_BY_STACK = "excluded-by-stack"
    LEFT_OUT = "left-out"
    NO_RESULT = "no-result"
    FOREIGN = "foreign"
    TIMED_OUT = "timed-out"
    PARTIAL = "partial"
    FAILED = "failed"


class Alarm(StrEnum):
    """What people must learn at once: the word in the log that a metric in template.yaml counts."""

    DECISION_FORGED = "DecisionForged"
    RECORD_FORGED = "RecordForged"
    CELL_FORGED = "CellForged"
    LINK_FORGED = "LinkForged"
    PLAN_TAMPERED = "PlanTampered"
    CODES_USED_UP = "CodesUsedUp"
    APPROVAL_NOT_SENT = "ApprovalNotSent"
    SUMMARY_NOT_MAILED = "SummaryNotMailed"
    SWEEP_STOPPED = "SweepStopped"
    EVENT_LOST = "EventLost"


class Measure(StrEnum):
    """What is published in numbers: the name of the metric."""

    COVERAGE_PERCENT = "CoveragePercent"
    IDLE = "IdleEndpoints"
    POTENTIAL_USD = "PotentialMonthlyUsd"
    REALIZED_USD = "RealizedMonthlyUsd"
    DELETED = "DeletedEndpoints"
    FAILED = "FailedDeletions"
    APPROVALS_OPENED = "ApprovalsOpened"
    APPROVALS_EXPIRED = "ApprovalsExpired"
    SECONDS = "SweepSeconds"
    OVERDUE = "SweepOverdue"
